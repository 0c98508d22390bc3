"""What is read from ffmpeg's complaints, and what the user is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.media.damage import clock, damage, failure
from subgen.media.log import Log
from subgen.types import Media, Note, Span, Track

PACKET = b"[aist#0:0/aac @ 0x55] [dec:aac @ 0x56] Error submitting packet to decoder: Invalid data found\n"
OLD_PACKET = b"Error while decoding stream #0:0: Invalid data found when processing input\n"


def media(*, duration=60.0, track_duration: float | None = 60.0, start=0.0, codec="aac", rate=None) -> Media:
    track = Track(0, codec, 44100, 1, start, duration=track_duration)
    return Media(Path("x.mp4"), duration, (track,), track, rate, "mp4")


def log(*feeds: tuple[bytes, float]) -> Log:
    made = Log()
    for data, position in feeds:
        made.feed(data, position)
    made.close(feeds[-1][1] if feeds else 0.0)
    return made


@pytest.mark.parametrize("line", [PACKET, OLD_PACKET, b"[dec:flac @ 0x1] Decoding error: Invalid data\n"])
def test_failed_packets_are_counted_with_their_place(line):
    seen = log((line, 3.0), (line * 2, 9.0), (b"[aac @ 0x1] invalid band type\n", 12.0))
    assert (seen.errors, seen.first, seen.last, seen.cut) == (3, 3.0, 9.0, False)


@given(st.integers(1, 30), st.lists(st.integers(1, 200), max_size=8))
def test_lines_may_arrive_in_any_pieces(count, cuts):
    data, made, begin = PACKET * count, Log(), 0
    for size in cuts:
        made.feed(data[begin : begin + size], 0.0)
        begin += size
    made.feed(data[begin:], 0.0)
    assert made.errors == count


def test_reason_is_the_line_that_explains():
    seen = log(
        (b"[in#0 @ 0x55] moov atom not found\n[in#0 @ 0x5] Error opening input: Invalid\nConversion failed!\n", 0.0)
    )
    assert seen.reason == "moov atom not found"
    assert log((PACKET, 0.0)).reason.startswith("Error submitting packet")
    assert log((b"no line feed at the end @ 0xabc.", 0.0)).reason == "no line feed at the end"
    assert log().reason == ""


def test_first_sample_is_reported_once_per_filter_graph():
    seen = log((b"[Eval @ 0x7f2b4fffe250] 1.452789\n[Eval @ 0x7f2b4fffe250] 7.000000\n", 0.0))
    assert (seen.start, seen.reason) == (1.452789, "")
    assert log((b"0.500000\n", 0.0)).start == 0.5
    assert log().start is None


def test_memory_is_bounded():
    seen = log((b"x" * 100_000, 0.0), (b"y" * 100_000 + b"\n", 0.0), (b"line\n" * 1000, 0.0))
    assert len(seen.reason) <= 200
    assert seen.reason == "line"


@pytest.mark.parametrize(
    "line", [b"[in#0 @ 0x5] File ended prematurely\n", b"stream 0, offset 0x40d0c: partial file\n"]
)
def test_a_cut_file_is_noticed(line):
    assert log((line, 0.0)).cut


def texts(notes: tuple[Note, ...]) -> list[str]:
    assert all(note.kind == "damage" for note in notes)
    return [note.text for note in notes]


@pytest.mark.parametrize("decoded", [60.0, 59.6, 61.0, 80.0])
def test_a_whole_file_gives_no_note(decoded):
    assert damage(media(), decoded, log(), 0) == ()


def test_both_tolerances_must_be_passed():
    assert damage(media(track_duration=3600.0), 3597.0, log(), 0) == ()  # 3.0 s, under 0.1 %
    assert damage(media(track_duration=1.0), 0.6, log(), 0) == ()  # 40 %, under 0.5 s


def test_two_broken_packets_are_nothing():
    assert damage(media(), 60.0, log((PACKET * 2, 0.0)), 0) == ()


def test_short_decode_says_how_much_is_missing():
    (note,) = damage(media(start=1.5), 30.0, log(), 0)
    assert note.text == "The file ends 31.5 s early: 0:00:30 of 0:01:02 could be decoded."
    assert note.span == Span(30.0, 61.5)


def test_video_length_is_not_expected_of_the_audio():
    film = media(track_duration=None, duration=90.0, rate=25.0)
    assert damage(film, 60.0, log((PACKET, 0.0)), 0) == ()
    assert "30.0 s early" in texts(damage(film, 60.0, log((b"File ended prematurely\n", 60.0)), 0))[0]


def test_cut_without_a_claim():
    notes = damage(media(track_duration=None, duration=None), 60.0, log((b"File ended prematurely\n", 60.0)), 0)
    assert texts(notes) == ["The file is cut off: its audio ends at 0:01:00."]


def test_broken_packets_where_holes_were_filled():
    (note,) = damage(media(), 60.0, log((PACKET * 431, 20.0)), 0)
    assert note.text == "About 10.0 s of audio around 0:00:20 could not be decoded."
    assert note.span is not None
    assert note.span.duration == pytest.approx(10.0, abs=0.01)


def test_broken_packets_where_the_rest_moved_up():
    (note,) = damage(media(), 48.0, log((PACKET * 5, 20.0), (PACKET * 5, 40.0)), 0)
    assert note.text == (
        "About 12.0 s of audio between 0:00:20 and 0:00:40 could not be decoded. Times after that may be early."
    )


def test_broken_packets_of_unknown_length():
    assert "About 7 packets of audio" in texts(damage(media(codec="wmav2"), 60.0, log((PACKET * 7, 0.0)), 0))[0]


def test_guessed_length_counts_only_with_damage():
    guessed = media(track_duration=None)
    assert damage(guessed, 40.0, log(), 0) == ()
    assert "About 20.0 s" in texts(damage(guessed, 40.0, log((PACKET * 9, 1.0)), 0))[0]


def test_ffmpeg_that_dies_is_named():
    (note,) = damage(media(), 12.0, log((b"[mov @ 0x1] Cannot allocate memory\n", 12.0)), -9)
    assert note.text == (
        'Decoding stopped early, at 0:00:12 (ffmpeg says "Cannot allocate memory"): what follows is missing.'
    )
    assert note.span == Span(12.0, 60.0)
    assert damage(media(track_duration=None), 12.0, log(), 1)[0].span == Span(12.0, 12.0)


def test_failure_without_a_message():
    assert failure(-9, log()) == "ffmpeg was killed by signal 9"
    assert failure(3, log()) == "ffmpeg ended with code 3, without a word"


def test_clock_rounds():
    assert [clock(0.4), clock(59.6), clock(3725.0)] == ["0:00:00", "0:01:00", "1:02:05"]
