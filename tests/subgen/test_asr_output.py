"""Reading the recogniser's raw text: vectors of the official package, a slow reference, and properties."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.asr.output import TAG, canonical, collapse, merge_languages, parse

VECTORS = json.loads((Path(__file__).parents[1] / "golden/output_vectors.json").read_text(encoding="utf-8"))

looping = st.lists(
    st.tuples(st.text("ab 语\n", min_size=1, max_size=23), st.integers(1, 45)).map(lambda pair: pair[0] * pair[1]),
    max_size=5,
).map("".join)


def slow_collapse(text: str) -> str:
    """The rule as it is told, with loops and recursion instead of expressions."""
    runs, i = [], 0
    while i < len(text):
        end = i
        while end < len(text) and text[end] == text[i]:
            end += 1
        runs.append(text[i] if end - i > 20 else text[i:end])
        i = end
    return slow_patterns("".join(runs))


def slow_patterns(text: str) -> str:
    for i in range(len(text) - 39):
        for size in range(1, 21):
            pattern = text[i : i + size]
            copies = 0
            while len(pattern) == size and text[i + copies * size : i + (copies + 1) * size] == pattern:
                copies += 1
            if copies >= 20:
                return text[:i] + pattern + slow_patterns(text[i + copies * size :])
    return text


@pytest.mark.parametrize("vector", VECTORS["parse"], ids=lambda vector: vector["raw"][:20])
def test_parse_vectors(vector):
    assert list(parse(vector["raw"], vector["forced"])) == vector["out"]


@pytest.mark.parametrize("vector", VECTORS["fix_repetitions"], ids=lambda vector: vector["text"][:20])
def test_collapse_vectors(vector):
    assert collapse(vector["text"]) == vector["out"] == slow_collapse(vector["text"])


def test_canonical_and_merge_vectors():
    assert [canonical(vector["x"]) for vector in VECTORS["normalize_language"]] == [
        vector["out"] for vector in VECTORS["normalize_language"]
    ]
    assert [merge_languages(vector["x"]) for vector in VECTORS["merge_languages"]] == [
        vector["out"] for vector in VECTORS["merge_languages"]
    ]


def test_vectors_are_all_there():
    assert [len(VECTORS[name]) for name in ("parse", "fix_repetitions", "normalize_language", "merge_languages")] == [
        82,
        39,
        8,
        7,
    ]


@given(looping)
def test_collapse_equals_the_slow_rule(text):
    assert collapse(text) == slow_collapse(text)


@given(st.text() | looping)
def test_collapse_never_lengthens_nor_invents(text):
    collapsed = collapse(text)
    assert len(collapsed) <= len(text)
    rest = iter(text)
    assert all(character in rest for character in collapsed), "what is left is a subsequence of what was there"


@given(st.text(max_size=39))
def test_short_texts_lose_runs_of_one_character_only(text):
    if not any(character * 21 in text for character in text):
        assert collapse(text) == text


@given(st.text() | looping)
def test_collapsing_a_text_without_loops_changes_nothing_again(text):
    once = collapse(text)
    if slow_collapse(once) == once:
        assert collapse(once) == once
    else:
        assert len(collapse(once)) < len(once), "joining the rests can make a new loop, which only shortens"


@pytest.mark.parametrize(
    ("spoken", "left"),
    [
        ("ok " * 25, "ok ok"),  # stripped, the last copy lacks its space and stays
        ("well " + "ok " * 25, "well ok"),  # here the pattern found first is " ok", so nothing is left over
        ("ok " * 20, "ok " * 19 + "ok"),  # nineteen copies and a bit are no loop
        ("对不起，" * 400 + "再见", "对不起，再见"),
        ("no, no! " * 30 + "yes", "no, no! yes"),
    ],
)
def test_what_a_loop_leaves(spoken, left):
    assert parse(f"language English{TAG}{spoken}", None) == ("English", left)


@given(st.text(), st.sampled_from(["English", "Chinese"]))
def test_a_forced_language_keeps_every_tag_in_the_text(raw, language):
    assert parse(raw, language) == ((language, collapse(raw.strip())) if raw.strip() else ("", ""))


@given(st.text(st.characters(exclude_characters="<"), max_size=30), st.sampled_from(["Thai", "Greek"]))
def test_what_the_model_is_trained_to_say_is_read(text, language):
    expected = collapse(f"language {language}{TAG}{text}".strip()).partition(TAG)[2].strip()
    assert parse(f"language {language}{TAG}{text}", None) == (language, expected)


@given(st.lists(st.none() | st.sampled_from(["", " ", "Thai", "Thai ", "Greek"])))
def test_merged_languages_have_no_equal_neighbours(languages):
    merged = merge_languages(languages)
    names = merged.split(",") if merged else []
    assert all(a != b for a, b in pairwise(names))
    assert set(names) == {language.strip() for language in languages if language and language.strip()}
    assert merge_languages(names) == merged


@pytest.mark.parametrize(
    "unit",
    ["a" * 19 + "b", "ab" * 19 + "c", "abcdefghijklmnopqrst" * 19 + "x", "a" * 19 + "b" * 19 + "c" * 19],
    ids=lambda unit: unit[-5:],
)
def test_almost_loops_of_100_000_characters_stay_and_do_not_take_quadratic_time(unit):
    """A rule that looks at pairs of positions would need 10**10 steps here, past the limit every test runs under."""
    text = "".join(f"{unit}{chr(0x4E00 + number)}" for number in range(100_000 // len(unit)))
    assert collapse(text) == text
