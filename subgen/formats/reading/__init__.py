"""Readers of subtitle files, one module for each kind; `subgen.formats.subtitles` is the door to them."""
