"""Films with subtitles: with those that were just made, or with a file of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from subgen.cli.jobs import Job, plan
from subgen.cli.screens import Screen, screen
from subgen.cli.settings import Settings
from subgen.errors import EXIT_OK
from subgen.events import Noticed
from subgen.film.names import BURNED, SUBTITLED
from subgen.options import Options
from subgen.types import Media, Note

if TYPE_CHECKING:
    from subgen.film.captions import Captions
    from subgen.formats import Rendering


def film_with(kind: str, media: Path, subtitles: Path, settings: Settings) -> int:
    """`subgen mux` and `subgen burn`: a film and a subtitle file in, a new film out."""
    from subgen.film.captions import of_file

    wanted = replace(settings.delivery, mux=kind == SUBTITLED, burn=kind == BURNED)
    [job] = plan((media,), wanted)
    captions = of_file(subtitles, settings.options.decoding.language or "")
    job.check(captions.language)
    with screen(settings.console) as shown:
        shown.begin(media, 1, 1)
        write_films(job, captions, settings.options, shown)
    return EXIT_OK


def require_films(job: Job, media: Media, options: Options) -> None:
    """Refuses before any work what can't be made of a media file. Raises MediaError or MissingDependency."""
    if BURNED in job.films:
        from subgen.film.burn import burner, no_picture

        if media.frame_rate is None:
            raise no_picture(media.path)
        burner(options.input.ffmpeg)


def of_document(job: Job, rendering: Rendering) -> Captions:
    """The subtitles of a job for its films: with the styles of ASS if that format is wanted, too."""
    from subgen.film.captions import of_document

    return of_document(rendering, styled="ass" in job.formats)


def write_films(job: Job, captions: Captions, options: Options, screen: Screen) -> None:
    """Makes every film of a job, unless there is nothing to show."""
    from subgen.film.burn import burn
    from subgen.film.making import Order
    from subgen.film.mux import mux

    if not captions.srt.strip():
        screen.listen(Noticed(job.path, Note("silence", "There is nothing to show: no film with subtitles is made.")))
        return
    makers = {SUBTITLED: mux, BURNED: burn}
    for kind in job.films:
        output = job.film(kind, captions.language)
        job.make_folder()
        makers[kind](Order(job.path, output, job.overwrite, options.input.ffmpeg, screen.listen), captions)
        screen.written(job.path, output)
