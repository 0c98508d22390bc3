"""Whether Dask is there, and how loud it may be. Everything else here is imported after this has been called."""

from __future__ import annotations

import logging

from subgen.errors import MissingDependency

_LOGGERS = ("distributed", "tornado", "asyncio")


def require_distributed() -> None:
    """Imports Dask's distributed, and keeps what it logs off the screen. Raises MissingDependency."""
    try:
        import distributed  # noqa: F401 - whether it can be imported is the question
    except ImportError as error:
        raise MissingDependency(
            "Several machines need Dask, which is not installed: run `pip install 'subgen-mlx[cluster]'`."
        ) from error
    quieten()


def quieten() -> None:
    """Keeps the logs of Dask off the screen: what users need to know is in our own sentences."""
    for name in tuple(logging.root.manager.loggerDict):
        if name.startswith(_LOGGERS):
            logging.getLogger(name).setLevel(logging.CRITICAL)
