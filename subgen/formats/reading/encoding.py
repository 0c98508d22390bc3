"""Bytes of a text file as text: UTF-8 and UTF-16 by rule, older encodings by a guess that is told."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""byte order marks, the longer before those that they begin with"""
_WESTERN = "cp1252"
"""taken where several encodings are equally likely"""
_SAMPLE = 2000
"""bytes that show whether a file without a mark is UTF-16: every other one of its digits and line feeds is NUL"""


def decoded(data: bytes) -> tuple[str, str]:
    """The text with line feeds only, and the name of its encoding. Raises UnicodeError when none can be found."""
    text, encoding = _decoded(data)
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding), encoding
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high = data[first:_SAMPLE:2]
        if high.count(0) > len(high) / 3:
            return data.decode(encoding), encoding
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        return _guessed(data)


def _guessed(data: bytes) -> tuple[str, str]:
    """By the lines that are not ASCII, for numbers and times only blur the picture."""
    matches = from_bytes(b"\n".join(line for line in data.splitlines() if not line.isascii()))
    best = matches.best()
    if best is None:
        raise UnicodeError
    alike = {one.encoding for one in matches if (one.chaos, one.coherence) == (best.chaos, best.coherence)}
    encoding = _WESTERN if _WESTERN in alike else best.encoding
    return data.decode(encoding), encoding
