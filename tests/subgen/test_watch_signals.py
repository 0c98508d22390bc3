"""The contract of `subgen watch` as a service: SIGTERM ends it in order, a second one at once; exit codes."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from subgen.cli.service_units import HOPELESS
from subgen.library.ledger import Ledger
from subgen.library.rows import State

ROOT = Path(__file__).parents[2]
TALK = ROOT / "samples" / "talk.m4a"


@pytest.fixture
def room(tmp_path):
    films = tmp_path / "films"
    films.mkdir()
    for number in range(2):
        shutil.copy(TALK, films / f"{number}.m4a")
    return tmp_path


def words(room, *arguments):
    given = (str(room / "films"), "--ledger", str(room / "ledger"), "--model", "demo", "--quiet-time", "0", *arguments)
    return (sys.executable, "-P", "-m", "subgen", "watch", *given)


def started(room, *arguments):
    return subprocess.Popen(
        words(room, *arguments), cwd=room, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def at_work(watching):
    """Reads until a chunk is recognised."""
    for line in watching.stderr:
        if json.loads(line)["event"] == "progress":
            return
    raise AssertionError(watching.wait())


def catches(process, number):
    """Whether the process has a handler for a signal, by proc(5): the first signal is taken when it has none left."""
    status = Path(f"/proc/{process}/status").read_text()
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(mask, 16) >> (number - 1) & 1)


def test_sigterm_in_the_middle_keeps_the_chunks_and_ends_with_0(room):
    with started(room, "--batch", "1", "--progress", "json") as watching:
        at_work(watching)
        watching.send_signal(signal.SIGTERM)
        _, complaints = watching.communicate(timeout=60)
    assert watching.returncode == 0, complaints
    with Ledger(room / "ledger") as ledger:
        assert {row.state for row in ledger.rows()} <= {State.QUEUED, State.SEEN}
        assert {row.deaths for row in ledger.rows()} == {0}
    assert [path for path in (room / "ledger" / "unfinished").iterdir() if path.stat().st_size]
    assert sorted(path.name for path in (room / "films").iterdir()) == ["0.m4a", "1.m4a"]
    again = subprocess.run(words(room, "--once"), cwd=room, capture_output=True, text=True, check=False)
    assert (again.returncode, again.stdout.splitlines()[0][:19]) == (0, "done        2 files"), again.stderr
    assert not [*(room / "ledger" / "unfinished").iterdir()]


def test_a_second_sigterm_ends_it_at_once(room):
    with started(room, "--batch", "1", "--progress", "json") as watching:
        at_work(watching)
        watching.send_signal(signal.SIGTERM)
        while catches(watching.pid, signal.SIGTERM):
            time.sleep(0.001)
        watching.send_signal(signal.SIGTERM)
        watching.communicate(timeout=60)
    assert watching.returncode == -signal.SIGTERM
    assert sorted(path.name for path in (room / "films").iterdir()) == ["0.m4a", "1.m4a"]
    with Ledger(room / "ledger") as ledger:
        ledger.free_lost()
        assert {row.state for row in ledger.rows()} <= {State.QUEUED, State.SEEN}


def test_sigterm_ends_a_watch_that_waits(room):
    for path in (room / "films").iterdir():
        path.unlink()
    with started(room) as watching:
        assert watching.stderr.readline().startswith("subgen: Watching ")
        watching.send_signal(signal.SIGTERM)
        assert watching.communicate(timeout=60) == ("", "")
    assert watching.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code"), [(("--every", "0"), 2), (("--model", "no/such-model", "--offline"), 4)], ids=str
)
def test_what_no_other_start_can_mend_has_a_code_of_its_own(room, arguments, code):
    done = subprocess.run(words(room, *arguments), cwd=room, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert code in HOPELESS
