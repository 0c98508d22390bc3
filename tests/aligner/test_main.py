"""`python -m aligner`: what it prints, and that every bad input is one sentence and an exit code."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from aligner.__main__ import find_model, main, read_audio
from aligner.types import SAMPLE_RATE

GOLDEN = Path(__file__).parents[1] / "golden" / "qwen3"


def write_wave(path, samples, rate=SAMPLE_RATE, channels=1):
    """16-bit samples, the same in every channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(samples.astype("<i2"), channels).tobytes())
    return path


@pytest.fixture
def inputs(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("One, two; three.", "utf-8")
    tone = 8000 * np.sin(np.arange(2 * SAMPLE_RATE) / 20)
    return write_wave(tmp_path / "audio.wav", tone), text


def complaint(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert printed.err.startswith("aligner: ")
    return code, printed.err


def test_prints_every_unit_with_its_place_and_times(inputs, capsys):
    assert main([*map(str, inputs), "--language", "English", "--model", str(GOLDEN / "aligner")]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [(unit["text"], unit["begin"], unit["end"]) for unit in result["units"]] == [
        ("One", 0, 3),
        ("two", 5, 8),
        ("three", 10, 15),
    ]
    times = [unit[key] for unit in result["units"] for key in ("start_seconds", "end_seconds")]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= 2
    assert set(result["repaired"]) == {"monotone", "realigned", "spread"}


def test_runs_as_a_module_without_loading_subgen(inputs):
    script = (
        "import runpy, sys\n"
        f"sys.argv = ['aligner', {str(inputs[0])!r}, {str(inputs[1])!r}, '--model', 'demo']\n"
        "try: runpy.run_module('aligner', run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "assert 'subgen' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert len(json.loads(done.stdout)["units"]) == 3


def test_missing_files(inputs, tmp_path, capsys):
    audio, text = inputs
    assert complaint(capsys, tmp_path / "none.wav", text)[0] == 3
    assert complaint(capsys, audio, tmp_path / "none.txt")[0] == 3
    assert complaint(capsys, tmp_path, text)[0] == 3
    code, said = complaint(capsys, audio, text, "--model", tmp_path / "none")
    assert code == 4
    assert "hf download" in said


def test_unusable_files(inputs, tmp_path, capsys):
    audio, text = inputs
    broken = tmp_path / "broken.mp4"
    broken.write_text("no media", "utf-8")
    assert complaint(capsys, broken, text)[0] == 3
    latin = tmp_path / "latin.txt"
    latin.write_bytes("café".encode("latin-1"))
    assert "UTF-8" in complaint(capsys, audio, latin)[1]
    code, said = complaint(capsys, audio, text, "--model", GOLDEN / "asr")
    assert code == 4
    assert "recogniser" in said


def test_a_playlist_opens_no_other_file(inputs, tmp_path, capsys):
    audio, text = inputs
    playlist = tmp_path / "list.mp4"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{audio}\n#EXT-X-ENDLIST\n", "utf-8")
    assert complaint(capsys, playlist, text)[0] == 3


def test_audio_longer_than_the_classes_reach(inputs, tmp_path, capsys):
    long = write_wave(tmp_path / "long.wav", np.zeros(3600 * SAMPLE_RATE))
    code, said = complaint(capsys, long, inputs[1], "--model", GOLDEN / "aligner")
    assert code == 2
    assert "cut it" in said


def test_the_toy_is_found():
    assert (find_model("demo") / "config.json").is_file()


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (16_000, 2), (8_000, 1), (44_100, 2)])
def test_any_wave_becomes_16_khz_mono(tmp_path, rate, channels):
    tone = 16_000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    samples = read_audio(write_wave(tmp_path / "tone.wav", tone, rate, channels))
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(SAMPLE_RATE, abs=40)
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(0.345, abs=0.02)
    assert np.argmax(np.abs(np.fft.rfft(samples))) * SAMPLE_RATE / len(samples) == pytest.approx(440, abs=2)


def test_an_empty_wave_has_no_samples(tmp_path):
    assert len(read_audio(write_wave(tmp_path / "empty.wav", np.zeros(0)))) == 0


def test_a_film_gives_its_sound_and_pictures_alone_are_refused(tmp_path, capsys, inputs):
    film = Path(__file__).parents[2] / "samples" / "film.mp4"
    assert len(read_audio(film)) > 10 * SAMPLE_RATE
    silent = tmp_path / "silent.mp4"
    silent.write_bytes(silent_film())
    assert "no audio track" in complaint(capsys, silent, inputs[1])[1]


def silent_film():
    """An mp4 of one grey picture and no sound."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=24)
        stream.width = stream.height = 16
        for packet in stream.encode(av.VideoFrame.from_ndarray(np.full((16, 16, 3), 128, np.uint8), format="rgb24")):
            container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return buffer.getvalue()
