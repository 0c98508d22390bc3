"""`subgen service`: units are written, started, shown and removed, and never those of others."""

import os
import plistlib
import runpy
import sys
from pathlib import Path

import pytest

from subgen import __version__
from subgen.cli.service import install, print_condition, remove
from subgen.cli.service_units import LABEL
from subgen.cli.shell import run
from subgen.cli.supervisors import UNIT, Answer, Launchd, Systemd, call, supervisor
from subgen.errors import MediaNotFound, MissingDependency, OptionError, OutputError

RUNS = (
    "ActiveState=active\nSubState=running\nResult=success\nMainPID=123\nExecMainStatus=0\n"
    "StateChangeTimestamp=Sat 2026-11-21 10:00:00 UTC\nNRestarts=2\n"
)
FAILED = "ActiveState=failed\nSubState=failed\nMainPID=0\nExecMainStatus=4\nStateChangeTimestamp=\nNRestarts=0\n"
PRINTED = (
    f"gui/501/{LABEL} = {{\n\tstate = running\n\tpid = 123\n\tlast exit code = (never exited)\n"
    "\tspawn = {\n\t\tstate = x\n\t}\n}\n"
)


class Commands:
    """Notes the commands of a supervisor, and answers those that are known."""

    def __init__(self, **answers):
        self.answers = {
            name.replace("_", "-"): answer if isinstance(answer, Answer) else Answer(0, answer)
            for name, answer in answers.items()
        }
        self.seen = []

    def __call__(self, words):
        words = [word for word in words if word not in {"systemctl", "launchctl", "--user"}]
        self.seen.append(words)
        return self.answers.get(words[0], Answer(0, ""))


@pytest.fixture
def home(tmp_path, monkeypatch):
    films = tmp_path / "films"
    films.mkdir()
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("SUBGEN_", "HF_"))]:
        monkeypatch.delenv(name)
    return tmp_path


def systemd(home, **answers):
    commands = Commands(**answers)
    return Systemd(home / ".config", commands), commands


def launchd(home, **answers):
    commands = Commands(**answers)
    return Launchd(home, commands), commands


def added(by, *arguments, **wishes):
    return install(arguments, **{"show": False, "overwrite": False, "by": by, **wishes})


def test_install_writes_starts_and_says_where(home, capsys):
    by, commands = systemd(home, loginctl="no\n")
    assert added(by, "films", "-l", "en") == 0
    assert f'"{Path(sys.executable).absolute()}" "-P" "-m" "subgen" "watch" "films" "-l" "en"' in by.path.read_text()
    assert f"WorkingDirectory={home}\n" in by.path.read_text()
    assert [words[:2] for words in commands.seen[:3]] == [["daemon-reload"], ["enable", UNIT], ["restart", UNIT]]
    told = capsys.readouterr()
    assert told.out == f"{by.path} is written, and the service runs. What it says: journalctl --user --unit {UNIT}\n"
    assert told.err == "subgen: It runs while you are logged in; `loginctl enable-linger` lets it run without you.\n"


def test_the_shells_own_settings_are_named(home, capsys, monkeypatch):
    monkeypatch.setenv("SUBGEN_MODEL", "demo")
    monkeypatch.setenv("HF_HOME", "/models")
    by, _ = systemd(home, loginctl="yes\n")
    added(by, "films")
    assert capsys.readouterr().err == (
        "subgen: HF_HOME, SUBGEN_MODEL of this shell do not reach the service: give flags, write subgen.toml,"
        " or set them for all services.\n"
    )


def test_install_again_replaces_what_is_ours_and_nothing_else(home):
    by, commands = systemd(home)
    added(by, "films")
    added(by, "films", "--model", "demo")
    ours = by.path.read_text()
    assert '"--model" "demo"' in ours
    commands.seen.clear()
    for text, why in ((ours + "# mine\n", "changed since subgen wrote it"), ("[Unit]\n", "not written by subgen")):
        by.path.write_text(text)
        with pytest.raises(OutputError, match=f"{UNIT} is {why}: look at it, then use --overwrite"):
            added(by, "films")
        with pytest.raises(OutputError, match=f"{UNIT} is {why}: it was left alone; remove it yourself"):
            remove(by)
        assert by.path.read_text() == text
        assert not commands.seen
        added(by, "films", "--model", "demo", overwrite=True)
        assert by.path.read_text() == ours
        commands.seen.clear()


def test_print_only_shows(home, capsys):
    by, commands = systemd(home)
    assert added(by, "films", show=True) == 0
    assert capsys.readouterr().out.startswith("# Written by `subgen service install`, ")
    assert not by.path.exists()
    assert not commands.seen


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (["nowhere"], MediaNotFound, "nowhere: there is no such folder; make or mount it first"),
        (["films", "--progress", "xml"], OptionError, "The progress style 'xml' is not known"),
        (["films", "--once"], OptionError, "A service goes on watching: leave out --once"),
    ],
)
def test_what_the_service_could_not_do_is_refused_at_once(home, arguments, error, words):
    by, _ = systemd(home)
    with pytest.raises(error, match=words):
        added(by, *arguments)
    assert not by.path.exists()


def test_flags_that_watch_does_not_know_are_a_usage_error(home, capsys):
    assert run(["service", "install", "films", "--nope"]) == 2
    assert "No such option: --nope" in capsys.readouterr().err
    assert run(["service", "install", "films", "--print", "-f", "srt,vtt"]) == 0
    assert '"films" "-f" "srt,vtt"' in capsys.readouterr().out.replace("</string>\n\t\t<string>", '" "')


