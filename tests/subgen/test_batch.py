"""`subgen batch` with faults: bad files among good ones, full disks, lost folders, two at once, deaths half-way."""

import errno
import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from subgen.asr.recogniser import Recognised
from subgen.cli.batch_tables import plan_lines, report_lines, summary_lines
from subgen.errors import MediaNotFound, ModelError, OptionError, OutputError
from subgen.library.batch import transcribed
from subgen.library.deliver import deliver, is_ours, places, require_writable
from subgen.library.ledger import MOST_DEATHS, Ledger
from subgen.library.overview import looked_into
from subgen.library.plan import Planner, Step, Wish
from subgen.library.recipe import recipe
from subgen.library.report import Report
from subgen.library.rows import Output, State
from subgen.library.run import STOPPED, Run
from subgen.library.scan import scan
from subgen.library.shard import Shard
from subgen.library.shared import Shared
from subgen.library.stop import Stop
from subgen.library.store import Store
from subgen.library.work import BUSY, GONE, End, Outcome, Worker
from subgen.media import probe
from subgen.options import Options
from subgen.output import LocalDisk
from subgen.types import Chunk, Transcript
from subgen.words import TokenSpan
from tests.fakes import Machine
from tests.subgen.batch_killing import alike, trial
from tests.subgen.library_table import told
from tests.subgen.watching import NoModels, Seen, sound

ROOT = Path(__file__).parents[2]
TALK = ROOT / "samples" / "talk.m4a"
COMMAND = (sys.executable, "-c", "from subgen.cli import main; main()", "batch")


class Library:
    """A folder, its ledger, and a run over it with all but the models."""

    def __init__(self, room, ledger):
        self.root = room / "media"
        self.root.mkdir(exist_ok=True)
        self.ledger = ledger
        self.made = []
        self.stop = Stop()

    def put(self, *names):
        paths = [self.root / name for name in names]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(sound(int.from_bytes(path.name.encode(), "little")))
        return paths

    def plan(self, formats=("srt",), **wishes):
        options = Options()
        wish = Wish(recipe(options, formats, wishes.get("folder")), formats, roots=(self.root,), **wishes)
        planner = Planner(self.ledger, wish)
        return planner, looked_into(tuple(planner.plan(scan([self.root]))), planner)

    def make(self, path, options, memory, listen):
        probe(path)
        self.made.append(path)
        return told(path, options, memory, listen)

    def run(self, make=None, planned=None, **wishes):
        planner, plans = planned or self.plan(**wishes)
        worker = Worker(self.ledger, Store(self.ledger.folder), planner, make or self.make)
        return Run(worker, Shared(NoModels(), self.stop), Seen([]), stop=self.stop).run(plans)


@pytest.fixture
def library(tmp_path):
    with Ledger(tmp_path / "ledger") as ledger:
        yield Library(tmp_path, ledger)


def ends(outcomes):
    return {outcome.path.name: (outcome.end, outcome.why) for outcome in outcomes}


def test_good_files_are_done_among_bad_ones_and_a_second_run_has_nothing_to_do(library):
    library.put("a.wav", "b/c.wav")
    (library.root / "text.mkv").write_text("text")
    (library.root / "empty.mp4").touch()
    (library.root / "cut.wav").write_bytes(sound(1)[:20])
    outcomes = ends(library.run())
    assert [name for name, (end, _) in outcomes.items() if end is End.DONE] == ["a.wav", "c.wav"]
    failed = {name: why for name, (end, why) in outcomes.items() if end is End.FAILED}
    assert sorted(failed) == ["cut.wav", "empty.mp4", "text.mkv"]
    assert all(why.startswith(str(library.root / name)) for name, why in failed.items())
    made = len(library.made)
    again = ends(library.run())
    assert len(library.made) == made
    assert {why.partition(":")[0] for _, why in again.values()} == {"done before", "failed before"}
    assert {end for end, _ in ends(library.run(again=True)).values()} == {End.SKIPPED, End.FAILED}


def test_another_format_is_rendered_from_what_is_known_and_a_lost_result_is_made_again(library):
    (path,) = library.put("a.wav")
    library.run()
    assert library.plan(formats=("srt", "vtt"))[1][0].step is Step.RENDER
    library.run(formats=("srt", "vtt"))
    assert (path.with_suffix(".en.srt").exists(), path.with_suffix(".en.vtt").exists()) == (True, True)
    path.with_suffix(".en.vtt").unlink()
    assert ends(library.run(formats=("srt", "vtt")))["a.wav"] == (End.DONE, "from what was recognised before")
    assert library.made == [path]


