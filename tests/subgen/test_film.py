"""Films with subtitles: right tracks, right times, readable letters, originals untouched, nothing half-made."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from subgen.errors import MediaError, MissingDependency, OutputError, Undecodable
from subgen.events import Making, Noticed
from subgen.film.burn import burn, burner
from subgen.film.captions import Captions, of_file
from subgen.film.making import Order
from subgen.film.mux import mux
from subgen.formats.srt import srt
from subgen.formats.subtitles import read_subtitles
from subgen.media.picture import duration, look, subtitle_codecs
from subgen.types import Cue
from tests.subgen.documents import sample_document
from tests.subgen.media_making import make, script
from tests.subgen.test_media_shots import film as shot_film

SRT = """\
1
00:00:00,500 --> 00:00:01,400
First <i>things</i> & <second>

2
00:00:02,000 --> 00:00:02,900
Two lines,
and <b>this</b>.

"""
ASS = """\
[Script Info]
ScriptType: v4.00+
PlayResX: 320
PlayResY: 180

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment, MarginV
Style: Top,Arial,20,&H0000FFFF,8,10

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.50,0:00:02.50,Top,,0,0,0,,Up here
"""
GRAY = "color=gray:s=320x180:r=25:d=3"
SOUND = ("-f", "lavfi", "-i", "sine=f=300:d=3")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def gray(room: Path) -> Path:
    """3 s of gray, with sound."""
    return make("-f", "lavfi", "-i", GRAY, *SOUND, "-c:v", "libx264", "-preset", "ultrafast", room / "gray.mp4")


@pytest.fixture(scope="module")
def captions(room: Path) -> Captions:
    path = room / "gray.en.srt"
    path.write_text(SRT)
    return of_file(path)


def tracks(path: Path) -> list[tuple[str, str]]:
    with av.open(str(path)) as container:
        named = {"subrip": "srt", "ssa": "ass"}
        return [(one.type, named.get(one.codec_context.name, one.codec_context.name)) for one in container.streams]


def cues(path: Path, track: int = 0) -> tuple[Cue, ...]:
    """The cues of a subtitle track, as ffmpeg writes them out."""
    text = make("-i", path, "-map", f"0:s:{track}", path.with_name(f"{path.name}.{track}.srt"))
    return read_subtitles(text).cues


def frames(path: Path) -> list[tuple[float, np.ndarray]]:
    """Every picture in gray, with its time from the start of the file."""
    with av.open(str(path)) as container:
        start = (container.start_time or 0) / av.time_base
        return [(frame.time - start, frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]


def lettered(picture: np.ndarray) -> bool:
    """Whether letters are drawn on gray."""
    return bool((picture > 220).mean() > 0.0005)


@pytest.mark.parametrize(
    ("container", "codec"), [("mkv", "srt"), ("mp4", "mov_text"), ("m4v", "mov_text"), ("mov", "mov_text")]
)
def test_a_track_is_added_and_all_else_is_kept(container: str, codec: str, gray: Path, captions: Captions) -> None:
    before, output = gray.read_bytes(), gray.with_name(f"out.{container}")
    mux(Order(gray, output), captions)
    assert gray.read_bytes() == before
    assert tracks(output) == [("video", "h264"), ("audio", "aac"), ("subtitle", codec)]
    with av.open(str(output)) as made:
        [subtitle] = made.streams.subtitles
        assert subtitle.language == "eng"
        assert "English" in subtitle.metadata.values()
        assert subtitle.disposition & av.stream.Disposition.default
    found = cues(output)
    assert [(cue.start, cue.end) for cue in found] == [(0.5, 1.4), (2.0, 2.9)]
    assert found[1].lines == ("Two lines,", "and this.")
    assert found[0].text.startswith("First things &")


def texts(path: Path) -> list[bytes]:
    """The packets of the first subtitle track."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(subtitles=0) if packet.size]


@pytest.mark.parametrize("container", ["mkv", "mp4"])
def test_no_sign_of_what_was_said_is_lost(container: str, gray: Path) -> None:
    said = "5 < 6 & 7 > {2}: <b>, &amp; \\N"
    document = sample_document()
    cue = Cue(0.5, 1.5, (said,))
    captions = Captions(srt((cue,)), "", "", document.language)
    output = gray.with_name(f"signs.{container}")
    mux(Order(gray, output, overwrite=True), captions)
    shown = [text for text in texts(output) if len(text) > 2]
    if container == "mkv":
        assert [text.decode() for text in shown] == [said]
    else:
        assert [text[2:].decode() for text in shown] == ["5 < 6 & 7 > ｛2｝: <b>, &amp; ＼N"]


