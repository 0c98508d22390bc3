"""`subgen check` on files: what is said on stdout, exit codes, and files that are broken themselves."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from subgen.check.rulebook import RULEBOOK
from subgen.check.unavoidable import summary, unavoidable
from subgen.checking import check_file
from subgen.cli.check import text
from subgen.cli.shell import run
from subgen.cues import cues
from subgen.formats import render
from subgen.formats.srt import srt
from subgen.media import find_ffmpeg
from subgen.options import Decoding, Input, Layout, Options
from subgen.rules import Rules, rules
from subgen.types import Cue, Utterance, Word
from subgen.words import spread
from tests.subgen.check_table import row
from tests.subgen.cue_table import own
from tests.subgen.test_check import calm, film
from tests.subgen.test_check_own import document
from tests.subgen.timed_words import LISTS, utterances

DOCS = Path(__file__).parents[2] / "docs/subtitles.md"
SAMPLES = Path(__file__).parents[2] / "samples"
Captured = pytest.CaptureFixture[str]
UNREADABLE = "41\n00:xx:20,000 --> 00:03:24,000\nHe looked up.\n\n"


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.en.srt"
    path.write_text(srt(film()), encoding="utf-8")
    return path


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """One error, one piece of advice."""
    shown = film()
    shown[4] = replace(shown[4], start=shown[4].start + 3.0)
    shown[6] = calm(6, ("He looked", "at the sky."))
    path = tmp_path / "wrong.en.srt"
    path.write_text(srt(shown), encoding="utf-8")
    return path


def test_a_clean_file_is_worth_100(clean: Path, capsys: Captured) -> None:
    assert run(["check", str(clean), "--strict"]) == 0
    assert capsys.readouterr().out == (
        f"{clean}: score 100, nothing found in 40 cues (English, 24 frames per second)\n"
    )


def test_each_finding_has_a_line(wrong: Path, clean: Path, capsys: Captured) -> None:
    assert run(["check", str(wrong), str(clean)]) == 1
    told = capsys.readouterr()
    assert told.err == ""
    head, columns, *lines = told.out.splitlines()
    assert head == f"{wrong}: score 96, 1 error and 1 piece of advice in 40 cues (English, 24 frames per second)"
    assert columns.split() == ["cue", "time", "rule", "severity", "finding"]
    assert lines[0].split(maxsplit=4) == [
        *("5", "0:00:23.000", "speed", "error"),
        "It is read at 60 columns per second, the most is 20.",
    ]
    assert lines[1].split(maxsplit=4) == ["7", "0:00:30.000", "split", "advice", "Its two lines fit on one."]
    assert lines[2] == ""
    assert lines[3].startswith(f"{clean}: score 100")


def test_strict_minds_advice(clean: Path, capsys: Captured) -> None:
    clean.write_text(srt([calm(0, ("He looked", "at the sky."))]), encoding="utf-8")
    assert run(["check", str(clean)]) == 0
    assert run(["check", str(clean), "--strict"]) == 1
    assert "0 errors" not in capsys.readouterr().out


def test_json_has_all_of_it(wrong: Path, capsys: Captured) -> None:
    assert run(["check", str(wrong), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)["files"]
    first, _ = told.pop("findings")
    assert told == {
        "path": str(wrong),
        "language": "English",
        "frame_rate": 24.0,
        "media": None,
        "cues": 40,
        "score": 96,
        "errors": 1,
        "advice": 1,
    }
    assert first == {
        "cue": 5,
        "start": 23.0,
        "end": 24.0,
        "rule": "speed",
        "severity": "error",
        "text": "It is read at 60 columns per second, the most is 20.",
        "figure": 60.0,
        "limit": 20,
    }


def test_files_that_cannot_be_read(clean: Path, tmp_path: Path, capsys: Captured) -> None:
    assert run(["check", str(tmp_path / "none.srt")]) == 3
    assert capsys.readouterr().out == ""
    assert run(["check", str(tmp_path / "none.srt"), str(clean)]) == 1
    told = capsys.readouterr()
    assert told.out.startswith(f"{clean}: score 100")
    assert told.err == f"subgen: The file {tmp_path / 'none.srt'} can't be read: No such file or directory.\n"
    assert run(["check", str(clean), "--profile", "none"]) == 2


def test_cues_that_cannot_be_read_are_an_error(clean: Path, capsys: Captured) -> None:
    clean.write_bytes(UNREADABLE.encode("utf-16") + srt(film()).encode("utf-16-le"))
    assert run(["check", str(clean)]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines()[2].split(maxsplit=4)[2:] == [
        "unreadable",
        "error",
        "1 cue has times that can't be read.",
    ]
    assert told.err == ""
    clean.write_bytes("noise\n\n".encode("latin-1") + srt(film()).replace("It", "Ça").encode("latin-1"))
    run(["check", str(clean)])
    assert "is ignored" in capsys.readouterr().err


def test_options_change_what_is_found(clean: Path) -> None:
    def rules_broken(options: Options) -> set[str]:
        return {finding.rule for finding in check_file(clean, None, options).findings}

    assert rules_broken(Options(layout=Layout("shorts"))) >= {"lines", "width"}
    assert rules_broken(Options(layout=Layout(fastest=10.0))) == {"speed"}
    assert rules_broken(Options(decoding=Decoding(language="German"))) >= {"pace"}
    assert check_file(clean, None, Options(layout=Layout(frame_rate=50.0))).frame_rate == 50.0


def test_a_film_tells_its_frame_rate_and_what_is_heard(tmp_path: Path, capsys: Captured) -> None:
    truth = json.loads((SAMPLES / "film.json").read_text())
    words = tuple(Word(each["start"], each["end"], each["text"] + " ") for each in truth["words"])
    said = [Utterance(words, "English")]
    shown = cues(said, Layout(), 24.0)
    path = tmp_path / "film.en.vtt"
    path.write_text(render(document(said), "vtt", Layout(frame_rate=24.0)))
    right = check_file(path, SAMPLES / "film.mp4")
    assert (right.frame_rate, right.findings, right.score) == (24.0, (), 100)
    for off, words in ((1.5, "All cues come 1.5 s late"), (-1.5, "All cues come 1.5 s early")):
        moved = [replace(cue, start=cue.start + off, end=cue.end + off) for cue in shown]
        path.write_text("WEBVTT\n\n" + srt(moved).replace(",", "."))
        assert run(["check", str(path), "--media", str(SAMPLES / "film.mp4")]) == 1
        assert words in capsys.readouterr().out
    assert run(["check", str(path), "--media", str(tmp_path / "none.mp4")]) == 3


def reasons(said: list[Utterance], rule: Rules) -> dict[str, str]:
    layout = Layout(width=int(rule.width))
    return {each.rule: each.text for each in unavoidable(cues(said, layout), rule, 24.0, language="English")}


def test_our_own_findings_say_why() -> None:
    rule = rules(Layout(width=12), "English")
    fast = [Utterance(spread("He said it all in one breath without a stop. ", 0.0, 1.6), "English")]
    assert "It is spoken at " in reasons(fast, rule)["speed"]
    wide = [Utterance(spread("Incomprehensibilities. ", 0.0, 2.6), "English")]
    assert reasons(wide, rule)["width"].endswith("A single word is wider than a line.")
    cue = Cue(0.0, 1.0, ("It rained on that day too.",), words=(spread("It rained on that day too.", 0.0, 3.0),))
    (only,) = unavoidable([cue], rules(Layout(), "English"), 24.0, language="English")
    assert only.text.endswith("The next words leave no room.")


def test_a_run_says_in_one_line_what_could_not_be_kept(tmp_path: Path, capsys: Captured) -> None:
    written = document(utterances("prose3.5"))
    saved = tmp_path / "film.json"
    saved.write_text(render(written, "json"), encoding="utf-8")
    found = json.loads(saved.read_text())["findings"]
    errors = [each for each in found if each["rule"] == "speed"]
    assert errors
    assert set(errors[0]) == {"cue", "rule", "text", "figure", "limit", "span"}
    assert run(["render", str(saved), "-f", "vtt,srt"]) == 0
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert told[0].startswith(
        f"subgen: {saved}: {len(errors)} cues break rules that the speech leaves no room for (speed"
    )
    assert run(["check", str(tmp_path / "film.vtt"), "--json", "-l", "en"]) == 1
    (checked,) = json.loads(capsys.readouterr().out)["files"]
    assert [(each["cue"], each["rule"], each["figure"]) for each in checked["findings"]] == [
        (each["cue"], each["rule"], each["figure"]) for each in found
    ]


def test_a_summary_counts_errors() -> None:
    assert summary(()) == ""
    (one,) = unavoidable([calm(0, ("",))], rules(Layout(), ""), 24.0)
    assert summary((one,)).startswith("1 cue breaks a rule that the speech leaves no room for (empty 1)")


@pytest.mark.parametrize("name", LISTS)
def test_the_documentation_has_these_figures(name: str) -> None:
    assert row(name, "subgen", own(name)) in DOCS.read_text(encoding="utf-8").splitlines()


def test_the_documentation_names_every_rule() -> None:
    table = DOCS.read_text(encoding="utf-8").partition("## Checking subtitles")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| `")]
    named = {name: line[1] for line in rows for name in re.findall(r"`(\w+)`", line[0])}
    assert {name: named.get(name) for name in RULEBOOK} == {name: rule.severity for name, rule in RULEBOOK.items()}


@pytest.fixture
def cut_film(tmp_path: Path) -> Path:
    """Four seconds of a dark picture, four of a light one, without a sound."""
    path = tmp_path / "cut.mp4"
    colours = [f"color=c={colour}:s=160x90:r=24:d=4" for colour in ("black", "white")]
    inputs = [part for source in (*colours, "anullsrc=r=16000:cl=mono") for part in ("-f", "lavfi", "-i", source)]
    joined = ["-filter_complex", "[0][1]concat[v]", "-map", "[v]", "-map", "2", "-t", "8", str(path)]
    subprocess.run([str(find_ffmpeg(None)), "-v", "error", *inputs, *joined], check=True, stdin=subprocess.DEVNULL)
    return path


def test_shot_changes_are_looked_for_when_asked(
    cut_film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUBGEN_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "cut.en.srt"
    path.write_text(srt([Cue(1.0, 3.8, ("It rained.",)), Cue(4.0, 6.0, ("It stopped.",))]), encoding="utf-8")
    for wanted in (False, True):
        told = check_file(path, cut_film, Options(input=Input(shots=wanted)))
        found = [(each.cue, each.rule, each.figure) for each in told.findings if each.rule == "shot"]
        assert found == ([(1, "shot", 4.8)] if wanted else [])


def test_a_terminal_gets_colours(wrong: Path) -> None:
    told = text(check_file(wrong), coloured=True).splitlines()
    assert told[2].startswith("\x1b[31m5 ")
    assert told[3].startswith("\x1b[33m7 ")
    assert all(line.endswith("\x1b[0m") for line in told[2:])
