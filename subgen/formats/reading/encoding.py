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


def decoded(data: bytes) -> tuple[str, str]:
    """The text with line feeds only, and the name of its encoding. Raises UnicodeError when none can be found."""
    text, encoding = _decoded(data)
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding), encoding
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        if best is None:
            raise
        return str(best), best.encoding
