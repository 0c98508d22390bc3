"""Text files as users make them."""

from __future__ import annotations

import os
from pathlib import Path

from subgen.errors import MediaNotFound, OptionError


def read_text(path: Path) -> str:
    """A UTF-8 text file, with or without a byte order mark. Raises MediaNotFound or OptionError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise OptionError(f"{path} is not UTF-8 text (byte {error.start} is wrong): save it as UTF-8.") from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise MediaNotFound(f"The file {path} can't be read: {reason}.") from error
