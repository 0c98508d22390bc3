"""What is left out: patterns as git reads them, files that inherit, flags that count more."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.library.ignore import NAME, Ignored, patterns, verdict
from subgen.library.scan import scan

# What `git check-ignore` said of each path: a slash at its end stands for a folder.
GIT = [
    ("a.mkv", "a.mkv x/a.mkv", "b.mkv a.mkv.txt"),
    ("/a.mkv", "a.mkv", "x/a.mkv"),
    ("x/a.mkv", "x/a.mkv", "y/x/a.mkv a.mkv"),
    ("*.mkv", "a.mkv x/b.mkv .mkv", "a.mp4 a.mkv.part"),
    ("x/*.mkv", "x/a.mkv", "x/y/a.mkv a.mkv"),
    ("x/**/a.mkv", "x/a.mkv x/y/a.mkv x/y/z/a.mkv", "a.mkv y/x/a.mkv"),
    ("**/x/a", "x/a y/x/a y/z/x/a", "xx/a x/b"),
    ("x/**", "x/a x/y/a", "a y/a"),
    ("a**b", "ab a-b x/acb", "a/b"),
    ("extras/", "extras/ x/extras/", "extras x/extras"),
    ("a?c", "abc x/a.c", "ac a/c"),
    ("[ab].mkv", "a.mkv b.mkv", "c.mkv [ab].mkv"),
    ("[!ab].mkv", "c.mkv", "a.mkv b.mkv"),
    ("[^ab].mkv", "c.mkv", "a.mkv"),
    ("[]a]", "] a", "b"),
    ("[a-c]1", "a1 b1", "d1 -1"),
    (r"\#a", "#a", "a"),
    (r"\!a", "!a", "a"),
    (r"\*", "*", "a"),
    ("#a", "", "a #a"),
    ("a  ", "a", "b"),
    ("!a", "", "a"),
    ("/", "", "a"),
]


@pytest.mark.parametrize(("line", "out", "kept"), GIT, ids=[line for line, _, _ in GIT])
def test_patterns_as_git_reads_them(line, out, kept):
    rules = patterns([f"{line}\n"])
    for name in out.split():
        assert verdict(rules, name.rstrip("/"), name.endswith("/")), name
    for name in kept.split():
        assert not verdict(rules, name.rstrip("/"), name.endswith("/")), name


def test_the_last_pattern_counts_and_case_does_not():
    rules = patterns(["*.mkv", "!Keep.mkv", "", "# all others"])
    assert verdict(rules, "A.MKV", False) is True
    assert verdict(rules, "x/keep.mkv", False) is False
    assert verdict(rules, "a.mp4", False) is None


@given(st.text(max_size=20), st.text(alphabet="ab/.*[", max_size=10), st.booleans())
def test_any_text_is_a_list_of_patterns(text, name, folder):
    assert verdict(patterns(text.splitlines()), name, folder) in {True, False, None}


def films(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"film")
    return root


def left(root, *exclude):
    ignored = Ignored([root], exclude)
    return [each.path.relative_to(root).as_posix() for each in scan([root], ignored, ignored.enter)]


def test_a_nearer_file_counts_more_than_one_above(tmp_path):
    films(tmp_path, "series/a-trailer.mkv", "series/keep/b-trailer.mkv", "c.mkv", "extras/d.mkv")
    (tmp_path / NAME).write_text("*-trailer.mkv\nextras/\n")
    assert left(tmp_path) == ["c.mkv"]
    (tmp_path / "series/keep" / NAME).write_text("!*-trailer.mkv\n")
    assert left(tmp_path) == ["c.mkv", "series/keep/b-trailer.mkv"]


def test_files_above_the_root_count(tmp_path):
    films(tmp_path, "series/show/a.mkv", "series/show/b.mkv")
    (tmp_path / NAME).write_text("/series/show/a.mkv\n")
    assert left(tmp_path / "series") == ["show/b.mkv"]


def test_what_is_excluded_by_a_flag_is_not_brought_back(tmp_path):
    films(tmp_path, "a.mkv", "b.mkv", "x/a.mkv")
    (tmp_path / NAME).write_text("!a.mkv\n")
    assert left(tmp_path, "/a.mkv") == ["b.mkv", "x/a.mkv"]
    assert left(tmp_path, "x/", "b*") == ["a.mkv"]


def test_a_file_that_cannot_be_read_leaves_everything_out(tmp_path):
    films(tmp_path, "a.mkv", "x/b.mkv")
    (tmp_path / "x" / NAME).mkdir()
    assert left(tmp_path) == ["a.mkv"]


def test_nothing_is_left_out_without_patterns():
    assert not Ignored([Path("/films")])("/films/a.mkv", False)
