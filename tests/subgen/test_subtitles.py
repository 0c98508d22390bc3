"""Subtitle files from many hands, read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from subgen.formats.subtitles import read_subtitles

FILES = Path(__file__).parents[1] / "subtitles"
W3C = FILES / "webvtt_wpt"
COUNTS = {
    name: count
    for name, count in json.loads((W3C / "expected.json").read_text(encoding="utf-8")).items()
    if count is not None
}


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_the_files_of_the_w3c_have_the_cues_that_it_counts(name, count) -> None:
    found = read_subtitles(W3C / f"file/{name}.vtt")
    assert (found.format, len(found.cues)) == ("vtt", count)
    assert len(found.time_lines or ()) == count
