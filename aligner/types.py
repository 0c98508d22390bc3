"""The values that forced alignment works with. All times are seconds, all texts are Python strings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # `subgen --help` needs these values but no arrays, and NumPy takes a tenth of a second
    import numpy as np
    from numpy.typing import NDArray

Seconds = float
Samples: TypeAlias = "NDArray[np.float32]"

SAMPLE_RATE = 16_000
"""Samples per second of every audio array in this project: float32, mono, nominally within [-1, 1]."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, `start <= end`, in seconds from the start of whatever the value's owner says."""

    start: Seconds
    end: Seconds

    @property
    def duration(self) -> Seconds:
        """Length in seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of text that the aligner gives one start and one end.

    `text` is the cleaned form that the model reads ("10000" for "10,000"); `begin` and `end` are character
    indices into the original text, so that `original[begin:end]` is what the unit stands for.
    """

    text: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class AlignedUnit(Span):
    """A unit with its times, in seconds from the start of the aligned samples."""

    unit: Unit


@dataclass(frozen=True, slots=True)
class AlignmentReport:
    """How many unit times were not taken from the model as it gave them."""

    monotone: int = 0
    """timestamps moved by the longest-non-decreasing-run repair"""
    realigned: int = 0
    """units whose times come from a second alignment of a smaller window"""
    spread: int = 0
    """units whose times were spread by signal energy because no alignment was credible"""

    def __add__(self, other: AlignmentReport) -> AlignmentReport:
        return AlignmentReport(
            self.monotone + other.monotone, self.realigned + other.realigned, self.spread + other.spread
        )


@dataclass(frozen=True, slots=True)
class Alignment:
    """The times of every unit of one text, in text order; empty when the text has no unit."""

    units: tuple[AlignedUnit, ...]
    report: AlignmentReport = field(default_factory=AlignmentReport)
