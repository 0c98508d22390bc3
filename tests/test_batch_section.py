"""The section Batch of docs/libraries.md: its commands print what it shows."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECTION = (ROOT / "docs/libraries.md").read_text(encoding="utf-8").partition("## Batch\n")[2].partition("\n## ")[0]


def test_commands_print_what_is_shown(tmp_path):
    (tmp_path / "samples").mkdir()
    for name in ("film.mp4", "late.mkv", "talk.m4a"):
        shutil.copy(ROOT / "samples" / name, tmp_path / "samples")
    (block,) = re.findall(r"```console\n(.*?)```", SECTION, re.DOTALL)
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        _, *arguments = shlex.split(command)
        result = subprocess.run(
            [sys.executable, "-c", "from subgen.cli import main; main()", *arguments],
            cwd=tmp_path, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert (result.returncode, result.stderr) == (0, "")
        shown = re.escape(output.strip()).replace(re.escape("..."), ".*")
        assert re.fullmatch(shown, result.stdout.strip(), re.DOTALL), result.stdout
