"""The command `subgen`. Importing this package loads nothing: even a Ctrl-C during start-up meets `main`."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """The installed command."""
    from subgen.cli.streams import reopen_closed

    reopen_closed()
    try:
        from subgen.cli.shell import run, to_the_end
    except KeyboardInterrupt:  # no handler is set yet: imports come first
        sys.exit(130)
    sys.exit(to_the_end(lambda: run(sys.argv[1:])))
