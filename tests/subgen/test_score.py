"""`subgen score`: every format is read, every figure agrees with what is counted by hand or by other means."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cli.shell import run
from subgen.errors import MediaNotFound, MissingDependency, OptionError
from subgen.eval.accuracy import count, normalise
from subgen.eval.edits import alignment
from subgen.eval.records import Record, Saying, read_record, with_names
from subgen.eval.score import character_errors, score
from subgen.eval.speakers import Wrong, speaker_word_errors, turn_errors, word_speaker_errors
from subgen.formats import FORMATS, render
from subgen.options import Speakers
from subgen.speakers.identify import identify
from subgen.types import Turn, Turns
from tests.subgen.talks import wrong
from tests.subgen.test_speakers_identify import SAID, document_of, turns_of

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
MEETEVAL = find_spec("meeteval") is not None
"""its wheel is built where it is installed, so a machine without a compiler may lack it"""
TALK = identify(document_of(*SAID), turns_of("Anna", "Paul", "Anna", "Paul"), Speakers())
TRUTH = {
    "text": "".join(SAID).strip(),
    "words": [
        {"start": word.start, "end": word.end, "text": word.text.strip(), "speaker": name}
        for said, name in zip(TALK.utterances, ["Anna", "Paul", "Anna", "Paul"], strict=True)
        for word in said.words
    ],
}
STM = """;; by hand
talk 1 Paul 6 8 <o,f0> Yes.
talk 1 Anna 0 2 Good morning.
talk 1 Paul 2 4 Good morning, Anna.
talk 1 Anna 4 6 Shall we begin?
"""


@pytest.fixture
def files(tmp_path):
    for format in ("json", "srt", "vtt", "txt", "rttm", "ctm"):
        (tmp_path / f"talk.{format}").write_text(render(TALK, format), encoding="utf-8")
    (tmp_path / "talk.stm").write_text(STM)
    (tmp_path / "truth.json").write_text(json.dumps(TRUTH))
    return tmp_path


@pytest.mark.parametrize("name", ["talk.json", "talk.vtt", "talk.srt", "talk.txt", "talk.stm", "truth.json"])
def test_every_format_with_speakers_tells_the_same(files, name) -> None:
    record = with_names(read_record(files / name), ["Anna", "Paul"])
    tokens = [(word, speaker) for word, speaker in record.tokens]
    assert tokens == read_record(files / "talk.json").tokens
    assert {speaker for _, speaker in tokens} == {"Anna", "Paul"}


def test_what_formats_can_not_say_is_empty(files) -> None:
    records = {path.name: read_record(path) for path in files.iterdir()}
    assert {name for name, record in records.items() if record.words} == {"talk.json", "truth.json", "talk.ctm"}
    assert {name for name, record in records.items() if not record.said} == {"talk.rttm"}
    without = {"talk.srt", "talk.txt", "talk.ctm"}
    assert {name for name, record in records.items() if not record.turns} == without
    assert records["talk.json"].duration == 8.0
    assert [word.start for word in records["talk.ctm"].words] == pytest.approx(
        [word.start for word in records["talk.json"].words], abs=0.001
    )


def test_truth_without_words_is_its_text(tmp_path) -> None:
    path = tmp_path / "truth.json"
    path.write_text('{"text": "One two."}')
    assert read_record(path).said == (Saying(None, "One two."),)


def test_only_known_names_before_a_colon_are_speakers() -> None:
    lines = ("Note: well.", "Anna: Yes: no.", "More.", "SPEAKER_01: Hm.")
    record = Record(Path("a.srt"), tuple(Saying(None, line) for line in lines))
    assert with_names(record, ["Anna"]).said == (
        Saying(None, "Note: well."),
        Saying("Anna", "Yes: no."),
        Saying("Anna", "More."),
        Saying("SPEAKER_01", "Hm."),
    )
    assert [one.speaker for one in with_names(record, []).said] == [None, None, None, "SPEAKER_01"]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.docx", "", "its name must end with one of json, srt, vtt, txt, rttm, ctm, stm"),
        ("a.json", "{", "is not JSON"),
        ("a.json", '{"text": "a", "words": [1]}', "is no truth file"),
        ("a.json", '{"text": "a", "words": [{"start": 1}]}', "is no truth file"),
        ("a.json", '{"text": "a", "words": [{"start": "x", "end": 1, "text": "a"}]}', "is no truth file"),
        ("a.ctm", "talk 1 0.5 0.2 one\ntalk 1 half 0.2 two\n", "a.ctm, line 2: this is no line of CTM"),
        ("a.ctm", "talk 1 0.5 0.2\n", "a.ctm, line 1: this is no line of CTM"),
        ("a.stm", "talk 1 Anna 0\n", "a.stm, line 1: this is no line of STM"),
        ("a.ctm", "a 1 0 1 one\nb 1 0 1 two\n", r"several recordings \(a, b\)"),
        ("a.rttm", "hello\n", "a.rttm, line 1"),
    ],
)
def test_what_can_not_be_scored_is_one_sentence(tmp_path, name, text, sentence) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(OptionError, match=sentence):
        read_record(path)


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(MediaNotFound, match=r"x\.txt can't be read"):
        read_record(tmp_path / "x.txt")


WORDS = st.lists(st.sampled_from(["a", "bc", "d"]), max_size=8)


@given(WORDS, WORDS)
def test_word_and_character_errors_are_those_of_jiwer(ours, theirs) -> None:
    reference, hypothesis = " ".join(ours), " ".join(theirs)
    counted = count(ours, theirs, alignment(ours, theirs))
    if ours:
        assert counted.rate == pytest.approx(jiwer.wer(reference, hypothesis))
        assert character_errors(reference, hypothesis).rate == pytest.approx(jiwer.cer(reference, hypothesis))
    else:
        assert counted.errors == len(theirs)
        assert character_errors(reference, hypothesis).errors == len(hypothesis)


def test_turn_errors_by_hand() -> None:
    reference = [Turn(0, 4, "A"), Turn(4, 8, "B")]
    hypothesis = [Turn(0, 5, "x"), Turn(5, 7, "y"), Turn(9, 10, "y")]
    found = turn_errors(reference, hypothesis, 12.0)
    assert (found.missed, found.false_alarm, found.confused, found.total) == pytest.approx((1, 1, 1, 8))
    assert found.rate == pytest.approx(3 / 8)
    # A with x: 1 of 5 s apart; B with y: 2 s of 5 in common (4-8 and 5-7, 9-10).
    assert found.jaccard_rate == pytest.approx((1 / 5 + 3 / 5) / 2)
    assert turn_errors(reference, hypothesis, 12.0, collar=0.25).total == pytest.approx(7.0)
    assert turn_errors([], [], 5.0).rate == 0.0
    assert turn_errors([], [Turn(0, 1, "x")], 5.0).rate == 1.0


def test_the_end_of_the_recording_counts_even_if_nobody_found_it() -> None:
    assert turn_errors([Turn(0, 5, "A"), Turn(90, 100, "A")], [Turn(0, 5, "x")], 0.0).missed == pytest.approx(10.0)


TOKENS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("XYZ")), min_size=1, max_size=10)


@given(TOKENS, st.data())
def test_word_speaker_errors_are_those_of_the_kindest_mapping(ours, data) -> None:
    labels = [data.draw(st.sampled_from(["1", "2", None])) for _ in ours]
    theirs = [(word, label) for (word, _), label in zip(ours, labels, strict=True)]
    pairs = [(index, index) for index in range(len(ours))]
    found = word_speaker_errors(ours, theirs, pairs)
    assert found == Wrong(wrong([speaker for _, speaker in ours], labels), len(ours))


def test_words_that_only_one_has_do_not_count_for_speakers() -> None:
    ours, theirs = [("a", "X"), ("b", "Y")], [("a", "1")]
    assert word_speaker_errors(ours, theirs, [(0, 0), (1, None)]) == Wrong(0, 1)
    assert word_speaker_errors([], [], []).rate == 0.0


def one_word_moved() -> tuple[list[tuple[str, str | None]], list[tuple[str, str | None]]]:
    """11 words, one of which is another speaker's."""
    ours: list[tuple[str, str | None]] = [(word, "A") for word in ["one", "two", "three", "four", "five", "six"]]
    ours += [(word, "B") for word in ["seven", "eight", "nine", "ten", "eleven"]]
    theirs = [(word, "y" if place > 4 else "x") for place, (word, _) in enumerate(ours)]
    return ours, theirs


