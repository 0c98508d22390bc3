"""Cues beside a sound: whether they are in time as a whole, and which are not alone."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from subgen.check.shown import Shown
from subgen.check.sound import FRAMES, Sound, uncovered
from subgen.check.sync import beside, misplaced
from subgen.options import Layout
from subgen.rules import rules
from subgen.types import Cue, Finding, Span

ENGLISH = rules(Layout(), "English")


def talk(count: int, seed: int = 1) -> list[Span]:
    """Stretches of speech with pauses of 0.6 to 4 s."""
    pick, clock, found = random.Random(seed), 2.0, []
    for _ in range(count):
        end = clock + pick.uniform(1.2, 5.0)
        found.append(Span(clock, end))
        clock = end + pick.uniform(0.6, 4.0)
    return found


def sound(speech: list[Span], noise: float = 0.0, voice: bool = True) -> Sound:
    """What is heard of that speech, with a share of wrong frames."""
    duration = speech[-1].end + 3.0
    frames = np.zeros(round(duration * FRAMES), np.bool_)
    for span in speech:
        frames[round(span.start * FRAMES) : round(span.end * FRAMES)] = True
    wrong = np.random.default_rng(0).random(frames.size) < noise
    return Sound(frames ^ wrong, np.full(int(duration) + 1, 0.3 * voice), duration)


def subtitles(speech: list[Span]) -> list[Cue]:
    return [Cue(span.start, span.end + 0.3, (f"Speech {number}.",)) for number, span in enumerate(speech)]


def moved(cues: list[Cue], when) -> list[Cue]:
    return [replace(cue, start=when(cue.start), end=when(cue.end)) for cue in cues]


def shown(cues: list[Cue]) -> Shown:
    return Shown.of(cues, ENGLISH, 24.0, "English")


def found(cues: list[Cue], heard: Sound) -> list[Finding]:
    return list(beside(shown(cues), heard))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_nothing_is_found_in_subtitles_that_are_in_time(seed, noise):
    speech = talk(60, seed)
    assert found(subtitles(speech), sound(speech, noise)) == []


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("off", "words"), [(-1.5, "1.5 s early"), (0.8, "0.8 s late"), (31.0, "31.0 s late")])
def test_an_offset_of_all_cues_is_one_finding(seed, off, words):
    speech = talk(60, seed)
    (only,) = found(moved(subtitles(speech), lambda time: time + off), sound(speech, 0.05))
    assert (only.cue, only.rule) == (1, "offset")
    assert only.figure == pytest.approx(abs(off), abs=0.15)
    assert only.text.startswith("All cues come ")
    if only.figure == abs(off):
        assert words in only.text


@pytest.mark.parametrize(
    ("rate", "verb"), [(1.04, "late"), (25 / 24, "late"), (24000 / 1001 / 25, "early"), (1.001, "late")]
)
def test_a_drift_is_found_at_the_rates_that_occur(rate, verb):
    speech = talk(200)
    (only,) = found(moved(subtitles(speech), lambda time: time * rate), sound(speech))
    last = speech[-1].start * abs(rate - 1)
    assert only.rule == "drift"
    assert only.figure == pytest.approx(last, abs=0.3)
    assert f"{only.figure:.1f} s {verb}: " in only.text


def test_a_wrong_cut_is_found_where_it_is():
    speech = talk(80)
    cut = speech[30].start
    (only,) = found(moved(subtitles(speech), lambda time: time + 20 * (time >= cut)), sound(speech))
    assert (only.cue, only.rule, only.figure) == (31, "offset", pytest.approx(20, abs=0.11))
    assert only.text.startswith("Cues 31 to 80 come 20.")


@pytest.mark.parametrize("cues", [0, 7])
def test_few_cues_say_nothing_of_all(cues):
    speech = talk(7)
    assert misplaced(shown(moved(subtitles(speech[:cues]), lambda time: time + 5)), sound(speech)) == []


def test_a_sound_without_pauses_says_nothing():
    speech = talk(60)
    steady = replace(sound(speech), speech=np.ones(round(speech[-1].end * FRAMES), np.bool_))
    late = moved(subtitles(speech), lambda time: time + 3)
    assert misplaced(shown(late), steady) == []
    assert found(late[:30], steady) == []


def test_subtitles_of_another_film_are_not_called_late():
    assert misplaced(shown(subtitles(talk(200, seed=1))), sound(talk(200, seed=2))) == []


@pytest.mark.parametrize("seed", range(4))
def test_single_cues_out_of_time_are_named(seed):
    speech = [Span(10.0 * number + 4, 10.0 * number + 8) for number in range(30)]
    cues = subtitles(speech)
    pick = random.Random(seed).sample(range(2, 28, 3), 4)
    early, late, silent, missing = pick
    cues[early] = replace(cues[early], start=cues[early].start - 1.6)
    cues[late] = replace(cues[late], start=cues[late].start + 1.6)
    cues[silent] = replace(cues[silent], start=cues[silent].end + 1.0, end=cues[silent].end + 2.5)
    del cues[missing]
    told = [(each.rule, each.span.start if each.span else None) for each in found(cues, sound(speech))]
    assert sorted(told) == sorted(
        [
            ("early", speech[early].start - 1.6),
            ("late", speech[late].start + 1.6),
            ("silent", speech[silent].end + 1.3),
            ("missing", speech[silent].start),
            ("missing", speech[missing].start),
        ]
    )
    assert found(cues[:missing], sound(speech[:missing], voice=False))[-1:] != "missing"


def test_music_without_a_voice_is_not_missing():
    speech = talk(20)
    assert found(subtitles(speech)[:-1], sound(speech, voice=False)) == []


def test_sounds_in_brackets_need_not_be_heard():
    speech = talk(20)
    song = Cue(speech[-1].end + 1.0, speech[-1].end + 2.5, ("[door slams]", "♪ la la ♪"))
    assert found([*subtitles(speech), song], sound(speech)) == []


def test_cues_after_the_end_of_the_media():
    speech = talk(20)
    heard = sound(speech)
    after = Cue(heard.duration + 1.5, heard.duration + 3.0, ("Too late.",))
    (only,) = found([*subtitles(speech), after], heard)
    assert (only.cue, only.rule, only.limit) == (21, "end", pytest.approx(heard.duration, abs=1e-3))


def test_what_no_cue_covers():
    cues = [Span(1, 2), Span(1.5, 4), Span(3, 3.5), Span(6, 20)]
    assert uncovered(cues, 10.0) == [Span(0, 1), Span(4, 6)]
    assert uncovered([], 10.0) == [Span(0, 10)]
    assert uncovered([Span(12, 13)], 10.0) == [Span(0, 10)]
