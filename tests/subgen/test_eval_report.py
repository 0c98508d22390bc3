"""`python -m subgen.eval`: a result against its truth, and its bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from subgen.eval.__main__ import main
from subgen.eval.report import compare, figures, table
from subgen.eval.truth import Truth, read_truth
from subgen.formats import render
from subgen.options import Layout
from subgen.types import Document, Media, Track, Transcript, Word

TRACK = Track(0, "aac", 48_000, 1, 0.0)
MEDIA = Media(Path("film.mp4"), 10.0, (TRACK,), TRACK)


def document(*texts):
    transcripts = []
    for number, text in enumerate(texts):
        start = 4.0 * number
        words = tuple(Word(start + i, start + i + 0.5, f"{word} ") for i, word in enumerate(text.split()))
        transcripts.append(Transcript(start, start + 4, text, "English", words=words))
    return Document(MEDIA, 10.0, tuple(transcripts), ())


def truth_json(text):
    words = [{"start": i + 0.1, "end": i + 0.5, "text": word} for i, word in enumerate(text.split())]
    return json.dumps({"text": text, "words": words})


@pytest.fixture
def files(tmp_path):
    truth, result = tmp_path / "truth.json", tmp_path / "result.json"
    truth.write_text(truth_json("One two three four. Five six."))
    result.write_text(render(document("One two three four.", "Five seven."), "json", Layout()))
    return truth, result


def test_compare_joins_transcripts(files):
    report = compare(read_truth(files[0]), document("One two three four.", "Five seven."))
    assert (report.words.errors, report.words.words) == (1, 6)
    assert report.times is not None
    assert report.times.matched == 5
    assert report.times.starts.mean == pytest.approx(0.1)
    assert report.times.ends.largest == 0.0


def test_table(files, capsys):
    assert main([str(path) for path in files]) == 0
    assert capsys.readouterr().out == (
        "words 6  substituted 1  missing 0  added 0  word error rate 16.67%\n"
        "times of 5 words   mean    median   largest  within 80 ms\n"
        "starts          100.0 ms  100.0 ms  100.0 ms  0.0%\n"
        "ends              0.0 ms    0.0 ms    0.0 ms  100.0%\n"
        "both             50.0 ms   50.0 ms  100.0 ms  50.0%\n"
    )


def test_json_figures(files, capsys):
    assert main(["--json", *map(str, files)]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["words"]["rate"] == pytest.approx(1 / 6)
    assert value["times"]["both"]["close"] == 0.5


def test_text_alone_has_no_times(tmp_path):
    (tmp_path / "text.json").write_text('{"text": "One two."}')
    report = compare(read_truth(tmp_path / "text.json"), document("One two."))
    assert report.words.rate == 0
    assert figures(report)["times"] is None
    assert table(report).endswith("no word in common that has times\n")


def test_nothing_heard():
    assert compare(Truth("One two."), document()).words.deletions == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"text": "a", "words": [{"start": 1}]}',
        b'{"text": "a", "words": 3}',
        b"\xff\xfe",
        b'{"text"',
    ],
)
def test_bad_truth_is_one_sentence(files, capsys, content):
    files[0].write_bytes(content)
    assert main([str(path) for path in files]) == 2
    said = capsys.readouterr().err
    assert said.startswith(str(files[0]))
    assert said.count("\n") == 1


def test_missing_and_foreign_results(files, capsys):
    assert main([str(files[0]), str(files[1]) + ".gone"]) == 2
    assert "can't be read" in capsys.readouterr().err
    assert main([str(files[0]), str(files[0])]) == 2
    assert "not from subgen" in capsys.readouterr().err


def test_runs_as_a_module(files):
    command = [sys.executable, "-m", "subgen.eval", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "word error rate 16.67%" in done.stdout
