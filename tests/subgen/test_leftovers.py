"""Hidden files of runs that were killed: they go when they are old, and nothing else ever does."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from subgen.library.leftovers import STALE, Leftovers
from subgen.library.scan import scan
from subgen.output import LocalDisk, hidden, is_hidden, write
from tests.subgen.watching import sound

NAME = hidden(Path("x")).name
COMMAND = (sys.executable, "-c", "from subgen.cli import main; main()")


def put(path: Path, age: float = 2 * STALE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("1\n00:00", encoding="utf-8")
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


def swept(*folders: Path, **given: object) -> tuple[Path, ...]:
    leftovers = Leftovers(**given)  # type: ignore[arg-type] # the keywords of the class
    leftovers.look(folders)
    return leftovers.sweep()


def test_what_is_old_goes_and_what_may_be_in_work_stays(tmp_path) -> None:
    old, young = put(hidden(tmp_path / "a")), put(hidden(tmp_path / "a"), STALE / 2)
    future = put(hidden(tmp_path / "a"), -2 * STALE)
    assert swept(tmp_path) == (old,)
    assert sorted(tmp_path.iterdir()) == sorted((young, future))
    assert swept(tmp_path, clock=lambda: time.time() + 10 * STALE) == ()  # a clock that is far ahead
    assert swept(tmp_path / "missing", young) == ()


@given(
    st.one_of(
        st.from_regex(r"\.subgen-[0-9a-f]{30,34}\.part", fullmatch=True), st.text("subgen-.part0123af", max_size=50)
    )
)
@example(NAME)
@example(f"{NAME}\n")
@example(NAME.upper())
@example(f"x{NAME}")
@example(NAME.removeprefix("."))
@example(f"{NAME}.srt")
@example(".subgen-" + "0" * 32 + ".part")
def test_only_names_that_we_make_are_ours(tmp_path_factory, name) -> None:
    assert all(is_hidden(hidden(Path("a")).name) for _ in range(20))
    if not name or name in {".", ".."} or "/" in name:
        return
    folder = tmp_path_factory.mktemp("names")
    path = put(folder / name)
    assert swept(folder) == ((path,) if is_hidden(name) else ())
    assert path.exists() != is_hidden(name)
    assert not is_hidden(name) or (len(name), name[:8], name[-5:]) == (45, ".subgen-", ".part")


def test_links_and_folders_with_such_names_stay_and_a_second_name_of_a_result_goes(tmp_path) -> None:
    kept = put(tmp_path / "Movie.mkv")
    link, folder, second = (hidden(kept) for _ in range(3))
    link.symlink_to(kept)
    folder.mkdir()
    os.utime(folder, (0, 0))
    second.hardlink_to(kept)
    assert swept(tmp_path) == (second,)
    assert kept.exists()
    assert link.is_symlink()
    assert folder.is_dir()


class Faulty(LocalDisk):
    """Refuses one operation."""

    def __init__(self, operation: str) -> None:
        self._operation = operation

    def create(self, path: Path, data: bytes) -> None:
        if self._operation == "create":
            raise OSError(errno.EROFS, "read-only")
        super().create(path, data)

    def remove(self, path: Path) -> None:
        if self._operation == "remove" and path.stat().st_size:
            raise OSError(errno.EPERM, "not yours")
        super().remove(path)


@pytest.mark.parametrize("operation", ["create", "remove"])
def test_what_cannot_be_removed_stays_without_error(tmp_path, operation) -> None:
    old = put(hidden(tmp_path / "a"))
    assert swept(tmp_path, disk=Faulty(operation)) == ()
    assert list(tmp_path.iterdir()) == [old]


def test_what_has_gone_meanwhile_is_no_error(tmp_path) -> None:
    old = put(hidden(tmp_path / "a"))
    leftovers = Leftovers()
    leftovers.enter(str(tmp_path), [old.name])
    old.unlink()
    assert leftovers.sweep() == ()


def test_a_write_that_goes_on_beside_a_sweep_is_whole(tmp_path) -> None:
    """The sweep comes between the hidden name and the final one, as that of another run would."""

    class Swept(LocalDisk):
        def link(self, source: Path, target: Path) -> None:
            assert swept(tmp_path) == ()
            super().link(source, target)

    write(tmp_path / "a.srt", "text", overwrite=False, disk=Swept())
    assert [path.name for path in tmp_path.iterdir()] == ["a.srt"]


def test_a_scan_finds_them_in_its_folders_and_not_in_those_that_are_left_out(tmp_path) -> None:
    here, there = put(hidden(tmp_path / "a" / "x")), put(hidden(tmp_path / "b" / "x"))
    leftovers = Leftovers()
    list(scan([tmp_path], lambda path, _folder: path.endswith("/b"), leftovers.enter))
    assert leftovers.sweep() == (here,)
    assert there.exists()


@pytest.mark.parametrize("command", ["batch", "watch"])
def test_batch_and_watch_sweep_where_media_are_and_where_results_go_but_a_plan_does_not(tmp_path, command) -> None:
    media, out = tmp_path / "media", tmp_path / "out"
    media.mkdir()
    (media / "a.wav").write_bytes(sound(1))
    left = [put(hidden(media / "x")), put(hidden(out / "x"))]
    place = (str(media), "--ledger", str(tmp_path / "ledger"), "--output", str(out), "--model", "demo")
    if command == "batch":
        subprocess.run([*COMMAND, command, *place, "--plan"], check=True, capture_output=True)
        assert all(path.exists() for path in left)
    once = ("--once", "--quiet-time", "0.1") if command == "watch" else ()
    subprocess.run([*COMMAND, command, *place, *once], check=True, capture_output=True, timeout=120)
    assert [path for path in left if path.exists()] == []
