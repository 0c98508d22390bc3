"""One engine for the chains of many files: each chain asks from its own thread, the engine's thread answers them all.

So chunks of several files are decoded in one batch, and short files fill it as well as long ones. A chain sees an
engine of its own (`subgen.library.lent`) and need not know of the others.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from aligner.types import Alignment, Seconds
from subgen.engine import Aligns, Batches
from subgen.errors import MissingDependency
from subgen.library.stop import Stop
from subgen.options import Decoding
from subgen.types import Chunk

if TYPE_CHECKING:
    from aligner.aligner import Clip
    from subgen.asr.recogniser import Recognised

MOST_OPEN = 32
"""files that are open at once: each has a few threads and an ffmpeg"""
TICK: Seconds = 1.0
"""how often `serve` looks around when nobody asks for anything"""
TROUBLES = (RuntimeError, ValueError, MemoryError, MissingDependency)
"""what one chunk or clip can cause in a batch of several"""


class Stopping(BaseException):
    """The run ends before this file is done. Not an Exception: no chain may take it for its own failure."""


class Models(Protocol):
    """What is shared."""

    @property
    def recogniser(self) -> Batches: ...
    @property
    def aligner(self) -> Aligns: ...
    @property
    def names(self) -> tuple[str, ...]: ...


class Memory(Protocol):
    """What is known of a file's chunks from an earlier run that did not end."""

    def recall(self, chunk: Chunk) -> tuple[Recognised, ...]:
        """What was recognised in a chunk, () when that is not known."""
        ...

    def keep(self, chunk: Chunk, results: tuple[Recognised, ...]) -> None:
        """Remembers it."""
        ...


@dataclass
class _Heard:
    """A chunk that a chain wants to be recognised."""

    chunk: Chunk
    options: Decoding
    results: list[Recognised] = field(default_factory=list)
    answer: Future[tuple[Recognised, ...]] = field(default_factory=Future)


@dataclass
class _Timed:
    """Clips that a chain wants to be aligned."""

    clips: Sequence[Clip]
    answer: Future[tuple[Alignment, ...]] = field(default_factory=Future)


