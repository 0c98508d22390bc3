"""The pyannote adapter without torch: what it asks of a pipeline, what it makes of the answer, and each way to fail.

`tests/subgen/test_pyannote_real.py` does the same with the real one, where it is installed.
"""

from __future__ import annotations

import errno
import os
import sys
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from subgen.cli.shell import run
from subgen.diarise import BACKENDS
from subgen.diarise.diariser import Unwanted
from subgen.diarise.hub import checked, fetch, missing, pipeline_directory
from subgen.diarise.loading import Loaded, devices, first_line, imported, load
from subgen.diarise.pyannote import MODEL, Pyannote, fingerprint, hints, progress
from subgen.errors import BadWeights, DiarisationError, MissingDependency, ModelNotFound, OptionError
from subgen.models import hub_cache
from subgen.options import Speakers
from subgen.types import Turn, Voice
from tests.fakes import Sound
from tests.subgen.test_channels import SAMPLES
from tests.subgen.test_models import COMMIT

FIND = Speakers(find=True)
CONFIG = """\
pipeline:
  params:
    segmentation: $model/segmentation
    embedding: $model/embedding
    plda: $model/plda
"""


@dataclass
class Annotation:
    """An annotation of pyannote.core."""

    turns: Sequence[tuple[float, float, str]]

    def itertracks(self, *, yield_label: bool):
        assert yield_label
        for number, (start, end, label) in enumerate(self.turns):
            yield SimpleNamespace(start=np.float64(start), end=np.float64(end)), number, label

    def labels(self) -> list[str]:
        return sorted({label for _, _, label in self.turns})


TURNS = Annotation([(0.0, 2.0, "SPEAKER_01"), (1.5, 3.0, "SPEAKER_00")])
ANSWER = SimpleNamespace(
    speaker_diarization=TURNS,
    exclusive_speaker_diarization=Annotation([(0.0, 1.7, "SPEAKER_01"), (1.7, 3.0, "SPEAKER_00")]),
    speaker_embeddings=np.array([[0.0, 0.0], [3.0, 4.0]]),
)


@dataclass
class Pipeline:
    """A pipeline that answers, or fails on some devices."""

    answer: object = field(default_factory=lambda: ANSWER)
    fails: Mapping[str, Exception] = field(default_factory=dict)
    moves: Mapping[str, Exception] = field(default_factory=dict)
    device: str = ""
    asked: list[dict[str, object]] = field(default_factory=list)

    def to(self, device: object) -> None:
        if str(device) in self.moves:
            raise self.moves[str(device)]
        self.device = str(device)

    def __call__(self, sound: Mapping[str, object], *, hook: Callable[..., None], **asked: int) -> object:
        self.asked.append({"device": self.device, "shape": sound["waveform"].shape, **asked})
        hook("segmentation", None, file=sound, total=4, completed=2)
        hook("speaker_counting", None, file=sound)
        hook("embeddings", None, file=sound, total=2, completed=2)
        if self.device in self.fails:
            raise self.fails[self.device]
        return self.answer


