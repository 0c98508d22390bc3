"""Several children on one track: the very samples and notes of one child, whatever the children do."""

from __future__ import annotations

import gc
import random
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aligner.processors import processors
from subgen.media import find_ffmpeg, open_audio, probe, several
from subgen.media.log import Log
from subgen.media.relay import joints, same
from subgen.options import Input
from subgen.types import Media, Note, Samples, Track
from tests.subgen.media_making import make, overwrite, script

LENGTH = 190
"""Joints at 30 s and 150 s."""
FFMPEG = find_ffmpeg(None)


@pytest.fixture(scope="module")
def room(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("relay")


@pytest.fixture(scope="module")
def noise(room) -> Path:
    """Noise that swells and fades, so that no stretch is like another."""
    source = f"anoisesrc=d={LENGTH}:a=0.3:c=pink:s=1:r=44100,volume='0.6+0.4*sin(t)':eval=frame"
    return make("-f", "lavfi", "-i", source, room / "noise.wav")


@pytest.fixture(scope="module")
def flac(noise, room) -> Path:
    return make("-i", noise, "-sample_fmt", "s16", room / "noise.flac")


@pytest.fixture(scope="module")
def film(noise, room) -> Path:
    """Audio from 1.476 s on, with a hole from 60 s to 63 s."""
    sources = ("-f", "lavfi", "-i", f"testsrc=s=64x48:r=5:d={LENGTH}", "-i", noise)
    cut = "[1:a]atrim=start=1.476,aselect='lt(t,60)+gt(t,63)'[a]"
    chosen = ("-filter_complex", cut, "-map", "0:v", "-map", "[a]")
    return make(*sources, *chosen, "-c:v", "mpeg4", "-c:a", "aac", "-aac_pns", 0, room / "film.mp4")


def decoded(media: Media, processes: int, options: Input = Input()) -> tuple[Samples, tuple[Note, ...]]:
    with open_audio(media, options, processes=processes) as stream:
        blocks = list(stream)
    assert all(block.shape == (16000,) for block in blocks[:-1])
    return np.concatenate(blocks), stream.notes


def wrapped(folder: Path, first: str = "", later: str = "") -> Input:
    """An ffmpeg whose child at the start and whose later children get more options."""
    body = f"""case " $* " in *" -ss "*) exec '{FFMPEG}' {later} "$@";; *) exec '{FFMPEG}' {first} "$@";; esac"""
    return Input(ffmpeg=script(folder / "ffmpeg", body))


MADE = {
    "wav": (),
    "flac": ("-sample_fmt", "s16"),
    "m4a": ("-c:a", "alac"),
    "mp4": ("-c:a", "aac", "-aac_pns", 0),
    "ogg": ("-c:a", "libvorbis"),
    "webm": ("-c:a", "libopus"),
    "mka": ("-c:a", "aac", "-aac_pns", 0, "-ar", 48000),
}


@pytest.mark.parametrize("kind", MADE)
def test_each_child_does_its_part_and_nobody_can_tell(noise, room, kind):
    """The first child is made to end at 40 s and the second at 170 s: what follows can only come from the others."""
    media = probe(make("-i", noise, *MADE[kind], room / f"made.{kind}"))
    alone, notes = decoded(media, 1)
    options = wrapped(room, first="-t 40", later="-t 144")
    relayed, relayed_notes = decoded(media, 3, options)
    assert np.array_equal(alone, relayed)
    assert notes == relayed_notes == ()


OTHERS = {
    "opus": ("-c:a", "libopus", "-frame_duration", 60),
    "short.mkv": ("-c:a", "libopus", "-frame_duration", 2.5),
    "vorbis.mkv": ("-c:a", "libvorbis"),
    "mp3.mkv": ("-c:a", "libmp3lame", "-q:a", 4),
    "ac3.mkv": ("-c:a", "ac3"),
    "fragments.mp4": ("-c:a", "alac", "-movflags", "frag_keyframe+empty_moov"),
    "mp3": ("-c:a", "libmp3lame", "-q:a", 4, "-write_xing", 0),
}
"""packets of other lengths, of lengths that vary, and files without an index: joined or not, nothing may change"""


@pytest.mark.parametrize("kind", OTHERS)
def test_whatever_the_packets_are_the_samples_are_those_of_one_child(noise, room, kind):
    media = probe(make("-i", noise, *OTHERS[kind], room / f"other.{kind}"))
    alone, notes = decoded(media, 1)
    relayed, relayed_notes = decoded(media, 3)
    assert np.array_equal(alone, relayed)
    assert notes == relayed_notes


@pytest.mark.parametrize("kind", ["m4a", "opus", "mkv"])
def test_a_cut_without_recoding(noise, room, kind):
    """The file begins in the middle of a packet: an edit list, a pre-skip, or nothing says so."""
    codec = ("-c:a", "libopus") if kind == "opus" else ("-c:a", "aac", "-aac_pns", 0)
    whole = make("-stream_loop", 1, "-i", noise, *codec, room / f"whole-{kind}.{kind}")
    media = probe(make("-ss", 7.3213, "-i", whole, "-t", 200, "-c", "copy", room / f"cut-{kind}.{kind}"))
    alone, notes = decoded(media, 1)
    relayed, relayed_notes = decoded(media, 3)
    assert np.array_equal(alone, relayed)
    assert notes == relayed_notes


@pytest.mark.parametrize("container", ["mkv", "ogg", "flac"])
def test_a_file_whose_end_is_lost_with_its_index(noise, room, container):
    """Matroska keeps its places to land at the end of the file; the others have none at all."""
    codec = ("-sample_fmt", "s16") if container == "flac" else ("-c:a", "libvorbis")
    whole = make("-i", noise, *codec, room / f"ended.{container}")
    path = room / f"lost.{container}"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size * 19 // 20])
    media = probe(path)
    alone, notes = decoded(media, 1)
    relayed, relayed_notes = decoded(media, 3)
    assert np.array_equal(alone, relayed)
    assert notes == relayed_notes


@pytest.mark.parametrize("container", ["mkv", "flac", "ogg"])
def test_a_corrupt_middle_is_heard_as_by_one_child(noise, room, container):
    codec = ("-sample_fmt", "s16") if container == "flac" else ("-c:a", "libvorbis")
    whole = make("-i", noise, *codec, room / f"sound.{container}")
    begin = whole.stat().st_size * 80 // LENGTH
    media = probe(overwrite(whole, room / f"broken.{container}", begin, random.Random(2).randbytes(30_000)))
    alone, notes = decoded(media, 1)
    relayed, relayed_notes = decoded(media, 3)
    assert np.array_equal(alone, relayed)
    assert [note.kind for note in notes] == [note.kind for note in relayed_notes]


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_late_start_and_hole(film, room, container):
    path = film if container == "mp4" else make("-i", film, "-c", "copy", room / "film.mkv")
    media = probe(path)
    alone, notes = decoded(media, 1)
    relayed, relayed_notes = decoded(media, 2, wrapped(room, first="-t 40"))
    assert np.array_equal(alone, relayed)
    assert not alone[61 * 16000 : 62 * 16000].any()
    assert notes == relayed_notes == ()


def test_noise_that_a_decoder_makes_up_differs_and_nothing_else(noise, room):
    """Perceptual noise substitution of AAC: its generator goes on from the start of the file."""
    media = probe(make("-i", noise, "-c:a", "aac", "-b:a", "48k", room / "pns.m4a"))
    alone, _ = decoded(media, 1)
    relayed, notes = decoded(media, 2)
    assert len(alone) == len(relayed)
    assert np.abs(alone - relayed).max() < 0.1
    assert notes == ()


@pytest.mark.parametrize("second", [29, 100, 151])
def test_damage_is_told_once(noise, room, second):
    whole = make("-i", noise, "-c:a", "aac", "-aac_pns", 0, "-movflags", "+faststart", room / "whole.m4a")
    begin = round(whole.stat().st_size * second / LENGTH)
    rubbish = random.Random(1).randbytes(60_000)
    media = probe(overwrite(whole, room / "hurt.m4a", begin, rubbish))
    alone, (note,) = decoded(media, 1)
    relayed, (relayed_note,) = decoded(media, 3)
    assert np.array_equal(alone, relayed)
    assert relayed_note.text.split()[:2] == note.text.split()[:2]
    assert note.span is not None
    assert relayed_note.span is not None
    assert relayed_note.span.start == pytest.approx(note.span.start, abs=3)
    assert relayed_note.span.end == pytest.approx(note.span.end, abs=3)


def test_a_file_that_is_cut_short(noise, room):
    whole = make("-i", noise, "-c:a", "alac", "-movflags", "+faststart", room / "long.m4a")
    path = room / "short.m4a"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 3])
    media = probe(path)
    alone, notes = decoded(media, 1)
    relayed, relayed_notes = decoded(media, 3)
    assert np.array_equal(alone, relayed)
    assert len(notes) == 1
    assert notes == relayed_notes


