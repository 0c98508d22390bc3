"""Finding media files: names, links, what is left out, what lies beside."""

from pathlib import Path

import pytest

from subgen.library.scan import Found, Unreadable, is_media, is_unfinished, scan


def made(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return root


def names(root, **options):
    return [each.path.relative_to(root).as_posix() for each in scan([root], **options)]


def test_media_files_in_order_of_their_names(tmp_path):
    made(tmp_path, "b.MKV", "a.mp3", "Series/S01/e2.mp4", "Series/S01/e1.mp4", "notes.txt", "a.srt", "none", ".mkv")
    assert names(tmp_path) == ["Series/S01/e1.mp4", "Series/S01/e2.mp4", "a.mp3", "b.MKV"]


def test_hidden_and_unfinished_names_are_left_out(tmp_path):
    made(tmp_path, ".film.mkv.x7Yz", "._film.mkv", ".hidden/film.mkv", "@eaDir/film.mkv", "$RECYCLE.BIN/film.mkv")
    made(tmp_path, "film.mkv.part", "film.part.mkv", "film.mkv.!qB", "film.mkv.crdownload", "film.mkv~", "film.tmp")
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "unfinished"),
    [("a.mkv", False), ("a.mkv.part", True), ("a.part.mkv", True), ("A.MKV.!QB", True), ("part.mkv", False)],
)
def test_temporary_names(name, unfinished):
    assert is_unfinished(name) == unfinished
    assert is_media(name) == (not unfinished)


def test_what_lies_beside_belongs_to_the_exact_stem(tmp_path):
    made(tmp_path, "Movie.mkv", "Movie 2.mkv", "Movie.en.srt", "Movie.en.forced.srt", "Movie.srt", "Movie 2.de.vtt")
    made(tmp_path, "Movie.nfo", "MovieX.srt", "other.srt")
    beside = {each.path.name: each.sidecars for each in scan([tmp_path])}
    assert beside == {
        "Movie.mkv": ("Movie.en.forced.srt", "Movie.en.srt", "Movie.srt"),
        "Movie 2.mkv": ("Movie 2.de.vtt",),
    }


def test_what_fits_two_films_belongs_to_the_longer_stem(tmp_path):
    made(tmp_path, "A.mkv", "A.2.mkv", "A.en.srt", "A.2.en.srt", "A.3.en.srt")
    beside = {each.path.name: each.sidecars for each in scan([tmp_path])}
    assert beside == {"A.mkv": ("A.3.en.srt", "A.en.srt"), "A.2.mkv": ("A.2.en.srt",)}
    assert [each.sidecars for each in scan([tmp_path / "A.mkv"])] == [("A.3.en.srt", "A.en.srt")]


def test_stems_with_dots_and_files_named_by_the_user(tmp_path):
    made(tmp_path, "A.Film.1999.mkv", "A.Film.1999.en.srt", "A.srt", "odd.name", "odd.en.srt")
    (film, odd) = scan([tmp_path / "A.Film.1999.mkv", tmp_path / "odd.name"])
    assert film.sidecars == ("A.Film.1999.en.srt",)
    assert (odd.path, odd.sidecars) == (tmp_path / "odd.name", ("odd.en.srt",))


def test_links_are_followed_and_circles_are_not(tmp_path):
    made(tmp_path, "films/a.mkv")
    (tmp_path / "films" / "again").symlink_to(tmp_path / "films")
    (tmp_path / "films" / "dead.mkv").symlink_to(tmp_path / "nowhere")
    (tmp_path / "films" / "linked.mkv").symlink_to(tmp_path / "films" / "a.mkv")
    made(tmp_path, "films/a folder.mkv/inside.mkv")
    assert names(tmp_path) == ["films/a folder.mkv/inside.mkv", "films/a.mkv", "films/linked.mkv"]


def test_each_file_once_however_often_it_is_named(tmp_path):
    made(tmp_path, "a.mkv", "b/c.mkv")
    found = list(scan([tmp_path / "a.mkv", tmp_path, tmp_path / "b", tmp_path / "b" / ".." / "a.mkv"]))
    assert sorted(each.path.name for each in found) == ["a.mkv", "c.mkv"]


def test_the_caller_leaves_things_out(tmp_path):
    made(tmp_path, "a.mkv", "extras/b.mkv", "c.mkv")
    seen = []

    def left_out(path, folder):
        seen.append((Path(path).name, folder))
        return Path(path).name in {"extras", "c.mkv"}

    assert names(tmp_path, left_out=left_out) == ["a.mkv"]
    assert seen == [("a.mkv", False), ("c.mkv", False), ("extras", True)]


def test_what_cannot_be_read_is_told(tmp_path):
    made(tmp_path, "a.mkv", "closed/b.mkv")
    gone = tmp_path / "gone"
    long = tmp_path / ("n" * 300)
    results = list(scan([gone, long, tmp_path]))
    assert results[:2] == [Unreadable(gone, "No such file or directory"), Unreadable(long, "File name too long")]
    assert [type(each) for each in results[2:]] == [Found, Found]


def test_a_folder_that_vanishes_is_told(tmp_path):
    made(tmp_path, "a/x.mkv", "b/y.mkv")
    results = scan([tmp_path])
    assert next(results).path.name == "x.mkv"
    (tmp_path / "b" / "y.mkv").unlink()
    (tmp_path / "b").rmdir()
    assert list(results) == [Unreadable(tmp_path / "b", "No such file or directory")]


def test_stamps_are_those_of_the_file_system(tmp_path):
    made(tmp_path, "a.mkv")
    (found,) = scan([tmp_path])
    status = (tmp_path / "a.mkv").stat()
    assert (found.stamp.size, found.stamp.mtime, found.stamp.inode) == (5, status.st_mtime_ns, status.st_ino)
