"""Cues of ours under a check: they break only what they must, and files of them hold what was reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subgen.check import check
from subgen.checking import check_file
from subgen.cues import cues
from subgen.formats import Rendering, render
from subgen.formats.srt import srt
from subgen.options import Decoding, Layout, Options
from subgen.profiles import PROFILES
from subgen.rules import rules
from subgen.types import Document, Transcript, Utterance
from tests.fakes import media
from tests.subgen.cue_counter import count
from tests.subgen.test_check import LAYOUT, found
from tests.subgen.test_cues_lists import changes, retimed
from tests.subgen.timed_words import LISTS, utterances


def document(said: Sequence[Utterance]) -> Document:
    end = said[-1].words[-1].end
    return Document(media("film.mkv"), end, (Transcript(0.0, end, "All of it.", "English"),), tuple(said))


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from(["srt", "vtt", "ttml"]), st.sampled_from(sorted(PROFILES)))
def test_a_check_finds_in_our_files_what_was_reported_and_nothing_else(tmp_path_factory, seed, format, profile):
    written = document(retimed(seed, words=60))
    options = Options(layout=Layout(profile, frame_rate=25.0), decoding=Decoding(language="English"))
    told = [(each.cue, each.rule, each.figure) for each in Rendering(written, options.layout).findings(format)]
    path = tmp_path_factory.mktemp("check") / f"film.{format}"
    path.write_text(render(written, format, options.layout), encoding="utf-8")
    assert [(each.cue, each.rule, each.figure) for each in check_file(path, None, options).findings] == told


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
