"""Runs over files: where results go, what is refused before work, and what one file's failure does to the others."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from subgen.cli.jobs import Job, plan
from subgen.cli.results import print_result
from subgen.cli.screens import JsonLines, Lines
from subgen.cli.settings import Console, Delivery, Settings
from subgen.cli.signals import Stopped
from subgen.cli.work import render_files, run_files
from subgen.errors import (
    MediaNotFound,
    ModelNotFound,
    NoAudioTrack,
    OptionError,
    OutputError,
    Undecodable,
)
from subgen.events import Listener, Loading, Noticed, Opened, Progress, Recognised
from subgen.formats import render
from subgen.options import Decoding, Options
from subgen.textfile import read_text
from subgen.types import Document, Media, Note, Span, Track, Transcript, Utterance, Word

BESIDE, DEFAULTS = Delivery(), Options()
TRACK = Track(index=0, codec="aac", sample_rate=48_000, channels=2, start=0.0, language="eng")


def document(path: Path, language: str = "English", text: str = "Hello there.") -> Document:
    words = (Word(1.0, 2.0, text),)
    return Document(
        Media(path, 60.0, (TRACK,), TRACK),
        60.0,
        (Transcript(0.0, 10.0, text, language, words=words),),
        (Utterance(words, language),),
        models=("fake",),
    )


@dataclass
class Fake:
    """A chain that says hello in `language`, or fails for the files it is told to."""

    language: str = "English"
    errors: dict[str, Exception] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def __call__(self, path: Path, listen: Listener) -> Document:
        made = document(path, self.language)
        self.files.append(path.name)
        listen(Opened(made.media))
        if path.name in self.errors:
            raise self.errors[path.name]
        listen(Loading("fake"))
        listen(Recognised(path, made.transcripts[0]))
        listen(Progress(path, 60.0, 60.0))
        listen(Noticed(path, Note("damage", "2 s are missing.", Span(61.0, 63.0))))
        return made


@dataclass
class Result:
    code: int
    lines: list[str]


def run(
    files: Sequence[Path], delivery: Delivery = BESIDE, chain: Fake | None = None, options: Options = DEFAULTS
) -> Result:
    settings = Settings(options, delivery)
    stream = io.StringIO()
    code = run_files(plan(files, delivery), settings, chain or Fake(), Lines(settings.console, stream, announce=True))
    return Result(code, stream.getvalue().splitlines())


@pytest.fixture
def films(tmp_path: Path) -> tuple[Path, Path, Path]:
    paths = tuple(tmp_path / f"{name}.mp4" for name in "abc")
    for path in paths:
        path.write_bytes(b"film")
    return paths[0], paths[1], paths[2]


def results(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.suffix != ".mp4")


def test_results_stand_beside_the_media_with_their_language(films: tuple[Path, ...]) -> None:
    done = run(films[:1])
    film = films[0]
    assert done == Result(0, [f"subgen: {film}: at 1:01: 2 s are missing.", str(film.with_name("a.en.srt"))])
    assert film.with_name("a.en.srt").read_text() == render(document(film), "srt")


def test_every_format_of_every_file(films: tuple[Path, ...], tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    assert run(films, Delivery(("srt", "txt"), str(out))).code == 0
    assert results(out) == [f"{name}.en.{format}" for name in "abc" for format in ("srt", "txt")]


@pytest.mark.parametrize(
    ("delivery", "names"),
    [
        (Delivery(output="{}/x.vtt"), ["x.vtt"]),
        (Delivery(("srt",), "{}/x.doc"), ["x.doc"]),
        (Delivery(output="{}/x"), ["x"]),
        (Delivery(("txt",), "{}/x.srt"), ["x.srt"]),
        (Delivery(output="{}/new/"), ["a.en.srt", "new"]),
        (Delivery(output="{}"), ["a.en.srt"]),
        (Delivery(("srt", "vtt"), "{}/two"), ["a.en.srt", "a.en.vtt", "two"]),
    ],
)
def test_output_is_a_file_or_a_folder(
    delivery: Delivery, names: list[str], films: tuple[Path, ...], tmp_path: Path
) -> None:
    place = replace(delivery, output=(delivery.output or "").format(tmp_path))
    assert run(films[:1], place).code == 0
    assert results(tmp_path) == names


def test_the_ending_of_output_chooses_the_format(films: tuple[Path, ...], tmp_path: Path) -> None:
    run(films[:1], Delivery(output=str(tmp_path / "x.vtt")))
    assert (tmp_path / "x.vtt").read_text().startswith("WEBVTT")


@pytest.mark.parametrize(
    ("count", "delivery", "sentence"),
    [
        (2, Delivery(output="-"), "stdout takes one result"),
        (1, Delivery(("srt", "vtt"), "-"), "stdout takes one result"),
        (2, Delivery(output="{}/x.srt"), "is one file, but there are several results"),
        (1, Delivery(output="{}/x.doc"), "x.doc ends as no format does: name it as one"),
        (1, Delivery(output="{}/other.mp4", overwrite=True), "other.mp4 ends as no format does"),
        (1, Delivery(("srt", "vtt"), "{}/a.mp4"), "is one file, but there are several results"),
    ],
)
def test_a_place_that_cannot_hold_all_results(
    count: int, delivery: Delivery, sentence: str, films: tuple[Path, ...], tmp_path: Path
) -> None:
    with pytest.raises(OptionError, match=sentence):
        plan(films[:count], replace(delivery, output=(delivery.output or "").format(tmp_path)))


def test_two_inputs_with_one_result_are_refused_before_work(films: tuple[Path, ...], tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"a.mp4 and .*a.mkv would be written under the same name"):
        plan((films[0], films[0].with_suffix(".mkv")), Delivery())
    with pytest.raises(OptionError, match="same name"):
        plan((films[0], tmp_path / "other" / "a.mp4"), Delivery(output=str(tmp_path)))


def test_a_result_never_replaces_its_input(films: tuple[Path, ...]) -> None:
    with pytest.raises(OutputError, match="replace its own input"):
        plan(films[:1], Delivery(output=str(films[0]), overwrite=True))


def test_a_device_is_not_a_file(films: tuple[Path, ...]) -> None:
    done = run(films[:1], Delivery(output="/dev/null", overwrite=True))
    assert done == Result(5, ["subgen: /dev/null is a device, not a file: use `--output -` to write to stdout."])
    assert Path("/dev/null").is_char_device()


def test_an_existing_result_is_refused_before_work(films: tuple[Path, ...]) -> None:
    chain = Fake()
    films[0].with_name("a.en.srt").write_text("mine")
    english = Options(decoding=Decoding(language="English"))
    done = run(films[:1], chain=chain, options=english)
    assert done.code == OutputError.exit_code
    assert "a.en.srt exists already" in done.lines[0]
    assert chain.files == []
    assert films[0].with_name("a.en.srt").read_text() == "mine"
    assert run(films[:1], Delivery(overwrite=True), options=english).code == 0


def test_an_existing_result_in_a_language_found_stops_at_the_first_words(films: tuple[Path, ...]) -> None:
    films[0].with_name("a.de.srt").write_text("mine")
    done = run(films[:1], chain=Fake("German"))
    assert done.code == OutputError.exit_code
    assert "a.de.srt exists already" in done.lines[0]
    assert len(done.lines) == 1  # nothing after the first words


def test_a_folder_that_is_not_one_is_refused_before_work(films: tuple[Path, ...], tmp_path: Path) -> None:
    chain = Fake()
    assert run(films[:1], Delivery(output=f"{films[1]}/deep/"), chain).code == OutputError.exit_code
    assert run(films[:1], Delivery(output=f"{tmp_path}/none/x.srt"), chain).code == OutputError.exit_code
    assert chain.files == []


@pytest.mark.parametrize("output", ["{}/" + "x" * 300 + ".srt", "{}/" + "x" * 300 + "/", "{}/" + "x" * 300 + "/a.srt"])
def test_an_output_whose_name_no_file_can_have(output: str, films: tuple[Path, ...], tmp_path: Path) -> None:
    done = run(films[:1], Delivery(output=output.format(tmp_path)))
    assert done.code == OutputError.exit_code
    assert "too long" in done.lines[-1]


def test_a_media_name_that_leaves_no_room_for_the_language(tmp_path: Path) -> None:
    film = tmp_path / f"{'x' * 251}.mp4"
    film.write_bytes(b"film")
    done = run((film,))
    assert done.code == OutputError.exit_code
    assert "is too long for the file system; choose a shorter one with -o" in done.lines[0]
    assert run((film,), Delivery(output=str(tmp_path / "a.srt"))).code == 0


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    job = Job(tmp_path / "a.mp4", ("srt",), tmp_path / "file" / "deep")
    with pytest.raises(OutputError, match="can't be made"):
        job.make_folder()


def test_one_file_fails_with_its_own_code(films: tuple[Path, ...]) -> None:
    done = run(films[:1], chain=Fake(errors={"a.mp4": NoAudioTrack("a.mp4 has no audio.")}))
    assert done == Result(3, ["subgen: a.mp4 has no audio."])
    assert results(films[0].parent) == []


def test_the_other_files_are_still_done(films: tuple[Path, ...]) -> None:
    missing = films[0].with_name("missing.mp4")
    chain = Fake(errors={"a.mp4": Undecodable("a.mp4 is cut."), "b.mp4": KeyError("bug")})
    done = run((*films, missing), chain=chain)
    assert done.code == 1
    assert "missing.mp4" in done.lines[0]  # found before any work
    assert done.lines[1] == "subgen: a.mp4 is cut."
    assert "This should not happen: KeyError: 'bug'" in done.lines[2]
    assert chain.files == ["a.mp4", "b.mp4", "c.mp4"]
    assert results(films[0].parent) == ["c.en.srt"]


def test_a_fault_of_ours_is_code_70(films: tuple[Path, ...]) -> None:
    assert run(films[:1], chain=Fake(errors={"a.mp4": RuntimeError("bug")})).code == 70


def test_a_model_that_fails_ends_the_run(films: tuple[Path, ...]) -> None:
    chain = Fake(errors={"a.mp4": ModelNotFound("There is no model.")})
    assert run(films, chain=chain) == Result(4, ["subgen: There is no model."])
    assert chain.files == ["a.mp4"]


def test_an_interrupt_passes_through(films: tuple[Path, ...]) -> None:
    def stop(path: Path, listen: Listener) -> Document:
        raise Stopped(2)

    with pytest.raises(Stopped):
        run_files(plan(films, Delivery()), Settings(), stop, Lines(Console(), io.StringIO(), announce=False))


def test_models_are_got_once_and_only_for_real_media(films: tuple[Path, ...]) -> None:
    got: list[int] = []

    def not_media(path: Path, listen: Listener) -> Document:
        raise Undecodable(f"{path} is text.")

    screen = Lines(Console(), io.StringIO(), announce=False)
    run_files(plan(films, Delivery()), Settings(), not_media, screen, prepare=lambda: got.append(1))
    assert got == []
    run_files(plan(films, Delivery()), Settings(), Fake(), screen, prepare=lambda: got.append(1))
    assert got == [1]


def test_a_result_on_stdout_is_bytes_of_utf8(
    films: tuple[Path, ...], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    done = run(films[:1], Delivery(("txt",), "-"))
    assert done.code == 0
    assert capfdbinary.readouterr().out == render(document(films[0]), "txt").encode()
    assert results(films[0].parent) == []


def test_a_full_stdout_is_an_output_error() -> None:
    with (
        pytest.raises(OutputError, match="can't be written to stdout: No space left on device"),
        open("/dev/full", "wb", buffering=0) as full,  # noqa: PTH123 - a device, whose file object is the point
    ):
        print_result("text", full)


def test_saved_documents_are_rendered_under_their_own_name(tmp_path: Path) -> None:
    saved = tmp_path / "film.en.json"
    saved.write_text(render(document(tmp_path / "film.mp4"), "json"))
    settings = Settings(delivery=Delivery(("vtt",)), console=Console(progress="none"))
    assert render_files((saved,), settings) == 0
    assert (tmp_path / "film.en.vtt").read_text().startswith("WEBVTT")
    assert render_files((saved,), settings) == OutputError.exit_code
    before = saved.read_text()
    assert render_files((saved,), Settings(delivery=Delivery(("json",), overwrite=True))) == 0
    assert saved.read_text() == before


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [(b"\xff\xfe\x00", OptionError, "not UTF-8 text"), (None, MediaNotFound, "can't be read: No such file")],
)
def test_texts_that_cannot_be_read(
    content: bytes | None, error: type[Exception], sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "text.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=sentence):
        read_text(path)


def test_a_byte_order_mark_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes("\ufeffGrüße".encode())
    assert read_text(path) == "Grüße"


def test_json_lines_tell_everything(films: tuple[Path, ...]) -> None:
    stream = io.StringIO()
    chain = Fake(errors={"b.mp4": NoAudioTrack("b.mp4 has no audio.")})
    run_files(plan(films[:2], Delivery()), Settings(), chain, JsonLines(stream))
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    a, b = map(str, films[:2])
    assert events == [
        {"event": "file", "path": a, "number": 1, "count": 2},
        {
            "event": "opened",
            "path": a,
            "duration": 60.0,
            "track": {"index": 0, "codec": "aac", "language": "eng", "start": 0.0},
        },
        {"event": "loading", "name": "fake"},
        {
            "event": "recognised",
            "path": a,
            "start": 0.0,
            "end": 10.0,
            "language": "English",
            "text": "Hello there.",
            "finish": "stop",
        },
        {"event": "progress", "path": a, "done": 60.0, "total": 60.0},
        {"event": "noticed", "path": a, "kind": "damage", "text": "2 s are missing.", "start": 61.0, "end": 63.0},
        {"event": "written", "path": a, "output": str(films[0].with_name("a.en.srt"))},
        {"event": "file", "path": b, "number": 2, "count": 2},
        {"event": "opened", "path": b, "duration": 60.0, "track": events[1]["track"]},
        {"event": "failed", "path": b, "error": "b.mp4 has no audio.", "exit_code": 3},
    ]


def test_timings_come_after_the_results_of_each_file_that_is_done(films: tuple[Path, ...]) -> None:
    stream = io.StringIO()
    chain = Fake(errors={"b.mp4": NoAudioTrack("b.mp4 has no audio.")})
    run_files(plan(films[:2], BESIDE), Settings(console=Console(timings=True)), chain, JsonLines(stream))
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    [timed] = [event for event in events if event["event"] == "timed"]
    assert events.index(timed) == [event["event"] for event in events].index("written") + 1
    assert timed["path"] == str(films[0])
    assert list(timed["stages"]) == ["cues", "writing"]
    assert 0 < sum(timed["stages"].values()) < timed["seconds"]
    assert timed["beside"] == {}


def test_a_name_from_another_locale_is_still_shown(tmp_path: Path) -> None:
    stream = io.StringIO()
    screen = Lines(Console(), stream, announce=True)
    path = tmp_path / os.fsdecode(b"caf\xe9\n.mp4")
    screen.failed(path, f"{path} is no film.", 3)
    screen.written(path, path)
    lines = stream.getvalue().splitlines()
    assert lines == [f"subgen: {tmp_path}/caf\\udce9\\n.mp4 is no film.", f"{tmp_path}/caf\\udce9\\n.mp4"]