def test_silence_is_not_joined(room):
    """All its places are alike: one child goes on, and is not cut off at the joint."""
    media = probe(make("-f", "lavfi", "-i", f"anullsrc=r=16000:cl=mono:d={LENGTH}", room / "silent.flac"))
    relayed, notes = decoded(media, 3, wrapped(room, later="-t 140"))
    assert len(relayed) == LENGTH * 16000
    assert not relayed.any()
    assert notes == ()


def test_joints_in_silence_say_nothing_against_the_next(room):
    """Two pauses at two joints: the third holds, for the first child ends soon after it."""
    source = "anoisesrc=d=310:a=0.3:s=1:r=16000,volume='gt(abs(mod(min(t,240),120)-29),9)':eval=frame"
    media = probe(make("-f", "lavfi", "-i", source, room / "pauses.flac"))
    alone, _ = decoded(media, 1)
    assert not alone[29 * 16000 : 30 * 16000].any()
    assert not alone[149 * 16000 : 150 * 16000].any()
    relayed, notes = decoded(media, 2, wrapped(room, first="-t 280"))
    assert np.array_equal(alone, relayed)
    assert notes == ()


def test_a_film_with_one_place_to_land_at(noise, room):
    sources = ("-f", "lavfi", "-i", f"color=s=32x32:r=2:d={LENGTH}", "-i", noise)
    media = probe(make(*sources, "-c:v", "mpeg4", "-g", 9999, "-c:a", "alac", room / "one.mp4"))
    alone, _ = decoded(media, 1)
    assert np.array_equal(alone, decoded(media, 3)[0])


