"""Which ffmpeg to run, and the command that decodes one track of one file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import ffmpeg as builder

from subgen.errors import MissingDependency
from subgen.media.container import clock_may_jump
from subgen.media.source import CONTAINERS, url
from subgen.types import SAMPLE_RATE, Media, Seconds

_INSTALL = "install it (`brew install ffmpeg` or `apt install ffmpeg`) or run `pip install imageio-ffmpeg`"
_LONGEST_HOLE: Seconds = 600.0
"""A jump in the timestamps beyond this is an error of the file and not silence, unless the container says that the
file is long enough to hold it."""
_MOST_MIXABLE = 24
"""libswresample has no down-mix for layouts of more channels than 22.2 surround."""


def find_ffmpeg(ffmpeg: str | None) -> Path:
    """The ffmpeg to run: the given one, else the one on PATH, else the one that imageio-ffmpeg brings.

    Raises MissingDependency when there is none, or when the given one can't be run.
    """
    if ffmpeg is not None:
        given = shutil.which(str(Path(ffmpeg).expanduser()))
        if given is None:
            raise MissingDependency(
                f"The ffmpeg {ffmpeg!r} is not a program that can be run; correct --ffmpeg or leave it out."
            )
        return Path(given)
    found = shutil.which("ffmpeg") or _bundled()
    if found is None:
        raise MissingDependency(f"No ffmpeg was found: {_INSTALL}.")
    return Path(found)


def _bundled() -> str | None:
    try:
        import imageio_ffmpeg

        binary = str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):  # not installed, or installed without a binary for this machine
        return None
    return binary if os.access(binary, os.X_OK) else None


def decode_command(binary: Path, media: Media, channel: int | None = None) -> list[str]:
    """The command that writes the chosen track to stdout as float32 mono samples at 16 kHz, holes filled.

    `channel` is the one to hear alone, from 0; None mixes all.

    The output begins with the first sample that can be decoded, and stderr says where that lies: the filter
    option `first_pts` would fill up to there, but again whenever ffmpeg rebuilds its filters midway.
    """
    hole = _longest_hole(media)
    head = [
        str(binary), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+error",
        "-dts_delta_threshold", f"{hole:.0f}", "-dts_error_threshold", f"{hole:.0f}",
    ]  # fmt: skip
    track = builder.input(url(media.path), format_whitelist=",".join(CONTAINERS), protocol_whitelist="file")
    output = track[str(media.track.index)].output("pipe:1", format="f32le", af=_filters(media.track.channels, channel))
    command: list[str] = output.compile(cmd=head)
    return command


def first_expected(media: Media) -> Seconds:
    """What ffmpeg calls the time of the track's first sample, when the track is whole.

    It counts from the start of the file, but in formats whose clock may jump from the first of the mapped streams.
    """
    return 0.0 if clock_may_jump(media.container) else media.track.start


def _longest_hole(media: Media) -> Seconds:
    if media.duration is None:
        return _LONGEST_HOLE
    return max(10.0, media.duration if media.container not in _CLOCKED else min(media.duration, _LONGEST_HOLE))


_CLOCKED = frozenset({"mpegts", "mpeg"})
"""Containers without a header that claims a length: their duration is made from the very timestamps in doubt."""


def _filters(channels: int, channel: int | None) -> str:
    # `rematrix_maxval`: the weights of a float down-mix do not sum to 1 by themselves, and stereo would clip.
    # `min_hard_comp`: the default fills holes above 0.1 s only; half a unit of the aligner's 80 ms grid is finer.
    # `aformat` makes aresample do the down-mix; its own option for that has other names in ffmpeg 4 than in 9.
    resample = (
        f"aresample={SAMPLE_RATE}:async=1:min_hard_comp=0.04:rematrix_maxval=1,"
        "aformat=sample_fmts=flt:channel_layouts=mono"
    )
    report = "asetpts='if(N,PTS,PTS+0*print(T,16))'"  # 16: the log level of errors
    if channel is not None:
        return f"{report},pan=mono|c0=c{channel},{resample}"
    if channels <= _MOST_MIXABLE:
        return f"{report},{resample}"
    mix = "+".join(f"{1 / channels:.6f}*c{channel}" for channel in range(channels))
    return f"{report},pan=mono|c0={mix},{resample}"
