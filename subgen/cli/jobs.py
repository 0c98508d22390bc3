"""Which results a run will write, worked out and checked before any work is done."""

from __future__ import annotations

import os
import stat
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from subgen.cli.settings import DEFAULT_FORMAT, Delivery
from subgen.errors import OptionError, OutputError
from subgen.film.names import BURNED, SUBTITLED, film_ending, muxer
from subgen.formats import FORMATS
from subgen.formats.render import REVIEW
from subgen.output import check_writable
from subgen.sidecars import relabelled, sidecar

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Job:
    """One input and what is to be made of it."""

    path: Path
    formats: tuple[str, ...]
    folder: Path
    """where results go; made when it is not there, unless `file` is in it"""
    file: Path | None = None
    stdout: bool = False
    overwrite: bool = False
    media: bool = True
    """a film or recording, whose results carry their language in the name; a saved document keeps the name it has"""
    films: tuple[str, ...] = ()
    """the kinds of films with subtitles that are wanted: `subgen.film.names`"""
    sdh: bool = False
    """whether the subtitles are for the deaf and hard of hearing, which their names say"""

    def output(self, format: str, language: str) -> Path:
        """The file for a format, once the language is known by its canonical name."""
        if self.file is not None:
            return self.file if format != REVIEW else self.file.with_suffix(f".{REVIEW}")
        if self.media:
            return sidecar(self.path, language, format, self.folder, sdh=self.sdh)
        return self.folder / relabelled(self.path.stem, format, sdh=self.sdh)

    def film(self, kind: str, language: str) -> Path:
        """The file for a film with subtitles."""
        return self.file or sidecar(self.path, language, film_ending(self.path, kind), self.folder)

    def outputs(self, language: str) -> Iterator[Path]:
        """Every file that will be written."""
        yield from (self.output(format, language) for format in self.formats)
        yield from (self.film(kind, language) for kind in self.films)

    def check(self, language: str | None) -> None:
        """Raises MediaError or OutputError for all that would fail after the work. `language` None: not known."""
        if self.media:
            from subgen.media.source import require_file  # brings PyAV, which `subgen render` can do without

            require_file(self.path)
        if self.stdout:
            return
        if self.file is None and not _mode(self.folder):
            check_writable(_existing(self.folder))
        elif language is None and self.media and self.file is None:
            check_writable(self.folder)
        else:
            for output in self.outputs(language or ""):
                mode = _mode(output)
                if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                    raise OutputError(f"{output} is a device, not a file: use `--output -` to write to stdout.")
                check_writable(output, overwrite=self.overwrite)

    def make_folder(self) -> None:
        """Makes the folder that --output named. Raises OutputError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"The folder {self.folder} can't be made: {error.strerror or error}.") from error


def plan(files: Sequence[Path], delivery: Delivery, *, media: bool = True, sdh: bool = False) -> tuple[Job, ...]:
    """One job for each file. Raises OptionError when a place can't hold all the results or two would meet in a name."""
    films = tuple(kind for kind, wanted in ((SUBTITLED, delivery.mux), (BURNED, delivery.burn)) if wanted)
    formats = delivery.formats or (() if films else (_format_of(delivery.output),))
    single = len(files) == 1 and len(formats) + len(films) == 1
    stdout = delivery.output == STDOUT
    folder, file = (None, None) if stdout or delivery.output is None else _place(delivery.output, single)
    if stdout and not single:
        raise OptionError("stdout takes one result: give one file and one format, or a folder for --output.")
    if stdout and films:
        raise OptionError("Films can't be written to stdout: give a file or a folder for --output.")
    if stdout and delivery.review:
        raise OptionError("--review writes a file beside the result: give a file or a folder for --output.")
    if file is not None and films:
        muxer(file, films[0])
    formats += (REVIEW,) if delivery.review else ()
    jobs = tuple(
        Job(path, formats, folder or path.parent, file, stdout, delivery.overwrite, media, films, sdh) for path in files
    )
    _check_clashes(jobs)
    if file is not None and not (films or delivery.formats or _ending(file) in {"", *FORMATS}):
        known = ", ".join(FORMATS)
        raise OptionError(f"--output {file} ends as no format does: name it as one ({known}), or say --format.")
    return jobs


def _place(output: str, single: bool) -> tuple[Path | None, Path | None]:
    """(folder, None) or (None, file): what exists as a folder, ends as one, or holds several results is a folder."""
    place = Path(output)
    if stat.S_ISDIR(_mode(place)) or output.endswith(("/", os.sep)):
        return place, None
    if single:
        return place.parent, place
    if _mode(place) or _ending(place) in FORMATS:
        raise OptionError(f"--output {output} is one file, but there are several results: give a folder.")
    return place, None


def _format_of(output: str | None) -> str:
    ending = _ending(Path(output)) if output else ""
    return ending if ending in FORMATS else DEFAULT_FORMAT


def _ending(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _existing(folder: Path) -> Path:
    """The folder itself, or the closest folder above that exists."""
    return next((each for each in (folder, *folder.parents) if _mode(each)), folder)


def _mode(path: Path) -> int:
    """What is there, as `st_mode` says it; 0 where nothing is, or nothing can be: a name too long, a locked folder."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):  # ValueError: the name has a NUL character
        return 0


def _check_clashes(jobs: Iterable[Job]) -> None:
    """Refuses two inputs whose results would have one name, and a result that would replace its own input."""
    seen: dict[tuple[str, str], Path] = {}
    for job in jobs:
        if job.file is not None and _same(job.file, job.path):
            raise OutputError(f"The result {job.file} would replace its own input: give another --output.")
        if job.stdout or job.file is not None:
            continue
        key = (os.path.realpath(job.folder), _folded(job.path.stem))
        if key in seen:
            raise OptionError(
                f"{seen[key]} and {job.path} would be written under the same name in {job.folder}:"
                " do them one at a time, each with its own --output."
            )
        seen[key] = job.path


def _same(one: Path, other: Path) -> bool:
    return bool(_mode(one) and _mode(other)) and one.samefile(other)


def _folded(name: str) -> str:
    """A name as the file systems of macOS and Windows compare it; unchanged elsewhere."""
    return unicodedata.normalize("NFC", name).casefold() if sys.platform in {"darwin", "win32"} else name
