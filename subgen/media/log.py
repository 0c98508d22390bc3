"""What ffmpeg says on stderr, kept short: how many packets failed and when, and the line that explains a failure."""

from __future__ import annotations

import re
from collections import deque

from subgen.types import Seconds

REPORTED = 3
"""Times that are kept of those that the filters report."""
_KEPT = 40
"""Lines; a damaged film can produce millions."""
_LONGEST = 4096
"""Bytes; a line without an end is cut there."""

_CONTEXT = re.compile(r"^(?:\[[^\]]*\]\s*)+")
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+")
_PACKET = re.compile(r"Error while decoding stream|Error submitting (?:a )?packet to (?:the )?decoder|Decoding error")
_CUT = re.compile(r"partial file|ended prematurely", re.IGNORECASE)
_FIRST = re.compile(r"^(?:\[Eval @ [^\]]*\] )?(-?\d+\.\d+)$")
"""A report of `decode_command`'s filters; ffmpeg 4 gives it no name."""
_GENERAL = re.compile(
    r"^(?:Error opening (?:input|output)|Error (?:submitting|while decoding|initializing|reinitializing|sending)"
    r"|Decoding error|Conversion failed|Task finished|Terminating thread|Nothing was written|Failed to inject"
    r"|Output file|Decode error rate|At least one output|Could not open encoder before EOF|Could not write|Exiting"
    r"|Last message|Finishing stream)"
)
"""Lines that only pass on that something else failed."""


class Log:
    """Reads stderr as it comes. Memory stays bounded however much ffmpeg complains."""

    def __init__(self) -> None:
        self.errors = 0
        """packets of the track that could not be decoded"""
        self.first: Seconds = 0.0
        self.last: Seconds = 0.0
        """where on the timeline, to about two seconds, the first and the last of them were"""
        self.times: tuple[Seconds, ...] = ()
        """the first `REPORTED` times that the filters of `decode_command` report"""
        self.cut = False
        """ffmpeg met the end of the file before the end of the media"""
        self._lines: deque[str] = deque(maxlen=_KEPT)
        self._rest = b""

    @property
    def start(self) -> Seconds | None:
        """What ffmpeg calls the time of the first sample that it could decode."""
        return self.times[0] if self.times else None

    def follow(self, earlier: Log) -> None:
        """Go on where the log of the stretch before ended, as if one ffmpeg had written both."""
        self.first = earlier.first if earlier.errors else self.first
        self.last = self.last if self.errors else earlier.last
        self.errors += earlier.errors
        self.cut = self.cut or earlier.cut
        self.times = earlier.times

    def feed(self, data: bytes, position: Seconds) -> None:
        """Take the next bytes of stderr, written when about `position` seconds had been decoded."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[:_LONGEST]
        for line in lines:
            self._take(line[:_LONGEST].decode("utf-8", "replace").strip(), position)

    def close(self, position: Seconds) -> None:
        """Take what is left when stderr ends without a line feed."""
        self.feed(b"\n", position)

    def _take(self, line: str, position: Seconds) -> None:
        if first := _FIRST.match(line):
            self.times = (*self.times, float(first[1]))[:REPORTED]
            return
        text = _CONTEXT.sub("", line)
        if not text:
            return
        if _PACKET.search(text):
            self.first = position if not self.errors else self.first
            self.last = position
            self.errors += 1
        self.cut = self.cut or _CUT.search(text) is not None
        self._lines.append(text)

    @property
    def reason(self) -> str:
        """The line that best explains a failure, on one line; "" when ffmpeg said nothing."""
        telling = [line for line in self._lines if not _GENERAL.search(line)]
        chosen = (telling or list(self._lines) or [""])[-1]
        return _ADDRESS.sub("", chosen).rstrip(".")[:200]
