"""The packages of the extra `eval`, which only scoring needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from subgen.errors import MissingDependency


@contextmanager
def needed() -> Iterator[None]:
    """Around imports of the extra's packages. Raises MissingDependency with the command that installs them."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f"Scoring needs the package {error.name}: install it with pip install 'subgen-mlx[eval]'."
        ) from error