def test_a_web_film_gets_a_web_track(room: Path, captions: Captions) -> None:
    encoding = ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-ac", 1)
    film = make("-f", "lavfi", "-i", "color=gray:s=64x48:r=10:d=3", *SOUND, *encoding, room / "web.webm")
    mux(Order(film, room / "web.out.webm"), captions)
    assert ("subtitle", "webvtt") in tracks(room / "web.out.webm")
    assert [cue.start for cue in cues(room / "web.out.webm")] == [0.5, 2.0]


@pytest.mark.parametrize("target", ["mkv", "mp4"])
@pytest.mark.parametrize("source", ["mkv", "mp4"])
def test_other_subtitles_stay_behind_ours(source: str, target: str, gray: Path, captions: Captions) -> None:
    once, twice = gray.with_name(f"once.{source}"), gray.with_name(f"twice-{source}.{target}")
    mux(Order(gray, once, overwrite=True), captions)
    second = gray.with_name("second.de.ass")
    second.write_text(ASS)
    mux(Order(once, twice), of_file(second, "German"))
    kinds = {("mkv", "mkv"): ["ass", "srt"], ("mp4", "mkv"): ["ass", "srt"]}
    assert [codec for kind, codec in tracks(twice) if kind == "subtitle"] == kinds.get(
        (source, target), ["mov_text", "mov_text"]
    )
    assert [cue.text for cue in cues(twice)] == ["Up here"]
    assert len(cues(twice, 1)) == 2
    with av.open(str(twice)) as made:
        assert [stream.language for stream in made.streams.subtitles] == ["ger", "eng"]
        shown = [bool(stream.disposition & av.stream.Disposition.default) for stream in made.streams.subtitles]
        assert shown == [True, False]


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts", "avi"])
@pytest.mark.parametrize(("sound", "picture"), [(0.0, 1.2), (1.2, 0.0)], ids=["late picture", "late sound"])
def test_times_stay_those_of_the_media(container: str, sound: float, picture: float, room: Path) -> None:
    """The second cue says when the picture turns white; both kinds of films must agree on it."""
    flash = f"color=gray:s=160x90:r=25:d=3,drawbox=c=white:t=fill:enable='gte(t,2)',setpts=PTS+{picture}/TB"
    tone = f"sine=f=300:d=3,asetpts=PTS+{sound}/TB"
    sources = ("-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", tone)
    codecs = (
        "-c:v",
        "mpeg4",
        "-bf",
        "0" if container == "avi" else "2",
        "-c:a",
        "mp3" if container == "avi" else "aac",
    )
    path = make(*sources, *codecs, "-q:v", 2, room / f"late-{picture}.{container}")
    text = room / "late.srt"
    text.write_text("1\n00:00:01,000 --> 00:00:01,500\nSo.\n")
    turns = [next(time for time, seen in frames(path) if seen.mean() > 200)]
    mux(Order(path, room / "late.mkv", overwrite=True), of_file(text))
    burn(Order(path, room / "burned.mkv", overwrite=True), of_file(text))
    for made in ("late.mkv", "burned.mkv"):
        turns.append(next(time for time, seen in frames(room / made) if seen.mean() > 200))
    assert turns == pytest.approx([turns[0]] * 3, abs=0.03)
    assert [cue.start for cue in cues(room / "late.mkv")] == [1.0]
    if picture == 0.0:
        drawn = [time for time, seen in frames(room / "burned.mkv") if lettered(seen) and seen.mean() < 200]
        assert (min(drawn), max(drawn)) == pytest.approx((1.0, 1.46), abs=0.041)


ODD_NAME = "it's [a] \\ odd: film, 100% 'so'"


