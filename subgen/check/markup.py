"""Tags as they stand in the file: those that don't match, and what is left of markup in the text that is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from subgen.check.shown import Shown
from subgen.types import Finding

_TAG = regex.compile(r"<(/?)(i|b|u|s|font|ruby|rt|c|v|lang)(?=[\s.>/])[^<>]*?(/?)>", regex.IGNORECASE)
_OPTIONAL = {"v", "lang", "rt"}
"""tags of WebVTT that need not be closed where they hold the rest of the cue"""
_REMAINS = regex.compile(
    r"</?[A-Za-z][\w.-]*(?:\s[^<>]*)?/?>|</?(?:[ibus]|font)\b[^<>]*$|\{\\[^{}]*\}?|\{/?[yY]:[ibus]\}|&(?:[a-z]{2,6}|#\d{2,5});"
)
"""tags that no player knows, tags that are cut off, codes of ASS and MicroDVD, references of HTML"""


def remains(shown: Shown) -> Iterator[Finding]:
    """Cues whose shown text still has markup in it."""
    for index, cue in enumerate(shown.cues):
        if left := _REMAINS.search(cue.text):
            yield shown.finding(index, "markup", f"“{left[0]}” is shown as text.")


def tags(shown: Shown, contents: Sequence[str]) -> Iterator[Finding]:
    """Cues whose tags don't match; `contents`: for each cue what its file has for it, with its tags."""
    for index, content in enumerate(contents):
        if wrong := _unmatched(content):
            yield shown.finding(index, "markup", wrong)


def _unmatched(content: str) -> str:
    """What is wrong with the tags of a cue; "" when nothing is."""
    opened: list[str] = []
    for match in _TAG.finditer(content):
        name = match[2].lower()
        if match[3]:
            continue
        if not match[1]:
            opened.append(name)
            continue
        while opened and opened[-1] != name and opened[-1] in _OPTIONAL:
            opened.pop()
        if not opened or opened.pop() != name:
            return f"“{match[0]}” closes nothing that is open."
    left = [name for name in opened if name not in _OPTIONAL]
    return f"“<{left[-1]}>” is never closed." if left else ""
