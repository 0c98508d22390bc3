"""One engine for many chains: chunks meet in a batch, what one causes is its own, and an end reaches all who wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest

from aligner.aligner import Clip
from subgen.asr.recogniser import Recognised
from subgen.errors import MissingDependency, ModelError
from subgen.library.lent import FileModels
from subgen.library.shared import Shared, Stopping
from subgen.library.stop import Stop
from subgen.options import Decoding
from subgen.types import Chunk, Transcript
from tests.fakes import Even, speech

ENGLISH, GERMAN = Decoding("English"), Decoding("German")


def chunk(start: float, seconds: float = 1.0) -> Chunk:
    return Chunk(start, start + seconds, speech(seconds))


def heard(part: Chunk, text: str) -> Recognised:
    return Recognised(part, Transcript(part.start, part.end, text, "English", "stop", None), (), 0)


@dataclass
class Batches:
    """A recogniser that says where chunks begin, in batches; chunks in `bad` raise, those in `cut` come in halves."""

    batch: int = 4
    bad: dict[float, BaseException] = field(default_factory=dict)
    cut: frozenset[float] = frozenset()
    calls: list[tuple[str | None, list[float]]] = field(default_factory=list)
    between: Callable[[], None] = lambda: None

    def recognise(self, chunks: Iterable[Chunk], options: Decoding) -> Iterator[Recognised]:
        seen: list[float] = []
        self.calls.append((options.language, seen))
        for part in chunks:
            seen.append(part.start)
            self.between()
            if part.start in self.bad:
                raise self.bad[part.start]
            middle = (part.start + part.end) / 2
            ends = [(part.start, middle), (middle, part.end)] if part.start in self.cut else [(part.start, part.end)]
            for start, end in ends:
                yield heard(Chunk(start, end, part.samples), f"{start:g}")


class Timed(Even):
    """An aligner that remembers its calls, and can't do clips of some texts."""

    def __init__(self, bad: str = "", batch: int = 8) -> None:
        super().__init__(batch=batch)
        self.bad = bad
        self.calls: list[list[str]] = []

    def align(self, clips):
        self.calls.append([clip.text for clip in clips])
        if any(clip.text == self.bad for clip in clips):
            raise MissingDependency("The word splitter is missing.")
        return super().align(clips)


@dataclass
class Engine:
    recogniser: Batches = field(default_factory=Batches)
    timed: Timed = field(default_factory=Timed)
    fault: Exception | None = None
    names: tuple[str, ...] = ("batches", "timed")

    @property
    def aligner(self) -> Timed:
        if self.fault is not None:
            raise self.fault
        return self.timed


class Remembered:
    """A memory of chunks."""

    def __init__(self) -> None:
        self.known: dict[float, tuple[Recognised, ...]] = {}

    def recall(self, chunk: Chunk) -> tuple[Recognised, ...]:
        return self.known.get(chunk.start, ())

    def keep(self, chunk: Chunk, results: tuple[Recognised, ...]) -> None:
        self.known[chunk.start] = results


def texts(answer: Future[tuple[Recognised, ...]]) -> list[str]:
    return [result.transcript.text for result in answer.result(0)]


def serve(shared: Shared, answers: list[Future[tuple[Recognised, ...]]]) -> None:
    shared.serve(lambda: all(answer.done() for answer in answers))


WAITS = object()
"""the end of a chain that has not ended"""


def asking(shared: Shared, *works: Callable[[], object]) -> list[object]:
    """Chains in threads of their own, and what they got or what was raised."""
    ends: list[object] = [WAITS] * len(works)

    def run(number: int) -> None:
        try:
            ends[number] = works[number]()
        except (Stopping, MissingDependency, RuntimeError) as error:
            ends[number] = error
        shared.wake()

    for number in range(len(works)):
        threading.Thread(target=run, args=(number,)).start()
    return ends


def until(holds: Callable[[], object]) -> None:
    while not holds():
        time.sleep(0.001)


def served(shared: Shared, ends: list[object]) -> None:
    shared.serve(lambda: WAITS not in ends)