class Shared:
    """The meeting place: chains ask, `serve` answers. `serve` must run on the thread that made the engine."""

    most = MOST_OPEN
    most_deadly = 1

    def __init__(self, engine: Models, stop: Stop | None = None) -> None:
        self._engine = engine
        self._stop = stop or Stop()
        self._changed = threading.Condition()
        self._chunks: deque[_Heard] = deque()
        self._clips: deque[_Timed] = deque()
        self._loads: deque[Future[Aligns]] = deque()
        self._outstanding = 0
        self.limit = 1
        """chunks that should be on their way; known once the recogniser is loaded"""
        self._stopping = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the engine's models."""
        return self._engine.names

    def serve(self, finished: Callable[[], bool], tick: Callable[[], None] = lambda: None) -> None:
        """Answers until `finished`; `tick` is called about once a second or oftener. Raises ModelError."""
        while not finished():
            tick()
            with self._changed:
                if not (self._chunks or self._clips or self._loads):
                    self._changed.wait(TICK)
                    continue
            while self._loads:
                aligner = self._engine.aligner  # may fail: then `stop` finds who waits for it
                self._loads.popleft().set_result(aligner)
            if self._chunks and not self._stop.asked:
                self._recognise(self._chunks[0].options, tick)
            self._align()

    def wake(self) -> None:
        """Makes `serve` look whether it is finished."""
        with self._changed:
            self._changed.notify_all()

    def stop(self) -> None:
        """Ends all chains: whoever waits, or asks from now on, gets `Stopping`."""
        with self._changed:
            self._stopping = True
            for _ in range(len(self._chunks)):
                self._chunks.popleft().answer.set_exception(Stopping())
            for _ in range(len(self._clips)):
                self._clips.popleft().answer.set_exception(Stopping())
            for _ in range(len(self._loads)):
                self._loads.popleft().set_exception(Stopping())

    def wants(self, open: int, load: int) -> bool:
        """Whether one more file should be opened."""
        return load < self.limit

    def has_room(self) -> bool:
        """Whether more chunks are wanted than are waiting and being decoded."""
        return self._outstanding < self.limit

    def hear(self, chunk: Chunk, options: Decoding) -> Future[tuple[Recognised, ...]]:
        """Asks for a chunk's transcripts."""
        asked = _Heard(chunk, options)
        with self._changed:
            self._refuse()
            self._outstanding += 1
            self._chunks.append(asked)
            self._changed.notify_all()
        return asked.answer

    def time(self, clips: Sequence[Clip]) -> tuple[Alignment, ...]:
        """Asks for the times of clips, and waits for them."""
        asked = _Timed(clips)
        with self._changed:
            self._refuse()
            self._clips.append(asked)
            self._changed.notify_all()
        return asked.answer.result()

    def aligner(self) -> Aligns:
        """The aligner, loaded by the engine's thread; only its figures may be read on another one."""
        answer: Future[Aligns] = Future()
        with self._changed:
            self._refuse()
            self._loads.append(answer)
            self._changed.notify_all()
        return answer.result()

    def _refuse(self) -> None:
        if self._stopping:
            raise Stopping

    def _recognise(self, options: Decoding, tick: Callable[[], None]) -> None:
        """Decodes what waits and what comes meanwhile, as long as it is wanted with these options."""
        fed: deque[_Heard] = deque()
        recogniser = self._engine.recogniser
        self.limit = recogniser.batch + max(4, recogniser.batch // 4)
        try:
            for result in recogniser.recognise(_Feed(self._take, options, fed), options):
                self._hand_over(fed, result)
                self._align_whole()
                tick()
        except TROUBLES:
            for asked in fed:
                self._alone(asked)
        except BaseException:
            self._chunks.extendleft(reversed(fed))  # so that `stop` finds them
            raise

    def _take(self, options: Decoding) -> _Heard | None:
        with self._changed:
            if self._stop.asked or not self._chunks or self._chunks[0].options != options:
                return None
            return self._chunks.popleft()

    def _hand_over(self, fed: deque[_Heard], result: Recognised) -> None:
        """Gives a result to whoever asked: pieces of a chunk come in order, and the last one ends where it ends."""
        asked = fed[0]
        asked.results.append(result)
        if result.chunk.end == asked.chunk.end:
            fed.popleft()
            self._settle(asked)

    def _alone(self, asked: _Heard) -> None:
        """Decodes one chunk again by itself, after a failure that may have been another's."""
        asked.results.clear()
        try:
            asked.results.extend(self._engine.recogniser.recognise(iter((asked.chunk,)), asked.options))
        except TROUBLES as error:
            self._settle(asked, error)
        else:
            self._settle(asked)

    def _settle(self, asked: _Heard, error: BaseException | None = None) -> None:
        with self._changed:
            self._outstanding -= 1
        if error is None:
            asked.answer.set_result(tuple(asked.results))
        else:
            asked.answer.set_exception(error)

    def _align_whole(self) -> None:
        """Aligns while chunks are being decoded, once there is a batch of clips."""
        if self._clips and sum(len(asked.clips) for asked in tuple(self._clips)) >= self._engine.aligner.batch:
            self._align()

    def _align(self) -> None:
        with self._changed:
            group = list(self._clips)
            self._clips.clear()
        if not group:
            return
        clips = [clip for asked in group for clip in asked.clips]
        try:
            times = iter(self._engine.aligner.align(clips))
        except TROUBLES as error:
            if len(group) == 1:
                group[0].answer.set_exception(error)
                return
            for asked in group:
                self._align_alone(asked)
            return
        for asked in group:
            asked.answer.set_result(tuple(next(times) for _ in asked.clips))

    def _align_alone(self, asked: _Timed) -> None:
        try:
            asked.answer.set_result(self._engine.aligner.align(asked.clips))
        except TROUBLES as error:
            asked.answer.set_exception(error)


class _Feed:
    """The chunks that wait, as a recogniser takes them: it may be asked again after it had none."""

    def __init__(self, take: Callable[[Decoding], _Heard | None], options: Decoding, fed: deque[_Heard]) -> None:
        self._take = take
        self._options = options
        self._fed = fed

    def __iter__(self) -> Iterator[Chunk]:
        return self

    def __next__(self) -> Chunk:
        asked = self._take(self._options)
        if asked is None:
            raise StopIteration
        self._fed.append(asked)
        return asked.chunk
