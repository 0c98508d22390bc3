"""Where a worker finds the files that the client names: the same share may be mounted elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from subgen.errors import OptionError
from subgen.options import Models


@dataclass(frozen=True, slots=True)
class Maps:
    """Pairs of (folder as the client names it, the same folder here)."""

    pairs: tuple[tuple[Path, Path], ...] = ()

    @classmethod
    def read(cls, texts: Iterable[str]) -> Self:
        """From texts like "/mnt/films=/Volumes/films". Raises OptionError."""
        return cls(tuple(_pair(text) for text in texts))

    def here(self, path: Path) -> Path:
        """Where the client's path is on this machine; the longest folder that fits counts."""
        fitting = [pair for pair in self.pairs if path.is_relative_to(pair[0])]
        if not fitting:
            return path
        there, here = max(fitting, key=lambda pair: len(pair[0].parts))
        return here / path.relative_to(there)

    def models(self, models: Models) -> Models:
        """The same models, where those given as folders are on this machine."""
        asr, aligner, audio = (self._model(name) for name in (models.asr, models.aligner, models.audio))
        return replace(models, asr=asr or models.asr, aligner=aligner, audio=audio)

    def _model(self, name: str | None) -> str | None:
        return str(self.here(Path(name))) if name is not None and name.startswith("/") else name


def whole(models: Models) -> Models:
    """The same models; folders are named so that another process, in another folder, finds them."""
    asr, aligner, audio = (_whole(name) for name in (models.asr, models.aligner, models.audio))
    return replace(models, asr=asr or models.asr, aligner=aligner, audio=audio)


def _whole(name: str | None) -> str | None:
    return str(Path(name).absolute()) if name is not None and Path(name).is_dir() else name


def _pair(text: str) -> tuple[Path, Path]:
    there, _, here = text.partition("=")
    if not (there.startswith("/") and here.startswith("/")):
        raise OptionError(f"The map {text!r} makes no sense: give two whole paths, as /mnt/films=/Volumes/films.")
    return Path(os.path.normpath(there)), Path(os.path.normpath(here))
