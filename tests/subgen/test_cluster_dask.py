"""Several machines through Dask on loopback: in this process where that shows enough, else as real processes."""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import psutil
import pytest
from distributed import Client, LocalCluster
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from subgen import __version__
from subgen.cli.commands import program
from subgen.cli.shell import run
from subgen.cluster.connection import Asked, Connection
from subgen.cluster.far import Deadly, Lost, Unanswered
from subgen.cluster.holder import Holder
from subgen.cluster.loading import require_distributed
from subgen.cluster.machines import labour, outward, schedule
from subgen.cluster.mark import mark_here
from subgen.cluster.paths import Maps
from subgen.cluster.places import RESOURCE, parts
from subgen.cluster.security import security
from subgen.cluster.task import Answer, NotHere, NotMounted, Refusal, Task
from subgen.errors import ClusterError, MediaError, ModelError
from subgen.events import Event, Loading, Progress
from subgen.library.fingerprint import fingerprint
from subgen.library.rows import State
from subgen.options import Input, Models, Options
from tests.fakes import Echo, Machine
from tests.subgen.cluster_trial import Part, free_port, killing, listening, until
from tests.subgen.test_cluster import document

OPTIONS = Options(models=Models(asr="demo"))
TLS = Path(__file__).parent / "tls"
"""an authority that nobody else trusts, and a certificate of it, until the year 2126"""


def opened(models: Models) -> Machine:
    return Machine(Echo(["Hello."]))


@pytest.fixture
def film(tmp_path) -> Path:
    path = tmp_path / "films" / "a.wav"
    path.parent.mkdir()
    path.write_bytes(b"a" * 100)
    return path


def task_of(path: Path, models: str = "", options: Options = OPTIONS) -> Task:
    return Task(path, path.parent, fingerprint(path), "work", options, models)


class Wire:
    """A line that remembers what was told."""

    def __init__(self, wanted: bool = True) -> None:
        self.told: list[Event] = []
        self.wanted = wanted

    def tell(self, event: bytes) -> None:
        self.told.append(pickle.loads(event))

    def is_wanted(self) -> bool:
        return self.wanted


class TestHolder:
    def test_a_file_becomes_a_document_under_the_clients_name(self, film, tmp_path):
        elsewhere = tmp_path / "elsewhere"
        elsewhere.symlink_to(film.parent)
        seen = []

        def chain(path, options, models, listen):
            listen(Loading("demo"))
            listen(Progress(path, 1.0, 2.0))
            seen.append((path, options, models))
            return document(path)

        there = Path("/there/a.wav")
        task = Task(there, there.parent, fingerprint(film), "w", Options(OPTIONS.models, Input(ffmpeg="/x/ffmpeg")))
        holder, line = Holder(Maps.read([f"/there={elsewhere}"]), chain, opened), Wire()
        first, second = holder.answer(task, line), holder.answer(task, line)
        assert first == second == Answer("", mark_here(OPTIONS.models, True), document(there))
        assert line.told == [Progress(there, 1.0, 2.0)] * 2
        assert seen[0] == (elsewhere / "a.wav", OPTIONS, seen[1][2])
        assert seen[0][2] is seen[1][2]

    def test_other_models_are_loaded_in_place_of_the_first(self, film):
        made = []

        def remembering(models):
            made.append(models.dtype)
            return opened(models)

        holder = Holder(Maps(), lambda path, *_: document(path), remembering)
        other = Options(models=Models(asr="demo", dtype="float32"))
        for options in (OPTIONS, OPTIONS, other):
            assert holder.answer(task_of(film, options=options), Wire()).document
        assert made == ["auto", "float32"]

    def test_refusals(self, film, tmp_path):
        holder = Holder(Maps(), lambda path, *_: document(path), opened)
        other = holder.answer(task_of(film, "other models"), Wire())
        assert other.refusal is Refusal.WORKER
        assert isinstance(other.error, ModelError)
        assert "is not the same as elsewhere" in str(other.error)
        task = task_of(film)
        film.write_bytes(b"b" * 100)
        changed = holder.answer(task, Wire())
        assert changed.refusal is Refusal.FILE
        assert isinstance(changed.error, NotHere)
        film.unlink()
        gone = holder.answer(task, Wire())
        assert gone.refusal is Refusal.WORKER
        assert isinstance(gone.error, NotMounted)

    def test_an_error_of_the_chain_and_what_caused_it(self, film):
        def chain(*_):
            raise MediaError("It broke.") from OSError(5, "Input/output error")

        answer = Holder(Maps(), chain, opened).answer(task_of(film), Wire())
        assert (str(answer.error), answer.number, answer.refusal) == ("It broke.", 5, None)

    def test_a_share_that_goes_on_the_way_is_not_the_files_fault(self, film):
        def chain(path, options, models, listen):
            path.unlink()
            raise MediaError("It can't be read.")

        answer = Holder(Maps(), chain, opened).answer(task_of(film), Wire())
        assert isinstance(answer.error, NotMounted)
        assert answer.refusal is Refusal.WORKER

    def test_work_for_nobody_ends_at_the_next_event(self, film):
        def chain(path, options, models, listen):
            listen(Progress(path, 1.0, 2.0))
            raise AssertionError

        answer = Holder(Maps(), chain, opened).answer(task_of(film), Wire(wanted=False))
        assert (answer.document, answer.error) == (None, None)

    def test_the_chain_is_the_pipelines_own(self, tmp_path):
        path = tmp_path / "noise.wav"
        path.write_text("This is no sound.")
        answer = Holder(Maps(), opened=opened).answer(task_of(path), Wire())
        assert isinstance(answer.error, MediaError)
        assert answer.refusal is None


