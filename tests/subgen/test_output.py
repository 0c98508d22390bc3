"""Results are written whole, or not at all."""

from __future__ import annotations

import errno
import os

import pytest

from subgen.errors import OutputError
from subgen.output import LocalDisk, check_writable, write


def test_text_is_written_as_utf8_with_line_feeds_and_nothing_else_is_left(tmp_path) -> None:
    path = tmp_path / "é\n🎬.srt"
    write(path, "1\nשלום\n\udce4", overwrite=False)
    assert path.read_bytes() == "1\nשלום\n?".encode()
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_what_exists_is_kept_unless_it_may_be_overwritten(tmp_path) -> None:
    path = tmp_path / "a.srt"
    path.write_text("mine")
    for attempt in (lambda: write(path, "new", overwrite=False), lambda: check_writable(path, overwrite=False)):
        with pytest.raises(OutputError, match=r"a\.srt exists already; use --overwrite"):
            attempt()
    assert path.read_text() == "mine"
    check_writable(path, overwrite=True)
    assert path.read_text() == "mine"
    write(path, "new", overwrite=True)
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_dangling_link_counts_as_existing(tmp_path) -> None:
    path = tmp_path / "a.srt"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="exists already"):
        write(path, "new", overwrite=False)


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("folder", "is a folder; give the name of a file"),
        ("missing/a.srt", "The folder .*missing does not exist; create it"),
        ("file/a.srt", "file is not a folder"),
        ("x" * 300 + ".srt", "is too long for the file system"),
        ("nul\0.srt", "NUL character"),
    ],
)
def test_impossible_places_are_refused_before_and_at_writing(tmp_path, name, sentence, overwrite) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    for attempt in (
        lambda: check_writable(tmp_path / name, overwrite),
        lambda: write(tmp_path / name, "text", overwrite),
    ):
        with pytest.raises(OutputError, match=sentence) as caught:
            attempt()
        assert "\n" not in str(caught.value)
        assert caught.value.exit_code == 5
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "file"}


def test_a_folder_is_checked_before_names_are_known(tmp_path) -> None:
    check_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError, match=r"The folder .*missing does not exist"):
        check_writable(tmp_path / "missing")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="file is not a folder"):
        check_writable(tmp_path / "file")


class FaultyDisk(LocalDisk):
    """A real folder on which named operations fail, after having done part of their work where they would."""

    def __init__(self, **faults: BaseException) -> None:
        self._faults = faults

    def create(self, path, data) -> None:
        if "create" in self._faults and data:
            path.write_bytes(data[: len(data) // 2])
        self._fail("create")
        super().create(path, data)

    def link(self, source, target) -> None:
        self._fail("link")
        super().link(source, target)

    def replace(self, source, target) -> None:
        self._fail("replace")
        super().replace(source, target)

    def remove(self, path) -> None:
        super().remove(path)
        self._fail("remove")

    def _fail(self, operation) -> None:
        if operation in self._faults:
            raise self._faults[operation]


def fault(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, r"a\.srt could not be written because the disk is full; free some space"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EACCES, "The folder .* may not be written to; choose another with -o"),
        (errno.EROFS, "may not be written to"),
        (errno.EPERM, "may not be written to"),
        (errno.EIO, r"a\.srt can't be written: Input/output error"),
    ],
)
def test_faults_of_the_disk_are_one_sentence_and_leave_nothing(tmp_path, number, sentence, overwrite) -> None:
    disk = FaultyDisk(create=fault(number))
    for attempt in (
        lambda: write(tmp_path / "a.srt", "text", overwrite, disk),
        lambda: check_writable(tmp_path / "a.srt", overwrite, disk),
    ):
        with pytest.raises(OutputError, match=sentence):
            attempt()
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("operation", ["create", "link", "replace"])
def test_an_interruption_leaves_nothing_and_is_passed_on(tmp_path, operation) -> None:
    disk = FaultyDisk(**{operation: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a.srt", "text", operation == "replace", disk)
    assert list(tmp_path.iterdir()) == []


def test_a_replace_that_fails_keeps_the_old_file(tmp_path) -> None:
    (tmp_path / "a.srt").write_text("mine")
    with pytest.raises(OutputError, match="disk is full"):
        write(tmp_path / "a.srt", "text", True, FaultyDisk(replace=fault(errno.ENOSPC)))
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_without_hard_links_a_name_is_taken_and_then_filled(tmp_path, number) -> None:
    path = tmp_path / "a.srt"
    disk = FaultyDisk(link=fault(number))
    write(path, "text", False, disk)
    assert path.read_text() == "text"
    with pytest.raises(OutputError, match="exists already"):
        write(path, "other", False, disk)
    assert path.read_text() == "text"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("broken", [fault(errno.ENOSPC), KeyboardInterrupt()])
def test_without_hard_links_a_taken_name_is_given_up_when_filling_fails(tmp_path, broken) -> None:
    disk = FaultyDisk(link=fault(errno.EPERM), replace=broken)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write(tmp_path / "a.srt", "text", False, disk)
    assert list(tmp_path.iterdir()) == []


class RacingDisk(LocalDisk):
    """Another program makes the file after it was seen to be missing."""

    def __init__(self, path, *, links: bool) -> None:
        self._path = path
        self._links = links

    def link(self, source, target) -> None:
        self._path.write_text("theirs")
        if not self._links:
            raise fault(errno.ENOTSUP)
        super().link(source, target)


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_meanwhile_is_never_replaced(tmp_path, links) -> None:
    path = tmp_path / "a.srt"
    with pytest.raises(OutputError, match="exists already"):
        write(path, "mine", False, RacingDisk(path, links=links))
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_a_hidden_file_that_will_not_go_does_not_spoil_a_result_that_stands(tmp_path) -> None:
    write(tmp_path / "a.srt", "text", True, FaultyDisk(remove=fault(errno.EIO)))
    assert (tmp_path / "a.srt").read_text() == "text"