def test_a_result_that_somebody_has_changed_is_kept(library):
    (path,) = library.put("a.wav")
    library.run(formats=("srt", "json"))
    mine = path.with_suffix(".en.srt")
    mine.write_text("corrected by hand")
    ((end, why),) = ends(library.run(formats=("srt", "txt"))).values()
    assert end is End.FAILED
    assert why.startswith(f"{mine} is not as subgen wrote it")
    assert mine.read_text() == "corrected by hand"


def test_results_in_a_folder_of_their_own(library, tmp_path):
    library.put("x/a.wav")
    assert [end for end, _ in ends(library.run(folder=tmp_path / "out")).values()] == [End.DONE]
    assert (tmp_path / "out/x/a.en.srt").exists()
    (tmp_path / "file").touch()
    library.put("x/b.wav")
    outcomes = ends(library.run(folder=tmp_path / "file"))
    assert outcomes["b.wav"][0] is End.FAILED
    assert len(library.made) == 1


def test_a_full_disk_passes_and_its_file_waits(library):
    library.put("a.wav", "b.wav")

    def make(path, *rest):
        if path.name == "a.wav":
            raise OutputError("The disk is full.") from OSError(errno.ENOSPC, "full")
        return told(path, *rest)

    outcomes = library.run(make)
    assert [outcome.end for outcome in outcomes] == [End.FAILED, End.DONE]
    assert outcomes[0].again > 0
    assert ends(library.run())["a.wav"] == (End.FAILED, "The disk is full.")
    assert library.ledger.row(library.root / "a.wav").state is State.QUEUED


def test_a_folder_that_is_lost_meanwhile_is_waited_for_and_a_lost_file_is_not(library):
    library.put("gone/a.wav", "b.wav", "c.wav")

    def make(path, *rest):
        if path.name == "a.wav":
            path.parent.rename(library.root.parent / "elsewhere")
            raise MediaNotFound("It can't be read.")
        if path.name == "b.wav":
            path.unlink()
            raise MediaNotFound("It can't be read.")
        return told(path, *rest)

    outcomes = library.run(make)
    assert [outcome.end for outcome in outcomes] == [End.SKIPPED, End.DONE, End.FAILED]
    assert outcomes[0].why == GONE
    assert outcomes[2].again > 0


def test_what_concerns_all_files_ends_the_run_and_frees_them(library):
    library.put("a.wav", "b.wav", "c.wav")

    def make(path, *rest):
        raise ModelError("There is no model.")

    with pytest.raises(ModelError):
        library.run(make)
    assert {row.state for row in library.ledger.rows()} == {State.QUEUED}
    assert {row.deaths for row in library.ledger.rows()} == {0}


def test_faults_of_ours_are_one_file_s_own_and_pass(library):
    library.put("a.wav", "b.wav")

    def make(path, *rest):
        if path.name == "a.wav":
            raise RuntimeError("odd")
        return told(path, *rest)

    outcomes = library.run(make)
    assert outcomes[0].why.endswith("a.wav failed: RuntimeError: odd.")
    assert outcomes[1].end is End.DONE


def test_names_that_are_not_utf8_fail_in_a_sentence(library):
    path = Path(os.fsdecode(os.fsencode(library.root) + b"/\xff.wav"))
    path.write_bytes(sound(1))

    def make(path, *rest):
        raise OutputError(f"{path} failed.")

    ((_, why),) = ends(library.run(make)).values()
    assert why == f"{path} failed."
    assert library.ledger.row(path).error == f"{library.root}/\\udcff.wav failed."


def test_a_run_that_is_told_to_stop_leaves_the_rest(library):
    library.put("a.wav", "b.wav")
    library.stop.ask()
    assert set(ends(library.run()).values()) == {(End.SKIPPED, STOPPED)}
    assert library.made == []


def test_two_runs_at_once_do_no_file_twice(library, tmp_path):
    library.put(*(f"{number}.wav" for number in range(40)))
    with Ledger(library.ledger.folder) as ledger:
        other = Library(tmp_path, ledger)
        planned = library.plan(), other.plan()
        ran = []
        beside = threading.Thread(target=lambda: ran.append(other.run(planned=planned[1])))
        beside.start()
        outcomes = library.run(planned=planned[0])
        beside.join()
    assert sorted(library.made + other.made) == sorted(path for path in library.root.glob("*.wav"))
    assert {outcome.why for outcome in (*outcomes, *ran[0])} <= {"", BUSY, "another run has done it"}


