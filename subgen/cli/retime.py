"""`subgen retime`: one subtitle file and its film in, the same subtitles with other times out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from subgen.cli.jobs import STDOUT
from subgen.cli.results import print_result
from subgen.cli.screens import Bar, screen
from subgen.cli.settings import Delivery, Settings
from subgen.cli.work import find_models
from subgen.errors import EXIT_OK, OutputError
from subgen.events import Event, Opened
from subgen.formats import read
from subgen.output import check_writable, write
from subgen.textfile import read_text


def retime_file(subtitles: Path, media: Path, document: Path | None, settings: Settings) -> int:
    """Repairs the times of `subtitles`; `document` is saved JSON of the media, which is not recognised again then."""
    from subgen.engine import Engine
    from subgen.models import download
    from subgen.retiming import retime

    output = place(subtitles, settings.delivery)
    if output is not None:
        check_writable(output, overwrite=settings.delivery.overwrite)
    options = settings.options
    known = read(read_text(document), str(document)) if document is not None else None
    with screen(settings.console) as shown, Engine.open(options.models, shown.listen) as engine:

        def listen(event: Event) -> None:
            shown.listen(event)
            if isinstance(event, Opened):
                find_models(options, partial(download, bars=isinstance(shown, Bar)))

        shown.begin(media, 1, 1)
        done = retime(subtitles, media, options, document=known, engine=engine, listen=listen)
        if output is None:
            print_result(done.text)
        else:
            write(output, done.text, overwrite=settings.delivery.overwrite)
        shown.written(subtitles, output)
    return EXIT_OK


def place(subtitles: Path, delivery: Delivery) -> Path | None:
    """Where the result goes: None is stdout. Raises OutputError when it would replace its own input."""
    if delivery.output == STDOUT:
        return None
    name = f"{subtitles.stem}.retimed{subtitles.suffix}"
    if delivery.output is None:
        return subtitles.with_name(name)
    output = Path(delivery.output)
    if output.is_dir() or delivery.output.endswith("/"):
        output = output / name
    if output.exists() and subtitles.exists() and output.samefile(subtitles):
        raise OutputError(f"The result {output} would replace its own input: give another --output.")
    return output
