"""The faster matrix product: it is what MLX then uses, it is right, and it leaves MLX alone where it can't help."""

from __future__ import annotations

import os
import platform
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from aligner.blas import accelerate, jump_slots

PROBE = """
import mlx.core as mx, numpy as np
from aligner.blas import accelerate
a, b = (np.random.default_rng(seed).standard_normal((64, 64)).astype(np.float32) for seed in (1, 2))
name = accelerate()
difference = np.abs(np.array(mx.array(a) @ mx.array(b)) - a @ b).max()
used = "libscipy_openblas.so" in open("/proc/self/maps").read() if name else False
print(name, used, bool(difference < 1e-4))
"""


def probe(**environment: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, env=os.environ | environment
    )
    return result.stdout.strip()


def test_products_are_right_with_and_without_it() -> None:
    expected = "libscipy_openblas.so True True" if platform.system() == "Linux" else "None False True"
    assert probe() == expected
    assert probe(SUBGEN_NO_BLAS="1") == "None False True"


def test_it_is_done_once() -> None:
    assert accelerate() is accelerate()


@pytest.mark.parametrize("content", [b"", b"MZ" + b"\0" * 100])
def test_other_files_have_no_slots(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "library.so"
    path.write_bytes(content or b"\0")
    assert jump_slots(path, 7) == {}


@pytest.mark.parametrize(("system", "machine"), [("Darwin", "arm64"), ("Linux", "riscv64")])
def test_other_machines_are_left_alone(system: str, machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert accelerate.__wrapped__() is None


def elf(*segments: tuple[int, int], after: bytes = b"") -> bytes:
    """A little-endian ELF-64 file with program headers of (type, file position), and bytes that follow them."""
    head = bytearray(64)
    head[:6] = b"\x7fELF\x02\x01"
    struct.pack_into("<Q", head, 32, 64)
    struct.pack_into("<HH", head, 54, 56, len(segments))
    headers = [struct.pack("<IIQQQQQQ", kind, 0, position, 0, 0, 0, 0, 0) for kind, position in segments]
    return bytes(head) + b"".join(headers) + after


@pytest.mark.parametrize(
    "content",
    [elf(), elf((1, 0)), elf((2, 120), after=bytes(16)), elf((2, 120), after=struct.pack("<QQQQ", 5, 0, 0, 0))],
    ids=["no segment", "static", "no entry", "no relocations"],
)
def test_libraries_without_imports_have_no_slots(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "library.so"
    path.write_bytes(content)
    assert jump_slots(path, 7) == {}
