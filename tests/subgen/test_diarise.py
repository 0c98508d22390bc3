"""Speakers through the chain: turns from files, names, what is wrong with them, and a talk from end to end."""

from __future__ import annotations

import json
import re
import shlex
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from subgen.cli.shell import run
from subgen.diarise import LOST, Identification, attributing, deaf, diariser, identification, with_names
from subgen.diarise.beside import Beside
from subgen.diarise.diariser import Recording, Silenced, Tell, Unwanted
from subgen.diarise.given import Given
from subgen.errors import DiarisationError, MediaNotFound, OptionError, SubgenError
from subgen.events import Event, Identifying, Noticed, ignore
from subgen.formats import render
from subgen.media import probe
from subgen.media.whole import Whole
from subgen.options import Input, Speakers
from subgen.types import SAMPLE_RATE, Document, Media, Turn, Turns
from tests.fakes import Sound, media
from tests.subgen.test_speakers_identify import SAID, document_of

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@dataclass
class Fixed:
    """A diariser that listens and knows the answer, or fails."""

    turns: Sequence[Turn] = ()
    error: Exception | None = None
    refusal: SubgenError | None = None
    heard: int = 0

    def check(self, media: Media) -> None:
        if self.refusal:
            raise self.refusal

    def diarise(self, recording: Recording, wishes: Speakers, tell: Tell) -> Turns:
        self.heard = len(recording.samples())
        for share in (0.0, 0.25, 0.255, 0.5):
            tell(share)
        if self.error:
            raise self.error
        return Turns(tuple(self.turns), model="fixed")


SOUND = Sound(np.zeros(7, np.float32))


@pytest.fixture
def rttm(tmp_path):
    path = tmp_path / "talk.rttm"
    path.write_text("SPEAKER talk 1 0 2 <NA> <NA> s1 <NA> <NA>\nSPEAKER talk 1 2 2 <NA> <NA> s2 <NA> <NA>\n")
    return path


def test_a_diariser_hears_the_recording_and_the_listener_hears_its_notes() -> None:
    fixed = Fixed([Turn(0, 2, "A"), Turn(2, 4, "B")])
    told: list[Event] = []
    document = document_of(*SAID)
    found = Identification(fixed, Speakers(find=True), (("SPEAKER_00", "Anna"),)).of(document, SOUND, told.append)
    assert fixed.heard == 7
    assert found.models == ("fixed",)
    assert found.speakers[0].name == "Anna"
    assert told == [Noticed(document.media.path, note) for note in found.notes]
    assert len(told) == 1


def test_speakers_are_sought_beside_and_their_loss_costs_no_word() -> None:
    document, told = document_of(*SAID), []
    speakers = Identification(Fixed([Turn(0, 8, "A")]), Speakers(find=True))
    with attributing(speakers, SOUND, told.append) as attributed:
        found = attributed(document)
    assert [said.speaker for said in found.utterances] == ["SPEAKER_00"]
    assert told == [Identifying(document.media.path, 0.25), Identifying(document.media.path, 0.5)]
    with attributing(None, SOUND, told.append) as attributed:
        assert attributed(document) is document


@pytest.mark.parametrize("error", [DiarisationError("It broke."), MemoryError("no room"), KeyError("x")])
def test_what_goes_wrong_on_the_way_leaves_the_words_and_a_note(error) -> None:
    document, told = document_of(*SAID), []
    speakers = Identification(Fixed(error=error), Speakers(find=True))
    with attributing(speakers, SOUND, told.append) as attributed:
        found = attributed(document)
    assert found.utterances == document.utterances
    assert [note.kind for note in found.notes] == [LOST]
    assert told[-1] == Noticed(document.media.path, found.notes[-1])
    assert found.notes[0].text.startswith("The speakers could not be found, so the text has none. ")


def test_what_is_known_before_is_raised_before() -> None:
    speakers = Identification(Fixed(refusal=OptionError("Not this one.")), Speakers(find=True))
    with pytest.raises(OptionError, match="Not this one"), attributing(speakers, SOUND, ignore):
        raise AssertionError("the recording would be heard")


