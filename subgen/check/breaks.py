"""Where lines and cues end: by the same syntax, and the same sense of balance, that the cue writer breaks by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, zip_longest
from math import exp

import numpy as np
import regex

from subgen.check.shown import Shown
from subgen.cues import syntax
from subgen.cues.candidates import PAUSE_IGNORED, PAUSE_SCALE
from subgen.cues.lines import Ruler
from subgen.cues.tokens import Token, tokens
from subgen.languages import unspaced
from subgen.types import Finding, Word

MUCH_BETTER = 4.0
"""how much cheaper another break of two lines must be to be worth a word: a word alone on its line costs 4 to 6"""
_DASH = regex.compile(r"\s*[-‐–—](?![-‐–—>])\s*(?=\S)")
_INNER_DASH = regex.compile(r"[.!?…][\"'”’»]?\s+[-‐–—]\s?\p{Lu}")
_OTHER_VOICE = regex.compile(r"\s*(?:[-‐–—♪♫#\[(（「『“\"«]|(?:\p{Lu}[\p{L}\p{M}\p{N}.'’_-]*[ ]?){1,4}:\s)")
"""what a line begins with when another speaker, a sound or a quotation does"""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, and its tokens; the last of them may reach into the next line where a phrase is torn."""

    cue: int
    text: str
    speaker: str
    last: bool
    """whether the cue ends with it"""
    tokens: tuple[Token, ...]
    costs: tuple[float, ...]
    """of a break after each token"""
    torn: bool
    """whether it ends inside a token, which is never broken"""


def breaks(shown: Shown) -> Iterator[Finding]:
    """Lines and cues that end inside a phrase, and two lines that are badly divided."""
    found = _lines(shown)
    for left, right in pairwise(found):
        if not _other_voice(left, right) and _tears(shown, left, right):
            what = "The cue" if left.last else "A line"
            text = f"{what} ends with “{_end(left.text)}”, which belongs to what follows."
            yield shown.finding(left.cue, "break", text)
    for cue, group in groupby(found, lambda line: line.cue):
        yield from _divided(shown, cue, list(group))


def dialogues(shown: Shown) -> Iterator[Finding]:
    """Two speakers in a cue who are not told apart as the profile has it."""
    style = shown.rules.dashes
    for index, cue in enumerate(shown.cues):
        lines = [line for line in cue.lines if line.strip()]
        dashed = [_DASH.match(line) is not None for line in lines]
        speakers = len(set(cue.speakers)) if len(cue.speakers) == len(lines) else 1
        shared = speakers > 1 or (len(lines) > 1 and any(dashed[1:]))
        if any(map(_INNER_DASH.search, lines)):
            yield shown.finding(index, "dash", "A second speaker begins inside a line.")
        elif shared and style is None:
            yield shown.finding(index, "dash", "Two speakers share it, which this profile does not have.")
        elif shared and style is not None and dashed != [style.both] + [True] * (len(lines) - 1) and len(lines) == 2:
            where = "both lines" if style.both else "only the second line"
            yield shown.finding(index, "dash", f"Two speakers share it: put dashes before {where}.")


def _lines(shown: Shown) -> list[Line]:
    """All lines of the file with their tokens, cut from one text so that each is judged by what follows."""
    flat = [
        (index, text, _speaker(cue.speakers, number, len(cue.lines)), number == len(cue.lines) - 1)
        for index, cue in enumerate(shown.cues)
        for number, text in enumerate(cue.lines)
        if text.strip()
    ]
    texts = [text for _, text, _, _ in flat]
    words = [
        Word(place, place, text + ("" if _meet(text, following) else " "))
        for place, (text, following) in enumerate(zip_longest(texts, texts[1:], fillvalue=" "))
    ]
    cut = tokens(words, shown.language)
    cost = syntax.costs(cut, shown.language)
    rows: list[list[int]] = [[] for _ in flat]
    for row, token in enumerate(cut):
        rows[int(token.start)].append(row)
    torn = _torn(texts, words, cut)
    return [
        Line(*line, tuple(cut[row] for row in own), tuple(cost[row] for row in own), place in torn)
        for place, (line, own) in enumerate(zip(flat, rows, strict=True))
    ]


def _speaker(speakers: Sequence[str], number: int, lines: int) -> str:
    if len(speakers) == lines:
        return speakers[number]
    return speakers[0] if len(speakers) == 1 else ""


def _meet(left: str, right: str) -> bool:
    """Whether two lines join without a space, in a script that has none between words."""
    return unspaced(left.rstrip()[-1]) and unspaced(right.lstrip()[:1] or " ")


def _torn(texts: Sequence[str], words: Sequence[Word], cut: Sequence[Token]) -> set[int]:
    """The lines that end inside a token: a phrase of a script without spaces goes on in the next line."""
    ends, place = {}, 0
    for number, text in enumerate(texts):
        place += len("".join(text.split()))
        ends[place] = number
    place, edges = 0, set()
    for token in cut:
        place += len("".join(token.text.split()))
        edges.add(place)
    return {number for end, number in ends.items() if end not in edges and not words[number].text.endswith(" ")}


def _tears(shown: Shown, left: Line, right: Line) -> bool:
    """Whether a phrase is torn, and no pause explains it."""
    pause = max(0.0, shown.cues[right.cue].start - shown.cues[left.cue].end) if left.last else 0.0
    cost = syntax.INSIDE_WORD if left.torn else left.costs[-1] if left.costs else 0.0
    return cost * exp(-max(0.0, pause - PAUSE_IGNORED) / PAUSE_SCALE) > syntax.NAME


def _other_voice(left: Line, right: Line) -> bool:
    return left.speaker != right.speaker or _OTHER_VOICE.match(right.text) is not None


def _end(text: str) -> str:
    """The last word of a line, or its last few characters where words are not parted."""
    word = text.rsplit(maxsplit=1)[-1]
    return word if not unspaced(word[-1]) else word[-4:]


def _divided(shown: Shown, cue: int, lines: Sequence[Line]) -> Iterator[Finding]:
    """Two lines of one speaker that would fit on one, or that another break would divide much better."""
    if len(lines) != 2 or lines[0].torn or _other_voice(*lines) or _DASH.match(lines[0].text):
        return
    ruler, cut, costs = _ruler(shown, lines)
    if not len(cut):
        return
    whole = np.array([len(cut)])
    width = np.array([shown.rules.width])
    if float(ruler.columns(np.array([0]), whole)[0]) <= shown.rules.width:
        yield shown.finding(cue, "split", "Its two lines fit on one.")
        return
    best, place = ruler.lines(np.array([0]), whole, width, 2)
    here = len(lines[0].tokens)
    if here in {0, len(cut)} or max(shown.columns(line.text) for line in lines) > shown.rules.width:
        return
    cost = float(ruler.cost(np.array([0]), np.array([here]), whole, width)[0])
    if cost - float(best[0]) > MUCH_BETTER and costs[here - 1] <= syntax.NAME:
        after = cut[int(place[0]) - 1].text
        yield shown.finding(cue, "balance", f"Its lines would be better divided after “{after}”.")


def _ruler(shown: Shown, lines: Sequence[Line]) -> tuple[Ruler, list[Token], list[float]]:
    cut = [token for line in lines for token in line.tokens]
    costs = [cost for line in lines for cost in line.costs]
    space = shown.columns(" ")
    spaces = np.array([space * token.spaced for token in cut])
    widths = np.array([shown.columns(token.text) for token in cut])
    places = np.concatenate([[0.0], np.cumsum(widths + spaces)])
    return Ruler(places, spaces, np.array(costs)), cut, costs
