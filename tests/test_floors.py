"""The house stands: every module has a floor and imports from lower ones only, read from the source of each."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("aligner", "subgen")

FLOORS: dict[int, dict[str, tuple[str, ...]]] = {
    0: {
        "ground": (
            "aligner.errors",
            "aligner.processors",
            "aligner.stages",
            "aligner.types",
            "subgen.demo",
            "subgen.errors",
            "subgen.languages",
            "subgen.options",
            "subgen.profiles",
            "subgen.rules",
            "subgen.types",
        )
    },
    1: {
        "alignment rules": (
            "aligner.activity",
            "aligner.japanese",
            "aligner.korean",
            "aligner.monotone",
            "aligner.pace",
            "aligner.quality",
            "aligner.spread",
            "aligner.units",
        ),
        "network": ("aligner.backend", "aligner.blas", "aligner.qwen3"),
        "events": ("subgen.events",),
        "threads": ("subgen.ahead",),
        "chunking": ("subgen.chunk", "subgen.cutpoints", "subgen.loudness"),
        "voice": ("subgen.sounds", "subgen.voice"),
        "words": ("subgen.words", "subgen.matching", "subgen.speakers"),
        "cues": ("subgen.cues", "subgen.check"),
        "retiming": ("subgen.retime",),
        "review": ("subgen.review",),
        "raw text": ("subgen.asr.output",),
        "text files": ("subgen.textfile",),
        "settings files": ("subgen.config", "subgen.fieldkinds", "subgen.tomllines"),
        "names of files beside media": ("subgen.sidecars",),
    },
    2: {
        "aligner": ("aligner.aligner",),
        "recognition": ("subgen.asr",),
        "media": ("subgen.media",),
        "formats": ("subgen.formats",),
        "delivery": ("subgen.output",),
        "models": ("subgen.models",),
    },
    3: {
        "live": ("subgen.live",),
        "films": ("subgen.film",),
        "engine": ("subgen.engine",),
        "diarisation": ("subgen.diarise",),
    },
    4: {"pipeline": ("subgen.pipeline", "subgen.retiming", "subgen.checking")},
    5: {"library": ("subgen.library",)},
    6: {"evaluation": ("subgen.eval",), "machines": ("subgen.cluster",)},
    7: {"command of the aligner": ("aligner.__main__",), "commands": ("subgen.cli", "subgen.__main__")},
}
"""Floor -> room -> modules and packages. A module imports from lower floors and from its own room."""

FRONT_DOORS = OURS
"""The packages themselves hold the version and names for callers; modules may import only the version from them."""

HEAVY = {
    "av",
    "distributed",
    "ffmpeg",
    "huggingface_hub",
    "imageio_ffmpeg",
    "mlx",
    "pyannote",
    "rich",
    "tokenizers",
    "torch",
    "typer",
}
"""What the lower two floors of `subgen` may not import."""

LAZY = {
    ("subgen", "subgen"): "names for callers, so that `import subgen` stays light",
    ("aligner", "aligner"): "names for callers, so that the ground floor below does not load the network",
    ("subgen.cli", "subgen"): "`subgen --help` loads no command's chain",
    ("subgen.cli", "mlx"): "the doctor looks at machines where MLX may be missing",
    ("subgen.cli", "aligner.qwen3"): "imports MLX, see above",
    ("subgen.cli", "av"): "the doctor looks at machines where PyAV may be missing",
    ("subgen.cli", "platformdirs"): "`subgen --help` reads no settings",
    ("subgen.cli", "rich"): "a terminal without a progress bar needs no rich",
    ("subgen.eval.rival_worker", "mlx_audio"): "one rival of several, in an interpreter that has only that one",
    ("subgen.eval.rival_worker", "mlx_qwen3_asr"): "one rival of several, see above",
    ("subgen.eval.speakers", "pyannote"): "of the extra eval, which only scoring needs",
    ("subgen.eval.speakers", "scipy"): "see above",
    ("subgen.eval.speakers", "meeteval"): "see above",
    ("subgen.eval.score", "jiwer"): "see above",
    ("subgen.library.hints", "watchfiles"): "of the extra watch, which only quick answers need",
    ("aligner.__main__", "aligner"): "imports MLX: a machine that can't gets a sentence, not a traceback",
    ("aligner.blas", "mlx"): "its library must be mapped only where it is going to be changed",
    ("subgen.config", "tomllib"): "`subgen --help` reads no settings",
    ("subgen.cues.phrases", "budoux"): "only texts without spaces between words need its models",
    ("subgen.engine", "mlx"): "a machine where MLX can't be imported gets a sentence, not a traceback",
    ("subgen.engine", "aligner"): "imports MLX, see above",
    ("subgen.engine", "subgen.asr"): "imports MLX, see above",
    ("subgen.pipeline", "aligner.aligner"): "imports MLX, which a run that aligns nothing may lack",
    ("subgen.retiming", "aligner.aligner"): "see above",
    ("subgen.cluster.loading", "distributed"): "of the extra cluster, which only several machines need",
    ("subgen.diarise.loading", "torch"): "of the extra diarize, which only finding speakers needs",
    ("subgen.diarise.loading", "pyannote"): "see above",
    ("subgen.diarise.hub", "huggingface_hub"): "see below",
    ("subgen.models", "huggingface_hub"): "local directories need no hub, and it takes half a second",
    ("subgen.media.ffmpeg", "imageio_ffmpeg"): "only where no ffmpeg is on PATH",
}
"""(importing module or package, imported) -> why the import may stand inside a function."""

DYNAMIC = {"aligner.backend": "tries MLX and says what is missing", "aligner.japanese": "an optional extra"}
"""Modules that may import by a name they compute."""


@dataclass(frozen=True)
class Import:
    """One import statement: who imports which module, which names of it, and where it stands."""

    module: str
    target: str
    names: tuple[str, ...]
    inside: bool
    """inside a function"""
    typing: bool
    """under `if TYPE_CHECKING:`"""


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {
    name_of(path): ast.parse(path.read_text(encoding="utf-8")) for top in OURS for path in (ROOT / top).rglob("*.py")
}


def under(name: str, prefixes) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def room_of(module: str) -> tuple[int, str] | None:
    """The floor and room whose longest prefix names the module."""
    places = [
        (len(prefix), floor, room)
        for floor, rooms in FLOORS.items()
        for room, prefixes in rooms.items()
        for prefix in prefixes
        if under(module, (prefix,))
    ]
    return max(places)[1:] if places else None


def imports_of(module: str) -> list[Import]:
    found: list[Import] = []

    def visit(node: ast.AST, inside: bool, typing: bool) -> None:
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            typing = True
        if isinstance(node, ast.Import):
            found.extend(Import(module, alias.name, (), inside, typing) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively; write the whole name"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                target = whole if whole in SOURCES else node.module
                found.append(Import(module, target or "", (alias.name,), inside, typing))
        for child in ast.iter_child_nodes(node):
            visit(child, inside, typing)

    visit(SOURCES[module], False, False)
    return found


IMPORTS = [found for module in sorted(SOURCES) for found in imports_of(module)]
INTERNAL = [found for found in IMPORTS if under(found.target, OURS)]


def test_every_module_has_a_floor():
    assert not [module for module in SOURCES if module not in FRONT_DOORS and room_of(module) is None]


def test_the_table_names_only_what_exists():
    named = {prefix for rooms in FLOORS.values() for prefixes in rooms.values() for prefix in prefixes}
    assert {name for name in named if not name.endswith("__main__")} <= SOURCES.keys()


def test_imports_point_down_or_stay_in_the_room():
    wrong = []
    for found in INTERNAL:
        if found.target in FRONT_DOORS:
            wrong += [found] if set(found.names) - {"__version__"} else []
        elif found.module not in FRONT_DOORS:
            here, there = room_of(found.module), room_of(found.target)
            wrong += [] if here == there or (here and there and there[0] < here[0]) else [found]
    assert not wrong


def test_the_aligner_does_not_know_subgen():
    assert not [found for found in IMPORTS if under(found.module, ["aligner"]) and under(found.target, ["subgen"])]


def test_the_lower_floors_of_subgen_import_nothing_heavy():
    low = [module for module in SOURCES if under(module, ["subgen"]) and (room_of(module) or (9, ""))[0] <= 1]
    assert low
    assert not [found for found in IMPORTS if found.module in low and under(found.target, HEAVY)]


def test_no_import_goes_in_a_circle():
    graph: dict[str, set[str]] = {module: set() for module in SOURCES}
    for found in INTERNAL:
        if not found.inside and not found.typing and found.target != found.module:
            graph[found.module].add(found.target)
    assert list(TopologicalSorter(graph).static_order())


def test_no_private_name_crosses_modules():
    def private(name: str) -> bool:
        return name.startswith("_") and not name.startswith("__")

    crossing = [found for found in INTERNAL if any(private(part) for part in (*found.names, *found.target.split(".")))]
    assert not crossing
    for module, tree in SOURCES.items():
        modules = {
            (alias.asname or alias.name).split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
                assert not private(node.attr), f"{module} uses {ast.unparse(node)}"


def test_imports_inside_functions_have_a_reason():
    inside = [found for found in IMPORTS if found.inside]
    used = {
        reason
        for found in inside
        for reason in LAZY
        if under(found.module, reason[:1]) and under(found.target, reason[1:])
    }
    without = [
        found
        for found in inside
        if not any(under(found.module, reason[:1]) and under(found.target, reason[1:]) for reason in LAZY)
    ]
    assert not without
    assert not [reason for reason in LAZY.keys() - used if reason[0] not in FRONT_DOORS], "a reason for no import"


def test_imports_by_computed_names_have_a_reason():
    computing = {
        module
        for module, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"importlib.import_module", "__import__"}
    }
    assert computing <= DYNAMIC.keys()


def loaded_by(code: str) -> set[str]:
    """Names of the modules that a fresh interpreter has loaded after running the code."""
    report = "import atexit, sys; atexit.register(lambda: print('\\n' + ' '.join(sys.modules), file=sys.stderr))\n"
    done = subprocess.run(
        [sys.executable, "-c", report + code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=120
    )
    return set(done.stderr.splitlines()[-1].split())


ASLEEP = {
    "mlx",
    "torch",
    "distributed",
    "dask",
    "numpy",
    "transformers",
    "av",
    "tokenizers",
    "huggingface_hub",
    "regex",
    "ffmpeg",
}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []], ids=str)
def test_help_wakes_nothing_heavy(arguments):
    code = f"import sys; sys.argv = ['subgen', *{arguments!r}]\nfrom subgen.cli import main\n"
    code += "try:\n    main()\nexcept SystemExit as end:\n    assert not arguments or not end.code\n"
    loaded = loaded_by(f"arguments = {arguments!r}\n{code}")
    assert "subgen.cli.shell" in loaded
    assert not loaded & ASLEEP


def test_status_wakes_only_the_ledger():
    code = "import sys; sys.argv = ['subgen', 'status', '--ledger', 'no/ledger']\nfrom subgen.cli import main\n"
    loaded = loaded_by(f"{code}try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n")
    assert "subgen.library.glance" in loaded
    assert not loaded & ASLEEP
    chain = {"asr", "check", "cues", "diarise", "engine", "formats", "media", "models", "pipeline"}
    assert not loaded & {f"subgen.{name}" for name in chain}


def test_importing_the_packages_is_light():
    loaded = loaded_by("import subgen, aligner, subgen.options, subgen.types, subgen.errors, subgen.events")
    assert "subgen.options" in loaded
    assert not loaded & ASLEEP