def test_a_search_that_nobody_waits_for_ends() -> None:
    begun, ended = threading.Event(), threading.Event()

    def endless(tell: Tell) -> Turns:
        begun.set()
        try:
            while True:
                tell(0.0)
        finally:
            ended.set()

    def interrupted() -> None:
        with Beside(endless, lambda _: None):
            begun.wait()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert ended.wait(10)


def test_a_search_without_a_result_says_so() -> None:
    def unwilling(tell: Tell) -> Turns:
        raise Unwanted

    with Beside(unwilling, lambda _: None) as search, pytest.raises(DiarisationError, match="without a result"):
        search.turns()


def test_turns_come_from_a_file(rttm) -> None:
    wishes = Speakers(turns=rttm)
    assert isinstance(diariser(wishes), Given)
    found = identification(wishes)
    assert found is not None
    document = found.of(document_of(*SAID), SOUND)
    assert [said.speaker for said in document.utterances] == ["SPEAKER_00", "SPEAKER_01", None]


def test_the_first_backend_is_the_default() -> None:
    fixed = Fixed([])
    backends = {"pyannote": lambda wishes, offline: fixed, "light": lambda wishes, offline: Fixed()}
    assert diariser(Speakers(find=True), backends=backends) is fixed
    assert diariser(Speakers(find=True, diariser="light"), backends=backends) is not fixed


def test_nobody_is_looked_for_unless_asked() -> None:
    assert identification(Speakers()) is None


def test_names_come_from_a_file_and_then_from_flags(rttm, tmp_path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("SPEAKER_00=Anna\nSPEAKER_01=Paul\n")
    found = identification(Speakers(turns=rttm, names_file=names, names=(("SPEAKER_01", "Bob"),)))
    assert found is not None
    assert [one.name for one in found.of(document_of(*SAID), SOUND).speakers] == ["Anna", "Bob"]


def test_what_can_not_work_is_refused_before_anything_is_decoded(rttm, tmp_path) -> None:
    with pytest.raises(OptionError, match=r"^Names need speakers: add --speakers"):
        identification(Speakers(names=(("a", "b"),)))
    with pytest.raises(MediaNotFound, match=r"none\.rttm can't be read: No such file"):
        identification(Speakers(turns=tmp_path / "none.rttm"))
    with pytest.raises(MediaNotFound, match=r"none\.txt can't be read"):
        identification(Speakers(turns=rttm, names_file=tmp_path / "none.txt"))
    with pytest.raises(OptionError, match=r"A saved document has no sound"):
        deaf(document_of(*SAID)).samples()
    with pytest.raises(OptionError, match=r"A saved document has no sound"):
        Silenced(media()).channels()
    several = tmp_path / "several.rttm"
    several.write_text("SPEAKER a 1 0 2 <NA> <NA> x <NA> <NA>\nSPEAKER b 1 2 2 <NA> <NA> y <NA> <NA>\n")
    found = identification(Speakers(turns=several))
    assert found is not None
    with pytest.raises(OptionError, match="but none of talk"), attributing(found, SOUND, ignore):
        raise AssertionError("the recording would be heard")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"find": True, "exact": 0}, "at least 1"),
        ({"find": True, "exact": 2, "least": 1}, "either exact or between"),
        ({"find": True, "least": 3, "most": 2}, "At least 3 speakers can't be at most 2"),
        ({"find": True, "turns": Path("a.rttm")}, "use one of --speakers, --turns and --channels"),
        ({"find": True, "channels": True}, "use one of"),
        ({"find": True, "diariser": "heavy"}, "'heavy' is not known; use pyannote or light"),
        ({"diariser": "light"}, "add --speakers"),
        ({"channels": True, "model": "org/name"}, "add --speakers"),
        ({"turns": Path("a.rttm"), "exact": 2}, "add --speakers"),
        ({"most": 2}, "add --speakers"),
    ],
)
def test_wishes_that_contradict_are_refused(values, sentence) -> None:
    with pytest.raises(OptionError, match=sentence):
        Speakers(**values)