def test_speaker_word_errors_by_hand() -> None:
    ours, theirs = one_word_moved()
    if MEETEVAL:
        assert speaker_word_errors(ours, theirs) == Wrong(2, 11)
        assert speaker_word_errors(ours, [(word, None) for word, _ in ours]) == Wrong(10, 11)
    else:
        with pytest.raises(MissingDependency, match="meeteval"):
            speaker_word_errors(ours, theirs)


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("jiwer", lambda: character_errors("a", "b")),
        ("pyannote.core", lambda: turn_errors([], [], 1.0)),
        ("scipy.optimize", lambda: word_speaker_errors([], [], [])),
        ("meeteval.wer", lambda: speaker_word_errors([], [])),
    ],
)
def test_a_missing_package_is_named_with_the_command_that_installs_it(name, measure, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingDependency) as caught:
        measure()
    assert str(caught.value).startswith(f"Scoring needs the package {name.split('.')[0]}")
    assert "pip install 'subgen-mlx[eval]'" in str(caught.value)


def without_speakers(record: Record) -> Record:
    return Record(record.path, tuple(Saying(None, one.text) for one in record.said), record.words)


def test_what_both_tell_is_measured(files) -> None:
    truth = read_record(files / "truth.json")
    found = score(truth, without_speakers(read_record(files / "talk.json")))
    assert found.words is not None
    assert (found.words.errors, found.words.words) == (0, len(normalise(TRUTH["text"])))
    assert found.times is not None
    assert found.times.both.largest < 1e-9
    assert (found.turns, found.speakers, found.both) == (None, None, None)
    turns = score(truth, read_record(files / "talk.rttm"))
    assert turns.turns is not None
    assert turns.turns.rate == pytest.approx(0.0, abs=1e-6)
    assert (turns.words, turns.characters) == (None, None)


