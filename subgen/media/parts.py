"""Some stretches of a recording, without the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from subgen.types import SAMPLE_RATE, Samples, Span


def parts(blocks: Iterable[Samples], spans: Sequence[Span]) -> list[Samples]:
    """The samples of each span, from blocks of float32 (n,) at 16 kHz, the first of which begins at 0 s.

    Spans may overlap and be in any order; what lies outside the recording is left out. Nothing after the last span is
    read.
    """
    edges = [(round(span.start * SAMPLE_RATE), round(span.end * SAMPLE_RATE)) for span in spans]
    found: list[list[Samples]] = [[] for _ in spans]
    last = max((end for _, end in edges), default=0)
    begin = 0
    for block in blocks:
        for (first, end), pieces in zip(edges, found, strict=True):
            if first < begin + block.size and begin < end:
                pieces.append(block[max(first - begin, 0) : max(end - begin, 0)].copy())
        begin += block.size
        if begin >= last:
            break
    return [np.concatenate([np.zeros(0, np.float32), *pieces]) for pieces in found]
