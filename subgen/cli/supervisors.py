"""What runs services for a user: systemd on Linux, launchd on macOS, each through its own command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from subgen.cli.service_units import LABEL, Job, launchd_agent, systemd_unit
from subgen.errors import MissingDependency
from subgen.types import Seconds

UNIT = "subgen.service"
PATIENCE: Seconds = 60.0
"""for one of their commands: stopping a service takes up to STOP_LIMIT"""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended."""

    code: int
    text: str
    """its output"""
    complaint: str = ""


Call = Callable[[Sequence[str]], Answer]
"""Runs a command."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a service is."""

    running: bool
    words: str


class Supervisor(Protocol):
    """Who starts a service, and again after crashes."""

    path: Path
    """the file of the unit"""
    journal: str
    """how the user reads what the service says"""

    def text(self, job: Job) -> str:
        """The unit for a job."""
        ...

    def start(self) -> None:
        """Makes it run the unit as the file is now, from now on. Raises MissingDependency."""
        ...

    def stop(self) -> None:
        """Ends the service, and starts it no more. Raises MissingDependency."""
        ...

    def forget(self) -> None:
        """The file has been removed."""
        ...

    def condition(self) -> Condition:
        """How the service is. Raises MissingDependency."""
        ...

    def hint(self) -> str:
        """What the user should know of when services run; "": nothing."""
        ...


def supervisor(platform: str = sys.platform) -> Supervisor:
    """The one of this system. Raises MissingDependency."""
    if platform != "darwin" and shutil.which("systemctl") is None:
        raise MissingDependency(
            "There is no systemd to run services here: have `subgen watch` started by what does (a container, cron)."
        )
    return any_supervisor(platform)


def any_supervisor(platform: str = sys.platform) -> Supervisor:
    """The one of this kind of system, whether it is there or not: for its units only."""
    return Launchd(Path.home(), call) if platform == "darwin" else Systemd(_config_home(os.environ), call)


def call(words: Sequence[str], patience: Seconds = PATIENCE) -> Answer:
    """Runs a command and waits for its end."""
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, errors="replace", check=False, timeout=patience,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except FileNotFoundError:
        return Answer(127, "", f"{words[0]} is not there")
    except subprocess.TimeoutExpired:
        return Answer(124, "", f"no answer in {patience:g} s")
    return Answer(done.returncode, done.stdout, done.stderr)


class Systemd:
    """The systemd of the user."""

    journal = f"journalctl --user --unit {UNIT}"

    def __init__(self, config: Path, call: Call) -> None:
        """`config`: the user's folder for settings of programs."""
        self.path = config / "systemd" / "user" / UNIT
        self._call = call

    def text(self, job: Job) -> str:
        """A unit file."""
        return systemd_unit(job)

    def start(self) -> None:
        """Enabled, and started again if it ran."""
        self._control("daemon-reload")
        self._control("enable", UNIT)
        self._control("restart", UNIT)

    def stop(self) -> None:
        """Disabled and stopped."""
        self._control("disable", "--now", UNIT)

    def forget(self) -> None:
        """Also that it had failed."""
        self._control("daemon-reload")
        self._call(("systemctl", "--user", "reset-failed", UNIT))  # complains where nothing had failed

    def condition(self) -> Condition:
        """What `systemctl show` says."""
        names = ("ActiveState", "SubState", "Result", "MainPID", "ExecMainStatus", "StateChangeTimestamp", "NRestarts")
        told = self._control("show", UNIT, f"--property={','.join(names)}")
        values = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
        return Condition(values.get("ActiveState") == "active", _told(values))

    def hint(self) -> str:
        """Services of users end when they log out, unless they linger."""
        answer = self._call(("loginctl", "show-user", str(os.getuid()), "--property=Linger", "--value"))
        if answer.code == 0 and answer.text.strip() == "no":
            return "It runs while you are logged in; `loginctl enable-linger` lets it run without you."
        return ""

    def _control(self, *words: str) -> str:
        answer = self._call(("systemctl", "--user", *words))
        if answer.code:
            raise MissingDependency(_refusal("systemd", words, answer, f"{self.path}"))
        return answer.text


class Launchd:
    """The launchd of the user who is logged in."""

    def __init__(self, home: Path, call: Call) -> None:
        self.path = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        self._log = home / "Library" / "Logs" / "subgen.log"
        self.journal = f"tail {self._log}"
        self._domain = f"gui/{os.getuid()}"
        self._call = call

    def text(self, job: Job) -> str:
        """A property list."""
        return launchd_agent(job, self._log)

    def start(self) -> None:
        """Loaded anew."""
        self._call(("launchctl", "bootout", f"{self._domain}/{LABEL}"))  # complains where nothing is loaded
        self._control("enable", f"{self._domain}/{LABEL}")
        self._control("bootstrap", self._domain, str(self.path))

    def stop(self) -> None:
        """Ended and unloaded, if it is loaded."""
        if self._call(("launchctl", "print", f"{self._domain}/{LABEL}")).code == 0:
            self._control("bootout", f"{self._domain}/{LABEL}")

    def forget(self) -> None:
        """It keeps nothing of what is not loaded."""

    def condition(self) -> Condition:
        """What `launchctl print` says."""
        answer = self._call(("launchctl", "print", f"{self._domain}/{LABEL}"))
        if answer.code:
            return Condition(False, "not loaded")
        pairs = (line.split(" = ", 1) for line in answer.text.splitlines() if " = " in line)
        values = {name.strip(): value.strip() for name, value in reversed([*pairs])}  # the first of a name counts
        process = f", process {values['pid']}" if "pid" in values else ""
        last = values.get("last exit code", "(never exited)")
        ended = "" if last == "(never exited)" else f", ended last with exit code {last}"
        return Condition(values.get("state") == "running", f"{values.get('state', 'unknown')}{process}{ended}")

    def hint(self) -> str:
        """Agents run while their user is logged in; there is nothing to be done about that."""
        return ""

    def _control(self, *words: str) -> None:
        answer = self._call(("launchctl", *words))
        if answer.code:
            raise MissingDependency(_refusal("launchd", words, answer, f"{self.path}"))


def _config_home(environment: Mapping[str, str]) -> Path:
    """Where programs keep settings, by the XDG Base Directory Specification: systemd looks nowhere else."""
    given = Path(environment.get("XDG_CONFIG_HOME", ""))
    return given if given.is_absolute() else Path.home() / ".config"


def _refusal(name: str, words: Sequence[str], answer: Answer, path: str) -> str:
    lines = (answer.complaint or answer.text).strip().splitlines() or [f"exit code {answer.code}"]
    return f"{name} refused to {words[0]} the service of {path}: {lines[-1].rstrip('.')}."


def _told(values: Mapping[str, str]) -> str:
    """The state of a unit in words."""
    state, sub = values.get("ActiveState", "unknown"), values.get("SubState", "unknown")
    parts = [f"{state} ({sub}) since {values['StateChangeTimestamp']}" if values.get("StateChangeTimestamp") else state]
    if values.get("MainPID", "0") != "0":
        parts.append(f"process {values['MainPID']}")
    elif values.get("ExecMainStatus", "0") != "0":
        parts.append(f"ended last with exit code {values['ExecMainStatus']}")
    if values.get("NRestarts", "0") != "0":
        parts.append(f"restarts: {values['NRestarts']}")
    return ", ".join(parts)