class Slow:
    """A chain in this process that tells, waits, and sees whether it is stopped."""

    def __init__(self) -> None:
        self.begun, self.go, self.stopped = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, path, options, models, listen):
        try:
            while not self.go.wait(0.01):
                listen(Progress(path, 1.0, 2.0))
                self.begun.set()
        except BaseException:
            self.stopped.set()
            raise
        if path.name == "bad.wav":
            raise KeyError("x")
        return document(path)

    def __reduce__(self):
        return _the_slow, ()


SLOW: list[Slow] = []
"""the chain under test: a worker takes its plugin through pickle, even in this process"""


def _the_slow() -> Slow:
    return SLOW[-1]


@pytest.fixture
def slow() -> Iterator[Slow]:
    SLOW.append(Slow())
    yield SLOW[-1]
    SLOW.pop()


@pytest.fixture
def inside(slow) -> Iterator[LocalCluster]:
    """A scheduler and a worker in this process, with the slow chain."""
    require_distributed()
    with LocalCluster(
        n_workers=1, processes=False, threads_per_worker=1, dashboard_address="127.0.0.1:0", protocol="tcp",
        host="127.0.0.1", resources={RESOURCE.format(__version__): 1}, plugins=(Holder(Maps(), slow, opened),),
    ) as cluster:  # fmt: skip
        yield cluster
        slow.go.set()


@pytest.fixture
def connection(inside) -> Iterator[Connection]:
    made = Connection(inside.scheduler_address, __version__)
    made.connect()
    yield made
    made.close()


class TestConnection:
    def test_a_task_is_done_and_tells_how_far_it_is(self, connection, slow, film):
        heard = []
        connection.hear = lambda key, event: heard.append((key, event))
        (worker,) = connection.workers()
        asked = connection.submit(task_of(film), "one", [worker])
        with pytest.raises(Unanswered):
            asked.answer(0.05)
        assert slow.begun.wait(10)
        slow.go.set()
        assert asked.answer(10) == Answer(worker, mark_here(OPTIONS.models, True), document(film))
        asked.drop()
        until(lambda: heard)
        assert heard[0] == ("one", Progress(film, 1.0, 2.0))

    def test_a_task_that_is_dropped_stops(self, connection, slow, film):
        asked = connection.submit(task_of(film), "two", None)
        assert slow.begun.wait(10)
        asked.drop()
        assert slow.stopped.wait(10)

    def test_a_fault_of_a_worker_is_the_files(self, connection, slow, film):
        slow.go.set()
        bad = film.rename(film.with_name("bad.wav"))
        asked = connection.submit(task_of(bad), "three", None)
        with pytest.raises(RuntimeError, match="KeyError: 'x'"):
            asked.answer(10)

    def test_workers_of_other_versions_are_not_seen(self, inside):
        other = Connection(inside.scheduler_address, "another")
        other.connect()
        assert other.workers() == frozenset()
        other.close()

    def test_a_scheduler_that_goes(self, inside, connection, slow, film):
        asked = connection.submit(task_of(film), "four", None)
        assert slow.begun.wait(10)
        slow.go.set()
        inside.close()
        with pytest.raises(Lost):
            asked.answer(10)
        with pytest.raises(Lost):
            connection.workers()
        with pytest.raises(Lost):
            connection.submit(task_of(film), "five", None)
        asked.drop()

    def test_a_task_of_an_earlier_connection_is_lost(self, connection, slow, film):
        asked = connection.submit(task_of(film), "six", None)
        assert slow.begun.wait(10)
        connection.connect()
        with pytest.raises(Lost):
            asked.answer(0.05)
        assert slow.stopped.wait(10)

    def test_a_scheduler_without_certificates_is_not_talked_to(self, inside):
        wary = Connection(inside.scheduler_address, __version__, TLS)
        with pytest.raises(Lost):
            wary.connect()

    def test_nobody_there(self):
        lonely = Connection(f"tcp://127.0.0.1:{free_port()}", __version__)
        with pytest.raises(Lost):
            lonely.connect()
        with pytest.raises(Lost):
            lonely.workers()


