"""The README's commands do what it shows."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def commands() -> Iterator[tuple[str, str]]:
    """Every command of a console block, with the output that is shown below it."""
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "samples", folder / "samples", ignore=shutil.ignore_patterns("*.srt", "*.vtt"))
    return folder


@pytest.mark.parametrize(("command", "output"), list(commands()), ids=[command for command, _ in commands()])
def test_commands_print_what_is_shown(room: Path, command: str, output: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "subgen"
    result = subprocess.run(
        [sys.executable, "-c", "from subgen.cli import main; main()", *arguments],
        cwd=room, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    shown = re.escape(output).replace(re.escape("..."), ".*")
    assert re.fullmatch(shown.rstrip("\\\n") + r"\n*", result.stdout, re.DOTALL), result.stdout


def test_the_library_example_runs(room: Path) -> None:
    [code] = blocks("python")
    result = subprocess.run([sys.executable, "-c", code], cwd=room, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("WEBVTT\n")
    assert re.search(r"^\d+\.\d\d \d+\.\d\d [01]\.\d\d \S+", result.stdout, re.MULTILINE)


def test_ci_runs_the_test_command_and_the_first_command_needs_only_the_repository() -> None:
    first, second = (block.strip() for block in blocks("sh")[:2])
    assert "-m pytest" in second
    assert (ROOT / ".ci" / "run").read_text().count('grep -m1 -- "-m pytest" README.md') == 1
    assert README.split("-m pytest")[0].count("```sh") == 2
    assert "samples/film.mp4" in first
    assert "--model demo" in first


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_links_lead_somewhere(name: str) -> None:
    assert (ROOT / name).exists()
