"""The section "As a service" of docs/libraries.md: commands print what they show, notices look as they do there."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from subgen.library.notify import Notice
from subgen.library.work import End, Outcome

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/libraries.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## As a service\n")[2].partition("\n## ")[0]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", SECTION, re.DOTALL)


def test_commands_print_what_is_shown(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples", ignore=shutil.ignore_patterns("*.srt"))
    own = {name: value for name, value in os.environ.items() if not name.startswith("SUBGEN_")}
    for part in re.split(r"^\$ ", "".join(blocks("console")), flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        program, *arguments = shlex.split(line)
        assert program == "subgen"
        result = subprocess.run(
            [sys.executable, "-m", "subgen", *arguments],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            stdin=subprocess.DEVNULL, env={**own, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert result.returncode == 0, result.stdout
        shown = re.escape(output.strip()).replace(re.escape("..."), ".*")
        assert re.fullmatch(shown, result.stdout.strip(), re.DOTALL), result.stdout


def test_a_notice_looks_as_it_is_shown() -> None:
    (shown,) = map(json.loads, blocks("json"))
    outcome = Outcome(Path("/films/film.mkv"), End.DONE, "", (Path("/films/film.en.srt"),), 5400.0)
    assert Notice(outcome, 1_777_666_500.0).values() == shown
