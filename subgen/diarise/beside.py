"""A diariser at work on a thread of its own, while the same recording is recognised."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Self

from subgen.diarise.diariser import Tell, Unwanted
from subgen.errors import DiarisationError, SubgenError
from subgen.types import Seconds, Turns

STEP = 0.01
"""share of the work between two reports"""
GRACE: Seconds = 5.0
"""how long an unwanted diariser is waited for: it notices at its next report, and its process may not end before"""


class Beside:
    """A context manager: the diariser begins when it is entered, and is not waited for when it is left by an error."""

    def __init__(self, work: Callable[[Tell], Turns], tell: Tell) -> None:
        """`work` finds the turns and reports through what it is given; `tell` hears of each hundredth."""
        self._work = work
        self._tell = tell
        self._told = 0.0
        self._unwanted = threading.Event()
        self._turns: Turns | None = None
        self._error: SubgenError | None = None
        self._thread = threading.Thread(target=self._run, name="speakers", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._unwanted.set()
        self._thread.join(GRACE)

    def turns(self) -> Turns:
        """What was found, once it is; raises the SubgenError that ended the search."""
        self._thread.join()
        if self._turns is None:
            raise self._error or DiarisationError("The search for speakers ended without a result.")
        return self._turns

    def _run(self) -> None:
        try:
            self._turns = self._work(self._report)
        except Unwanted:
            return
        except SubgenError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 - a fault on this thread must not cost the transcript
            self._error = DiarisationError(f"{type(error).__name__}: {error}.")

    def _report(self, share: float) -> None:
        if self._unwanted.is_set():
            raise Unwanted
        if share >= self._told + STEP:
            self._told = share
            self._tell(share)
