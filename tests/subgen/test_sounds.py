"""What is heard where nobody speaks, judged on sounds made here."""

from __future__ import annotations

import numpy as np
import pytest

from subgen.options import Options
from subgen.pipeline import run
from subgen.sounds import KEPT, joined, melodious, sounds
from subgen.types import SAMPLE_RATE, Chunk, Samples, Sound, Word
from tests.fakes import Blocks, Echo, Machine, media

CHORDS = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))


def clock(seconds: float) -> Samples:
    return np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def music(seconds: float) -> Samples:
    """A plucked chord every second."""
    time, made = clock(seconds), np.zeros(round(seconds * SAMPLE_RATE))
    for number in range(int(np.ceil(seconds))):
        part = slice(number * SAMPLE_RATE, (number + 1) * SAMPLE_RATE)
        for pitch in CHORDS[number % 4]:
            for harmonic in (1, 2, 3):
                tone = np.sin(2 * np.pi * pitch * harmonic * time[part]) / harmonic
                made[part] += 0.05 * tone * np.exp(number - 1.5 * (time[part] - number) - number)
    return made.astype(np.float32)


def noise(seconds: float, level: float = 0.1) -> Samples:
    return (level * np.random.default_rng(1).standard_normal(round(seconds * SAMPLE_RATE))).astype(np.float32)


def hum(seconds: float) -> Samples:
    return (0.1 * sum(np.sin(2 * np.pi * 50 * n * clock(seconds)) for n in (1, 2, 3, 5))).astype(np.float32)


def vowel(seconds: float) -> Samples:
    pitch = 120 + 20 * np.sin(2 * np.pi * clock(seconds))
    return (0.1 * np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE))).astype(np.float32)


def chunk(samples: Samples, start: float = 0.0) -> Chunk:
    return Chunk(start, start + samples.size / SAMPLE_RATE, samples)


@pytest.mark.parametrize(
    ("samples", "kind"),
    [
        (music(6), "music"),
        (music(6) + noise(6, 0.02), "music"),
        (noise(6), "sound"),
        (hum(6), "sound"),
        (vowel(6), None),
        (noise(6, 0.001), None),
        (music(6) * 0.001, None),
    ],
    ids=["chords", "chords in noise", "noise", "hum", "voice", "hiss", "faint"],
)
def test_kinds(samples: Samples, kind: str | None) -> None:
    found = list(sounds(chunk(samples), ()))
    assert [sound.kind for sound in found] == ([kind] if kind else [])


def test_sounds_are_between_words() -> None:
    words = [Word(102.0, 102.5, "One "), Word(108.0, 108.5, "two "), Word(109.0, 109.5, "three")]
    found = list(sounds(chunk(np.concatenate([noise(2), music(13)]), start=100.0), words))
    assert [(round(sound.start, 1), round(sound.end, 1), sound.kind) for sound in found] == [
        (102.8, 107.7, "music"),
        (109.8, 115.0, "music"),
    ]
    assert not list(sounds(chunk(music(3)), [Word(1.0, 2.0, "One")]))


def test_short_pieces_have_no_notes() -> None:
    assert melodious(music(0.2)) == 0.0


def test_sounds_of_one_kind_are_joined_and_short_ones_dropped() -> None:
    found = [
        *(Sound(0, 3, "music"), Sound(3, 6, "music"), Sound(8, 10, "music"), Sound(13, 20, "music")),
        *(Sound(20, 20 + KEPT, "sound"), Sound(30, 29.9 + KEPT, "sound")),
    ]
    assert joined(found) == (Sound(0, 10, "music"), Sound(13, 20, "music"), Sound(20, 20 + KEPT, "sound"))


def test_the_chain_keeps_what_it_hears() -> None:
    audio = Blocks(np.concatenate([music(40), np.zeros(5 * SAMPLE_RATE, np.float32), noise(6)]))
    document = run(media(), audio, Machine(Echo([""] * 9)), Options())
    assert [(round(sound.start), round(sound.end), sound.kind) for sound in document.sounds] == [
        (0, 40, "music"),
        (45, 51, "sound"),
    ]
