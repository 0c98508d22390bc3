"""Profiles: what they come to in a language, what a figure that is given changes, and that the page shows the same."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.errors import OptionError
from subgen.languages import LANGUAGES
from subgen.options import Layout
from subgen.profiles import AUDIENCES, DASHES, PROFILES
from subgen.rules import Dashes, Rules, figures, rules
from tests.subgen import profile_tables

PAGE = Path(__file__).parents[2] / "docs" / "subtitles.md"
NAMES = [language.name for language in LANGUAGES]
FULL_WIDTH = {"Chinese", "Cantonese", "Japanese", "Korean"}
profiles, audiences, languages = st.sampled_from(list(PROFILES)), st.sampled_from(AUDIENCES), st.sampled_from(NAMES)


def test_the_defaults_are_the_rules_own() -> None:
    assert rules(Layout(), "English") == Rules()


@pytest.mark.parametrize(
    ("language", "width", "aim", "fastest", "dashes"),
    [
        ("English", 42, 17, 20, Dashes()),
        ("German", 42, 14, 17, Dashes()),
        ("French", 42, 14, 17, Dashes(spaced=True)),
        ("Dutch", 42, 14, 17, Dashes(both=False)),
        ("Arabic", 42, 17, 20, Dashes(spaced=True)),
        ("Hindi", 42, 19, 22, Dashes()),
        ("Thai", 35, 14, 17, Dashes(spaced=True)),
        ("Korean", 16, 10, 12, Dashes(spaced=True)),
        ("Cantonese", 16, 9, 11, Dashes()),
        ("Japanese", 13, 6, 7, Dashes()),
        ("", 42, 14, 17, Dashes()),
    ],
)
def test_languages_have_their_figures(language: str, width: float, aim: float, fastest: float, dashes: Dashes) -> None:
    rule = rules(Layout(), language)
    assert (rule.width, rule.reading_speed, rule.fastest, rule.dashes) == (width, aim, fastest, dashes)
    assert rule.full_width == (language in FULL_WIDTH)


def test_audiences_read_at_their_own_speed() -> None:
    speeds = {audience: rules(Layout(audience=audience), "Polish").fastest for audience in AUDIENCES}
    assert speeds == {"adult": 17, "children": 13, "sdh": 20}
    assert rules(Layout(audience="sdh"), "Japanese").width == 16


def test_japanese_cues_may_be_short_and_are_never_chained() -> None:
    rule = rules(Layout(), "Japanese")
    assert (rule.shortest, rule.chain) == (0.5, 0.0)
    assert rules(Layout(chain=0.4, shortest=0.9), "Japanese").chain == 0.4


def test_full_width_lines_have_half_the_columns() -> None:
    wide = {name: rules(Layout(name), "Chinese").width for name in PROFILES}
    assert wide == {"netflix": 16, "bbc": 18, "ebu": 20, "shorts": 12, "plain": 21}


GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "width": st.integers(8, 99),
        "lines": st.integers(1, 3),
        "reading_speed": st.floats(1, 15),
        "fastest": st.floats(15, 99),
        "shortest": st.floats(0.1, 1.5),
        "longest": st.floats(2, 20),
        "gap_frames": st.integers(0, 24),
        "chain": st.floats(0, 9),
        "linger": st.floats(0, 9),
    },
)


@given(profiles, audiences, languages, GIVEN)
def test_a_figure_that_is_given_holds_and_the_others_are_the_profiles(profile, audience, language, given) -> None:
    rule = rules(Layout(profile, audience, **given), language)
    usual = rules(Layout(profile, audience), language)
    for name, value in given.items():
        assert getattr(rule, name) == value
    for one in fields(Rules):
        if one.name not in given and not (one.name in {"fastest", "reading_speed"} and given):
            assert getattr(rule, one.name) == getattr(usual, one.name)
    assert 0 < rule.reading_speed <= rule.fastest
    assert 0 < rule.shortest <= rule.longest


@given(profiles, languages, st.floats(1, 99))
def test_one_reading_speed_moves_the_other_only_to_stay_in_order(profile, language, speed) -> None:
    usual = rules(Layout(profile), language)
    assert rules(Layout(profile, reading_speed=speed), language).fastest == max(usual.fastest, speed)
    assert rules(Layout(profile, fastest=speed), language).reading_speed == min(usual.reading_speed, speed)


@pytest.mark.parametrize(
    ("style", "dashes"),
    [
        ("both", Dashes()),
        ("both-spaced", Dashes(spaced=True)),
        ("second", Dashes(both=False)),
        ("second-spaced", Dashes(both=False, spaced=True)),
        ("none", None),
    ],
)
def test_dashes_go_by_name(style: str, dashes: Dashes | None) -> None:
    assert style in DASHES
    assert rules(Layout(dashes=style), "English").dashes == dashes
    assert figures(Layout(dashes=style), "English")["dashes"] == style


@given(profiles, audiences, languages)
def test_figures_make_the_same_rules_when_they_are_given(profile, audience, language) -> None:
    found = figures(Layout(profile, audience), language)
    assert None not in {key: value for key, value in found.items() if key != "frame_rate"}.values()
    again = {key: value for key, value in found.items() if key in {field.name for field in fields(Layout)}}
    assert rules(Layout(**again), language) == rules(Layout(profile, audience), language)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"profile": "hbo"}, "profile 'hbo' is not known; use netflix, bbc, ebu, shorts or plain."),
        ({"audience": "pets"}, "audience 'pets' is not known; use adult, children or sdh."),
        ({"dashes": "many"}, "style of dashes 'many' is not known; use both, .* or none."),
        ({"width": 7}, "at least 8 columns"),
        ({"lines": 4}, "one, two or three"),
        ({"gap_frames": 25}, "0 to 24"),
        ({"chain": -1.0}, "0 to 60"),
        ({"linger": 61.0}, "0 to 60"),
        ({"frame_rate": 0.0}, "1 to 1000"),
        ({"shortest": 0.0}, "longer than 0 s"),
        ({"shortest": 7.5}, r"cue \(7.5 s\) must .* longest \(7 s\)"),
        ({"longest": 0.5}, r"cue \(0.833 s\) must .* longest \(0.5 s\)"),
        ({"reading_speed": 0.0}, "above 0"),
        ({"fastest": float("nan")}, "above 0"),
        ({"reading_speed": 21.0, "fastest": 20.0}, "can't be above the fastest"),
    ],
)
def test_what_cannot_be_is_one_sentence(wrong, sentence: str) -> None:
    with pytest.raises(OptionError, match=sentence) as caught:
        Layout(**wrong)
    assert "\n" not in str(caught.value)


def test_profiles_name_languages_as_the_models_do() -> None:
    assert {name for profile in PROFILES.values() for name in profile.languages} <= set(NAMES)


@pytest.mark.parametrize("table", [profile_tables.profiles, profile_tables.languages])
def test_the_page_shows_the_profiles_as_they_are(table) -> None:
    assert f"\n\n{table()}\n\n" in PAGE.read_text(encoding="utf-8")
