"""Units for systemd and launchd: what is written is what runs, whatever names hold, and a change by others shows."""

import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cli.ending import GRACE, LAST
from subgen.cli.service_units import (
    HOPELESS,
    LABEL,
    STOP_LIMIT,
    STOPPED,
    Job,
    Origin,
    launchd_agent,
    origin,
    systemd_unit,
)
from subgen.errors import OptionError

PYTHON = Path(sys.executable).absolute()
LOG = Path("/home/anna/Library/Logs/subgen.log")
AWKWARD = (
    "50 %",
    "%h",
    "$HOME",
    "${HOME}",
    'say "yes"',
    "it's",
    "back\\slash",
    "\\",
    ";",
    "a\tb",
    "a\nb",
    "é漢字",
    "",
    "-x",
    "#",
)
SYSTEMD_ANALYZE = [program] if (program := shutil.which("systemd-analyze")) else []
"""what systemd itself says of a unit is only asked where systemd is"""

words = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=30)


def job(*arguments, folder="/films"):
    return Job(PYTHON, arguments, Path(folder))


def settings_of(unit):
    return dict(line.split("=", 1) for line in unit.splitlines() if "=" in line)


def unquoted(line):
    """The words that systemd makes of an ExecStart=: by systemd.syntax(7) and systemd.service(5), sign by sign."""
    assert line.startswith(":")
    found, word, place = [], None, 1
    while place < len(line):
        sign = line[place]
        if word is None:
            assert sign in ' "'
            word, place = ("" if sign == '"' else None), place + 1
            continue
        if sign == '"':
            found.append(word)
            word, place = None, place + 1
        elif sign == "\\":
            kind = line[place + 1]
            if kind == "x":
                word, place = word + chr(int(line[place + 2 : place + 4], 16)), place + 4
            else:
                word, place = word + {"\\": "\\", '"': '"'}[kind], place + 2
        elif sign == "%":
            assert line[place + 1] == "%"
            word, place = word + "%", place + 2
        else:
            word, place = word + sign, place + 1
    assert word is None
    return found


@given(st.lists(words))
def test_systemd_runs_the_very_words(arguments):
    unit = systemd_unit(job(*arguments))
    line = next(line for line in unit.split("\n") if line.startswith("ExecStart="))
    wanted = [str(PYTHON), "-P", "-m", "subgen", "watch", *arguments]
    assert unquoted(line.removeprefix("ExecStart=")) == wanted
    assert len(unit.split("\n")) == len(systemd_unit(job()).split("\n"))
    assert origin(unit) is Origin.OURS


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\t\n"), max_size=30)))
def test_launchd_runs_the_very_words(arguments):
    text = launchd_agent(job(*arguments, folder="/films & <series>"), LOG)
    values = plistlib.loads(text.encode())
    assert values["ProgramArguments"] == [str(PYTHON), "-P", "-m", "subgen", "watch", *arguments]
    assert values["WorkingDirectory"] == "/films & <series>"
    assert origin(text) is Origin.OURS


def test_the_unit_keeps_the_contract_of_the_process():
    unit = settings_of(systemd_unit(job("/films")))
    assert float(unit["TimeoutStopSec"]) == STOP_LIMIT > GRACE + LAST
    assert unit["RestartPreventExitStatus"].split() == ["2", "4", "6"] == [str(code) for code in HOPELESS]
    assert unit["SuccessExitStatus"].split() == ["129", "130", "143", "SIGALRM"]
    assert STOPPED == (129, 130, 143)
    assert (unit["Restart"], unit["KillMode"], unit["Nice"]) == ("on-failure", "mixed", "10")
    assert not [name for name in unit if name.startswith("Environment")]


def test_the_agent_keeps_it_too():
    values = plistlib.loads(launchd_agent(job("/films"), LOG).encode())
    assert values["Label"] == LABEL
    assert values["KeepAlive"] == {"SuccessfulExit": False}
    assert values["ExitTimeOut"] > GRACE + LAST
    assert values["RunAtLoad"] is True
    assert {values["StandardOutPath"], values["StandardErrorPath"]} == {str(LOG)}


def test_percent_signs_in_the_folder_are_no_specifiers():
    assert settings_of(systemd_unit(job(folder='/films 50% "$HOME"')))["WorkingDirectory"] == '/films 50%% "$HOME"'


@pytest.mark.parametrize("folder", ["/films ", "/films\\", "/films\n", "/a\tb", "/\udcff"], ids=ascii)
def test_folders_that_a_unit_cannot_hold_are_refused(folder):
    with pytest.raises(OptionError, match="a name that a systemd unit can't hold; go to another first"):
        systemd_unit(job(folder=folder))


def test_words_that_cannot_be_written_are_refused():
    with pytest.raises(OptionError, match=r"'/\\udcff' is not UTF-8, which a systemd unit must be; rename it"):
        systemd_unit(job("/\udcff"))
    for word in ("/\udcff", "/a\x1bb"):
        with pytest.raises(OptionError, match=r"/.* holds a character that a property list can't; rename it"):
            launchd_agent(job(word), LOG)


@pytest.mark.parametrize(
    "text", [systemd_unit(job("/films")), launchd_agent(job("/films"), LOG)], ids=["unit", "agent"]
)
def test_whoever_changes_a_unit_is_noticed(text):
    assert origin(text) is Origin.OURS
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if "Written by" not in line:
            assert origin("".join((*lines[:number], *lines[number + 1 :]))) is Origin.CHANGED
    assert origin(text + "\n") is Origin.CHANGED
    assert origin("".join(line for line in lines if "Written by" not in line)) is Origin.OTHER
    assert origin("") is Origin.OTHER


@pytest.mark.parametrize("program", SYSTEMD_ANALYZE)
@pytest.mark.parametrize("arguments", [("/films",), AWKWARD], ids=["plain", "awkward"])
def test_systemd_has_nothing_to_say_against_it(program, arguments, tmp_path):
    folder = tmp_path / 'films 50% "$HOME"'
    folder.mkdir()
    path = tmp_path / "subgen.service"
    path.write_text(systemd_unit(Job(PYTHON, arguments, folder)))
    command = [program, "--user", "verify", "--man=no", str(path)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    ours = [line for line in done.stderr.splitlines() if "subgen" in line]
    assert (done.returncode, ours) == (0, [])