OTHER = """
import os, sys
arguments = [FFMPEG, *sys.argv[1:]]
if "-ss" in arguments:
    place = next(n for n, argument in enumerate(arguments) if argument.startswith("file:"))
    arguments[place] = "file:" + OTHER
os.execv(FFMPEG, arguments)
"""


def test_a_child_that_gives_other_samples_is_sent_away(flac, room):
    other = make("-i", flac, "-af", "volume=0.99", "-sample_fmt", "s16", room / "other.flac")
    (room / "swap.py").write_text(f"FFMPEG, OTHER = {str(FFMPEG)!r}, {str(other)!r}\n{OTHER}")
    liar = script(room / "liar", f"""exec '{sys.executable}' '{room}/swap.py' "$@" """)
    media = probe(flac)
    assert np.array_equal(decoded(media, 1)[0], decoded(media, 3, Input(ffmpeg=liar))[0])


@pytest.mark.parametrize("later", ["-t 2", "-itsoffset 0.01", "-nonsense"])
def test_a_child_that_fails_is_not_missed(flac, room, later):
    media = probe(flac)
    relayed, notes = decoded(media, 3, wrapped(room, later=later))
    assert np.array_equal(decoded(media, 1)[0], relayed)
    assert notes == ()


def test_a_child_that_dies_in_its_turn_is_told(flac, room):
    body = (
        f"""case " $* " in *" -ss "*) '{FFMPEG}' "$@" | head -c 5120000; kill -9 $$;; *) exec '{FFMPEG}' "$@";; esac"""
    )
    samples, (note,) = decoded(probe(flac), 2, Input(ffmpeg=script(room / "dying", body)))
    assert len(samples) == (27 + 80) * 16000
    assert note.text.startswith("Decoding stopped early, at 0:01:47 (")