def test_a_refusal_names_the_unit(home):
    by, _ = systemd(home, enable=Answer(1, "", "Failed to connect to bus: No medium found\n"))
    with pytest.raises(
        MissingDependency, match=rf"systemd refused to enable the service of {by.path}: Failed to .* found\.$"
    ):
        added(by, "films")
    assert by.path.exists()
    by, _ = launchd(home, bootstrap=Answer(5, ""))
    with pytest.raises(MissingDependency, match=r"launchd refused to bootstrap the service of .*plist: exit code 5\.$"):
        added(by, "films")


def test_what_is_in_the_way_is_said(home):
    by, _ = systemd(home)
    by.path.mkdir(parents=True)
    with pytest.raises(OutputError, match="is in the way and can't be read: Is a directory"):
        added(by, "films")
    (home / "taken").write_text("")
    by = Systemd(home / "taken", Commands())
    with pytest.raises(OutputError, match="is in the way and can't be read: Not a directory"):
        added(by, "films")
    (home / "dangling").symlink_to(home / "nowhere")
    by = Systemd(home / "dangling", Commands())
    with pytest.raises(OutputError, match=r"The folder .*user can't be made: File exists"):
        added(by, "films")


def test_remove_stops_deletes_and_reloads(home, capsys):
    by, commands = systemd(home)
    assert remove(by) == 0
    assert capsys.readouterr().out == f"There is no service: {by.path} does not exist.\n"
    assert not commands.seen
    added(by, "films")
    commands.seen.clear()
    assert remove(by) == 0
    assert commands.seen == [["disable", "--now", UNIT], ["daemon-reload"], ["reset-failed", UNIT]]
    assert not by.path.exists()


def test_a_unit_that_cannot_be_removed_is_said(home):
    by, commands = systemd(home)
    added(by, "films")
    commands.answers["disable"] = Answer(0, "")
    vanishing = Vanishing(by)
    with pytest.raises(OutputError, match="can't be removed: No such file"):
        remove(vanishing)


class Vanishing:
    """A supervisor whose unit is removed by somebody else while it stops the service."""

    def __init__(self, by):
        self.path = by.path
        self.journal = by.journal

    def stop(self):
        self.path.unlink()


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (RUNS, 0, "active (running) since Sat 2026-11-21 10:00:00 UTC, process 123, restarts: 2"),
        (FAILED, 1, "failed, ended last with exit code 4"),
        ("", 1, "unknown"),
    ],
)
def test_the_state_is_told_in_words_and_by_the_exit_code(home, capsys, answer, code, words):
    by, _ = systemd(home, show=answer)
    assert print_condition(by) == 1
    added(by, "films")
    capsys.readouterr()
    assert print_condition(by) == code
    assert capsys.readouterr().out == (
        f"unit     {by.path}, as subgen wrote it\nservice  {words}\nlog      journalctl --user --unit {UNIT}\n"
    )


def test_launchd_goes_the_same_ways(home, capsys):
    by, commands = launchd(home, print=PRINTED)
    assert added(by, "films") == 0
    assert plistlib.loads(by.path.read_bytes())["WorkingDirectory"] == str(home)
    domain = f"gui/{os.getuid()}"
    assert commands.seen == [
        ["bootout", f"{domain}/{LABEL}"], ["enable", f"{domain}/{LABEL}"], ["bootstrap", domain, str(by.path)],
    ]  # fmt: skip
    capsys.readouterr()
    assert print_condition(by) == 0
    assert "service  running, process 123\n" in capsys.readouterr().out
    commands.answers["print"] = Answer(0, "state = spawn scheduled\nlast exit code = 4\n")
    assert print_condition(by) == 1
    assert "service  spawn scheduled, ended last with exit code 4\n" in capsys.readouterr().out
    commands.seen.clear()
    assert remove(by) == 0
    assert [words[0] for words in commands.seen] == ["print", "bootout"]
    assert not by.path.exists()


def test_launchd_is_not_asked_to_stop_what_is_not_loaded(home, capsys):
    by, commands = launchd(home, print=Answer(113, "", "Could not find service"))
    added(by, "films")
    commands.seen.clear()
    assert print_condition(by) == 1
    assert "service  not loaded\n" in capsys.readouterr().out
    assert remove(by) == 0
    assert [words[0] for words in commands.seen] == ["print", "print"]


def test_commands_are_run_and_may_be_missing():
    assert call((sys.executable, "-c", "import sys; print('out'); sys.exit('err')")) == Answer(1, "out\n", "err\n")
    assert call(("sleep", "60"), patience=0.01) == Answer(124, "", "no answer in 0.01 s")
    assert call(("no-such-program-anywhere",)) == Answer(127, "", "no-such-program-anywhere is not there")


def test_the_module_is_the_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["subgen", "--version"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("subgen", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"subgen {__version__}\n"


def test_the_system_decides_who_runs_services(home, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("PATH", str(home / "bin"))
    assert isinstance(supervisor("darwin"), Launchd)
    with pytest.raises(MissingDependency, match="There is no systemd to run services here"):
        supervisor("linux")
    (home / "bin").mkdir()
    (home / "bin" / "systemctl").touch(0o755)
    assert supervisor("linux").path == home / "config" / "systemd" / "user" / UNIT
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert supervisor("linux").path == Path.home() / ".config" / "systemd" / "user" / UNIT


@pytest.mark.parametrize(("word", "code"), [("status", 1), ("remove", 0)])
def test_the_commands_find_nothing_where_nothing_is(home, monkeypatch, capsys, word, code):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("PATH", str(home))
    (home / "systemctl").touch(0o755)
    assert run(["service", word]) == code
    assert capsys.readouterr().out.startswith(f"There is no service: {home}")
