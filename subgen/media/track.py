"""Which audio track of a file is the one to transcribe."""

from __future__ import annotations

import re

from subgen.errors import NoAudioTrack
from subgen.languages import tags
from subgen.types import Track

UNDECODABLE = frozenset({"unknown", "encrypted"})
"""Codecs of tracks that nothing can be made of: they are chosen only when asked for, or when there is no other."""

_COMMENTARY = re.compile(
    r"comment(?:ary|aire|aar)|kommentar|comentari|commento|describe[sd]?\b|descripti(?:on|ve)|audiodes|hörfilm"
    r"|\bDVS\b|комментари|解説|评论|評論|해설",
    re.IGNORECASE,
)
"""Titles of tracks that talk about the picture, in the languages that discs are sold in."""


def is_commentary(title: str | None) -> bool:
    """Whether the title says that people comment on or describe the picture, instead of speaking in it."""
    return title is not None and _COMMENTARY.search(title) is not None


def choose(
    tracks: tuple[Track, ...], number: int | None = None, language: str | None = None, prefer: tuple[str, ...] = ()
) -> Track:
    """The track to transcribe: number `number` (from 1), else the best by `preference`, the first among equals.

    `language` is a canonical English name, as are those of `prefer`, which count after it, the first most. Raises
    NoAudioTrack, with the list of what there is, when the number is too high; `tracks` must not be empty.
    """
    if number is None:
        wanted = tuple(map(tags, (*((language,) if language else ()), *prefer)))
        return max(tracks, key=lambda track: preference(track, wanted))
    if not 1 <= number <= len(tracks):
        listed = "; ".join(f"{place} {describe(track)}" for place, track in enumerate(tracks, 1))
        raise NoAudioTrack(f"There is no audio track {number}; the tracks are: {listed}.")
    return tracks[number - 1]


def preference(track: Track, wanted: tuple[frozenset[str], ...]) -> tuple[bool, int, bool, bool, int]:
    """The sort key of a track, higher is better: decodable, in a wanted language, no commentary, default, channels.

    `wanted` has the codes of each language, the best language first.
    """
    spoken = (track.language or "").lower().partition("-")[0]
    return (
        track.codec not in UNDECODABLE,
        next((len(wanted) - place for place, codes in enumerate(wanted) if spoken in codes), 0),
        not track.commentary,
        track.default,
        track.channels,
    )


def describe(track: Track) -> str:
    """The track in a few words for a list: `ger, ac3, 6 channels, "Director's commentary"`."""
    channels = {0: "", 1: "mono", 2: "stereo"}.get(track.channels, f"{track.channels} channels")
    said = (track.language or "no language", track.codec, channels)
    title = f', "{track.title}"' if track.title else ""
    return ", ".join(part for part in said if part) + title
