"""What is inside a media file, as far as its container says: enough to plan with, small enough to keep."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from subgen.errors import MediaError
from subgen.media import probe
from subgen.media.embedded import Embedded, embedded
from subgen.types import Seconds, Track


@dataclass(frozen=True, slots=True)
class Survey:
    """A media file that was opened, but not decoded. Its tracks do not depend on any setting."""

    duration: Seconds | None = None
    """what the container claims"""
    tracks: tuple[Track, ...] = ()
    subtitles: tuple[Embedded, ...] = ()
    error: str = ""
    """why its sound can't be used, in one sentence; "" when it can"""


def survey(path: Path) -> Survey:
    """Opens a file. What is wrong with it is in the result."""
    try:
        media = probe(path)
        return Survey(media.duration, media.tracks, embedded(path))
    except MediaError as error:
        return Survey(error=str(error))


def kept(found: Survey) -> str:
    """A survey as the ledger keeps it."""
    return json.dumps(asdict(found), separators=(",", ":"))


def restored(text: str) -> Survey:
    """A survey that was kept."""
    values = json.loads(text)
    return Survey(
        values["duration"],
        tuple(Track(**track) for track in values["tracks"]),
        tuple(Embedded(**each) for each in values["subtitles"]),
        values["error"],
    )
