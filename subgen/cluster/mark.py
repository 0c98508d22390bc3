"""Whether two machines have the same models, without sending them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from subgen.errors import ModelError
from subgen.models import resolve, resolve_aligner, resolve_asr
from subgen.options import Models


def mark(models: Models, align: bool) -> str:
    """16 hexadecimal digits of the models' settings, and of the names and lengths of their weights.

    Raises ModelError when they are not on this machine: nothing is downloaded.
    """
    local = replace(models, offline=True)
    folders = [resolve_asr(local)]
    if models.audio:
        folders.append(resolve(models.audio, local))
    if align:
        folders.append(resolve_aligner(local))
    digest = hashlib.blake2b(models.dtype.encode(), digest_size=8)
    for folder in folders:
        _take(digest, folder)
    return digest.hexdigest()


def mark_here(models: Models, align: bool) -> str:
    """The mark of the models on this machine; "" when it has none, which a client need not."""
    try:
        return mark(models, align)
    except ModelError:
        return ""


def _take(digest: hashlib.blake2b, folder: Path) -> None:
    config = folder / "config.json"
    digest.update(config.read_bytes() if config.is_file() else b"")
    for weights in sorted(folder.glob("*.safetensors")):
        digest.update(f"{weights.name} {weights.stat().st_size} ".encode())
