"""What is heard where nobody speaks: music, other sound, or nothing worth a word. Pure numpy.

Notes stay at their pitch for a quarter of a second and more and give way to others, several at a time. Noise has no
pitch that stays, hum and fans have one that never goes, voices glide. Drums alone and drones are not told from noise:
where this module says music, it is; elsewhere it says less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from subgen.types import SAMPLE_RATE, Chunk, Samples, Seconds, Sound, Span, Word
from subgen.voice import has_voice

LEAST: Seconds = 2.0
"""a shorter stretch without words is a pause"""
KEPT: Seconds = 4.0
"""a shorter sound is not worth a place in the document"""
_JOIN: Seconds = 2.5
"""sounds of one kind so close to each other are one"""
_EDGE: Seconds = 0.3
"""after and before words: what of them rings, and what the aligner misses of them"""
_AUDIBLE = -50.0
"""dBFS above which half of a stretch must be, to be a sound"""
_FRAME = SAMPLE_RATE // 50
_WINDOW, _HOP = 2048, 512
"""128 ms, which parts notes a tone apart from 130 Hz, every 32 ms"""
_HIGHEST = 4000
"""Hz; above are few notes and much noise"""
_NEIGHBOURS = 12
"""bins on either side of a peak whose mean level it is compared with"""
_PROMINENT = 15.0
"""dB above these"""
_FAINT = 50.0
"""dB below the loudest bin, from which a peak no longer counts"""
_NOTE = 8
"""frames that a note lasts: a quarter of a second"""
_HUM = 0.7
"""share of a stretch, from which a tone that never goes is no note"""
_NOTES, _SHARE = 2, 0.5
"""notes at a time, in this share of a stretch, make music: a guitar 0.8 and more; hens, noise, hum and speech
up to 0.15"""

_Flags = NDArray[np.bool_]


def sounds(chunk: Chunk, words: Sequence[Word]) -> Iterator[Sound]:
    """The sounds in a chunk where no word is; `words`: all of the chunk, in order, on the timeline of the media."""
    edges = [chunk.start - _EDGE, *(time for word in words for time in (word.start, word.end)), chunk.end + _EDGE]
    for start, end in list(pairwise(edges))[::2]:
        hole = Span(max(chunk.start, start + _EDGE), min(chunk.end, end - _EDGE))
        if hole.duration >= LEAST:
            first, last = (round((time - chunk.start) * SAMPLE_RATE) for time in (hole.start, hole.end))
            kind = _kind(chunk.samples[first:last])
            if kind:
                yield Sound(hole.start, hole.end, kind)


def joined(found: Sequence[Sound]) -> tuple[Sound, ...]:
    """Sounds in order of time, those of one kind that are close to each other as one; without the short ones."""
    whole: list[Sound] = []
    for sound in found:
        if whole and whole[-1].kind == sound.kind and sound.start - whole[-1].end <= _JOIN:
            whole[-1] = Sound(whole[-1].start, sound.end, sound.kind)
        else:
            whole.append(sound)
    return tuple(sound for sound in whole if sound.duration >= KEPT)


def _kind(samples: Samples) -> str:
    """music, sound, or "" for what is quiet or may be a voice."""
    frames = samples[: samples.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    level = 10 * np.log10(np.square(frames, dtype=np.float64).mean(axis=1) + 1e-12)
    if np.median(level) < _AUDIBLE:
        return ""
    if melodious(samples) >= _SHARE:
        return "music"
    return "" if has_voice(samples) else "sound"


def melodious(samples: Samples) -> float:
    """The share of `samples` (n,), 16 kHz, at least `LEAST` seconds, in which several notes are held."""
    notes = _held(_peaks(samples))
    notes &= notes.mean(axis=0) < _HUM
    # A note lies on up to three neighbouring bins.
    begins = notes & ~np.pad(notes, ((0, 0), (1, 0)))[:, :-1]
    return float((begins.sum(axis=1) >= _NOTES).mean())


def _peaks(samples: Samples) -> _Flags:
    """Frames by bins: where the spectrum has a prominent peak, or has one in a bin beside."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW).astype(np.float32), axis=1))
    level = 20 * np.log10(spectrum[:, : _HIGHEST * _WINDOW // SAMPLE_RATE + _NEIGHBOURS] + 1e-9)
    sums = np.cumsum(np.pad(level, ((0, 0), (1, 0))), axis=1)
    around = (sums[:, 2 * _NEIGHBOURS + 1 :] - sums[:, : -2 * _NEIGHBOURS - 1]) / (2 * _NEIGHBOURS + 1)
    middle = level[:, _NEIGHBOURS:-_NEIGHBOURS]
    peaks = (middle >= around + _PROMINENT) & (middle >= level.max() - _FAINT)
    peaks &= (middle >= level[:, _NEIGHBOURS - 1 : -_NEIGHBOURS - 1]) & (
        middle >= level[:, _NEIGHBOURS + 1 : level.shape[1] - _NEIGHBOURS + 1]
    )
    wide = np.pad(peaks, ((0, 0), (1, 1)))
    return np.asarray(wide[:, :-2] | wide[:, 1:-1] | wide[:, 2:])


def _held(peaks: _Flags) -> _Flags:
    """Peaks that stay in their bin for a note's time."""
    if peaks.shape[0] < _NOTE:
        return np.zeros_like(peaks)
    whole = np.lib.stride_tricks.sliding_window_view(peaks, _NOTE, axis=0).all(axis=2)
    held = np.zeros_like(peaks)
    for step in range(_NOTE):
        held[step : step + whole.shape[0]] |= whole
    return held
