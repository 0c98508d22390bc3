"""How much of a media file is there: whole files, cut ones, and formats that do not say."""

from pathlib import Path

import pytest

from subgen.errors import MediaNotFound
from subgen.media.extent import Extent, extent
from tests.subgen.media_making import make

NOISE = "anoisesrc=d=12:a=0.1:s=1"
SAYING = ["m4a", "mov", "mp4", "mkv", "webm", "wav", "avi", "aiff", "wma"]
TIMED = ["flac", "mp3", "flv", "au"]
SILENT = ["ts", "aac", "mpg", "ogg"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")

    def one(ending, *extra):
        path = folder / f"{'_'.join(extra)}.{ending}"
        if not path.exists():
            codec = ("-c:a", "aac") if ending in {"mp4", "mov", "flv"} else ()
            make("-f", "lavfi", "-i", NOISE, *codec, *extra, path)
        return path

    return one


def cut(path, share, folder):
    short = folder / f"cut{path.suffix}"
    content = path.read_bytes()
    short.write_bytes(content[: int(len(content) * share)])
    return extent(short)


@pytest.mark.parametrize("ending", SAYING)
def test_formats_that_say_how_long_they_are(made, ending, tmp_path):
    path = made(ending)
    assert extent(path) is Extent.WHOLE
    for share in (0.999, 0.9, 0.5, 0.1):
        assert cut(path, share, tmp_path) is Extent.SHORT, share


def test_an_index_at_the_start_does_not_make_it_whole(made, tmp_path):
    path = made("mp4", "-movflags", "+faststart")
    assert extent(path) is Extent.WHOLE
    assert cut(path, 0.5, tmp_path) is Extent.SHORT


@pytest.mark.parametrize("ending", TIMED)
def test_formats_whose_last_sound_tells(made, ending, tmp_path):
    path = made(ending)
    assert extent(path) is Extent.UNSAID
    assert cut(path, 0.5, tmp_path) is Extent.SHORT


@pytest.mark.parametrize("ending", SILENT)
def test_formats_that_do_not_say(made, ending, tmp_path):
    path = made(ending)
    assert extent(path) is Extent.UNSAID
    assert cut(path, 0.5, tmp_path) is Extent.UNSAID


def test_streams_of_unknown_length(made):
    assert extent(made("mkv", "-live", "1")) is Extent.UNSAID
    assert extent(made("mp4", "-movflags", "frag_keyframe+empty_moov+skip_trailer")) is Extent.UNSAID


@pytest.mark.parametrize(
    ("content", "there"),
    [
        (b"", Extent.UNSAID),
        (b"no media at all", Extent.UNSAID),
        (b"RIFF\0\0\0\0WAVE" + bytes(99), Extent.UNSAID),
        (b"RIFF\xff\xff\xff\xffWAVE" + bytes(99), Extent.UNSAID),
        (b"RIFF" + (95).to_bytes(4, "little") + b"WAVE" + b"x" * 91, Extent.WHOLE),
        (b"RIFF" + (4).to_bytes(4, "little") + b"WAVE" + b"x" * 9, Extent.WHOLE),
        (b"RIFF" + (4).to_bytes(4, "little") + b"WAVE" + b"x" * 9999, Extent.UNSAID),
        (b"RIFF" + (4).to_bytes(4, "little") + b"AVI RIFF" + (99).to_bytes(4, "little") + b"AVIX", Extent.SHORT),
        (b"\x1a\x45\xdf\xa3", Extent.UNSAID),
        (b"\x1a\x45\xdf\xa3\x81x\x18\x53\x80\x67\x84full", Extent.WHOLE),
        (b"\x1a\x45\xdf\xa3\x81x\x18\x53\x80\x67\x85full", Extent.SHORT),
        (b"\x1a\x45\xdf\xa3\x81xjunk", Extent.UNSAID),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), Extent.UNSAID),
        (b"\0\0\0\x0cftypxxxx\0\0\0\x08moov", Extent.WHOLE),
        (b"\0\0\0\x0cftypxxxx\0\0\0\x08moov\0\0\0\0mdat", Extent.UNSAID),
        (b"\0\0\0\x0cftypxxxx\0\0\0\0mdatxxxx", Extent.SHORT),
        (b"\0\0\0\x0cftypxxxx\0\0\0\x01mdat\0\0\0\0\0\0\0\x10\0\0\0\x08moov", Extent.WHOLE),
        (b"\0\0\0\x0cftypxxxx\0\0\0\x08moov" + bytes(64), Extent.SHORT),
        (b"\0\0\0\x0cftypxxxx\0\0\0\x08moov\0\0\0\x03", Extent.SHORT),
    ],
    ids=str,
)
def test_heads(tmp_path, content, there):
    path = tmp_path / "media"
    path.write_bytes(content)
    assert extent(path) is there


def test_room_that_was_made_and_not_filled(made, tmp_path):
    content = made("wav").read_bytes()
    path = tmp_path / "a.wav"
    path.write_bytes(content[: len(content) // 2] + bytes(len(content) - len(content) // 2))
    assert extent(path) is Extent.UNSAID


def test_what_cannot_be_read(tmp_path):
    with pytest.raises(MediaNotFound, match="No such file"):
        extent(Path(tmp_path / "a.mkv"))
