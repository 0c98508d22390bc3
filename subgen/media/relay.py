"""One track decoded by several children at once: each begins further on, and takes over where it gives the same.

Nothing is believed. A child goes on until the next one has given the very samples of a whole second that it gives
itself, and decodes the rest where no other does.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from subgen.media.child import Child, pump
from subgen.media.ffmpeg import Entry
from subgen.media.log import REPORTED, Log
from subgen.types import Media, Samples, Seconds

STRETCH = 120
"""Seconds from one joint to the next: 7.7 MB, the most that is held of each child. Starting one costs as much as
decoding 30 s."""
LEAD = 3
"""Seconds before its joint at which a child begins to write. The last one is compared; in the others decoder and
resampler forget that they began in the middle, which takes Opus half a second."""
_RUN_UP = 1
"""Seconds before that, to which ffmpeg is sent: it may land behind the place by a packet or two."""
_TRIAL = 30
"""Where the first joint is. Before it has held, one child at most runs ahead: many files can't be joined."""
_LAST = 30
"""Seconds that must follow a joint for it to be worth a child."""
_SHORTEST: Seconds = 180.0
"""A track below this is not worth a second child."""
_FARTHEST: Seconds = -30.0
"""Where ffmpeg may land before the place that it was sent to. A file with fewer places is decoded in one go."""
_AHEAD: Seconds = 20.0
"""How much later than its position a complaint may belong: what ffmpeg has decoded and nobody has read."""
_PATIENCE = 2
"""Joints in a row that may fail before one child does the rest."""
_EXACT: Seconds = 2e-6
"""What is left of two equal times that were printed with six decimals."""
_TELLING = 160
"""Samples that must differ from their neighbours in a second that is compared: in silence all places are alike."""

_SEEKABLE = frozenset({"mp4", "matroska", "wav", "w64", "flac", "ogg"})
"""Containers that say of each packet, or each byte, when it is. The others are not sought in."""
_ROUNDED = frozenset({"matroska"})
"""Those of them that round it, to 1 ms."""


class Decoder(Protocol):
    """What gives the samples of one track: a child or several."""

    @property
    def log(self) -> Log:
        """What was said about the samples that were given; complete when they are exhausted."""
        ...

    @property
    def status(self) -> int:
        """The exit code of the last ffmpeg; known when the samples are exhausted."""
        ...

    def pieces(self) -> Generator[Samples]:
        """The samples in pieces. Closing or dropping the generator ends what runs."""
        ...

    def stop(self) -> None:
        """End what runs, from any thread: who reads `pieces` comes to their end."""
        ...


def decoder(command: Callable[[Entry | None], list[str]], begin: Seconds, media: Media, processes: int) -> Decoder:
    """What decodes the track of a media with up to `processes` children.

    `command` gives the command that enters the track somewhere; `begin` is where its first sample lies.
    """
    first = Child(command(None), begin)
    places = joints(media) if processes > 1 else ()
    if not places:
        return first

    def runner(joint: int, times: tuple[Seconds, ...]) -> Runner:
        start = times[0] + joint - LEAD
        seek = math.floor(start) - _RUN_UP
        grid = (times[1], times[2] - times[1]) if media.container in _ROUNDED else None
        child = Child(command(Entry(seek, start, grid)), begin + joint - LEAD, LEAD + STRETCH)
        return Runner(child, joint, start - seek)

    return Relay(first, runner, places, processes)


def joints(media: Media) -> tuple[int, ...]:
    """Where the decoding of a track may be divided, in seconds after its first sample; none if it should not be."""
    length = media.track.duration or 0.0
    if media.container not in _SEEKABLE or length < _SHORTEST:
        return ()
    return tuple(range(_TRIAL, int(length) - _LAST, STRETCH))


@dataclass(frozen=True, slots=True)
class Runner:
    """A child that may take over at `joint`."""

    child: Child
    joint: int
    """seconds after the first sample of the track"""
    start: Seconds
    """the time that ffmpeg must report of the first sample it writes"""

    @property
    def lost(self) -> bool:
        """Whether ffmpeg landed so far before its part that it decodes much for nothing."""
        landed = self.child.log.start
        return landed is not None and landed < _FARTHEST

    @property
    def ready(self) -> bool:
        """Whether it begins with the sample that was asked for, and nothing was wrong since."""
        log = self.child.log
        placed = len(log.times) > 1 and abs(log.times[1] - self.start) < _EXACT
        return placed and not log.errors and not log.cut and len(self.child.blocks) >= LEAD


