"""Times that took long to find, in the user's cache until the file changes that they belong to, or how they are found.

A cache is never trusted and never needed: what can't be read is found again, what can't be written is not kept.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import platformdirs

from subgen.types import Seconds


def cache_folder() -> Path:
    """The user's cache folder of this program; SUBGEN_CACHE overrides it."""
    chosen = os.environ.get("SUBGEN_CACHE")
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("subgen", appauthor=False)


class Kept:
    """The times that were found in one file in one way."""

    def __init__(self, kind: str, path: Path, way: Sequence[str]) -> None:
        """`kind` is a folder of the cache; `way` is everything that decides what is found in `path`."""
        with suppress(OSError):
            status = path.stat()
            parts = (str(path.resolve()), status.st_size, status.st_mtime_ns, *way)
            fingerprint = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
            self._file: Path | None = cache_folder() / kind / f"{fingerprint[:40]}.json"
            return
        self._file = None

    def recall(self) -> tuple[Seconds, ...] | None:
        """The times, or None when they are not known or were damaged."""
        if self._file is None:
            return None
        try:
            total, body = self._file.read_bytes().split(b"\n", 1)
        except (OSError, ValueError):
            return None
        return tuple(json.loads(body)) if total == _sum(body) else None

    def keep(self, times: Sequence[Seconds]) -> None:
        """Remember the times, in one step, so that no other run reads half of them."""
        if self._file is None:
            return
        body = json.dumps(list(times)).encode()
        hidden = self._file.with_name(f".{uuid4().hex}.part")
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                hidden.write_bytes(_sum(body) + b"\n" + body)
                hidden.replace(self._file)
            finally:
                hidden.unlink(missing_ok=True)


def _sum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()
