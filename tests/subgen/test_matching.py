"""Dividing a known text by what was heard."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from subgen.matching import divide

WORDS = st.sampled_from(["one", "two", "three", "four", "five", "Six,", "seven.", "八", "don’t"])


@given(st.text(max_size=80), st.lists(st.text(max_size=30), max_size=5))
def test_the_pieces_are_the_text(text: str, heard: list[str]) -> None:
    pieces = divide(text, heard)
    assert len(pieces) == len(heard)
    assert "".join(pieces) == (text if heard else "")


@given(st.lists(st.lists(WORDS, min_size=1, max_size=8), min_size=1, max_size=6))
def test_what_was_heard_right_goes_where_it_was_heard(sentences: list[list[str]]) -> None:
    marked = [[f"{word}{index}x{place}" for place, word in enumerate(words)] for index, words in enumerate(sentences)]
    heard = [" ".join(words).upper() for words in marked]
    pieces = divide(" ".join(" ".join(words) for words in marked), heard)
    assert [piece.split() for piece in pieces] == marked


def test_words_that_were_not_heard_go_with_their_neighbours() -> None:
    text = "Alpha beta, GAMMA delta. Epsilon zeta eta."
    assert divide(text, ["alpha beta", "epsilon theta eta"]) == ("Alpha beta, GAMMA delta. ", "Epsilon zeta eta.")


def test_a_chunk_in_which_nothing_matches_gets_its_share() -> None:
    text = "One two. Three four. Five six."
    assert divide(text, ["one two", "tree for", "five six"]) == ("One two. ", "Three four. ", "Five six.")


def test_chinese_is_matched_by_character() -> None:
    assert divide("今天天气很好。明天下雨。", ["今天天气好", "明天下雨"]) == ("今天天气很好。", "明天下雨。")
