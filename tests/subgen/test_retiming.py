"""`retime`: samples whose subtitles were shifted, stretched and cut; formats; what is refused."""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from aligner.aligner import Clip
from aligner.errors import MissingDependency
from aligner.types import AlignedUnit, Alignment
from aligner.units import units
from subgen.cli.shell import run
from subgen.cues import cues
from subgen.engine import Engine
from subgen.errors import OptionError
from subgen.events import Event, Noticed, Opened
from subgen.formats import read, render
from subgen.formats.srt import srt
from subgen.formats.subtitles import read_subtitles
from subgen.options import Layout, Models, Options
from subgen.pipeline import transcribe
from subgen.retiming import Retimed, retime, retimed
from subgen.types import SAMPLE_RATE, Cue, Document, Samples, Seconds, Span, Transcript, Utterance, Word
from tests.fakes import media

SAMPLES = Path(__file__).parents[2] / "samples"
DEMO = Options(models=Models(asr="demo"))
TIMES = re.compile(r"^\d\d:\d\d:\d\d,\d\d\d --> \d\d:\d\d:\d\d,\d\d\d$", re.MULTILINE)


def spoken(name: str) -> tuple[Word, ...]:
    """The words of a sample with their true times."""
    truth = json.loads((SAMPLES / f"{name}.json").read_text())
    return tuple(Word(word["start"], word["end"], word["text"] + " ") for word in truth["words"])


def true_cues(name: str) -> tuple[Cue, ...]:
    return cues([Utterance(spoken(name), "English")], Layout())


def moved(given: Sequence[Cue], rate: float = 1.0, shift: Seconds = 0.0) -> list[Cue]:
    return [replace(cue, start=rate * cue.start + shift, end=rate * cue.end + shift) for cue in given]


def without(given: Sequence[Cue], start: Seconds, end: Seconds) -> tuple[list[Cue], list[Cue]]:
    """The cues of a film that lacks a scene, and where they are in the one that has it."""
    kept = [cue for cue in given if cue.end <= start or cue.start >= end]
    return [moved([cue], shift=start - end)[0] if cue.start >= end else cue for cue in kept], kept


def with_scene(given: Sequence[Cue], start: Seconds, length: Seconds) -> tuple[list[Cue], list[Cue | None]]:
    """The cues of a film that has another scene, and where they are in the one without; None: nowhere."""
    more = [
        Cue(start + n, start + n + 1.8, (f"Something else was said in number {n}.",)) for n in range(0, int(length), 2)
    ]
    before, after = [cue for cue in given if cue.end <= start], [cue for cue in given if cue.end > start]
    return [*before, *more, *moved(after, shift=length)], [*before, *[None] * len(more), *after]


def errors(places: Sequence[Span], truth: Sequence[Cue | None]) -> list[Seconds]:
    return [abs(place.start - cue.start) for place, cue in zip(places, truth, strict=True) if cue is not None]


@pytest.fixture(scope="module")
def film() -> Document:
    """The film as the toy model hears it."""
    return transcribe(SAMPLES / "film.mp4", DEMO)


@dataclass
class Known:
    """An aligner that knows when each word is said; its samples say at which second they begin."""

    words: Sequence[Word]
    longest: Seconds = 100.0
    languages: Sequence[str] = ()
    batch: int = 8
    refused: str = ""
    texts: list[str] = field(default_factory=list)

    def align(self, clips: Sequence[Clip]) -> tuple[Alignment, ...]:
        if any(clip.language == self.refused for clip in clips):
            raise MissingDependency("The word splitter is missing.")
        self.texts += [clip.text for clip in clips]
        return tuple(self._one(clip) for clip in clips)

    def _one(self, clip: Clip) -> Alignment:
        start = float(clip.samples[0])
        found = units(clip.text, clip.language)
        texts = [unit.text for unit in found]
        known = [units(word.text, "English")[0].text for word in self.words]
        first = next(
            place
            for place, word in enumerate(self.words)
            if word.start >= start and known[place : place + len(texts)] == texts
        )
        return Alignment(
            tuple(
                AlignedUnit(word.start - start, word.end - start, unit)
                for word, unit in zip(self.words[first:], found, strict=False)
            )
        )


def stamps(spans: Sequence[Span]) -> list[Samples]:
    """Samples that say at which second they begin."""
    return [np.full(round(span.duration * SAMPLE_RATE), span.start, np.float32) for span in spans]


def nothing(_: Sequence[Span]) -> list[Samples]:
    raise AssertionError("no audio is needed")


def document(words: Sequence[Word], language: str = "English") -> Document:
    text = "".join(word.text for word in words)
    transcript = Transcript(0.0, 120.0, text, language, words=tuple(words))
    return Document(media(), 120.0, (transcript,), (Utterance(tuple(words), language),))


