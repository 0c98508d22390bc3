"""The shared engine as the chain of one file sees it, with what is remembered of that file."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from aligner.types import Alignment
from subgen.engine import Aligns
from subgen.errors import OutputError
from subgen.library.shared import TROUBLES, Memory, Shared, Stopping
from subgen.options import Decoding
from subgen.types import Chunk

if TYPE_CHECKING:
    from aligner.aligner import Clip
    from subgen.asr.recogniser import Recognised


class FileModels:
    """The shared engine as the chain of one file sees it, with what it remembers of that file."""

    def __init__(self, shared: Shared, memory: Memory) -> None:
        self.names = shared.names
        self._shared = shared
        self._memory = memory
        self._asked: deque[tuple[Chunk, Future[tuple[Recognised, ...]]]] = deque()

    @property
    def recogniser(self) -> FileModels:
        """This."""
        return self

    @property
    def aligner(self) -> Aligns:
        """The aligner's figures; `align` is done together with other files."""
        return _FileAligner(self._shared, self._shared.aligner())

    def recognise(self, chunks: Iterable[Chunk], options: Decoding) -> Iterator[Recognised]:
        """Transcripts of the chunks, in order; chunks that are remembered are not decoded again."""
        asked = self._asked
        for chunk in chunks:
            asked.append((chunk, self._ask(chunk, options)))
            while asked and (asked[0][1].done() or not self._shared.has_room()):
                yield from self._answer(*asked.popleft())
        while asked:
            yield from self._answer(*asked.popleft())

    def save(self) -> None:
        """Waits for the chunks of an ended chain that are being decoded, and remembers them. For `Stopping` only."""
        while self._asked:
            with contextlib.suppress(Stopping, OutputError, *TROUBLES):
                self._answer(*self._asked.popleft())

    def _ask(self, chunk: Chunk, options: Decoding) -> Future[tuple[Recognised, ...]]:
        known = self._memory.recall(chunk)
        if not known:
            return self._shared.hear(chunk, options)
        answer: Future[tuple[Recognised, ...]] = Future()
        answer.set_result(known)
        return answer

    def _answer(self, chunk: Chunk, answer: Future[tuple[Recognised, ...]]) -> tuple[Recognised, ...]:
        results = answer.result()
        self._memory.keep(chunk, results)
        return results


class _FileAligner:
    """The shared aligner as the chain of one file sees it."""

    def __init__(self, shared: Shared, aligner: Aligns) -> None:
        self.longest, self.languages, self.batch = aligner.longest, aligner.languages, aligner.batch
        self._shared = shared

    def align(self, clips: Sequence[Clip]) -> tuple[Alignment, ...]:
        """Times for every clip's text, worked out together with clips of other files."""
        return self._shared.time(clips)
