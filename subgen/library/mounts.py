"""Which folders are on a network, from where no events come and where a look costs more."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

NETWORK = frozenset(
    {
        *("9p", "acfs", "afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "gfs2", "glusterfs"),
        *("gpfs", "lustre", "ncpfs", "nfs", "nfs3", "nfs4", "ocfs2", "orangefs", "osxfuse", "macfuse", "pvfs2"),
        *("smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs", "webdav"),
    }
)
"""file systems whose content others change, as /proc/mounts and mount(8) call them"""
_LOCAL_FUSE = frozenset({"fuse.bindfs", "fuse.mergerfs", "fuse.ntfs-3g", "fuse.unionfs"})
"""of those in user space: with disks of this machine below them. Others (sshfs, rclone, s3fs) have none."""
_DARWIN = re.compile(r"^.* on (.*) \((\w+)[,)]", re.MULTILINE)


def mounts(table: Path = Path("/proc/mounts"), command: Path = Path("/sbin/mount")) -> dict[str, str]:
    """The kind of file system at each mount point; empty where the system does not say."""
    try:
        return of_proc(table.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:  # macOS has no such file
        pass
    try:
        listed = subprocess.run([command], capture_output=True, text=True, errors="surrogateescape", check=False)
    except OSError:
        return {}
    return of_mount_command(listed.stdout)


def of_proc(text: str) -> dict[str, str]:
    """From /proc/mounts, which has spaces in names as octal escapes (fstab(5))."""
    rows = (line.split(" ") for line in text.splitlines())
    return {_plain(row[1]): row[2] for row in rows if len(row) > 2}


def of_mount_command(text: str) -> dict[str, str]:
    """From what mount(8) of macOS prints."""
    return dict(_DARWIN.findall(text))


def is_remote(folder: Path, table: Callable[[], dict[str, str]] = mounts) -> bool:
    """Whether a folder is on a file system that others can change without this machine's knowledge."""
    kinds = table()
    real = Path(os.path.realpath(folder))
    kind = next((kinds[str(each)] for each in (real, *real.parents) if str(each) in kinds), "")
    return kind in NETWORK or (kind.startswith("fuse.") and kind not in _LOCAL_FUSE)


def _plain(name: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), name)