def repaired(
    tmp_path: Path, text: str, known: Document, aligner: Known | None = None, name: str = "film.srt"
) -> Retimed:
    path = tmp_path / name
    path.write_text(text)
    if aligner is None:
        return retimed(read_subtitles(path), known, lambda: Known(()), nothing)
    return retimed(read_subtitles(path), known, lambda: aligner, stamps)


whole = true_cues("film")


@pytest.mark.parametrize(
    ("given", "truth"),
    [
        (moved(whole, shift=-2.7), whole),
        (moved(whole, rate=1.04), whole),
        without(whole, 35.5, 55.5),
        (moved(without(whole, 35.5, 55.5)[0], 1.04, 3.3), without(whole, 35.5, 55.5)[1]),
        (moved(with_scene(whole, 40.4, 20.0)[0], 1 / 1.04, -1.0), with_scene(whole, 40.4, 20.0)[1]),
    ],
    ids=["shifted", "stretched", "cut", "all", "scene"],
)
def test_a_film_gets_its_times_back(tmp_path, film, given, truth):
    given = [cue for cue in given if cue.start >= 0]
    truth = truth[-len(given) :]
    text = srt(given)
    done = repaired(tmp_path, text, film)
    found = errors(done.places, truth)
    assert statistics.median(found) < 0.05
    assert max(found) < 0.1
    assert TIMES.sub("", done.text) == TIMES.sub("", text)
    assert [place.matched for place in done.places] == [cue is not None for cue in truth]


def test_subtitles_that_are_in_time_stay_as_they_are(tmp_path, film):
    text = srt(whole)
    done = repaired(tmp_path, text, film)
    assert done.text == text
    assert [note.text for note in done.notes] == ["All cues: in time already."]


def test_markup_numbers_and_settings_stay(tmp_path, film):
    first, second, third = (cue.text for cue in whole[:3])
    text = (
        f"WEBVTT\n\nSTYLE\n::cue {{}}\n\nintro\n00:01.000 --> 00:02.000 align:start\n<i>{first}</i>\n\n"
        f"NOTE here\n\n00:05.000 --> 00:07.000\n<v Anna>{second}\n\n00:08.000 --> 00:09.000\n{third}\n"
    )
    done = repaired(tmp_path, text, film, name="film.vtt")
    at = [f"00:00:{cue.start:06.3f}" for cue in done.places]
    assert errors(done.places, whole[:3]) == pytest.approx([0, 0, 0], abs=0.1)
    assert f"intro\n{at[0]} --> " in done.text
    assert f" align:start\n<i>{first}</i>\n\nNOTE here\n\n{at[1]} --> " in done.text


def test_cues_may_stand_in_any_order(tmp_path, film):
    given = moved(whole, shift=5.0)
    done = repaired(tmp_path, srt([*given[10:], *given[:10]]), film)
    assert statistics.median(errors(done.places, [*whole[10:], *whole[:10]])) < 0.05


def misheard(words: Sequence[Word], every: int) -> list[Word]:
    """A recogniser that gets the first word of a cue, and every so many others, wrong."""
    firsts = {cue.words[0][0].start for cue in whole}
    return [
        replace(word, text="Hrm ") if word.start in firsts or number % every == 0 else word
        for number, word in enumerate(words)
    ]


@pytest.mark.parametrize("refused", ["", "English"])
def test_words_that_were_misheard_are_aligned(tmp_path, refused):
    words = spoken("film")
    aligner = Known(words, refused=refused)
    done = repaired(tmp_path, srt(moved(whole, 1.04, 3.0)), document(misheard(words, 7)), aligner)
    assert statistics.median(errors(done.places, whole)) < 0.05
    assert len(aligner.texts) >= len(whole) - 1
    assert max(len(text.split()) for text in aligner.texts) < 20


def test_words_without_the_first_of_any_cue_still_tell_the_time(tmp_path):
    words = [Word(20.0 + n, 20.5 + n, text) for n, text in enumerate(["goes ", "on ", "forever ", "and ", "ever "])]
    cue = Cue(0.0, 5.0, ("This speech goes on forever and ever",))
    done = repaired(tmp_path, srt([cue]), replace(document(words), duration=1000.0), Known(()))
    assert done.places[0].start == pytest.approx(20.0 - 12 / 36 * 5.0, abs=0.01)


def test_each_cue_is_repaired_where_people_were_careless(tmp_path, film):
    chance = np.random.default_rng(3)
    careless = [moved([cue], shift=8.0 + chance.uniform(-0.6, 0.6))[0] for cue in whole]
    done = repaired(tmp_path, srt(careless), film)
    assert max(errors(done.places, whole)) < 0.2


def test_one_cue_that_is_far_off_is_brought_back(tmp_path, film):
    given = [replace(cue, start=cue.start + 1.5, end=cue.end + 1.5) if n == 5 else cue for n, cue in enumerate(whole)]
    done = repaired(tmp_path, srt(given), film)
    assert max(errors(done.places, whole)) < 0.1
    assert "Cue 6 follows its own words, unlike the cues around." in [note.text for note in done.notes]


