"""The ledger's one table, and its rows as values."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from subgen.library.rows import Output, Recipe, Row, Stamp, State

SCHEMA = """
CREATE TABLE IF NOT EXISTS media (
    path BLOB PRIMARY KEY,
    size INTEGER NOT NULL, mtime INTEGER NOT NULL, inode INTEGER NOT NULL,
    state TEXT NOT NULL,
    fingerprint TEXT NOT NULL DEFAULT '', survey TEXT NOT NULL DEFAULT '',
    work TEXT NOT NULL DEFAULT '', form TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0, deaths INTEGER NOT NULL DEFAULT 0, faults INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0, lease_until REAL NOT NULL DEFAULT 0, owner TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '', outputs TEXT NOT NULL DEFAULT '[]',
    queued REAL NOT NULL DEFAULT 0, started REAL NOT NULL DEFAULT 0, ended REAL NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_state ON media (state);
CREATE INDEX IF NOT EXISTS by_size ON media (size);
"""
COLUMNS = (
    "path, size, mtime, inode, state, fingerprint, survey, work, form, tries, deaths, faults, not_before, lease_until,"
    " owner, error, outputs, queued, started, ended, seconds"
)
"""what `read` takes, in this order"""


def key(path: Path) -> bytes:
    """A path as the file system has it: names need not be UTF-8."""
    return os.fsencode(path)


def read(values: Sequence[Any], known: Path | None = None) -> Row:
    """A row of the table as a value; `known` is its path where the caller has it, as parsing one takes long."""
    path, size, mtime, inode, state, fingerprint, survey, work, form, *rest = values
    tries, deaths, faults, not_before, lease_until, owner, error, outputs, *times = rest
    return Row(
        known or Path(os.fsdecode(path)),
        Stamp(size, mtime, inode),
        State(state),
        fingerprint,
        survey,
        Recipe(work, form),
        tries,
        deaths,
        faults,
        not_before,
        lease_until,
        owner,
        error,
        tuple(Output(Path(name), digest) for name, digest in json.loads(outputs)) if outputs != "[]" else (),
        *times,
    )


def sentence(text: str) -> str:
    """A text as the table can hold it: names that are not UTF-8 are escaped in it."""
    return text.encode("utf-8", "backslashreplace").decode()


def written(outputs: Iterable[Output]) -> str:
    """Outputs as the table holds them."""
    return json.dumps([[str(each.path), each.digest] for each in outputs])
