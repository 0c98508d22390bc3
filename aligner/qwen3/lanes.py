"""Where independent parts of a computation run: on a CPU, MLX works on one thread per stream, so there are several."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import cycle
from typing import TypeVar

import mlx.core as mx

from aligner.processors import processors

Part = TypeVar("Part")
Result = TypeVar("Result")

PORTION = 8
"""Rows that fill a GPU: 3,000 tokens of 30 s each. Queued work holds the activations of all layers, 4 GB for these in
the 0.6B model."""
MOST = 8
"""more lanes than this wait for memory, not for processors"""


def on_cpu() -> bool:
    """Whether MLX computes on the CPU by default."""
    return mx.default_device().type == mx.DeviceType.cpu


def memory() -> int:
    """Bytes of memory that the default device computes in; the machine's where MLX does not say."""
    size = mx.device_info().get("memory_size")
    return int(size) if size else os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@cache
def lanes() -> tuple[mx.Stream, ...]:
    """One stream per processor on a CPU (the default one first); the default one alone on a GPU."""
    first = mx.default_stream(mx.default_device())
    if not on_cpu():
        return (first,)
    more = min(processors(), MOST) - 1
    return (first, *(mx.new_stream(mx.default_device()) for _ in range(more)))


def portions(rows: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """Rows of a batch as they best go through the network: all at once on a CPU, a few at a time on a GPU."""
    size = max(1, len(rows)) if on_cpu() else PORTION
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


def queued(work: Callable[[Part], list[Result]], parts: Iterable[Part]) -> list[Result]:
    """The results of all parts, in order. On a GPU at most two parts are in flight, whose activations are all held."""
    results: list[list[Result]] = []
    for part in parts:
        results.append(work(part))
        if not on_cpu():
            mx.async_eval(results[-1])  # type: ignore[no-untyped-call] # has no types in MLX
            mx.eval(results[-2:-1])
    return [result for each in results for result in each]


def row_groups(rows: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """Rows as they best go through the decoder: together on a GPU, one by one (on its lanes) on a CPU.

    A CPU gains nothing from several long rows in one product, and loses what pads them to one length.
    """
    size = 1 if on_cpu() else max(1, len(rows))
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


def side_by_side(work: Callable[[Part], Result], parts: Sequence[Part], weight: Callable[[Part], int]) -> list[Result]:
    """`work` of every part, in order, its arrays computed on the lanes in turn; `weight`: how much work a part is.

    On a CPU one part a lane is queued at a time, parts of like weight together: MLX hands out a hundred operations
    ahead, in an order in which a few parts alternate, so the lane of a lighter part waits for that of a heavier one.
    Arrays that a part reads must not be computed later on another lane than they were.
    """
    order = sorted(range(len(parts)), key=lambda index: -weight(parts[index])) if on_cpu() else range(len(parts))
    results: dict[int, Result] = {}
    for lane, index in zip(cycle(lanes()), order, strict=False):
        with mx.stream(lane):
            results[index] = work(parts[index])
        if on_cpu() and len(results) % len(lanes()) == 0:
            mx.async_eval(list(results.values())[-len(lanes()) :])  # type: ignore[no-untyped-call] # untyped in MLX
    return [results[index] for index in range(len(parts))]