class Promised:
    """A future of Dask that ends in one way."""

    def __init__(self, error: BaseException | None = None, raised: BaseException | None = None) -> None:
        self.error = error
        self.raised = raised
        self.released = False

    def exception(self, timeout: float) -> BaseException | None:
        if self.raised is not None:
            raise self.raised
        return self.error

    def result(self, timeout: float) -> str:
        return "the answer"

    def release(self) -> None:
        self.released = True
        if self.raised is not None:
            raise self.raised


class TestAsked:
    def test_a_file_that_workers_died_of_says_how_many(self):
        with pytest.raises(Deadly) as deadly:
            Asked(Promised(KilledWorker("key", None, 2)), lambda: True).answer(1)
        assert deadly.value.args == Deadly(3).args

    @pytest.mark.parametrize("gone", [CancelledError(), CommClosedError("gone"), OSError("gone"), RuntimeError("gone")])
    def test_whatever_says_that_the_scheduler_has_gone_is_lost(self, gone):
        asked = Asked(Promised(raised=gone), lambda: True)
        with pytest.raises(Lost):
            asked.answer(1)
        asked.drop()

    @pytest.mark.parametrize(("connected", "said"), [(True, Unanswered), (False, Lost)])
    def test_who_does_not_answer_is_waited_for_while_the_connection_stands(self, connected, said):
        with pytest.raises(said):
            Asked(Promised(raised=TimeoutError()), lambda: connected).answer(1)

    def test_an_answer_that_nobody_wants_any_more_is_released(self):
        promised = Promised()
        asked = Asked(promised, lambda: True)
        assert asked.answer(1) == "the answer"
        asked.drop()
        assert promised.released


class TestMachines:
    """The processes of `subgen cluster`, in this one: its signals are theirs."""

    def test_a_scheduler_until_sigterm(self):
        said = []

        def tell(line):
            said.append(line)
            os.kill(os.getpid(), signal.SIGTERM)

        before = signal.getsignal(signal.SIGTERM)
        assert asyncio.run(schedule("127.0.0.1", 0, None, tell)) == signal.SIGTERM
        assert said[0].startswith("The scheduler listens at tcp://127.0.0.1:")
        signal.signal(signal.SIGTERM, before)

    def test_a_port_that_is_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(ClusterError, match=f"can't listen at 127.0.0.1:{port}: .*; try another --port"):
                asyncio.run(schedule("127.0.0.1", port, None, print))

    def test_a_worker_waits_for_its_scheduler(self):
        said = []

        def tell(line):
            said.append(line)
            os.kill(os.getpid(), signal.SIGTERM)

        address = f"tcp://127.0.0.1:{free_port()}"
        assert asyncio.run(labour(address, Maps(), None, None, tell)) == signal.SIGTERM
        assert said == [f"No scheduler answers at {address}: waiting for it."]

    def test_with_tls_only_those_with_a_certificate(self, film):
        """A scheduler and a worker with TLS; the worker works, and a client without a certificate gets nowhere."""
        port = free_port()
        address = f"tls://127.0.0.1:{port}"
        found = {}

        def meet():
            with pytest.raises(OSError, match=r"Timed out|reset by peer|closed"):
                Client(f"tcp://127.0.0.1:{port}", timeout=0.3, set_as_default=False)
            friend = Connection(address, __version__, TLS)
            friend.connect()
            until(friend.workers)
            found["answer"] = friend.submit(task_of(film), "tls", None).answer(30)
            found["listening"] = listening(psutil.Process())
            friend.close()

        def try_it():
            try:
                meet()
            finally:
                os.kill(os.getpid(), signal.SIGTERM)

        def tell(line):
            if line.startswith("The worker"):
                asyncio.get_running_loop().run_in_executor(None, try_it)

        scheduler = Part("cluster", "scheduler", "--port", str(port), "--tls", str(TLS))
        try:
            scheduler.saying(f"listens at {address}")
            assert asyncio.run(labour(address, Maps(), None, TLS, tell)) == signal.SIGTERM
        finally:
            scheduler.kill()
        assert isinstance(found["answer"].error, MediaError)
        assert found["listening"] == {"127.0.0.1"}

    def test_this_machines_address(self):
        assert outward("tcp://127.0.0.1:8786") == "127.0.0.1"
        with pytest.raises(ClusterError, match=r"The scheduler's machine no\.such\.invalid can't be found"):
            outward("tcp://no.such.invalid:8786")

    def test_certificates_for_all_roles(self):
        made = security(TLS)
        assert made.require_encryption
        for role in ("client", "scheduler", "worker"):
            assert made.get_tls_config_for_role(role)["cert"] == str(TLS / "cert.pem")
        assert parts("tls://127.0.0.1:1") == ("127.0.0.1", 1)


