"""Which ffmpeg to run, and the command that decodes one track of one file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ffmpeg as builder

from subgen.errors import MissingDependency
from subgen.media.container import clock_may_jump
from subgen.media.process import Process
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
    found = next(_candidates(ffmpeg), None)
    if found is None:
        raise MissingDependency(f"No ffmpeg was found: {_INSTALL}.")
    return found


def ffmpeg_with(ffmpeg: str | None, *, filters: frozenset[str], encoders: frozenset[str]) -> Path:
    """The first of those that `find_ffmpeg` looks at which was built with all of these.

    Raises MissingDependency when none was, or when the given one can't be run.
    """
    for binary in _candidates(ffmpeg):
        if filters <= _built_with(binary, "filters") and encoders <= _built_with(binary, "encoders"):
            return binary
    lacking = ", ".join(sorted(filters | encoders))
    raise MissingDependency(
        f"No ffmpeg with {lacking} was found: run `pip install imageio-ffmpeg`, or name one with --ffmpeg."
    )


def _built_with(binary: Path, kind: str) -> set[str]:
    """The names of an ffmpeg's filters or encoders: what follows their flags in its own list."""
    lines = Process([str(binary), "-hide_banner", "-nostdin", f"-{kind}"]).lines(lambda _: None)
    return {words[1] for line in lines if len(words := line.split()) > 2}


def _candidates(ffmpeg: str | None) -> Iterator[Path]:
    if ffmpeg is not None:
        given = shutil.which(str(Path(ffmpeg).expanduser()))
        if given is None:
            raise MissingDependency(
                f"The ffmpeg {ffmpeg!r} is not a program that can be run; correct --ffmpeg or leave it out."
            )
        yield Path(given)
        return
    if found := shutil.which("ffmpeg"):
        yield Path(found)
    if bundled := _bundled():
        yield Path(bundled)


def _bundled() -> str | None:
    try:
        import imageio_ffmpeg

        binary = str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):  # not installed, or installed without a binary for this machine
        return None
    return binary if os.access(binary, os.X_OK) else None


@dataclass(frozen=True, slots=True)
class Entry:
    """Where decoding begins in the middle of a track, by ffmpeg's clock for that file."""

    seek: int
    """to which whole second ffmpeg is told to go; it finds something before that"""
    start: Seconds
    """the first sample that is wanted"""
    grid: tuple[Seconds, Seconds] | None
    """when one packet begins and how long each is, where time stamps are too coarse to say which sample is meant"""


def decode_command(binary: Path, media: Media, channel: int | None = None, entry: Entry | None = None) -> list[str]:
    """The command that writes the chosen track to stdout as float32 mono samples at 16 kHz, holes filled.

    `channel` is the one to hear alone, from 0; None mixes all. With an `entry` two times are reported, counted from
    where ffmpeg was sent: of the first sample that could be decoded, and of the first one written.

    The output begins with the first sample that can be decoded, and stderr says where that lies: the filter
    option `first_pts` would fill up to there, but again whenever ffmpeg rebuilds its filters midway.
    """
    hole = _longest_hole(media)
    head = [
        str(binary), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+error",
        "-dts_delta_threshold", f"{hole:.0f}", "-dts_error_threshold", f"{hole:.0f}",
    ]  # fmt: skip
    place = {"ss": entry.seek, "noaccurate_seek": None} if entry else {}
    safe = {"format_whitelist": ",".join(CONTAINERS), "protocol_whitelist": "file"}
    track = builder.input(url(media.path), **place, **safe)
    filters = f"{_arrival(entry)},{_to_mono(media.track.channels, channel)}"
    # `flush_packets`: 32 kB in one write instead of each packet, a sixth of the reader's work
    output = track[str(media.track.index)].output("pipe:1", format="f32le", af=filters, flush_packets=0)
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


_REPORT = "asetpts='if(N,PTS,PTS+0*print(T,16))'"
"""Prints the time of the first sample that it meets. 16: the log level of errors."""
_REPORT_THREE = "asetpts='st(0,ld(0)+1);if(gt(ld(0),3),PTS,PTS+0*print(T,16))'"
"""The times of the first packets: the first may lack what the encoder put before the sound."""
_ON_GRID = (
    "asetpts='st(3,if(N,ld(1),{first}+round((PTS+S-{first})/{size})*{size}-S));"
    "st(4,if(lte(abs(PTS-ld(3)),SR/800),ld(3),PTS));st(1,ld(4)+S);ld(4)+if(N,0,0*print(T,16))'"
)
"""The end of the first packet is moved to the nearest place where one can be, and later packets follow it while their
stamps agree with that to 1.25 ms: Matroska rounds them to 1 ms. After a hole the stamps count again."""


def _arrival(entry: Entry | None) -> str:
    """The filters that say where the samples begin, and that make them begin at the entry."""
    if entry is None:
        return _REPORT_THREE
    arrival = _REPORT
    if entry.grid is not None:
        first, size = entry.grid[0] - entry.seek, entry.grid[1]
        arrival = _ON_GRID.format(first=f"round({first:.6f}*SR)", size=f"round({size:.6f}*SR)")
    return f"{arrival},atrim=start={entry.start - entry.seek:.6f},{_REPORT}"


def _to_mono(channels: int, channel: int | None) -> str:
    # `rematrix_maxval`: the weights of a float down-mix do not sum to 1 by themselves, and stereo would clip.
    # `min_hard_comp`: the default fills holes above 0.1 s only; half a unit of the aligner's 80 ms grid is finer.
    # `aformat` makes aresample do the down-mix; its own option for that has other names in ffmpeg 4 than in 9.
    resample = (
        f"aresample={SAMPLE_RATE}:async=1:min_hard_comp=0.04:rematrix_maxval=1,"
        "aformat=sample_fmts=flt:channel_layouts=mono"
    )
    if channel is not None:
        return f"pan=mono|c0=c{channel},{resample}"
    if channels <= _MOST_MIXABLE:
        return resample
    mix = "+".join(f"{1 / channels:.6f}*c{channel}" for channel in range(channels))
    return f"pan=mono|c0={mix},{resample}"
