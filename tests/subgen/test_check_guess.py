"""What a check tells of a file by its cues alone: the frame rate by the times, the language by the words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from subgen.check.guess import frame_rate_of, language_of
from subgen.cues import cues
from subgen.options import Layout
from subgen.types import Cue
from tests.subgen.test_check import moved
from tests.subgen.timed_words import utterances


@pytest.mark.parametrize("rate", [24.0, 25.0, 24000 / 1001, 30000 / 1001, 50.0, 60.0])
@pytest.mark.parametrize("digits", [3, 2])
def test_the_frame_rate_is_told_by_the_times(rate, digits):
    shown = cues(utterances("prose2.5"), Layout(), rate)[:120]
    rounded = [replace(cue, start=round(cue.start, digits), end=round(cue.end, digits)) for cue in shown]
    assert frame_rate_of(rounded) == pytest.approx(rate)
    assert frame_rate_of(shown[:3]) is None
    assert frame_rate_of([moved(cue, start=0.0137 * number % 0.04) for number, cue in enumerate(shown)]) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I told him that the sky was dark and that it had begun to rain.", "English"),
        ("Ich habe ihm gesagt, dass der Himmel dunkel war und es regnete.", "German"),
        ("Je lui ai dit que le ciel était sombre et qu'il allait pleuvoir sur nous.", "French"),
        ("私はその時泣いていたのです。", "Japanese"),
        ("今天天气很好，我们去公园玩吧。", "Chinese"),
        ("오늘은 날씨가 좋습니다.", "Korean"),
        ("12 + 7 = 19", ""),
        ("", ""),
    ],
)
def test_the_language_is_told_by_the_words(text, language):
    assert language_of([Cue(0, 1, (text,))]) == language
