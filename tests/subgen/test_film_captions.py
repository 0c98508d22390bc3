"""Captions of films: what becomes of documents and files, how large letters are, what films are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from subgen.errors import OptionError
from subgen.film.burn import size, tall
from subgen.film.captions import of_document, of_file
from subgen.film.names import BURNED, SUBTITLED, film_ending, muxer
from subgen.formats import Rendering
from subgen.languages import LANGUAGES, three_letters
from subgen.media.picture import Look
from subgen.options import Writing
from subgen.types import Document
from tests.subgen.documents import sample_document
from tests.subgen.test_film import ASS, SRT


@pytest.mark.parametrize(
    ("picture", "widest", "expected"),
    [
        ((1920, 1080), 21.0, 60),  # a line of 42 letters fills half of it
        ((320, 180), 21.0, 82),  # 16 pixels would be 96, which would not fit
        ((320, 180), 16.0, 96),
        ((608, 1080), 21.0, 26),
        ((608, 1080), 12.0, 46),
        ((640, 480), 21.0, 60),
        ((1920, 1080), 0.0, 60),
    ],
)
def test_letters_are_as_large_as_they_can_be_read_and_fit(
    picture: tuple[int, int], widest: float, expected: int
) -> None:
    assert size(Look(0, *picture, 8), widest) == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Every night the keeper climbed the stairs", 60),
        ("私はその時YouTubeを見ていたのです。", 76),
        ("हर रात रखवाला सीढ़ियाँ चढ़ता था", 76),
        ("เขาบอกฉันว่าฟ้ามืด", 76),
        ("قال لي إن السماء كانت مظلمة", 60),
        ("He said 雨 to all of us", 60),
        ("", 60),
    ],
)
def test_scripts_that_fonts_draw_small_are_drawn_larger(text: str, expected: int) -> None:
    assert size(Look(0, 1920, 1080, 8), 16.0, tall=tall(text)) == expected


def test_captions_of_a_document() -> None:
    document: Document = sample_document()
    made = of_document(Rendering(document, writing=Writing(sdh=True)), styled=True)
    assert (made.sdh, made.styled, made.language) == (True, True, document.language)
    assert made.ass.startswith("[Script Info]")
    assert made.vtt.startswith("WEBVTT")
    assert 1 <= made.widest <= 42
    assert not of_document(Rendering(document)).sdh


def test_captions_of_files(tmp_path: Path) -> None:
    for name, text in (("a.sdh.de.srt", SRT), ("a.vtt", f"WEBVTT\n\n{SRT.replace(',', '.')}"), ("a.ass", ASS)):
        (tmp_path / name).write_text(text)
    plain = of_file(tmp_path / "a.sdh.de.srt")
    assert (plain.language, plain.sdh, plain.tagged, plain.styled) == ("German", True, True, False)
    assert plain.srt == SRT
    assert plain.widest == 11.5
    assert of_file(tmp_path / "a.vtt", "French").language == "French"
    (tmp_path / "a.sbv").write_text("0:00:00.500,0:00:01.400\nFirst\n")
    assert of_file(tmp_path / "a.sbv").srt == "1\n00:00:00,500 --> 00:00:01,400\nFirst\n\n"
    styled = of_file(tmp_path / "a.ass")
    assert (styled.styled, styled.widest, styled.ass) == (True, None, ASS)
    assert "Up here" in styled.srt
    (tmp_path / "empty.srt").write_text("")
    with pytest.raises(OptionError, match=r"has no cues to put into a film\.$"):
        of_file(tmp_path / "empty.srt")


def test_tags_of_files_are_drawn(tmp_path: Path) -> None:
    text = "1\n00:00:00,500 --> 00:00:01,400\n{\\an8}<i>قال</i> <B>لي</B>\n<font color=red>{no} <u>tag</u></font>\n"
    (tmp_path / "a.ar.srt").write_text(text)
    (tmp_path / "b.vtt").write_text("WEBVTT\n\n00:00.500 --> 00:01.400\n<v Anna><i>One</i> two\n")
    captions = of_file(tmp_path / "a.ar.srt")
    assert captions.ass.endswith(",{\\an8}{\\i1}قال{\\i0} {\\b1}لي{\\b0}\\N｛no｝ {\\u1}tag{\\u0}\n")
    assert captions.ass.split("\n\n[Events]")[0].endswith(",-1")
    assert captions.widest == 4.0
    assert of_file(tmp_path / "b.vtt").ass.endswith("{\\i1}One{\\i0} two\n")


def test_names_of_films() -> None:
    for name, subtitled, burned in (
        ("a.mkv", "mkv", "mkv"),
        ("a.MP4", "mp4", "mp4"),
        ("a.webm", "webm", "mkv"),
        ("a.avi", "mkv", "mkv"),
        ("a", "mkv", "mkv"),
    ):
        assert film_ending(Path(name), SUBTITLED) == f"subtitled.{subtitled}"
        assert film_ending(Path(name), BURNED) == f"burned.{burned}"
    assert muxer(Path("a.M4V"), BURNED) == "mp4"
    with pytest.raises(
        OptionError, match=r"a\.webm can't be the name of a burned film: let it end with mkv, mp4, m4v or"
    ):
        muxer(Path("a.webm"), BURNED)


def test_languages_have_codes_of_three_letters() -> None:
    assert all(len(three_letters(language.name)) == 3 for language in LANGUAGES)
    assert [three_letters(name) for name in ("German", "Cantonese", "", "Klingon")] == ["ger", "yue", "und", "und"]