def torch(*gpus: str) -> ModuleType:
    """As much of torch as is used."""
    module = ModuleType("torch")
    module.device = str
    module.from_numpy = lambda samples: samples
    module.cuda = SimpleNamespace(is_available=lambda: "cuda" in gpus)
    module.backends = SimpleNamespace(mps=SimpleNamespace(is_available=lambda: "mps" in gpus))
    return module


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> None:
    """An empty home: no cache, no default folder, no voices, no hub."""
    for name in ("HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "XDG_CACHE_HOME", "XDG_DATA_HOME", "SUBGEN_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SUBGEN_VOICES", str(tmp_path / "voices.json"))


@pytest.fixture
def folder(tmp_path) -> Path:
    return make(tmp_path / "pipeline")


def make(folder: Path) -> Path:
    """A directory that looks like a pipeline."""
    for part in ("segmentation", "embedding"):
        (folder / part).mkdir(parents=True)
        (folder / part / "pytorch_model.bin").write_bytes(part.encode())
    (folder / "plda").mkdir()
    for name in ("plda.npz", "xvec_transform.npz"):
        (folder / "plda" / name).write_bytes(b"")
    (folder / "config.yaml").write_text(CONFIG)
    return folder


def sound(seconds: float = 1.0) -> Sound:
    return Sound(np.zeros(round(seconds * 16_000), np.float32))


def adapter(folder: Path, pipeline: Pipeline, *gpus: str) -> Pyannote:
    return Pyannote(str(folder), offline=True, open=lambda _: Loaded(pipeline, torch(*gpus)))


def test_an_answer_becomes_turns_and_voices(folder) -> None:
    shares: list[float] = []
    found = adapter(folder, Pipeline()).diarise(sound(), FIND, shares.append)
    assert found.overlapping == (Turn(0.0, 2.0, "SPEAKER_01"), Turn(1.5, 3.0, "SPEAKER_00"))
    assert found.exclusive == (Turn(0.0, 1.7, "SPEAKER_01"), Turn(1.7, 3.0, "SPEAKER_00"))
    assert found.voices == (Voice("SPEAKER_01", f"pyannote {fingerprint(folder)}", (3.0, 4.0)),)
    assert found.model == str(folder)
    assert found.notes == ()
    assert shares == [0.05, 0.0, 1.0]


def test_older_pipelines_answer_with_turns_alone(folder) -> None:
    found = adapter(folder, Pipeline(TURNS)).diarise(sound(), FIND, lambda _: None)
    assert len(found.overlapping) == 2
    assert found.exclusive == ()
    assert found.voices == ()


@pytest.mark.parametrize("answer", [None, 3, SimpleNamespace(speaker_diarization=Annotation([("a", "b", "c")]))])
def test_an_answer_of_another_kind_is_a_failure_on_the_way(folder, answer) -> None:
    with pytest.raises(DiarisationError, match="answer can't be read"):
        adapter(folder, Pipeline(answer)).diarise(sound(), FIND, lambda _: None)


def test_vectors_that_say_nothing_are_left_out(folder) -> None:
    rows = np.array([[np.nan, 1.0], [0.0, 0.0]])
    answer = SimpleNamespace(speaker_diarization=TURNS, speaker_embeddings=rows)
    assert adapter(folder, Pipeline(answer)).diarise(sound(), FIND, lambda _: None).voices == ()


def test_hints_reach_the_pipeline(folder) -> None:
    pipeline = Pipeline()
    adapter(folder, pipeline).diarise(sound(), Speakers(find=True, least=2, most=5), lambda _: None)
    assert pipeline.asked == [{"device": "cpu", "shape": (1, 16_000), "min_speakers": 2, "max_speakers": 5}]
    assert hints(Speakers(find=True, exact=3)) == {"num_speakers": 3}


def test_nothing_to_hear_asks_nobody(folder) -> None:
    pipeline = Pipeline()
    assert adapter(folder, pipeline).diarise(sound(0), FIND, lambda _: None).overlapping == ()
    assert pipeline.asked == []


def test_the_fastest_device_is_first() -> None:
    assert devices(torch()) == ("cpu",)
    assert devices(torch("mps")) == ("mps", "cpu")
    assert devices(torch("cuda")) == ("cuda", "cpu")


@pytest.mark.parametrize(
    "fault", [{"moves": {"mps": RuntimeError("no")}}, {"fails": {"mps": NotImplementedError("op")}}]
)
def test_what_a_gpu_can_not_do_the_cpu_does_from_then_on(folder, fault) -> None:
    pipeline = Pipeline(**fault)
    diariser = adapter(folder, pipeline, "mps")
    for notes in (1, 0):
        found = diariser.diarise(sound(), FIND, lambda _: None)
        assert len(found.overlapping) == 2
        assert len(found.notes) == notes
    assert [asked["device"] for asked in pipeline.asked][-2:] == ["cpu", "cpu"]


def test_what_the_cpu_can_not_do_is_a_failure_on_the_way(folder) -> None:
    pipeline = Pipeline(fails={"cpu": RuntimeError("out of memory:\nmore of it")})
    with pytest.raises(DiarisationError, match=r"^pyannote failed: RuntimeError: out of memory\.$"):
        adapter(folder, pipeline).diarise(sound(), FIND, lambda _: None)


def test_who_is_not_wanted_stops(folder) -> None:
    def tell(share: float) -> None:
        raise Unwanted

    with pytest.raises(Unwanted):
        adapter(folder, Pipeline(), "cuda").diarise(sound(), FIND, tell)


def test_progress_counts_the_steps_by_their_time() -> None:
    shares: list[float] = []
    for step, total, completed in (("segmentation", 10, 10), ("embeddings", 4, 1), ("embeddings", 4, 9), ("new", 2, 1)):
        progress(shares.append, step, None, file={}, total=total, completed=completed)
    assert shares == pytest.approx([0.1, 0.325, 1.0, 1.0])


def test_the_adapter_needs_no_memory_of_its_own(folder) -> None:
    def peak(seconds: float) -> int:
        diariser, recording = adapter(folder, Pipeline()), sound(seconds)
        tracemalloc.start()
        diariser.diarise(recording, FIND, lambda _: None)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    short, long = peak(10), peak(1000)
    assert short < 100_000
    assert long < 100_000  # the samples are 64 MB


# Finding and loading


def test_a_pipeline_is_a_directory_its_config_or_a_kept_name(folder, tmp_path, monkeypatch) -> None:
    assert pipeline_directory(str(folder), offline=True) == folder
    assert pipeline_directory(str(folder / "config.yaml"), offline=True) == folder
    monkeypatch.setenv("SUBGEN_MODELS", str(tmp_path / "models"))
    kept = make(tmp_path / "models/org/p")
    assert pipeline_directory("org/p", offline=True) == kept


def test_a_cached_pipeline_needs_no_hub() -> None:
    repository = hub_cache() / f"models--{MODEL.replace('/', '--')}"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs/main").write_text(COMMIT)
    cached = make(repository / "snapshots" / COMMIT)
    assert pipeline_directory(MODEL, offline=True) == cached
    (cached / "plda/plda.npz").unlink()
    with pytest.raises(ModelNotFound, match="downloads are switched off"):
        pipeline_directory(MODEL, offline=True)


def test_what_is_not_here_is_fetched(folder) -> None:
    asked: list[str] = []

    def hub(name: str) -> Path:
        asked.append(name)
        return folder

    assert pipeline_directory(MODEL, offline=False, fetch=hub) == folder
    assert asked == [MODEL]


@pytest.mark.parametrize("name", ["", "/no/such", "./none", "a/b/c", "~/none", "none"])
def test_a_directory_that_is_not_there_is_never_looked_for_on_the_hub(name) -> None:
    with pytest.raises(ModelNotFound, match=r"^There is no directory '.*' of a speaker model"):
        pipeline_directory(name, offline=False, fetch=lambda name: Path("/"))


def test_parts_that_are_missing_are_named(folder) -> None:
    assert missing(folder) == ""
    (folder / "embedding/pytorch_model.bin").unlink()
    with pytest.raises(BadWeights, match=r"is no pyannote pipeline, or not all of it: embedding is missing\.$"):
        checked(folder, "x")
    (folder / "config.yaml").unlink()
    with pytest.raises(BadWeights, match=r"config\.yaml is missing"):
        checked(folder, "x")


def test_pipelines_that_upload_are_refused(folder) -> None:
    (folder / "config.yaml").write_text("pipeline:\n  name: pyannote.audio.pipelines.pyannoteai.sdk.SDK\n")
    with pytest.raises(OptionError, match="uploads recordings"):
        pipeline_directory(str(folder), offline=True)


def test_voices_are_those_of_the_embedding_network(folder, tmp_path) -> None:
    other = make(tmp_path / "copy")
    assert fingerprint(other) == fingerprint(folder)
    (other / "embedding/pytorch_model.bin").write_bytes(b"another")
    assert fingerprint(other) != fingerprint(folder)
    (other / "embedding/pytorch_model.bin").unlink()
    assert len(fingerprint(other)) == 12


def test_the_hub_that_can_not_be_reached_is_one_sentence() -> None:
    with pytest.raises(
        ModelNotFound, match=r"the hub can't be reached .* or give turns that you have with --turns FILE"
    ):
        fetch("org/model", endpoint="http://127.0.0.1:9")


def test_first_lines() -> None:
    assert first_line(KeyError()) == "KeyError"
    assert first_line(ValueError("a:\nb")) == "ValueError: a"


def stand_in(monkeypatch: pytest.MonkeyPatch, opened: Callable[[Path], object]) -> None:
    """Puts a pyannote.audio whose pipelines open like this, and a torch, where Python looks for them."""
    audio = ModuleType("pyannote.audio")
    audio.Pipeline = SimpleNamespace(from_pretrained=opened)
    monkeypatch.setitem(sys.modules, "pyannote.audio", audio)
    monkeypatch.setitem(sys.modules, "torch", torch())


def raising(error: Exception) -> Callable[[Path], object]:
    def opened(directory: Path) -> object:
        print("Could not download; visit https://hf.co")
        raise error

    return opened


def hub_error(name: str, status: int) -> Exception:
    """What the hub's client raises for an answer with this status."""
    from huggingface_hub import errors

    kind = getattr(errors, name)
    error = kind.__new__(kind)
    Exception.__init__(error, "Cannot access gated repo.")
    error.response = SimpleNamespace(status_code=status)
    return error


def local_entry_not_found() -> Exception:
    from huggingface_hub.errors import LocalEntryNotFoundError

    return LocalEntryNotFoundError("Cannot find an appropriate cached snapshot folder")


ROWS = {
    "gated": (lambda: hub_error("GatedRepoError", 403), 4, "wants its licence accepted"),
    "refused": (lambda: hub_error("HfHubHTTPError", 401), 4, "refuses the model"),
    "offline": (local_entry_not_found, 4, "is not on this machine and the hub can't be reached"),
    "file missing": (
        lambda: FileNotFoundError(errno.ENOENT, "No such file or directory", "/x/plda.npz"),
        4,
        "plda.npz: No such file",
    ),
    "damaged": (lambda: RuntimeError("PytorchStreamReader failed\nat"), 4, "can't be loaded: RuntimeError: Pytorch"),
    "other version": (
        lambda: Exception("requires x ~ 5 but 4 is installed."),
        4,
        "can't be loaded: Exception: requires",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_way_of_not_loading_is_one_sentence_before_any_decoding(row, folder, monkeypatch, capsys) -> None:
    error, code, sentence = ROWS[row]
    stand_in(monkeypatch, raising(error()))
    # A path that is no ffmpeg would be the error of the first decoding.
    command = [str(SAMPLES / "talk.m4a"), "--model", "demo", "--speakers", "--ffmpeg", "/no/ffmpeg", "-o", "-"]
    assert run([*command, "--speaker-model", str(make(folder.parent / row))]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert sentence in shown.err
    assert shown.err.count("\n") == 1


def test_no_answer_at_all_is_one_sentence(folder, monkeypatch) -> None:
    stand_in(monkeypatch, lambda directory: None)
    with pytest.raises(BadWeights, match="gives no reason"):
        load(folder)


def test_what_is_not_installed_comes_first(monkeypatch, capsys) -> None:
    stand_in(monkeypatch, lambda directory: None)
    monkeypatch.setitem(sys.modules, "pyannote.audio", None)
    assert run([str(SAMPLES / "talk.m4a"), "--model", "demo", "--speakers", "--speaker-model", "/no", "-o", "-"]) == 6
    shown = capsys.readouterr().err
    assert shown.startswith(
        "subgen: --speakers needs pyannote.audio with torch, and there is no pyannote.audio: run `pip"
    )
    assert shown.count("\n") == 1


def test_an_installation_that_does_not_start_is_one_sentence(monkeypatch) -> None:
    class Broken(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise OSError("libc10_cuda.so: cannot open shared object file")

    stand_in(monkeypatch, lambda directory: None)
    monkeypatch.setitem(sys.modules, "pyannote.audio", Broken("pyannote.audio"))
    with pytest.raises(MissingDependency, match=r"does not start \(OSError: libc10_cuda\.so: cannot open"):
        imported()


def test_a_run_from_end_to_end_with_telemetry_off(folder, monkeypatch, capsys) -> None:
    pipeline = Pipeline(Annotation([(0.0, 5.3, "s1"), (5.3, 56.0, "s0")]))
    monkeypatch.setenv("PYANNOTE_METRICS_ENABLED", "1")
    stand_in(monkeypatch, lambda directory: pipeline)
    command = [str(SAMPLES / "talk.m4a"), "--model", "demo", "--speakers", "--speaker-model", str(folder), "-q"]
    assert run([*command, "-f", "vtt", "-o", "-"]) == 0
    assert os.environ["PYANNOTE_METRICS_ENABLED"] == "0"
    shown = capsys.readouterr().out
    assert "<v SPEAKER_00>Good morning, Paul!" in shown
    assert "<v SPEAKER_01>Good morning, Anna!" in shown


def test_a_failure_on_the_way_keeps_the_transcript_and_has_a_code(folder, tmp_path, monkeypatch, capsys) -> None:
    stand_in(monkeypatch, lambda directory: Pipeline(fails={"cpu": RuntimeError("no kernel")}))
    output = tmp_path / "talk.json"
    command = [str(SAMPLES / "talk.m4a"), "--model", "demo", "--speakers", "--speaker-model", str(folder)]
    assert run([*command, "-o", str(output)]) == 7
    shown = capsys.readouterr().err
    assert "The speakers could not be found, so the text has none. pyannote failed: RuntimeError: no kernel." in shown
    assert "Good morning, Paul!" in output.read_text()
    assert run(["render", str(output), "-f", "srt", "-o", "-"]) == 0
    assert "Good morning, Paul!" in capsys.readouterr().out


def test_a_voice_is_learned_from_a_clip_and_gives_its_name(folder, monkeypatch, capsys) -> None:
    answer = SimpleNamespace(
        speaker_diarization=Annotation([(0.0, 56.0, "SPEAKER_00")]), speaker_embeddings=np.array([[1.0, 2.0]])
    )
    pipeline = Pipeline(answer)
    stand_in(monkeypatch, lambda directory: pipeline)
    talk, model = str(SAMPLES / "talk.m4a"), ["--speaker-model", str(folder)]
    assert run(["voices", "add", "Anna", talk, *model]) == 0
    assert pipeline.asked[0]["num_speakers"] == 1
    assert "Anna's voice was learned from 56 s of speech and kept in " in capsys.readouterr().err
    assert run([talk, "--model", "demo", "--speakers", *model, "-f", "vtt", "-o", "-"]) == 0
    shown = capsys.readouterr()
    assert "<v Anna>" in shown.out
    assert "SPEAKER_00 is called Anna by the voice, which is 1.00 alike." in shown.err


def test_both_backends_can_be_named() -> None:
    assert list(BACKENDS) == ["pyannote", "light"]
