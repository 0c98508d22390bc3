"""Where the keys of a TOML file stand: `tomllib` tells no lines."""

from __future__ import annotations

import re

_STRINGS = re.compile(r'"""[\s\S]*?"""|' + r"'''[\s\S]*?'''")
_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"\s*([\w\-.\"' ]+?)\s*=")


def line_of(text: str, keys: tuple[str, ...]) -> int:
    """The line of a key, from 1, or of the innermost table above it that can be found; 0: neither.

    Keys inside of inline tables and of several lines are not looked for.
    """
    bare = _STRINGS.sub(lambda found: "\n" * found[0].count("\n"), text)
    best, depth = 0, 0
    table: tuple[str, ...] = ()
    here: tuple[str, ...]
    for number, line in enumerate(bare.split("\n"), 1):
        here = ()
        if header := _HEADER.match(line):
            here = table = _parts(header[1])
        elif entry := _KEY.match(line):
            here = (*table, *_parts(entry[1]))
        if len(here) > depth and here == keys[: len(here)]:
            best, depth = number, len(here)
    return best


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
