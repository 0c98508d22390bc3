"""What `subgen batch` shows on a terminal: bars for all files and those at work, and nothing of them at the end."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from subgen.cli.bars import ENDING, MOST_BARS, Bars, Watching, batch_screen
from subgen.cli.screens import JsonLines, Lines
from subgen.cli.settings import Console
from subgen.errors import SubgenError
from subgen.events import Loading, Noticed, Progress
from subgen.library.ledger import Ledger
from subgen.library.rows import State
from subgen.library.stop import Stop
from subgen.library.work import End, Outcome
from subgen.types import Note
from tests.subgen.terminal import Terminal, seen

ROOT = Path(__file__).parents[2]
FIRST, SECOND, THIRD = (Path(f"/films/{name}.mkv") for name in ("first", "second [2]", "third\x1b[2J"))
_MOVING = re.compile(r"^[-\\|/ ] |  +(-:--:--|--:--|\d+:\d\d(:\d\d)?)$")
"""the spinner, and the time that is left"""


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def stop() -> Stop:
    return Stop()


@pytest.fixture
def watching(terminal: Terminal, stop: Stop) -> Iterator[Watching]:
    with Bars(Console(), terminal, stop) as bars:
        yield Watching(bars)


def frame(terminal: Terminal) -> list[str]:
    """What is seen, but for what moves by itself, with one space where there are several."""
    return [re.sub(" +", " ", _MOVING.sub("", row)) for row in terminal.rows]


def shows(terminal: Terminal, *rows: str) -> None:
    """Waits until the screen is drawn again, which happens ten times a second by itself."""
    for _ in range(100):
        if frame(terminal) == list(rows):
            return
        time.sleep(0.02)
    assert frame(terminal) == list(rows)


def test_a_run_as_it_is_seen(watching: Watching, terminal: Terminal, stop: Stop) -> None:
    none, third, half = "━" * 30, "━" * 30, "━" * 15 + "╺" + "━" * 14
    for number, path in enumerate((FIRST, SECOND, THIRD), 1):
        watching.begin(path, number, 3)
    assert frame(terminal) == []  # models may be fetched, under bars of their own
    watching.listen(Loading("demo"))
    shows(terminal, f"3 files {none} 0 of 3")
    watching.listen(Progress(FIRST, 30.0, 60.0))
    shows(terminal, f"3 files {'━' * 5}╺{'━' * 24} 0 of 3", f"first.mkv {half} 0:30 of 1:00")
    watching.listen(Progress(SECOND, 15.0, None))
    watching.listen(Noticed(SECOND, Note("loop", "A chunk was dropped.")))
    shows(
        terminal,
        f"subgen: {SECOND}: A chunk was dropped.",
        f"3 files {'━' * 5}╺{'━' * 24} 0 of 3",
        f"first.mkv {half} 0:30 of 1:00",
        f"second [2].mkv {none} 0:15",
    )
    watching.ended(Outcome(FIRST, End.DONE, outputs=(Path("/films/first.en.srt"),)))
    watching.ended(Outcome(SECOND, End.FAILED, "It is [damaged]."))
    told = (f"subgen: {SECOND}: A chunk was dropped.", "/films/first.en.srt", "subgen: It is [damaged].")
    shows(terminal, *told, f"3 files {'━' * 20}╺{'━' * 9} 2 of 3")
    stop.ask()
    shows(terminal, *told, f"3 files {'━' * 20}╺{'━' * 9} {ENDING}")
    watching.listen(Progress(THIRD, 60.0, 60.0))
    shows(terminal, *told, f"3 files {third} {ENDING}", f"third\\x1b[2J.mkv {'━' * 30} 1:00 of 1:00")
    watching.ended(Outcome(THIRD, End.SKIPPED, "interrupted"))
    shows(terminal, *told, f"3 files {third} {ENDING}")


def test_nothing_of_the_bars_stays(terminal: Terminal) -> None:
    with Bars(Console(), terminal) as bars:
        watching = Watching(bars)
        watching.begin(FIRST, 1, 1)
        watching.listen(Loading("demo"))
        watching.listen(Progress(FIRST, 1.0, 60.0))
        watching.ended(Outcome(FIRST, End.DONE, outputs=(Path("first.en.srt"),)))
    assert seen(terminal.getvalue()) == (["first.en.srt"], True)


def test_an_error_on_the_way_leaves_the_screen_clean(terminal: Terminal) -> None:
    def work() -> None:
        with Bars(Console(), terminal) as bars:
            bars.begin(FIRST, 1, 1)
            bars.listen(Loading("demo"))
            raise SubgenError("The scheduler has gone.")

    with pytest.raises(SubgenError):
        work()
    assert seen(terminal.getvalue()) == ([], True)


def test_only_some_of_many_files_have_a_bar_and_the_next_gets_the_free_one(
    watching: Watching, terminal: Terminal
) -> None:
    paths = [Path(f"{number}.wav") for number in range(MOST_BARS + 2)]
    for number, path in enumerate(paths, 1):
        watching.begin(path, number, len(paths))
    watching.listen(Loading("demo"))
    for _ in range(2):
        for path in paths:
            watching.listen(Progress(path, 1.0, 4.0))
    shown = f"{'━' * 7}╸{'━' * 22}"
    bars = [f"{number}.wav {shown} 0:01 of 0:04" for number in range(MOST_BARS)]
    shows(terminal, f"8 files {shown} 0 of 8", *bars)
    watching.ended(Outcome(paths[2], End.SKIPPED))
    watching.listen(Progress(paths[6], 1.0, 4.0))
    ended = f"8 files {'━' * 10}╺{'━' * 19} 1 of 8"
    shows(terminal, ended, *bars[:2], *bars[3:], f"6.wav {shown} 0:01 of 0:04")


def test_of_long_names_the_end_is_seen(watching: Watching, terminal: Terminal) -> None:
    path = Path(f"{'A series with a long name ' * 2}S01E07.mkv")
    watching.begin(path, 1, 1)
    watching.listen(Loading("demo"))
    watching.listen(Progress(path, 0.0, 5.0))
    none = "━" * 30
    shows(terminal, f"1 file {none} 0 of 1", f"…ies with a long name S01E07.mkv {none} 0:00 of 0:05")


def test_the_screen_suits_the_stream_and_everybody_hears_of_ends(terminal: Terminal) -> None:
    assert isinstance(batch_screen(Console(), stream=terminal), Bars)
    assert isinstance(batch_screen(Console(progress="json"), stream=terminal), JsonLines)
    plain = batch_screen(Console(quiet=True), stream=terminal)
    assert type(plain) is Lines
    heard: list[Outcome] = []
    outcome = Outcome(FIRST, End.FAILED, "It broke.")
    Watching(plain, heard.append).ended(outcome)
    assert heard == [outcome]
    assert terminal.rows == ["subgen: It broke."]


def in_terminal(command: list[str], room: Path) -> tuple[int, int]:
    """Starts a command under a terminal of its own; its process, and the other side of the terminal."""
    process, master = pty.fork()
    if not process:
        os.chdir(room)
        os.execve(command[0], command, {**os.environ, "PYTHONPATH": str(ROOT)})
    return process, master


def read(master: int) -> str:
    """What is written next; "" at the end."""
    try:
        return os.read(master, 1 << 16).decode(errors="replace")
    except OSError:  # Linux says so when the last process has left the terminal
        return ""


def test_ctrl_c_in_the_middle_leaves_a_clean_screen_and_a_ledger_that_knows_the_rest(tmp_path: Path) -> None:
    films, ledger = tmp_path / "films", tmp_path / "ledger"
    films.mkdir()
    for number in range(2):
        shutil.copy(ROOT / "samples" / "talk.m4a", films / f"{number}.m4a")
    command = [sys.executable, "-m", "subgen", "batch", str(films), "--ledger", str(ledger), "--model", "demo"]
    process, master = in_terminal([*command, "--batch", "1"], tmp_path)
    written = ""
    while not re.search(r"0:[0-4]\d of 0:5\d", written):
        new = read(master)
        assert new
        written += new
    os.write(master, b"\x03")
    while new := read(master):
        written += new
    os.close(master)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 130
    assert ENDING in written
    rows, cursor = seen(written)
    assert cursor
    assert not [row for row in rows if "━" in row]
    assert rows[-1] == "subgen: Interrupted: nothing was left half-written."
    assert [row for row in rows if row.startswith("skipped     2 files: 2 interrupted")], rows
    assert sorted(path.name for path in films.iterdir()) == ["0.m4a", "1.m4a"]
    with Ledger(ledger) as opened:
        assert {(row.state, row.deaths) for row in opened.rows()} == {(State.QUEUED, 0)}
    assert [path for path in (ledger / "unfinished").iterdir() if path.stat().st_size]
    report = tmp_path / "report.json"
    again = subprocess.run([*command, "--report", str(report)], capture_output=True, text=True, check=False, cwd=ROOT)
    assert again.returncode == 0, again.stderr
    assert json.loads(report.read_text())["counts"] == {"done": 2, "skipped": 0, "failed": 0}
    assert not [*(ledger / "unfinished").iterdir()]
