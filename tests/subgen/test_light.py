"""Speakers told apart by timbre alone: how well, and what it does with too little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from subgen.diarise.light import BLOCK, Group, Light, group_of, grouped, told_apart
from subgen.diarise.timbre import BANDS, CEPSTRA, timbre
from subgen.errors import OptionError
from subgen.eval.speakers import turn_errors
from subgen.media import probe
from subgen.media.whole import Whole
from subgen.options import Speakers
from subgen.speakers.rttm import read_rttm
from subgen.types import SAMPLE_RATE
from tests.fakes import media, speech
from tests.subgen.test_channels import EXACT, SAMPLES, Tracks

FREE = Speakers(find=True)
TALKS = {"espeak2": 2, "flite2": 2, "flite2ov": 2, "flite3": 3, "flite3ov": 3, "mix4": 4}


@pytest.fixture(scope="module")
def talk() -> np.ndarray:
    return Whole(probe(SAMPLES / "talk.m4a")).samples()


def slow_timbre(samples: np.ndarray, frame: int) -> np.ndarray:
    """The cepstra of one frame, by their definition."""
    part = samples[frame * 160 : frame * 160 + 400] * (0.54 - 0.46 * np.cos(2 * np.pi * np.arange(400) / 399))
    power = [abs(sum(part * np.exp(-2j * np.pi * k * np.arange(400) / 512))) ** 2 for k in range(257)]
    mel = [1127 * np.log(1 + hertz / 700) for hertz in (80.0, 7600.0)]
    edges = [700 * (np.exp(one / 1127) - 1) for one in np.linspace(*mel, BANDS + 2)]
    bands = []
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        weights = [
            max(0.0, min((k * 31.25 - low) / (middle - low), (high - k * 31.25) / (high - middle))) for k in range(257)
        ]
        bands.append(np.log(np.dot(weights, power) + 1e-8))
    return np.array(
        [
            np.sqrt(2 / BANDS)
            * sum(band * np.cos(np.pi / BANDS * (place + 0.5) * n) for place, band in enumerate(bands))
            for n in range(1, CEPSTRA + 1)
        ]
    )


def test_cepstra_are_what_their_definition_says() -> None:
    samples = speech(0.2, seed=4)
    found = timbre(samples)
    assert found.shape == (18, CEPSTRA)
    for frame in (0, 7, 17):
        assert np.allclose(found[frame], slow_timbre(samples, frame), atol=1e-4)
    assert timbre(samples[:399]).shape == (0, CEPSTRA)


def test_loudness_is_no_timbre() -> None:
    samples = speech(0.2)
    assert np.allclose(timbre(samples), timbre(samples * 0.5), atol=1e-3)


def test_groups_add_up() -> None:
    frames = np.random.default_rng(0).normal(size=(90, CEPSTRA)).astype(np.float32)
    both, whole = group_of(frames[:40]) + group_of(frames[40:]), group_of(frames)
    assert both.count == whole.count
    assert np.allclose(both.covariance(np.zeros(CEPSTRA)), np.cov(frames.T, bias=True), atol=1e-5)
    assert np.allclose(both.outer, whole.outer)


def test_a_talk_of_two_is_told_apart(talk) -> None:
    free, counted = told_apart(talk, FREE), told_apart(talk, Speakers(find=True, exact=2))
    for turns in (free, counted):
        errors = turn_errors(EXACT, turns, len(talk) / SAMPLE_RATE)
        assert errors.confused < 0.02 * errors.total
        assert len({turn.speaker for turn in turns}) == 2


@pytest.mark.parametrize(
    ("wishes", "count"), [({"exact": 1}, 1), ({"most": 1}, 1), ({"least": 4}, 4), ({"exact": 3}, 3)]
)
def test_hints_count(talk, wishes, count) -> None:
    assert len({turn.speaker for turn in told_apart(talk, Speakers(find=True, **wishes))}) == count


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(SAMPLE_RATE, np.float32), speech(0.2)])
def test_too_little_has_no_turns(samples) -> None:
    assert told_apart(samples, FREE) == ()


def test_short_pieces_alone_are_one_speaker() -> None:
    samples = np.concatenate([np.concatenate([speech(0.35, seed), np.zeros(8000, np.float32)]) for seed in range(4)])
    assert len({turn.speaker for turn in told_apart(samples, FREE)}) == 1


def test_long_recordings_are_grouped_in_blocks() -> None:
    dice = np.random.default_rng(2)
    centres = dice.normal(0, 4, (2, CEPSTRA))
    parts: list[Group] = [
        group_of((centres[number % 2] + dice.normal(size=(60, CEPSTRA))).astype(np.float32))
        for number in range(BLOCK + 9)
    ]
    groups = grouped(parts, FREE, np.full(CEPSTRA, 0.1))
    assert [group.count for group in groups] == [60 * 155, 60 * 154]


def test_it_says_how_little_it_can_be_trusted(talk) -> None:
    light = Light()
    light.check(media())
    found = light.diarise(Tracks([talk], media()), FREE, lambda _: None)
    assert [note.text for note in found.notes] == ["Speakers were told apart by timbre alone: check them."]
    assert found.voices == ()
    with pytest.raises(OptionError, match="light has no model"):
        Light("org/model")


@pytest.mark.shared
@pytest.mark.parametrize("name", TALKS)
def test_synthetic_talks_are_told_apart_when_their_number_is_known(shared, name) -> None:
    place: Path = shared / "data/diarisation/synth" / f"{name}.wav"
    samples = Whole(probe(place)).samples()
    (truth,) = read_rttm(place.with_suffix(".rttm").read_text(), name).values()
    turns = told_apart(samples, Speakers(find=True, exact=TALKS[name]))
    assert turn_errors(truth, turns, len(samples) / SAMPLE_RATE).rate <= 0.205
