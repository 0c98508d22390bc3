"""The ledger: claims, deaths, waits, moves; several processes at once."""

import multiprocessing
import os
import signal
import sqlite3
import time
from itertools import count
from pathlib import Path

import pytest

from subgen.errors import OutputError
from subgen.library.ledger import DELAYS, LEASE, MOST_DEATHS, POISONED, Ledger, default_folder
from subgen.library.rows import Output, Recipe, Stamp, State
from subgen.library.scan import Found

RECIPE = Recipe("work", "form")


class Clock:
    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(tmp_path, clock):
    with Ledger(tmp_path / "library", clock) as opened:
        yield opened


def found(name="a.mkv", size=10, mtime=1, inode=1):
    return Found(Path("/films") / name, Stamp(size, mtime, inode))


def queued(ledger, *names):
    files = [found(name) for name in names]
    ledger.see(files)
    ledger.queue([each.path for each in files], RECIPE)
    return [each.path for each in files]


def test_a_file_goes_through_its_states(ledger, clock):
    (path,) = queued(ledger, "a.mkv")
    assert ledger.row(path).state is State.QUEUED
    row = ledger.claim()
    assert (row.path, row.state, row.owner, row.tries, row.deaths) == (path, State.RUNNING, ledger.owner, 1, 1)
    assert (row.recipe, row.started, row.lease_until) == (RECIPE, clock.now, clock.now + LEASE)
    assert ledger.claim() is None
    clock.now += 5
    assert ledger.done(path, [Output(Path("/films/a.en.srt"), "00")], 12.5)
    row = ledger.row(path)
    assert (row.state, row.deaths, row.owner, row.seconds, row.ended) == (State.DONE, 0, "", 12.5, clock.now)
    assert row.outputs == (Output(Path("/films/a.en.srt"), "00"),)
    assert not ledger.fail(path, "it is no longer ours")
    assert ledger.counts()[State.DONE] == 1
    assert ledger.counts()[State.POISON] == 0


def test_names_that_are_not_text_survive(ledger):
    path = Path(os.fsdecode(b"/films/\xff\xfe.mkv"))
    ledger.see([Found(path, Stamp(1, 1, 1))])
    ledger.queue([path], RECIPE)
    row = ledger.claim(path)
    output = Output(path.with_suffix(".srt"), "00")
    assert ledger.done(row.path, [output], 1)
    assert [each.outputs for each in ledger.rows()] == [(output,)]


def test_a_claim_may_name_its_file_and_settings(ledger):
    first, second = queued(ledger, "a.mkv", "b.mkv")
    assert ledger.claim(second, Recipe("other", "form")) is None
    assert ledger.claim(second, RECIPE).path == second
    assert ledger.claim(second) is None
    assert ledger.claim().path == first


def test_failures_that_may_pass_wait_longer_each_time(ledger, clock):
    (path,) = queued(ledger, "a.mkv")
    for delay in DELAYS:
        ledger.claim()
        assert ledger.postpone(path, "The share is gone.")
        assert ledger.row(path).error == "The share is gone."
        clock.now += delay - 1
        assert ledger.claim() is None
        clock.now += 1
    ledger.claim()
    ledger.postpone(path, "The share is gone.")
    row = ledger.row(path)
    assert (row.state, row.tries, row.deaths) == (State.FAILED, 4, 0)
    ledger.queue([path], RECIPE, again=True)
    assert ledger.claim().tries == 5


def test_what_is_released_was_never_tried(ledger):
    (path,) = queued(ledger, "a.mkv")
    ledger.claim()
    assert ledger.release(path)
    assert ledger.row(path).deaths == 0
    assert ledger.claim() is not None
    assert ledger.skip(path, "It has subtitles.")
    assert ledger.row(path).state is State.SKIPPED


def die_with_claims(folder, number):
    ledger = Ledger(folder)
    for _ in range(number):
        ledger.claim()
    os.kill(os.getpid(), signal.SIGKILL)


def kill_one(ledger, number=1):
    worker = multiprocessing.get_context("spawn").Process(target=die_with_claims, args=(ledger.folder, number))
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    ledger.free_lost()


def test_the_files_of_the_dead_are_free_and_poison_is_set_aside(ledger):
    path, other = queued(ledger, "a.mkv", "b.mkv")
    kill_one(ledger, 2)
    assert {row.path: (row.state, row.deaths) for row in ledger.rows()} == {
        path: (State.QUEUED, 1),
        other: (State.QUEUED, 1),
    }
    ledger.claim(other)
    ledger.advance(other)
    ledger.done(other, [], 1)
    for _ in range(MOST_DEATHS - 1):
        kill_one(ledger)
    assert (ledger.row(path).state, ledger.row(path).error) == (State.POISON, POISONED)
    assert not list((ledger.folder / "owners").glob(f"*-{'0' * 8}"))
    assert ledger.claim() is None
    ledger.queue([path], RECIPE, again=True)
    assert ledger.claim().deaths == 1


