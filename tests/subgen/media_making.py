"""Media files for the tests, made with the ffmpeg that subgen itself would run."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from subgen.media import find_ffmpeg, open_audio, probe
from subgen.options import Input
from subgen.types import Media, Note, Samples

NOISE = "anoisesrc=d={seconds}:a=0.1:c=pink:s=1:r=44100"
FILM = "testsrc=s=64x48:r=25:d={seconds}"


def make(*arguments: object) -> Path:
    """Run ffmpeg; the last argument is the file that it writes."""
    head = [str(find_ffmpeg(None)), "-hide_banner", "-nostdin", "-v", "error", "-y"]
    subprocess.run([*head, *map(str, arguments)], check=True, capture_output=True)
    return Path(str(arguments[-1]))


def beeps(*times: float) -> str:
    """An ffmpeg source of silence with a beep of 50 ms at each time."""
    when = "+".join(f"between(t,{time},{time + 0.05})" for time in times)
    return f"aevalsrc='if({when},sin(2*PI*1000*t),0)':s=44100"


def heard(samples: Samples) -> list[float]:
    """When the beeps start, in seconds."""
    loud = np.flatnonzero(np.abs(samples) > 0.1)
    if not len(loud):
        return []
    return [loud[0] / 16000, *(loud[np.flatnonzero(np.diff(loud) > 4000) + 1] / 16000)]


def decode(media: Media, options: Input = Input()) -> tuple[Samples, tuple[Note, ...]]:
    """Every sample, and the notes; checks what holds for every stream."""
    with open_audio(media, options) as stream:
        blocks = list(stream)
    assert all(block.dtype == np.float32 and block.shape == (16000,) for block in blocks[:-1])
    assert 0 < len(blocks[-1]) <= 16000
    samples = np.concatenate(blocks)
    assert stream.seconds == len(samples) / 16000
    return samples, stream.notes


def decode_path(path: Path) -> tuple[Samples, tuple[Note, ...]]:
    """Probe and decode."""
    return decode(probe(path))


def overwrite(source: Path, target: Path, begin: int, rubbish: bytes) -> Path:
    """A copy with `rubbish` over the bytes from `begin` on."""
    data = bytearray(source.read_bytes())
    data[begin : begin + len(rubbish)] = rubbish
    target.write_bytes(data)
    return target


def halved(source: Path, target: Path) -> Path:
    """The first half of a file; an even number of bytes."""
    data = source.read_bytes()
    target.write_bytes(data[: len(data) // 4 * 2])
    return target


def script(path: Path, body: str) -> str:
    """A shell script that can stand in for ffmpeg."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)
