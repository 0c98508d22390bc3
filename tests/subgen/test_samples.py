"""The whole chain on the sample media with the packaged toy, and its texts against those of mlx-audio."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from subgen.engine import Engine
from subgen.eval.report import compare
from subgen.eval.truth import read_truth
from subgen.media import open_audio, probe
from subgen.options import Decoding, Input, Models, Options
from subgen.pipeline import transcribe
from subgen.types import SAMPLE_RATE, Chunk

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NAMES = ("film.mp4", "talk.m4a", "late.mkv")
HEARD = json.loads((Path(__file__).parents[1] / "golden" / "mlx_audio_demo.json").read_text(encoding="utf-8"))["clips"]


@pytest.fixture(scope="module")
def engine():
    with Engine.open(Models(asr="demo")) as engine:
        yield engine


def samples_of(name):
    with open_audio(probe(SAMPLES / name, Input()), Input()) as audio:
        return np.concatenate(list(audio))


@pytest.mark.parametrize("name", NAMES)
def test_words_and_their_times(engine, name):
    options = Options(models=Models(asr="demo"))
    document = transcribe(SAMPLES / name, options, engine=engine)
    report = compare(read_truth((SAMPLES / name).with_suffix(".json")), document)
    assert report.words.rate <= 0.04
    assert report.times is not None
    assert report.times.both.mean <= 0.025
    assert report.times.both.largest <= 0.2
    assert document.language == "English"
    assert document.notes == ()
    assert all(transcript.report.spread == 0 for transcript in document.transcripts)


@pytest.mark.parametrize("name", NAMES)
def test_same_text_as_mlx_audio(engine, name):
    samples = samples_of(name)
    clips = [clip for clip in HEARD if clip["media"] == name]
    chunks = [
        Chunk(clip["start"] / SAMPLE_RATE, clip["end"] / SAMPLE_RATE, samples[clip["start"] : clip["end"]])
        for clip in clips
    ]
    heard = engine.recogniser.recognise(chunks, Decoding())
    assert [result.transcript.text for result in heard] == [clip["text"] for clip in clips]


@pytest.mark.parametrize("name", NAMES)
def test_truth_is_whole(name):
    content = json.loads((SAMPLES / name).with_suffix(".json").read_text(encoding="utf-8"))
    words, sentences = content["words"], content["sentences"]
    assert " ".join(word["text"] for word in words) == content["text"]
    assert " ".join(sentence["text"] for sentence in sentences) == content["text"]
    assert all(word["start"] < word["end"] for word in words)
    assert all(before["end"] <= after["start"] for before, after in pairwise(words))
    assert words[-1]["end"] < len(samples_of(name)) / SAMPLE_RATE


def test_film_is_longer_than_three_chunks_and_its_text_is_beside_it():
    content = json.loads((SAMPLES / "film.json").read_text(encoding="utf-8"))
    assert content["duration"] > 3 * 30
    assert " ".join((SAMPLES / "film.txt").read_text(encoding="utf-8").split()) == content["text"]


def test_late_audio_starts_late():
    media = probe(SAMPLES / "late.mkv", Input())
    assert media.track.start == pytest.approx(1.476, abs=1e-3)
    assert media.frame_rate == pytest.approx(24)


def test_turns_of_the_talk_alternate_and_hold_its_words():
    content = json.loads((SAMPLES / "talk.json").read_text(encoding="utf-8"))
    rows = [row.split() for row in (SAMPLES / "talk.rttm").read_text(encoding="utf-8").splitlines()]
    turns = [(float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows]
    assert all(before[2] != after[2] for before, after in pairwise(turns))
    for word in content["words"]:
        inside = [who for start, end, who in turns if start - 0.001 <= word["start"] < word["end"] <= end + 0.001]
        assert inside == [word["speaker"]]
