"""Formats: a document as text. `render` writes any of them, `read` brings a document back from its JSON."""

from __future__ import annotations

from subgen.formats.reader import read
from subgen.formats.render import FORMATS, USUAL, render

__all__ = ["FORMATS", "USUAL", "read", "render"]
