"""How a run over many files ended, for programs and for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from subgen.library.work import End, Outcome
from subgen.types import Seconds

SCHEMA = "subgen/report/1"


@dataclass(frozen=True, slots=True)
class Report:
    """A run that has ended. Moments are seconds of the epoch."""

    started: float
    ended: float
    outcomes: tuple[Outcome, ...]

    def of(self, end: End) -> tuple[Outcome, ...]:
        """The files that ended so."""
        return tuple(outcome for outcome in self.outcomes if outcome.end is end)

    @property
    def audio(self) -> Seconds:
        """Of all files that are done."""
        return sum(outcome.seconds for outcome in self.of(End.DONE))

    def values(self) -> dict[str, object]:
        """The report as JSON has it; docs/libraries.md has the schema."""
        return {
            "schema": SCHEMA,
            "started": _moment(self.started),
            "ended": _moment(self.ended),
            "seconds": round(self.ended - self.started, 3),
            "audio_seconds": round(self.audio, 3),
            "counts": {str(end): len(self.of(end)) for end in End},
            **{str(end): [_values(outcome) for outcome in self.of(end)] for end in End},
        }


def _values(outcome: Outcome) -> dict[str, object]:
    values: dict[str, object] = {"path": str(outcome.path)}
    if outcome.end is End.DONE:
        values |= {"outputs": [str(path) for path in outcome.outputs], "audio_seconds": round(outcome.seconds, 3)}
    if outcome.why:
        values["why"] = outcome.why
    if outcome.again:
        values["again"] = _moment(outcome.again)
    return values


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
