"""Which settings a document depends on, and which only its written forms."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

from subgen.library.rows import Recipe
from subgen.options import Options


def recipe(options: Options, formats: tuple[str, ...], folder: Path | None = None) -> Recipe:
    """The hashes of a run's settings; those that change no result (batch size, ffmpeg, offline) are left out."""
    work = [
        asdict(replace(options.models, offline=False)),
        asdict(replace(options.input, ffmpeg=None)),
        asdict(options.chunking),
        asdict(replace(options.decoding, batch=None)),
        asdict(options.words),
        asdict(options.speakers),
    ]
    form = [asdict(options.layout), asdict(options.writing), sorted(formats), str(folder or "")]
    return Recipe(_hash(work), _hash(form))


def _hash(values: object) -> str:
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
