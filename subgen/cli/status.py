"""`subgen status`: what the ledger says of the work on a library, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from subgen.cli.results import print_result, table
from subgen.cli.shell import one_line
from subgen.errors import EXIT_OK
from subgen.library.glance import Glance, glance
from subgen.library.ledger import default_folder
from subgen.library.rows import Row
from subgen.types import Seconds

SCHEMA = "subgen/status/1"
MOST_LINES = 20
"""files of a table; --json has all"""


def print_status(folder: Path | None, as_json: bool) -> int:
    """The whole command; returns the exit code."""
    seen = glance(folder or default_folder())
    print_result(json.dumps(_values(seen), indent=1) + "\n" if as_json else "".join(_lines(seen)))
    return EXIT_OK


def _lines(seen: Glance) -> Iterator[str]:
    if not seen.exists:
        yield f"There is no ledger in {one_line(str(seen.folder))}: `subgen batch` and `subgen watch` keep one.\n"
        return
    yield "".join(f"{state:<11} {count}\n" for state, count in seen.counts)
    yield from _table(("running", "for", "process"), [_working(seen, row) for row in seen.running])
    waiting = [(_name(row), _clock(row.not_before - seen.moment), one_line(row.error)) for row in seen.waiting]
    yield from _table(("waiting", "for", "because"), waiting)
    failed = [(_name(row), str(row.tries), one_line(row.error)) for row in seen.failed]
    yield from _table(("failed", "tries", "because"), failed)
    done = [(_name(row), f"{_clock(seen.moment - row.ended)} ago", *_pace(row)) for row in seen.done]
    yield from _table(("done", "ended", "length", "speed"), done)
    if seen.speed is not None:
        yield f"\nAll of these together: {seen.speed:.1f} s of audio a second.\n"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield "\n" + table(head, rows[:MOST_LINES])
    if len(rows) > MOST_LINES:
        yield f"and {len(rows) - MOST_LINES} more; --json lists all.\n"


def _working(seen: Glance, row: Row) -> tuple[str, ...]:
    dead = " (has died; the next run takes the file)" if row.owner in seen.dead else ""
    return _name(row), _clock(seen.moment - row.started), f"{row.owner}{dead}"


def _pace(row: Row) -> tuple[str, str]:
    speed = _speed(row)
    return _clock(row.seconds), "-" if speed is None else f"{speed:.1f} x"


def _speed(row: Row) -> float | None:
    """Seconds of audio in a second; other files were worked on meanwhile."""
    took = row.ended - row.started
    return row.seconds / took if took > 0 and row.seconds > 0 else None


def _name(row: Row) -> str:
    return one_line(str(row.path))


def _clock(seconds: Seconds) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _values(seen: Glance) -> dict[str, object]:
    """The status as JSON has it; docs/libraries.md has the schema."""
    return {
        "schema": SCHEMA,
        "ledger": str(seen.folder) if seen.exists else None,
        "moment": _moment(seen.moment),
        "counts": {str(state): count for state, count in seen.counts},
        "speed": _rounded(seen.speed),
        "running": [
            {**_known(row), "owner": row.owner, "alive": row.owner not in seen.dead, "since": _moment(row.started)}
            for row in seen.running
        ],
        "waiting": [{**_known(row), "why": row.error, "not_before": _moment(row.not_before)} for row in seen.waiting],
        "failed": [
            {**_known(row), "why": row.error, "state": str(row.state), "ended": _moment(row.ended)}
            for row in seen.failed
        ],
        "done": [
            {
                **_known(row),
                "outputs": [str(each.path) for each in row.outputs],
                "audio_seconds": round(row.seconds, 3),
                "seconds": round(row.ended - row.started, 3),
                "speed": _rounded(_speed(row)),
                "ended": _moment(row.ended),
            }
            for row in seen.done
        ],
    }


def _known(row: Row) -> dict[str, object]:
    return {"path": str(row.path), "tries": row.tries}


def _rounded(speed: float | None) -> float | None:
    return None if speed is None else round(speed, 2)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
