"""Voices: kept in a file, found again above a score and never below, forgotten when asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from subgen.cli.shell import run
from subgen.cli.voices import of
from subgen.diarise import Identification, identification
from subgen.diarise.diariser import Recording, Tell
from subgen.diarise.voices import Kept, keep, kept, learned, shown, voices_file
from subgen.errors import MediaError, OptionError, OutputError
from subgen.options import Speakers
from subgen.speakers.voices import LEAST, MARGIN, likeness, recognised
from subgen.types import Media, Turn, Turns, Voice
from tests.fakes import Sound
from tests.subgen.test_speakers_identify import SAID, document_of

SOUND = Sound(np.zeros(1, np.float32))


@dataclass
class Hears:
    """A diariser that knows what everybody sounds like."""

    turns: Sequence[Turn]
    voices: Sequence[Voice]

    def check(self, media: Media) -> None:
        """Any recording will do."""

    def diarise(self, recording: Recording, wishes: Speakers, tell: Tell) -> Turns:
        tell(1.0)
        return Turns(tuple(self.turns), model="hears", voices=tuple(self.voices))


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch) -> Path:
    """A file of voices that is not the developer's own."""
    path = tmp_path / "data/voices.json"
    monkeypatch.setenv("SUBGEN_VOICES", str(path))
    return path


def voice(name: str, *vector: float, model: str = "m") -> Voice:
    return Voice(name, model, vector)


ANNA, PAUL = voice("Anna", 1.0, 0.0, 0.0), voice("Paul", 0.0, 1.0, 0.0)


def test_a_voice_is_known_again() -> None:
    found = recognised([voice("s1", 0.9, 0.1, 0.1), voice("s0", 0.0, 0.0, 1.0)], [ANNA, PAUL])
    assert {label: name for label, (name, _) in found.items()} == {"s1": "Anna"}
    assert found["s1"][1] == pytest.approx(0.9 / np.sqrt(0.83))


def test_a_name_is_never_forced() -> None:
    below = voice("s0", LEAST - 0.01, 0.0, float(np.sqrt(1 - (LEAST - 0.01) ** 2)))
    between = voice("s1", 1.0, 0.9, 0.0)
    assert recognised([below, between], [ANNA, PAUL]) == {}
    assert recognised([below], []) == {}
    assert recognised([], [ANNA]) == {}


def test_a_name_goes_to_the_label_that_is_most_alike() -> None:
    found = recognised([voice("s0", 0.9, 0.1, 0.0), voice("s1", 1.0, 0.0, 0.0)], [ANNA])
    assert found == {"s1": ("Anna", pytest.approx(1.0))}


def test_a_person_may_have_several_voices() -> None:
    hoarse = voice("Anna", 0.0, 0.0, 1.0)
    assert recognised([voice("s0", 0.0, 0.1, 1.0)], [ANNA, hoarse, PAUL])["s0"][0] == "Anna"


def test_voices_of_different_models_are_never_compared() -> None:
    assert likeness(ANNA, replace(ANNA, model="other")) == -1.0
    assert likeness(ANNA, voice("x", 1.0)) == -1.0
    assert likeness(ANNA, voice("x", 0.0, 0.0, 0.0)) == -1.0


VECTORS = arrays.arrays(np.float64, (4,), elements=st.floats(-1, 1, width=16))


@given(st.lists(VECTORS, max_size=5), st.lists(VECTORS, max_size=5))
def test_every_name_is_given_once_and_only_when_sure(heard, known) -> None:
    voices = [Voice(f"s{number}", "m", tuple(one)) for number, one in enumerate(heard)]
    people = [Voice(f"P{number}", "m", tuple(one)) for number, one in enumerate(known)]
    found = recognised(voices, people)
    assert len({name for name, _ in found.values()}) == len(found)
    for label, (name, score) in found.items():
        others = [likeness(voices[int(label[1:])], one) for one in people if one.name != name]
        assert score >= LEAST
        assert score >= max(others, default=-1.0) + MARGIN


def test_speakers_are_called_by_their_voices_and_a_note_says_how_alike() -> None:
    turns = [Turn(0, 2, "SPEAKER_01"), Turn(2, 4, "SPEAKER_00")]
    heard = [voice("SPEAKER_00", 0.0, 1.0, 0.0), voice("SPEAKER_01", 1.0, 0.0, 0.0)]
    speakers = Identification(Hears(turns, heard), Speakers(find=True), (), (ANNA, PAUL))
    found = speakers.of(document_of(*SAID), SOUND)
    assert [(one.label, one.name) for one in found.speakers] == [("SPEAKER_00", "Anna"), ("SPEAKER_01", "Paul")]
    assert [note.text for note in found.notes if note.kind == "voices"] == [
        "SPEAKER_00 is called Anna by the voice, which is 1.00 alike.",
        "SPEAKER_01 is called Paul by the voice, which is 1.00 alike.",
    ]
    named = replace(speakers, names=(("SPEAKER_00", "Eve"),)).of(document_of(*SAID), SOUND)
    assert [one.name for one in named.speakers] == ["Eve", "Paul"]


def test_the_same_voice_keeps_its_name_in_another_file() -> None:
    keep([learned("Anna", Hears([Turn(0, 6, "a")], [voice("a", 1.0, 0.0, 0.1)]), SOUND)])
    known = tuple(one.voice for one in kept())
    for label in ("SPEAKER_00", "SPEAKER_03"):
        turns = [Turn(0, 2, "SPEAKER_07"), Turn(2, 4, label)]
        heard = [voice("SPEAKER_07", 0.0, 1.0, 0.0), voice(label, 1.0, 0.1, 0.0)]
        found = Identification(Hears(turns, heard), Speakers(find=True), (), known).of(document_of(*SAID), SOUND)
        assert [one.name for one in found.speakers] == [None, "Anna"]


