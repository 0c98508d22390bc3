"""TTML, IMSC and DFXP: times by the letter of the W3C (https://www.w3.org/TR/ttml2/), texts read by `pysubs2`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from pysubs2 import SSAFile

from subgen.formats.reading.parsed import Parsed, Unreadable
from subgen.types import Cue

_TT = "{http://www.w3.org/ns/ttml}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_APPLE = "{http://music.apple.com/lyric-ttml-internal}timing"
"""in Apple's lyrics all times are absolute, wherever they stand"""
_CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)(?::(\d+)(?:\.\d+)?)?", re.ASCII)
_OFFSET = re.compile(r"(\d+(?:\.\d+)?)(h|m|s|ms|f|t)", re.ASCII)
_SHORT = re.compile(r"(?:(\d+):)?(\d+(?:\.\d+)?)", re.ASCII)
"""minutes and seconds; not in the standard, but in files"""
_LONGEST = 40
"""characters of a time expression; longer ones would be numbers that no clock shows"""
_Times = tuple[Fraction, Fraction | None]


class _BadTime(Exception):
    """A time expression that can't be read."""


@dataclass(frozen=True, slots=True)
class _Clock:
    """How the document counts time (TTML2, sections 7.2 and 12.3)."""

    frame_rate: Fraction
    tick_rate: Fraction
    absolute: bool
    """whether times of inner elements do not count from the start of the outer one"""

    def seconds(self, expression: str) -> Fraction:
        """Raises _BadTime for what is no time expression."""
        expression = expression.strip()[: _LONGEST + 1]
        if len(expression) <= _LONGEST:
            if match := _CLOCK.fullmatch(expression):
                hours, minutes, seconds, frames = match.groups(default="0")
                return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds) + int(frames) / self.frame_rate
            if match := _OFFSET.fullmatch(expression):
                units = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
                rates = {"f": 1 / self.frame_rate, "t": 1 / self.tick_rate}
                return Fraction(match[1]) * (units | rates)[match[2]]
            if match := _SHORT.fullmatch(expression):
                return int(match[1] or 0) * 60 + Fraction(match[2])
        raise _BadTime

    def times(self, element: Element, outer: _Times) -> _Times:
        """When an element is shown, within an outer one. Raises _BadTime."""
        base = Fraction(0) if self.absolute else outer[0]
        begin, end, duration = (element.get(name) for name in ("begin", "end", "dur"))
        start = outer[0] if begin is None else base + self.seconds(begin)
        if end is not None:
            return start, base + self.seconds(end)
        return start, outer[1] if duration is None else start + self.seconds(duration)


def parse(text: str) -> Parsed:
    """The paragraphs of a document. Raises Unreadable for what is not whole XML."""
    root = _root(text)
    clock = _clock(root)
    body = root.find(f"{_TT}body")
    found = [] if body is None else list(_paragraphs(body, (Fraction(0), None), clock))
    timed = [(paragraph, times) for paragraph, times in found if times]
    names = _names(root)
    cues = tuple(
        Cue(float(start), float(end), lines, _speakers(paragraph, names, lines))
        for (paragraph, (start, end)), lines in zip(timed, _lines([one for one, _ in timed]), strict=True)
    )
    return Parsed(cues, root.get(f"{_XML}lang", ""), len(found) - len(timed))


def _root(text: str) -> Element:
    """The document with the tags of older drafts in today's namespace."""
    if "<!ENTITY" in text:
        raise Unreadable("defines XML entities, which are not read for safety: take them out")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise Unreadable(f"is not whole XML ({error}): mend it or give another file") from None
    for element in root.iter():
        element.tag = _TT + element.tag.rpartition("}")[2]
    return root


def _clock(root: Element) -> _Clock:
    values = {name.rpartition("}")[2]: value for name, value in root.attrib.items()}
    frame_rate = _number(values.get("frameRate", ""), Fraction(30))
    numerator, _, denominator = values.get("frameRateMultiplier", "").replace(":", " ").partition(" ")
    frame_rate *= _number(numerator, Fraction(1)) / _number(denominator, Fraction(1))
    sub_frames = _number(values.get("subFrameRate", ""), Fraction(1))
    usual = frame_rate * sub_frames if "frameRate" in values else Fraction(1)
    return _Clock(frame_rate, _number(values.get("tickRate", ""), usual), _APPLE in root.attrib)


def _number(text: str, default: Fraction) -> Fraction:
    return Fraction(text) if re.fullmatch(r"[0-9]{1,12}", text) and int(text) else default


def _paragraphs(
    element: Element, times: _Times, clock: _Clock
) -> Iterator[tuple[Element, tuple[Fraction, Fraction] | None]]:
    """The paragraphs under an element, with None for those whose times can't be read."""
    try:
        start, end = clock.times(element, times)
    except _BadTime:
        yield from ((paragraph, None) for paragraph in element.iter(f"{_TT}p"))
        return
    if element.tag == f"{_TT}p":
        yield element, _own(element, (start, end), clock)
    last = start
    for child in element:
        if child.tag in {f"{_TT}div", f"{_TT}p"} and element.tag != f"{_TT}p":
            inner = list(_paragraphs(child, (last if _sequence(element) else start, end), clock))
            last = max((found[1] for _, found in inner if found), default=last)
            yield from inner


def _sequence(element: Element) -> bool:
    return element.get("timeContainer") == "seq"


def _own(paragraph: Element, times: _Times, clock: _Clock) -> tuple[Fraction, Fraction] | None:
    """A paragraph's times; where it has none of its own, those of its spans."""
    start, end = times
    if paragraph.get("begin") is None:
        try:
            spans = [clock.times(span, times) for span in paragraph.iter(f"{_TT}span") if span.get("begin") is not None]
        except _BadTime:
            return None
        start = min((begin for begin, _ in spans), default=start)
        ends = [stop for _, stop in spans if stop is not None]
        end = max(ends, default=end)
    return None if end is None else (start, end)


def _lines(paragraphs: Sequence[Element]) -> Iterator[tuple[str, ...]]:
    """The lines of each paragraph, as `pysubs2` reads white space and line breaks."""
    document = Element(f"{_TT}tt")
    inner = ElementTree.SubElement(ElementTree.SubElement(document, f"{_TT}body"), f"{_TT}div")
    for paragraph in paragraphs:
        copy = ElementTree.SubElement(inner, f"{_TT}p", {"begin": "0s", "end": "0s"})
        copy.text = paragraph.text
        copy.extend(paragraph)
    try:
        events = SSAFile.from_string(ElementTree.tostring(document, encoding="unicode"), "ttml")
    except RecursionError:
        raise Unreadable("has elements within elements too deep to read") from None
    for event in events:
        yield tuple(line for line in map(str.strip, event.text.split(r"\N")) if line)


def _names(root: Element) -> dict[str, str]:
    """Names of speakers by the identifiers of their agents."""
    agents = ((agent.get(f"{_XML}id", ""), agent.find(f"{_TT}name")) for agent in root.iter(f"{_TT}agent"))
    return {identifier: " ".join((name.text or "").split()) for identifier, name in agents if name is not None}


def _speakers(paragraph: Element, names: dict[str, str], lines: Sequence[str]) -> tuple[str, ...]:
    """One name for the paragraph, or one for each line where as many spans name one."""
    told = [names.get(_agent(element), "") for element in paragraph.iter() if _agent(element)]
    return tuple(told) if len(told) in {1, len(lines)} and any(told) else ()


def _agent(element: Element) -> str:
    return next((value for name, value in element.attrib.items() if name.endswith("}agent")), "")
