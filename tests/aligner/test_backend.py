"""A machine where MLX can't be imported gets one sentence that says what to install."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from aligner.backend import require_mlx
from aligner.errors import MissingDependency


def test_nothing_is_said_where_it_works() -> None:
    require_mlx()


@pytest.mark.parametrize(
    ("system", "machine", "advice"),
    [
        ("Darwin", "arm64", "pip install mlx (macOS 14"),
        ("Darwin", "x86_64", "an Apple-silicon Mac or Linux"),
        ("Linux", "x86_64", "pip install 'mlx[cpu]'"),
        ("Windows", "AMD64", "an Apple-silicon Mac or Linux"),
    ],
)
def test_every_system_has_its_advice(system: str, machine: str, advice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    with pytest.raises(MissingDependency, match=r"^MLX can't be imported \(No module named .*\); it needs: ") as caught:
        require_mlx("no_such_module")
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    ("raised", "detail"),
    [
        ("OSError('libmlx.so: wrong ELF class\\nand more')", "(libmlx.so: wrong ELF class)"),
        ("ImportError()", "(ImportError)"),
    ],
)
def test_a_broken_library_is_told_on_one_line(
    raised: str, detail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_mlx.py").write_text(f"raise {raised}\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingDependency) as caught:
        require_mlx("broken_mlx")
    assert detail in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "broken_mlx" not in sys.modules
