"""Results in a library: what others wrote or changed is never touched, and stops the rest before it begins."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.errors import OutputError
from subgen.library.deliver import deliver, is_ours, places
from subgen.library.rows import Output
from subgen.options import Options
from tests.subgen.documents import sample_document

DOCUMENT = sample_document()


def where(folder: Path, *formats: str) -> tuple[tuple[str, Path], ...]:
    return places(folder / "Movie.mkv", formats, "English", folder)


def test_results_are_written_once_and_replaced_when_they_differ(tmp_path: Path) -> None:
    first = deliver(DOCUMENT, Options(), where(tmp_path, "srt", "txt"))
    assert [output.path.name for output in first] == ["Movie.en.srt", "Movie.en.txt"]
    assert all(map(is_ours, first))
    before = [output.path.stat() for output in first]
    assert deliver(DOCUMENT, Options(), where(tmp_path, "srt", "txt")) == first
    assert [output.path.stat().st_ino for output in first] == [status.st_ino for status in before]
    other = replace(DOCUMENT, utterances=DOCUMENT.utterances[:1])
    second = deliver(other, Options(), where(tmp_path, "srt", "txt"), first)
    assert second != first
    assert all(map(is_ours, second))
    assert not any(map(is_ours, first))


@given(st.sets(st.sampled_from(("srt", "vtt", "txt", "json"))), st.sets(st.sampled_from(("srt", "vtt", "txt", "json"))))
def test_what_is_not_ours_is_kept_and_then_nothing_is_written(tmp_path_factory, foreign, changed) -> None:
    folder = tmp_path_factory.mktemp("deliver")
    wanted = where(folder, "srt", "vtt", "txt", "json")
    ours = []
    for format, path in wanted:
        if format in foreign:
            path.write_text("theirs", encoding="utf-8")
        elif format in changed:
            ours.append(Output(path, "0" * 32))
            path.write_text("ours, and then somebody's", encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    if before:
        with pytest.raises(OutputError, match="it was kept; move it away first"):
            deliver(DOCUMENT, Options(), wanted, ours)
        assert {path: path.read_bytes() for path in folder.iterdir()} == before
    else:
        assert all(map(is_ours, deliver(DOCUMENT, Options(), wanted, ours)))


def test_a_name_that_cannot_be_read_is_in_the_way(tmp_path: Path) -> None:
    ((_, path),) = where(tmp_path, "srt")
    path.mkdir()
    with pytest.raises(OutputError, match="is in the way and can't be read"):
        deliver(DOCUMENT, Options(), where(tmp_path, "srt"))
    assert stat.S_ISDIR(path.stat().st_mode)


def test_the_folder_is_made_or_named(tmp_path: Path) -> None:
    assert places(tmp_path / "a.mkv", ("srt",), "", tmp_path / "x" / "y") == (("srt", tmp_path / "x" / "y" / "a.srt"),)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="can't be made"):
        places(tmp_path / "a.mkv", ("srt",), "", tmp_path / "file" / "y")
