"""`subgen voices`: the voices that speakers get their names by."""

from __future__ import annotations

import json
from pathlib import Path

from subgen.cli.results import print_result, table
from subgen.cli.settings import Settings
from subgen.cli.shell import say
from subgen.diarise import diariser
from subgen.diarise.voices import Kept, keep, kept, learned, shown, voices_file
from subgen.errors import EXIT_OK, OptionError
from subgen.media import probe
from subgen.media.whole import Whole
from subgen.options import Speakers
from subgen.output import write


def add_voice(name: str, clip: Path, model: str | None, settings: Settings) -> int:
    """Keeps the voice of a recording of one person; a person may have several."""
    options = settings.options
    before = kept()
    finder = diariser(Speakers(find=True, model=model), offline=options.models.offline)
    voice = learned(name, finder, Whole(probe(clip, options.input), options.input))
    keep((*before, voice))
    say(f"{voice.voice.name}'s voice was learned from {voice.seconds:.0f} s of speech and kept in {voices_file()}.")
    return EXIT_OK


def list_voices(*, as_json: bool) -> int:
    """Prints whose voices are kept, from how much speech, since when, and for which model; never the voices."""
    voices = kept()
    if as_json:
        rows = [
            {"name": one.voice.name, "seconds": one.seconds, "added": one.added, "model": one.voice.model}
            for one in voices
        ]
        print_result(json.dumps({"file": str(voices_file()), "voices": rows}, ensure_ascii=False, indent=2) + "\n")
    else:
        found = [(one.voice.name, f"{one.seconds:.0f} s", one.added, one.voice.model) for one in voices]
        print_result(table(("name", "speech", "added", "model"), found) + f"\nFile: {voices_file()}\n")
    return EXIT_OK


def remove_voice(name: str) -> int:
    """Forgets all voices of a person. Raises OptionError when there is none."""
    gone = of(name)
    keep([one for one in kept() if one not in gone])
    return EXIT_OK


def export_voices(name: str | None, output: Path | None, *, overwrite: bool) -> int:
    """Writes voices as SUBGEN_VOICES takes them elsewhere: all, or those of one person."""
    text = shown(kept() if name is None else of(name))
    if output is None:
        print_result(text)
    else:
        write(output, text, overwrite=overwrite)
    return EXIT_OK


def of(name: str) -> tuple[Kept, ...]:
    """The voices of a person. Raises OptionError when there is none."""
    voices = kept()
    found = tuple(one for one in voices if one.voice.name == name)
    if not found:
        there = ", ".join(sorted({one.voice.name for one in voices})) or "nobody's"
        raise OptionError(f"No voice of {name!r} is kept in {voices_file()}; there is {there}.")
    return found
