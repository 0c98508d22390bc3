"""`--mux`, `--burn`, `subgen mux` and `subgen burn`: names, refusals before work, several files, the screen."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import av
import pytest

from subgen.cli.film import film_with
from subgen.cli.jobs import plan
from subgen.cli.screens import Bar, JsonLines, Lines
from subgen.cli.settings import Console, Delivery, Settings
from subgen.cli.shell import run
from subgen.cli.work import run_files
from subgen.errors import MediaError, OptionError, OutputError
from subgen.events import Listener, Making, Opened, Recognised
from subgen.film.names import BURNED, SUBTITLED
from subgen.media import probe
from subgen.options import Decoding, Input, Options
from subgen.types import Document, Transcript, Utterance, Word
from tests.subgen.media_making import make, script

SRT = "1\n00:00:00,500 --> 00:00:01,500\nHello there.\n"


def hello(path: Path, listen: Listener) -> Document:
    """A chain that hears one sentence in a real file, or nothing if it is called so."""
    media = probe(path)
    listen(Opened(media))
    text, language = ("", "") if "silent" in path.name else ("Hello there.", "English")
    words = (Word(0.2, 0.8, text),) if text else ()
    transcript = Transcript(0.0, 1.0, text, language, words=words)
    listen(Recognised(path, transcript))
    said = (Utterance(words, language),) if words else ()
    return Document(media, 1.0, (transcript,), said, models=("fake",))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    picture = ("-f", "lavfi", "-i", "color=gray:s=64x48:r=10:d=2", "-f", "lavfi", "-i", "sine=d=2")
    return make(*picture, "-c:v", "mpeg4", tmp_path / "film.mp4")


@pytest.fixture
def subtitles(tmp_path: Path) -> Path:
    path = tmp_path / "film.de.srt"
    path.write_text(SRT)
    return path


def done(delivery: Delivery, *files: Path, options: Options = Options()) -> tuple[int, str]:
    stream = io.StringIO()
    lines = Lines(Console(), stream, announce=True)
    return run_files(plan(files, delivery), Settings(options, delivery), hello, lines), stream.getvalue()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def codecs(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.codec_context.name.replace("ssa", "ass") for stream in container.streams]


@pytest.mark.parametrize(
    ("delivery", "made"),
    [
        (Delivery(mux=True), ["film.en.subtitled.mp4"]),
        (Delivery(burn=True), ["film.en.burned.mp4"]),
        (Delivery(mux=True, burn=True), ["film.en.burned.mp4", "film.en.subtitled.mp4"]),
        (Delivery(("srt",), mux=True), ["film.en.srt", "film.en.subtitled.mp4"]),
        (Delivery(mux=True, review=True), ["film.en.review.md", "film.en.subtitled.mp4"]),
        (Delivery(output="{}/other.mkv", mux=True), ["other.mkv"]),
        (Delivery(output="{}/other.mkv", mux=True, review=True), ["other.mkv", "other.review.md"]),
    ],
)
def test_what_is_written_where(delivery: Delivery, made: list[str], film: Path, tmp_path: Path) -> None:
    before = film.read_bytes()
    place = delivery.output.format(tmp_path) if delivery.output else None
    wanted = Delivery(delivery.formats, place, delivery.review, delivery.mux, delivery.burn)
    code, shown = done(wanted, film)
    assert code == 0
    assert names(tmp_path) == sorted(["film.mp4", *made])
    assert film.read_bytes() == before
    assert sorted(Path(line).name for line in shown.splitlines()) == made


def test_styles_are_kept_where_they_are_asked_for(film: Path, tmp_path: Path) -> None:
    mkv = make("-i", film, "-c", "copy", tmp_path / "film.mkv")
    done(Delivery(("ass",), mux=True), mkv)
    assert codecs(tmp_path / "film.en.subtitled.mkv")[-1] == "ass"


def test_a_recording_is_refused_before_it_is_recognised(film: Path, tmp_path: Path) -> None:
    sound = make("-f", "lavfi", "-i", "sine=d=1", tmp_path / "sound.wav")
    code, shown = done(Delivery(burn=True), sound)
    assert (code, shown) == (3, f"subgen: {sound} has no picture that subtitles can be burned into.\n")
    code, shown = done(Delivery(burn=True), sound, film)
    assert code == 1
    assert "film.en.burned.mp4" in names(tmp_path)


def test_an_ffmpeg_that_cannot_draw_is_refused_before_work(film: Path, tmp_path: Path) -> None:
    options = Options(input=Input(ffmpeg=script(tmp_path / "ffmpeg", "exit 0")))
    code, shown = done(Delivery(burn=True), film, options=options)
    assert code == 6
    assert "No ffmpeg with libx264, subtitles was found" in shown


@pytest.mark.parametrize("options", [Options(), Options(decoding=Decoding(language="English"))], ids=["found", "given"])
def test_a_taken_name_is_refused(options: Options, film: Path) -> None:
    taken = film.with_name("film.en.subtitled.mp4")
    taken.write_text("mine")
    code, shown = done(Delivery(mux=True), film, options=options)
    assert code == 5
    assert "exists already; use --overwrite" in shown
    assert taken.read_text() == "mine"


@pytest.mark.parametrize(
    ("delivery", "sentence"),
    [
        (Delivery(output="-", mux=True), "Films can't be written to stdout"),
        (Delivery(output="x.avi", mux=True), r"x\.avi can't be the name of a subtitled film"),
        (Delivery(output="x.webm", burn=True), r"x\.webm can't be the name of a burned film"),
        (Delivery(("srt",), "x.srt", mux=True), "is one file, but there are several results"),
    ],
)
def test_places_that_cannot_be(delivery: Delivery, sentence: str, film: Path) -> None:
    with pytest.raises(OptionError, match=sentence):
        plan((film,), delivery)


def test_silence_makes_no_film(film: Path, tmp_path: Path) -> None:
    silent = film.rename(tmp_path / "silent.mp4")
    code, shown = done(Delivery(mux=True), silent)
    assert code == 0
    assert shown == f"subgen: {silent}: There is nothing to show: no film with subtitles is made.\n"
    assert names(tmp_path) == ["silent.mp4"]


def test_commands_for_files(film: Path, subtitles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command, made in (("mux", "film.de.subtitled.mp4"), ("burn", "film.de.burned.mp4")):
        assert run([command, str(film), str(subtitles), "-v"]) == 0
        assert made in capsys.readouterr().err
        assert film.with_name(made).exists()
    assert codecs(film.with_name("film.de.subtitled.mp4"))[-1] == "mov_text"
    assert run(["mux", str(film), str(subtitles), "-o", str(film), "--overwrite"]) == 5
    assert "would replace its own input" in capsys.readouterr().err


def test_the_language_can_be_given(film: Path, subtitles: Path) -> None:
    settings = Settings(Options(decoding=Decoding(language="French")))
    assert film_with(SUBTITLED, film, subtitles, settings) == 0
    assert film.with_name("film.fr.subtitled.mp4").exists()


def test_errors_of_commands(film: Path, subtitles: Path, tmp_path: Path) -> None:
    sound = make("-f", "lavfi", "-i", "sine=d=1", tmp_path / "sound.wav")
    with pytest.raises(MediaError, match="no picture"):
        film_with(BURNED, sound, subtitles, Settings())
    with pytest.raises(OptionError):
        film_with(BURNED, film, film, Settings())
    with pytest.raises(OutputError, match="does not exist"):
        film_with(SUBTITLED, film, subtitles, Settings(delivery=Delivery(output=str(tmp_path / "no" / "o.mkv"))))


def test_how_far_it_is() -> None:
    stream = io.StringIO()
    JsonLines(stream).listen(Making(Path("film.mp4"), 1.5, None))
    assert json.loads(stream.getvalue()) == {"event": "making", "path": "film.mp4", "done": 1.5, "total": None}


def test_the_bar_comes_back_after_the_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    stream = _Tty()
    with Bar(Console(), stream) as bar:
        bar.begin(Path("film.mp4"), 1, 1)
        bar.written(Path("film.mp4"), Path("film.en.srt"))
        bar.listen(Making(Path("film.mp4"), 61.0, 122.0))
    assert "1:01 of 2:02" in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", stream.getvalue())


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True
