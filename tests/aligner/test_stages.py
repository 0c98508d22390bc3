"""Measured time: every second once, whatever is inside what, and nothing where nobody asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from aligner.stages import Stages, beside, measured, stage


class Clock:
    """Time that passes only when work is done."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def work(self, seconds: float) -> float:
        self.now += seconds
        return seconds


def test_each_stage_has_its_seconds() -> None:
    clock = Clock()
    stages = Stages(clock)
    assert stages.take("cut", lambda: clock.work(2), None) == 2
    clock.work(100)
    assert stages.take("cut", lambda: clock.work(3), None) == 3
    assert stages.take("dry", lambda: clock.work(1), None) == 1
    assert stages.seconds == {"cut": 5, "dry": 1}


def test_a_stage_lasts_until_its_result_is_there() -> None:
    clock = Clock()
    stages = Stages(clock)
    waited = []
    stages.take("device", lambda: "promise", lambda result: waited.append(result) or clock.work(4))
    assert waited == ["promise"]
    assert stages.seconds == {"device": 4}


def test_what_is_inside_a_stage_counts_once() -> None:
    clock = Clock()
    stages = Stages(clock)
    stages.take("outer", lambda: stages.take("inner", lambda: clock.work(2), lambda _: clock.work(50)), None)
    assert stages.seconds == {"outer": 2}


def test_a_stage_that_fails_is_over() -> None:
    clock = Clock()
    stages = Stages(clock)

    def fail() -> None:
        clock.work(1)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        stages.take("broken", fail, None)
    stages.take("next", lambda: clock.work(2), None)
    assert stages.seconds == {"broken": 1, "next": 2}


def test_what_others_make_counts_beside() -> None:
    clock = Clock()
    stages = Stages(clock)

    def items() -> Iterator[int]:
        for number in range(3):
            clock.work(2)
            yield number
        clock.work(1)

    seen = []
    for item in stages.passing("made", items()):
        clock.work(10)
        seen.append(item)
    assert seen == [0, 1, 2]
    assert stages.beside == {"made": 7}
    assert stages.seconds == {}


def test_only_the_thread_that_asks_is_measured() -> None:
    def elsewhere() -> None:
        stage("theirs", lambda: None)

    items = iter([1, 2])
    assert beside("made", items) is items
    with measured() as stages:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert stage("ours", lambda: 5) == 5
        assert list(beside("made", iter([1, 2]))) == [1, 2]
    stage("late", lambda: None)
    assert set(stages.seconds) == {"ours"}
    assert set(stages.beside) == {"made"}
