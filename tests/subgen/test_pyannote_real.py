"""The adapter against the real pyannote.audio: collected only where it is installed (tests/conftest.py)."""

from __future__ import annotations

import json
import os
import re
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from subgen.cli.shell import run
from subgen.diarise.diariser import Unwanted
from subgen.diarise.loading import Loaded, imported, load, quieten
from subgen.diarise.pyannote import Pyannote
from subgen.errors import BadWeights, DiarisationError, MissingDependency
from subgen.eval.speakers import turn_errors
from subgen.media import probe
from subgen.media.whole import Whole
from subgen.options import Speakers
from subgen.speakers.rttm import read_rttm
from subgen.types import SAMPLE_RATE, Samples, Turn
from tests.fakes import Sound
from tests.subgen.pyannote_making import make_pipeline

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SECONDS = 12


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory) -> Path:
    quieten()
    return make_pipeline(tmp_path_factory.mktemp("community") / "pipeline")


@pytest.fixture(scope="module")
def talk() -> Samples:
    """Two people, in turns, for SECONDS."""
    return Whole(probe(SAMPLES / "talk.m4a")).samples()[: SECONDS * SAMPLE_RATE]


@pytest.fixture(scope="module")
def clip(tmp_path_factory, talk) -> Path:
    path = tmp_path_factory.mktemp("clip") / "talk.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((talk * 32767).astype("<i2").tobytes())
    return path


def test_a_local_pipeline_goes_through_the_command_to_webvtt(pipeline, clip, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("SUBGEN_VOICES", str(tmp_path / "voices.json"))
    command = [str(clip), "--model", "demo", "--speakers", "--speaker-model", str(pipeline), "--progress", "json"]
    assert run([*command, "-f", "vtt,json", "-o", str(tmp_path) + "/"]) == 0
    shown = (tmp_path / "talk.en.vtt").read_text(encoding="utf-8")
    assert re.findall(r"<v SPEAKER_\d\d>Good morning, Paul!", shown)
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    shares = [event["share"] for event in events if event["event"] == "identifying"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    saved = json.loads((tmp_path / "talk.en.json").read_text(encoding="utf-8"))
    assert saved["models"][-1] == str(pipeline)
    assert saved["turns"]
    assert os.environ["PYANNOTE_METRICS_ENABLED"] == "0"


def test_hints_hooks_and_voices_are_those_of_pyannote(pipeline, talk) -> None:
    shares: list[float] = []
    found = Pyannote(str(pipeline), offline=True).diarise(
        Sound(talk), Speakers(find=True, least=2, most=2), shares.append
    )
    assert 0 < len({turn.speaker for turn in found.overlapping}) <= 2
    assert all(0 <= turn.start < turn.end <= SECONDS + 0.1 for turn in found.overlapping)
    by_time = sorted(found.exclusive, key=lambda turn: turn.start)
    assert all(before.end <= after.start + 0.02 for before, after in pairwise(by_time))
    assert {len(voice.vector) for voice in found.voices} <= {256}
    assert {voice.name for voice in found.voices} <= {turn.speaker for turn in found.overlapping}
    assert max(shares) == 1.0


def test_the_same_voice_keeps_its_name_and_a_stranger_gets_none(pipeline, clip, tmp_path, monkeypatch, capsys) -> None:
    """With weights made by chance all voices are alike: what is shown is that vectors come, are kept and are found."""
    monkeypatch.setenv("SUBGEN_VOICES", str(tmp_path / "voices.json"))
    model = ["--speaker-model", str(pipeline)]
    assert run(["voices", "add", "Anna", str(clip), *model]) == 0
    assert run(["voices", "list"]) == 0
    assert re.search(r"^Anna +\d+ s +\d{4}-\d\d-\d\d +pyannote [0-9a-f]{12}$", capsys.readouterr().out, re.MULTILINE)
    command = [str(clip), "--model", "demo", "--speakers", *model, "--num-speakers", "1", "-f", "vtt", "-o", "-", "-q"]
    assert run(command) == 0
    assert "<v Anna>" in capsys.readouterr().out
    assert run([*command, "--no-voices"]) == 0
    assert "<v SPEAKER_00>" in capsys.readouterr().out


@pytest.mark.parametrize("sound", [np.zeros(0, np.float32), np.zeros(1600, np.float32), np.zeros(48_000, np.float32)])
def test_next_to_nothing_is_no_error(pipeline, sound) -> None:
    found = Pyannote(str(pipeline), offline=True).diarise(Sound(sound), Speakers(find=True), lambda _: None)
    assert all(np.isfinite(voice.vector).all() for voice in found.voices)


def test_it_stops_when_nobody_waits(pipeline, talk) -> None:
    def tell(share: float) -> None:
        raise Unwanted

    with pytest.raises(Unwanted):
        Pyannote(str(pipeline), offline=True).diarise(Sound(talk), Speakers(find=True), tell)


def test_an_operator_that_a_gpu_lacks_sends_the_work_to_the_cpu(pipeline, talk) -> None:
    """A machine without GPU has none of the operators of one."""
    torch, pipelines = imported()
    gpu = Loaded(pipelines.from_pretrained(pipeline), torch, ("cuda", "cpu"))
    adapter = Pyannote(str(pipeline), offline=True, open=lambda _: gpu)
    found = adapter.diarise(Sound(talk), Speakers(find=True), lambda _: None)
    assert [note.text for note in found.notes] == [
        "Speakers were found on the CPU, which is slower: pyannote failed on cuda."
    ]


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda folder: (folder / "config.yaml").write_text("pipeline: {name: no.such.Class}"), "can't be loaded"),
        (lambda folder: (folder / "config.yaml").write_text("a: [b"), "can't be loaded"),
        (lambda folder: (folder / "embedding/pytorch_model.bin").write_bytes(b"PK"), "can't be loaded"),
        (lambda folder: (folder / "segmentation/pytorch_model.bin").unlink(), "segmentation is missing"),
        (lambda folder: (folder / "plda/plda.npz").unlink(), "plda is missing"),
    ],
)
def test_damaged_pipelines_are_one_sentence(pipeline, tmp_path, damage, sentence) -> None:
    folder = tmp_path / "pipeline"
    for path in pipeline.rglob("*.*"):
        (folder / path.relative_to(pipeline)).parent.mkdir(parents=True, exist_ok=True)
        (folder / path.relative_to(pipeline)).write_bytes(path.read_bytes())
    damage(folder)
    with pytest.raises((BadWeights, MissingDependency), match=sentence) as caught:
        Pyannote(str(folder), offline=True, open=load)
    assert "\n" not in str(caught.value)


