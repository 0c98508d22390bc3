"""`subgen review`: the list of doubtful cues of a saved document."""

from __future__ import annotations

from pathlib import Path

from subgen.cli.jobs import STDOUT
from subgen.cli.results import print_result
from subgen.cli.settings import Settings
from subgen.errors import EXIT_OK, OptionError
from subgen.formats import read
from subgen.formats.render import review
from subgen.formats.review import STYLES
from subgen.output import write
from subgen.textfile import read_text


def review_file(document: Path, limit: int, style: str | None, settings: Settings) -> int:
    """Prints the list, or writes it where --output says, in the style of that file's ending unless one is given."""
    output = None if settings.delivery.output in (None, STDOUT) else Path(str(settings.delivery.output))
    chosen = style or (output.suffix.lower().removeprefix(".") if output else "md")
    if chosen not in STYLES:
        raise OptionError(f"A list can't be written as {chosen!r}; use {', '.join(STYLES)}.")
    if limit < 1:
        raise OptionError("A list has at least one entry: use --limit 1 or more.")
    found = review(read(read_text(document), str(document)), settings.options.layout, limit)
    text = STYLES[chosen](found)
    if output is None:
        print_result(text)
    else:
        write(output, text, overwrite=settings.delivery.overwrite)
    return EXIT_OK
