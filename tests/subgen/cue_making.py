"""Cues made by hand and by chance, with the words of their lines, for the writers and readers of subtitles."""

from __future__ import annotations

from hypothesis import strategies as st

from subgen.types import Cue, Word

NASTY = (
    *(
        "a",
        "B c",
        "é",
        "1 2",
        "5",
        "%",
        " ",
        "  ",
        "\u00a0",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\x0b",
        "\x85",
        "\u2028",
        "\ufeff",
    ),
    *("00:00:01,000", "12:30", "-->", " --> ", "NOTE", "WEBVTT", "STYLE", "REGION", "[00:01.00]", "[x]", ";;"),
    *("<", ">", "&", "&amp;", "<i>", "</i>", "<v Ann>", "</v>", "<00:00:01.000>", "]]>", "<!--", '"', '""', "'", ","),
    *(
        "{",
        "}",
        "{\\an8}",
        "{\\k50}",
        "\\N",
        "\\n",
        "\\h",
        "\\",
        "*",
        "_",
        "#",
        "- ",
        "`",
        "|",
        "$",
        "~",
        "1. ",
        "+",
        "!",
    ),
    *("\u200fשלום", "عربي", "👨\u200d👩\u200d👧", "今天", "ไทย", "नि", "\ud800", "\uffff", "\u2060"),
)
"""what some format takes for markup, and what breaks lines, files or encoders"""
TEXTS = st.lists(st.sampled_from(NASTY), max_size=6).map("".join)
NAMES = st.sampled_from(["", "Ann", "ann", "Bob & Co, Ltd.", "*<i>*", "Default", "{\\b1}", "名\u0000前", "a\nb"])
LATEST = 120 * 3600 * 1000
"""milliseconds: beyond 99 hours"""


def words_of(line: str, start: float, end: float) -> tuple[Word, ...]:
    """The words of a line, each with the white space after it, evenly over a time."""
    pieces = [piece + " " for piece in line.split()] or []
    step = (end - start) / max(1, len(pieces))
    return tuple(Word(start + i * step, start + (i + 1) * step, piece) for i, piece in enumerate(pieces))


@st.composite
def cue_lists(draw: st.DrawFn, *, latest: int = LATEST, texts: st.SearchStrategy[str] = TEXTS) -> tuple[Cue, ...]:
    """Cues in order with a gap of at least 20 ms; some with words, some with a speaker for all or one for each line."""
    edges = draw(st.lists(st.integers(0, latest // 20), max_size=8, unique=True).map(sorted))
    made = []
    for begin, end in zip(edges[::2], edges[1::2], strict=False):
        lines = tuple(draw(st.lists(texts, min_size=1, max_size=3)))
        names = draw(st.sampled_from([0, 1, len(lines)]))
        start, stop = begin * 0.02 + 0.004, end * 0.02 - 0.002  # neither a frame nor a hundredth
        words = tuple(words_of(line, start, stop) for line in lines) if draw(st.booleans()) else ()
        made.append(Cue(start, stop, lines, tuple(draw(NAMES) for _ in range(names)), words))
    return tuple(made)
