"""Parts of a computation side by side: in order, equal to one after the other, on every lane."""

from __future__ import annotations

import mlx.core as mx
import numpy as np

from aligner.processors import processors
from aligner.qwen3.lanes import (
    PORTION,
    lanes,
    memory,
    on_cpu,
    portions,
    queued,
    row_groups,
    side_by_side,
)


def test_results_are_those_of_one_lane_in_order() -> None:
    parts = [mx.random.normal((8 + 11 * seed % 32, 32), key=mx.random.key(seed)) for seed in range(9)]
    together = side_by_side(lambda part: part @ part.T, parts, len)
    mx.eval(together)
    for part, result in zip(parts, together, strict=True):
        np.testing.assert_array_equal(np.array(result), np.array(part @ part.T))


def test_lanes_are_as_many_as_processors_at_most() -> None:
    assert 1 <= len(lanes()) <= processors()
    assert lanes() is lanes()


def test_rows_keep_their_order() -> None:
    rows = list(range(5))
    groups = [list(group) for group in row_groups(rows)]
    assert [row for group in groups for row in group] == rows
    assert all(len(group) == 1 for group in groups) == on_cpu()
    assert list(row_groups([])) == []


def test_memory_is_that_of_a_machine() -> None:
    assert memory() > 1 << 28


def test_portions_are_all_rows_in_order() -> None:
    rows = list(range(2 * PORTION + 1))
    cut = list(portions(rows))
    assert [row for portion in cut for row in portion] == rows
    assert len(cut) == (1 if on_cpu() else 3)
    assert list(portions([])) == []


def test_queued_work_gives_all_results_in_order() -> None:
    assert queued(lambda part: [part, part + 1], [1, 3, 5]) == [1, 2, 3, 4, 5, 6]
    assert queued(lambda part: [part], []) == []
