"""Formats: a document as text. `render` writes any of them, `Rendering` several, `read` makes one of its JSON."""

from __future__ import annotations

from subgen.formats.reader import read
from subgen.formats.render import FORMATS, USUAL, Rendering, render

__all__ = ["FORMATS", "USUAL", "Rendering", "read", "render"]
