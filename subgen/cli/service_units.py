"""What a service is to run, as a systemd unit or a launchd property list, with a mark that says who wrote it.

Sources: systemd.service(5), systemd.exec(5), systemd.kill(5), systemd.syntax(7); launchd.plist(5).
"""

from __future__ import annotations

import hashlib
import plistlib
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from subgen.errors import MissingDependency, ModelError, OptionError
from subgen.types import Seconds

LABEL = "local.subgen.watch"
"""the agent's name for launchd"""
STOP_LIMIT: Seconds = 15
"""until what still runs after SIGTERM is killed: `subgen.cli.ending` lets it take less than 10 s"""
RESTART_DELAY: Seconds = 30
"""before another start after a crash; a share may be back by then"""
THROTTLE: Seconds = 300
"""the same for launchd, which can't be told that some exit codes will only come again"""
NICENESS = 10
HOPELESS = (OptionError.exit_code, ModelError.exit_code, MissingDependency.exit_code)
"""exit codes after which another start would end in the same way"""
STOPPED = (128 + 1, 128 + 2, 128 + 15)
"""exit codes of a command that a signal has ended"""


@dataclass(frozen=True, slots=True)
class Job:
    """A command line of `subgen watch`."""

    python: Path
    arguments: tuple[str, ...]
    """what follows `watch`"""
    folder: Path
    """where relative names and the file subgen.toml are looked for"""

    @property
    def words(self) -> tuple[str, ...]:
        """The whole command line. -P: modules are not looked for in `folder`, which may hold anything."""
        return (str(self.python), "-P", "-m", "subgen", "watch", *self.arguments)


class Origin(StrEnum):
    """Who wrote a unit."""

    OURS = "as subgen wrote it"
    CHANGED = "changed since subgen wrote it"
    OTHER = "not written by subgen"


def systemd_unit(job: Job) -> str:
    """A unit for the systemd of a user. Raises OptionError for what a unit can't hold.

    Protection is what the kernel gives every process without privileges. Namespaces (ProtectSystem= and others) need
    some in part of the distributions, and the unit would not start there; MemoryDenyWriteExecute= would stop MLX, which
    compiles its kernels.
    """
    body = f"""\
[Unit]
Description=subgen watch: subtitles for films and recordings that come into folders
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=:{" ".join(_word(word) for word in job.words)}
WorkingDirectory={_directory(job.folder)}
Restart=on-failure
RestartSec={RESTART_DELAY:g}
RestartPreventExitStatus={" ".join(map(str, HOPELESS))}
SuccessExitStatus={" ".join(map(str, STOPPED))} SIGALRM
KillMode=mixed
TimeoutStopSec={STOP_LIMIT:g}
OOMPolicy=continue
Nice={NICENESS}
IOSchedulingPriority=7
NoNewPrivileges=yes
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native

[Install]
WantedBy=default.target
"""
    return _marked(body, "# {}\n", 0)


def launchd_agent(job: Job, log: Path) -> str:
    """A property list for the launchd of a user; what the command says goes into `log`. Raises OptionError."""
    values = {
        "Label": LABEL,
        "ProgramArguments": list(job.words),
        "WorkingDirectory": str(job.folder),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": THROTTLE,
        "ExitTimeOut": STOP_LIMIT,
        "ProcessType": "Background",
        "Nice": NICENESS,
        "StandardOutPath": str(log),
        "StandardErrorPath": str(log),
    }
    try:
        body = plistlib.dumps(values, sort_keys=False).decode("utf-8")
    except (ValueError, UnicodeEncodeError) as error:
        raise OptionError(f"{_unfit(job)} holds a character that a property list can't; rename it.") from error
    return _marked(body, "<!-- {} -->\n", 2)  # below the declarations of XML and its type


def origin(text: str) -> Origin:
    """Who wrote a unit, by its mark."""
    found = _MARK.search(text)
    if found is None:
        return Origin.OTHER
    lines = text.splitlines(keepends=True)
    rest = "".join(line for line in lines if not _MARK.search(line))
    return Origin.OURS if found[1] == _digest(rest) else Origin.CHANGED


_MARK = re.compile(r"Written by `subgen service install`, ([0-9a-f]{32})")


def _marked(body: str, comment: str, line: int) -> str:
    """The text with a mark that holds its digest, so that a change by anybody shows."""
    lines = body.splitlines(keepends=True)
    mark = comment.format(f"Written by `subgen service install`, {_digest(body)}")
    return "".join((*lines[:line], mark, *lines[line:]))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8"), digest_size=16).hexdigest()


def _word(text: str) -> str:
    """One word of ExecStart=: in quotes, with C escapes; "%" would begin a specifier. The ":" before all leaves "$"."""
    if not _is_utf8(text):
        raise OptionError(f"{text!r} is not UTF-8, which a systemd unit must be; rename it.")
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if sign < " " or sign == "\x7f":
        return f"\\x{ord(sign):02x}"
    return {'"': '\\"', "\\": "\\\\", "%": "%%"}.get(sign, sign)


def _directory(path: Path) -> str:
    """The value of WorkingDirectory=, which knows neither quotes nor escapes."""
    text = str(path)
    if not _is_utf8(text) or text != text.strip() or text.endswith("\\") or any(_escaped(c)[:2] == "\\x" for c in text):
        raise OptionError(f"The folder {text!r} has a name that a systemd unit can't hold; go to another first.")
    return text.replace("%", "%%")


def _is_utf8(text: str) -> bool:
    return text.encode("utf-8", "replace").decode("utf-8") == text


def _unfit(job: Job) -> str:
    """The word that can't be written."""
    words = (*job.words, str(job.folder))
    return next((repr(word) for word in words if not _is_utf8(word) or _CONTROL.search(word)), "The command line")


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
