"""What style guides ask of subtitles, as data: whole profiles, and in each the figures of single languages.

The figures of `netflix` are those of its public style guides per language, those of `bbc` of the BBC's guidelines;
`ebu` is what broadcasters on the European continent have in common. docs/subtitles.md shows all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from subgen.types import Seconds

AUDIENCES = ("adult", "children", "sdh")
"""who reads: sdh are the deaf and hard of hearing, whose subtitles are verbatim"""
DASHES = ("both", "both-spaced", "second", "second-spaced", "none")
"""where two speakers who share a cue get dashes, and whether a space follows; "none": they never share one"""


@dataclass(frozen=True, slots=True)
class Style:
    """The figures of one language. Widths in columns, reading speeds in columns per second."""

    width: float = 42
    adult: float = 17
    children: float = 13
    sdh: float = 20
    """the fastest reading speed for each audience"""
    dashes: str = "both"
    full_width: bool = False
    """whether a column is a full-width character, and others are half a column"""
    wide: float | None = None
    """widest line for the audience "sdh", where that is another"""
    shortest: Seconds | None = None
    """shortest cue, where it is not the profile's"""
    chained: bool = True
    """whether short gaps are closed at all"""

    def fastest(self, audience: str) -> float:
        """The reading speed that no cue should exceed."""
        return {"adult": self.adult, "children": self.children, "sdh": self.sdh}[audience]

    def widest(self, audience: str) -> float:
        """The widest line."""
        return self.wide if audience == "sdh" and self.wide is not None else self.width


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of rules that goes by one name."""

    about: str
    usual: Style
    """for every language without a line of its own"""
    languages: Mapping[str, Style] = field(default_factory=dict)
    """by canonical English name"""
    lines: int = 2
    shortest: Seconds = 5 / 6
    longest: Seconds = 7.0
    gap_frames: int = 2
    chain: Seconds = 0.5
    linger: Seconds = 0.5
    shots: bool = True

    def style(self, language: str) -> Style:
        """The figures of a language; "" when it is not known."""
        return self.languages.get(language, self.usual)


AIM = 0.85
"""Share of the fastest reading speed that cues aim at: English is written for 17 of 20 columns per second."""

_SPACED = Style(dashes="both-spaced")
_SECOND = Style(dashes="second")
# The guides' limits for adults who read Japanese and Chinese (4 and 9) are for translations, which leave much out;
# speech has 5 to 8 ideographs or kana per second, so that whoever writes it down needs the limits for SDH.
_CHINESE = Style(16, adult=11, children=7, sdh=11, full_width=True)
_JAPANESE = Style(13, adult=7, children=4, sdh=7, full_width=True, wide=16, shortest=0.5, chained=False)

_GUIDES: dict[str, Style] = {
    "English": Style(adult=20, children=17, sdh=20),
    "Arabic": Style(adult=20, children=17, sdh=23, dashes="both-spaced"),
    "Hindi": Style(adult=22, children=18, sdh=25),
    "Thai": Style(35, dashes="both-spaced"),
    "Korean": Style(16, adult=12, children=9, sdh=14, dashes="both-spaced", full_width=True),
    "Chinese": _CHINESE,
    "Cantonese": _CHINESE,
    "Japanese": _JAPANESE,
    **dict.fromkeys(
        (
            *("French", "Spanish", "Portuguese", "Italian", "Polish", "Romanian", "Russian", "Czech", "Hungarian"),
            *("Indonesian", "Malay", "Vietnamese"),
        ),
        _SPACED,
    ),
    **dict.fromkeys(("Dutch", "Finnish"), _SECOND),
}
_OTHER_SCRIPTS = ("Arabic", "Hindi", "Thai", "Korean", "Chinese", "Cantonese", "Japanese")
"""languages whose characters hold more or less than Latin letters do: their reading speeds hold in every profile"""


def _adapted(usual: Style, *, dashes: bool = True) -> dict[str, Style]:
    """The guides' styles of languages with the width and, for alphabets, the reading speeds of another style.

    Lines of full-width characters have half the columns; `dashes`: whether languages keep their own.
    """
    found: dict[str, Style] = {}
    for language, guide in _GUIDES.items():
        speeds = guide if language in _OTHER_SCRIPTS else usual
        found[language] = replace(
            guide,
            width=usual.width // 2 if guide.full_width else min(usual.width, guide.width),
            wide=None,
            adult=speeds.adult,
            children=speeds.children,
            sdh=speeds.sdh,
            dashes=guide.dashes if dashes else usual.dashes,
        )
    return found


_BBC = Style(37, adult=18, children=15, sdh=18, dashes="both-spaced")
_EBU = Style(40, adult=15, children=12, sdh=17)
_SHORTS = Style(24, adult=20, children=17, sdh=20, dashes="none")
_PLAIN = Style(adult=20, children=17, sdh=20, dashes="none")

PROFILES: dict[str, Profile] = {
    "netflix": Profile("Netflix's public style guides, language by language.", Style(), _GUIDES),
    "bbc": Profile(
        "The BBC's guidelines: lines of teletext width, 180 words a minute, no short gaps.",
        _BBC,
        _adapted(_BBC, dashes=False),
        shortest=1.0,
        gap_frames=0,
        chain=1.0,
        linger=1.5,
    ),
    "ebu": Profile(
        "European broadcasters: lines of 40, slow reading, wide gaps.",
        _EBU,
        _adapted(_EBU),
        shortest=1.0,
        longest=8.0,
        gap_frames=5,
        chain=1.0,
        linger=1.0,
    ),
    "shorts": Profile(
        "Upright films: one short line, cue after cue.",
        _SHORTS,
        _adapted(_SHORTS, dashes=False),
        lines=1,
        shortest=0.5,
        longest=4.0,
        gap_frames=0,
        linger=0.3,
    ),
    "plain": Profile(
        "Nothing but readable: every speaker alone, gaps as they are spoken.",
        _PLAIN,
        _adapted(_PLAIN, dashes=False),
        shortest=1.0,
        chain=0.0,
        shots=False,
    ),
}
"""All profiles by name, the default first."""
