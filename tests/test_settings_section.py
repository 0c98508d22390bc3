"""The sections on names and settings of docs/libraries.md: commands print what they show, sentences are those given."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from subgen.sidecars import Sidecar, read_name

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/libraries.md").read_text(encoding="utf-8")
NAMES = PAGE.partition("## Names beside the media\n")[2].partition("\n## ")[0]
SETTINGS = PAGE.partition("## Settings: where they come from\n")[2].partition("\n## ")[0]


def blocks(section: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", section, re.DOTALL)


def ran(room: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("SUBGEN_")}
    home = {"HOME": str(room), "XDG_DATA_HOME": str(room / "data"), "XDG_CONFIG_HOME": str(room / "settings")}
    return subprocess.run(
        [sys.executable, "-c", "from subgen.cli import main; main()", *arguments],
        cwd=room, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        stdin=subprocess.DEVNULL, env={**own, **home, **more},
    )  # fmt: skip


@pytest.mark.parametrize("section", [NAMES, SETTINGS], ids=["names", "settings"])
def test_commands_print_what_is_shown(tmp_path: Path, section: str) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples", ignore=shutil.ignore_patterns("*.srt"))
    shutil.copy(ROOT / "samples" / "film.other.srt", tmp_path / "samples")
    for text in blocks(section, "toml"):
        (tmp_path / "subgen.toml").write_text(text, encoding="utf-8")
    (console,) = blocks(section, "console")
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        program, *arguments = shlex.split(line)
        assert program == "subgen"
        result = ran(tmp_path, *arguments)
        assert result.returncode == 0, result.stdout
        shown = re.escape(output.strip()).replace(re.escape("..."), ".*")
        assert re.fullmatch(shown, result.stdout.strip(), re.DOTALL), result.stdout


def test_the_sentences_are_those_that_are_said(tmp_path: Path) -> None:
    (sentences,) = blocks(SETTINGS, "text")
    file, variable = sentences.splitlines()
    misspelt = ran(tmp_path, "film.mp4", SUBGEN_LAYOUT_WITDH="37")
    (text,) = blocks(SETTINGS, "toml")
    (tmp_path / "subgen.toml").write_text(text.replace("37", '"wide"'), encoding="utf-8")
    wrong = ran(tmp_path, "film.mp4")
    assert (wrong.returncode, wrong.stdout) == (2, f"{file}\n")
    assert (misspelt.returncode, misspelt.stdout) == (2, f"{variable}\n")


def test_the_names_are_read_as_the_table_says() -> None:
    said = {name: read_name(name, "Movie") for name in re.findall(r"^\| `(Movie\S+)` \|", NAMES, re.MULTILINE)}
    assert said == {
        "Movie.en.srt": Sidecar("srt", "eng"),
        "Movie.en.sdh.srt": Sidecar("srt", "eng", sdh=True),
        "Movie.srt": Sidecar("srt"),
        "Movie.en.subtitled.mkv": Sidecar("mkv", "eng", "subtitled"),
        "Movie.en.review.md": Sidecar("md", "eng", "review"),
    }
