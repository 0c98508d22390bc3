"""What is kept of recognised media beside the ledger: finished documents, and the chunks of unfinished ones."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from subgen.errors import OptionError, OutputError
from subgen.formats import read
from subgen.formats.json import json as written
from subgen.options import Layout
from subgen.output import LOCAL
from subgen.types import SAMPLE_RATE, Chunk, Document, Transcript
from subgen.words import TokenSpan

if TYPE_CHECKING:
    from subgen.asr.recogniser import Recognised


class Store:
    """The folder of a ledger, as far as results are kept in it. Names are made of fingerprint and settings."""

    def __init__(self, folder: Path) -> None:
        self._documents = folder / "documents"
        self._unfinished = folder / "unfinished"
        try:
            self._documents.mkdir(parents=True, exist_ok=True)
            self._unfinished.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(folder, error) from error

    def document(self, fingerprint: str, work: str, path: Path) -> Document | None:
        """The document of media with this content, as that of the file at `path`; None when there is none."""
        kept = self._path(fingerprint, work)
        try:
            text = gzip.decompress(kept.read_bytes()).decode()
            document = read(text, str(kept))
        except (OSError, EOFError, ValueError, OptionError):
            return None
        return replace(document, media=replace(document.media, path=path))

    def keep(self, fingerprint: str, work: str, document: Document) -> None:
        """Keeps a document, whole or not at all, and forgets the chunks that it was made from. Raises OutputError."""
        path = self._path(fingerprint, work)
        hidden = path.with_name(f".{uuid4().hex}.part")
        try:
            try:
                LOCAL.create(hidden, gzip.compress(written(document, (), (), Layout()).encode(), 5, mtime=0))
                LOCAL.replace(hidden, path)
            finally:
                LOCAL.remove(hidden)
        except OSError as error:
            raise _unwritable(path.parent, error) from error
        self.chunks(fingerprint, work).forget()

    def chunks(self, fingerprint: str, work: str, added: Callable[[], None] = lambda: None) -> Chunks:
        """What was recognised of media with this content so far; `added` is called when there is more of it."""
        return Chunks(self._unfinished / f"{fingerprint}-{work}.jsonl", added)

    def _path(self, fingerprint: str, work: str) -> Path:
        return self._documents / f"{fingerprint}-{work}.json.gz"


class Chunks:
    """Transcripts of chunks in a file with a line for each, so that a process that dies loses the last line at most.

    A chunk is known by its time and its samples: another decoder, or another cut, finds nothing.
    """

    def __init__(self, path: Path, added: Callable[[], None]) -> None:
        self._path = path
        self._known = _lines(path)
        self._added = added

    def recall(self, chunk: Chunk) -> tuple[Recognised, ...]:
        """What was recognised in a chunk, () when that is not known."""
        results = self._known.get(_name(chunk), ())
        return tuple(_restored(each, chunk) for each in results)

    def keep(self, chunk: Chunk, results: tuple[Recognised, ...]) -> None:
        """Adds a line, unless it is there. Raises OutputError."""
        name = _name(chunk)
        if name in self._known:
            return
        self._known[name] = [_values(each) for each in results]
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([name, self._known[name]]) + "\n")
        except OSError as error:
            raise _unwritable(self._path.parent, error) from error
        self._added()

    def forget(self) -> None:
        """Removes the file."""
        self._known.clear()
        with contextlib.suppress(OSError):
            LOCAL.remove(self._path)


def _lines(path: Path) -> dict[str, list[dict[str, Any]]]:
    known: dict[str, list[dict[str, Any]]] = {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return known
    for line in text.splitlines():
        with contextlib.suppress(ValueError):  # the line at which the process died
            name, results = json.loads(line)
            known[name] = results
    return known


def _name(chunk: Chunk) -> str:
    digest = hashlib.blake2b(chunk.samples.tobytes(), digest_size=16).hexdigest()
    return f"{chunk.start!r}-{chunk.end!r}-{digest}"


def _values(result: Recognised) -> dict[str, Any]:
    said = result.transcript
    tokens = [[token.begin, token.end, token.logprob] for token in result.tokens]
    names = ("start", "end", "text", "language", "finish", "confidence")
    return {**{name: getattr(said, name) for name in names}, "tokens": tokens, "cuts": result.cuts}


def _restored(values: dict[str, Any], chunk: Chunk) -> Recognised:
    """A result with its audio, which is the chunk or a piece of it."""
    from subgen.asr.recogniser import Recognised

    rest = dict(values)
    tokens, cuts = tuple(TokenSpan(*each) for each in rest.pop("tokens")), rest.pop("cuts")
    said = Transcript(**rest)
    if (said.start, said.end) != (chunk.start, chunk.end):
        first, last = (round((moment - chunk.start) * SAMPLE_RATE) for moment in (said.start, said.end))
        chunk = Chunk(said.start, said.end, chunk.samples[first:last])
    return Recognised(chunk, said, tokens, cuts)


def _unwritable(folder: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"The ledger's folder {folder} can't be written: {reason}; choose another with --ledger.")
