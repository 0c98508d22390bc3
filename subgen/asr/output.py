"""What the recogniser's raw text means: language, text, and loops collapsed, by the rules of the qwen-asr package.

The model answers `language English<asr_text>Hello.`; with a forced language the prompt already ends in that tag and
the answer is text alone. The rules below, odd ones included, were fixed by vectors from qwen-asr 0.0.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

TAG = "<asr_text>"
"""What the model writes between the name of the language and the text. Not a special token: decoding keeps it."""

_LANGUAGE = "language "

_CHARACTER_RUN = re.compile(r"(.)\1{20,}", re.DOTALL)
"""One character more than 20 times."""

_PATTERN_RUN = re.compile(r"(?=.{40})(.{1,20}?)\1{19,}", re.DOTALL)
"""1 to 20 characters, the fewest that do, at least 20 times in a row, where at least 40 characters are left.

Each position costs at most 19 comparisons of each length, so the time is linear in the text.
"""


def collapse(text: str) -> str:
    """Reduce loops to one copy: runs of a character first, then the first short pattern, then the next, and so on."""
    return _PATTERN_RUN.sub(r"\1", _CHARACTER_RUN.sub(r"\1", text))


def parse(raw: str, forced: str | None) -> tuple[str, str]:
    """Split the model's answer into (language, text); the language is "" when it named none or heard no speech.

    A forced language is taken as it is, and then nothing in the text is read as a tag.
    """
    text = collapse(raw.strip())
    if not text:
        return "", ""
    if forced:
        return forced, text
    head, tag, spoken = text.partition(TAG)
    return (_named(head), spoken.strip()) if tag else ("", text)


def canonical(name: str) -> str:
    """The model's spelling of a language name: no white space around, first letter upper case, the rest lower."""
    stripped = name.strip()
    return stripped[:1].upper() + stripped[1:].lower()


def merge_languages(languages: Iterable[str | None]) -> str:
    """The languages of consecutive chunks, joined by commas: empty ones left out, equal neighbours once."""
    named = [language.strip() for language in languages if language and language.strip()]
    return ",".join(language for language, _ in groupby(named))


def _named(head: str) -> str:
    """The language that the part before the tag names; "" for "language None" anywhere in it, or none."""
    if "language none" in head.lower():
        return ""
    for line in head.splitlines():
        if line.strip().lower().startswith(_LANGUAGE):
            return canonical(line.strip()[len(_LANGUAGE) :])
    return ""