def test_nothing_in_common_is_refused(files) -> None:
    with pytest.raises(OptionError, match=r"talk\.txt and .*talk\.rttm have nothing in common"):
        score(read_record(files / "talk.rttm"), read_record(files / "talk.txt"))


def test_the_table_has_what_there_is(files, monkeypatch, capsys) -> None:
    monkeypatch.chdir(files)
    assert run(["score", "talk.rttm", "talk.rttm"]) == 0
    assert capsys.readouterr().out == (
        "result     WER  CER  word edges  in 80 ms  DER    JER    WDER  cpWER\n"
        "talk.rttm                                  0.00%  0.00%\n"
    )
    assert run(["score", "talk.txt", "talk.ctm", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["reference"] == "talk.txt"
    (result,) = value["results"]
    assert result["path"] == "talk.ctm"
    assert result["wer"]["substitutions"] == 0
    assert result["wer"]["insertions"] == 0
    assert result["der"] is None
    assert run(["score", "talk.txt", "talk.rttm", "talk.docx"]) == 2
    assert run(["score", "talk.rttm", "talk.rttm", "--collar", "-1"]) == 2
    assert "0 seconds or more" in capsys.readouterr().err


def test_the_sample_talk_scores_as_a_whole(capsys) -> None:
    """Its RTTM joins sentences that its truth keeps apart."""
    code = run(["score", str(SAMPLES / "talk.json"), str(SAMPLES / "talk.json"), "--json"])
    shown = capsys.readouterr()
    if MEETEVAL:
        (result,) = json.loads(shown.out)["results"]
        for figure in ("wer", "cer", "der", "jer", "wder", "cpwer"):
            assert result[figure]["rate"] == pytest.approx(0.0)
        assert result["times"]["both"]["largest"] == 0.0
    else:
        assert code == 6
        assert "pip install" in shown.err


def test_scoring_reads_what_is_written() -> None:
    assert {"json", "srt", "vtt", "txt", "rttm", "ctm"} <= set(FORMATS)
    assert Turns(()).overlapping == ()
