"""From a file to samples: find ffmpeg, probe, choose the audio track, decode it on the media's true timeline."""

from __future__ import annotations

from subgen.media.decode import AudioStream, open_audio, several
from subgen.media.ffmpeg import find_ffmpeg
from subgen.media.probe import probe
from subgen.media.track import choose

__all__ = ["AudioStream", "choose", "find_ffmpeg", "open_audio", "probe", "several"]
