"""Ending a run on many files soon: chunks in the network are kept, a second signal ends at once."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from subgen.cli.ending import stoppable
from subgen.cli.signals import STOP_SIGNALS, Stopped
from subgen.library.ledger import Ledger
from subgen.library.rows import State
from subgen.library.stop import Stop

ROOT = Path(__file__).parents[2]
TALK = ROOT / "samples" / "talk.m4a"
COMMAND = (sys.executable, "-c", "from subgen.cli import main; main()", "batch")


@pytest.fixture
def handlers():
    """Puts back the handlers of this process, where signals end it from the first one on."""
    before = {each: signal.getsignal(each) for each in STOP_SIGNALS}
    yield before
    for each, handler in before.items():
        signal.signal(each, handler)


def test_the_first_signal_asks_and_the_next_would_end_the_process(handlers):
    stop = Stop()
    with stoppable(stop) as ending:
        assert not stop.asked
        ending.interrupt()
        signal.raise_signal(signal.SIGTERM)
        assert stop.asked
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert {signal.getsignal(each) for each in STOP_SIGNALS} == {signal.SIG_DFL}
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    with pytest.raises(Stopped) as stopped:
        ending.interrupt()
    assert stopped.value.exit_code == 128 + signal.SIGTERM


def test_handlers_return_where_nothing_was_asked(handlers):
    with stoppable(Stop()) as ending:
        assert signal.getsignal(signal.SIGTERM) is not handlers[signal.SIGTERM]
    ending.interrupt()
    assert {each: signal.getsignal(each) for each in STOP_SIGNALS} == handlers


def test_what_does_not_end_in_time_is_interrupted(handlers):
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


TWICE = """
import os, signal, sys
from subgen.cli.ending import stoppable
from subgen.cli.shell import attempt, to_the_end
from subgen.library.stop import Stop

def say(text):
    os.write(1, f"{text}\\n".encode())

def batch(how):
    stop = Stop()
    with stoppable(stop) as ending:
        say("ready")
        while not stop.asked:
            sum(range(how))  # one step of Python, during which signals only pile up
        for _ in range(20):
            sum(range(1000))
    ending.interrupt()
    return 0

for line in sys.stdin:
    child = os.fork()
    if not child:
        sys.exit(to_the_end(lambda: attempt(lambda: batch(int(line)))))
    say(child)
    say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_second_signal_ends_at_once_however_soon_it_comes():
    choose = random.Random(6)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", TWICE]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, env=environment) as trials:
        for _ in range(60):
            first, second = choose.choices(STOP_SIGNALS, k=2)
            print(choose.choice([1, 10_000, 1_000_000]), file=trials.stdin, flush=True)
            told = {trials.stdout.readline() for _ in range(2)}  # in either order
            child = int(*(told - {"ready\n"}))
            os.kill(child, first)
            time.sleep(choose.choice([0, 0, 0.0001, 0.001, 0.01]))
            os.kill(child, second)
            # The system itself makes one of two equal signals that nobody has taken yet; and the first may be enough.
            assert int(trials.stdout.readline()) in {-first, -second, 128 + first}
        trials.stdin.close()
        complaints = set(trials.stderr.read().splitlines())
        trials.stdout.close()
    assert complaints <= {"subgen: Interrupted: nothing was left half-written."}


def test_two_signals_during_one_long_step_end_at_once():
    code = (
        "import os, signal, subprocess, sys\nfrom subgen.cli.ending import stoppable\n"
        "from subgen.library.stop import Stop\n"
        "from signal import raise_signal\nfirst, second = map(int, sys.argv[1:])\n"
        "with stoppable(Stop()):\n    print('begun', flush=True)\n"
        "    list(map(os.kill, [os.getpid()] * 2, [first, second]))\n    print('alive', flush=True)\n"
    )
    for first in (signal.SIGTERM, signal.SIGINT):
        for second in (signal.SIGTERM, signal.SIGINT):
            done = subprocess.run(
                [sys.executable, "-c", code, str(int(first)), str(int(second))], capture_output=True, text=True,
                check=False, cwd=ROOT,
            )  # fmt: skip
            assert (done.returncode in {-first, -second}, done.stdout, done.stderr) == (True, "begun\n", "")


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
