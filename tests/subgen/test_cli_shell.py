"""What the shell sees: exit codes, single sentences, signals, and screens on a real terminal."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from subgen.cli.screens import Bar, JsonLines, Lines, screen
from subgen.cli.settings import Console
from subgen.cli.shell import attempt, caught, one_line
from subgen.cli.signals import STOP_SIGNALS, interruptible
from subgen.cli.timings import table
from subgen.errors import MediaNotFound, MissingDependency
from subgen.events import Identifying, Loaded, Loading, Noticed, Opened, Progress, Recognised, Timed
from subgen.types import Media, Note, Track, Transcript

TRACK = Track(index=1, codec="aac", sample_rate=48_000, channels=2, start=0.0, language="eng")
FILM = Media(Path("film.mp4"), 3725.0, (TRACK,), TRACK)


def raising(error: BaseException) -> Callable[[], int]:
    def work() -> int:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (MediaNotFound("There is no film."), 3, "subgen: There is no film.\n"),
        (MissingDependency("MLX can't be imported."), 6, "subgen: MLX can't be imported.\n"),
        (typer.BadParameter("no."), 2, "subgen: Invalid value: no. See `subgen --help`.\n"),
        (typer.Exit(5), 5, ""),
        (OSError(28, "full"), 5, "subgen: There is no space left to write to: free some and try again.\n"),
        (
            ValueError("two\nlines"),
            70,
            "subgen: This should not happen: ValueError: two\\nlines. Please report it, with what the same command"
            " prints under --verbose.\n",
        ),
    ],
)
def test_every_end_has_its_sentence_and_code(
    error: Exception, code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert attempt(raising(error)) == code
    assert capsys.readouterr().err == sentence


def test_tracebacks_are_for_those_who_ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUBGEN_DEBUG", "0")
    attempt(raising(KeyError("x")))
    assert "Traceback" not in capsys.readouterr().err
    attempt(raising(KeyError("x")), debug=True)
    assert "Traceback" in capsys.readouterr().err
    monkeypatch.setenv("SUBGEN_DEBUG", "1")
    attempt(raising(KeyError("x")))
    assert "Traceback" in capsys.readouterr().err
    attempt(raising(MediaNotFound("no")), debug=True)
    assert "Traceback" not in capsys.readouterr().err


def test_an_interrupt_is_not_a_failure_of_one_file() -> None:
    reports: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        caught(raising(KeyboardInterrupt()), lambda text, _code: reports.append(text))
    assert reports == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_with_one_line_and_their_code(number: signal.Signals, capsys: pytest.CaptureFixture[str]) -> None:
    before = {each: signal.getsignal(each) for each in STOP_SIGNALS}

    def work() -> int:
        signal.raise_signal(number)
        raise AssertionError("not interrupted")

    try:
        with interruptible():
            assert attempt(work) == 128 + number
        assert signal.getsignal(number) is signal.SIG_DFL  # a second one ends at once
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert capsys.readouterr().err == "subgen: Interrupted: nothing was left half-written.\n"


def test_without_a_signal_handlers_are_as_before() -> None:
    before = [signal.getsignal(each) for each in STOP_SIGNALS]
    with interruptible():
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(each) for each in STOP_SIGNALS] == before


def test_an_interrupt_during_the_first_imports_is_quiet() -> None:
    code = (
        "import sys\n"
        "class Impatient:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'typer': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Impatient())\n"
        "from subgen.cli import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_threads_leave_signals_alone() -> None:
    handlers: list[object] = []

    def work() -> None:
        with interruptible():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]


def test_a_reader_that_leaves_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from subgen.cli import main; main()", "languages"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), errors) == (141, b"")


def test_control_characters_are_shown_and_letters_are_left() -> None:
    assert one_line("a\nb\x1b[31m\u2028é😀c\u0301\udcff") == "a\\nb\\x1b[31m\\u2028é😀c\u0301\\udcff"


EVENTS = (
    Opened(FILM),
    Loading("demo"),
    Loaded("demo", 16),
    Recognised(FILM.path, Transcript(0.0, 61.0, " Hello. ", "English")),
    Recognised(FILM.path, Transcript(0.0, 61.0, "", "")),
    Identifying(FILM.path, 0.4567),
    Progress(FILM.path, 61.0, 3725.0),
    Noticed(FILM.path, Note("loop", "A chunk was dropped.")),
)


def told(console: Console, *, announce: bool = False) -> list[str]:
    stream = io.StringIO()
    with Lines(console, stream, announce=announce) as lines:
        lines.begin(FILM.path, 1, 2)
        for event in EVENTS:
            lines.listen(event)
        lines.written(FILM.path, Path("film.en.srt"))
        lines.written(FILM.path, None)
        lines.failed(FILM.path, "It broke.", 3)
    return stream.getvalue().splitlines()


def test_a_pipe_sees_warnings_and_errors() -> None:
    assert told(Console()) == ["subgen: film.mp4: A chunk was dropped.", "subgen: It broke."]


def test_a_terminal_also_sees_the_results_names() -> None:
    assert told(Console(), announce=True)[1] == "film.en.srt"


def test_quiet_is_errors_only() -> None:
    assert told(Console(quiet=True), announce=True) == ["subgen: It broke."]


def test_verbose_is_every_step() -> None:
    assert told(Console(verbose=True)) == [
        "subgen: film.mp4: file 1 of 2",
        "subgen: film.mp4: 1:02:05, audio track 1 of 1 (aac, eng)",
        "subgen: loading demo",
        "subgen: demo: 16 chunks at a time, unless --batch says otherwise",
        "subgen: 0:00-1:01 English: Hello.",
        "subgen: 0:00-1:01 no language:",
        "subgen: film.mp4: A chunk was dropped.",
        "film.en.srt",
        "subgen: It broke.",
    ]


def test_the_screen_suits_the_flags_and_the_terminal() -> None:
    assert isinstance(screen(Console(), io.StringIO()), Lines)
    assert isinstance(screen(Console(progress="json"), io.StringIO()), JsonLines)
    with _Terminal() as terminal:
        assert isinstance(screen(Console(), terminal.stream), Bar)
        for console in (Console(progress="none"), Console(quiet=True)):
            assert not isinstance(screen(console, terminal.stream), Bar)


TIMED = Timed(FILM.path, 8.0, (("encoder", 6.0), ("cues", 1.5)), (("media decode", 0.25),))


def test_timings_are_a_table_in_which_nothing_is_lost() -> None:
    stream = io.StringIO()
    Lines(Console(), stream, announce=False).listen(TIMED)
    assert stream.getvalue().splitlines() == [
        "stage    seconds  share",
        "encoder     6.00    75%",
        "cues        1.50    19%",
        "other       0.50     6%",
        "total       8.00   100%",
        "media decode took 0.25 s beside.",
    ]


def test_timings_of_nothing_and_on_a_quiet_screen() -> None:
    assert list(table(Timed(FILM.path, 0.0, ())))[1:] == ["other     0.00       ", "total     0.00       "]
    stream = io.StringIO()
    Lines(Console(quiet=True), stream, announce=False).listen(TIMED)
    assert stream.getvalue() == ""


def test_json_tells_the_timings_and_what_was_loaded() -> None:
    stream = io.StringIO()
    for event in (Loaded("demo", 16), TIMED):
        JsonLines(stream).listen(event)
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [
        {"event": "loaded", "name": "demo", "batch": 16},
        {
            "event": "timed",
            "path": "film.mp4",
            "seconds": 8.0,
            "stages": {"encoder": 6.0, "cues": 1.5},
            "beside": {"media decode": 0.25},
        },
    ]


def test_json_tells_how_far_the_search_for_speakers_is() -> None:
    stream = io.StringIO()
    JsonLines(stream).listen(Identifying(FILM.path, 0.4567))
    assert stream.getvalue() == '{"event": "identifying", "path": "film.mp4", "share": 0.457}\n'


class _Terminal:
    """A pseudo-terminal and what appeared on it."""

    def __enter__(self) -> _Terminal:
        self._reader, writer = pty.openpty()
        self.stream = os.fdopen(writer, "w")
        return self

    def __exit__(self, *_: object) -> None:
        if not self.stream.closed:
            self.stream.close()
        os.close(self._reader)

    def shown(self, last: str) -> str:
        """Everything written until `last` appears, without escape sequences."""
        self.stream.flush()
        text = b""
        while last.encode() not in text and select.select([self._reader], [], [], 10)[0]:
            text += os.read(self._reader, 1 << 20)  # a terminal gives 4 kB at a time
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text.decode())


def test_the_bar_shows_where_it_is_and_leaves_only_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    with _Terminal() as terminal, Bar(Console(), terminal.stream) as bar:
        bar.listen(Loading("early"))  # before any file: nothing to move
        bar.begin(Path("film [draft] with a very long name that goes on.mp4"), 2, 5)
        for event in EVENTS:
            bar.listen(event)
        bar.listen(Progress(FILM.path, 61.0, None))
        bar.written(FILM.path, Path("film.en.srt"))
        bar.begin(FILM.path, 3, 5)
        bar.failed(FILM.path, "It broke.", 3)
        shown = terminal.shown("It broke.")
    assert "2/5 film [draft] with a… goes on.mp4" in shown
    assert "0:00 of 1:02:05" in shown
    assert "1:01 of 1:02:05 speakers 46%" in shown
    assert "subgen: film.mp4: A chunk was dropped." in shown
    assert "film.en.srt" in shown
    assert "subgen: It broke." in shown
