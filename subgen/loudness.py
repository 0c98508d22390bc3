"""How loud a stream of audio is, frame by frame, and what in it may be speech. Pure numpy, constant memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subgen.types import SAMPLE_RATE, Samples

FRAME = 320
"""samples in a frame: 20 ms"""
FRAMES = SAMPLE_RATE // FRAME
"""frames in a second"""

RISE = 6.0
"""dB above the floor where speech begins: steady noise stays within 2 dB, vowels at 0 dB SNR rise by 7"""
_SILENCE = -62.0
"""dBFS; without contrast around it, sound below this is silence: preamplifier hiss is -65 to -75, dither -93"""
_BURIED = 45.0
"""dB below the loud parts around: what is quieter than both this and `_SILENCE` is not speech, whatever its contrast"""
_INAUDIBLE = -80.0
"""dBFS that nothing may be below and count as speech"""
_CONTRAST = 15.0
"""dB between floor and loud parts from which the floor can be told from a steady sound that fills everything"""
_RECORDING, _SCENE = 120, 5
"""seconds before a moment from which the floor of the recording and of the scene is taken"""

Levels = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Heard:
    """One second of audio, (n,) samples, and its frames: dB above the speech threshold, and whether it is speech."""

    samples: Samples
    excess: Levels
    speech: Mask


def hear(blocks: Iterable[Samples], ahead: int) -> Iterator[Heard]:
    """The stream second by second, whatever its blocks are; each comes `ahead` >= 1 seconds late, or at the end.

    Only the last second may be shorter; none is empty.
    """
    waiting: deque[Samples] = deque()
    window: deque[Levels] = deque(maxlen=_RECORDING + 1 + ahead)
    for samples in _seconds(blocks):
        waiting.append(samples)
        window.append(levels(samples))
        if len(waiting) > ahead:
            yield _judged(waiting.popleft(), window, ahead)
    while waiting:
        yield _judged(waiting.popleft(), window, len(waiting))


def levels(samples: Samples) -> Levels:
    """dBFS of each frame of `samples` (n,), its mean (a DC offset) taken out; digital silence is -120."""
    whole = samples.size // FRAME * FRAME
    parts = [samples[:whole].reshape(-1, FRAME)]
    if whole < samples.size:
        parts.append(samples[np.newaxis, whole:])
    power = np.concatenate([_power(part) for part in parts])
    return np.asarray(10 * np.log10(power + np.float32(1e-12)))


def threshold(recording: Levels, scene: Levels) -> float:
    """The dBFS above which sound may be speech, from the levels of the last minutes and of the last seconds.

    The floor is the lower of the two tenth percentiles, so that a quiet scene after a loud one is heard at once.
    Where the loud parts are near the floor, the sound may be all speech or all music: only the absolute limit holds.
    """
    tenth, loud = _ranked(recording, 0.1, 0.95)
    floor = min(tenth, _ranked(scene, 0.1)[0])
    if loud - floor < _CONTRAST:
        return _SILENCE
    return max(floor + RISE, min(loud - _BURIED, _SILENCE), _INAUDIBLE)


def speech(frames: Levels, limit: float) -> Mask:
    """Which frames have at least three of the five around them above the limit: a click is no speech."""
    edge = np.zeros(2, dtype=np.int64)
    above = np.concatenate((edge[:1], edge, frames > limit, edge)).cumsum()
    return np.asarray(above[5:] - above[:-5] >= 3)


def _seconds(blocks: Iterable[Samples]) -> Iterator[Samples]:
    rest: list[Samples] = []
    held = 0
    for block in blocks:
        rest.append(block)
        held += block.size
        if held >= SAMPLE_RATE:
            joined = np.concatenate(rest)
            whole = held - held % SAMPLE_RATE
            yield from joined[:whole].reshape(-1, SAMPLE_RATE)
            rest, held = [joined[whole:].copy()], held - whole
    if held:
        yield np.concatenate(rest)


def _power(frames: Samples) -> Levels:
    """Variance of each row."""
    centred = frames - frames.mean(axis=1, keepdims=True)
    return np.asarray(np.einsum("fs,fs->f", centred, centred) / np.float32(frames.shape[1]))


def _judged(samples: Samples, window: deque[Levels], ahead: int) -> Heard:
    """The second that has `ahead` later ones in the window of levels."""
    here = len(window) - 1 - ahead
    scene = [window[index] for index in range(max(here - _SCENE, 0), len(window))]
    limit = threshold(np.concatenate(window), np.concatenate(scene))
    before = window[here - 1][-2:] if here else window[here][:0]
    after = window[here + 1][:2] if ahead else window[here][:0]
    mask = speech(np.concatenate((before, window[here], after)), limit)
    return Heard(samples, window[here] - np.float32(limit), mask[before.size : before.size + window[here].size])


def _ranked(frames: Levels, *shares: float) -> list[float]:
    """The levels at these ranks, 0 the lowest and 1 the highest, without interpolating."""
    ranks = [int(share * (frames.size - 1)) for share in shares]
    return [float(level) for level in np.partition(frames, ranks)[ranks]]
