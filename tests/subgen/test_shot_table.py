"""Cues of whole films, made and subtitled as by the command, beside the cuts that the films were made with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.subgen.cut_films import KINDS, Kind
from tests.subgen.shot_table import row
from tests.subgen.timed_words import utterances

WORDS = 280
"""a minute and a half"""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_films_keep_to_their_shots_and_lose_nothing_for_it(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUBGEN_CACHE", str(tmp_path / "cache"))
    [said, *_] = utterances("prose3.5")
    found = row(kind, (replace(said, words=said.words[:WORDS]),), tmp_path, seed=7)
    assert found.cuts > 10
    assert sum(found.blind) >= 5
    assert (found.seeing, found.short, found.close) == ((0, 0), 0, 0)