def test_chunks_of_several_files_are_decoded_in_one_batch_and_pieces_find_their_chunk():
    engine = Engine(Batches(cut=frozenset({2.0})))
    shared = Shared(engine)
    answers = [shared.hear(chunk(start), ENGLISH) for start in (0.0, 2.0, 4.0)]
    serve(shared, answers)
    assert [texts(answer) for answer in answers] == [["0"], ["2", "2.5"], ["4"]]
    assert engine.recogniser.calls == [("English", [0.0, 2.0, 4.0])]
    assert shared.limit == 8
    assert shared.has_room()


def test_chunks_with_other_settings_wait_for_the_next_batch():
    engine = Engine()
    shared = Shared(engine)
    wished = [(0.0, ENGLISH), (1.0, ENGLISH), (2.0, GERMAN), (3.0, ENGLISH)]
    answers = [shared.hear(chunk(start), options) for start, options in wished]
    serve(shared, answers)
    assert engine.recogniser.calls == [("English", [0.0, 1.0]), ("German", [2.0]), ("English", [3.0])]


@pytest.mark.parametrize(
    "fault", [RuntimeError("no memory"), ValueError("odd"), MemoryError(), MissingDependency("no")]
)
def test_a_chunk_that_can_not_be_decoded_fails_by_itself(fault):
    shared = Shared(Engine(Batches(bad={1.0: fault})))
    answers = [shared.hear(chunk(start), ENGLISH) for start in (0.0, 1.0, 2.0)]
    serve(shared, answers)
    assert [texts(answers[0]), texts(answers[2])] == [["0"], ["2"]]
    assert answers[1].exception(0) is fault
    assert shared.has_room()


def test_half_of_a_chunk_is_forgotten_when_its_batch_fails():
    engine = Engine(Batches(bad={1.0: RuntimeError()}, cut=frozenset({0.0})))
    shared = Shared(engine)
    answers = [shared.hear(chunk(start), ENGLISH) for start in (0.0, 1.0)]
    serve(shared, answers)
    assert texts(answers[0]) == ["0", "0.5"]


def test_what_concerns_all_reaches_whoever_waits():
    shared = Shared(Engine(Batches(bad={1.0: ModelError("The weights are gone.")})))
    answers = [shared.hear(chunk(start), ENGLISH) for start in (0.0, 1.0, 2.0)]
    with pytest.raises(ModelError):
        serve(shared, answers)
    shared.stop()
    assert texts(answers[0]) == ["0"]
    assert [type(answer.exception(0)) for answer in answers[1:]] == [Stopping, Stopping]
    for ask in (lambda: shared.hear(chunk(5), ENGLISH), lambda: shared.time([]), shared.aligner):
        with pytest.raises(Stopping):
            ask()


def test_an_aligner_that_can_not_be_loaded_ends_who_waits_for_it():
    shared = Shared(Engine(fault=ModelError("There is no aligner.")))
    ends = asking(shared, shared.aligner)
    with pytest.raises(ModelError):
        served(shared, ends)
    shared.stop()
    until(lambda: WAITS not in ends)
    assert isinstance(ends[0], Stopping)


def test_clips_that_wait_at_the_end_are_given_up():
    shared = Shared(Engine())
    ends = asking(shared, lambda: shared.time([Clip(speech(1), "one", "English")]))
    until(lambda: shared._clips)
    shared.stop()
    until(lambda: WAITS not in ends)
    assert isinstance(ends[0], Stopping)


def test_a_clip_that_can_not_be_aligned_is_its_file_s_own():
    shared = Shared(Engine(timed=Timed(bad="bad")))
    ends = asking(shared, lambda: shared.time([Clip(speech(1), "bad", "English")]))
    served(shared, ends)
    assert isinstance(ends[0], MissingDependency)


def test_files_are_opened_while_chunks_are_wanted():
    shared = Shared(Engine())
    assert shared.wants(0, 0)
    assert not shared.wants(1, 1)
    shared.hear(chunk(0), ENGLISH)
    assert not shared.has_room()


