"""What is read from a file before anything is decoded, and what is refused."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from subgen.errors import MediaNotFound, MissingDependency, NoAudioTrack, Undecodable
from subgen.media import find_ffmpeg, probe
from subgen.media.ffmpeg import decode_command
from subgen.media.source import matroska_encrypted, shown
from subgen.options import Input
from subgen.types import Media, Track
from tests.subgen.media_making import FILM, NOISE, halved, make, script

EBML = b"\x1a\x45\xdf\xa3"


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """Picture and three tracks: German, English by default, English commentary."""
    tracks = ("-map", 0, "-map", 1, "-map", 1, "-map", 1, "-ac:a:0", 2)
    tags = ("-metadata:s:a:0", "language=ger", "-metadata:s:a:1", "language=eng", "-metadata:s:a:2", "language=eng")
    titles = ("-metadata:s:a:2", "title=Director's commentary", "-metadata:s:a:1", "title=Main")
    rules = ("-disposition:a:0", 0, "-disposition:a:1", "default", "-disposition:a:2", "comment")
    sources = ("-f", "lavfi", "-i", FILM.format(seconds=2), "-f", "lavfi", "-i", NOISE.format(seconds=1))
    path = tmp_path_factory.mktemp("film") / "film.mkv"
    return make(*sources, *tracks, *tags, *titles, *rules, "-c:v", "mpeg4", "-c:a", "ac3", path)


@pytest.fixture(scope="module")
def tone(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("tone") / "tone.m4a"
    return make("-f", "lavfi", "-i", NOISE.format(seconds=2), "-c:a", "aac", path)


def test_tracks_of_a_film(film):
    media = probe(film)
    german, english, comment = media.tracks
    assert (media.container, media.frame_rate) == ("matroska", 25.0)
    assert media.duration == pytest.approx(2.0, abs=0.05)
    assert (german.index, german.language, german.channels, german.codec, german.default) == (1, "ger", 2, "ac3", False)
    assert (english.index, english.title, english.default, english.commentary) == (2, "Main", True, False)
    assert (comment.commentary, comment.title) == (True, "Director's commentary")
    assert english.duration == pytest.approx(1.0, abs=0.05)
    assert english.sample_rate == 44100
    assert media.track == english


def test_choice_by_language_and_number(film):
    assert probe(film, language="German").track.index == 1
    assert probe(film, Input(track=3), "German").track.index == 3
    with pytest.raises(NoAudioTrack, match=r"film.mkv: There is no audio track 4; the tracks are: 1 ger, ac3"):
        probe(film, Input(track=4))


def test_mp4_tags(film, tmp_path):
    media = probe(make("-i", film, "-map", 0, "-c", "copy", tmp_path / "film.mp4"))
    assert [track.language for track in media.tracks] == ["ger", "eng", "eng"]
    assert media.tracks[2].commentary
    assert (media.container, media.track.index) == ("mp4", 2)


def test_cover_art_has_no_frame_rate(tone, tmp_path):
    picture = make("-f", "lavfi", "-i", FILM.format(seconds=1), "-frames:v", 1, tmp_path / "cover.png")
    cover = ("-disposition:v:0", "attached_pic")
    path = make("-i", tone, "-i", picture, "-map", 0, "-map", 1, "-c", "copy", *cover, tmp_path / "song.m4a")
    media = probe(path)
    assert media.frame_rate is None
    assert media.track.start == 0.0


def test_length_of_an_mp3(tone, tmp_path):
    counted = probe(make("-i", tone, "-id3v2_version", 4, "-metadata", "title=x", tmp_path / "counted.mp3"))
    guessed = probe(make("-i", tone, "-write_xing", 0, tmp_path / "guessed.mp3"))
    assert counted.track.duration == pytest.approx(2.0, abs=0.05)
    assert guessed.track.duration is None
    assert guessed.duration is not None


def test_an_absurd_length_is_not_believed(tone, tmp_path):
    jump = "setts=ts='if(gt(N,40),PTS+72000/TB,PTS)'"
    media = probe(make("-i", tone, "-c", "copy", "-bsf:a", jump, tmp_path / "jump.mkv"))
    assert media.duration is None
    assert media.track.duration is None


def test_missing(tmp_path):
    with pytest.raises(MediaNotFound, match=r"no\\npe.mp4: there is no such file\.$"):
        probe(tmp_path / "no\npe.mp4")
    with pytest.raises(MediaNotFound, match=r"can't be reached"):
        probe(tmp_path / "a\0b")
    (tmp_path / "file").write_text("x")
    with pytest.raises(MediaNotFound, match=r"can't be reached \(not a directory\)"):
        probe(tmp_path / "file" / "film.mp4")


def test_folder_and_device(tmp_path):
    with pytest.raises(MediaNotFound, match="is a folder"):
        probe(tmp_path)
    with pytest.raises(MediaNotFound, match="is a pipe or a device"):
        probe(Path(os.devnull))


def test_unreadable(tone, tmp_path):
    """Run as another user where the tests run as root, who may read everything."""
    path = Path(shutil.copy(tone, tmp_path / "secret.m4a"))
    path.chmod(0)
    tmp_path.chmod(0o755)
    drop = "os.setgroups([]); os.setuid(65534)" if os.getuid() == 0 else ""
    code = (
        "import os, sys; from pathlib import Path; import subgen.media as media\n"
        f"os.chdir(sys.argv[1]); {drop}\n"
        "try: media.probe(Path('secret.m4a'))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "MediaNotFound secret.m4a can't be read (permission denied); check its permissions.\n"


def test_name_that_is_no_text(tmp_path):
    with pytest.raises(MediaNotFound, match=r"bad\\udcff.mp4 has a name that is not valid UTF-8"):
        probe(tmp_path / os.fsdecode(b"bad\xff.mp4"))


def test_shown_is_one_printable_line():
    assert shown(Path("a\nb\x1b[31m é 😀 ü.mp4")) == "a\\nb\\x1b[31m é 😀 ü.mp4"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", r"is empty \(0 bytes\)"),
        (b"Dear diary, this is not a film.\n" * 50, "is text, not audio or video"),
        ("1\n00:00:00,000 --> 00:00:01,000\né\n".encode("utf-16"), "is text, not audio or video"),
        (random.Random(1).randbytes(5000), "is not audio or video that ffmpeg can read|has no audio track"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt \x10", "is damaged: its header can't be read"),
        (b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00\x00\x00\x00\x01mdat" + bytes(8), "cut short: its index"),
        (b"\x00\x00\x00\x08moof\x00\x00\x00\x00mdat", "is one segment of a stream"),
        (
            b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00\x00\x00\x00\x0cmoov\x00\x00\x00\x05",
            r"is damaged: its index|has no audio",
        ),
    ],
)
def test_what_is_not_media(tmp_path, content, sentence):
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises((Undecodable, NoAudioTrack), match=rf"film\.mp4 .*({sentence})"):
        probe(path)


def test_mp4_whose_index_was_at_its_end(tone, tmp_path):
    with pytest.raises(Undecodable, match="is cut short: its index"):
        probe(halved(tone, tmp_path / "cut.m4a"))


def test_film_without_sound(tmp_path):
    path = make("-f", "lavfi", "-i", FILM.format(seconds=1), "-c:v", "mpeg4", tmp_path / "mute.mp4")
    with pytest.raises(NoAudioTrack, match=r"mute\.mp4 has no audio track, only video\.$"):
        probe(path)


def test_subtitles_only(tmp_path):
    text = tmp_path / "a.srt"
    text.write_text("1\n00:00:00,000 --> 00:00:01,000\nx\n")
    with pytest.raises(NoAudioTrack, match=r"only subtitles\.$"):
        probe(make("-i", text, tmp_path / "subs.mkv"))


def test_encrypted_mp4_is_named(tone, tmp_path):
    key, name = "76a6c65c5ea762046bd749a2e632ccbb", "a7e61c373e219033c21091fa607bf3b8"
    scheme = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key, "-encryption_kid", name)
    path = make("-i", tone, "-c", "copy", *scheme, tmp_path / "drm.mp4")
    with pytest.raises(Undecodable, match=r"drm\.mp4 is encrypted \(DRM\)"):
        probe(path)


@pytest.mark.parametrize(
    ("content", "encrypted"),
    [
        (EBML + b"..\x50\x35\x87\x47\xe1\x81\x05", True),
        (EBML + b"\x50\x35" + bytes(30) + b"\x50\x35\x87\x47\xe1\x81\x05", True),
        (EBML + b"\x50\x35" + bytes(30), False),
        (EBML + b"\x1f\x43\xb6\x75\x50\x35\x87\x47\xe1\x81\x05", False),
    ],
)
def test_encrypted_matroska_is_seen_in_its_header(tmp_path, content, encrypted):
    path = tmp_path / "x.webm"
    path.write_bytes(content)
    assert matroska_encrypted(path) is encrypted


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{entry}\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile {entry}\n",
    "dash": '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" '
    'bandwidth="1"><BaseURL>{entry}</BaseURL></Representation></AdaptationSet></Period></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns={entry}\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
@pytest.mark.parametrize("absolute", [False, True], ids=["relative", "absolute"])
@pytest.mark.parametrize("name", ["film.mp4", "list.m3u8"])
def test_playlists_open_no_other_file(tone, tmp_path, kind, absolute, name):
    """The entry is a pipe without a writer: whoever opened it would wait for ever, and the test would time out."""
    entry = tmp_path / "entry.ts"
    os.mkfifo(entry)
    path = tmp_path / name
    path.write_text(PLAYLISTS[kind].format(entry=f"file://{entry}" if absolute else "entry.ts"))
    with pytest.raises(Undecodable, match="is a playlist that points at other files"):
        probe(path)
    track = Track(0, "aac", 44100, 1, 0.0)
    command = decode_command(find_ffmpeg(None), Media(path, 2.0, (track,), track))
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False, timeout=20)
    assert done.returncode != 0
    assert done.stdout == b""


def test_the_playlists_would_work_without_the_whitelist(tone, tmp_path):
    """Else the test above would show nothing."""
    make("-i", tone, "-c", "copy", tmp_path / "entry.ts")
    path = tmp_path / "film.mp4"
    path.write_text(PLAYLISTS["ffconcat"].format(entry="entry.ts"))
    make("-i", path, tmp_path / "stolen.wav")
    assert probe(tmp_path / "stolen.wav").duration == pytest.approx(2.0, abs=0.1)


def test_find_given_ffmpeg(tmp_path):
    given = script(tmp_path / "myffmpeg", "exit 0")
    assert find_ffmpeg(given) == Path(given)
    for wrong in (str(tmp_path / "none"), str(tmp_path), __file__):
        with pytest.raises(MissingDependency, match=r"is not a program that can be run; correct --ffmpeg"):
            find_ffmpeg(wrong)


def test_find_ffmpeg_on_path_first(tmp_path, monkeypatch):
    script(tmp_path / "ffmpeg", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_ffmpeg(None) == tmp_path / "ffmpeg"


def test_find_bundled_or_say_how_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("IMAGEIO_FFMPEG_EXE", raising=False)
    assert "imageio_ffmpeg" in str(find_ffmpeg(None))
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "none"))
    with pytest.raises(MissingDependency, match="No ffmpeg was found: install it"):
        find_ffmpeg(None)


def test_a_title_that_is_not_utf8_is_shown_as_far_as_it_can_be(tone, tmp_path):
    """Old taggers write Latin-1. Players show the file all the same, and what we print must be printable."""
    good = make("-i", tone, "-map_metadata", -1, "-metadata:s:a:0", "title=Caf_Ger", tmp_path / "good.mka")
    path = tmp_path / "latin.mka"
    path.write_bytes(good.read_bytes().replace(b"Caf_Ger", b"Caf\xe9Ger"))
    title = probe(path).track.title
    assert title is not None
    assert title.startswith("Caf")
    assert title.endswith("Ger")
    title.encode("utf-8")
