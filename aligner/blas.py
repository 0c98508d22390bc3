"""A fast matrix product for MLX on Linux CPUs.

MLX's CPU wheel for Linux is linked with the reference BLAS, which is tens of times slower than OpenBLAS (docs/log.md).
The wheel `scipy-openblas32` brings an OpenBLAS with the same 32-bit-integer interface, but under prefixed names, so the
dynamic linker can't prefer it. What the linker would do is done here once MLX is loaded: the address that libmlx's
procedure linkage table holds for `cblas_sgemm` (and its double and complex siblings) is replaced. The format is that of
the System V ABI (ELF-64, DT_JMPREL relocations of the kind JUMP_SLOT). Where anything is not as expected, nothing is
touched and MLX works as it came.
"""

from __future__ import annotations

import ctypes
import importlib.util
import mmap
import os
import platform
import struct
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

FUNCTIONS = ("cblas_sgemm", "cblas_dgemm", "cblas_cgemm")
_JUMP_SLOT = {"x86_64": 7, "aarch64": 1026}
_LOAD, _DYNAMIC = 1, 2  # program header types
_PLTRELSZ, _STRTAB, _SYMTAB, _JMPREL = 2, 5, 6, 23  # dynamic tags
_DISABLED = "SUBGEN_NO_BLAS"
_THREADS = "OPENBLAS_NUM_THREADS"


_REPLACEMENT: list[ctypes.CDLL] = []
"""the library that MLX multiplies with, once it does"""


def use_threads(count: int) -> None:
    """How many threads a product is spread over from now on; nothing where OpenBLAS or its threads are not ours."""
    if _REPLACEMENT and _THREADS not in os.environ:
        _REPLACEMENT[0].scipy_openblas_set_num_threads(count)


@cache
def accelerate() -> str | None:
    """Lets MLX multiply with OpenBLAS; says which library it is, or None when MLX is left as it came.

    Does nothing (beyond the first call) on other systems, without the wheel, or where SUBGEN_NO_BLAS is set.
    OpenBLAS runs on one thread unless OPENBLAS_NUM_THREADS says otherwise.
    """
    library = _openblas()
    if library is None or os.environ.get(_DISABLED) or platform.machine() not in _JUMP_SLOT:
        return None
    import mlx.core  # noqa: F401 - so that its library is mapped

    mapped = _mapping("libmlx.so")
    if mapped is None:
        return None
    base, path = mapped
    slots = jump_slots(path, _JUMP_SLOT[platform.machine()])
    if not all(name in slots and _writable(base + slots[name]) for name in FUNCTIONS):
        return None
    replacement = ctypes.CDLL(str(library))
    if _THREADS not in os.environ:
        # One thread: the attention of one window is 80 products of 104 x 64 x 104, 3 ms in all on one thread but up
        # to 1 s on two whenever another process keeps a core busy.
        replacement.scipy_openblas_set_num_threads(1)
    _REPLACEMENT.append(replacement)
    for name in FUNCTIONS:
        function = ctypes.cast(getattr(replacement, f"scipy_{name}"), ctypes.c_void_p)
        ctypes.c_void_p.from_address(base + slots[name]).value = function.value
    return library.name


def _openblas() -> Path | None:
    """The shared library of the scipy-openblas32 wheel."""
    if platform.system() != "Linux":
        return None
    spec = importlib.util.find_spec("scipy_openblas32")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    found = [Path(folder) / "lib" / "libscipy_openblas.so" for folder in folders]
    return next((path for path in found if path.is_file()), None)


def _maps() -> Iterator[tuple[int, int, str, str]]:
    """Start, end, permissions and path of this process's memory mappings."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        fields = line.split(maxsplit=5)
        start, end = (int(bound, 16) for bound in fields[0].split("-"))
        yield start, end, fields[1], fields[5] if len(fields) > 5 else ""


def _mapping(name: str) -> tuple[int, Path] | None:
    """Load address and file of a shared library of this process."""
    return next(((start, Path(path)) for start, _, _, path in _maps() if path.endswith(f"/{name}")), None)


def _writable(address: int) -> bool:
    return any("w" in permissions for start, end, permissions, _ in _maps() if start <= address < end)


def jump_slots(path: Path, kind: int) -> Mapping[str, int]:
    """Offset, from the load address, of the linkage slot of every function that a little-endian ELF-64 file imports.

    Empty when the file is of another format.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as image:
        if image[:6] != b"\x7fELF\x02\x01":
            return {}
        segments = list(_segments(image))
        dynamic = next((position for kind_, _, position, _ in segments if kind_ == _DYNAMIC), None)
        if dynamic is None:
            return {}
        tags = _dynamic_tags(image, dynamic)
        if not {_PLTRELSZ, _STRTAB, _SYMTAB, _JMPREL} <= set(tags):
            return {}
        places = [_position(segments, tags[tag]) for tag in (_JMPREL, _SYMTAB, _STRTAB)]
        return dict(_imports(image, places, tags[_PLTRELSZ], kind))


def _segments(image: mmap.mmap) -> Iterator[tuple[int, int, int, int]]:
    """Type, virtual address, file position and size of the program headers."""
    (table,) = struct.unpack_from("<Q", image, 32)
    size, count = struct.unpack_from("<HH", image, 54)
    for index in range(count):
        kind, _, position, address, _, length = struct.unpack_from("<IIQQQQ", image, table + index * size)
        yield kind, address, position, length


def _dynamic_tags(image: mmap.mmap, position: int) -> dict[int, int]:
    tags: dict[int, int] = {}
    while True:
        tag, value = struct.unpack_from("<QQ", image, position)
        if tag == 0:
            return tags
        tags.setdefault(tag, value)
        position += 16


def _position(segments: list[tuple[int, int, int, int]], address: int) -> int:
    """File position of a virtual address."""
    return next(
        position + address - start
        for kind, start, position, length in segments
        if kind == _LOAD and start <= address < start + length
    )


def _imports(image: mmap.mmap, places: list[int], length: int, wanted: int) -> Iterator[tuple[str, int]]:
    relocations, symbols, strings = places
    for position in range(relocations, relocations + length, 24):
        offset, info, _ = struct.unpack_from("<QQq", image, position)
        if info & 0xFFFFFFFF == wanted:
            (name,) = struct.unpack_from("<I", image, symbols + 24 * (info >> 32))
            start = strings + name
            yield image[start : image.find(b"\0", start)].decode("ascii", errors="replace"), offset
