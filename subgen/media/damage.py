"""What the user must know about a decode that did not go as the file promised."""

from __future__ import annotations

from subgen.media.log import Log
from subgen.types import Media, Note, Seconds, Span

_TOLERATED: Seconds = 0.5
_TOLERATED_SHARE = 0.001
"""Encoder padding and rounded headers stay below these; both must be passed."""
_TOLERATED_PACKETS = 2
"""A stream that was cut out of a longer one begins or ends with a broken packet: nobody misses it."""
_MAX_ERROR_RATE = 69
"""ffmpeg's exit code when it decoded everything and most of it was broken."""

_FRAME = {"aac": 1024, "mp3": 1152, "mp3float": 1152, "mp2": 1152, "ac3": 1536, "eac3": 1536, "dts": 512, "alac": 4096}
"""Samples in one packet of the codecs where that is fixed."""


def damage(media: Media, decoded: Seconds, log: Log, status: int) -> tuple[Note, ...]:
    """Notes on what is missing from `decoded` seconds of timeline, `status` being ffmpeg's exit code."""
    notes = []
    expected = _expected(media, log)
    short = expected - decoded if expected is not None else 0.0
    missing = short if short > max(_TOLERATED, _TOLERATED_SHARE * (expected or 0.0)) else 0.0
    if status not in {0, _MAX_ERROR_RATE}:
        text = f"Decoding stopped early, at {clock(decoded)} ({failure(status, log)}): what follows is missing."
        return (Note("damage", text, Span(decoded, max(decoded, expected or decoded))),)
    if log.errors > _TOLERATED_PACKETS:
        notes.append(_undecoded(media, log, missing))
    elif missing:
        text = f"The file ends {missing:.1f} s early: {clock(decoded)} of {clock(decoded + missing)} could be decoded."
        notes.append(Note("damage", text, Span(decoded, decoded + missing)))
    elif log.cut:
        notes.append(
            Note("damage", f"The file is cut off: its audio ends at {clock(decoded)}.", Span(decoded, decoded))
        )
    return tuple(notes)


def _expected(media: Media, log: Log) -> Seconds | None:
    """When the track should end. The length of the whole file will do when the track is all there is or is damaged."""
    track = media.track
    if track.duration is not None:
        return max(0.0, track.start) + track.duration
    hurt = log.errors > _TOLERATED_PACKETS and media.frame_rate is None
    return media.duration if log.cut or hurt else None


def _undecoded(media: Media, log: Log, missing: Seconds) -> Note:
    rate, frame = media.track.sample_rate, _FRAME.get(media.track.codec, 0)
    # Where packets carry times the holes are filled and the length is right; where they don't, the rest moves up.
    lost = max(missing, log.errors * frame / rate if rate else 0.0)
    amount = f"{lost:.1f} s" if lost else f"{log.errors} packets"
    if log.last - log.first < 5.0:
        where = f"around {clock(log.first)}"
    else:
        where = f"between {clock(log.first)} and {clock(log.last)}"
    text = f"About {amount} of audio {where} could not be decoded."
    if missing:
        text += " Times after that may be early."
    return Note("damage", text, Span(log.first, max(log.last, log.first + lost)))


def failure(status: int, log: Log) -> str:
    """Why ffmpeg failed, in a few words."""
    if log.reason:
        return f'ffmpeg says "{log.reason}"'
    return (
        f"ffmpeg was killed by signal {-status}" if status < 0 else f"ffmpeg ended with code {status}, without a word"
    )


def clock(seconds: Seconds) -> str:
    """Seconds as h:mm:ss, to the nearest second."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
