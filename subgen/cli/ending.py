"""How long work ends when the user or the system asks for it: soon and in order, or at once when asked again."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from subgen.cli.signals import Stopped, meeting
from subgen.library.stop import Stop
from subgen.types import Seconds

GRACE: Seconds = 7.0
"""for chunks that are being decoded; then the work is interrupted as other commands are"""
LAST: Seconds = 2.0
"""for that; then the process is ended by the system, so that all in all it takes less than 10 s"""


@dataclass(slots=True)
class Ending:
    """Which signal asked for the end."""

    signal: int | None = None

    def interrupt(self) -> None:
        """Ends a command that was cut short, as others that are interrupted. Raises Stopped if there was a signal."""
        if self.signal is not None:
            raise Stopped(self.signal)


@contextmanager
def stoppable(stop: Stop, grace: Seconds = GRACE, last: Seconds = LAST) -> Iterator[Ending]:
    """Turns the first SIGINT, SIGTERM or SIGHUP into a wish to stop; a second one ends the process at once.

    Work that does not end within `grace` gets `Stopped`, and `last` after that the process is killed.
    """
    ending = Ending()

    def ask(number: int) -> None:
        ending.signal = number
        stop.ask()
        signal.signal(signal.SIGALRM, hurry)
        signal.setitimer(signal.ITIMER_REAL, grace)

    def hurry(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, last)
        raise Stopped(ending.signal or signal.SIGTERM)

    try:
        with meeting(ask):
            yield ending
    finally:
        if ending.signal is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
