"""Audio to measure with: a media file of any length, made from a given one or from noise."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import numpy as np

from subgen.errors import OptionError
from subgen.media import find_ffmpeg, open_audio, probe
from subgen.types import SAMPLE_RATE, Chunk, Samples, Seconds

PIECE: Seconds = 30.0
"""length of the pieces that ours and others get alike"""


def speech_like(seconds: Seconds) -> Samples:
    """Noise with the rhythm of speech: syllables, and pauses to cut at. float32 (n,), 16 kHz."""
    count = round(seconds * SAMPLE_RATE)
    time = np.arange(count, dtype=np.float32) / SAMPLE_RATE
    syllables = 0.55 - 0.45 * np.cos(2 * np.pi * 4 * time)
    speaking = (time % 3.1) > 0.4
    noise = np.random.default_rng(0).standard_normal(count, dtype=np.float32)
    return np.asarray(0.1 * noise * (syllables * speaking + 0.001), dtype=np.float32)


def write_noise(path: Path, seconds: Seconds) -> None:
    """`speech_like` as a WAV file of 16-bit samples."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(speech_like(seconds), -1, 1) * 32767).astype("<i2").tobytes())


def write_loop(path: Path, source: Path, seconds: Seconds) -> None:
    """Plays a media file again and again until `seconds` are full, without decoding it. Raises OptionError."""
    loop = ("-stream_loop", "-1", "-i", source, "-t", f"{seconds}", "-map", "0:v?", "-map", "0:a", "-c", "copy", path)
    done = subprocess.run(
        [find_ffmpeg(None), "-nostdin", "-loglevel", "error", *loop], capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = done.stderr.strip().partition("\n")[0] or f"ffmpeg ended with {done.returncode}"
        raise OptionError(f"{source} can't be repeated to {seconds:g} s: {reason}.")


def sound(folder: Path, source: Path | None, seconds: Seconds) -> Path:
    """A media file of `seconds` in `folder`: the source, as often as it takes, or noise where there is none."""
    if source is None:
        path = folder / "noise.wav"
        write_noise(path, seconds)
        return path
    probe(source)
    path = folder / f"loop{source.suffix}"
    write_loop(path, source, seconds)
    return path


def samples_of(path: Path, seconds: Seconds) -> Samples:
    """The file's samples, `seconds` at most. float32 (n,), 16 kHz."""
    with open_audio(probe(path)) as audio:
        return np.concatenate(list(audio))[: round(seconds * SAMPLE_RATE)]


def pieces_of(samples: Samples) -> tuple[Chunk, ...]:
    """Samples in pieces of 30 s; a shorter rest is left out, unless it is all there is."""
    width = round(PIECE * SAMPLE_RATE)
    firsts = range(0, max(len(samples) - width, 0) + 1, width)
    return tuple(_piece(samples[first : first + width], first / SAMPLE_RATE) for first in firsts)


def _piece(samples: Samples, start: Seconds) -> Chunk:
    return Chunk(start, start + len(samples) / SAMPLE_RATE, samples)
