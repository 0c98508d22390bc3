"""Cues: what a reader sees, rule by rule, and the defects of other tools as regressions."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cues import columns, cues, laid_out
from subgen.cues.grid import Grid
from subgen.cues.syntax import sentence_ends
from subgen.cues.timing import COMFORT
from subgen.cues.tokens import tokens
from subgen.options import Layout
from subgen.rules import Dashes, Rules, rules
from subgen.types import Cue, Utterance, Word
from subgen.words import spread
from tests.subgen.cue_checks import assert_limits, assert_same_text

LAYOUT = Layout()
RULES = rules(LAYOUT, "English")
GAP = 0.084  # two frames at 24 a second, in whole milliseconds


def said(text, language="English", start=0.0, speed=14.0, speaker=None) -> Utterance:
    """A text spoken at `speed` characters a second."""
    return Utterance(spread(text, start, start + len(text) / speed), language, speaker)


def timed(*words, language="English", speaker=None) -> Utterance:
    """Words given as (text, start, end)."""
    return Utterance(tuple(Word(start, end, text) for text, start, end in words), language, speaker)


def lines_of(shown: tuple[Cue, ...]) -> list[tuple[str, ...]]:
    return [cue.lines for cue in shown]


def test_nothing_said_is_no_cue() -> None:
    assert cues((), LAYOUT) == ()
    assert cues((Utterance((), "English"), timed((" ", 0, 1), ("", 1, 2))), LAYOUT) == ()


def test_a_short_sentence_is_one_line_from_its_first_word() -> None:
    (cue,) = cues((said("How do you do?", start=3.0),), LAYOUT)
    assert (cue.start, cue.end, cue.lines, cue.speakers) == (3.0, 4.0, ("How do you do?",), ())
    assert cue.words == (said("How do you do?", start=3.0).words,)


def test_two_lines_are_balanced_and_break_before_a_preposition() -> None:
    (cue,) = cues((said("He walked to the old station in the pouring rain."),), LAYOUT)
    assert cue.lines == ("He walked to the old station", "in the pouring rain.")


def test_sentences_are_kept_whole_where_they_fit() -> None:
    shown = cues((said("I came home very late last night. Nobody was there when I opened the heavy door."),), LAYOUT)
    assert lines_of(shown) == [
        ("I came home very late last night.",),
        ("Nobody was there", "when I opened the heavy door."),
    ]


def test_a_pause_of_over_a_second_always_starts_a_new_cue() -> None:
    shown = cues((timed(("We ", 0, 0.5), ("waited ", 0.5, 1.0), ("long", 2.1, 3.0)),), LAYOUT)
    assert lines_of(shown) == [("We waited",), ("long",)]


def test_two_speakers_never_share_a_line() -> None:
    shown = cues((said("I said yes", speaker="Ann"), said("no you did not", start=2.0, speaker="Bob")), LAYOUT)
    assert [(cue.lines, cue.speakers) for cue in shown] == [
        (("I said yes",), ("Ann",)),
        (("no you did not",), ("Bob",)),
    ]


def test_quick_turns_of_two_speakers_share_a_cue_one_line_each() -> None:
    turns = (said("Is that you?", speaker="Ann"), said("Yes.", start=1.0, speaker="Bob"))
    (cue,) = cues(turns, LAYOUT)
    assert (cue.lines, cue.speakers) == (("-Is that you?", "-Yes."), ("Ann", "Bob"))
    assert cue.words == (turns[0].words, turns[1].words)


def test_a_line_that_begins_with_a_dash_gets_no_other() -> None:
    (cue,) = cues((said("Is it?", speaker="Ann"), said("— Yes.", start=0.5, speaker="Bob")), LAYOUT)
    assert cue.lines == ("-Is it?", "— Yes.")


@pytest.mark.parametrize(
    ("dashes", "lines"),
    [
        (Dashes(both=True, spaced=True), ("- Is that you?", "- Yes.")),
        (Dashes(both=False, spaced=False), ("Is that you?", "-Yes.")),
        (Dashes(both=False, spaced=True), ("Is that you?", "- Yes.")),
    ],
)
def test_dashes_are_those_of_the_rules(dashes, lines) -> None:
    turns = (said("Is that you?", speaker="Ann"), said("Yes.", start=1.0, speaker="Bob"))
    assert lines_of(laid_out(turns, lambda _: Rules(dashes=dashes))) == [lines]
    assert len(laid_out(turns, lambda _: Rules(dashes=None))) == 2
    assert len(laid_out(turns, lambda _: Rules(lines=1))) == 2


def test_speakers_under_different_rules_share_no_cue() -> None:
    turns = (said("Is that you?", speaker="Ann"), said("Oui.", "French", start=1.0, speaker="Bob"))
    shown = laid_out(turns, lambda language: Rules(width=42 if language == "English" else 37))
    assert [cue.speakers for cue in shown] == [("Ann",), ("Bob",)]


def test_a_turn_is_not_torn_for_a_dialogue_that_can_do_without() -> None:
    long = said("I have been waiting for you all day long in the cold. Where have you been?", speaker="Ann", speed=14)
    shown = cues((long, said("Away.", start=long.words[-1].end + 0.1, speaker="Bob")), LAYOUT)
    assert [cue.speakers for cue in shown][-1] != ("Ann",)
    assert sum(len(cue.speakers) > 1 for cue in shown) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "It cost 10,000 dollars. Really?",
        "Up 3.5% today. Good.",
        "She is twenty-five, right? Yes.",
        "Don’t worry. I’m here.",
        "It was $5. AT&T, 2+2, example.com, e-mail: 25°C",
        "<i>not markup</i> & a --> b",
        "Il a dit « oui » et puis : non !",
        "«Привет», — сказал он. «Как дела?»",
        "مرحبا، كيف حالك؟ أنا بخير.",
        "नमस्ते, आप कैसे हैं? मैं ठीक हूँ।",
        "👨\u200d👩\u200d👧 went home 🇩🇪.",
        "a\u00a0b\u202fc d",
    ],
)
@pytest.mark.parametrize("width", [8, 42])
def test_no_sign_of_the_text_is_lost_or_added(text, width) -> None:
    shown = cues((said(text),), Layout(width=width))
    assert " ".join(line for cue in shown for line in cue.lines) == text


@pytest.mark.parametrize(
    "token", ["10,000", "3.5%", "twenty-five", "$5", "AT&T", "2+2", "example.com", "25°C", "Don’t"]
)
def test_a_sign_inside_a_word_never_breaks_it_even_when_the_aligner_made_two_words(token) -> None:
    half = len(token) // 2
    words = timed(("so ", 0, 1), (token[:half], 1, 1.2), (token[half:] + " ", 1.2, 2), ("it goes on", 2, 3))
    shown = cues((words,), Layout(width=8, lines=1))
    assert token in [part for cue in shown for line in cue.lines for part in line.split()]


@pytest.mark.parametrize(
    "text",
    ["Dr. Smith paid for it", "We saw Mrs. Jones", "Sgt. J. R. Pepper sang", "Take No. 5 please", "At 5 p.m. we left"],
)
def test_the_dot_of_an_abbreviation_ends_no_sentence(text) -> None:
    assert lines_of(cues((said(text),), LAYOUT)) == [(text,)]


def test_a_title_stays_with_its_name() -> None:
    shown = cues((said("The hospital has asked the famous Dr. Smith to come over from London."),), Layout(width=32))
    assert not any(line.endswith("Dr.") for cue in shown for line in cue.lines)


@pytest.mark.parametrize(
    ("text", "language", "ends"),
    [
        ("One. Two! Three? “Four.” (Five.) six", "English", "One. Two! Three? “Four.” (Five.) six"),
        ("I was... there. Well... So… yes", "English", "there. Well... yes"),
        ("The U.S. army, i.e. J. Smith, Mr. Gray etc. Then no. 5 at 3. go", "English", "etc. go"),
        ("So did I. It was 1865. No. Yes", "English", "I. 1865. No. Yes"),
        ("Wait; here: now, and", "English", "and"),
        ("क्या? हाँ। ठीक", "Hindi", "क्या? हाँ। ठीक"),
        ("نعم؟ لا۔ نعم", "Persian", "نعم؟ لا۔ نعم"),
    ],
)
def test_sentences_end_where_a_reader_would_say_so(text, language, ends) -> None:
    run = tokens(said(text).words)
    found = [token.text for token, end in zip(run, sentence_ends(run, language), strict=True) if end]
    assert " ".join(found) == ends


def test_chinese_in_an_english_file_gets_no_spaces() -> None:
    text = "今天天气很好，我们去公园玩。"
    assert lines_of(cues((said(text, "English", speed=5),), LAYOUT)) == [(text,)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "吾輩は猫である。名前はまだ無い。「どこ」で生れたかとんと見当がつかぬ。ニャーニャー泣いていた、きゃっと。",
            "Japanese",
        ),
        ("他说：“你好吗？”我用iPhone 15打了20年电话，花了5％。（笑）真的！", "Chinese"),
        ("สวัสดีครับวันนี้เราจะไปประเทศไทยๆในช่วงฤดูร้อนที่ผ่านมา", "Thai"),
    ],
)
def test_scripts_without_spaces_break_anywhere_but_before_closing_and_after_opening_signs(text, language) -> None:
    shown = cues((said(text, language, speed=4),), Layout(width=8))
    lines = [line for cue in shown for line in cue.lines]
    assert_same_text(shown, text)
    assert all(line[0] not in "。、，？！：”」）％ーっゃๆะาำ" and line[-1] not in "「（“เแโใไ" for line in lines)
    assert not any(line.endswith("iPhon") for line in lines)
    assert max(columns(line, rules(LAYOUT, language).full_width) for line in lines) <= 8


def test_latin_words_and_numbers_inside_chinese_stay_whole_and_a_number_keeps_its_counter() -> None:
    shown = cues((said("我用iPhone打了2024年的电话给他们", "Chinese", speed=4),), Layout(width=9, lines=1))
    assert [cue.lines[0] for cue in shown if "iPhone" in cue.lines[0]]
    assert any("2024年" in cue.lines[0] for cue in shown)


def test_straight_quotes_stay_with_what_they_quote() -> None:
    text = '他说"今天好"他说"今天好"他说"今天好"'
    shown = cues((said(text, "Chinese", speed=4),), Layout(width=8))
    lines = [line for cue in shown for line in cue.lines]
    assert "".join(lines) == text
    assert all(line.count('"') != 1 or line[0] == '"' or line[-1] == '"' for line in lines)


def test_a_lone_opening_quote_goes_right_and_a_lone_closing_sign_left() -> None:
    shown = cues((said("Il a dit « oui » et puis : non !"),), Layout(width=8))
    lines = [line for cue in shown for line in cue.lines]
    assert "« oui »" in " ".join(lines)
    assert not any(line.endswith("«") or line[0] in "»:!" for line in lines)


def test_a_word_of_no_length_is_shown_for_the_shortest_time() -> None:
    (cue,) = cues((timed(("Hm.", 5.0, 5.0)),), LAYOUT)
    assert (cue.start, cue.end) == (5.0, 5.875)  # the first frame that is no less than 5/6 s later in milliseconds


def test_sixteen_fast_words_are_shown_long_enough_to_be_read() -> None:
    fast = timed(*((f"fast{i} ", 10 + i * 0.05, 10.05 + i * 0.05) for i in range(16)))
    for cue in cues((fast,), LAYOUT):
        assert cue.end - cue.start >= RULES.shortest


def test_words_that_all_have_one_time_are_shown_one_cue_after_the_other() -> None:
    heap = timed(*((f"word{i} ", 10, 10) for i in range(60)))
    shown = cues((heap, timed(("end", 20, 21))), LAYOUT)
    assert all(cue.end - cue.start >= RULES.shortest for cue in shown)
    assert [cue.start for cue in shown[:2]] == [9.5, 10.458]  # half a second early, for silence was before it
    assert (shown[-1].start, shown[-1].end, shown[-1].lines) == (20.0, 21.0, ("end",))
    assert_limits(shown, LAYOUT)


def test_a_word_of_25_seconds_is_cut_at_the_longest_time() -> None:
    shown = cues((timed(("Gooooal! ", 0, 25), ("Yes.", 25, 25.5)),), LAYOUT)
    assert (shown[0].start, shown[0].end, shown[0].lines) == (0.0, 7.0, ("Gooooal!",))
    assert shown[1].start == 25.0


def test_touching_words_take_the_gap_from_the_out_time() -> None:
    shown = cues((said("First he said this."), said("Then that.", start=19 / 14)), LAYOUT)
    assert shown[1].start == 1.333  # the frame in which the word begins at 1.357
    assert shown[0].end == pytest.approx(shown[1].start - GAP)


@pytest.mark.parametrize(("frame_rate", "gap"), [(23.976, 84), (24.0, 84), (25.0, 80), (29.97, 67), (60.0, 34)])
def test_the_gap_is_never_less_than_the_frames_of_the_layout(frame_rate, gap) -> None:
    shown = cues((said("One."), said("Two.", start=1.0)), LAYOUT, frame_rate)
    assert round((shown[1].start - shown[0].end) * 1000) == gap
    assert gap / 1000 * frame_rate >= 2


@pytest.mark.parametrize(("pause", "closed"), [(0.2, True), (0.49, True), (0.6, False)])
def test_gaps_under_half_a_second_are_chained(pause, closed) -> None:
    first = said("This is a line that is long enough to read.", speed=12)
    second = said("And here is another.", start=first.words[-1].end + pause)
    left, right = cues((first, second), LAYOUT)
    gap = right.start - left.end
    assert (gap == pytest.approx(GAP, abs=1e-6)) if closed else (gap >= 0.5)


def test_a_cue_stays_for_the_reader_but_at_most_half_a_second_after_the_speech() -> None:
    fast = said("These seven words were said rather quickly.", speed=25)
    (cue,) = cues((fast,), LAYOUT)
    assert abs(fast.words[-1].end + 0.5 - cue.end) < 1 / 24
    (cue,) = cues((said("These seven words were said rather quickly.", speed=15),), LAYOUT)
    assert 0 <= (cue.end - cue.start) * RULES.reading_speed * COMFORT - 43 < 1


def test_three_lines_and_one_line() -> None:
    text = "The quick brown fox jumps over the lazy dog and runs away from the farmer"
    (three,) = cues((said(text, speed=18),), Layout(width=28, lines=3))
    assert len(three.lines) == 3
    assert all(len(cue.lines) == 1 for cue in cues((said(text),), Layout(width=28, lines=1)))


def test_a_token_wider_than_a_line_is_alone_and_whole() -> None:
    long = "https://example.com/a/very/long/path/that/does/not/fit/in/one/line"
    shown = cues((said(f"Go to {long} and look."),), LAYOUT)
    assert (long,) in lines_of(shown)
    assert_same_text(shown, f"Go to {long} and look.")


def test_overlapping_and_falling_times_still_give_cues_in_order() -> None:
    ann = timed(("One ", 3, 9), ("two ", 2, 2.5), ("three.", 8, 7.5), speaker="Ann")
    bob = timed(("Four.", 1, 1.5), speaker="Bob")
    shown = cues((ann, bob), LAYOUT)
    assert_same_text(shown, "One two three. Four.")
    assert_limits(shown, LAYOUT)


def test_times_before_the_start_are_the_start() -> None:
    assert cues((timed(("Hi.", -0.5, 0.5)),), LAYOUT)[0].start == 0.0


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("今天。", 3), ("नमस्ते", 3), ("👨\u200d👩\u200d👧", 1), ("שלום\u200f", 4), ("ไม่", 2), ("e\u0301", 1)],
)
def test_columns_are_visible_graphemes(text, width) -> None:
    assert columns(text) == width


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 1.5), ("今天。", 3), ("iPhone手机", 5), ("한국 말", 3.5), ("ｱ", 0.5)]
)
def test_full_width_columns_count_narrow_signs_half(text, width) -> None:
    assert columns(text, full_width=True) == width


WORDS = st.lists(
    st.tuples(
        st.sampled_from(
            ["a ", "the ", "Dr. ", "end. ", "yes, ", "今", "天。", "「", "ไม่", "نعم ", "—", " ", "x" * 30 + " "]
        ),
        st.floats(-1, 30, allow_nan=False),
        st.floats(0, 9, allow_nan=False),
    ),
    max_size=25,
)
LAYOUTS = st.builds(
    Layout,
    width=st.integers(8, 50),
    lines=st.integers(1, 3),
    gap_frames=st.integers(0, 5),
    longest=st.floats(2, 10),
    reading_speed=st.floats(5, 30),
    chain=st.sampled_from([None, 0.0, 0.5, 1.0]),
    linger=st.sampled_from([None, 0.0, 1.5]),
    dashes=st.sampled_from([None, "both", "second", "both-spaced"]),
)


SHOTS = st.lists(st.floats(-1, 60, allow_nan=False), max_size=12)


@given(st.lists(WORDS, max_size=3), LAYOUTS, st.sampled_from([23.976, 25.0, 60.0]), SHOTS, st.booleans())
def test_every_word_is_shown_once_in_order_and_limits_hold(parts, layout, frame_rate, shots, in_order) -> None:
    utterances = []
    clock = 0.0
    for number, part in enumerate(parts):
        words = []
        for text, start, duration in part:
            clock = max(clock, start) if in_order else start
            words.append(Word(clock, clock + duration, text))
        utterances.append(Utterance(tuple(words), "English", f"S{number}"))
    shown = cues(utterances, layout, frame_rate, shots)
    assert_same_text(shown, " ".join(utterance.text for utterance in utterances))
    assert_limits(shown, layout, frame_rate)
    for left, right in pairwise(shown):
        if left.end - left.start < RULES.shortest - 1e-6:  # only for want of room, and when all had to give way
            assert right.start - left.end == pytest.approx(
                -(-layout.gap_frames * 1000 // Grid.of(frame_rate).rate) / 1000, abs=1.5e-3
            )
            assert min(word.start for line in right.words for word in line) < right.start
