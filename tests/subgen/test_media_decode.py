"""The samples and their times, whole and damaged files, children that misbehave."""

from __future__ import annotations

import gc
import random
import shutil
import subprocess
import sys
import threading
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from subgen.errors import MediaNotFound, MissingDependency, Undecodable
from subgen.media import open_audio, probe
from subgen.options import Input
from subgen.types import Media, Track
from tests.subgen.media_making import (
    FILM,
    NOISE,
    beeps,
    decode,
    decode_path,
    halved,
    heard,
    make,
    overwrite,
    script,
)

MINUTE = 60


@pytest.fixture(scope="module")
def room(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def late(room) -> Path:
    """Audio from 1.476 s on with a hole from 6 s to 9 s, beeps at 5 s and 10 s."""
    sources = ("-f", "lavfi", "-i", FILM.format(seconds=12), "-f", "lavfi", "-i", f"{beeps(5, 10)}:d=12")
    cut = "[1:a]atrim=start=1.476,aselect='lt(t,6)+gt(t,9)'[a]"
    chosen = ("-filter_complex", cut, "-map", "0:v", "-map", "[a]")
    return make(*sources, *chosen, "-c:v", "mpeg4", "-c:a", "aac", room / "late.mp4")


@pytest.fixture(scope="module")
def minute(room) -> Path:
    return make("-f", "lavfi", "-i", NOISE.format(seconds=MINUTE), "-b:a", "128k", room / "minute.mp3")


@pytest.fixture(scope="module")
def tone(room) -> Path:
    return make("-f", "lavfi", "-i", "sine=f=440:d=2:r=48000", "-c:a", "flac", room / "tone.flac")


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts", "mov", "flv"])
def test_late_start_and_hole_keep_the_timeline(late, room, container):
    picture = ("-c:v", "flv1") if container == "flv" else ()
    path = late if container == "mp4" else make("-i", late, "-c", "copy", *picture, room / f"copy.{container}")
    samples, notes = decode_path(path)
    assert heard(samples) == pytest.approx([5.0, 10.0], abs=0.02)
    assert len(samples) / 16000 == pytest.approx(12.0, abs=0.05)
    assert notes == ()


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_a_hole_alone_keeps_the_timeline(room, container):
    """Audio from the start: the padding that its encoder puts first must not count as time."""
    sources = ("-f", "lavfi", "-i", FILM.format(seconds=12), "-f", "lavfi", "-i", f"{beeps(3, 5, 10)}:d=12")
    chosen = ("-filter_complex", "[1:a]aselect='lt(t,6)+gt(t,9)'[a]", "-map", "0:v", "-map", "[a]")
    samples, _ = decode_path(make(*sources, *chosen, "-c:v", "mpeg4", "-c:a", "aac", room / f"alone.{container}"))
    assert heard(samples) == pytest.approx([3.0, 5.0, 10.0], abs=0.02)


def test_a_long_hole_in_a_transport_stream(room):
    cut = "[1:a]aselect='lt(t,5)+gt(t,25)'[a]"
    sources = ("-f", "lavfi", "-i", FILM.format(seconds=32), "-f", "lavfi", "-i", f"{beeps(3, 30)}:d=32")
    chosen = ("-filter_complex", cut, "-map", "0:v", "-map", "[a]")
    samples, _ = decode_path(make(*sources, *chosen, "-c:v", "mpeg4", "-c:a", "mp2", room / "hole.ts"))
    assert heard(samples) == pytest.approx([3.0, 30.0], abs=0.025)


@pytest.mark.parametrize("rule", ["if(gt(N,40),PTS+72000/TB,PTS)", "if(eq(N,40),PTS+72000/TB,PTS)"])
@pytest.mark.parametrize("container", ["mkv", "ts"])
def test_a_broken_time_stamp_makes_no_hours_of_silence(late, room, rule, container):
    only = ("-map", "0:a", "-c", "copy", "-bsf:a", f"setts=ts='{rule}'")
    samples, _ = decode_path(make("-i", late, *only, room / f"jump.{container}"))
    assert 7 < len(samples) / 16000 < 20


def test_rate_and_channels_that_change_midway(room):
    parts = [
        make("-f", "lavfi", "-i", f"{beeps(1)}:d=3", "-ar", rate, "-ac", channels, room / f"{rate}.aac")
        for rate, channels in ((44100, 1), (48000, 2))
    ]
    path = room / "both.aac"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    samples, _ = decode_path(path)
    assert heard(samples) == pytest.approx([1.0, 4.1], abs=0.1)
    assert len(samples) / 16000 == pytest.approx(6.2, abs=0.2)


@pytest.mark.parametrize("rate", [8000, 22050, 192000])
def test_any_sample_rate(tone, room, rate):
    samples, _ = decode_path(make("-i", tone, "-ar", rate, room / f"r{rate}.wav"))
    spectrum = np.abs(np.fft.rfft(samples[8000:24000]))
    assert int(spectrum.argmax()) == 440
    assert np.abs(samples[1000:-1000]).max() == pytest.approx(0.125, abs=0.01)


@pytest.mark.parametrize("channels", [1, 2, 3, 5, 6, 8, 16, 40])
def test_any_number_of_channels(room, channels):
    path = room / f"c{channels}.wav"
    frames = np.repeat((16384 * np.sin(np.arange(16000) / 5)).astype("<i2")[:, None], channels, 1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(frames.tobytes())
    samples, notes = decode_path(path)
    assert len(samples) == 16000
    assert np.abs(samples).max() == pytest.approx(0.5, abs=0.01)
    assert notes == ()


@pytest.mark.parametrize("layout", ["5.1", "7.1", "quad"])
def test_surround_keeps_every_voice(room, layout):
    samples, _ = decode_path(
        make(
            "-f", "lavfi", "-i", f"{beeps(0.5)}:d=1", "-af", f"aformat=channel_layouts={layout}", room / f"{layout}.wav"
        )
    )
    assert heard(samples) == pytest.approx([0.5], abs=0.01)


def test_samples_that_are_no_numbers(room):
    path, values = room / "nan.wav", np.tile(np.array([np.nan, np.inf, -np.inf, 0.25], "<f4"), 4000)
    (room / "nan.raw").write_bytes(values.tobytes())
    make("-f", "f32le", "-ar", 16000, "-ac", 1, "-i", room / "nan.raw", "-c:a", "copy", path)
    samples, _ = decode_path(path)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1.0


def test_a_fifth_of_a_second(room):
    samples, notes = decode_path(make("-f", "lavfi", "-i", "sine=d=0.2", room / "short.wav"))
    assert len(samples) == 3200
    assert notes == ()


def test_nothing_at_all(tone, room):
    with pytest.raises(Undecodable, match=r"zero\.wav contains no audio samples\.$"):
        decode_path(make("-i", tone, "-af", "atrim=end_sample=0", room / "zero.wav"))


@pytest.mark.parametrize(
    "name", ["-dash", "file:x", "http:x", "concat:a|b", "pipe:0", "100%d", "a\nb", "😀 e\u0301", "a'b\"c\\d", " "]
)
def test_names_of_every_kind(tone, tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    samples, _ = decode_path(Path(shutil.copy(tone, f"./{name}.flac")).relative_to("."))
    assert len(samples) == 32000


def test_garbage_inside_an_mp3(minute, room):
    rubbish = random.Random(1).randbytes(200_000)  # 12.5 s at 128 kbit/s
    samples, notes = decode_path(overwrite(minute, room / "hurt.mp3", 300_000, rubbish))
    (note,) = notes
    assert note.kind == "damage"
    lost = float(note.text.split()[1])
    assert lost == pytest.approx(12.5, abs=1.5)
    assert lost == pytest.approx(MINUTE - len(samples) / 16000, abs=0.1)
    assert "Times after that may be early" in note.text


def test_garbage_inside_an_mp4_is_a_hole(minute, room):
    whole = make("-i", minute, "-c:a", "aac", "-b:a", "64k", "-movflags", "+faststart", room / "whole.m4a")
    rubbish = random.Random(1).randbytes(100_000)
    samples, notes = decode_path(overwrite(whole, room / "hurt.m4a", 200_000, rubbish))
    assert len(samples) / 16000 == pytest.approx(MINUTE, abs=0.1)
    assert float(notes[0].text.split()[1]) == pytest.approx(100_000 / whole.stat().st_size * MINUTE, abs=2)


@pytest.mark.parametrize("container", ["m4a", "mkv", "ts"])
def test_a_start_that_cannot_be_decoded_is_silence(room, container):
    speech = ("-f", "lavfi", "-i", f"{beeps(20)}:d=25", "-f", "lavfi", "-i", NOISE.format(seconds=25))
    mixed = ("-filter_complex", "[1]volume=0.1[n];[0][n]amix=normalize=0", "-c:a", "aac", "-strict", "-2")
    whole = make(*speech, *mixed, room / "whole.m4a")
    data = whole.read_bytes()
    rubbish = random.Random(3).randbytes(len(data) // 3)
    path = overwrite(whole, room / "beheaded.m4a", data.find(b"mdat") + 4, rubbish)
    if container != "m4a":
        path = make("-i", path, "-c", "copy", room / f"beheaded.{container}")
    samples, notes = decode_path(path)
    assert heard(samples)[-1] == pytest.approx(20.0, abs=0.03)
    assert len(samples) / 16000 == pytest.approx(25.0, abs=0.1)
    assert notes[0].text.endswith("could not be decoded.")


@pytest.mark.parametrize("kind", ["m4a", "mkv", "wav", "flac", "mp3"])
def test_a_file_cut_in_half_says_how_much_is_missing(minute, room, kind):
    codec = {"m4a": ("-movflags", "+faststart"), "flac": ("-sample_fmt", "s16")}.get(kind, ())
    whole = make("-i", minute, "-t", 20, *codec, room / f"all.{kind}")
    assert decode_path(whole)[1] == ()
    samples, notes = decode_path(halved(whole, room / f"half.{kind}"))
    (note,) = notes
    assert note.text.startswith("The file ends ")
    assert float(note.text.split()[3]) == pytest.approx(20 - len(samples) / 16000, abs=0.2)
    assert note.span is not None
    assert note.span.start == len(samples) / 16000


@pytest.mark.parametrize("kind", ["ogg", "ts", "aac", "w64"])
def test_a_cut_stream_that_claims_nothing_is_just_shorter(minute, room, kind):
    whole = make("-i", minute, "-t", 10, room / f"all.{kind}")
    samples, notes = decode_path(halved(whole, room / f"half.{kind}"))
    assert 4 < len(samples) / 16000 < 6
    assert notes == ()


def fake_media(path: Path, *, start=0.0, duration: float | None = 10.0, container="mp4", codec="aac") -> Media:
    path.write_bytes(b"x" * 1000)
    track = Track(0, codec, 48000, 2, start, duration=duration)
    return Media(path, duration, (track,), track, None, container)


def fake(path: Path, body: str) -> Input:
    return Input(ffmpeg=script(path / "ffmpeg", body))


def test_ffmpeg_that_dies_midway(tmp_path):
    body = "head -c 320001 /dev/zero; echo '[mov @ 0x1] Cannot allocate memory' >&2; kill -9 $$"
    samples, notes = decode(fake_media(tmp_path / "a.mp4"), fake(tmp_path, body))
    assert len(samples) == 80_000
    assert notes[0].text.startswith("Decoding stopped early, at 0:00:05")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("kill -9 $$", "can't be decoded: ffmpeg was killed by signal 9"),
        ("exit 3", "can't be decoded: ffmpeg ended with code 3, without a word"),
        ("echo '[x @ 0x12] Cannot do it.' >&2; exit 1", 'can\'t be decoded: ffmpeg says "Cannot do it"'),
        ("exit 0", "contains no audio samples"),
    ],
)
def test_ffmpeg_that_fails_at_once(tmp_path, body, sentence):
    with pytest.raises(Undecodable, match=rf"a\.mp4 {sentence}\.$"):
        decode(fake_media(tmp_path / "a.mp4"), fake(tmp_path, body))


def test_ffmpeg_that_cannot_be_run(tmp_path):
    binary = tmp_path / "ffmpeg"
    binary.write_bytes(b"\x7fELF for another machine")
    binary.chmod(0o755)
    stream = open_audio(fake_media(tmp_path / "a.mp4"), Input(ffmpeg=str(binary)))
    with pytest.raises(MissingDependency, match=r"can't be run \(exec format error\); install another one"):
        next(stream)


def test_unknown_codec_is_named(tmp_path):
    media = fake_media(tmp_path / "a.mp4", codec="unknown")
    with pytest.raises(Undecodable, match="in a format that ffmpeg can't decode"):
        decode(media, fake(tmp_path, "exit 1"))


@pytest.mark.parametrize("samples", [0, 64_000])
def test_encrypted_matroska_is_named(tmp_path, samples):
    media = fake_media(tmp_path / "a.webm", container="matroska")
    media.path.write_bytes(b"\x1a\x45\xdf\xa3\x50\x35\x87\x47\xe1\x81\x05")
    body = f"head -c {samples} /dev/zero; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo 'Decoding error: x' >&2; done"
    with pytest.raises(Undecodable, match="is encrypted"):
        decode(media, fake(tmp_path, body))


def test_a_flood_of_complaints_does_not_block(tmp_path):
    body = "head -c 64000 /dev/zero; yes 'some complaint of a decoder' | head -c 3000000 >&2; head -c 576000 /dev/zero"
    samples, notes = decode(fake_media(tmp_path / "a.mp4"), fake(tmp_path, body))
    assert len(samples) == 160_000
    assert notes == ()


def test_start_outside_the_file_is_not_believed(tmp_path):
    options = fake(tmp_path, "head -c 640000 /dev/zero")
    for duration in (10.0, None):
        samples, notes = decode(fake_media(tmp_path / "a.mp4", start=1e6, duration=duration), options)
        assert len(samples) == 160_000
        assert "its audio starts at 277:46:40, outside the file: taken as 0:00:00" in notes[0].text


@pytest.mark.parametrize(
    ("reported", "lost"), [("3.500000", 2.0), ("1.490000", 0.0), ("1.521000", 0.0), ("9999.0", 0.0), ("nan", 0.0)]
)
def test_the_first_sample_counts_and_not_the_first_packet(tmp_path, reported, lost):
    options = fake(tmp_path, f"echo '[Eval @ 0x12] {reported}' >&2; sleep 0.1; head -c 64000 /dev/zero")
    samples, _ = decode(fake_media(tmp_path / "a.mp4", start=1.5), options)
    assert len(samples) / 16000 == 1.5 + lost + 1.0


def test_negative_start_is_trimmed(tmp_path):
    options = fake(tmp_path, "head -c 640000 /dev/zero")
    assert len(decode(fake_media(tmp_path / "a.mp4", start=-1.5, duration=None), options)[0]) == 160_000 - 24_000


def test_time_stamps_without_end_are_stopped(tmp_path):
    options = fake(tmp_path, "cat /dev/zero")
    with open_audio(fake_media(tmp_path / "a.mp4", duration=None), options) as stream:
        for _ in stream:
            pass
    assert 3600 < stream.seconds < 3800
    assert "time stamps of the audio are broken" in stream.notes[0].text


def alive(marker: Path) -> bool:
    """Whether the child that wrote its number into the file still exists, even as a zombie."""
    pid = marker.read_text().strip()
    return subprocess.run(["ps", "-p", pid], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("way", ["close", "exit", "drop", "error"])
def test_an_early_end_leaves_no_child(tmp_path, way):
    options = fake(tmp_path, f"echo $$ > '{tmp_path}/pid'; exec cat /dev/zero")
    stream = open_audio(fake_media(tmp_path / "a.mp4"), options)
    assert len(next(stream)) == 16000
    assert alive(tmp_path / "pid")
    if way == "close":
        stream.close()
        assert list(stream) == []
    elif way == "exit":
        with stream:
            pass
    elif way == "error":
        with pytest.raises(KeyboardInterrupt), stream:
            raise KeyboardInterrupt
    del stream
    gc.collect()
    assert not alive(tmp_path / "pid")


def test_a_killed_reader_leaves_no_child(late, tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from subgen.media import open_audio, probe\n"
        "from subgen.options import Input\n"
        "stream = open_audio(probe(Path(sys.argv[1])), Input(ffmpeg=sys.argv[2])); next(stream)\n"
        "print('on', flush=True); time.sleep(60)"
    )
    binary = script(tmp_path / "ffmpeg", f"echo $$ > '{tmp_path}/pid'; exec cat /dev/zero")
    with subprocess.Popen([sys.executable, "-c", code, str(late), binary], stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"on\n"
        reader.kill()
    deadline = time.monotonic() + 20
    while alive(tmp_path / "pid") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(tmp_path / "pid")


def test_a_file_that_vanished(tone, room):
    path = Path(shutil.copy(tone, room / "gone.flac"))
    media = probe(path)
    path.unlink()
    with pytest.raises(MediaNotFound):
        open_audio(media)


def test_another_thread_ends_the_wait_for_samples(tone, tmp_path):
    hanging = script(tmp_path / "ffmpeg", "exec sleep 100")
    with open_audio(probe(tone), Input(ffmpeg=hanging)) as audio:
        timer = threading.Timer(0.2, audio.stop)
        timer.start()
        with pytest.raises(Undecodable, match=r"can.t be decoded"):
            next(audio)
        timer.join()


def test_a_stream_that_is_stopped_before_it_began_ends_at_once(tone, tmp_path):
    hanging = script(tmp_path / "ffmpeg", "exec sleep 100")
    with open_audio(probe(tone), Input(ffmpeg=hanging)) as audio:
        audio.stop()
        with pytest.raises(Undecodable):
            next(audio)