class Relay:
    """The blocks of one track from up to `processes` children at a time."""

    def __init__(
        self,
        first: Child,
        runner: Callable[[int, tuple[Seconds, ...]], Runner],
        places: tuple[int, ...],
        processes: int,
    ) -> None:
        """`runner` makes what begins for a joint, of the times that the first child reports."""
        self._child = first
        self._make = runner
        self._joints = deque(places)
        """those to come; the first ones of them have their runners in `_ahead`"""
        self._ahead: deque[Runner] = deque()
        self._most = processes - 1
        self._proved = False
        """whether a joint has held"""
        self._failed = 0
        self._stopped = False
        first.until = places[0]

    @property
    def log(self) -> Log:
        """What all children said whose samples were given."""
        return self._child.log

    @property
    def status(self) -> int:
        """The exit code of the last child whose samples were given."""
        return self._child.status

    def stop(self) -> None:
        """End all children, from any thread: who reads `pieces` comes to their end."""
        self._stopped = True
        for child in self._children():
            child.stop()

    def pieces(self) -> Generator[Samples]:
        """Blocks of one second, the last one shorter. Closing or dropping the generator ends all children."""
        second = 0
        try:
            self._child.start()
            while (block := self._next()) is not None:
                yield block
                second += 1
                if self._joints and self._joints[0] == second:
                    self._pass(block)
        finally:
            for child in self._children():
                child.end()

    def _children(self) -> tuple[Child, ...]:
        return (self._child, *(runner.child for runner in tuple(self._ahead)))

    def _next(self) -> Samples | None:
        """The next block of the child whose turn it is; None at its end."""
        self._read(wait=False)
        while not self._child.blocks and not self._child.ended:
            self._read()
        return self._child.blocks.popleft() if self._child.blocks else None

    def _read(self, wait: bool = True) -> None:
        """Let all children go on, and start those for the next joints once it is known when the samples begin."""
        pump(self._children(), wait)
        most = min(self._most if self._proved else 1, len(self._joints))
        while len(self._ahead) < most and len(self.log.times) == REPORTED:
            runner = self._make(self._joints[len(self._ahead)], self.log.times)
            self._ahead.append(runner)
            runner.child.start()
            if self._stopped:
                runner.child.stop()

    def _pass(self, block: Samples) -> None:
        """At a joint: the next child goes on after `block` if it gave the same, else this one does."""
        runner = self._ahead[0] if self._ahead else None
        while runner and len(runner.child.blocks) < LEAD and not runner.child.ended and not runner.lost:
            self._read()
        if runner and runner.ready and self._clean(runner):
            if same(block, runner.child.blocks[LEAD - 1]):
                self._hand_over(runner.child)
                return
            if silent(block):
                self._go_on()
                return
        self._failed += 1
        if self._failed == _PATIENCE or (runner and runner.lost):
            self._go_alone()
        else:
            self._go_on()

    def _clean(self, runner: Runner) -> bool:
        """Whether all complaints of the child whose turn it is are about what lies before the joint."""
        log = self.log
        return not log.cut and (not log.errors or log.last + _AHEAD < runner.child.begin + LEAD)

    def _hand_over(self, child: Child) -> None:
        for _ in range(LEAD):
            child.blocks.popleft()
        child.log.follow(self.log)
        self._child.end()
        self._child = child
        self._ahead.popleft()
        self._failed = 0
        self._proved = True
        self._next_stretch(LEAD)

    def _go_on(self) -> None:
        """The child whose turn it is decodes the stretch after this joint, too."""
        while self._ahead and self._ahead[0].joint == self._joints[0]:
            self._ahead[0].child.end()
            self._ahead.popleft()
        self._next_stretch(self._child.until or 0)

    def _next_stretch(self, done: int) -> None:
        """Let the child, which gave `done` blocks, be read up to the joint after this one."""
        self._joints.popleft()
        self._child.until = done + STRETCH if self._joints else None

    def _go_alone(self) -> None:
        """No other child is asked any more."""
        self._joints.clear()
        self._child.until = None
        while self._ahead:
            self._ahead[0].child.end()
            self._ahead.popleft()


def same(block: Samples, other: Samples) -> bool:
    """Whether two blocks are equal sample by sample, and so rich that they would not be if one were shifted."""
    return np.array_equal(block, other) and not silent(block)


def silent(block: Samples) -> bool:
    """Whether a block tells nothing about its place, and nothing against a joint."""
    return int(np.count_nonzero(np.diff(block))) < _TELLING