def test_letters_are_in_the_picture_at_their_times(gray: Path, room: Path, captions: Captions) -> None:
    folder = room / ODD_NAME
    folder.mkdir()
    path, output = folder / f"{ODD_NAME}.mp4", folder / f"{ODD_NAME}.out.mp4"
    path.write_bytes(gray.read_bytes())
    heard: list[object] = []
    burn(Order(path, output, listen=heard.append), captions)
    assert path.read_bytes() == gray.read_bytes()
    assert sorted(folder.iterdir()) == sorted((path, output))
    assert tracks(output) == [("video", "h264"), ("audio", "aac")]
    seen = frames(output)
    assert len(seen) == 75
    assert [time for time, picture in seen if lettered(picture)] == pytest.approx(
        [frame / 25 for frame in range(75) if 0.5 <= frame / 25 < 1.4 or 2 <= frame / 25 < 2.9]
    )
    rows = np.flatnonzero((seen[20][1] > 220).any(axis=1))
    assert 0.7 * 180 < rows.min() < rows.max() < 0.97 * 180
    assert all(isinstance(event, Making) and event.path == path for event in heard)
    assert heard[-1].done == pytest.approx(3.0, abs=0.1)
    assert heard[-1].total == pytest.approx(3.0, abs=0.1)


def test_the_sound_is_copied(gray: Path, room: Path, captions: Captions) -> None:
    def packets(path: Path) -> list[bytes]:
        with av.open(str(path)) as container:
            return [bytes(packet) for packet in container.demux(audio=0) if packet.size]

    burn(Order(gray, room / "sound.mkv"), captions)
    mux(Order(gray, room / "sound2.mkv"), captions)
    assert packets(room / "sound.mkv") == packets(room / "sound2.mkv") == packets(gray)


def test_styles_of_ones_own_are_kept(gray: Path, room: Path) -> None:
    path = room / "own.ass"
    path.write_text(ASS)
    burn(Order(gray, room / "own.mp4"), of_file(path))
    picture = dict(frames(room / "own.mp4"))[1.0]
    rows = np.flatnonzero((picture > 180).any(axis=1))
    assert rows.max() < 0.3 * 180


def test_a_variable_rate_stays_variable(room: Path, captions: Captions) -> None:
    path, _ = shot_film(room / "variable.mp4", (Fraction(24), Fraction(15), Fraction(60)))
    for name in ("variable.out.mp4", "variable.out.mkv"):
        burn(Order(path, room / name), captions)
        times = [time for time, _ in frames(room / name)]
        assert times == pytest.approx([time for time, _ in frames(path)], abs=0.002)


@pytest.mark.parametrize(
    ("source", "options", "shape"),
    [
        ("color=gray:s=321x181:r=25:d=1", (), (180, 320)),
        ("color=gray:s=180x144:r=25:d=1,setsar=16/15", (), (144, 192)),
        ("color=gray:s=320x180:r=25:d=1", ("-metadata:s:v:0", "rotate=90"), (320, 180)),
    ],
    ids=["odd", "anamorphic", "turned"],
)
def test_pictures_of_any_shape(
    source: str, options: tuple[str, ...], shape: tuple[int, int], room: Path, captions: Captions
) -> None:
    codec = ("-c:v", "mpeg4") if "321" not in source else ("-c:v", "ffv1")
    path = make(
        "-f", "lavfi", "-i", source, *codec, room / f"shape-{shape[0]}.{'mkv' if codec[1] == 'ffv1' else 'mp4'}"
    )
    if options:
        path = make("-display_rotation", 90, "-i", path, "-c", "copy", room / "turned.mp4")
    found = look(path)
    assert found is not None
    assert (found.height, found.width) == pytest.approx(shape, abs=1)
    burn(Order(path, room / f"shape-{shape[0]}.out.mkv"), captions)
    _, picture = frames(room / f"shape-{shape[0]}.out.mkv")[20]
    assert picture.shape == shape
    columns = np.flatnonzero((picture > 220).any(axis=0))
    assert columns.size
    assert 0 < columns.min() < columns.max() < shape[1] - 1


def test_ten_bits_stay_ten(room: Path, captions: Captions) -> None:
    deep = make("-f", "lavfi", "-i", "color=gray:s=64x64:r=5:d=1,format=yuv420p10", "-c:v", "ffv1", room / "deep.mkv")
    burn(Order(deep, room / "deep.mp4"), captions)
    with av.open(str(room / "deep.mp4")) as container:
        assert container.streams.video[0].codec_context.name == "hevc"
        assert container.streams.video[0].codec_context.format.name == "yuv420p10le"


