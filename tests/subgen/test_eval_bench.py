"""`subgen bench`: the rows that it gives, what rivals are asked, and what is refused. No time is asserted."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mlx.core as mx
import numpy as np
import pytest

from subgen.cli.bench import announce, cells, names, numbers, show
from subgen.cli.shell import run
from subgen.errors import OptionError
from subgen.eval import rival_worker
from subgen.eval.bench import Bench, Report, Result, measure
from subgen.eval.measure import Clock, Row, Timing, Work, told
from subgen.eval.rivals import Contest, Failure, Rival, Setup, Task, setups
from subgen.eval.sound import PIECE, pieces_of, samples_of, sound, speech_like
from subgen.types import SAMPLE_RATE
from tests.subgen.test_eval_bench_models import SMALL

TALK = Path(__file__).parents[2] / "samples" / "talk.m4a"
ROW_KEYS = {
    *("model", "system", "setup", "stage", "batch", "audio", "tokens", "seconds", "least", "most", "runs"),
    *("speed", "tokens_per_second", "memory", "ratio"),
}

FAKE_MLX_AUDIO = {
    "mlx_audio/lm/sample_utils.py": "def make_sampler(temperature):\n    return temperature\n",
    "mlx_audio/stt/utils.py": """
from types import SimpleNamespace
class Inner:
    def set_dtype(self, dtype): pass
    def parameters(self): return {}
    def generate(self, piece, max_tokens=None, text=None, language=None):
        assert len(piece) and (max_tokens or text)
        return SimpleNamespace(generation_tokens=max_tokens)
    def _generate_chunks_batched(self, group, *, max_tokens, batch_size, **rest):
        assert len(group) <= batch_size
        return [], [max_tokens // len(group)] * len(group)
def load_model(path):
    assert path.is_dir()
    return SimpleNamespace(_model=Inner())
""",
}
FAKE_MLX_QWEN3_ASR = {
    "mlx_qwen3_asr/__init__.py": """
from types import SimpleNamespace
class Session:
    def __init__(self, path, **chosen): pass
    def transcribe(self, piece, max_new_tokens):
        from mlx_qwen3_asr import generate
        return SimpleNamespace(truncated=max_new_tokens != 13 and not generate._detect_repetition([1] * 50))
""",
    "mlx_qwen3_asr/generate.py": "def _detect_repetition(tokens, threshold=20):\n    return True\n",
}


def packages(folder: Path, name: str, files: dict[str, str]) -> None:
    """An importable package with metadata."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
        for parent in list((folder / path).relative_to(folder).parents)[:-1]:
            (folder / parent / "__init__.py").touch()
    metadata = folder / f"{name.replace('-', '_')}-9.9.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.9\n")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand-ins for both rivals, for this process and for those that it starts."""
    folder = tmp_path / "site"
    packages(folder, "mlx-audio", FAKE_MLX_AUDIO)
    packages(folder, "mlx-qwen3-asr", FAKE_MLX_QWEN3_ASR)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def forget() -> None:
        for name in [name for name in sys.modules if name.partition(".")[0] in {"mlx_audio", "mlx_qwen3_asr"}]:
            del sys.modules[name]

    forget()
    yield folder
    forget()


def job(folder: Path, **changes: object) -> dict[str, object]:
    pieces = [speech_like(2), speech_like(1), speech_like(1)]
    np.savez(folder / "pieces.npz", *pieces)
    plain = {"rival": "mlx-audio", "stage": "pcm to text", "directory": str(folder), "dtype": "", "texts": ["a"] * 3}
    fixed = {"audio": str(folder / "pieces.npz"), "tokens": 7, "batch": 1, "runs": 2, "warm_up": 1}
    return plain | fixed | changes


def test_noise_is_cut_into_pieces_of_one_length(tmp_path: Path) -> None:
    samples = samples_of(sound(tmp_path, None, 61.5), 61.5)
    assert len(samples) == 61.5 * SAMPLE_RATE
    assert [(piece.start, piece.duration) for piece in pieces_of(samples)] == [(0, PIECE), (PIECE, PIECE)]
    [short] = pieces_of(samples[:16000])
    assert short.duration == 1


def test_a_recording_is_repeated_to_the_length(tmp_path: Path) -> None:
    path = sound(tmp_path, TALK, 200)
    assert path.suffix == ".m4a"
    samples = samples_of(path, 200)
    assert len(samples) == pytest.approx(200 * SAMPLE_RATE, abs=SAMPLE_RATE)
    assert samples[-20 * SAMPLE_RATE :].std() > 1e-3


def test_what_can_not_be_repeated_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "talk.odd"
    broken.write_bytes(TALK.read_bytes())
    with pytest.raises(OptionError, match=r"talk\.odd can't be repeated to 200 s: "):
        sound(tmp_path, broken, 200)


def test_the_clock_leaves_the_warm_up_out() -> None:
    calls: list[str] = []
    timing, memory = Clock(3, 2).time(lambda: calls.append("x"))
    assert (len(timing.runs), len(calls), memory >= 0) == (3, 5, True)
    timing, _ = Clock(2, 1).difference(lambda: calls.append("long"), lambda: calls.append("short"))
    assert calls[5:] == ["long", "short"] * 3
    assert len(timing.runs) == 2
    assert all(seconds > 0 for seconds in timing.runs)
    assert Timing((3.0, 1.0, 2.0)).median == 2


def test_programs_may_be_missing_or_fail() -> None:
    assert told("no-such-program") == ""
    assert told(sys.executable, "-c", "raise SystemExit(1)") == ""
    assert told(sys.executable, "-c", "print('a b')") == "a b"


def test_the_demo_is_measured_in_every_stage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out.json"
    flags = ["--audio", str(TALK), "--seconds", "14", "--batch", "2", "--runs", "1", "--warm-up", "0"]
    assert run(["bench", *flags, "--json", str(target)]) == 0
    shown = capsys.readouterr()
    report = json.loads(target.read_text())
    stages = [row["stage"] for row in report["rows"]]
    assert stages == [
        *("media decode", "chunking", "log-mel", "encoder", "prefill", "decode", "pcm to text", "align"),
        *("file to srt", "cues and srt", "command"),
    ]
    for row in report["rows"]:
        assert set(row) == ROW_KEYS
        assert 0 < row["least"] <= row["seconds"] <= row["most"]
        assert row["stage"] in shown.out
        assert row["stage"] in shown.err
    assert report["schema"] == 1
    assert report["settings"]["audio"] == "talk.m4a"
    assert report["machine"]["cores"] >= 1
    assert report["versions"]["mlx"]
    assert report["peak_rss"] > 100_000_000
    decoded = next(row for row in report["rows"] if row["stage"] == "decode")
    assert (decoded["tokens"], decoded["speed"]) == (64, None)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--batch", "one"], "no list of batch sizes"),
        (["--batch", "0"], "must be 1 or more"),
        (["--runs", "0"], "must be 1 or more"),
        (["--dtype", "int8"], "'int8' is not known"),
        (["--rivals", "other"], "The rival 'other' is not known"),
        (["--blas", "/no/such/library"], "There is no library"),
        (["--models", "aligner", "--seconds", "1"], "is no recogniser"),
    ],
)
def test_what_makes_no_sense_is_refused(flags: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "--no-stages", *flags]) == 2
    assert sentence in capsys.readouterr().err


def test_lists_of_names_and_numbers() -> None:
    assert names(" demo, 0.6B,") == ("demo", "0.6B")
    assert numbers("8,1,8") == (8, 1)


def test_an_aligner_is_optional() -> None:
    report = measure(Bench(aligner="none", seconds=2, batches=(1,), runs=1, warm_up=0, stages=False))
    assert [row.work.stage for row in report.rows] == ["pcm to text", "file to srt", "cues and srt", "command"]


def test_random_models_and_rivals_are_measured_on_the_same_pieces(installed: Path) -> None:
    shapes = {"small": SMALL, "aligner": replace(SMALL, classes=500, vocabulary=152064)}
    bench = Bench(
        ("small",), "random", seconds=30, tokens=12, batches=(1, 2), runs=1, warm_up=0, rivals=(Rival("mlx-audio"),)
    )
    heard: list[Result] = []
    report = measure(bench, ("subgen", "bench"), heard.append, shapes)
    assert heard == list(report.rows)
    theirs = [row for row in report.rows if row.system != "subgen"]
    assert [(row.work.stage, row.work.batch) for row in theirs] == [
        *(("pcm to text", 1), ("pcm to text", 2), ("align", 1)),
    ]
    ours = [row for row in report.rows if row.work.stage == "pcm to text" and row.system == "subgen"]
    best = min(row.timing.median for row in ours)
    assert theirs[0].ratio == pytest.approx(theirs[0].timing.median / best)
    assert {row.work.tokens for row in (*ours, *theirs[:2])} == {12}
    assert "command" not in {row.work.stage for row in report.rows}
    assert json.loads(json.dumps(report.values()))["settings"]["rivals"] == ["mlx-audio"]


def test_cells_show_what_there_is() -> None:
    row = Row("m", Work("s", 2, 60.0, 30), Timing((2.0,)), system="other 1", setup="fast", ratio=3.25)
    assert cells(row) == ("m", "s", "2", "other 1 fast", "2", "2..2", "30.0x", "15.0", "3.2")
    assert cells(Row("m", Work("s"), Timing((2.0,))))[-3:] == ("", "", "")


def test_a_terminal_gets_a_table_and_failures_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    row = Row("m", Work("prefill", 2, 60.0, 30), Timing((2.0,)))
    machine = {"gpu": None, "cpu": "a processor", "cores": 4}
    show(Report(Bench(), (), machine, {}, (row,), (), 0))
    announce(Failure("mlx-audio", "as installed", Work("align"), "no\x1bway"))
    shown = capsys.readouterr()
    assert "a processor, 4 cores" in shown.out
    assert "prefill" in shown.out
    assert shown.err == "mlx-audio (as installed) failed: no\\x1bway\n"


def test_rivals_are_read_with_their_interpreter() -> None:
    assert Rival.read("mlx-audio") == Rival("mlx-audio", sys.executable)
    assert Rival.read("mlx-qwen3-asr@/opt/python") == Rival("mlx-qwen3-asr", "/opt/python")


def test_a_blas_adds_setups(tmp_path: Path) -> None:
    assert [way.name for way in setups(None)] == ["as installed"]
    ways = setups(tmp_path / "blas.so")
    assert [(way.blas is not None, way.dtype) for way in ways] == [(False, ""), (True, ""), (True, "float32")]


@pytest.mark.parametrize(
    ("changes", "tokens"),
    [
        ({}, 21),
        ({"batch": 2, "dtype": "float32"}, 21),
        ({"tokens": None, "batch": 2}, 3 * rival_worker.MOST_TOKENS),
        ({"stage": "align"}, None),
        ({"rival": "mlx-qwen3-asr", "dtype": "float32"}, 21),
        ({"rival": "mlx-qwen3-asr", "tokens": None}, None),
    ],
)
def test_a_worker_reports_every_run(
    changes: dict[str, object], tokens: int | None, installed: Path, tmp_path: Path
) -> None:
    result = rival_worker.work(job(tmp_path, **changes))
    assert result["tokens"] == tokens
    assert len(list(result["seconds"])) == 2  # type: ignore[call-overload]
    assert result["version"] == "9.9"
    assert mx.get_peak_memory() >= 0


def test_a_rival_that_stops_early_is_not_measured(installed: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="stopped before"):
        rival_worker.work(job(tmp_path, rival="mlx-qwen3-asr", tokens=13))


def test_a_contest_asks_every_rival_at_every_batch(installed: Path, tmp_path: Path) -> None:
    rivals = (Rival("mlx-audio"), Rival("mlx-qwen3-asr"))
    contest = Contest(tmp_path, Clock(1, 0), rivals, (Setup(), Setup("float32", None, "float32")))
    task = Task("m", "pcm to text", tmp_path, pieces_of(speech_like(60)), 5)
    results = list(contest.run(task, (1, 2)))
    assert all(isinstance(result, Row) for result in results)
    rows = [result for result in results if isinstance(result, Row)]
    assert [(row.system, row.setup, row.work.batch) for row in rows] == [
        *(("mlx-audio 9.9", way, batch) for way in ("as installed", "float32") for batch in (1, 2)),
        *(("mlx-qwen3-asr 9.9", way, 1) for way in ("as installed", "float32")),
    ]
    assert {row.work.tokens for row in rows} == {10}
    aligned = list(contest.run(replace(task, stage="align", texts=("a", "b")), (1, 2)))
    assert [result.work.stage for result in aligned if isinstance(result, Row)] == ["align"] * 2


def test_a_rival_that_fails_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "site" / "mlx_qwen3_asr"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('not for this machine')")
    (broken / "generate.py").touch()
    launcher = tmp_path / "python"
    launcher.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path / "site"} exec {sys.executable} "$@"\n')
    launcher.chmod(0o755)
    rivals = (Rival("mlx-qwen3-asr", str(launcher)), Rival("mlx-qwen3-asr", "/no/such/python"))
    contest = Contest(tmp_path, Clock(1, 0), rivals, (Setup(),))
    task = Task("m", "pcm to text", tmp_path, pieces_of(speech_like(1)), 5)
    first, second = contest.run(task, (1,))
    assert isinstance(first, Failure)
    assert isinstance(second, Failure)
    assert first.reason == "ImportError: not for this machine"
    assert "No such file" in second.reason
    assert first.values()["stage"] == "pcm to text"
