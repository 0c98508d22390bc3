"""The tables of docs/subtitles.md, from the profiles. To renew them: python -m tests.subgen.profile_tables"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from subgen.options import Layout
from subgen.profiles import AUDIENCES, PROFILES
from subgen.rules import Dashes, Rules, rules

LANGUAGES = {name: None for profile in PROFILES.values() for name in profile.languages}
OTHERS = "all others"


def _rows(header: str, rows: Sequence[Sequence[str]]) -> str:
    names = header.split("|")
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(part.strip() for part in line)} |" for line in lines)


def _columns(rule: Rules) -> str:
    return f"{rule.width:g}{' full-width' if rule.full_width else ''}"


def _speed(profile: str, language: str, audience: str) -> str:
    rule = rules(Layout(profile, audience), language)
    return f"{rule.reading_speed:g}, {rule.fastest:g}"


def _shown(dashes: Dashes | None) -> str:
    if dashes is None:
        return "never share a cue"
    mark = "- " if dashes.spaced else "-"
    return f"`{mark if dashes.both else ''}A` / `{mark}B`"


def profiles() -> str:
    """One row for each profile: what does not depend on the language, and the figures for English."""

    def row(name: str) -> Iterator[str]:
        rule = rules(Layout(name), "English")
        full = rules(Layout(name), "Chinese")
        yield f"`{name}`"
        yield f"{rule.lines} of {rule.width:g}, or {_columns(full)}"
        yield from (_speed(name, "English", audience) for audience in AUDIENCES)
        yield f"{rule.shortest:.3g} to {rule.longest:g} s"
        yield f"{rule.gap_frames} frames"
        yield f"under {rule.chain:g} s" if rule.chain else "never"
        yield f"{rule.linger:g} s"
        yield _shown(rule.dashes)
        yield "yes" if rule.shots else "no"

    header = (
        "profile|lines, columns|CPS: adult|children|SDH|cues last|gap at least|gaps closed|may outlast speech|two "
        "speakers|shot changes"
    )
    return _rows(header, [list(row(name)) for name in PROFILES])


def languages() -> str:
    """One row for each group of languages with the same figures in the default profile."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for language in [*LANGUAGES, OTHERS]:
        rule = rules(Layout(), language)
        figures = (
            _columns(rule),
            *(_speed("netflix", language, audience) for audience in AUDIENCES),
            _shown(rule.dashes),
        )
        groups.setdefault(figures, []).append(language)
    rows = [[", ".join(sorted(names, key=lambda name: name == OTHERS)), *row] for row, names in groups.items()]
    return _rows("language|columns|CPS: adult|children|SDH|two speakers", rows)


if __name__ == "__main__":
    print(profiles(), languages(), sep="\n\n")
