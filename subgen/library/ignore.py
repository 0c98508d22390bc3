"""Which files and folders the user wants left alone: `--exclude`, and `.subgenignore` in any folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

NAME = ".subgenignore"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A line as in a .gitignore (gitignore(5), "Pattern format"), but upper and lower case are the same."""

    expression: re.Pattern[str]
    """matches a path below the pattern's folder, with slashes"""
    keeps: bool = False
    """whether it began with `!`: what matches is not left out after all"""
    folders: bool = False
    """whether it ended with a slash: files are not meant"""


def patterns(lines: Iterable[str]) -> tuple[Pattern, ...]:
    """The patterns in the lines of a file; empty lines and those that begin with # hold none."""
    return tuple(made for line in lines if (made := _pattern(line.rstrip("\r\n"))) is not None)


def verdict(rules: Sequence[Pattern], name: str, folder: bool) -> bool | None:
    """Whether the rules leave out a path below their folder; the last that matches counts. None: none does."""
    for rule in reversed(rules):
        if (folder or not rule.folders) and rule.expression.fullmatch(name):
            return not rule.keeps
    return None


class Ignored:
    """What is left out below some folders; a place for `subgen.library.scan`. Made anew for every scan.

    A file nearer to what is asked about counts more than one above it, and `exclude` more than all files. Files above
    the roots count too, so that it does not matter from where one begins.
    """

    def __init__(self, roots: Iterable[Path], exclude: Sequence[str] = ()) -> None:
        """`exclude`: patterns that hold below each root."""
        self._exclude = patterns(exclude)
        self._roots = frozenset(map(str, roots))
        self._rules: dict[str, tuple[Pattern, ...]] = {}
        for above in {parent for root in map(Path, self._roots) for parent in root.parents}:
            self._read(str(above))

    def enter(self, folder: str, names: Iterable[str]) -> None:
        """A scan has come to a folder with these names in it."""
        if NAME in names:
            self._read(folder)

    def __call__(self, path: str, folder: bool) -> bool:
        """Whether something is left out."""
        if not self._rules and not self._exclude:
            return False
        found = None
        for above in _parents(path):
            name = path[len(above) :].lstrip("/")
            if above in self._roots and verdict(self._exclude, name, folder):
                return True
            if found is None and above in self._rules:
                found = verdict(self._rules[above], name, folder)
        return bool(found)

    def _read(self, folder: str) -> None:
        try:
            text = Path(folder, NAME).read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError:
            text = "*"  # nothing is done, where it can't be read what should be
        self._rules[folder] = patterns(text.splitlines())


def _parents(path: str) -> Iterator[str]:
    """The folders that hold a path, from the nearest."""
    while (above := os.path.dirname(path)) != path:  # noqa: PTH120 - called for each of 20,000 files
        yield above
        path = above


def _pattern(line: str) -> Pattern | None:
    line = re.sub(r"(?<!\\) +$", "", line)
    if not line or line.startswith("#"):
        return None
    keeps = line.startswith("!")
    line = line.removeprefix("!")
    folders = line.endswith("/")
    line = line.removesuffix("/")
    if not line:
        return None
    prefix = "" if "/" in line else "(?:.*/)?"
    return Pattern(re.compile(prefix + _expression(line.removeprefix("/")), re.IGNORECASE | re.DOTALL), keeps, folders)


def _expression(text: str) -> str:
    """A pattern without its outer slashes as a regular expression."""
    parts = []
    position = 0
    while position < len(text):
        match = _TOKENS.match(text, position)
        assert match is not None  # the last alternative takes any sign
        parts.append(_translated(match))
        position = match.end()
    return "".join(parts)


_TOKENS = re.compile(
    r"(?P<leading>(?:^|(?<=/))\*\*/)|(?P<trailing>(?<=/)\*\*$)|(?P<stars>\*+)|(?P<one>\?)"
    r"|(?P<set>\[[!^]?\]?[^\]]*\])|\\(?P<escaped>.)|(?P<sign>.)",
    re.DOTALL,
)


def _translated(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match[0]
    if kind == "set":
        inside = text[1:-1].replace("\\", "\\\\").replace("[", "\\[").replace("&&", "&\\&")
        negated = inside[:1] in "!^"
        return f"[{'^/' if negated else ''}{inside[negated:]}]"
    if kind in {"sign", "escaped"}:
        return re.escape(match[kind])
    return {"leading": "(?:.*/)?", "trailing": ".+", "stars": "[^/]*", "one": "[^/]"}[kind or ""]
