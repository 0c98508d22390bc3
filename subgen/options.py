"""Every setting of the chain, once: the only place with defaults. Validated when made; bad values are `OptionError`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from subgen.errors import OptionError
from subgen.profiles import AUDIENCES, DASHES, PROFILES
from subgen.types import Seconds

DEFAULT_MODEL = "Qwen/Qwen3-ASR-0.6B"
DEFAULT_ALIGNER = "Qwen/Qwen3-ForcedAligner-0.6B"


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise OptionError(sentence)


def _require_known(kind: str, name: str, names: Sequence[str]) -> None:
    _require(name in names, f"The {kind} {name!r} is not known; use {', '.join(names[:-1])} or {names[-1]}.")


def _within(number: float | None, least: float, most: float = math.inf) -> bool:
    """Whether a number that was given is in range; NaN is not."""
    return number is None or least <= number <= most


@dataclass(frozen=True, slots=True)
class Models:
    """Which models to use: "demo", a directory, or a hub name, and how to find and run them."""

    asr: str = DEFAULT_MODEL
    aligner: str | None = None
    """None: "demo" beside the demo recogniser, else the published aligner"""
    audio: str | None = None
    """directory with the audio tower when `asr` is a bare language-model folder (Mega-ASR)"""
    revision: str | None = None
    """hub commit, tag or branch to pin"""
    offline: bool = False
    dtype: str = "auto"
    """auto (bfloat16 on a GPU, float32 on a CPU), float32, float16 or bfloat16"""

    def __post_init__(self) -> None:
        _require(
            self.dtype in {"auto", "float32", "float16", "bfloat16"},
            f"The dtype {self.dtype!r} is not known; use auto, float32, float16 or bfloat16.",
        )


@dataclass(frozen=True, slots=True)
class Input:
    """How a media file is read."""

    track: int | None = None
    """number of the audio track, the first is 1; None chooses"""
    prefer: tuple[str, ...] = ()
    """canonical names of languages: a track in the first of them that a file has is chosen, if no other language is
    asked for"""
    ffmpeg: str | None = None
    """path of the ffmpeg binary; None: the one on PATH, else the one that imageio-ffmpeg brings"""
    shots: bool = False
    """whether the changes of a film's shots are looked for, so that subtitles keep to them"""

    def __post_init__(self) -> None:
        _require(self.track is None or self.track >= 1, "Audio tracks are numbered from 1: use --track 1 or higher.")


@dataclass(frozen=True, slots=True)
class Chunking:
    """Where long audio is cut. Seconds."""

    shortest: Seconds = 12.0
    target: Seconds = 25.0
    longest: Seconds = 30.0
    skip_silence: Seconds = 2.0
    """silence longer than this is not decoded at all"""
    look_ahead: Seconds = 60.0
    """audio held back to choose a cut; bounds the memory"""

    def __post_init__(self) -> None:
        _require(
            1 <= self.shortest <= self.target <= self.longest <= 400,
            "Chunk lengths must satisfy 1 <= shortest <= target <= longest <= 400 seconds.",
        )
        _require(
            self.look_ahead >= self.longest + max(self.shortest, 3),
            "The look-ahead must be at least the longest plus the shortest chunk, and the longest plus 3 seconds.",
        )
        _require(self.skip_silence >= 0, "The silence to skip must be 0 seconds or more.")


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a chunk becomes text."""

    language: str | None = None
    """canonical name to force; None lets the model say"""
    context: str = ""
    """what the model is told before it listens; goes into the system turn verbatim"""
    batch: int | None = None
    """chunks decoded together; None chooses"""
    glossary: tuple[str, ...] = ()
    """names and terms to listen for; they follow the context"""

    def __post_init__(self) -> None:
        _require(self.batch is None or self.batch >= 1, "The batch size must be at least 1.")

    @property
    def told(self) -> str:
        """All that the model is told before it listens."""
        return " ".join(part for part in (self.context, ", ".join(self.glossary)) if part)


@dataclass(frozen=True, slots=True)
class Words:
    """Whether words get times. `align=False` leaves chunk times only (txt, or very rough subtitles)."""

    align: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """How words become cues: a profile, and what differs from it. None: the profile's figure for the language.

    Widths in columns, times in seconds unless the name says frames. `subgen.rules.rules` says what holds in the end.
    """

    profile: str = "netflix"
    audience: str = "adult"
    width: int | None = None
    """a column is a character as the eye sees it; in Chinese, Japanese and Korean a full-width one"""
    lines: int | None = None
    reading_speed: float | None = None
    """columns per second to aim at: cues stay longer for it when there is room"""
    fastest: float | None = None
    """columns per second that a cue should never exceed"""
    shortest: Seconds | None = None
    longest: Seconds | None = None
    gap_frames: int | None = None
    chain: Seconds | None = None
    """shorter gaps are closed to the least one"""
    linger: Seconds | None = None
    """how long a cue may stay after its speech so that it can be read"""
    dashes: str | None = None
    """how two speakers share a cue: one of `subgen.profiles.DASHES`"""
    frame_rate: float | None = None
    """None: the media's, else 24"""

    def __post_init__(self) -> None:
        _require_known("profile", self.profile, tuple(PROFILES))
        _require_known("audience", self.audience, AUDIENCES)
        if self.dashes is not None:
            _require_known("style of dashes", self.dashes, DASHES)
        _require(_within(self.width, 8), "Subtitle lines need at least 8 columns.")
        _require(_within(self.lines, 1, 3), "A cue has one, two or three lines.")
        _require(_within(self.gap_frames, 0, 24), "The gap between cues must be 0 to 24 frames.")
        _require(_within(self.chain, 0, 60), "Gaps that are closed must be 0 to 60 seconds.")
        _require(_within(self.linger, 0, 60), "Cues may stay 0 to 60 seconds after their speech.")
        _require(_within(self.frame_rate, 1, 1000), "The frame rate must be 1 to 1000.")
        self._check_times()
        self._check_speeds()

    def _check_times(self) -> None:
        profile = PROFILES[self.profile]
        shortest = profile.shortest if self.shortest is None else self.shortest
        longest = profile.longest if self.longest is None else self.longest
        _require(
            0 < shortest < longest,
            f"The shortest cue ({shortest:.3g} s) must be longer than 0 s and shorter than the longest"
            f" ({longest:.3g} s).",
        )

    def _check_speeds(self) -> None:
        aim, limit = self.reading_speed, self.fastest
        _require(aim is None or aim > 0, "The reading speed must be above 0 characters per second.")
        _require(limit is None or limit > 0, "The fastest reading speed must be above 0 characters per second.")
        _require(
            aim is None or limit is None or aim <= limit,
            "The reading speed to aim at can't be above the fastest one.",
        )