def test_clips_of_several_files_are_aligned_together_and_a_bad_one_alone():
    engine = Engine(timed=Timed(bad="bad"))
    shared = Shared(engine)
    works = [lambda text=text: shared.time([Clip(speech(1), text, "English")]) for text in ("one", "bad", "two words")]
    ends = asking(shared, *works)
    until(lambda: len(shared._clips) == 3)
    served(shared, ends)
    assert [len(alignment.units) for (alignment,) in (ends[0], ends[2])] == [1, 2]
    assert isinstance(ends[1], MissingDependency)
    assert sorted(map(len, engine.timed.calls)) == [1, 1, 1, 3]


def test_clips_need_not_wait_for_the_end_of_decoding():
    engine = Engine(Batches(), Timed(batch=1))
    shared = Shared(engine)
    begun = threading.Event()
    engine.recogniser.between = lambda: begun.wait() and None
    answer = [shared.hear(chunk(float(start)), ENGLISH) for start in range(3)]
    ends = asking(shared, lambda: shared.time([Clip(speech(1), "now", "English")]))
    until(lambda: shared._clips)
    aligned: list[int] = []
    begun.set()
    shared.serve(
        lambda: all(each.done() for each in answer) and WAITS not in ends,
        lambda: aligned.append(len(engine.timed.calls)) if not answer[-1].done() else None,
    )
    assert max(aligned) == 1  # while the last chunk was not yet recognised
    assert ends[0] is not None


def test_a_wish_to_stop_leaves_chunks_to_who_ends_the_run():
    stop = Stop()
    engine = Engine()
    shared = Shared(engine, stop)
    first, second = shared.hear(chunk(0), ENGLISH), shared.hear(chunk(1), ENGLISH)
    engine.recogniser.between = stop.ask
    ticks: list[bool] = []
    shared.serve(lambda: len(ticks) > 1 and first.done(), lambda: ticks.append(True))
    assert (first.done(), second.done()) == (True, False)
    shared.stop()
    assert isinstance(second.exception(0), Stopping)


def test_what_is_remembered_of_a_file_is_not_decoded_again():
    engine, memory = Engine(), Remembered()
    shared = Shared(engine)
    memory.known[1.0] = (heard(chunk(1), "from before"),)
    models = FileModels(shared, memory)
    assert (models.recogniser, models.names) == (models, engine.names)
    ends = asking(shared, lambda: list(models.recognise(map(chunk, (0.0, 1.0, 2.0, 3.0)), ENGLISH)))
    served(shared, ends)
    assert [result.transcript.text for result in ends[0]] == ["0", "from before", "2", "3"]
    assert sorted(start for _, starts in engine.recogniser.calls for start in starts) == [0.0, 2.0, 3.0]
    assert sorted(memory.known) == [0.0, 1.0, 2.0, 3.0]


def test_the_aligner_of_a_file_has_the_shared_one_s_figures():
    engine = Engine(timed=Timed(batch=3))
    shared = Shared(engine)
    models = FileModels(shared, Remembered())

    def work():
        aligner = models.aligner
        (alignment,) = aligner.align([Clip(speech(1), "two words", "English")])
        return aligner.longest, aligner.batch, len(alignment.units)

    ends = asking(shared, work)
    served(shared, ends)
    assert ends == [(100.0, 3, 2)]


def test_a_chain_that_ends_keeps_what_is_still_being_decoded():
    memory = Remembered()
    shared = Shared(Engine(Batches(bad={2.0: RuntimeError("odd")})))
    shared.limit = 8  # so that the chain asks for all before it takes the first
    models = FileModels(shared, memory)

    def chunks():
        yield from map(chunk, (0.0, 1.0, 2.0, 3.0))
        raise Stopping

    with pytest.raises(Stopping):
        list(models.recognise(chunks(), ENGLISH))
    ends = asking(shared, models.save)
    served(shared, ends)
    assert sorted(memory.known) == [0.0, 1.0, 3.0]