class TestProcesses:
    def test_a_dead_worker_and_a_dead_scheduler_cost_nothing_but_time(self, tmp_path):
        """Two real workers, one of which sees the films elsewhere; SIGKILL at work, then for the scheduler."""
        told = killing(tmp_path, 4, seconds=12)
        assert told.states == {State.DONE: 4}
        assert told.tries == {1: 4}
        assert set(told.written.values()) == {1}
        assert len(told.results) == 4
        assert len(set(told.results.values())) == 1
        assert max(told.begun.values()) >= 2
        assert told.hidden == []
        assert told.listening == {"127.0.0.1"}
        assert "failed      0 files" in told.report

    def test_nobody_to_ask(self, film, tmp_path, capsys):
        address = f"tcp://127.0.0.1:{free_port()}"
        arguments = ["batch", str(film.parent), "--ledger", str(tmp_path / "l"), "--model", "demo"]
        assert run([*arguments, "--cluster", address]) == 8
        assert f"No scheduler answers at {address}: start one there" in capsys.readouterr().err
        assert run([*arguments, "--cluster", "http://x"]) == 2


class Ear(io.StringIO):
    """A stderr that ends the process, as its user would, once something has been said."""

    def __init__(self, awaited: str) -> None:
        super().__init__()
        self._awaited = awaited

    def write(self, text: str) -> int:
        if self._awaited in text:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().write(text)


class TestCommands:
    def test_a_scheduler_for_the_network_warns(self, monkeypatch):
        ear = Ear("The scheduler listens at tcp://")
        monkeypatch.setattr(sys, "stderr", ear)
        assert run(["cluster", "scheduler", "--host", "0.0.0.0", "--port", "0"]) == 128 + signal.SIGTERM
        assert "Whoever can reach 0.0.0.0:0 can run programs on all workers" in ear.getvalue()

    def test_a_scheduler_for_this_machine_does_not(self, monkeypatch):
        ear = Ear("The scheduler listens at tcp://127.0.0.1:")
        monkeypatch.setattr(sys, "stderr", ear)
        assert run(["cluster", "scheduler", "--port", "0"]) == 128 + signal.SIGTERM
        assert len(ear.getvalue().splitlines()) == 1

    def test_a_worker_without_a_scheduler(self, monkeypatch):
        ear = Ear("No scheduler answers at tcp://127.0.0.1:")
        monkeypatch.setattr(sys, "stderr", ear)
        assert run(["cluster", "worker", f"127.0.0.1:{free_port()}", "--map", "/a=/b"]) == 128 + signal.SIGTERM

    def test_what_makes_no_sense(self, tmp_path, capsys):
        assert run(["cluster", "worker", "gauss", "--map", "films"]) == 2
        assert run(["cluster", "worker", "tls://gauss"]) == 2
        assert run(["cluster", "worker", "gauss", "--tls", str(tmp_path)]) == 2
        shown = capsys.readouterr().err.splitlines()
        assert len(shown) == 3
        assert "lacks ca.pem, cert.pem, key.pem" in shown[2]

    def test_the_commands_of_the_page_are_understood(self):
        page = (Path(__file__).parents[2] / "docs" / "libraries.md").read_text(encoding="utf-8")
        section = page.partition("## Several machines")[2].partition("\n## ")[0]
        lines = [shlex.split(line)[1:] for line in section.splitlines() if line.startswith("subgen ")]
        assert len(lines) == 8
        for arguments in lines:
            command = program
            while arguments and arguments[0] in getattr(command, "commands", {}):
                command = command.commands[arguments.pop(0)]
            assert command.make_context("subgen", arguments) is not None
