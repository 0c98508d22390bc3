"""`subgen watch` as it is run: with the demo model and a clock that does not wait for tests."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from subgen.cli.shell import run
from subgen.cli.watch_command import watch
from subgen.library.ledger import Ledger
from subgen.library.rows import State
from tests.subgen.media_making import make
from tests.subgen.watching import sound

ROOT = Path(__file__).parents[2]
TALK = ROOT / "samples" / "talk.m4a"
COMMAND = (sys.executable, "-c", "from subgen.cli import main; main()")
FAST = ("--model", "demo", "--quiet-time", "0.5", "--every", "1")


@pytest.fixture
def films(tmp_path):
    (tmp_path / "films").mkdir()
    return tmp_path / "films"


def started(*arguments):
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@contextmanager
def watching(*arguments):
    """A watch that is ended whatever happens."""
    with started("watch", *arguments) as running:
        try:
            yield running
        finally:
            running.kill()


def until(happens, seconds=60):
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_files_are_done_as_they_come_and_a_signal_ends_it(films, tmp_path):
    content = TALK.read_bytes()
    with watching(films, "--ledger", tmp_path / "ledger", *FAST, "--progress", "json") as running:
        (films / "slow.m4a").write_bytes(content[: len(content) // 2])
        events = map(json.loads, running.stderr)
        note = next(event for event in events if event["event"] == "noticed")
        assert (note["path"], note["kind"]) == (str(films / "slow.m4a"), "waits")
        shutil.copy2(TALK, films / ".moved.m4a.Ab12Cd")
        (films / ".moved.m4a.Ab12Cd").rename(films / "moved.m4a")
        until((films / "moved.en.srt").exists)
        assert not (films / "slow.en.srt").exists()
        (films / "slow.m4a").write_bytes(content)
        until((films / "slow.en.srt").exists)
        running.send_signal(signal.SIGTERM)
        output, _ = running.communicate(timeout=10)
    assert (running.returncode, output) == (0, "")
    assert (films / "slow.en.srt").read_text() == (films / "moved.en.srt").read_text()


def test_a_batch_and_a_watch_on_one_tree_share_the_work(films, tmp_path):
    for number in range(6):
        (films / f"{number}.mkv").write_bytes((ROOT / "samples" / "late.mkv").read_bytes() + bytes(8 * number) + b"end")
        os.utime(films / f"{number}.mkv", (1e9, 1e9))
    ledger = ("--ledger", tmp_path / "ledger", "--model", "demo")
    both = [started("watch", films, *ledger, "--quiet-time", "0.5", "--once"), started("batch", films, *ledger)]
    reports = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], reports
    done = [int(output.split()[1]) for output, _ in reports]
    assert sum(done) == 6, reports
    with Ledger(tmp_path / "ledger") as opened:
        assert [(row.state, row.tries) for row in opened.rows()] == [(State.DONE, 1)] * 6


def test_once_ends_with_a_report(films, tmp_path, capfd):
    shutil.copy2(TALK, films)
    (films / "half.wav").write_bytes(sound(1)[:200])
    (films / "broken.wav").write_bytes(b"RIFF" + (95).to_bytes(4, "little") + b"WAVE" + b"x" * 91)
    arguments = ["watch", str(films), str(films / "none"), "--ledger", str(tmp_path / "ledger"), *FAST, "--once"]
    assert run(arguments) == 0
    told = capfd.readouterr()
    assert told.out.startswith("done        1 file, 0:00:55 of audio")
    assert f"subgen: Watching {films}: looks every 1 s, takes what has been still for 0.5 s." in told.err
    assert f"{films / 'half.wav'}: It waits: less of it is there than it says." in told.err
    assert f"{films / 'broken.wav'}: It waits: it can't be opened." in told.err
    assert f"{films / 'none'} can't be read: No such file or directory." in told.err
    assert (films / "talk.en.srt").exists()


def test_what_can_never_be_done_fails(films, tmp_path, capfd):
    make("-f", "lavfi", "-i", "testsrc=d=1:s=64x48", films / "mute.mp4")
    arguments = ["watch", str(films), "--ledger", str(tmp_path / "ledger"), *FAST, "--once", "--quiet"]
    assert run(arguments) == 1
    told = capfd.readouterr()
    assert "failed      1 file" in told.out
    assert told.err == f"subgen: {films / 'mute.mp4'} has no audio track, only video.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{file}"], "is a file: watch takes folders; `subgen {file}` does a file."),
        (["{folder}", "--quiet-time", "-1"], "The quiet time must be 0 seconds or more."),
        (
            ["{folder}", "--every", "0"],
            "The folders can be looked through once a second at most: use --every 1 or more",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(films, tmp_path, capfd, arguments, sentence):
    file = tmp_path / "a.mkv"
    file.touch()
    assert run(["watch", *(each.format(file=file, folder=films) for each in arguments)]) == 2
    assert sentence.format(file=file) in capfd.readouterr().err


def test_defaults_of_the_help_are_those_of_the_library():
    from subgen.library.watch import EVERY, QUIET, QUIET_REMOTE

    parameters = watch.__signature__.parameters
    assert parameters["every"].default == EVERY
    assert (
        f"Default: {QUIET:g}, on a network {QUIET_REMOTE:g}."
        in parameters["quiet_time"].annotation.__metadata__[0].help
    )
