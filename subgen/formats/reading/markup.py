"""Text without the tags and references that subtitle formats write into it."""

from __future__ import annotations

import re
from html import unescape

_SRT_TAGS = re.compile(r"</?(?:[bius]|font|ruby|rt|c|v)(?:[ .][^<>\n]*)?/?>|\{\\[^{}\n]*\}", re.IGNORECASE)
"""what players take for markup in SubRip; other angle brackets are text"""
_VTT_TAG = re.compile(r"<([^>]*)(?:>|\Z)")
"""a tag runs to the next `>`, over line ends, or to the end of the cue (WebVTT 6.4, cue text tokeniser)"""
_VOICE = re.compile(r"v(?:\.[^ \t\n\f]*)?[ \t\n\f]+(.*)", re.DOTALL)


def srt_lines(content: str) -> tuple[str, ...]:
    """The lines of a SubRip cue without its tags and without blank lines."""
    return _lines(_SRT_TAGS.sub("", content))


def vtt_lines(content: str) -> tuple[str, ...]:
    """The lines of a WebVTT cue without its tags, with character references replaced, and without blank lines."""
    return _lines(unescape(_VTT_TAG.sub("", content)))


def vtt_voices(content: str) -> tuple[str, ...]:
    """The names in the voice tags of a WebVTT cue, in order."""
    voices = (_VOICE.fullmatch(tag[1]) for tag in _VTT_TAG.finditer(content))
    return tuple(" ".join(unescape(voice[1]).split()) for voice in voices if voice)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in map(str.strip, text.split("\n")) if line)
