"""Rules of a check: each planted fault is found and nothing else, and cues of ours break only what they must."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subgen.check import check
from subgen.check.rulebook import ADVICE, ERROR, RULEBOOK
from subgen.cues import cues
from subgen.formats.srt import srt
from subgen.options import Layout
from subgen.profiles import PROFILES
from subgen.rules import Rules, rules
from subgen.types import Cue
from tests.subgen.cue_counter import count
from tests.subgen.test_cues_lists import changes, retimed
from tests.subgen.timed_words import LISTS, utterances

LAYOUT = Layout()
ENGLISH = rules(LAYOUT, "English")
CALM = ("He looked up at the dark grey sky.", "It had already begun to rain.")
"""65 columns: the text of a cue of four seconds"""


def found(shown: Sequence[Cue], rule: Rules = ENGLISH, language: str = "English", **more) -> list[tuple[int, str]]:
    return [(finding.cue, finding.rule) for finding in check(shown, rule, 24.0, language=language, **more)]


def calm(number: int, lines: tuple[str, ...] = CALM) -> Cue:
    """A cue of four seconds, one second after the one before it."""
    return Cue(number * 5.0, number * 5.0 + 4.0, lines)


def film(count: int = 40) -> list[Cue]:
    """Cues that keep every rule, no two of them with the same text."""
    return [calm(number, (f"{number} people looked up at the sky.", CALM[1])) for number in range(count)]


def moved(cue: Cue, start: float = 0.0, end: float = 0.0) -> Cue:
    return replace(cue, start=cue.start + start, end=cue.end + end)


def says(*lines: str) -> Callable[[Cue], Cue]:
    return lambda cue: replace(cue, lines=lines)


FAULTS: dict[str, Callable[[Cue], Cue]] = {
    "width": says("A line of forty-three columns is not allowed", "here."),
    "lines": says("He looked up.", "It rained.", "They left."),
    "speed": lambda cue: moved(cue, end=-1.2),
    "pace": lambda cue: moved(cue, end=-0.5),
    "short": lambda cue: replace(cue, lines=("Now!",), end=cue.start + 0.5),
    "long": lambda cue: moved(cue, start=-0.5, end=0.0),
    "gap": lambda cue: moved(cue, start=-1.0 + 1 / 24),
    "chain": lambda cue: moved(cue, start=-0.75),
    "overlap": lambda cue: moved(cue, start=-1.5),
    "empty": says(),
    "sign": says("He looked up --> at the dark grey sky.", CALM[1]),
    "markup": says("He looked up at the </font> sky", "&nbsp;and it rained."),
    "break": says("He looked up and saw that the", "sky was dark and full of birds."),
    "balance": says("Nobody he knew saw grey birds flying", "south."),
    "split": says("He looked", "at the sky."),
    "dash": says("What is it?", "-Rain."),
    "loop": says("ha ha ha ha ha ha ha ha ha ha ha", "ha ha ha ha ha ha ha."),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_one_fault_is_found_and_nothing_else(rule):
    shown = film()
    if rule == "long":
        shown[20] = replace(shown[20], end=shown[20].start + 7.2)
        shown[21:] = [moved(cue, 5.0, 5.0) for cue in shown[21:]]
    else:
        shown[20] = FAULTS[rule](shown[20])
    assert found(shown) == [(21, rule)]


def test_nothing_is_found_in_a_clean_film():
    assert found(film()) == []
    assert found([]) == []


@pytest.mark.parametrize("name", LISTS)
def test_our_cues_break_what_the_independent_counter_counts(name):
    shown = cues(utterances(name), LAYOUT)
    counted, rule_counts = count(srt(shown)), Counter(rule for _, rule in found(shown))
    assert rule_counts.pop("speed", 0) == counted.faster
    assert rule_counts.pop("break", 0) == counted.torn
    assert rule_counts.keys() <= {"pace"}


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from(sorted(PROFILES)), st.sampled_from([24.0, 25.0, 30000 / 1001, 60.0]))
def test_our_cues_of_harder_lists_break_only_what_they_must(seed, profile, frame_rate):
    said = retimed(seed, words=80)
    layout = Layout(profile)
    shots = changes(said[-1].words[-1].end, frame_rate, seed) if seed % 2 else ()
    shown = cues(said, layout, frame_rate, shots)
    broken = {each.rule for each in check(shown, rules(layout, "English"), frame_rate, shots, "English")}
    assert broken <= {"pace", "speed", "break", "repeat", "shot", "short"}


def test_every_rule_of_the_rulebook_is_an_error_or_advice():
    assert {rule.severity for rule in RULEBOOK.values()} == {ERROR, ADVICE}
