"""Bad input through the command itself: one sentence that names the file, its code, nothing left, the others done."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from subgen.cli.shell import run
from tests.aligner.test_weights import damage_missing, damage_pickle, damage_shape, damage_unknown
from tests.subgen.media_making import FILM, halved, make, script

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SPOKEN = 6.5
"""seconds of the sample talk that the toy hears in one chunk"""
COMMAND = (sys.executable, "-c", "from subgen.cli import main; main()")
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hub, and none of the developer's own settings."""
    monkeypatch.delenv("SUBGEN_MODEL", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few spoken sentences, 16 kHz mono."""
    path = tmp_path_factory.mktemp("speech") / "speech.wav"
    return make("-i", SAMPLES / "talk.m4a", "-t", SPOKEN, "-ac", 1, "-ar", 16000, path)


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """The folder with the user's files."""
    path = tmp_path / "room"
    path.mkdir()
    return path


def listing(folder: Path) -> list[str]:
    """Everything below a folder, hidden or not."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def subgen(capsys: Captured, *arguments: object) -> tuple[int, list[str]]:
    """Runs a command line; its code and the lines on stderr. stdout stays empty."""
    code = run([str(argument) for argument in arguments])
    shown = capsys.readouterr()
    assert shown.out == ""
    return code, shown.err.splitlines()


def one_sentence(lines: Sequence[str]) -> str:
    """The only line, which comes from subgen and is a sentence."""
    assert len(lines) == 1
    assert lines[0].startswith("subgen: ")
    assert lines[0].endswith((".", ". See `subgen --help`."))
    return lines[0]


# Media


def make_folder(path: Path) -> None:
    path.mkdir()


def make_empty(path: Path) -> None:
    path.touch()


def make_text(path: Path) -> None:
    path.write_text("To be, or not to be.\n")


def make_truncated(path: Path) -> None:
    whole = make("-f", "lavfi", "-i", "sine=d=2", path.with_name("whole.m4a"))
    halved(whole, path)
    whole.unlink()


def make_encrypted(path: Path) -> None:
    key, name = "76a6c65c5ea762046bd749a2e632ccbb", "a7e61c373e219033c21091fa607bf3b8"
    scheme = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key, "-encryption_kid", name)
    make("-f", "lavfi", "-i", "sine=d=1", *scheme, path)


def make_mute(path: Path) -> None:
    make("-f", "lavfi", "-i", FILM.format(seconds=1), "-c:v", "mpeg4", path)


def make_soundless(path: Path) -> None:
    make("-f", "lavfi", "-i", "sine=d=1", "-frames:a", 0, path)


def make_playlist(path: Path) -> None:
    """The entry is a pipe without a writer: whoever opened it would wait for ever, and the test would time out."""
    os.mkfifo(path.with_name("entry.ts"))
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nentry.ts\n#EXT-X-ENDLIST\n")


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing.mp4": (lambda path: None, "there is no such file"),
    "folder.mp4": (make_folder, "is a folder"),
    "empty.mp4": (make_empty, "is empty (0 bytes)"),
    "text.mp4": (make_text, "is text"),
    "cut.mp4": (make_truncated, "is cut short"),
    "locked.mp4": (make_encrypted, "is encrypted"),
    "mute.mp4": (make_mute, "has no audio track"),
    "soundless.wav": (make_soundless, "contains no audio samples"),
    "list.mp4": (make_playlist, "is a playlist"),
}


@pytest.mark.parametrize("name", BAD)
def test_unusable_media(name: str, room: Path, capsys: Captured) -> None:
    make_bad, reason = BAD[name]
    make_bad(room / name)
    before = listing(room)
    code, lines = subgen(capsys, room / name, "--model", "demo", "-f", "all")
    assert code == 3
    assert f"{room / name}" in one_sentence(lines)
    assert reason in lines[0]
    assert listing(room) == before


def test_good_files_among_all_the_bad_ones_are_done(room: Path, speech: Path, capsys: Captured) -> None:
    for name, (make_bad, _) in BAD.items():
        make_bad(room / name)
    shutil.copy(speech, room / "first.wav")
    shutil.copy(speech, room / "last.wav")
    before = listing(room)
    names = ["first.wav", *BAD, "last.wav"]
    code, lines = subgen(capsys, *(room / name for name in names), "--model", "demo", "-f", "srt,txt")
    assert code == 1
    assert len(lines) == len(BAD)
    for name, (_, reason) in BAD.items():
        assert sum(str(room / name) in line and reason in line for line in lines) == 1
    made = ["first.en.srt", "first.en.txt", "last.en.srt", "last.en.txt"]
    assert listing(room) == sorted([*before, *made])
    assert (room / "first.en.srt").read_text() == (room / "last.en.srt").read_text() != ""


def test_damaged_media_gives_what_is_left_and_says_what_is_missing(room: Path, speech: Path, capsys: Captured) -> None:
    make("-i", speech, room / "whole.mp3")
    halved(room / "whole.mp3", room / "half.mp3")
    code, lines = subgen(capsys, room / "half.mp3", "--model", "demo")
    assert code == 0
    assert "half.mp3" in one_sentence(lines)
    assert "The file ends 3.3 s early" in lines[0]
    assert (room / "half.en.srt").read_text().count(" --> ") >= 1


def test_sound_of_every_kind(room: Path, speech: Path, capsys: Captured) -> None:
    """What says the same says the same, at any rate and in any number of channels."""
    shutil.copy(speech, room / "plain.wav")
    make("-i", speech, "-ar", 8000, room / "low.wav")
    make("-i", speech, "-ar", 192000, room / "high.wav")
    make("-i", speech, "-af", "pan=7.1|FC=c0|LFE=0*c0", room / "wide.wav")
    names = ("plain", "low", "high", "wide")
    code, lines = subgen(capsys, *(room / f"{name}.wav" for name in names), "-m", "demo", "-f", "txt")
    assert (code, lines) == (0, [])
    texts = [(room / f"{name}.en.txt").read_text() for name in names]
    assert texts[0] == texts[2] == texts[3]
    assert len(texts[1].split()) == pytest.approx(len(texts[0].split()), abs=3)  # no sound above 4 kHz is left


@pytest.mark.parametrize("source", ["anullsrc=r=16000:cl=mono:d=0.2", "anullsrc=r=48000:cl=stereo:d=40"])
def test_without_speech_the_subtitles_are_empty(source: str, room: Path, capsys: Captured) -> None:
    make("-f", "lavfi", "-i", source, room / "quiet.wav")
    code, lines = subgen(capsys, room / "quiet.wav", "-m", "demo")
    assert code == 0
    assert one_sentence(lines) == f"subgen: {room / 'quiet.wav'}: No speech was found."
    assert (room / "quiet.srt").read_bytes() == b""


def test_a_fifth_of_a_second_of_speech(room: Path, speech: Path, capsys: Captured) -> None:
    make("-ss", 1, "-i", speech, "-t", 0.2, room / "short.wav")
    code, lines = subgen(capsys, room / "short.wav", "-m", "demo")
    assert code == 0
    assert all(line.startswith(f"subgen: {room / 'short.wav'}: ") for line in lines)
    assert len(listing(room)) == 2


# Names


def test_names_of_every_kind(room: Path, speech: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    stems = ("two\nlines", "🎬 film", unicodedata.normalize("NFD", "Amélie à Zürich"), "-dash", "100% [x] 'q' \"z\"")
    for stem in stems:
        shutil.copy(speech, room / f"{stem}.wav")
    monkeypatch.chdir(room)
    code, lines = subgen(capsys, "-m", "demo", "--", *(f"{stem}.wav" for stem in stems))
    assert (code, lines) == (0, [])
    assert listing(room) == sorted([f"{stem}{end}" for stem in stems for end in (".wav", ".en.srt")])
    code, lines = subgen(capsys, "-m", "demo", "--language", "en", "./two\nlines.wav")
    assert code == 5
    assert "two\\nlines.en.srt' exists already" in one_sentence(lines)


# The command line


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["--language", "Klingon"], 2, "Klingon"),
        (["-f", "docx"], 2, "docx"),
        (["--model", "./nowhere"], 4, "nowhere"),
        (["--model", "demo", "--aligner", "./nowhere"], 4, "nowhere"),
        (["--model", "demo", "--ffmpeg", "./nowhere"], 6, "nowhere"),
        (["--model", "demo", "--track", "7"], 3, "speech.wav"),
    ],
)
def test_unknown_things_end_the_run_once(
    arguments: list[str], code: int, named: str, room: Path, speech: Path, capsys: Captured
) -> None:
    """Alone and beside a second file: what every file would need is complained of once."""
    one, other = Path(shutil.copy(speech, room)), Path(shutil.copy(speech, room / "other.wav"))
    before = listing(room)
    found, lines = subgen(capsys, *arguments, "--", one)
    assert found == code
    assert named in one_sentence(lines)
    assert listing(room) == before
    if named == "speech.wav":
        return
    found, lines = subgen(capsys, *arguments, "--", one, other)
    assert found == code
    assert named in one_sentence(lines)
    assert listing(room) == before


# Models


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (damage_missing, "lacks the tensor"),
        (damage_unknown, "does not know"),
        (damage_shape, "has shape"),
        (damage_pickle, "can run code"),
    ],
)
def test_a_model_that_does_not_fit(
    damage: Callable[[Path], None], reason: str, room: Path, speech: Path, golden: Path, capsys: Captured
) -> None:
    directory = Path(shutil.copytree(golden / "asr", room / "model"))
    damage(directory)
    one, other = Path(shutil.copy(speech, room)), Path(shutil.copy(speech, room / "other.wav"))
    before = listing(room)
    code, lines = subgen(capsys, one, other, "--model", directory, "--aligner", "demo")
    assert code == 4
    assert str(directory) in one_sentence(lines)
    assert reason in lines[0]
    assert listing(room) == before


# ffmpeg


@pytest.mark.parametrize(
    ("body", "code"),
    [("echo 'Out of cheese' >&2; exit 1", 3), ("kill -9 $$", 3), ("exit 0", 3)],
    ids=["fails", "is killed", "gives nothing"],
)
def test_ffmpeg_fails(body: str, code: int, tmp_path: Path, room: Path, speech: Path, capsys: Captured) -> None:
    shutil.copy(speech, room)
    broken = script(tmp_path / "ffmpeg", body)
    found, lines = subgen(capsys, room / "speech.wav", "-m", "demo", "--ffmpeg", broken)
    assert found == code
    assert str(room / "speech.wav") in one_sentence(lines)
    assert listing(room) == ["speech.wav"]


# Output


def test_results_that_exist_are_kept(room: Path, speech: Path, capsys: Captured) -> None:
    for name in ("a.wav", "b.wav", "c.wav"):
        shutil.copy(speech, room / name)
    (room / "b.en.srt").write_text("mine")
    code, lines = subgen(capsys, room / "a.wav", room / "b.wav", room / "c.wav", "-m", "demo", "-l", "en")
    assert code == 1
    assert f"{room / 'b.en.srt'} exists already" in one_sentence(lines)
    assert (room / "b.en.srt").read_text() == "mine"
    assert (room / "a.en.srt").read_text() == (room / "c.en.srt").read_text() != ""


@pytest.mark.parametrize("output", ["file/inside/", "/dev/full", "speech.wav", "nowhere/film.srt"])
def test_places_that_take_no_result(
    output: str, room: Path, speech: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(room)
    shutil.copy(speech, room)
    (room / "file").write_text("not a folder")
    code, lines = subgen(capsys, "speech.wav", "-m", "demo", "-o", output)
    assert code == 5
    assert (output.partition("/")[0] or output) in one_sentence(lines)
    assert listing(room) == ["file", "speech.wav"]


def child(room: Path, before: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own that first runs some statements."""
    code = f"import os, resource, sys\nos.chdir(sys.argv.pop(1))\n{before}\nfrom subgen.cli import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code, str(room), *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_a_locked_file_does_not_hold_up_the_others(
    room: Path, speech: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As another user where the tests run as root, who may read everything."""
    monkeypatch.chdir(room)
    shutil.copy(speech, room)
    shutil.copy(speech, room / "locked.wav")
    assert subgen(capsys, "missing.wav", "-m", "demo")[0] == 3  # everything is imported now, which nobody else may
    (room / "locked.wav").chmod(0)
    room.chmod(0o777)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        code, lines = subgen(capsys, "locked.wav", "nowhere.wav", "-m", "demo")
    finally:
        os.seteuid(user)
    assert code == 1
    assert lines[0] == "subgen: locked.wav can't be read (permission denied); check its permissions."
    assert lines[1] == "subgen: nowhere.wav: there is no such file."


def closed(room: Path, redirection: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a shell starts it that closes some of its streams."""
    command = ["sh", "-c", f'exec "$0" -m subgen "$@" {redirection}', sys.executable, *arguments]
    return subprocess.run(command, cwd=room, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("redirection", ["<&- >&- 2>&-", "2>&-", "<&-"])
def test_closed_streams_are_no_obstacle(redirection: str, room: Path, speech: Path) -> None:
    shutil.copy(speech, room)
    done = closed(room, redirection, "speech.wav", "-m", "demo")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert listing(room) == ["speech.en.srt", "speech.wav"]


@pytest.mark.parametrize("arguments", [("speech.wav", "-m", "demo", "-o", "-"), ("languages",), ("--version",)])
def test_a_closed_stdout_takes_no_result(arguments: tuple[str, ...], room: Path, speech: Path) -> None:
    shutil.copy(speech, room)
    done = closed(room, ">&-", *arguments)
    assert done.returncode == 5
    assert "can't be written to stdout" in one_sentence(done.stderr.splitlines())


def test_a_folder_that_may_not_be_written_to(
    room: Path, speech: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As another user where the tests run as root, who may write everywhere."""
    monkeypatch.chdir(room)
    shutil.copy(speech, room)
    assert subgen(capsys, "missing.wav", "-m", "demo")[0] == 3  # everything is imported now, which nobody else may
    room.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        code, lines = subgen(capsys, "speech.wav", "-m", "demo")
    finally:
        os.seteuid(user)
    assert code == 5
    assert "may not be written to" in one_sentence(lines)
    assert listing(room) == ["speech.wav"]


def test_a_result_that_finds_no_space(room: Path, speech: Path) -> None:
    """The limit on the size of files is hit where a full disk would be: when the finished text is written."""
    shutil.copy(speech, room)
    done = child(room, "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))", "speech.wav", "-m", "demo")
    assert done.returncode == 5
    assert "speech.en.srt can't be written" in one_sentence(done.stderr.splitlines())
    assert listing(room) == ["speech.wav"]


def test_stdout_that_finds_no_space(room: Path, speech: Path) -> None:
    shutil.copy(speech, room)
    done = child(
        room, "os.dup2(os.open('/dev/full', os.O_WRONLY), 1)", "speech.wav", "-m", "demo", "-o", "-", "--no-words"
    )
    assert done.returncode == 5
    assert "can't be written to stdout" in one_sentence(done.stderr.splitlines())
    assert listing(room) == ["speech.wav"]


# Ctrl-C


@pytest.fixture
def started(room: Path, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the command in a process group of its own, with temporary files in a folder of their own."""
    running: list[subprocess.Popen[str]] = []
    (tmp_path / "temporary").mkdir()

    def start(*arguments: object) -> subprocess.Popen[str]:
        running.append(
            subprocess.Popen(
                [*COMMAND, *map(str, arguments), "-m", "demo", "--progress", "json"],
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
            )
        )
        return running[-1]

    yield start
    for process in running:
        assert process.stderr is not None
        process.stderr.close()
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_for_event(process: subprocess.Popen[str], name: str) -> None:
    """Reads what the command tells until it tells this."""
    assert process.stderr is not None
    for line in process.stderr:
        if json.loads(line)["event"] == name:
            return
    raise AssertionError(f"{name} never happened")


def interrupt(process: subprocess.Popen[str], whole_group: bool) -> list[str]:
    """Ctrl-C, which a terminal sends to all processes of the group, and `kill -INT` to one; what is said after it."""
    if whole_group:
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=30)
    assert process.returncode == 130
    return [line for line in rest.splitlines() if not line.startswith("{")]


@pytest.mark.parametrize("whole_group", [True, False], ids=["terminal", "kill"])
def test_an_interrupt_during_decode(
    whole_group: bool, room: Path, tmp_path: Path, speech: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    """An ffmpeg that hangs: it is ended too."""
    shutil.copy(speech, room)
    note = f"echo $$ > '{tmp_path}/new'; mv '{tmp_path}/new' '{tmp_path}/number'"
    slow = script(tmp_path / "ffmpeg", f"{note}; exec sleep 100")
    process = started(room / "speech.wav", "--ffmpeg", slow)
    wait_for_event(process, "opened")
    while not (tmp_path / "number").exists():
        assert process.poll() is None
        time.sleep(0.02)
    number = int((tmp_path / "number").read_text())
    assert interrupt(process, whole_group) == ["subgen: Interrupted: nothing was left half-written."]
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert listing(room) == ["speech.wav"]
    assert listing(tmp_path / "temporary") == []


def test_an_interrupt_during_inference(
    room: Path, tmp_path: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    """Two minutes of speech; the first chunk is done, the others are not."""
    make("-stream_loop", 4, "-i", SAMPLES / "talk.m4a", "-t", 120, "-ac", 1, "-ar", 16000, room / "long.wav")
    process = started(room / "long.wav", "-f", "all")
    wait_for_event(process, "progress")
    assert interrupt(process, whole_group=True) == ["subgen: Interrupted: nothing was left half-written."]
    assert listing(room) == ["long.wav"]
    assert [path.name for path in (tmp_path / "temporary").iterdir()] in ([], ["mlx"])  # kernels that MLX keeps