def test_counts_that_agree_are_kept() -> None:
    assert Speakers(find=True, least=2, most=2).most == 2


def test_saved_documents_get_names_with_notes(rttm) -> None:
    found = identification(Speakers(turns=rttm))
    assert found is not None
    document, told = found.of(document_of(*SAID), SOUND), []
    again = with_names(document, Speakers(names=(("SPEAKER_01", "Paul"), ("SPEAKER_05", "Eve"))), told.append)
    assert [one.shown for one in again.speakers] == ["SPEAKER_00", "Paul"]
    assert len(told) == 1


TRUTH_OF_LATE = 13.521
"""seconds from the start of the picture to the end of the sound"""


def test_a_whole_recording_in_memory() -> None:
    found = probe(SAMPLES / "late.mkv", Input())
    samples = Whole(found).samples()
    assert samples.dtype == np.float32
    assert abs(len(samples) / SAMPLE_RATE - TRUTH_OF_LATE) < 0.01
    assert np.array_equal(Whole(replace(found, duration=2.0)).samples(), samples)
    (alone,) = zip(*Whole(found).channels(), strict=True)
    assert np.allclose(np.concatenate(alone), samples, atol=1e-4)


# From end to end: the talk in samples/ with its exact turns, by the toy.

TRUTH = json.loads((SAMPLES / "talk.json").read_text(encoding="utf-8"))
SENTENCES = [(sentence["speaker"], sentence["text"].replace("!", ".")) for sentence in TRUTH["sentences"]]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("talk")
    command = [str(SAMPLES / "talk.m4a"), "--model", "demo", "--turns", str(SAMPLES / "talk.rttm"), "-q"]
    assert run([*command, "-f", "srt,vtt,json,md,rttm", "-o", f"{folder}/"]) == 0
    return {path.suffix[1:]: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def joined(parts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(speaker, text) with neighbours of one speaker joined, and punctuation that the toy mistakes made alike."""
    found: list[tuple[str, str]] = []
    for speaker, text in parts:
        plain = " ".join(text.split()).replace("!", ".")
        if found and found[-1][0] == speaker:
            found[-1] = (speaker, f"{found[-1][1]} {plain}")
        else:
            found.append((speaker, plain))
    return found


def test_every_sentence_has_its_speaker_in_subrip(results) -> None:
    parts, speaker = [], ""
    for block in results["srt"].strip().split("\n\n"):
        for line in block.split("\n")[2:]:
            name = re.match(r"-?(Anna|Paul): ", line)
            speaker = name[1] if name else speaker
            parts.append((speaker, line[name.end() :] if name else line))
    assert joined(parts) == joined(SENTENCES)


def test_every_sentence_has_its_speaker_in_webvtt(results) -> None:
    cues = re.findall(r"-->.*\n((?:.+\n)+)", results["vtt"])
    parts = [
        (name, re.sub(r"^-|</v>", "", text))
        for cue in cues
        for name, text in re.findall(r"<v (\w+)>([^<]+(?:</v>)?)", cue)
    ]
    assert joined(parts) == joined(SENTENCES)


def test_every_sentence_has_its_speaker_in_json(results) -> None:
    value = json.loads(results["json"])
    names = {speaker["label"]: speaker["name"] for speaker in value["speakers"]}
    assert names == {"SPEAKER_00": "Anna", "SPEAKER_01": "Paul"}
    parts = [(names[said["speaker"]], "".join(word["text"] for word in said["words"])) for said in value["utterances"]]
    assert joined(parts) == joined(SENTENCES)
    assert all(0.9 < word["speaker_confidence"] <= 1 for said in value["utterances"] for word in said["words"])


def test_every_sentence_has_its_speaker_in_the_minutes(results) -> None:
    parts, speaker = [], ""
    for line in results["md"].splitlines():
        if line.startswith("## "):
            speaker = line[3:]
        elif line.startswith("["):
            parts.append((speaker, re.sub(r"^\[[\d:]+\]\(talk\.m4a#t=\d+\) ", "", line)))
    assert joined(parts) == joined(SENTENCES)
    assert "| Anna | 00:00:26 | 55% | 5 |\n| Paul | 00:00:21 | 45% | 4 |\n" in results["md"]


def test_turns_are_written_as_they_came(results) -> None:
    assert results["rttm"] == (SAMPLES / "talk.rttm").read_text()


def test_a_saved_talk_gets_other_names_and_turns(results, tmp_path, capsys) -> None:
    saved, pair = tmp_path / "talk.json", "SPEAKER_01=Bob"
    saved.write_text(results["json"], encoding="utf-8")
    assert run(["render", str(saved), "-f", "vtt", "-o", "-", "--speaker", pair, "--speaker", "Anna=Bea"]) == 0
    shown = capsys.readouterr().out
    assert "<v Bob>" in shown
    assert "<v Bea>" in shown
    turns = tmp_path / "one.rttm"
    turns.write_text("SPEAKER talk 1 0 60 <NA> <NA> Solo <NA> <NA>\n")
    assert run(["render", str(saved), "-f", "srt", "-o", "-", "--turns", str(turns)]) == 0
    shown = capsys.readouterr().out
    assert shown.count("Solo: ") == 1
    assert "Anna: " not in shown


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--turns", "bad.rttm"], 2, "bad.rttm, line 2: 'WEBVTT' begins no line of RTTM"),
        (["--turns", "none.rttm"], 3, "none.rttm can't be read"),
        (["--channels"], 2, "talk.m4a has one channel"),
        (["--speakers", "--speaker-model", "pyannote/precision-2"], 2, "uploads recordings"),
        (["--speakers", "--diariser", "light", "--speaker-model", "x"], 2, "light has no model"),
        (["--speakers", "--diariser", "heavy"], 2, "'heavy' is not known"),
        (["--speaker", "SPEAKER_00=Anna"], 2, "Names need speakers"),
        (["--speaker", "Anna"], 2, "write LABEL=NAME"),
        (["--speakers", "--min-speakers", "3", "--max-speakers", "2"], 2, "can't be at most 2"),
    ],
)
def test_bad_wishes_end_in_one_sentence(arguments, code, sentence, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.rttm").write_text("\nWEBVTT\n")
    assert run([str(SAMPLES / "talk.m4a"), "--model", "demo", *arguments]) == code
    shown = capsys.readouterr()
    assert sentence in shown.err
    assert shown.err.count("\n") == 1
    assert not list(tmp_path.glob("*.srt"))


def test_naming_nobody_is_an_error_of_a_saved_document(tmp_path, capsys) -> None:
    saved = tmp_path / "talk.json"
    saved.write_text(render(document_of(*SAID), "json"), encoding="utf-8")
    assert run(["render", str(saved), "--speaker", "SPEAKER_00=Anna"]) == 2
    assert "has no speakers to name" in capsys.readouterr().err


def test_a_document_is_unchanged_without_wishes() -> None:
    document: Document = document_of(*SAID)
    assert with_names(document, Speakers()) is document
    assert document.media == media()


PAGE = (SAMPLES.parent / "docs/meetings.md").read_text(encoding="utf-8")
SHOWN = [
    part.partition("\n")
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
]


def test_the_page_shows_what_its_commands_print(tmp_path, monkeypatch, capsys) -> None:
    (tmp_path / "samples").symlink_to(SAMPLES)
    monkeypatch.chdir(tmp_path)
    for command, _, output in SHOWN:
        program, *arguments = shlex.split(command)
        assert program == "subgen"
        if arguments[0] == "score" and find_spec("meeteval") is None:
            continue
        assert run(arguments) == 0
        shown = re.escape(output).replace(re.escape("..."), ".*")
        assert re.fullmatch(shown.rstrip("\\\n") + r"\n*", capsys.readouterr().out, re.DOTALL), command
