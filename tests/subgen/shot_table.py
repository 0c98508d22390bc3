"""Prints how cues keep to the shots of films, with --shots and without; `docs/subtitles.md` shows the result.

    python -m tests.subgen.shot_table

Takes some minutes. Each film is made by ffmpeg, goes through the whole command, and its SubRip is counted against the
cuts that were made.
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

from subgen.cli.jobs import plan
from subgen.cli.screens import Lines
from subgen.cli.settings import Console, Delivery, Settings
from subgen.cli.work import run_files
from subgen.events import Listener
from subgen.media import probe
from subgen.options import Input, Options
from subgen.pipeline import transcribe
from subgen.types import Document, Utterance
from tests.subgen.cue_counter import count, shot_faults
from tests.subgen.cut_films import KINDS, Kind, Prompter, film
from tests.subgen.timed_words import LISTS, utterances

HEAD = ("frames per second", "words", "minutes", "cuts", "wrong in, out", "with --shots", "< 5/6 s", "gap < 2 frames")


@dataclass(frozen=True, slots=True)
class Row:
    """One film, written twice."""

    minutes: float
    cuts: int
    blind: tuple[int, int]
    """in-times and out-times that are wrong without --shots"""
    seeing: tuple[int, int]
    """and with it"""
    short: int
    close: int
    """cues that are too short and gaps that are too small with --shots"""


def row(kind: Kind, said: tuple[Utterance, ...], folder: Path, seed: int = 1) -> Row:
    """A film of a kind in which this is said."""
    path = folder / f"{seed}.{kind.ending}"
    made = film(path, kind, said, seed)
    rate = probe(path).frame_rate or 0.0
    blind, seeing = (_written(path, said, shots) for shots in (False, True))
    counted = count(seeing, rate)
    length = said[-1].words[-1].end / 60
    faults = [shot_faults(text, made, rate) for text in (blind, seeing)]
    return Row(length, len(made), faults[0], faults[1], counted.short, counted.close)


def _written(path: Path, said: tuple[Utterance, ...], shots: bool) -> str:
    """What `subgen FILM -f srt`, with or without --shots, leaves beside the film."""
    settings = Settings(Options(input=Input(shots=shots)), Delivery(("srt",), overwrite=True))

    def make(film: Path, listen: Listener) -> Document:
        return transcribe(film, settings.options, engine=Prompter(said), listen=listen)

    told = io.StringIO()
    assert run_files(plan((path,), settings.delivery), settings, make, Lines(Console(), told, announce=False)) == 0, (
        told.getvalue()
    )
    return path.with_suffix(".en.srt").read_text(encoding="utf-8")


def main() -> None:
    """Print the table."""
    print(f"| {' | '.join(HEAD)} |", "| --- " * len(HEAD) + "|", sep="\n")
    for kind in KINDS:
        for seed, name in enumerate(LISTS):
            with tempfile.TemporaryDirectory() as folder:
                found = row(kind, utterances(name), Path(folder), seed)
            blind, seeing = (f"{come}, {go}" for come, go in (found.blind, found.seeing))
            figures = (f"{found.minutes:.0f}", found.cuts, blind, seeing, found.short, found.close)
            print(f"| {kind.name} | {name} | {' | '.join(map(str, figures))} |", flush=True)


if __name__ == "__main__":
    main()
