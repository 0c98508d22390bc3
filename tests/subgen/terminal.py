"""What a terminal shows after a program has written to it: enough of ECMA-48 for bars that are drawn anew."""

from __future__ import annotations

import io
import re

_PARTS = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|([\r\n\b])|([^\x1b\r\n\b]+)")


class Terminal(io.StringIO):
    """A stream that says that it is one."""

    def isatty(self) -> bool:
        return True

    @property
    def rows(self) -> list[str]:
        """The lines that are seen, without those that are empty at the end."""
        return seen(self.getvalue())[0]


def seen(written: str) -> tuple[list[str], bool]:
    """The lines that are seen, and whether the cursor is."""
    lines, row, column, cursor = [""], 0, 0, True
    for numbers, letter, control, text in _PARTS.findall(written):
        if letter == "A":
            row = max(0, row - int(numbers or 1))
        elif letter == "K":
            lines[row] = "" if numbers == "2" else lines[row][:column]
        elif letter in {"h", "l"} and numbers == "?25":
            cursor = letter == "h"
        elif control == "\r":
            column = 0
        elif control == "\n":
            row, column = row + 1, 0
            lines.extend([""] * (row + 1 - len(lines)))
        elif text:
            line = lines[row].ljust(column)
            lines[row] = line[:column] + text + line[column + len(text) :]
            column += len(text)
    while lines and not lines[-1].strip():
        lines.pop()
    return [line.rstrip() for line in lines], cursor
