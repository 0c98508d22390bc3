"""TTML in the IMSC 1.1 text profile (W3C, https://www.w3.org/TR/ttml-imsc1.1/): what broadcasters and studios take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from subgen.formats.text import Line, right_to_left, shown, timestamp
from subgen.languages import code
from subgen.types import Cue

_UNKNOWN = "und"
"""what `code` says for a language that is not known, where XML says nothing"""
_UNWRITABLE = re.compile("[\ufffe\uffff]")
"""the last characters that XML 1.0 can't hold (section 2.2); others are not in a clean line"""
_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"
    xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling"
    ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text" ttp:timeBase="media" xml:lang={language}>
  <head>
    <metadata>
      <ttm:desc>Written by subgen</ttm:desc>
{agents}    </metadata>
    <styling>
      <style xml:id="text" tts:color="#FFFFFF" tts:fontFamily="proportionalSansSerif" tts:fontSize="80%"
          tts:lineHeight="125%" tts:textAlign="center" tts:textOutline="#000000 5%"/>
    </styling>
    <layout>
      <region xml:id="bottom" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after"/>
    </layout>
  </head>
  <body style="text" region="bottom">
    <div>
"""
_TAIL = "    </div>\n  </body>\n</tt>\n"


def ttml(cues: Sequence[Cue], language: str) -> str:
    """Write cues as TTML: one paragraph each, times in milliseconds, speakers as agents.

    `language` is a canonical name; "" when it is not known.
    """
    written = list(shown(cues))
    agents = {"": ""} | _agents(line.speaker for _, lines in written for line in lines)
    tag = code(language)
    return (
        _HEAD.format(
            language=quoteattr("" if tag == _UNKNOWN else tag),
            agents="".join(
                f'      <ttm:agent xml:id="{agent}" type="person"><ttm:name type="full">{_escape(name)}</ttm:name>'
                "</ttm:agent>\n"
                for name, agent in agents.items()
                if name
            ),
        )
        + "".join(f"      <p{_times(cue)}{_content(lines, agents)}</p>\n" for cue, lines in written)
        + _TAIL
    )


def _agents(names: Iterable[str]) -> dict[str, str]:
    return {name: f"speaker{number}" for number, name in enumerate(dict.fromkeys(filter(None, names)), 1)}


def _times(cue: Cue) -> str:
    return f' begin="{timestamp(cue.start, ".")}" end="{timestamp(cue.end, ".")}"'


def _content(lines: Sequence[Line], agents: dict[str, str]) -> str:
    """The rest of a paragraph's tag, and its text; in a dialogue each speaker has a span."""
    direction = ' tts:direction="rtl"' if right_to_left(lines[0].text) else ""
    turns = [(name, "<br/>".join(_escape(line.text) for line in turn)) for name, turn in groupby(lines, _speaker)]
    if len(turns) == 1:
        [(name, text)] = turns
        return f"{direction}{_agent(agents[name])}>{text}"
    return f"{direction}>" + "<br/>".join(f"<span{_agent(agents[name])}>{text}</span>" for name, text in turns)


def _speaker(line: Line) -> str:
    return line.speaker


def _agent(identifier: str) -> str:
    return f' ttm:agent="{identifier}"' if identifier else ""


def _escape(text: str) -> str:
    return escape(_UNWRITABLE.sub("\ufffd", text))
