"""The section Watch of docs/libraries.md: its command prints what it shows, its files mean what it says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from subgen.library.folders import NAME, Folders
from subgen.library.ignore import patterns, verdict
from subgen.options import Options

ROOT = Path(__file__).parents[1]
SECTION = (ROOT / "docs/libraries.md").read_text(encoding="utf-8").partition("## Watch\n")[2].partition("\n## ")[0]


def block(kind: str) -> str:
    (found,) = re.findall(rf"```{kind}\n(.*?)```", SECTION, re.DOTALL)
    return str(found)


def test_the_command_prints_what_is_shown(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    line, _, output = block("console").removeprefix("$ ").partition("\n")
    program, *arguments = shlex.split(line)
    assert program == "subgen"
    result = subprocess.run(
        [sys.executable, "-c", "from subgen.cli import main; main()", *arguments],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        stdin=subprocess.DEVNULL, env={**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")},
    )  # fmt: skip
    assert result.returncode == 0, result.stdout
    shown = re.escape(output.strip()).replace(re.escape("..."), ".*")
    assert re.fullmatch(shown, result.stdout.strip(), re.DOTALL), result.stdout
    assert len([*(tmp_path / "samples").glob("*.en.srt")]) == 3


def test_both_ways_to_write_the_settings_of_a_folder_say_the_same(tmp_path: Path) -> None:
    short, tables = re.findall(r"```toml\n(.*?)```", SECTION, re.DOTALL)
    made = []
    for text in (short, tables):
        (tmp_path / NAME).write_text(text, encoding="utf-8")
        made.append(Folders().of(tmp_path / "season 1").applied(Options()))
    assert made[0] == made[1] != Options()


def test_the_patterns_leave_out_what_it_says() -> None:
    rules = patterns(block("text").splitlines())
    assert verdict(rules, "Extras", True)
    assert verdict(rules, "season 1/film-trailer.mkv", False)
    assert not verdict(rules, "important-trailer.mkv", False)
    assert not verdict(rules, "film.mkv", False)
