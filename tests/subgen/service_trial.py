"""`subgen service` under a real systemd: `python -m tests.subgen.service_trial` (Linux, root; two minutes).

Starts a user's systemd in namespaces of its own, with a home of its own, and installs the service for a folder of clips
with the demo model. Prints what happened to the clips, to the process, and to the unit.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.subgen.batch_killing import make_clips

SYSTEMD = "/lib/systemd/systemd"
INSIDE = "--inside"
CLIPS = 4


def main() -> None:
    """Goes into namespaces, then does the trial there."""
    if INSIDE in sys.argv:
        with tempfile.TemporaryDirectory() as room, session(Path(room)):
            trial(Path(room))
        return
    print(subprocess.run([SYSTEMD, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0])
    groups = "umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup"
    steps = (
        f"{groups} && mkdir -p /sys/fs/cgroup/trial && echo 0 > /sys/fs/cgroup/trial/cgroup.procs"
        f' && exec unshare --cgroup sh -c \'{groups}; exec "$@"\' sh "$@"'
    )
    again = (sys.executable, "-m", "tests.subgen.service_trial", INSIDE)
    own = ("unshare", "--mount", "--pid", "--fork", "--mount-proc")
    sys.exit(subprocess.run([*own, "sh", "-c", steps, "sh", *again], check=False).returncode)


@contextmanager
def session(room: Path) -> Iterator[None]:
    """A systemd for the user whose home is the room."""
    run, home = room / "run", room / "home"
    (run / "systemd").mkdir(parents=True)
    run.chmod(0o700)
    home.mkdir()
    Path("/run/systemd/system").mkdir(parents=True, exist_ok=True)  # by which programs know that systemd runs
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        os.environ.pop(name, None)
    os.environ |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(run)}
    with (room / "log").open("w") as log:
        systemd = subprocess.Popen([SYSTEMD, "--user", "--log-target=console"], stdout=log, stderr=log)
        try:
            wait(lambda: control("is-system-running").strip() in {"running", "degraded"}, 30)
            yield
        finally:
            systemd.terminate()
            systemd.wait(30)


def trial(room: Path) -> None:
    """Everything that a service goes through."""
    films = room / 'films 50% "$HOME"'
    make_clips(films, CLIPS)
    spare = [path.rename(room / path.name) for path in sorted(films.rglob("*.wav"))[CLIPS // 2 :]]
    told("install", lambda: service("install", films.name, "--model", "demo", "--quiet-time", "0", cwd=room))
    told("status", lambda: service("status"))
    told("first clips", lambda: wait(lambda: len(results(films)) == CLIPS // 2, 60))
    before = main_process()
    os.kill(before, signal.SIGKILL)
    told("killed with -9", lambda: wait(lambda: main_process() not in {0, before}, 60) or service("status"))
    for path in spare:
        path.rename(films / path.name)
    told("other clips", lambda: wait(lambda: len(results(films)) == CLIPS, 90))
    told("stop", lambda: control("stop", "subgen.service") + service("status", code=1))
    told("usage error", lambda: broken(room))
    told("remove", lambda: service("remove"))
    told("status", lambda: service("status", code=1))
    left = [path.name for path in (room / "home" / ".config").rglob("*") if path.is_symlink() or path.is_file()]
    print(f"{'files left':14} {left}")


def broken(room: Path) -> str:
    """A unit whose command line makes no sense ends with 2 and is not started again."""
    unit = room / "home" / ".config" / "systemd" / "user" / "subgen.service"
    text = unit.read_text()
    unit.write_text(text.replace('"--quiet-time" "0"', '"--quiet-time" "-1"').replace("RestartSec=30", "RestartSec=1"))
    control("daemon-reload")
    control("restart", "subgen.service")
    time.sleep(5)
    said = service("status", code=1)
    unit.write_text(text)
    return said


def service(*arguments: str, code: int = 0, cwd: Path | None = None) -> str:
    """`subgen service`, from any folder."""
    done = subprocess.run(
        [sys.executable, "-m", "subgen", "service", *arguments],
        cwd=cwd or "/", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def control(*words: str) -> str:
    """`systemctl --user`."""
    return subprocess.run(["systemctl", "--user", *words], capture_output=True, text=True, check=False).stdout


def main_process() -> int:
    """The service's process; 0: there is none."""
    return int(control("show", "subgen.service", "--property=MainPID", "--value").strip() or 0)


def results(folder: Path) -> list[Path]:
    """The subtitles in a folder."""
    return list(folder.rglob("*.srt"))


def wait(done: Callable[[], bool], limit: float) -> str:
    """Waits until something is so."""
    until = time.monotonic() + limit
    while not done():
        assert time.monotonic() < until, subprocess.run(
            ["systemctl", "--user", "--no-pager", "--full", "status", "subgen.service"], check=False
        )
        time.sleep(0.1)
    return ""


def told(what: str, step: Callable[[], str]) -> None:
    """Prints what a step says and how long it took."""
    began = time.monotonic()
    said = step().splitlines() or [""]
    print(f"{what:14} {time.monotonic() - began:5.1f} s  {said[0]}")
    for line in said[1:]:
        print(f"{'':24}{line}")


if __name__ == "__main__":
    assert os.geteuid() == 0, "it needs namespaces: run it as root"
    assert shutil.which("unshare")
    main()
