"""What is heard as speech: levels against a slow reference, the adaptive threshold, independence from blocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.loudness import FRAME, FRAMES, hear, levels, speech, threshold

RATE = 16_000


def noise(seconds, dbfs, seed=0):
    samples = np.random.default_rng(seed).standard_normal(round(seconds * RATE), dtype=np.float32)
    return samples * np.float32(10 ** (dbfs / 20))


def frames(*runs):
    """Levels of (seconds, dBFS) after each other, with half a dB of ripple."""
    flat = np.concatenate([np.full(int(seconds * FRAMES), dbfs, dtype=np.float32) for seconds, dbfs in runs])
    return flat + np.random.default_rng(0).uniform(-0.25, 0.25, flat.size).astype(np.float32)


@given(st.integers(0, 2000), st.floats(-0.5, 0.5))
def test_levels_are_the_variance_of_each_frame(size, offset):
    samples = (np.random.default_rng(size).standard_normal(size) * 0.1 + offset).astype(np.float32)
    expected = [
        10 * np.log10(np.var(samples[first : first + FRAME].astype(np.float64)) + 1e-12)
        for first in range(0, size, FRAME)
    ]
    assert levels(samples) == pytest.approx(expected, abs=0.01) or size % FRAME == 1  # one sample has no variance


def test_digital_silence_and_a_constant_are_silent():
    assert (levels(np.zeros(1000, np.float32)) < -119.9).all()
    assert (levels(np.full(1000, 0.25, np.float32)) <= -110).all()


@given(st.lists(st.booleans(), max_size=60))
def test_speech_needs_three_of_five_frames(above):
    expected = [sum(above[max(index - 2, 0) : index + 3]) >= 3 for index in range(len(above))]
    assert speech(np.where(above, -20.0, -90.0).astype(np.float32), -60.0).tolist() == expected


def limit(recording, scene=None):
    return threshold(recording, recording if scene is None else scene)


def test_without_contrast_only_the_absolute_limit_holds():
    assert limit(frames((60, -20))) == -62
    assert limit(frames((60, -66))) == -62


def test_with_contrast_speech_begins_above_the_floor():
    assert limit(frames((20, -40), (20, -20))) == pytest.approx(-34, abs=0.3)


def test_very_low_sound_beside_normal_speech_is_no_speech():
    assert limit(frames((20, -90), (20, -20))) == pytest.approx(-65, abs=0.3)


def test_a_recording_made_very_low_is_still_heard():
    assert limit(frames((20, -95), (20, -60))) == -80
    assert limit(frames((20, -85), (20, -55))) == pytest.approx(-79, abs=0.3)


def test_a_quiet_scene_lowers_the_floor_of_a_loud_recording():
    recording = frames((100, -25), (15, -8), (5, -50))
    assert limit(recording) == pytest.approx(-19, abs=0.3)
    assert limit(recording, scene=frames((5, -25), (5, -50))) == pytest.approx(-44, abs=0.3)


@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=6), st.integers(1, 4))
def test_what_is_heard_does_not_depend_on_the_blocks(sizes, ahead):
    samples = noise(sum(sizes) / RATE, -30) * (np.arange(sum(sizes)) // 9000 % 2).astype(np.float32)
    whole = list(hear([samples], ahead))
    parts = list(hear(np.split(samples, np.cumsum(sizes)[:-1]), ahead))
    assert np.array_equal(np.concatenate([second.samples for second in parts]), samples)
    assert [second.samples.size for second in parts[:-1]] == [RATE] * (len(parts) - 1)
    for one, other in zip(whole, parts, strict=True):
        assert np.array_equal(one.excess, other.excess)
        assert np.array_equal(one.speech, other.speech)


def test_a_second_comes_as_late_as_was_asked_for_and_no_later():
    read = 0

    def blocks():
        nonlocal read
        for _ in range(20):
            read += 1
            yield noise(1, -30)

    assert [read - number for number, _ in enumerate(hear(blocks(), 3), 1)] == [3] * 17 + [2, 1, 0]


def test_no_input_is_heard_as_nothing():
    assert not list(hear([], 5))
    assert not list(hear([np.zeros(0, np.float32)], 5))
