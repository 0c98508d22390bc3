"""Several machines without a network: who is asked for which file, and what becomes of the answers."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from subgen.cluster.batch import tasks, transcribed_by
from subgen.cluster.far import Deadly, Far, Lost, Unanswered, connected
from subgen.cluster.loading import require_distributed
from subgen.cluster.mark import mark, mark_here
from subgen.cluster.paths import Maps, whole
from subgen.cluster.places import address_of, is_loopback, parts
from subgen.cluster.security import security
from subgen.cluster.task import (
    LEAST,
    UNKNOWN,
    Answer,
    NotHere,
    NotMounted,
    Refusal,
    Task,
    cause,
    local,
    patience,
    sent,
)
from subgen.cluster.watchdog import Watchdog
from subgen.errors import (
    ClusterError,
    MediaError,
    MissingDependency,
    OptionError,
    SubgenError,
    Undecodable,
)
from subgen.events import Event, Loading, Noticed, Opened, Progress
from subgen.library.fingerprint import fingerprint
from subgen.library.ledger import Ledger
from subgen.library.plan import Planner, Wish
from subgen.library.recipe import recipe
from subgen.library.rows import State
from subgen.library.scan import scan
from subgen.library.shared import Stopping
from subgen.library.stop import Stop
from subgen.library.survey import Survey, kept
from subgen.library.work import End, Outcome
from subgen.options import Models, Options
from subgen.types import Document, Utterance, Word
from tests.fakes import media

OPTIONS = Options(models=Models(asr="demo"))
A, B = "tcp://a:1", "tcp://b:1"


def document(path: Path, text: str = "Hello.") -> Document:
    word = Word(0.0, 1.0, text)
    return Document(media(str(path)), 2.0, (), (Utterance((word,), "English"),), (), ("demo",))


@dataclass
class FakeAsked:
    """A task that its worker answers as a script says."""

    cluster: FakeCluster
    worker: str
    task: Task
    key: str
    dropped: bool = False

    def answer(self, patience: float) -> Answer:
        return self.cluster.script(self)

    def drop(self) -> None:
        self.dropped = True
        self.cluster.working[self.worker] -= 1


@dataclass
class FakeCluster:
    """A scheduler that gives a task to the first worker that is free."""

    script: Callable[[FakeAsked], Answer]
    present: set[str] = field(default_factory=lambda: {A, B})
    reachable: bool = True
    address: str = "tcp://s:8786"
    asked: list[FakeAsked] = field(default_factory=list)
    connects: int = 0
    closed: bool = False
    working: dict[str, int] = field(default_factory=dict)
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    hear: Callable[[str, Event], None] = lambda key, event: None

    def connect(self) -> None:
        self.connects += 1
        if not self.reachable:
            raise Lost

    def close(self) -> None:
        self.closed = True

    def workers(self) -> frozenset[str]:
        if not self.reachable:
            raise Lost
        return frozenset(self.present)

    def submit(self, task: Task, key: str, among: Collection[str] | None) -> FakeAsked:
        if not self.reachable:
            raise Lost
        with self.lock:
            free = sorted(self.present if among is None else among, key=lambda name: (self.working.get(name, 0), name))
            made = FakeAsked(self, free[0], task, key)
            self.working[free[0]] = self.working.get(free[0], 0) + 1
            self.most = max(self.most, *self.working.values())
            self.asked.append(made)
            return made


class Told:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.outcomes: list[Outcome] = []

    def begin(self, path: Path, number: int, count: int) -> None:
        """Nothing to remember."""

    def listen(self, event: Event) -> None:
        self.events.append(event)

    def ended(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    @property
    def notes(self) -> list[str]:
        return [event.note.text for event in self.events if isinstance(event, Noticed)]


@dataclass
class Library:
    """A folder with files, its ledger, and a way to have them done by a cluster."""

    folder: Path
    ledger: Ledger
    told: Told = field(default_factory=Told)

    def run(self, cluster: FakeCluster, stop: Stop | None = None) -> dict[str, Outcome]:
        made = recipe(OPTIONS, ("txt",))
        planner = Planner(self.ledger, Wish(made, ("txt",), "English", None, (self.folder,), False, OPTIONS))
        plans = tuple(planner.plan(each for each in scan((self.folder,))))
        plans = tuple(planner.look_again(plan, Survey(duration=5.0)) for plan in plans)
        outcomes = transcribed_by(cluster, plans, planner, self.told, stop or Stop())
        return {outcome.path.name: outcome for outcome in outcomes}


@pytest.fixture
def library(tmp_path):
    folder = tmp_path / "films"
    folder.mkdir()
    for name in "abcdef":
        (folder / f"{name}.wav").write_bytes(name.encode() * 100)
    with Ledger(tmp_path / "ledger") as ledger:
        yield Library(folder, ledger)


def well(asked: FakeAsked) -> Answer:
    """What a worker answers that can do everything; it sees the films at another place."""
    return Answer(asked.worker, "mark", document(Path("/elsewhere") / asked.task.path.name))


class TestFar:
    def test_every_file_is_done_once_by_workers_that_have_one_at_a_time(self, library):
        def script(asked):
            time.sleep(0.01)
            return well(asked)

        cluster = FakeCluster(script)
        outcomes = library.run(cluster)
        assert {name: outcome.end for name, outcome in outcomes.items()} == dict.fromkeys(outcomes, End.DONE)
        assert len(outcomes) == len(cluster.asked) == 6
        assert cluster.most == 1
        assert {asked.worker for asked in cluster.asked} == {A, B}
        assert all(asked.dropped for asked in cluster.asked)
        assert cluster.closed
        assert (library.folder / "a.en.txt").read_text() == "Hello.\n"
        assert {row.state for row in library.ledger.rows()} == {State.DONE}

    def test_a_file_that_a_dead_worker_had_is_not_counted_here_while_the_scheduler_tries_others(self, library):
        def script(asked):
            if asked.task.path.name == "c.wav":
                raise Deadly(3)
            return well(asked)

        outcomes = library.run(FakeCluster(script))
        failed = outcomes.pop("c.wav")
        assert failed.end is End.FAILED
        assert failed.why == (
            f"{library.folder / 'c.wav'} was given up: 3 workers died while they worked on it; look why, then use"
            " --retry."
        )
        assert {outcome.end for outcome in outcomes.values()} == {End.DONE}

    def test_a_scheduler_that_goes_is_reached_again_and_asked_again(self, library):
        lost = threading.Event()

        def script(asked):
            if asked.task.path.name == "b.wav" and not lost.is_set():
                lost.set()
                raise Lost
            return well(asked)

        cluster = FakeCluster(script)
        outcomes = library.run(cluster)
        assert {outcome.end for outcome in outcomes.values()} == {End.DONE}
        keys = [asked.key for asked in cluster.asked if asked.task.path.name == "b.wav"]
        assert len(keys) == 2
        assert keys[0] != keys[1]

    def test_a_worker_without_the_share_is_left_out_and_told_of_once(self, library):
        def script(asked):
            if asked.worker == A:
                return Answer(A, error=NotMounted("It is not mounted on a."), refusal=Refusal.WORKER)
            return well(asked)

        cluster = FakeCluster(script)
        outcomes = library.run(cluster)
        assert {outcome.end for outcome in outcomes.values()} == {End.DONE}
        assert library.told.notes == ["A worker can't help: It is not mounted on a."]
        assert sum(asked.worker == A for asked in cluster.asked) == 1

    def test_when_no_worker_has_the_share_the_run_ends_and_the_files_wait(self, library):
        def script(asked):
            return Answer(asked.worker, error=NotMounted("It is not mounted."), refusal=Refusal.WORKER)

        with pytest.raises(ClusterError, match=r"No worker can help\. It is not mounted\."):
            library.run(FakeCluster(script))
        assert {row.state for row in library.ledger.rows()} == {State.QUEUED}
        assert {row.deaths for row in library.ledger.rows()} == {0}

    def test_a_file_that_no_worker_has_fails_alone(self, library):
        def script(asked):
            if asked.task.path.name == "d.wav":
                return Answer(asked.worker, error=NotHere("It is not there."), refusal=Refusal.FILE)
            return well(asked)

        cluster = FakeCluster(script)
        outcomes = library.run(cluster)
        assert outcomes.pop("d.wav").why == "It is not there."
        assert {outcome.end for outcome in outcomes.values()} == {End.DONE}
        assert {asked.worker for asked in cluster.asked if asked.task.path.name == "d.wav"} == {A, B}
        assert not library.told.notes

    def test_a_workers_error_is_the_files_own_and_passes_if_its_cause_does(self, library):
        def script(asked):
            if asked.task.path.name == "a.wav":
                return Answer(asked.worker, error=Undecodable("It is broken."))
            if asked.task.path.name == "b.wav":
                return Answer(asked.worker, error=MediaError("The share hangs."), number=5)
            if asked.task.path.name == "e.wav":
                raise RuntimeError("KeyError: 'x'")
            return well(asked)

        outcomes = library.run(FakeCluster(script))
        assert outcomes["a.wav"].why == "It is broken."
        assert not outcomes["a.wav"].again
        assert outcomes["b.wav"].again > time.time()
        assert "KeyError: 'x'" in outcomes["e.wav"].why
        assert outcomes["e.wav"].again > time.time()

    def test_a_task_that_was_stopped_on_the_worker_is_asked_for_again(self, library):
        stopped = threading.Event()

        def script(asked):
            if asked.task.path.name == "f.wav" and not stopped.is_set():
                stopped.set()
                return Answer(asked.worker, "mark")
            return well(asked)

        outcomes = library.run(FakeCluster(script))
        assert {outcome.end for outcome in outcomes.values()} == {End.DONE}

    def test_a_task_whose_only_possible_worker_has_gone_is_asked_for_again(self, library):
        def script(asked):
            if asked.worker == A:
                return Answer(A, error=NotMounted("Not mounted."), refusal=Refusal.WORKER)
            if asked.worker == B:
                asked.cluster.present = {A, "tcp://c:1"}
                time.sleep(0.05)
                raise Unanswered
            return well(asked)

        cluster = FakeCluster(script)
        outcomes = library.run(cluster)
        assert {outcome.end for outcome in outcomes.values()} == {End.DONE}
        assert {asked.worker for asked in cluster.asked} == {A, B, "tcp://c:1"}

    def test_all_must_have_the_models_of_the_first_answer(self, library):
        cluster = FakeCluster(lambda asked: replace(well(asked), models="other"))
        far = Far(cluster, lambda path, options: Task(path, path.parent, "f", "w", options), look=0.01)
        ended = threading.Event()
        serving = threading.Thread(target=lambda: far.serve(ended.is_set, lambda: None))
        serving.start()
        for name in "ab":
            far.make(library.folder / f"{name}.wav", OPTIONS, None, lambda event: None)
        ended.set()
        far.wake()
        serving.join()
        assert [asked.task.models for asked in cluster.asked] == ["", "other"]

    def test_a_run_that_is_told_to_stop_drops_what_it_asked_for(self, library):
        stop = Stop()

        def script(asked):
            stop.ask()
            time.sleep(0.01)
            raise Unanswered

        cluster = FakeCluster(script)
        outcomes = library.run(cluster, stop)
        assert {outcome.end for outcome in outcomes.values()} == {End.SKIPPED}
        assert all(asked.dropped for asked in cluster.asked)
        assert {row.state for row in library.ledger.rows()} == {State.QUEUED}

    def test_nobody_to_ask(self):
        cluster = FakeCluster(well, present=set())
        far = Far(cluster, lambda path, options: Task(path, path, "f", "w"), patience=0.05, look=0.01)
        with pytest.raises(ClusterError, match="No worker of this version is at tcp://s:8786: start one with"):
            far.serve(lambda: False, lambda: None)
        cluster.reachable = False
        with pytest.raises(ClusterError, match="has gone and did not come back"):
            far.serve(lambda: False, lambda: None)
        assert cluster.connects >= 1
        with pytest.raises(ClusterError, match="No scheduler answers at tcp://s:8786"):
            connected(cluster)

    def test_waiting_for_workers_is_told_once_and_ends_when_told_to(self):
        cluster = FakeCluster(well, present=set())
        far = Far(cluster, lambda path, options: Task(path, path, "f", "w"), look=0.01, untold=0.0)
        told: list[Event] = []
        raised: list[BaseException] = []

        def ask(name):
            try:
                far.make(Path(name), OPTIONS, None, told.append)
            except Stopping as error:
                raised.append(error)

        threads = [threading.Thread(target=ask, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        while not told:
            time.sleep(0.01)
        far.stop()
        for thread in threads:
            thread.join()
        assert len(raised) == 2
        assert [event.note.text for event in told] == ["No worker is at tcp://s:8786: waiting for one."]

    def test_events_are_those_of_the_clients_own_files(self, library):
        def script(asked):
            asked.cluster.hear(asked.key, Progress(Path("/other/client/x.wav"), 1.0, 2.0))
            asked.cluster.hear("another client's", Progress(Path("/y.wav"), 1.0, 2.0))
            return well(asked)

        library.run(FakeCluster(script))
        assert {event.path.name for event in library.told.events} == {f"{name}.wav" for name in "abcdef"}

    def test_as_many_files_are_open_as_there_are_workers_and_one_more(self):
        far = Far(FakeCluster(well), lambda path, options: Task(path, path, "f", "w"))
        assert [far.wants(open, 99) for open in (0, 1, 2)] == [True, True, False]
        assert far.most == far.most_deadly == 256


class TestTasks:
    def test_what_a_worker_must_know(self, library):
        path = library.folder / "a.wav"
        planner = Planner(library.ledger, Wish(recipe(OPTIONS, ("srt",)), roots=(library.folder,)))
        list(planner.plan(scan((library.folder,))))
        library.ledger.learn(path, survey=kept(Survey(duration=3600.0)))
        made = tasks(planner)
        task = made(path, OPTIONS)
        assert task == Task(
            path, library.folder, fingerprint(path), recipe(OPTIONS, ()).work, OPTIONS, mark_here(OPTIONS.models, True),
            7200.0,
        )  # fmt: skip
        assert task.models
        assert pickle.loads(pickle.dumps(task)) == task
        assert made(library.folder / "b.wav", OPTIONS).silence == UNKNOWN

    def test_patience(self):
        assert patience(60.0) == LEAST
        assert patience(7200.0) == 14400.0
        assert patience(None) == UNKNOWN

    def test_the_same_file_is_looked_for(self, library, tmp_path):
        path = library.folder / "a.wav"
        task = Task(path, library.folder, fingerprint(path), "w")
        assert local(task, Maps(), "w") == path
        copy = tmp_path / "copy"
        copy.mkdir()
        maps = Maps.read([f"{library.folder}={copy}"])
        with pytest.raises(NotMounted, match=r"copy is not mounted on the worker w, or is empty there: .* --map"):
            local(task, maps, "w")
        (copy / "b.wav").write_bytes(b"b")
        with pytest.raises(NotHere, match=r"The worker w has no .*copy/a\.wav"):
            local(task, maps, "w")
        (copy / "a.wav").write_bytes(b"other")
        with pytest.raises(NotHere, match="is another file on the worker w than here"):
            local(task, maps, "w")
        (copy / "a.wav").write_bytes(path.read_bytes())
        assert local(task, maps, "w") == copy / "a.wav"
        with pytest.raises(NotMounted):
            local(task, Maps.read([f"{library.folder}=/nowhere"]), "w")

    def test_a_single_file_is_its_own_root(self, library):
        path = library.folder / "a.wav"
        assert local(Task(path, path, fingerprint(path), "w"), Maps(), "w") == path

    def test_events_travel_under_the_clients_name(self):
        here = Path("/films/a.wav")
        assert sent(Opened(media("x.wav")), here) == Opened(media("/films/a.wav"))
        assert sent(Progress(Path("x"), 1.0, None), here) == Progress(here, 1.0, None)
        assert sent(Loading("demo"), here) is None

    def test_errors_travel(self):
        for error in (NotMounted("It is so."), ClusterError("It is so.")):
            assert str(pickle.loads(pickle.dumps(error))) == "It is so."
        error = SubgenError("It is so.")
        error.__cause__ = OSError(5, "no")
        assert cause(error) == 5
        assert cause(SubgenError("It is so.")) is None


class TestPlaces:
    @pytest.mark.parametrize(
        ("text", "tls", "whole"),
        [
            ("gauss", False, "tcp://gauss:8786"),
            ("gauss:99", False, "tcp://gauss:99"),
            ("tcp://gauss", False, "tcp://gauss:8786"),
            ("gauss", True, "tls://gauss:8786"),
            ("tls://gauss:1", True, "tls://gauss:1"),
            ("[::1]", False, "tcp://[::1]:8786"),
            ("tcp://[::1]:5", False, "tcp://[::1]:5"),
        ],
    )
    def test_addresses(self, text, tls, whole):
        assert address_of(text, Path("tls") if tls else None) == whole

    @pytest.mark.parametrize("text", ["", "tcp://", "http://gauss:80", "gauss:no", ":8786"])
    def test_no_addresses(self, text):
        with pytest.raises(OptionError, match="makes no sense: give tcp://HOST:8786"):
            address_of(text, None)

    def test_tls_on_one_side_only(self):
        with pytest.raises(OptionError, match="add --tls FOLDER"):
            address_of("tls://gauss:8786", None)
        with pytest.raises(OptionError, match="with --tls it is tls://gauss:8786"):
            address_of("tcp://gauss:8786", Path("tls"))

    def test_parts(self):
        assert parts("tcp://gauss:8786") == ("gauss", 8786)
        assert parts("tls://[::1]:5") == ("::1", 5)
        assert [is_loopback(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0")] == [True] * 3 + [False]

    def test_maps(self):
        maps = Maps.read(["/mnt/films=/Volumes/films", "/mnt/films/new=/Volumes/new"])
        assert maps.here(Path("/mnt/films/a.mkv")) == Path("/Volumes/films/a.mkv")
        assert maps.here(Path("/mnt/films/new/a.mkv")) == Path("/Volumes/new/a.mkv")
        assert maps.here(Path("/mnt/films2/a.mkv")) == Path("/mnt/films2/a.mkv")
        models = Models(asr="/mnt/films/model", aligner="org/aligner")
        assert maps.models(models) == Models(asr="/Volumes/films/model", aligner="org/aligner")

    @pytest.mark.parametrize("text", ["/a", "a=/b", "/a=b", ""])
    def test_no_maps(self, text):
        with pytest.raises(OptionError, match="give two whole paths"):
            Maps.read([text])

    def test_models_in_folders_are_named_in_full(self, tmp_path, monkeypatch):
        (tmp_path / "model").mkdir()
        monkeypatch.chdir(tmp_path)
        assert whole(Models(asr="model", aligner="org/name")) == Models(asr=str(tmp_path / "model"), aligner="org/name")

    def test_tls_needs_three_files(self, tmp_path):
        (tmp_path / "ca.pem").touch()
        with pytest.raises(OptionError, match=r"lacks cert\.pem, key\.pem"):
            security(tmp_path)


class TestMark:
    def test_the_same_models_have_the_same_mark(self, tmp_path):
        demo = mark(Models(asr="demo"), True)
        assert demo == mark_here(Models(asr="demo"), True)
        assert demo != mark(Models(asr="demo"), False)
        assert demo != mark(Models(asr="demo", dtype="float32"), True)
        assert mark_here(Models(asr="no/such", offline=True), True) == ""

    def test_an_audio_tower_belongs_to_it(self, golden):
        folder = next(path.parent for path in sorted(golden.rglob("*.safetensors")))
        plain = Models(asr="demo")
        assert mark(plain, False) != mark(replace(plain, audio=str(folder)), False)


class TestWatchdog:
    def test_it_bites_after_silence_only(self):
        bitten = threading.Event()
        with Watchdog(30.0, bitten.set) as dog:
            dog.pet()
        assert not bitten.is_set()
        with Watchdog(0.02, bitten.set):
            assert bitten.wait(10)

    def test_a_pet_keeps_it_quiet(self):
        bitten = threading.Event()
        with Watchdog(0.5, bitten.set) as dog:
            until = time.monotonic() + 0.7
            while time.monotonic() < until:
                dog.pet()
                time.sleep(0.001)
            assert not bitten.is_set()

    def test_it_ends_the_process(self):
        code = "import time; from subgen.cluster.watchdog import Watchdog\nwith Watchdog(0.01): time.sleep(60)"
        assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == -signal.SIGKILL


class TestLoading:
    def test_without_dask_there_is_a_sentence(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "distributed", None)
        with pytest.raises(MissingDependency, match=r"pip install 'subgen-mlx\[cluster\]'"):
            require_distributed()
