"""Shot changes: on the right frame at every rate and container, beside other work, remembered, and never fatal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from subgen.events import Noticed
from subgen.media import probe
from subgen.media.kept import Kept, cache_folder
from subgen.media.process import Process
from subgen.media.shots import shots_beside
from subgen.options import Input
from subgen.types import Document, Seconds
from tests.subgen.media_making import make, script

LOOKS = (
    "testsrc=s=160x90",
    "smptebars=s=160x90",
    "mandelbrot=s=160x90:inner=period",
    "color=gray:s=160x90",
    "testsrc2=s=160x90",
    "color=white:s=160x90",
)
"""pictures that differ from their neighbours, some of which move"""
LENGTHS = (31, 48, 24, 5, 60, 40)
"""frames of each shot"""


def film(path: Path, rates: Sequence[Fraction], *encoding: object) -> tuple[Path, list[Seconds]]:
    """A film with a shot of each look, its frames at one rate after the other, and the times of its changes."""
    inputs: list[object] = []
    graph, times = "", [Fraction(0)]
    for number, (look, frames) in enumerate(zip(LOOKS, LENGTHS, strict=True)):
        rate = rates[number % len(rates)]
        inputs += ["-f", "lavfi", "-i", f"{look}:r={rate}"]
        graph += f"[{number}:v]trim=end_frame={frames},settb=1/180000,setpts=N*180000/({rate})[v{number}];"
        times.append(times[-1] + frames / rate)
    shots = "".join(f"[v{number}]" for number in range(len(LOOKS)))
    sound = ("-f", "lavfi", "-i", f"sine=f=300:d={float(times[-1])}")
    joined = f"{graph}{shots}concat=n={len(LOOKS)},settb=1/180000[v]"
    chosen = ("-filter_complex", joined, "-map", "[v]", "-map", f"{len(LOOKS)}:a")
    kept = ("-fps_mode", "passthrough", "-enc_time_base", "1/180000")
    codec = encoding or ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "37")
    made = make(*inputs, *sound, *chosen, *kept, *codec, "-c:a", "aac", path)
    return made, [float(time) for time in times[1:-1]]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUBGEN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def search(path: Path, options: Input = Input(shots=True)) -> tuple[Document, list[object]]:
    media = probe(path)
    heard: list[object] = []
    with shots_beside(media, options, heard.append) as with_shots:
        return with_shots(Document(media, 1.0, (), ())), heard


NTSC_FILM, NTSC = Fraction(24000, 1001), Fraction(30000, 1001)
VARIABLE = (Fraction(24), NTSC, Fraction(15), Fraction(60))
RATES = {"23.976": (NTSC_FILM,), "25": (Fraction(25),), "29.97": (NTSC,), "variable": VARIABLE}


@pytest.mark.parametrize("rates", RATES.values(), ids=RATES)
@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_cuts_are_found_on_their_frames(rates: Sequence[Fraction], container: str, room: Path) -> None:
    name = f"{float(rates[0]):.3f}-{len(rates)}"
    path = room / f"{name}.mp4"
    _, cuts = film(path, rates)
    if container != "mp4":
        path = make("-i", path, "-c", "copy", room / f"{name}.{container}")
    document, heard = search(path)
    assert document.shots == pytest.approx(cuts, abs=0.001)
    assert heard == []


def test_a_drop_frame_time_code_changes_nothing(room: Path) -> None:
    path, cuts = film(room / "plain.mp4", (NTSC,))
    coded = make("-i", path, "-c", "copy", "-timecode", "00:59:58;00", room / "coded.mov")
    assert search(coded)[0].shots == pytest.approx(cuts, abs=0.001)


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts", "mov"])
@pytest.mark.parametrize(("sound", "picture"), [(0.0, 1.3), (1.3, 0.0)], ids=["late picture", "late sound"])
def test_times_count_from_the_start_of_the_media(container: str, sound: float, picture: float, room: Path) -> None:
    path, cuts = film(room / "whole.mp4", (Fraction(25),))
    inputs = ("-itsoffset", picture, "-i", path, "-itsoffset", sound, "-i", path)
    late = make(*inputs, "-map", "0:v", "-map", "1:a", "-c", "copy", room / f"late-{picture}.{container}")
    padding = 1024 / 44100 if container == "ts" and picture else 0.0  # which mpegts has no means to mark as such
    assert search(late)[0].shots == pytest.approx([cut + picture + padding for cut in cuts], abs=0.002)


def test_what_has_no_film_is_not_searched(room: Path, cache: Path) -> None:
    sound = make("-f", "lavfi", "-i", "sine=d=1", room / "sound.mp3")
    cover = make("-f", "lavfi", "-i", "color=red:s=64x64:d=1", "-frames:v", 1, room / "cover.png")
    covered = make("-i", sound, "-i", cover, "-map", 0, "-map", 1, "-c", "copy", room / "covered.mp3")
    film_path, _ = film(room / "unasked.mp4", (Fraction(25),))
    for path, options in ((sound, Input(shots=True)), (covered, Input(shots=True)), (film_path, Input())):
        document, heard = search(path, options)
        assert (document.shots, document.notes, heard) == ((), (), [])
    assert not cache.exists()


def test_the_second_run_needs_no_ffmpeg(room: Path, tmp_path: Path) -> None:
    path, _ = film(room / "kept.mp4", (Fraction(25),))
    first, _ = search(path)
    broken = Input(shots=True, ffmpeg=script(tmp_path / "ffmpeg", "exit 1"))
    again, heard = search(path, broken)
    assert first.shots
    assert again == first
    assert heard == []


@pytest.mark.parametrize("damage", [b"", b"\n", b"0\n[1.0]", b"[1.0]", b"\xff\xfe\n{"], ids=repr)
def test_a_damaged_cache_is_ignored_and_mended(damage: bytes, room: Path, cache: Path) -> None:
    path, _ = film(room / "damaged.mp4", (Fraction(25),))
    first, _ = search(path)
    [file] = cache.rglob("*.json")
    whole = file.read_bytes()
    file.write_bytes(damage or whole[:-3])
    assert search(path)[0] == first
    assert file.read_bytes() == whole
    assert list(cache.rglob("*.part")) == []


def test_a_changed_file_is_searched_again(room: Path, cache: Path) -> None:
    path, _ = film(room / "changed.mp4", (Fraction(25),))
    search(path)
    os.utime(path, ns=(1, 1))
    search(path)
    assert len(list(cache.rglob("*.json"))) == 2


def test_a_cache_that_cannot_be_written_is_done_without(room: Path, cache: Path) -> None:
    path, cuts = film(room / "locked.mp4", (Fraction(25),))
    cache.write_bytes(b"a file where the folder should be")
    assert len(search(path)[0].shots) == len(cuts)
    gone = Kept("shots", room / "no such file", ())
    gone.keep((1.0,))
    assert gone.recall() is None


def test_a_folder_of_the_user_holds_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUBGEN_CACHE")
    assert cache_folder().name == "subgen"
    monkeypatch.setenv("SUBGEN_CACHE", "~/elsewhere")
    assert cache_folder() == Path.home() / "elsewhere"


FOUND = "frame:72   pts:3003000 pts_time:3.003\\nlavfi.scd.time=3.003\\n"


@pytest.mark.parametrize(
    ("body", "shots", "why"),
    [
        ("echo 'Invalid data found' >&2; exit 1", (), 'ffmpeg says "Invalid data found"'),
        (f"printf '{FOUND}'; kill -9 $$", (3.003,), "ffmpeg was killed by signal 9"),
        (f"printf '{FOUND}frame:90 pts:4'; exit 69", (3.003,), "ffmpeg ended with code 69, without a word"),
    ],
)
def test_a_search_that_fails_costs_only_shots(
    body: str, shots: tuple[Seconds, ...], why: str, room: Path, tmp_path: Path, cache: Path
) -> None:
    path, _ = film(room / "failing.mp4", (Fraction(25),))
    document, heard = search(path, Input(shots=True, ffmpeg=script(tmp_path / "ffmpeg", body)))
    assert document.shots == shots
    [note] = document.notes
    assert note.text == f"The search for shot changes failed ({why}): subtitles may not keep to all of them."
    assert heard == [Noticed(path, note)]
    assert not cache.exists()


def test_an_ffmpeg_that_cannot_start_costs_only_shots(room: Path, tmp_path: Path) -> None:
    path, _ = film(room / "unstarted.mp4", (Fraction(25),))
    binary = tmp_path / "ffmpeg"
    binary.write_bytes(b"\x7fELF nonsense")
    binary.chmod(0o755)
    document, _ = search(path, Input(shots=True, ffmpeg=str(binary)))
    assert document.shots == ()
    assert "can't be run" in document.notes[0].text


def test_a_search_that_nobody_waits_for_is_ended(room: Path, tmp_path: Path) -> None:
    path, _ = film(room / "unwanted.mp4", (Fraction(25),))
    options = Input(shots=True, ffmpeg=script(tmp_path / "ffmpeg", f"echo $$ > {tmp_path}/pid; exec sleep 100"))

    def interrupted() -> None:
        with shots_beside(probe(path), options):
            while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
                pass
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_film_that_is_gone_has_no_picture(room: Path) -> None:
    path, _ = film(room / "gone.mp4", (Fraction(25),))
    media = replace(probe(path), path=room / "moved.mp4")
    with shots_beside(media, Input(shots=True)) as with_shots:
        document = Document(media, 1.0, (), ())
        assert with_shots(document) is document


def test_lines_of_a_process(tmp_path: Path) -> None:
    complaints: list[bytes] = []
    process = Process([script(tmp_path / "said", "printf 'one\\ntwo'; echo no >&2; exit 3")])
    assert list(process.lines(complaints.append)) == ["one", "two"]
    assert (process.status, b"".join(complaints)) == (3, b"no\n")


def test_a_process_that_was_stopped_before_it_began(tmp_path: Path) -> None:
    process = Process([script(tmp_path / "long", "exec sleep 100")])
    process.stop()
    assert list(process.lines(lambda _: None)) == []
    assert process.status == -9
