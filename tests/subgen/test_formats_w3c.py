"""Our WebVTT before the parser of the W3C. Runs where `.ci/run` could install it with npm, see tests/conftest.py."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subgen.formats import render
from subgen.formats.text import clean, shown
from subgen.formats.vtt import vtt
from subgen.options import Writing
from tests.subgen.cue_making import cue_lists
from tests.subgen.documents import sample_document

ROOT = Path(__file__).parents[2]
Judge = Callable[[str], dict[str, list]]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """A function that gives a text to the parser, which stays open for all of them."""
    command = ["node", Path(__file__).with_name("w3c_judge.js"), ROOT / ".ci/node_modules/webvtt-parser"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as node:

        def ask(text: str) -> dict[str, list]:
            node.stdin.write(json.dumps(text) + "\n")
            node.stdin.flush()
            return json.loads(node.stdout.readline())

        yield ask


@pytest.mark.parametrize("word_times", [False, True])
def test_the_example_is_without_an_error(judge, word_times) -> None:
    answer = judge(render(sample_document(), "vtt", writing=Writing(word_times=word_times)))
    assert answer["errors"] == []
    assert len(answer["cues"]) >= 6


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cues=cue_lists(), word_times=st.booleans())
def test_any_cues_are_without_an_error_and_come_back(judge, cues, word_times) -> None:
    answer = judge(vtt(cues, word_times))
    assert answer["errors"] == []
    wanted = [(cue.start, cue.end, "\n".join(line.text for line in lines), lines) for cue, lines in shown(cues)]
    assert [text for _, _, text, _ in answer["cues"]] == [text for _, _, text, _ in wanted]
    for (start, end, _, voices), (wanted_start, wanted_end, _, lines) in zip(answer["cues"], wanted, strict=True):
        assert abs(start - wanted_start) <= 0.0011
        assert abs(end - wanted_end) <= 0.0011
        # this parser leaves character references in names as they are, against section 6.4 of the standard
        assert set(map(unescape, voices)) == {line.speaker for line in lines} - {""}


def test_the_judge_sees_what_others_get_wrong(judge) -> None:
    faults = ["a < b", "a & b", "a --> b", "<00:00:01.000>at the start"]
    for fault in faults:
        answer = judge(f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n{fault}\n")
        assert answer["errors"] or clean(fault) not in answer["cues"][0][2], fault
