"""Signals that ask a command to end: the first is met in order, a second one ends the process at once.

Python meets a signal between two steps of its own. During one long step of a library several may come, and of the same
kind they are met as one; so they are counted where the system delivers them, by the byte that Python writes for each.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()))


class Stopped(KeyboardInterrupt):
    """The user, or the system, wants the program to end. The exit code is 128 + the signal, as shells have it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


@contextmanager
def interruptible() -> Iterator[None]:
    """Turns SIGINT, SIGTERM and SIGHUP into `Stopped`, so that everything is tidied up; a second one ends at once."""

    def stop(number: int) -> None:
        raise Stopped(number)

    with meeting(stop):
        yield


@contextmanager
def meeting(first: Callable[[int], None]) -> Iterator[None]:
    """Calls `first` at the first SIGINT, SIGTERM or SIGHUP; from then on each of them ends the process at once.

    That stays so after the block. A signal that the parent ignores (nohup, a background job) stays ignored; other
    threads than the main one leave signals alone.
    """
    before = {each: handler for each in STOP_SIGNALS if (handler := signal.getsignal(each)) is not signal.SIG_IGN}
    if threading.current_thread() is not threading.main_thread() or not before:
        yield
        return
    with _counted() as came:
        met: list[int] = []

        def meet(number: int, _frame: FrameType | None) -> None:
            met.append(number)
            if len(met) == 1 and came() <= 1:
                give_back()
                if came() <= 1:
                    first(number)
                    return
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        for each in before:
            signal.signal(each, meet)
        try:
            yield
        finally:
            for each, handler in before.items():
                if signal.getsignal(each) is not signal.SIG_DFL:
                    signal.signal(each, handler)


def give_back() -> None:
    """From now on signals end the process as the system has it: nothing is left to be tidied up."""
    hook, sys.unraisablehook = (
        sys.unraisablehook,
        lambda _fault: None,
    )  # of a signal that comes just here: see `meeting`
    for each in STOP_SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, signal.SIG_DFL)
    sys.unraisablehook = hook


@contextmanager
def _counted() -> Iterator[Callable[[], int]]:
    """Counts the stop signals that the process has got since, also those that Python has not met yet."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    came = bytearray()

    def count() -> int:
        with suppress(BlockingIOError):
            came.extend(os.read(read, 4096))
        return sum(each in STOP_SIGNALS for each in came)

    outer = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    try:
        yield count
    finally:
        signal.set_wakeup_fd(outer)
        os.close(read)
        os.close(write)
