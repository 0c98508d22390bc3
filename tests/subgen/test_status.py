"""`subgen status`: what the ledger says, read while others write."""

import json
import multiprocessing
import os
import signal
import sqlite3
from pathlib import Path

import pytest

from subgen.cli.shell import run
from subgen.cli.status import MOST_LINES
from subgen.errors import OutputError
from subgen.library.glance import RECENT, glance
from subgen.library.ledger import LEDGER, Ledger
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


def queued(ledger, *names):
    paths = [Path("/films") / name for name in names]
    ledger.see([Found(path, Stamp(10, 1, 1)) for path in paths])
    ledger.queue(paths, RECIPE)
    return paths


def one_of_each(ledger, clock):
    done, failed, waits, runs, _ = queued(ledger, "a.mkv", "b.mkv", "c.mkv", "d.mkv", "e.mkv")
    ledger.claim(done)
    clock.now += 60
    ledger.done(done, [Output(Path("/films/a.en.srt"), "0")], 1800)
    ledger.claim(failed)
    ledger.fail(failed, "/films/b.mkv has no audio.")
    ledger.claim(waits)
    ledger.postpone(waits, "/films/c.mkv can't be read.")
    ledger.claim(runs)
    clock.now += 5


def test_every_state_is_told(ledger, clock):
    one_of_each(ledger, clock)
    seen = glance(ledger.folder, clock)
    assert dict(seen.counts) == {
        **dict.fromkeys(State, 0), State.DONE: 1, State.FAILED: 1, State.QUEUED: 2, State.RUNNING: 1,
    }  # fmt: skip
    assert [(row.path.name, row.owner) for row in seen.running] == [("d.mkv", ledger.owner)]
    assert not seen.dead
    assert [(row.path.name, row.not_before) for row in seen.waiting] == [("c.mkv", clock.now - 5 + 60)]
    assert [row.error for row in seen.failed] == ["/films/b.mkv has no audio."]
    assert [row.path.name for row in seen.done] == ["a.mkv"]
    assert seen.speed == 30.0
    clock.now += 60
    assert glance(ledger.folder, clock).waiting == ()


def test_the_last_results_come_first_and_only_some(ledger, clock):
    for path in queued(ledger, *(f"{number:02}.mkv" for number in range(RECENT + 5))):
        clock.now += 1
        ledger.claim(path)
        ledger.done(path, [], 1)
    assert [row.path.name for row in glance(ledger.folder, clock).done] == [f"{14 - n:02}.mkv" for n in range(RECENT)]
    assert glance(ledger.folder, clock).speed is None


def test_nothing_is_made_where_nothing_is(tmp_path, capsys):
    assert run(["status", "--ledger", str(tmp_path / "none")]) == 0
    told = capsys.readouterr().out
    assert told == f"There is no ledger in {tmp_path}/none: `subgen batch` and `subgen watch` keep one.\n"
    assert run(["status", "--json", "--ledger", str(tmp_path / "none")]) == 0
    assert json.loads(capsys.readouterr().out)["ledger"] is None
    assert not list(tmp_path.iterdir())


def test_it_neither_waits_for_a_writer_nor_disturbs_it(ledger, clock):
    one_of_each(ledger, clock)
    writer = sqlite3.connect(ledger.folder / LEDGER, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM media")
    assert sum(count for _, count in glance(ledger.folder, clock).counts) == 5
    writer.execute("COMMIT")
    writer.close()
    assert sum(count for _, count in glance(ledger.folder, clock).counts) == 0


def test_a_closed_ledger_is_read_too(tmp_path, clock):
    with Ledger(tmp_path / "library", clock) as opened:
        one_of_each(opened, clock)
    before = sorted((tmp_path / "library").rglob("*"))
    assert dict(glance(tmp_path / "library", clock).counts)[State.DONE] == 1
    assert sorted((tmp_path / "library").rglob("*")) == before


def test_what_is_no_ledger_is_said(tmp_path):
    (tmp_path / LEDGER).write_text("no database at all, and longer than its head" * 20)
    with pytest.raises(OutputError, match=r"The ledger in .* can't be read: .*; choose another with --ledger"):
        glance(tmp_path)


def die_at_work(folder):
    ledger = Ledger(folder)
    queued(ledger, "a.mkv")
    ledger.claim()
    os.kill(os.getpid(), signal.SIGKILL)


def test_who_died_at_work_is_named(tmp_path, capsys):
    folder = tmp_path / "library"
    worker = multiprocessing.get_context("spawn").Process(target=die_at_work, args=(folder,))
    worker.start()
    worker.join()
    assert run(["status", "--ledger", str(folder)]) == 0
    assert "(has died; the next run takes the file)" in capsys.readouterr().out
    assert run(["status", "--json", "--ledger", str(folder)]) == 0
    assert [row["alive"] for row in json.loads(capsys.readouterr().out)["running"]] == [False]


def test_people_read_tables(ledger, clock, capsys):
    one_of_each(ledger, clock)
    assert run(["status", "--ledger", str(ledger.folder)]) == 0
    told = capsys.readouterr().out
    assert "running     1\n" in told
    assert "/films/b.mkv  1      /films/b.mkv has no audio.\n" in told
    assert "0:30:00  30.0 x\n" in told
    assert told.endswith("All of these together: 30.0 s of audio a second.\n")


def test_long_tables_are_cut_and_names_are_harmless(ledger, capsys):
    for path in queued(ledger, *(f"{number:03}\x1b[2J.mkv" for number in range(MOST_LINES + 7))):
        ledger.claim(path)
        ledger.fail(path, "bad\nfile")
    assert run(["status", "--ledger", str(ledger.folder)]) == 0
    told = capsys.readouterr().out
    assert told.count("bad\\nfile") == MOST_LINES
    assert "and 7 more; --json lists all.\n" in told
    assert "\x1b" not in told


def test_programs_read_json(ledger, clock, capsys):
    one_of_each(ledger, clock)
    assert run(["status", "--json", "--ledger", str(ledger.folder)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["ledger"], told["speed"]) == ("subgen/status/1", str(ledger.folder), 30.0)
    assert told["counts"]["queued"] == 2
    assert told["running"] == [
        {
            "path": "/films/d.mkv",
            "tries": 1,
            "owner": ledger.owner,
            "alive": True,
            "since": "1970-01-12T13:47:40.000+00:00",
        }
    ]
    assert told["waiting"] == []  # by the clock of the system its time has come long ago
    assert told["failed"][0] | {"ended": ""} == {
        "path": "/films/b.mkv", "tries": 1, "why": "/films/b.mkv has no audio.", "state": "failed", "ended": "",
    }  # fmt: skip
    [done] = told["done"]
    assert (done["outputs"], done["audio_seconds"], done["seconds"], done["speed"]) == (
        ["/films/a.en.srt"],
        1800,
        60,
        30,
    )


def test_who_waits_is_told_for_how_long(tmp_path, capsys):
    with Ledger(tmp_path / "library") as ledger:
        [path] = queued(ledger, "a.mkv")
        ledger.claim(path)
        ledger.postpone(path, "/films/a.mkv can't be read.")
        assert run(["status", "--ledger", str(ledger.folder)]) == 0
        assert "/films/a.mkv  0:01:00  /films/a.mkv can't be read.\n" in capsys.readouterr().out
        assert run(["status", "--json", "--ledger", str(ledger.folder)]) == 0
        [waiting] = json.loads(capsys.readouterr().out)["waiting"]
        assert waiting["why"] == "/films/a.mkv can't be read."
        assert waiting["not_before"] > "2020"
