"""Watching: every way in which a file can come, on a mount where no events fire; each done once, none early."""

import os
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from subgen.library.arrival import DAY, Arrivals, State, Waiting, look
from subgen.library.folders import NAME as SETTINGS
from subgen.library.hints import Events, Patience, SystemClock, hints
from subgen.library.ignore import NAME as IGNORE
from subgen.library.ledger import DELAYS, Ledger
from subgen.library.rows import Stamp
from subgen.library.rows import State as Row
from subgen.library.scan import Found, scan
from subgen.library.stop import Stop
from subgen.library.watch import EVERY, GAP, IDLE, QUIET, QUIET_REMOTE, quiet_time
from subgen.library.work import CHANGED, GONE, End
from subgen.media import probe
from tests.subgen.media_making import make
from tests.subgen.watching import HOUR, Clock, sound, world

ROOT = Path(__file__).parents[2]
TALK = ROOT / "samples" / "talk.m4a"
DELAY = EVERY + QUIET * 1.25
"""what docs/libraries.md states for files that say how long they are"""


@pytest.fixture
def place(tmp_path):
    with world(tmp_path) as made:
        yield made


def once(place, name, start, content, latest=None):
    """A file was done once, when it was whole, and not later than stated."""
    (moment,) = place.times()[name]
    assert start <= moment <= (latest or start + DELAY), moment
    assert [seen for _, path, seen in place.made if path == place.root / name] == [content]
    assert (place.root / name).with_suffix(".en.srt").exists()


def test_a_slow_copy_with_stalls_longer_than_the_quiet_time(place):
    content = sound(1)
    place.copy("a.wav", content, 5, 8, 40, 45, 110)
    place.watch()
    once(place, "a.wav", 110 + QUIET, content, 110 + DELAY)
    assert place.told == [Waiting(place.root / "a.wav", State.SHORT)]


def test_a_slow_copy_of_a_format_that_does_not_say_how_long_it_is(place, tmp_path):
    content = make("-f", "lavfi", "-i", "anoisesrc=d=3", tmp_path / "a.ts").read_bytes()
    place.copy("a.ts", content, 5, 8, 40, 45)
    place.watch()
    once(place, "a.ts", 45 + 6 * QUIET, content, 45 + 6 * QUIET + DELAY)


def test_rsync_writes_under_a_hidden_name_and_renames(place):
    content = sound(1)
    place.copy(".a.wav.AbCdEf", content, 5, 8, 40)
    place.clock.at(41, lambda: os.utime(place.root / ".a.wav.AbCdEf", (1e9, 1e9)))
    place.clock.at(42, lambda: (place.root / ".a.wav.AbCdEf").rename(place.root / "a.wav"))
    place.watch()
    once(place, "a.wav", 42, content, 42 + EVERY)


@pytest.mark.parametrize("name", ["a.wav.part", "a.part.wav", "a.wav.!qB", "a.wav.crdownload", "a.wav~", "a.wav.tmp"])
def test_downloads_are_renamed_when_they_are_whole(place, name):
    content = sound(1)
    place.clock.at(5, lambda: place.put(name, content[:200]))
    place.clock.at(300, lambda: place.put(name, content))
    place.clock.at(330, lambda: (place.root / name).rename(place.root / "a.wav"))
    place.watch()
    once(place, "a.wav", 330, content, 330 + EVERY)


@pytest.mark.parametrize("bring", [os.rename, os.link, os.symlink], ids=["move", "hard link", "link"])
def test_what_comes_whole_counts_at_once(place, tmp_path, bring):
    content = sound(1)
    (tmp_path / "elsewhere.wav").write_bytes(content)
    os.utime(tmp_path / "elsewhere.wav", (1e9, 1e9))
    place.clock.at(45, lambda: bring(tmp_path / "elsewhere.wav", place.root / "a.wav"))
    place.watch()
    once(place, "a.wav", 45, content, 45 + EVERY)


def test_a_file_with_two_names_is_recognised_once_and_has_subtitles_under_both(place):
    content = sound(1)
    place.put("downloads/a.wav", content, age=HOUR)
    place.clock.at(60, (place.root / "films").mkdir)
    place.clock.at(60, lambda: (place.root / "films/b.wav").hardlink_to(place.root / "downloads/a.wav"))
    place.watch()
    assert list(place.times()) == ["downloads/a.wav"]
    assert [outcome.end for outcome in place.ended] == [End.DONE, End.DONE]
    assert (place.root / "films/b.en.srt").exists()


