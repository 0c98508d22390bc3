"""Films with hard cuts at known times, noise wherever a word is said, and an engine that knows the words."""

from __future__ import annotations

import random
import subprocess
import wave
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from aligner.aligner import Clip
from aligner.types import SAMPLE_RATE, AlignedUnit, Alignment
from aligner.units import units
from subgen.asr.recogniser import Recognised
from subgen.media import find_ffmpeg
from subgen.options import Decoding
from subgen.types import Chunk, Samples, Seconds, Transcript, Utterance, Word

WIDTH, HEIGHT = 96, 54
SHOT: Seconds = 4.8
"""average length of a shot; none is shorter than half a second"""
PIECE: Seconds = 20.0
"""how long a film of a variable rate keeps to one"""


@dataclass(frozen=True, slots=True)
class Kind:
    """How the frames of a film follow each other, and the file that holds them."""

    name: str
    rates: tuple[Fraction, ...]
    """one after the other"""
    ending: str
    options: tuple[str, ...] = ()


NTSC = Fraction(30000, 1001)
KINDS = (
    Kind("23.976", (Fraction(24000, 1001),), "mp4"),
    Kind("25", (Fraction(25),), "mkv"),
    Kind("29.97 drop-frame", (NTSC,), "mov", ("-timecode", "00:59:58;00")),
    Kind("variable", (Fraction(24), NTSC, Fraction(15), Fraction(60)), "mp4"),
)


def film(path: Path, kind: Kind, said: Sequence[Utterance], seed: int) -> list[Seconds]:
    """Makes a film as long as what is said in it; when its shots begin, but for the first."""
    pieces = _pieces(kind, said[-1].words[-1].end + 2)
    times = [float(begin + number / rate) for begin, rate, count in pieces for number in range(count)]
    cuts = _cuts(times, random.Random(seed))
    sound = _sound(path.with_suffix(".wav"), said, times[-1])
    clock = (
        "-vf",
        f"settb=1/360000,setpts='{_clock(pieces)}'",
        "-fps_mode",
        "passthrough",
        "-enc_time_base",
        "1/360000",
    )
    command = [
        *(str(find_ffmpeg(None)), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-r", str(kind.rates[0])),
        *("-s", f"{WIDTH}x{HEIGHT}", "-i", "-", "-i", str(sound), *clock * (len(kind.rates) > 1)),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", *kind.options, str(path)),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin
        for picture in _pictures(len(times), set(cuts), seed):
            process.stdin.write(picture)
        process.stdin.close()
        assert process.wait() == 0
    sound.unlink()
    return [times[cut] for cut in cuts]


def _pieces(kind: Kind, seconds: Seconds) -> list[tuple[Fraction, Fraction, int]]:
    """When each piece begins, its rate, and how many frames it has."""
    pieces, begin = [], Fraction(0)
    while begin < seconds:
        rate = kind.rates[len(pieces) % len(kind.rates)]
        count = round(PIECE * rate)
        pieces.append((begin, rate, count))
        begin += count / rate
    return pieces


def _clock(pieces: Sequence[tuple[Fraction, Fraction, int]]) -> str:
    """When frame N is shown, for ffmpeg, in ticks of 1/360000 s, of which every rate has a whole number a frame."""
    terms, first = [], 0
    for begin, rate, count in pieces:
        terms.append(f"gte(N,{first})*lt(N,{first + count})*({round(begin * 360_000)}+(N-{first})*{360_000 / rate})")
        first += count
    return "+".join(terms)


def _cuts(times: Sequence[Seconds], pick: random.Random) -> list[int]:
    """The frames that begin a shot, but for the first."""
    found, wanted = [], max(0.5, pick.expovariate(1 / SHOT))
    for number, time in enumerate(times):
        if time >= wanted:
            found.append(number)
            wanted = time + max(0.5, pick.expovariate(1 / SHOT))
    return found


def _pictures(count: int, cuts: set[int], seed: int) -> Iterator[bytes]:
    """Frames of patches of light that move by a pixel each, and are others after each cut."""
    dice = np.random.default_rng(seed)
    for number in range(count):
        if number == 0 or number in cuts:
            patches = dice.integers(20, 236, (HEIGHT // 9, WIDTH // 8), np.uint8)
            picture = np.kron(patches, np.ones((9, 8), np.uint8))
        yield np.roll(picture, number, axis=1).tobytes()


def _sound(path: Path, said: Sequence[Utterance], seconds: Seconds) -> Path:
    """Noise that swells and fades with each word."""
    samples: Samples = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    noise = np.random.default_rng(0).standard_normal(len(samples)).astype(np.float32) * 0.1
    for word in (word for utterance in said for word in utterance.words):
        span = slice(round(word.start * SAMPLE_RATE), round(word.end * SAMPLE_RATE))
        samples[span] = noise[span] * np.hanning(span.stop - span.start)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


@dataclass
class Prompter:
    """An engine that knows what is said when, and hears it in whatever chunks it is given."""

    said: Sequence[Utterance]
    longest: Seconds = 100.0
    languages: Sequence[str] = ()
    batch: int = 8
    names: tuple[str, ...] = ("prompter", "prompter")
    _words: deque[tuple[Seconds, list[Word]]] = field(default_factory=deque)

    @property
    def recogniser(self) -> Prompter:
        return self

    @property
    def aligner(self) -> Prompter:
        return self

    def recognise(self, chunks: Iterable[Chunk], options: Decoding) -> Iterator[Recognised]:
        left = deque(word for utterance in self.said for word in utterance.words)
        for chunk in chunks:
            words = []
            while left and left[0].start < chunk.end:
                words.append(left.popleft())
            self._words.append((chunk.start, words))
            text = "".join(word.text for word in words).strip()
            yield Recognised(chunk, Transcript(chunk.start, chunk.end, text, "English" if text else "", "stop"), (), 0)

    def align(self, clips: Sequence[Clip]) -> tuple[Alignment, ...]:
        return tuple(Alignment(tuple(self._timed(*self._words.popleft()))) for _ in clips)

    def _timed(self, start: Seconds, words: Sequence[Word]) -> Iterator[AlignedUnit]:
        """Units with their share of their word's time; `start` is that of the chunk."""
        offset = 0
        for word in words:
            parts = units(word.text, "English")
            for number, unit in enumerate(parts):
                begin, end = (word.start - start + word.duration * part / len(parts) for part in (number, number + 1))
                yield AlignedUnit(begin, end, replace(unit, begin=unit.begin + offset, end=unit.end + offset))
            offset += len(word.text)