def test_waveforms_that_pyannote_refuses_are_a_failure_on_the_way(pipeline) -> None:
    with pytest.raises(DiarisationError, match="pyannote failed: "):
        load(pipeline)(np.zeros((2, 3), np.float32), {}, lambda *_, **__: None)


@pytest.mark.shared
def test_recorded_arrays_of_community_1_give_its_own_turns(pipeline, shared, tmp_path) -> None:
    """The real pipeline and clustering, with community-1's PLDA and the arrays that it recorded on a phone call."""
    recorded = shared / "data/diarisation/recorded_community1_phone"
    folder = tmp_path / "pipeline"
    folder.mkdir()
    for part in ("config.yaml", "segmentation", "embedding"):
        (folder / part).symlink_to(pipeline / part)
    (folder / "plda").symlink_to(shared / "data/diarisation/plda")
    torch, pipelines = imported()
    real = pipelines.from_pretrained(folder)
    from pyannote.core import SlidingWindow, SlidingWindowFeature

    segmentations = np.load(recorded / "segmentations.npz")["segmentations"]
    embeddings = np.load(recorded / "raw_embeddings.npz")["embeddings"]
    window = SlidingWindow(start=0.0, duration=10.0, step=1.0)
    real.get_segmentations = lambda *_, **__: SlidingWindowFeature(segmentations, window)
    real.get_embeddings = lambda *_, **__: embeddings
    sound = Sound(Whole(probe(shared / "data/diarisation/phone/sample.wav")).samples())
    found = Pyannote(str(folder), offline=True, open=lambda _: Loaded(real, torch)).diarise(
        sound, Speakers(find=True), lambda _: None
    )
    (reference,) = read_rttm((recorded / "reference.rttm").read_text(), "reference").values()
    assert turn_errors(reference, found.overlapping, len(sound.sound) / SAMPLE_RATE).rate <= 0.001
    assert len(found.voices) == 2
    (truth,) = read_rttm((shared / "data/diarisation/phone/sample.rttm").read_text(), "sample").values()
    assert turn_errors(truth, found.overlapping, 30.0).rate == pytest.approx(0.052, abs=0.002)


def test_turns_have_the_real_types(pipeline, talk) -> None:
    found = Pyannote(str(pipeline), offline=True).diarise(Sound(talk), Speakers(find=True), lambda _: None)
    assert all(type(turn.start) is float and type(turn.speaker) is str for turn in found.overlapping)
    assert all(isinstance(turn, Turn) for turn in found.exclusive)
