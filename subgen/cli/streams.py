"""The standard streams as the command needs them, also where its caller closed some."""

from __future__ import annotations

import os
import sys

_MODES = (os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)
"""of stdin, stdout and stderr: what is written to a closed stdout fails, as results that nobody gets should"""


def reopen_closed() -> None:
    """Puts the null device where stdin, stdout or stderr is closed (`<&-`, some daemons and schedulers).

    Otherwise the next file that is opened gets its number: MLX takes a model with number 0 for one that can't be read,
    and messages of libraries would be written into results.
    """
    for number, mode in enumerate(_MODES):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # the lowest number that is free, which is this one
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)