def test_a_voice_needs_enough_speech_a_name_and_a_diariser_that_knows_voices() -> None:
    long, short = [Turn(0, 6, "a"), Turn(6, 7, "b")], [Turn(0, 4.9, "a")]
    both = [voice("b", 0.0, 1.0), voice("a", 1.0, 0.0)]
    assert learned(" Anna ", Hears(long, both), SOUND).voice == voice("Anna", 1.0, 0.0)
    with pytest.raises(MediaError, match=r"talk\.wav has 4\.9 s of speech; a voice needs 5 s"):
        learned("Anna", Hears(short, both), SOUND)
    with pytest.raises(OptionError, match="can't tell voices apart from one recording to the next"):
        learned("Anna", Hears(long, []), SOUND)
    for name in ("", " ", "A\nB"):
        with pytest.raises(OptionError, match="is no name"):
            learned(name, Hears(long, both), SOUND)


def test_the_file_is_for_its_owner_and_comes_back_as_it_was(file) -> None:
    voices = (Kept(ANNA, 7.5, "2026-01-02"), Kept(voice("Пётр", 0.25, -1e-9), 12.0, "2026-01-03"))
    assert kept() == ()
    keep(voices)
    assert kept() == voices
    assert file.stat().st_mode & 0o777 == 0o600
    keep(voices[:1])
    assert kept() == voices[:1]


def test_the_place_is_the_users_data_folder(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("SUBGEN_VOICES")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert voices_file().name == "voices.json"
    assert "subgen" in voices_file().parts


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"voices": [{}]}', '{"voices": 3}']
    + [
        json.dumps({"voices": [{"name": "A", "model": "m", "seconds": 1, "added": "", "vector": [1.0]} | wrong]})
        for wrong in ({"vector": []}, {"vector": ["x"]}, {"vector": 3}, {"name": 3}, {"seconds": "x"})
    ],
)
def test_a_file_of_something_else_is_refused(file, text) -> None:
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(OptionError, match=r"voices\.json is no file of voices"):
        kept()


def test_a_place_that_can_not_be_written_is_an_error_of_output(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SUBGEN_VOICES", str(tmp_path / "file/voices.json"))
    with pytest.raises(OutputError):
        keep([])


def test_voices_are_asked_for_only_where_speakers_are_found(file) -> None:
    keep([Kept(ANNA, 7.0, "2026-01-02")])
    with_voices = identification(Speakers(find=True, diariser="light"))
    without = identification(Speakers(find=True, diariser="light", voices=False))
    assert with_voices is not None
    assert without is not None
    assert with_voices.voices == (ANNA,)
    assert without.voices == ()


def test_voices_are_listed_exported_and_forgotten(tmp_path, capsys) -> None:
    keep([Kept(ANNA, 7.0, "2026-01-02"), Kept(PAUL, 9.0, "2026-01-03"), Kept(ANNA, 5.0, "2026-01-04")])
    assert run(["voices", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "name  speech  added       model",
        "Anna  7 s     2026-01-02  m",
        "Paul  9 s     2026-01-03  m",
    ]
    assert run(["voices", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["voices"]
    assert [one["name"] for one in listed] == ["Anna", "Paul", "Anna"]
    assert not any("vector" in one for one in listed)
    assert run(["voices", "export", "Anna"]) == 0
    assert capsys.readouterr().out == shown(of("Anna"))
    copy = tmp_path / "copy.json"
    assert run(["voices", "export", "-o", str(copy)]) == 0
    assert kept(copy) == kept()
    assert run(["voices", "export", "-o", str(copy)]) == 5
    assert run(["voices", "export", "Paul", "-o", str(copy), "--overwrite"]) == 0
    assert len(kept(copy)) == 1
    assert run(["voices", "remove", "Anna"]) == 0
    assert [one.voice for one in kept()] == [PAUL]
    capsys.readouterr()
    assert run(["voices", "remove", "Anna"]) == 2
    assert "No voice of 'Anna' is kept in" in capsys.readouterr().err


def test_the_word_alone_is_no_command(capsys) -> None:
    assert run(["voices"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.shared
def test_the_score_keeps_the_two_people_of_a_recorded_call_apart(shared) -> None:
    """community-1's vectors of a phone call: halves of 15 s apart, for each person as the diariser told them."""
    folder = shared / "data/diarisation/recorded_community1_phone"
    vectors = np.load(folder / "raw_embeddings.npz")["embeddings"]
    owners = np.load(folder / "clustering.npz")["hard_clusters"]

    def mean(who: int, chunks: range) -> Voice:
        rows = [vectors[chunk, place] for chunk in chunks for place in range(3) if owners[chunk, place] == who]
        return Voice(f"s{who}", "m", tuple(np.mean(rows, axis=0).tolist()))

    early, late = ([mean(who, chunks) for who in (0, 1)] for chunks in (range(6), range(15, 21)))
    strangers = [likeness(early[0], late[1]), likeness(early[1], late[0])]
    assert max(strangers) < LEAST - 0.05
    found = recognised(late, [replace(early[0], name="Anna"), replace(early[1], name="Paul")])
    assert found == {"s0": ("Anna", pytest.approx(0.72, abs=0.01))}
