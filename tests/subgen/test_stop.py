"""Ending a run on many files soon: chunks in the network are kept, a second signal ends at once."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from subgen.cli.ending import stoppable
from subgen.cli.shell import Stopped
from subgen.library.ledger import Ledger
from subgen.library.rows import State
from subgen.library.stop import Stop

ROOT = Path(__file__).parents[2]
TALK = ROOT / "samples" / "talk.m4a"
COMMAND = (sys.executable, "-c", "from subgen.cli import main; main()", "batch")


def test_the_first_signal_asks_and_handlers_return():
    before = signal.getsignal(signal.SIGTERM)
    stop = Stop()
    with stoppable(stop) as ending:
        assert not stop.asked
        ending.interrupt()
        signal.raise_signal(signal.SIGTERM)
        assert stop.asked
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getsignal(signal.SIGTERM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    with pytest.raises(Stopped) as stopped:
        ending.interrupt()
    assert stopped.value.exit_code == 128 + signal.SIGTERM


def test_what_does_not_end_in_time_is_interrupted():
    with pytest.raises(Stopped):
        interrupted_work()


def interrupted_work():
    with stoppable(Stop(), grace=0.01):
        signal.raise_signal(signal.SIGINT)
        while True:
            time.sleep(0.01)


def test_signals_that_the_parent_ignores_stay_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        stop = Stop()
        with stoppable(stop):
            signal.raise_signal(signal.SIGHUP)
        assert not stop.asked
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_second_signal_ends_at_once():
    code = (
        "import os, signal, time\nfrom subgen.cli.ending import stoppable\nfrom subgen.library.stop import Stop\n"
        "with stoppable(Stop()):\n    os.kill(os.getpid(), signal.SIGTERM)\n    print('asked', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n    print('alive', flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "asked\n")


def test_a_batch_that_is_told_to_end_keeps_its_chunks_and_goes_on_from_there(tmp_path):
    films, ledger = tmp_path / "films", tmp_path / "ledger"
    films.mkdir()
    for number in range(2):
        (films / f"{number}.m4a").write_bytes(TALK.read_bytes() + bytes(number))
    command = (*COMMAND, str(films), "--ledger", str(ledger), "--model", "demo", "--batch", "1", "--progress", "json")
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in running.stderr:
        if json.loads(line)["event"] == "progress":
            running.send_signal(signal.SIGTERM)
            break
    report, complaints = running.communicate(timeout=30)
    assert running.returncode == 128 + signal.SIGTERM, complaints
    assert complaints.splitlines()[-1] == "subgen: Interrupted: nothing was left half-written."
    assert "2 interrupted" in report
    with Ledger(ledger) as opened:
        assert {(row.state, row.deaths) for row in opened.rows()} == {(State.QUEUED, 0)}
    assert [path for path in (ledger / "unfinished").iterdir() if path.stat().st_size]
    assert sorted(path.name for path in films.iterdir()) == ["0.m4a", "1.m4a"]
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert again.stdout.startswith("done        2 files")
    assert not [*(ledger / "unfinished").iterdir()]
