"""What is taken for a voice: vowels whose pitch glides; no noise, tap, hum or note."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.voice import gliding, has_voice

RATE = 16_000


def times(seconds):
    return np.arange(round(seconds * RATE)) / RATE


def vowel(seconds, first, last):
    """Harmonics up to 4 kHz under a pitch in Hz that moves evenly in octaves."""
    pitch = first * (last / first) ** (times(seconds) / seconds)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    harmonics = range(1, int(4000 / max(first, last)) + 1)
    return (0.1 * sum(np.sin(number * phase) / number for number in harmonics)).astype(np.float32)


def coloured(seconds, power, seed=0):
    """Noise whose level falls by `power` * 6 dB an octave."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(round(seconds * RATE)))
    spectrum /= np.maximum(np.arange(spectrum.size), 1) ** power
    samples = np.fft.irfft(spectrum)
    return (0.3 * samples / np.abs(samples).max()).astype(np.float32)


def silence(seconds):
    return np.zeros(round(seconds * RATE), dtype=np.float32)


@given(st.floats(80, 300), st.sampled_from([0.85, 0.9, 1.1, 1.2]), st.floats(0.2, 0.6), st.floats(0.001, 3))
def test_a_vowel_is_a_voice_at_any_pitch_and_level(first, change, seconds, gain):
    samples = np.concatenate([silence(0.3), vowel(seconds, first, first * change), silence(0.3)])
    assert has_voice(samples * np.float32(gain))
    assert gliding(samples) == pytest.approx(seconds, abs=0.12)


def test_a_voice_is_heard_through_noise():
    samples = coloured(2, 0.5) * np.float32(0.3)
    samples[RATE : RATE + RATE // 2] += vowel(0.5, 140, 110)
    assert has_voice(samples)


@given(st.floats(72, 390), st.floats(0.1, 2))
def test_a_note_is_no_voice(pitch, seconds):
    note = vowel(seconds, pitch, pitch) * np.exp(-3 * times(seconds) / seconds).astype(np.float32)
    assert gliding(note) == 0


def test_a_tune_is_no_voice():
    notes = [vowel(0.2, 110 * 2 ** (step / 12), 110 * 2 ** (step / 12)) for step in (0, 4, 7, 12, 7, 4, 0, 5, 9, 17)]
    assert gliding(np.concatenate(notes)) == 0


@pytest.mark.parametrize("power", [0, 0.5, 1], ids=["white", "pink", "brown"])
def test_noise_is_no_voice(power):
    assert gliding(coloured(30, power)) == 0


def test_taps_and_silence_are_no_voice():
    taps = silence(3)
    taps[:: RATE // 3] = 0.9
    room = coloured(1, 0) * np.exp(-12 * times(1)).astype(np.float32)
    for samples in (taps, room, silence(1), silence(0.02), np.full(RATE, 0.5, dtype=np.float32)):
        assert not has_voice(samples)


def test_a_trace_in_a_long_sound_is_not_enough():
    trace = vowel(0.12, 120, 140)
    assert has_voice(np.concatenate([silence(1), trace, silence(1)]))
    assert not has_voice(np.concatenate([silence(15), trace, silence(14)]))


def test_where_batches_of_windows_meet_nothing_is_lost():
    syllable = vowel(0.25, 180, 130)
    assert gliding(np.tile(syllable, 48)) == pytest.approx(48 * gliding(syllable), rel=0.15)