def test_nothing_is_replaced_unless_asked(gray: Path, room: Path, captions: Captions) -> None:
    taken = room / "taken.mkv"
    taken.write_text("mine")
    with pytest.raises(OutputError, match=r"taken\.mkv exists already; use --overwrite"):
        mux(Order(gray, taken), captions)
    assert taken.read_text() == "mine"
    mux(Order(gray, taken, overwrite=True), captions)
    assert ("subtitle", "srt") in tracks(taken)
    before = gray.read_bytes()
    for overwrite in (False, True):
        with pytest.raises(OutputError, match="would replace its own input"):
            burn(Order(gray, gray, overwrite=overwrite), captions)
    assert gray.read_bytes() == before


def test_a_recording_has_no_picture(room: Path, captions: Captions) -> None:
    sound = make(*SOUND, room / "sound.m4a")
    with pytest.raises(MediaError, match=r"sound\.m4a has no picture that subtitles can be burned into\.$"):
        burn(Order(sound, room / "no.mkv"), captions)
    mux(Order(sound, room / "sound.mkv", overwrite=True), captions)
    assert tracks(room / "sound.mkv") == [("audio", "aac"), ("subtitle", "srt")]


def test_what_is_no_media_is_refused(room: Path, captions: Captions) -> None:
    junk = room / "junk.mkv"
    junk.write_bytes(b"not a film" * 100)
    with pytest.raises(Undecodable, match=r"junk\.mkv"):
        mux(Order(junk, room / "no.mkv"), captions)
    with pytest.raises(MediaError):
        burn(Order(junk, room / "no.mkv"), captions)
    assert (look(junk), subtitle_codecs(junk), duration(junk)) == (None, None, None)
    assert not (room / "no.mkv").exists()


def fake(path: Path, body: str) -> str:
    """An ffmpeg that has everything, and fails in its own way."""
    filters = "*-filters*) echo ' .. subtitles V->V text'; exit"
    encoders = "*-encoders*) echo ' V. libx264 text'; exit"
    return script(path, f"case $* in {filters};; {encoders};; esac\nfor last; do :; done; file=${{last#file:}}\n{body}")


def test_a_failure_is_one_sentence_and_leaves_nothing(gray: Path, tmp_path: Path, captions: Captions) -> None:
    ffmpeg = fake(tmp_path / "ffmpeg", 'echo half > "$file"; echo "No space left on device" >&2; exit 1')
    for work in (mux, burn):
        with pytest.raises(OutputError, match=r'o\.mkv can\'t be made: ffmpeg says "No space left on device"\.$'):
            work(Order(gray, tmp_path / "o.mkv", ffmpeg=ffmpeg), captions)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ffmpeg"]


def test_missing_fonts_are_told(gray: Path, tmp_path: Path, captions: Captions) -> None:
    complaint = "fontselect: failed to find any fallback with glyph 0x1F600 for font: (Arial, 400, 0)"
    ffmpeg = fake(tmp_path / "ffmpeg", f'echo film > "$file"; echo "{complaint}" >&2; echo out_time_us=N/A')
    heard: list[object] = []
    burn(Order(gray, tmp_path / "o.mkv", ffmpeg=ffmpeg, listen=heard.append), captions)
    [event] = heard
    assert isinstance(event, Noticed)
    assert event.note.text == "Some characters are missing in the picture: no font of this machine has them."
    assert (tmp_path / "o.mkv").read_text() == "film\n"


def test_an_interruption_ends_ffmpeg_and_leaves_nothing(gray: Path, tmp_path: Path, captions: Captions) -> None:
    body = f'echo half > "$file"; echo $$ > {tmp_path}/pid; echo out_time_us=1000; exec sleep 100'

    def interrupted(event: object) -> None:
        raise KeyboardInterrupt

    ffmpeg = fake(tmp_path / "ffmpeg", body)
    with pytest.raises(KeyboardInterrupt):
        mux(Order(gray, tmp_path / "o.mkv", ffmpeg=ffmpeg, listen=interrupted), captions)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ffmpeg", "pid"]


def test_an_ffmpeg_without_text_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = Path(script(tmp_path / "ffmpeg", "echo ' .. scale V->V scales'"))
    with pytest.raises(MissingDependency, match=r"No ffmpeg with libx264, subtitles was found"):
        burner(str(bare))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert burner(None) != bare