def test_saved_work_clears_a_file_of_earlier_deaths(ledger):
    (path,) = queued(ledger, "a.mkv")
    kill_one(ledger)
    assert ledger.claim().deaths == 2
    ledger.advance(path)
    assert ledger.row(path).deaths == 1


def test_fresh_files_go_before_those_that_somebody_died_of(ledger):
    dangerous, _ = queued(ledger, "a.mkv", "b.mkv")
    kill_one(ledger)
    assert [ledger.claim().path.name, ledger.claim().path] == ["b.mkv", dangerous]


def test_a_lease_that_ran_out_frees_the_file(tmp_path, clock):
    folder = tmp_path / "library"
    with Ledger(folder, clock) as one, Ledger(folder, clock) as other:
        (path,) = queued(one, "a.mkv")
        one.claim()
        clock.now += LEASE - 1
        one.renew()
        clock.now += LEASE - 1
        other.free_lost()
        assert other.claim() is None
        clock.now += 2
        other.free_lost()
        assert other.claim().path == path
        assert not one.done(path, [], 1)
        assert other.done(path, [], 1)


def test_a_changed_file_is_unknown_again_and_a_moved_one_is_not(ledger):
    (path,) = queued(ledger, "a.mkv")
    ledger.learn(path, fingerprint="f", survey="{}")
    ledger.claim()
    ledger.done(path, [], 1)
    ledger.see([found("a.mkv")])
    assert ledger.row(path).state is State.DONE
    moved = found("b.mkv", mtime=2)
    ledger.see([moved])
    ledger.move(path, moved)
    assert ledger.row(path) is None
    assert (ledger.row(moved.path).state, ledger.row(moved.path).stamp.mtime) == (State.DONE, 2)
    assert [row.path for row in ledger.of_size(10)] == [moved.path]
    ledger.move(moved.path, found("b.mkv", mtime=3))
    assert ledger.row(moved.path).fingerprint == "f"
    ledger.see([found("b.mkv", mtime=4)])
    row = ledger.row(moved.path)
    assert (row.state, row.fingerprint, row.survey) == (State.SEEN, "", "")
    assert ledger.of_size(10) == ()


def test_queueing_again_with_the_same_settings_changes_nothing(ledger, clock):
    (path,) = queued(ledger, "a.mkv")
    before = ledger.row(path)
    clock.now += 1
    ledger.queue([path], RECIPE)
    assert ledger.row(path) == before
    ledger.queue([path], Recipe("work", "other"))
    assert ledger.row(path).recipe == Recipe("work", "other")
    ledger.claim()
    ledger.queue([path], RECIPE)
    assert ledger.row(path).state is State.RUNNING


def test_a_ledger_that_cannot_be_used_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"The ledger in .*file can't be used: .*--ledger"):
        Ledger(tmp_path / "file")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "ledger.sqlite3").write_bytes(b"x" * 5000)
    with pytest.raises(OutputError, match="not a database"):
        Ledger(tmp_path / "broken")
    Ledger(tmp_path / "late").close()
    base = sqlite3.connect(tmp_path / "late" / "ledger.sqlite3")
    base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(OutputError, match="a later version of subgen wrote it"):
        Ledger(tmp_path / "late")


def test_a_statement_that_fails_leaves_nothing(ledger):
    with pytest.raises(OutputError, match="can't be used"):
        ledger.see([found("a.mkv"), found("b.mkv", size=None)])
    assert list(ledger.rows()) == []


def test_the_usual_place_is_the_user_s():
    assert default_folder().parts[-2:] == ("subgen", "library")


def work_off(folder, log):
    with Ledger(folder) as ledger, log.open("a") as lines:
        for number in count():
            row = ledger.claim()
            if row is None:
                return
            lines.write(f"{row.path}\n")
            if number == 20 and log.name == "0":
                lines.flush()
                os.kill(os.getpid(), signal.SIGKILL)
            ledger.done(row.path, [], 1)


@pytest.mark.parametrize("jobs", [400])
def test_four_processes_do_every_job_once_though_one_dies(tmp_path, jobs):
    folder = tmp_path / "library"
    with Ledger(folder) as ledger:
        queued(ledger, *(f"{number:04}.mkv" for number in range(jobs)))
        logs = [tmp_path / str(number) for number in range(4)]
        context = multiprocessing.get_context("spawn")
        workers = [context.Process(target=work_off, args=(folder, log)) for log in logs]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers].count(-signal.SIGKILL) <= 1
        ledger.free_lost()
        while (row := ledger.claim()) is not None:
            ledger.done(row.path, [], 1)
        assert ledger.counts()[State.DONE] == jobs
        claimed = [line for log in logs for line in log.read_text().splitlines()]
        assert len(claimed) == len(set(claimed))
        assert {row.tries for row in ledger.rows()} <= {1, 2}


def test_time_is_the_clock_of_the_system_unless_given(tmp_path):
    with Ledger(tmp_path / "library") as ledger:
        queued(ledger, "a.mkv")
        assert abs(ledger.claim().started - time.time()) < 60
