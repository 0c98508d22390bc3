"""The command line's shape: defaults, help pages, what help may load, and what each flag sets."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from typer.core import TyperGroup, TyperOption

from subgen import __version__
from subgen.cli.binding import default
from subgen.cli.commands import program
from subgen.cli.flags import ALIGN_FLAGS, RENDER_FLAGS, TRANSCRIBE_FLAGS
from subgen.cli.settings import SECTIONS, Console, Delivery, Settings, build
from subgen.cli.shell import run
from subgen.errors import OptionError
from subgen.formats import FORMATS
from subgen.options import Layout, Models, Options

PAGES = Path(__file__).parents[1] / "golden" / "cli"
HEAVY = ("mlx", "torch", "numpy", "av", "rich", "huggingface_hub", "ffmpeg")
FLAGS = {"transcribe": TRANSCRIBE_FLAGS, "align": ALIGN_FLAGS, "render": RENDER_FLAGS}


def command_line(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from subgen.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": "", "COLUMNS": "100"},
        check=False,
    )


def options_of(command: str) -> dict[str, TyperOption]:
    assert isinstance(program, TyperGroup)
    return {param.name: param for param in program.commands[command].params if isinstance(param, TyperOption)}


@pytest.mark.parametrize("command", FLAGS)
def test_every_flag_sets_one_field_and_has_its_default(command: str) -> None:
    options = options_of(command)
    assert len(options) == len(FLAGS[command])
    spellings = [spelling for option in options.values() for spelling in (*option.opts, *option.secondary_opts)]
    assert len(spellings) == len(set(spellings))
    for path in FLAGS[command]:
        section, name = path.split(".")
        assert name in {field.name for field in fields(SECTIONS[section])}
        option = options[f"{section}_{name}"]
        expected = default(path)
        assert option.default == (None if expected == () else expected)
        assert option.help


@pytest.mark.parametrize("command", FLAGS)
def test_no_flag_given_means_the_librarys_own_defaults(command: str) -> None:
    values: dict[str, object] = {
        path: options_of(command)[path.replace(".", "_", 1)].default for path in FLAGS[command]
    }
    assert build(values) == Settings(Options(), Delivery(), Console())


def test_a_batch_is_a_number_or_left_to_the_machine() -> None:
    assert isinstance(program, TyperGroup)
    command = program.commands["transcribe"]
    for text, batch in (("auto", None), ("12", 12)):
        assert command.make_context("transcribe", ["film.mp4", "--batch", text]).params["decoding_batch"] == batch


def test_flags_reach_their_fields() -> None:
    settings = build(
        {
            "models.asr": "demo",
            "layout.width": 32,
            "decoding.language": "de",
            "decoding.glossary": ["Anna, Ben", "Carl,"],
            "delivery.formats": ["srt,VTT", ".srt"],
            "console.quiet": True,
        }
    )
    options = replace(Options(), models=Models(asr="demo"), layout=Layout(width=32))
    decoding = replace(options.decoding, language="German", glossary=("Anna", "Ben", "Carl"))
    assert settings.options == replace(options, decoding=decoding)
    assert settings.delivery.formats == ("srt", "vtt")
    assert settings.console == Console(quiet=True)


def test_all_is_the_usual_formats_and_others_are_asked_for_by_name() -> None:
    usual = ("srt", "vtt", "json", "txt", "tsv")
    assert build({"delivery.formats": ["all"]}).delivery.formats == usual
    assert build({"delivery.formats": ["txt,all", "ass"]}).delivery.formats == (
        "txt", "srt", "vtt", "json", "tsv", "ass",
    )  # fmt: skip
    assert build({"delivery.formats": list(FORMATS)}).delivery.formats == FORMATS


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"delivery.formats": ["srt,doc"]}, r"'doc' is not known; use srt, vtt, ass, .*, textgrid, rttm or all"),
        ({"delivery.formats": [""]}, "format '' is not known"),
        ({"decoding.language": "klingon"}, "klingon"),
        ({"console.progress": "fancy"}, "'fancy' is not known; use auto, json or none"),
        ({"console.quiet": True, "console.verbose": True}, "contradict"),
        ({"layout.width": 2}, "at least 8 columns"),
    ],
)
def test_values_that_cannot_work_are_refused(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(OptionError, match=sentence):
        build(values)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "transcribe",
        "batch",
        "watch",
        "align",
        "render",
        "retime",
        "review",
        "check",
        "mux",
        "burn",
        "status",
        "languages",
        "models",
        "doctor",
        "bench",
        "score",
        "service",
        "service install",
        "service status",
        "service remove",
        "cluster",
        "cluster scheduler",
        "cluster worker",
        "voices",
        "voices add",
        "voices list",
        "voices remove",
        "voices export",
        "config",
        "config show",
        "config path",
    ],
)
def test_help_is_as_recorded(page: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """To record a change: COLUMNS=100 subgen PAGE --help > tests/golden/cli/PAGE.txt (subgen.txt for no PAGE)."""
    monkeypatch.setenv("COLUMNS", "100")
    assert run([*page.split(), "--help"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out == (PAGES / f"{page.replace(' ', '_') or 'subgen'}.txt").read_text()


@pytest.mark.parametrize(("columns", "widest"), [("20", 80), ("80", 80), ("300", 100)])
def test_help_fits_the_terminal(
    columns: str, widest: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    run(["--help"])
    shown = capsys.readouterr().out
    assert all(len(line) <= widest for line in shown.splitlines())
    assert all(name in shown for name in FORMATS)


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_a_quick_answer_loads_nothing_heavy(argument: str) -> None:
    code = (
        "import sys, subgen.cli.shell as shell\n"
        f"shell.run([{argument!r}])\n"
        f"print(*sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == ""


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"subgen {__version__}\n"


def test_no_argument_shows_the_help_as_an_error() -> None:
    shown = command_line()
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr == (PAGES / "subgen.txt").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--bogus"], "No such option: --bogus"),
        (["film.mp4", "--width", "wide"], "'--width'"),
        (["film.mp4", "--track", "0"], "numbered from 1"),
        (["film.mp4", "--batch", "some"], "'some' is neither a number nor auto"),
        (["film.mp4", "--batch", "0"], "at least 1"),
        (["align", "film.mp4"], "Missing argument 'TRANSCRIPT'"),
        (["-q"], "Missing argument 'FILE...'"),
        (["film.mp4", "-f", "doc"], "The format 'doc' is not known"),
        (["film.mp4", "-qv"], "contradict"),
        (["languages", "extra"], "unexpected extra argument"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert sentence in shown.err
    assert shown.err.startswith("subgen: ")
    assert shown.err.count("\n") == 1