def test_sounds_keep_their_place(tmp_path, film):
    doors = [Cue(cue.end + 0.1, cue.end + 0.3, ("[door slams]",)) for cue in whole[:5]]
    given = sorted([*whole, *doors], key=lambda cue: cue.start)
    done = repaired(tmp_path, srt(moved(given, 1.04, 4.0)), film)
    assert max(errors(done.places, given)) < 0.1
    assert all(place.matched for place in done.places)


def test_texts_without_spaces_are_matched_by_character(tmp_path):
    said = "今日はとても良い天気ですから一緒に公園へ行きましょう。それから駅の近くで美味しい寿司を食べます。"
    words = [Word(10 + 0.2 * n, 10.2 + 0.2 * n, char) for n, char in enumerate(said)]
    cues = [
        Cue(0, 3, ("今日はとても良い天気ですから",)),
        Cue(3, 5, ("一緒に公園へ", "行きましょう")),
        Cue(6, 9, ("それから駅の近くで",)),
    ]
    done = repaired(tmp_path, srt(cues), document(words, "Japanese"))
    assert [round(place.start, 1) for place in done.places] == pytest.approx([10.0, 12.8, 15.4], abs=0.11)


def test_subtitles_of_something_else_are_refused(tmp_path, film):
    text = srt(true_cues("talk"))
    with pytest.raises(
        OptionError, match=r"0 of the \d+ cues of .*film\.srt are heard in .*film\.mp4: .* spoken, English"
    ):
        repaired(tmp_path, text, film)
    with pytest.raises(OptionError, match="that is spoken"):
        repaired(tmp_path, text, replace(film, transcripts=(), utterances=()))


def test_what_can_not_be_retimed_is_refused_before_any_work(tmp_path, film):
    empty = tmp_path / "empty.srt"
    empty.write_text("")
    with pytest.raises(OptionError, match="no cues to retime"):
        retime(empty, SAMPLES / "film.mp4", DEMO)
    markup = tmp_path / "film.ttml"
    markup.write_text(render(film, "ttml"))
    with pytest.raises(OptionError, match="convert it"):
        retime(markup, SAMPLES / "film.mp4", DEMO)


def test_the_whole_chain_with_a_saved_document(tmp_path, film):
    path = tmp_path / "film.srt"
    lines = [
        replace(cue, lines=("Hrm", *cue.lines)) if n == 4 else cue for n, cue in enumerate(moved(whole, shift=9.0))
    ]
    path.write_text(srt(lines))
    events: list[Event] = []
    with Engine.open(DEMO.models) as engine:
        done = retime(path, SAMPLES / "film.mp4", DEMO, document=film, engine=engine, listen=events.append)
    assert statistics.median(errors(done.places, whole)) < 0.05
    assert isinstance(events[0], Opened)
    assert [event.note for event in events if isinstance(event, Noticed)] == list(done.notes)


def test_the_command_writes_beside_the_subtitles_and_never_over_them(tmp_path, capsys):
    talk = true_cues("talk")
    given, kept = without(talk, 20.0, 40.0)
    path = tmp_path / "talk.en.srt"
    path.write_text(srt(moved(given, 1.04, 6.0)))
    before = path.read_bytes()
    command = ["retime", str(path), str(SAMPLES / "talk.m4a"), "--model", "demo"]
    assert run(command) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(re.findall("Cues? .*stretched by", shown.err)) == 2
    result = tmp_path / "talk.en.retimed.srt"
    assert statistics.median(errors(read_subtitles(result).cues, kept)) < 0.05
    assert path.read_bytes() == before
    assert run(command) == 5
    assert run([*command, "-o", str(path), "--overwrite"]) == 5
    assert "would replace its own input" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_the_command_takes_a_document_and_writes_to_stdout_or_a_folder(tmp_path, capsys, film):
    path, saved = tmp_path / "film.srt", tmp_path / "film.json"
    path.write_text(srt(moved(whole, shift=2.0)))
    saved.write_text(render(film, "json"))
    assert read(saved.read_text(), "film.json") == film
    command = ["retime", str(path), str(SAMPLES / "film.mp4"), "--model", "demo", "--document", str(saved)]
    assert run([*command, "-o", "-"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("1\n00:00:03,5")
    assert shown.err == f"subgen: {path}: All cues: -1.981 s.\n"
    assert run([*command, "-o", f"{tmp_path}/", "-q"]) == 0
    assert (tmp_path / "film.retimed.srt").read_text() == shown.out
    assert run([*command, "-o", str(tmp_path / "other.srt"), "-q"]) == 0
    assert (tmp_path / "other.srt").read_text() == shown.out