def test_files_that_kill_are_done_alone_and_then_set_aside(library):
    path, _ = library.put("a.wav", "b.wav")
    planner, _ = library.plan()
    for _ in range(MOST_DEATHS):
        with Ledger(library.ledger.folder) as dying:
            dying.queue([path], planner.wish.recipe)
            assert dying.claim(path)
        library.ledger.free_lost()
    assert library.ledger.row(path).state is State.POISON
    outcomes = ends(library.run())
    assert outcomes["b.wav"][0] is End.DONE
    assert "died 3 times" in outcomes["a.wav"][1]
    assert ends(library.run(again=True))["a.wav"][0] is End.DONE


def test_results_go_where_they_can_and_over_nothing(tmp_path):
    media = tmp_path / "a.wav"
    document = told(media, None, None, None)
    where = places(media, ("srt",), "English", tmp_path / "new")
    (output,) = deliver(document, Options(), where)
    assert is_ours(output)
    assert deliver(document, Options(), where) == (output,)
    other = replace(document, utterances=document.utterances * 2)
    (changed,) = deliver(other, Options(), where, (output,))
    assert changed != output
    with pytest.raises(OutputError, match="not as subgen wrote it"):
        deliver(document, Options(), where, (Output(output.path, "0"),))
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="can't be made"):
        places(media, ("srt",), "English", tmp_path / "file" / "x")
    (tmp_path / "b.en.srt").mkdir()
    with pytest.raises(OutputError, match="in the way"):
        deliver(document, Options(), [("srt", tmp_path / "b.en.srt")])
    with pytest.raises(OutputError, match="does not exist"):
        require_writable(tmp_path / "lost/a.wav", tmp_path / "lost")
    require_writable(media, tmp_path / "new/er/est")


class FullDisk(LocalDisk):
    def create(self, path, data):
        raise OSError(errno.ENOSPC, "full")


def test_a_full_disk_leaves_nothing(tmp_path):
    with pytest.raises(OutputError, match="disk is full"):
        require_writable(tmp_path / "a.wav", tmp_path, FullDisk())
    document = told(tmp_path / "a.wav", None, None, None)
    with pytest.raises(OutputError, match="disk is full"):
        deliver(document, Options(), [("srt", tmp_path / "a.srt")], disk=FullDisk())
    assert list(tmp_path.iterdir()) == []


def test_shares_are_all_of_it_and_no_more(tmp_path):
    paths = [tmp_path / f"{number}/film.mkv" for number in range(50)]
    shares = [{path for path in paths if Shard(index, 3).has(path, [tmp_path])} for index in (1, 2, 3)]
    assert set().union(*shares) == set(paths)
    assert sum(map(len, shares)) == len(paths)
    assert Shard.read("2/3") == Shard(2, 3)
    for text in ("0/3", "4/3", "x"):
        with pytest.raises(OptionError):
            Shard.read(text)


def test_a_plan_and_a_report_for_people(library):
    library.put("a.wav")
    (library.root / "b.mkv").write_text("text")
    _, plans = library.plan()
    lines = plan_lines(plans, [library.root])
    assert lines[1].split(maxsplit=4)[-1] == "transcribe: new"
    assert lines[2].split(maxsplit=4)[-1] == "unusable: … is text, not audio or video."
    assert list(summary_lines(plans, 1.0)) == [
        "transcribe  1 file, 0:00:00 of audio",
        "render      0 files",
        "leave       0 files",
        "unusable    1 file",
        "estimate    0:00:00, at 1.0 s of audio a second as before",
    ]
    done = Outcome(Path("a.wav"), End.DONE, outputs=(Path("a.en.srt"),), seconds=60)
    outcomes = (
        done,
        Outcome(Path("b"), End.SKIPPED, "failed before: odd"),
        Outcome(Path("c"), End.FAILED, "no", again=9),
    )
    report = Report(0, 30, outcomes)
    assert list(report_lines(report)) == [
        "done        1 file, 0:01:00 of audio in 0:00:30, 2.0 s of audio a second",
        "skipped     1 file: 1 failed before",
        "            --retry tries again what failed before",
        "failed      1 file",
        "  no",
    ]
    values = json.loads(json.dumps(report.values()))
    assert values["counts"] == {"done": 1, "skipped": 1, "failed": 1}
    assert values["failed"] == [{"path": "c", "why": "no", "again": "1970-01-01T00:00:09.000+00:00"}]
    assert plan_lines([], []) == []


