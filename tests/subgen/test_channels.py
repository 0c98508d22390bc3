"""A channel for each speaker: who talks is who is loud, and what one channel carries of another counts once."""

from __future__ import annotations

import re
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cli.shell import run
from subgen.diarise.activity import audible, stretches
from subgen.diarise.channels import Channels, owned
from subgen.errors import DiarisationError, OptionError
from subgen.eval.speakers import turn_errors
from subgen.loudness import levels
from subgen.media import probe
from subgen.media.whole import Whole
from subgen.options import Speakers
from subgen.speakers.rttm import read_rttm
from subgen.types import SAMPLE_RATE, Media, Samples, Turn
from tests.fakes import TRACK, media

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
(EXACT,) = read_rttm((SAMPLES / "talk.rttm").read_text(), "talk").values()
WISHES = Speakers(channels=True)


def stereo(count: int = 2) -> Media:
    return replace(media(), track=replace(TRACK, channels=count))


@dataclass
class Tracks:
    """Channels in memory, in blocks of a second."""

    sounds: Sequence[Samples]
    media: Media = field(default_factory=stereo)

    def samples(self) -> Samples:
        return np.mean(self.sounds, axis=0)

    def channels(self) -> Iterator[tuple[Samples, ...]]:
        for first in range(0, len(self.sounds[0]), SAMPLE_RATE):
            yield tuple(sound[first : first + SAMPLE_RATE] for sound in self.sounds)


@pytest.fixture(scope="module")
def voices() -> tuple[Samples, Samples]:
    """The talk in samples/ as Anna's and Paul's channel, with a little hiss in both."""
    whole = Whole(probe(SAMPLES / "talk.m4a")).samples()
    dice = np.random.default_rng(3)
    sounds = {name: dice.normal(0, 3e-4, len(whole)).astype(np.float32) for name in ("Anna", "Paul")}
    for turn in EXACT:
        first, end = (round(edge * SAMPLE_RATE) for edge in (turn.start - 0.1, turn.end + 0.1))
        sounds[turn.speaker][first:end] += whole[first:end]
    return sounds["Anna"], sounds["Paul"]


def echo(sound: Samples, level: float, delay: float = 0.002) -> Samples:
    """The sound as another microphone hears it: so many dB softer, later, and dulled."""
    late = np.concatenate([np.zeros(round(delay * SAMPLE_RATE), np.float32), sound])[: len(sound)]
    return (10 ** (level / 20) * np.convolve(late, np.ones(3) / 3, "same")).astype(np.float32)


def found(*sounds: Samples) -> tuple[list[Turn], list[str]]:
    turns = Channels().diarise(Tracks(sounds, stereo(len(sounds))), WISHES, lambda _: None)
    return list(turns.overlapping), [note.text for note in turns.notes]


def rate(turns: Sequence[Turn]) -> float:
    """Confused and doubled speech, of all speech: pauses inside sentences are not of interest here."""
    errors = turn_errors(EXACT, turns, 54.7)
    return (errors.confused + errors.false_alarm) / errors.total


@pytest.mark.parametrize("level", [None, -40.0, -25.0, -15.0, -9.0])
def test_bleed_of_any_level_is_not_doubled(voices, level) -> None:
    anna, paul = voices
    bled = (anna, paul) if level is None else (anna + echo(paul, level), paul + echo(anna, level))
    turns, notes = found(*bled)
    assert {turn.speaker for turn in turns} == {"left", "right"}
    assert rate(turns) < 0.06
    assert turn_errors(EXACT, turns, 54.7).missed < 0.12 * turn_errors(EXACT, turns, 54.7).total
    if level is not None and level > -20:
        told = [
            re.fullmatch(r"The \w+ channel carries the \w+ one \((-\d+) dB\): it counts once\.", note) for note in notes
        ]
        assert [abs(int(note[1]) - level) <= 3 for note in told if note] == [True, True]


def test_gains_of_the_channels_do_not_matter(voices) -> None:
    anna, paul = voices
    turns, _ = found(0.05 * (anna + echo(paul, -15)), paul + echo(anna, -15))
    assert rate(turns) < 0.06


def test_speech_at_once_is_both_of_theirs(voices) -> None:
    anna, paul = voices
    late = np.concatenate([paul[-20 * SAMPLE_RATE :], paul[: -20 * SAMPLE_RATE]])
    turns, _ = found(anna + echo(late, -20), late + echo(anna, -20))
    both = [
        min(one.end, other.end) - max(one.start, other.start)
        for one in turns
        for other in turns
        if one.speaker == "left" and other.speaker == "right" and min(one.end, other.end) > max(one.start, other.start)
    ]
    assert sum(both) > 5


def test_a_channel_with_bleed_alone_has_no_speaker(voices) -> None:
    turns, notes = found(voices[0], echo(voices[0], -15))
    assert {turn.speaker for turn in turns} == {"left"}
    assert "Nobody talks in the right channel." in notes


def test_an_empty_channel_is_told(voices) -> None:
    turns, notes = found(voices[0], np.zeros_like(voices[0]))
    assert {turn.speaker for turn in turns} == {"left"}
    assert notes == ["Nobody talks in the right channel."]


def test_channels_that_are_alike_have_no_speakers(voices) -> None:
    with pytest.raises(DiarisationError, match=r"^All channels of talk\.wav carry the same: use --speakers"):
        found(voices[0], voices[0])


def test_silence_has_no_turns() -> None:
    silent = np.zeros(3 * SAMPLE_RATE, np.float32)
    assert found(silent, silent) == ([], ["Nobody talks in the left channel.", "Nobody talks in the right channel."])
    assert found(silent[:0], silent[:0]) == ([], [])


def test_more_channels_are_numbered(voices) -> None:
    turns, _ = found(*voices, np.zeros_like(voices[0]))
    assert {turn.speaker for turn in turns} == {"channel 1", "channel 2"}


def test_one_channel_is_refused() -> None:
    with pytest.raises(OptionError, match=r"talk\.wav has one channel"):
        Channels().check(media())
    Channels().check(stereo())


@given(st.lists(st.booleans(), max_size=200))
def test_stretches_cover_what_is_heard_but_crumbs(frames) -> None:
    turns = list(stretches(np.array(frames, np.bool_), "x"))
    assert all(one.end < other.start for one, other in pairwise(turns))
    for index in np.flatnonzero(frames):
        inside = any(turn.start <= index * 0.02 <= turn.end for turn in turns)
        around = frames[max(0, index - 9) : index + 10]
        assert inside or sum(around) < 10


def test_levels_are_judged_by_their_own_floor() -> None:
    noise = np.random.default_rng(0).normal(0, 1e-3, SAMPLE_RATE).astype(np.float32)
    assert not audible(np.full(50, -90.0, np.float32)).any()
    assert audible(np.concatenate([levels(noise), levels(100 * noise)])).sum() == 50
    own, bleeds = owned(np.stack([levels(100 * noise)] * 2))
    assert not own.any()
    assert bleeds == {}


def test_a_call_goes_through_the_command(voices, tmp_path, capsys) -> None:
    path = tmp_path / "call.wav"
    left, right = voices[0] + echo(voices[1], -15), voices[1] + echo(voices[0], -15)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.stack([left, right], axis=1) * 32000).clip(-32768, 32767).astype("<i2").tobytes())
    command = [str(path), "--model", "demo", "--channels", "--speaker", "left=Anna", "-f", "md", "-o", "-", "-q"]
    assert run(command) == 0
    shown = capsys.readouterr().out
    assert shown.count("## Anna") == 5
    assert shown.count("## right") == 4
    assert shown.count("Good morning, Paul!") == 1
