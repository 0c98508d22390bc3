"""Network file systems by what the system says of them."""

from pathlib import Path

import pytest

from subgen.library.mounts import is_remote, mounts, of_mount_command, of_proc

PROC = r"""overlay / overlay rw,relatime 0 0
/dev/sda1 /data ext4 rw 0 0
//nas/films /mnt/films cifs rw,vers=3.0 0 0
nas:/music /mnt/my\040music nfs4 rw 0 0
user@host: /mnt/ssh fuse.sshfs rw 0 0
/mnt/a:/mnt/b /mnt/pool fuse.mergerfs rw 0 0
/dev/sdb1 /mnt/usb fuseblk rw 0 0
/dev/sdc1 /mnt/films/local ext4 rw 0 0
broken
"""
MOUNT = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//me@nas._smb._tcp.local/films on /Volumes/my films (old) (smbfs, nodev, nosuid, mounted by me)
nas:/music on /Volumes/music (nfs)
"""


@pytest.mark.parametrize(
    ("folder", "remote"),
    [
        ("/films", False),
        ("/data/films", False),
        ("/mnt/films", True),
        ("/mnt/films/series", True),
        ("/mnt/films/local/x", False),
        ("/mnt/filmsX", False),
        ("/mnt/my music/a", True),
        ("/mnt/ssh", True),
        ("/mnt/pool", False),
        ("/mnt/usb", False),
    ],
)
def test_mounts_of_linux(folder, remote):
    assert is_remote(Path(folder), lambda: of_proc(PROC)) is remote


@pytest.mark.parametrize(
    ("folder", "remote"), [("/Users/me", False), ("/Volumes/my films (old)/a", True), ("/Volumes/music", True)]
)
def test_mounts_of_macos(folder, remote):
    assert is_remote(Path(folder), lambda: of_mount_command(MOUNT)) is remote


def test_links_lead_to_where_the_folder_is(tmp_path):
    (tmp_path / "films").symlink_to("/mnt/films")
    assert is_remote(tmp_path / "films", lambda: of_proc(PROC))


def test_nothing_is_remote_where_nothing_is_known():
    assert not is_remote(Path("/films"), dict)


def test_the_table_counts_and_else_the_command(tmp_path):
    (tmp_path / "mounts").write_text(PROC)
    command = tmp_path / "mount"
    command.write_text(f"#!/bin/sh\ncat << END\n{MOUNT}END\n")
    command.chmod(0o700)
    assert mounts(tmp_path / "mounts", command)["/mnt/films"] == "cifs"
    assert mounts(tmp_path / "none", command)["/Volumes/music"] == "nfs"
    assert mounts(tmp_path / "none", tmp_path / "none") == {}