DIARISERS = ("pyannote", "light")
"""what can look for speakers"""


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who says what: where turns come from, how many speakers there are, and what they are called."""

    find: bool = False
    """whether a diariser looks for them"""
    turns: Path | None = None
    """an RTTM file with turns that are known already"""
    channels: bool = False
    """whether each channel of the recording is a speaker"""
    diariser: str | None = None
    """which one looks for them; one of DIARISERS, None: the first"""
    model: str | None = None
    """its model: a directory or a hub name; None: its own default"""
    voices: bool = True
    """whether speakers get the names of voices that the user has kept"""
    exact: int | None = None
    """how many speak, where that is known"""
    least: int | None = None
    most: int | None = None
    names: tuple[tuple[str, str], ...] = ()
    """(label, name) pairs; the last one counts"""
    names_file: Path | None = None
    """lines of LABEL=NAME; `names` come before it"""
    fold_ghosts: bool = False
    """whether speakers who hardly talk give their turns to their neighbours"""

    def __post_init__(self) -> None:
        hints = (self.exact, self.least, self.most)
        _require(all(hint is None or hint >= 1 for hint in hints), "The number of speakers must be at least 1.")
        _require(
            self.exact is None or (self.least is None and self.most is None),
            "The number of speakers is either exact or between two limits: give --num-speakers, or --min-speakers and "
            "--max-speakers.",
        )
        _require(
            self.least is None or self.most is None or self.least <= self.most,
            f"At least {self.least} speakers can't be at most {self.most}.",
        )
        _require(
            sum((self.find, self.channels, self.turns is not None)) <= 1,
            "Turns are found, given, or those of channels: use one of --speakers, --turns and --channels.",
        )
        if self.diariser is not None:
            _require_known("diariser", self.diariser, DIARISERS)
        _require(
            self.find or (self.diariser is None and self.model is None),
            "A diariser or its model only helps to find speakers: add --speakers.",
        )
        _require(
            self.find or all(hint is None for hint in hints),
            "The number of speakers only helps to find them: add --speakers.",
        )

    @property
    def wanted(self) -> bool:
        """Whether words get speakers at all."""
        return self.find or self.channels or self.turns is not None


@dataclass(frozen=True, slots=True)
class Writing:
    """What goes into the files beyond the text of the cues, where a format can hold it."""

    word_times: bool = False
    """the times of words inside the cues: stamps in VTT and LRC, karaoke in ASS"""
    sdh: bool = False
    """for the deaf and hard of hearing: what a layout for the audience "sdh" is"""


@dataclass(frozen=True, slots=True)
class Options:
    """All settings of one run."""

    models: Models = field(default_factory=Models)
    input: Input = field(default_factory=Input)
    chunking: Chunking = field(default_factory=Chunking)
    decoding: Decoding = field(default_factory=Decoding)
    words: Words = field(default_factory=Words)
    layout: Layout = field(default_factory=Layout)
    writing: Writing = field(default_factory=Writing)
    speakers: Speakers = field(default_factory=Speakers)

    @property
    def sdh(self) -> bool:
        """Whether subtitles are for the deaf and hard of hearing, by either way to say it."""
        return self.writing.sdh or self.layout.audience == "sdh"
