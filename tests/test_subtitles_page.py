"""Every command of docs/subtitles.md prints what the page shows, and its sample is what the page says."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from subgen.formats.subtitles import read_subtitles
from tests.subgen.test_retiming import spoken

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/subtitles.md").read_text(encoding="utf-8")
COMMANDS = [
    command
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(ROOT / "samples", folder / "samples")
    return folder


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.splitlines()[0])
def test_commands_print_what_is_shown(room: Path, command: str) -> None:
    line, _, output = command.partition("\n")
    program, *arguments = shlex.split(line)
    assert program == "subgen"
    result = subprocess.run(
        [sys.executable, "-c", "from subgen.cli import main; main()", *arguments],
        cwd=room, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert result.returncode == (1 if "error in" in output or "error and" in output else 0), result.stdout
    shown = re.escape(output.strip()).replace(re.escape("..."), ".*")
    assert re.fullmatch(shown, result.stdout.strip(), re.DOTALL), result.stdout


def test_the_other_version_is_what_the_page_says() -> None:
    starts = [word.start for word in spoken("film")]
    given = read_subtitles(ROOT / "samples/film.other.srt").cues
    for cue in given:
        start = (cue.start - 3.3) / 1.04
        start += 20 if start > 35.5 else 0
        assert min(abs(start - true) for true in starts) < 0.05
