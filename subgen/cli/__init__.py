"""The command `subgen`. Importing this package loads nothing: even a Ctrl-C during start-up meets `main`."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """The installed command."""
    from subgen.cli.streams import reopen_closed

    reopen_closed()
    from subgen.cli.shell import run, to_the_end

    sys.exit(to_the_end(lambda: run(sys.argv[1:])))
