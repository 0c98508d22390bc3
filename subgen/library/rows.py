"""What a ledger says about one media file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from subgen.types import Seconds


class State(StrEnum):
    """How far a media file has come."""

    SEEN = "seen"
    """known, and nobody has asked for its subtitles yet"""
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    """nothing had to be done; `Row.error` says why"""
    FAILED = "failed"
    """it will fail again, or has failed too often"""
    POISON = "poison"
    """the process died too often while it worked on this file"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file system says of a file. The same stamp: the same content, as far as can be known without reading."""

    size: int
    mtime: int
    """nanoseconds of the epoch"""
    inode: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hashes of the settings: those that the recognised document depends on, and those of its written forms only."""

    work: str
    form: str


@dataclass(frozen=True, slots=True)
class Output:
    """A file that we wrote. `digest` tells whether somebody has changed it since."""

    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Row:
    """One media file. Moments are seconds of the epoch."""

    path: Path
    stamp: Stamp
    state: State
    fingerprint: str = ""
    """of the content (`subgen.library.fingerprint`); "" until somebody has read it"""
    survey: str = ""
    """what is inside, as JSON (`subgen.library.survey`); "" until somebody has looked"""
    recipe: Recipe = Recipe("", "")
    """the settings it is, or was last, done with"""
    tries: int = 0
    """how often its work has begun"""
    deaths: int = 0
    """begun and not ended in order: counted before the work, taken back at its end"""
    faults: int = 0
    """failures in a row that may pass by themselves"""
    not_before: float = 0.0
    """when it may be tried again"""
    lease_until: float = 0.0
    """until when its owner has it, unless that renews the lease"""
    owner: str = ""
    error: str = ""
    """why it failed, waits or was skipped, in one sentence"""
    outputs: tuple[Output, ...] = ()
    queued: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    seconds: Seconds = 0.0
    """of audio in it; 0 until it is done"""