def test_ten_seconds_come_before_another_child_is_waited_for(flac, room):
    """The first samples are as early as with one child, and a wait can be ended from another thread."""
    body = f"""case " $* " in *" -ss "*) exec sleep 100;; *) exec '{FFMPEG}' "$@";; esac"""
    with open_audio(probe(flac), Input(ffmpeg=script(room / "hanging", body)), processes=2) as audio:
        blocks = [next(audio) for _ in range(30)]
        timer = threading.Timer(0.2, audio.stop)
        timer.start()
        assert sum(map(len, [*blocks, *audio])) < LENGTH * 16000
        timer.join()


@pytest.mark.parametrize("way", ["close", "exit", "drop", "error", "stop"])
def test_an_early_end_leaves_no_child(flac, room, way):
    pids = room / f"pids-{way}"
    options = Input(ffmpeg=script(room / "ffmpeg", f"""echo $$ >> '{pids}'; exec '{FFMPEG}' "$@" """))
    stream = open_audio(probe(flac), options, processes=3)
    next(stream)
    next(stream)
    started = pids.read_text().split()
    assert len(started) == 2
    if way == "close":
        stream.close()
        assert list(stream) == []
    elif way == "exit":
        with stream:
            pass
    elif way == "stop":
        stream.stop()
        assert len(list(stream)) < 30
    elif way == "error":
        with pytest.raises(KeyboardInterrupt), stream:
            raise KeyboardInterrupt
    del stream
    gc.collect()
    assert [pid for pid in started if alive(pid)] == []


def alive(pid: str) -> bool:
    return subprocess.run(["ps", "-p", pid], capture_output=True, check=False).returncode == 0


def media_of(container: str, duration: float | None) -> Media:
    track = Track(0, "aac", 48000, 2, 0.0, duration=duration)
    return Media(Path("x"), duration, (track,), track, None, container)


def test_what_is_divided():
    assert joints(media_of("mp4", 400.0)) == (30, 150, 270)
    assert joints(media_of("mp4", 180.0)) == (30,)
    assert joints(media_of("mp4", 179.0)) == ()
    assert joints(media_of("mp4", None)) == ()
    for doubtful in ("mpegts", "mpeg", "aac", "mp3", "avi", "flv", "asf", "ac3", ""):
        assert joints(media_of(doubtful, 4000.0)) == ()


def test_seconds_that_tell_nothing_are_not_the_same():
    sound = np.random.default_rng(0).standard_normal(16000).astype(np.float32)
    assert same(sound, sound.copy())
    assert not same(sound, np.roll(sound, 1))
    assert not same(sound, sound + np.float32(1e-6))
    assert not same(np.zeros(16000, np.float32), np.zeros(16000, np.float32))


def test_a_log_follows_another():
    line = b"Error submitting packet to decoder: Invalid data\n"
    earlier, later = Log(), Log()
    earlier.feed(b"[Eval @ 0x1] 1.500000\n" + line * 3, 7.0)
    later.feed(b"[Eval @ 0x1] -0.500000\n", 60.0)
    later.follow(earlier)
    assert (later.start, later.errors, later.first, later.last) == (1.5, 3, 7.0, 7.0)
    later.feed(line, 90.0)
    assert (later.errors, later.first, later.last) == (4, 7.0, 90.0)


def test_how_many_share_a_track():
    assert several() == several(processors())
    assert [several(having) for having in (1, 2, 7, 8, 15, 16, 128)] == [1, 1, 1, 2, 3, 4, 4]


def test_one_process_is_enough_where_one_is_asked_for(flac, room):
    media = replace(probe(flac), container="flac")
    pids = room / "pids"
    options = Input(ffmpeg=script(room / "counting", f"""echo $$ >> '{pids}'; exec '{FFMPEG}' "$@" """))
    decoded(media, 1, options)
    assert len(pids.read_text().split()) == 1
