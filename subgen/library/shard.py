"""A share of a library for one of several machines that know nothing of each other."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from subgen.errors import OptionError


@dataclass(frozen=True, slots=True)
class Shard:
    """Share `index` of `count`, from 1. A file is in one share, by its path below the folder that the user named."""

    index: int = 1
    count: int = 1

    @classmethod
    def read(cls, text: str) -> Self:
        """From "2/8". Raises OptionError."""
        match = re.fullmatch(r"(\d+)/(\d+)", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise OptionError(f"The share {text!r} makes no sense: give its number and how many there are, as 2/8.")
        return cls(int(match[1]), int(match[2]))

    def has(self, path: Path, roots: Sequence[Path]) -> bool:
        """Whether a file is in this share, wherever its folder is mounted."""
        root = next((root for root in roots if root in path.parents), path.parent)
        name = os.fsencode(path.relative_to(root).as_posix())
        return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big") % self.count == self.index - 1
