"""Who is told of files that are done or have failed, as flags say it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from subgen.cli.screens import screen
from subgen.cli.settings import Console
from subgen.events import Noticed
from subgen.library.notify import Channel, Notifier
from subgen.library.notify_command import Command
from subgen.library.notify_http import Address, Webhook
from subgen.library.notify_servers import read_maps, server
from subgen.library.stop import Stop
from subgen.library.work import End
from subgen.types import Note


@dataclass(frozen=True, slots=True)
class Notices:
    """What is to be told to whom."""

    channels: tuple[Channel, ...] = ()

    @classmethod
    def read(
        cls,
        commands: tuple[str | None, str | None],
        webhooks: Sequence[str] | None,
        servers: Sequence[str] | None,
        maps: Sequence[str] | None,
    ) -> Notices:
        """From the flags; `commands` are those of --on-done and --on-failed. Raises OptionError."""
        return cls(tuple(_channels(commands, webhooks or (), servers or (), maps or ())))

    def opened(self, console: Console, stop: Stop) -> Notifier:
        """The notifier of a run; what does not arrive becomes a warning, also after the run's own screen has gone."""
        plain = replace(console, progress="json" if console.progress == "json" else "none")

        def complain(path: Path, text: str) -> None:
            screen(plain).listen(Noticed(path, Note("notice", text)))

        return Notifier(self.channels, complain, stop)


def _channels(
    commands: tuple[str | None, str | None], webhooks: Sequence[str], servers: Sequence[str], maps: Sequence[str]
) -> Iterator[Channel]:
    for text, event in zip(commands, (End.DONE, End.FAILED), strict=True):
        if text is not None:
            yield Command.read(text, event)
    for url in webhooks:
        yield Webhook(Address.read(url, "--webhook"))
    mapped = read_maps(maps)
    for text in servers:
        yield server(text, os.environ, mapped)