def test_the_command_with_good_and_bad_files(tmp_path):
    films = tmp_path / "films"
    films.mkdir()
    (films / "-o [1] %d.m4a").write_bytes(TALK.read_bytes())
    (films / "b.mkv").write_text("text")

    def batch(*arguments):
        command = [*COMMAND, str(films), "--ledger", str(tmp_path / "ledger"), "--model", "demo", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    planned = batch("--plan")
    assert (planned.returncode, planned.stderr) == (0, "")
    assert "transcribe: new" in planned.stdout
    ran = batch("--report", str(tmp_path / "report.json"))
    assert ran.returncode == 1
    assert ran.stdout.startswith("done        1 file, 0:00:55 of audio")
    assert (films / "-o [1] %d.en.srt").exists()
    assert json.loads((tmp_path / "report.json").read_text())["counts"] == {"done": 1, "skipped": 0, "failed": 1}
    rendered = batch("--format", "vtt", "--profile", "bbc")
    assert rendered.returncode == 0
    assert (films / "-o [1] %d.en.vtt").exists()
    assert batch("--output", "-").returncode == 2


def test_a_batch_that_is_killed_again_and_again_leaves_what_an_undisturbed_one_does(tmp_path):
    seen = trial(tmp_path, 8, 2)
    assert set(seen.killed) == set(seen.undisturbed)
    assert all(alike(seen.killed[name], content) for name, content in seen.undisturbed.items())
    assert len(seen.killed) == 16
    assert set(seen.sight.appeared.values()) == {1}
    assert all(alike(seen.sight.contents[name], content) for name, content in seen.undisturbed.items())
    assert seen.sight.changed == []
    assert dict(seen.states) == {"done": 8}


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ('{"confidence": 0.1234, "text": "a"}', True),
        ('{"confidence": 0.1235, "text": "a"}', True),
        ('{"confidence": 0.1236, "text": "a"}', False),
        ('{"confidence": null, "text": "a"}', False),
        ('{"confidence": 0.1234, "text": "b"}', False),
        (None, False),
    ],
)
def test_results_are_compared_in_every_byte_but_for_the_last_digit_of_confidences(other, same):
    one = b'{"confidence": 0.1234, "text": "a"}'
    assert alike(one, other.encode() if other is not None else None) == same


class Hearing:
    """A recogniser that hears one sentence, and is broken once by a chunk that comes with others."""

    batch = 2

    def __init__(self, faults=0):
        self.faults = faults
        self.heard = 0

    def recognise(self, chunks, options):
        for chunk in chunks:
            self.heard += 1
            if self.faults:
                self.faults -= 1
                raise RuntimeError("odd")
            yield Recognised(chunk, Transcript(chunk.start, chunk.end, "It is so.", "English"), (), 0)


def test_chains_share_an_engine_and_a_failure_is_one_chunk_s_own(library):
    library.put("a.wav", "b.wav", "c.wav")
    for path in library.root.iterdir():
        path.write_bytes(sound(path.name.encode()[0], 3))
    planner, plans = library.plan()
    hearing = Hearing(faults=1)
    outcomes = transcribed(plans, planner, Machine(hearing), Seen([]), Stop())
    assert {outcome.end for outcome in outcomes} == {End.DONE}
    assert "It is so." in (library.root / "a.en.srt").read_text()


def test_chunks_are_remembered_and_half_a_line_is_not(tmp_path):
    store, added = Store(tmp_path), []
    chunk = Chunk(0.0, 1.0, np.zeros(16_000, np.float32))
    said = Recognised(chunk, Transcript(0.0, 1.0, "Yes.", "English"), (TokenSpan(0, 4, -0.5),), 0)
    chunks = store.chunks("f", "w", lambda: added.append(1))
    assert chunks.recall(chunk) == ()
    chunks.keep(chunk, (said,))
    chunks.keep(chunk, (said,))
    assert added == [1]
    (file,) = (tmp_path / "unfinished").iterdir()
    file.write_text(file.read_text() + '["half')
    ((again),) = store.chunks("f", "w").recall(chunk)
    assert (again.transcript, again.tokens, again.cuts) == (said.transcript, said.tokens, 0)
    store.chunks("f", "w").forget()
    assert list((tmp_path / "unfinished").iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="choose another with --ledger"):
        Store(tmp_path / "file")
