"""The commands from end to end, with the toy model where one is needed, and the doctor."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from subgen.cli import main, selftests
from subgen.cli.doctor import Check, all_checks, examine
from subgen.cli.shell import run
from subgen.errors import MissingDependency
from subgen.languages import LANGUAGES

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model but the toy, no setting of the developer's own."""
    for name in ("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "XDG_DATA_HOME", "SUBGEN_MODEL", "SUBGEN_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def silence(tmp_path: Path) -> Path:
    """A recording without a sound, which needs the models but gives them nothing to do."""
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.zeros(48_000, dtype="<i2").tobytes())
    return path


def test_transcribe_is_the_command_that_needs_no_name(silence: Path, capsys: Captured) -> None:
    assert run([str(silence), "--model", "demo", "-f", "srt,json", "-q"]) == 0
    assert silence.with_suffix(".srt").read_text() == ""
    saved = silence.with_suffix(".json")
    assert json.loads(saved.read_text())["transcripts"] == []
    assert run(["render", str(saved), "-f", "vtt", "-o", "-"]) == 0
    assert capsys.readouterr().err == ""


def test_the_model_comes_from_the_environment(silence: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUBGEN_MODEL", "nowhere/model")
    assert run([str(silence), "-q"]) == 4
    assert run([str(silence), "-q", "--model", "demo", "--no-words"]) == 0


def test_a_missing_model_says_how_to_get_it(silence: Path, capsys: Captured) -> None:
    assert run([str(silence)]) == 4
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "run `hf download Qwen/Qwen3-ASR-0.6B` first" in shown.err
    assert "`--model demo` is a small English toy" in shown.err
    assert sorted(path.name for path in silence.parent.iterdir()) == ["silence.wav"]
    assert run([str(silence), "-q", "--model", "demo", "--audio-model", "no/tower"]) == 4


def test_what_is_not_media_needs_no_model(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "text.mp4").write_text("To be or not to be.")
    assert run([str(tmp_path / "text.mp4")]) == 3
    assert "is text" in capsys.readouterr().err


def test_a_file_may_be_named_like_a_command_or_a_flag(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments, name in ((["./align"], "align"), (["--", "-f"], "-f")):
        assert run(arguments) == 3
        assert f"{name}: there is no such file" in capsys.readouterr().err


def test_align_reads_its_transcript_first(silence: Path, tmp_path: Path, capsys: Captured) -> None:
    text = tmp_path / "text.txt"
    assert run(["align", str(silence), str(text)]) == 3
    text.write_text(" \n")
    assert run(["align", str(silence), str(text), "-m", "demo"]) == 2
    assert "transcript to align is empty" in capsys.readouterr().err


def test_the_installed_command_exits_with_its_code(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr(sys, "argv", ["subgen", "missing.mp4"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert capsys.readouterr().err == "subgen: missing.mp4: there is no such file.\n"


def test_languages_lists_all(capsys: Captured) -> None:
    assert run(["languages"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(LANGUAGES) + 1
    assert lines[5].split() == ["German", "de", "trained", "Deutsch"]


def test_models_lists_what_is_here(capsys: Captured) -> None:
    assert run(["models"]) == 0
    shown = capsys.readouterr().out
    assert "packaged toy" in shown
    assert "home/.cache/huggingface/hub" in shown
    assert run(["models", "--json"]) == 0
    assert [model["name"] for model in json.loads(capsys.readouterr().out)] == ["demo", "demo"]


def test_the_doctor_finds_this_machine_well(capsys: Captured) -> None:
    assert run(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["works"]
    assert [finding["name"] for finding in told["findings"]] == [check.name for check in all_checks()]
    assert run(["doctor"]) == 0
    assert "FAILED" not in capsys.readouterr().out


def broken() -> str:
    raise MissingDependency("It is not there.")


def test_the_doctor_tells_the_missing_from_the_optional(capsys: Captured) -> None:
    assert examine(False, [Check("fine", lambda: "works"), Check("extra", broken, essential=False)]) == 0
    assert "extra  absent  It is not there." in capsys.readouterr().out
    assert examine(False, [Check("needed", broken)]) == MissingDependency.exit_code
    assert "needed  FAILED  It is not there." in capsys.readouterr().out


def test_the_doctors_spectrogram_is_that_of_a_plain_fourier_sum() -> None:
    """The stored numbers from the definition: a windowed sum for each frequency, then Slaney's triangles."""
    samples = np.sin(2 * np.pi * 1000 * np.arange(400) / 16_000) * 0.5
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    power = np.array(
        [abs(np.sum(samples * window * np.exp(-2j * np.pi * k * np.arange(400) / 400))) ** 2 for k in range(201)]
    )

    def hertz(mel: float) -> float:
        return mel * 200 / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)

    top = 15 + 27 * np.log(8) / np.log(6.4)
    edges = [hertz(top * index / 129) for index in range(130)]

    def bin_power(index: int) -> float:
        low, middle, high = edges[index : index + 3]
        weights = [
            max(0.0, min((40 * k - low) / (middle - low), (high - 40 * k) / (high - middle))) for k in range(201)
        ]
        return float(np.dot(power, weights)) * 2 / (high - low)

    mel = [(np.log10(bin_power(index)) + 4) / 4 for index in range(40, 45)]
    assert mel == pytest.approx(selftests.TONE_MEL, abs=2e-4)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_leaves_nothing_behind(number: signal.Signals, silence: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from subgen.cli import main; main()", str(silence), "-m", "demo", "--progress", "json"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(silence.parent)},
    )
    assert process.stderr is not None
    process.stderr.readline()  # the file has begun
    process.send_signal(number)
    rest = process.stderr.read().splitlines()
    process.stderr.close()
    assert process.wait() == 128 + number
    assert rest[-1] == "subgen: Interrupted: nothing was left half-written."
    assert sorted(path.name for path in silence.parent.iterdir()) == ["silence.wav"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["chek", "a.srt"], "chek: there is no such file or command; did you mean `subgen check`?"),
        (["config", "shw"], "No such command 'shw'. Did you mean 'show'? See `subgen config --help`."),
        (["align", "a.wav"], "Missing argument 'TRANSCRIPT'. See `subgen align --help`."),
        (["a.wav", "--widht", "3"], "No such option: --widht (Possible options: --sdh, --width). See `subgen --help`."),
    ],
)
def test_a_slip_is_told_with_the_page_that_helps(arguments: list[str], sentence: str, capsys: Captured) -> None:
    assert run(arguments) == 2
    assert capsys.readouterr().err == f"subgen: {sentence}\n"


def test_a_file_named_almost_like_a_command_is_a_file(
    silence: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    silence.rename(silence.with_name("chek"))
    monkeypatch.chdir(silence.parent)
    assert run(["chek", "-m", "demo", "-o", "a.srt"]) == 0