def test_what_is_moved_within_the_folders_is_not_recognised_again(place):
    place.put("new/a.wav", sound(1), age=HOUR)
    place.clock.at(100, lambda: (place.root / "new").rename(place.root / "seen"))
    place.watch()
    assert len(place.made) == 1
    assert sorted(path.name for path in (place.root / "seen").iterdir()) == ["a.en.srt", "a.wav"]


def test_half_a_file_that_is_completed_an_hour_later(place):
    talk, sounds = TALK.read_bytes(), sound(1)
    for name, content in (("a.m4a", talk), ("b.wav", sounds)):
        place.put(name, content[: len(content) // 2])
        place.clock.at(HOUR + 7, lambda name=name, content=content: place.put(name, content))
    place.watch(2 * HOUR)
    once(place, "a.m4a", HOUR + 7 + QUIET, talk, HOUR + 7 + DELAY)
    once(place, "b.wav", HOUR + 7 + QUIET, sounds, HOUR + 7 + DELAY)
    assert {each.why for each in place.told} == {State.SHORT}


def test_a_film_whose_index_comes_last(place, tmp_path):
    content = make("-f", "lavfi", "-i", "anoisesrc=d=2", "-c:a", "aac", tmp_path / "a.mp4").read_bytes()
    place.copy("a.mp4", content, 1, 60, 300)
    place.watch()
    once(place, "a.mp4", 300 + QUIET, content, 300 + DELAY)


def test_room_that_is_made_first_and_filled_later(place):
    content = sound(1, 1.0)
    place.put("a.wav", content[:1000] + bytes(len(content) - 1000), age=HOUR)
    place.clock.at(40, lambda: place.put("a.wav", content, age=HOUR))
    place.watch()
    once(place, "a.wav", 40 + QUIET, content, 40 + DELAY)


def test_five_hundred_at_once(place):
    contents = {f"{number:03}.wav": sound(number, 0.02) for number in range(500)}

    def come():
        for name, content in contents.items():
            place.put(name, content)

    place.clock.at(12, come)
    place.watch(300)
    assert len(place.made) == 500
    assert {path.name: seen for _, path, seen in place.made} == contents
    assert all(12 + QUIET <= moment <= 12 + DELAY for (moment,) in place.times().values())
    assert place.ledger.counts()[Row.DONE] == 500


def test_deleted_while_it_waits_while_it_is_queued_and_while_it_is_worked_on(place):
    for number in range(3):
        place.put(f"{number}.wav", sound(number))
    place.clock.at(5, (place.root / "0.wav").unlink)

    def begun(path):
        for other in ("1.wav", "2.wav"):
            (place.root / other).unlink(missing_ok=True)

    place.begun = begun
    place.put("9 last.wav", sound(9))
    place.watch(300)
    assert place.failed() == []
    assert {outcome.path.name: outcome.why for outcome in place.ended if outcome.end is End.SKIPPED} == {
        "1.wav": GONE,
        "2.wav": GONE,
    }
    assert sorted(path.name for path in place.root.iterdir()) == ["9 last.en.srt", "9 last.wav"]


def test_what_changes_while_it_is_worked_on_is_done_when_it_is_whole(place):
    content = sound(1)
    place.put("a.wav", content, age=HOUR)

    def begun(path):
        if not place.made:
            place.put("a.wav", content + b"more")

    place.begun = begun
    place.watch(300)
    assert [outcome.why for outcome in place.ended] == [CHANGED, ""]
    assert place.made[-1][2] == content + b"more"


def test_what_is_replaced_is_done_again(place):
    place.put("a.wav", sound(1), age=HOUR)
    place.clock.at(100, lambda: place.put("a.wav", sound(2, 0.2)))
    place.watch()
    first, second = place.times()["a.wav"]
    assert first <= EVERY
    assert 100 + QUIET <= second <= 100 + DELAY


def test_a_second_watch_has_nothing_to_do(tmp_path):
    with world(tmp_path) as place:
        place.put("a.wav", sound(1), age=HOUR)
        place.watch(60)
        assert len(place.made) == 1
    with world(tmp_path) as place:
        place.watch(60)
        assert place.made == []


def test_a_batch_and_a_watch_on_one_tree_do_no_file_twice(place):
    """The other run claims two of three files between the watch's plan and its work."""
    paths = [place.put(f"{number}.wav", sound(number), age=HOUR) for number in range(3)]
    work = place.work

    def with_another(plans, planner):
        with Ledger(place.ledger.folder, place.clock.now) as other:
            other.queue([plan.found.path for plan in plans], planner.wish.recipe)
            other.claim(paths[0])
            other.claim(paths[1])
            place.clock.time += 1
            other.done(paths[1], [], 1.0)
            outcomes = work(plans, planner)
            other.done(paths[0], [], 1.0)
        return outcomes

    place.work = with_another
    place.watch(300)
    assert list(place.times()) == ["2.wav"]
    assert place.failed() == []


def test_settings_of_folders_hold_and_count_when_they_change(place):
    place.put("series/a.wav", sound(1), age=HOUR)
    place.put("b.wav", sound(2), age=HOUR)
    place.put(f"series/{SETTINGS}", b'language = "de"')
    place.clock.at(100, lambda: place.put(f"series/{SETTINGS}", b'language = "fr"'))
    place.watch()
    assert sorted(path.name for path in place.root.rglob("*.srt")) == ["a.de.srt", "a.fr.srt", "b.en.srt"]
    assert {name: len(times) for name, times in place.times().items()} == {"b.wav": 1, "series/a.wav": 2}


def test_settings_that_make_no_sense_hold_up_their_folder_only(place):
    place.put("series/a.wav", sound(1), age=HOUR)
    place.put("b.wav", sound(2), age=HOUR)
    place.put(f"series/{SETTINGS}", b'language = "Klingon"')
    place.clock.at(100, lambda: place.put(f"series/{SETTINGS}", b'language = "German"'))
    place.watch()
    assert len(place.troubles) == 1
    assert "Klingon" in place.troubles[0]
    assert place.times()["b.wav"][0] < 100 < place.times()["series/a.wav"][0]


def test_what_is_left_out(place):
    place.put("a.wav", sound(1), age=HOUR)
    place.put("extras/b.wav", sound(2), age=HOUR)
    place.put("c-trailer.wav", sound(3), age=HOUR)
    place.put(IGNORE, b"extras/\n")
    place.clock.at(100, (place.root / IGNORE).unlink)
    place.watch(exclude=("*-trailer.*",))
    assert list(place.times()) == ["a.wav", "extras/b.wav"]


def test_failures_that_may_pass_are_tried_again(place):
    place.put("a.wav", sound(1), age=HOUR)
    place.put("bad.wav", sound(2), age=HOUR)
    tries = []

    def begun(path):
        tries.append(path.name)
        if path.name == "bad.wav":
            raise ValueError("It can't be decoded.")
        if tries.count("a.wav") < 3:
            raise OSError(5, "Input/output error")

    place.begun = begun
    place.watch(3 * HOUR)
    assert tries.count("a.wav") == 3
    (moment,) = place.times()["a.wav"]
    assert sum(DELAYS[:2]) <= moment <= sum(DELAYS[:2]) + 3 * EVERY
    assert place.ledger.row(place.root / "bad.wav").state is Row.FAILED


def test_media_that_no_patience_makes_usable_fail_in_a_sentence(place):
    place.put("a.srt.mkv", b"not media", age=HOUR)
    place.begun = probe
    place.clock.at(DAY - 60, lambda: place.troubles.extend(place.failed()))
    place.watch(DAY + 1200, every=600.0)
    assert place.told == [Waiting(place.root / "a.srt.mkv", State.CLOSED)]
    assert place.troubles == []
    assert len(place.failed()) == 1


def test_a_folder_that_is_not_there_yet(tmp_path):
    with world(tmp_path) as place:
        place.root.rmdir()
        place.clock.at(100, lambda: place.put("a.wav", sound(1), age=HOUR))
        place.watch()
        assert place.troubles == [f"{place.root} can't be read: No such file or directory."]
        once(place, "a.wav", 100, sound(1), 100 + EVERY)


def test_models_go_when_there_is_nothing_to_do_for_long(place):
    place.put("a.wav", sound(1), age=HOUR)
    place.clock.at(HOUR, lambda: place.put("b.wav", sound(2)))
    place.watch(3 * HOUR)
    first, second = place.idles
    start = place.made[0][0]
    assert IDLE <= first - start <= IDLE + EVERY
    assert second > place.made[1][0] >= start + HOUR


def test_once_ends_when_all_is_done_but_what_is_not_whole(place):
    place.put("a.wav", sound(1))
    place.put("half.wav", sound(2)[:1000])
    place.watch(HOUR, once=True)
    assert list(place.times()) == ["a.wav"]
    assert place.clock.time - 1_700_000_000.0 <= QUIET * 1.5


def test_a_look_is_taken_from_hints_but_not_all_the_time(place):
    scans = []
    free = place.ledger.free_lost
    place.ledger.free_lost = lambda: (scans.append(place.clock.time), free())

    class Busy:
        """Something happens every tenth of a second."""

        def wait(self, seconds):
            place.clock.sleep(min(seconds, 0.1))
            return True

    content = sound(1)
    place.clock.at(3, lambda: place.put("a.wav", content, age=HOUR))
    place.watch(20, Busy())
    once(place, "a.wav", 3, content, 3 + GAP + 0.2)
    assert all(later - earlier >= GAP for earlier, later in pairwise(scans))
    assert len(scans) >= 9


def test_stopping_ends_a_wait_and_a_round(place):
    place.put("a.wav", sound(1), age=HOUR)
    place.begun = lambda path: place.stop.ask()
    place.watch(HOUR)
    assert place.clock.time - 1_700_000_000.0 < 1


def test_the_quiet_time_is_longer_on_a_network():
    remote = {Path("/films"): False, Path("/mnt"): True}
    assert quiet_time(None, remote, Path("/films/a.mkv")) == QUIET
    assert quiet_time(None, remote, Path("/mnt/x/a.mkv")) == QUIET_REMOTE
    assert quiet_time(3.0, remote, Path("/mnt/x/a.mkv")) == 3.0


def test_what_is_known_of_content(tmp_path):
    (tmp_path / "a.wav").write_bytes(sound(1))
    assert look(tmp_path / "a.wav") is State.WHOLE
    assert look(tmp_path / "gone.wav") is State.WHOLE
    (tmp_path / "a.mkv").write_bytes(b"x" * 99)
    assert look(tmp_path / "a.mkv") is State.CLOSED


def test_files_that_vanish_between_looks_are_forgotten(tmp_path):
    arrivals = Arrivals(lambda _path: 10.0)
    path = tmp_path / "a.wav"
    path.write_bytes(sound(1))
    arrivals.meet([Found(path, Stamp(1, 1, 1))], 0.0)
    assert path in arrivals
    arrivals.look_again(5.0)
    assert arrivals.due() == 15.0
    path.unlink()
    arrivals.look_again(20.0)
    assert arrivals.due() is None
    assert arrivals.pace() == DAY / 4


def test_events_of_a_folder(tmp_path):
    clock, stop = SystemClock(), Stop()
    found = hints([tmp_path], clock, stop)
    assert isinstance(found, Events)
    assert not found.wait(0.1)
    (tmp_path / "a.wav").write_bytes(b"new")
    assert found.wait(20)
    assert not found.wait(0)


def test_without_events_time_passes(tmp_path):
    clock, stop = Clock(), Stop()
    assert isinstance(hints([], clock, stop), Patience)
    assert isinstance(hints([tmp_path / "none"], clock, stop), Patience)
    start = clock.time
    assert not Events(iter(()), clock, stop).wait(7.3)
    assert clock.time == pytest.approx(start + 7.3)
    stop.ask()
    assert not Events(iter([[1]]), clock, stop).wait(7.3)


def test_without_the_extra_there_are_no_events(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    found = hints([tmp_path], SystemClock(), Stop())
    assert isinstance(found, Patience)
    assert not found.wait(0.01)


def test_what_another_run_is_at_is_left_to_it_until_that_run_dies(place):
    content = sound(1)
    path = place.put("a.wav", content, age=HOUR)
    other = Ledger(place.ledger.folder, place.clock.now)
    (found,) = scan([place.root])
    other.see([found])
    other.queue([path], place.recipe)
    other.claim(path)
    place.clock.at(200, other.close)
    place.watch()
    once(place, "a.wav", 200, content, 200 + EVERY)


def test_what_a_batch_has_done_while_it_settled_is_not_done_again(place):
    path = place.put("a.wav", sound(1))

    def done():
        with Ledger(place.ledger.folder, place.clock.now) as other:
            other.queue([path], place.recipe)
            other.claim(path)
            other.done(path, [], 1.0)

    place.clock.at(5, done)
    place.watch()
    assert place.made == []
    assert place.ended == []
