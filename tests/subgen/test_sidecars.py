"""Names beside the media: read as players read them, and what we write reads back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cli.jobs import plan
from subgen.cli.settings import Delivery
from subgen.film.names import BURNED, SUBTITLED
from subgen.formats import FORMATS
from subgen.formats.render import REVIEW
from subgen.languages import LANGUAGES, canonical, iso_code, three_letters
from subgen.library.deliver import places
from subgen.options import Layout, Options, Writing
from subgen.sidecars import SHOWN, Sidecar, any_language, read_name, read_unpaired, relabelled, sidecar

GOLDEN = Path(__file__).parents[1] / "golden" / "sidecar_names.json"
CASES = json.loads(GOLDEN.read_text())["cases"]
NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1).filter(
    lambda name: name not in {".", ".."}
)


@pytest.mark.parametrize(("tokens", "title", "language", "default", "forced", "sdh"), CASES)
def test_names_are_read_as_jellyfin_reads_them(tokens, title, language, default, forced, sdh) -> None:
    assert read_name(f"My.Video{tokens}.srt", "My.Video") == Sidecar(
        "srt", language or "", title or "", bool(default), bool(forced), bool(sdh)
    )


@given(
    stem=NAMES,
    language=st.sampled_from(("", *(language.name for language in LANGUAGES))),
    format=st.sampled_from(FORMATS),
    sdh=st.booleans(),
)
def test_every_name_that_we_write_reads_back(stem, language, format, sdh) -> None:
    media = Path("/films") / f"{stem}.mkv"
    path = sidecar(media, language, format, sdh=sdh)
    assert path.parent == media.parent
    tag = three_letters(language) if language else ""
    assert read_name(path.name, media.stem) == Sidecar(format, tag, sdh=sdh and format in SHOWN)
    assert relabelled(path.stem, format, sdh=sdh) == path.name
    assert path.name.startswith(any_language(media, format, sdh=sdh).name.partition(".*.")[0])


@pytest.mark.parametrize("ending", [REVIEW, f"{SUBTITLED}.mkv", f"{BURNED}.mp4"])
@pytest.mark.parametrize("language", [language.name for language in LANGUAGES])
def test_names_of_lists_and_films_keep_their_language(ending: str, language: str) -> None:
    path = sidecar(Path("Movie.mp4"), language, ending, sdh=True)
    kind, _, format = ending.partition(".")
    assert read_name(path.name, "Movie") == Sidecar(format, three_letters(language), kind)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Movie.pt-BR.srt", Sidecar("srt", "por")),
        ("Movie.pt_br.forced.srt", Sidecar("srt", "por", forced=True)),
        ("Movie.zh-Hant-TW.srt", Sidecar("srt", "chi")),
        ("Movie.es-419.ass", Sidecar("ass", "spa")),
        ("Movie.German.srt", Sidecar("srt", "ger")),
        ("Movie.Portuguese (Brazil).srt", Sidecar("srt", "por")),
        ("Movie.deu.SRT", Sidecar("srt", "ger")),
        ("Movie.he.srt", Sidecar("srt", "heb")),
        ("Movie.sr-Latn.srt", Sidecar("srt", "srp")),
        ("Movie.he.hi.srt", Sidecar("srt", "heb", sdh=True)),
        ("Movie.hi.en.srt", Sidecar("srt", "eng", sdh=True)),
        ("Movie.hi.hi.srt", Sidecar("srt", "hin", sdh=True)),
        ("Movie.en.hin.srt", Sidecar("srt", "hin", "en")),
        ("Movie.en.Director's Cut.2.srt", Sidecar("srt", "eng", "Director's Cut.2")),
        ("Movie.en route.srt", Sidecar("srt", "", "en route")),
        ("Movie.hi-res.srt", Sidecar("srt", "", "hi-res")),
        ("Movie..en..srt", Sidecar("srt", "eng")),
    ],
)
def test_what_else_people_write(name: str, said: Sidecar) -> None:
    assert read_name(name, "Movie") == said


@pytest.mark.parametrize("name", ["Movie 2.en.srt", "MovieX.srt", "Movi.srt", "Movie", "movie.en.srt", ".srt", "srt"])
def test_other_stems_are_other_films(name: str) -> None:
    assert read_name(name, "Movie") is None


@pytest.mark.parametrize(
    ("media", "language", "format", "name"),
    [
        ("Movie.mp4", "English", "srt", "Movie.en.srt"),
        ("Movie.2021.1080p.mkv", "yue", "vtt", "Movie.2021.1080p.yue.vtt"),
        ("Movie", "Filipino", "json", "Movie.fil.json"),
        (".hidden", "de", "txt", ".hidden.de.txt"),
        ("Movie.mp4", "", "srt", "Movie.srt"),
        ("Movie.mp4", "und", "srt", "Movie.srt"),
        ("Movie.mp4", "Klingon", "srt", "Movie.srt"),
        ("-f né\n🎬.mp4", "Portuguese (Brazil)", "tsv", "-f né\n🎬.pt.tsv"),
    ],
)
def test_a_sidecar_is_named_after_the_media_and_its_language(media, language, format, name) -> None:
    assert sidecar(Path("/films") / media, language, format) == Path("/films") / name
    assert sidecar(Path("/films") / media, language, format, Path("out")) == Path("out") / name


def test_names_say_for_whom_subtitles_are() -> None:
    film = Path("Movie.mp4")
    names = {format: sidecar(film, "en", format, sdh=True).name for format in FORMATS}
    assert {name for format, name in names.items() if format in SHOWN} == {
        f"Movie.en.sdh.{format}" for format in ("srt", "vtt", "ass", "ttml", "lrc")
    }
    assert all("sdh" not in name for format, name in names.items() if format not in SHOWN)
    assert sidecar(film, "", "srt", sdh=True).name == "Movie.sdh.srt"
    assert any_language(film, "srt", Path("out"), sdh=True) == Path("out/Movie.*.sdh.srt")
    assert any_language(film, "json", sdh=True).name == "Movie.*.json"


@pytest.mark.parametrize(
    ("stem", "sdh", "name"),
    [
        ("Movie.en", False, "Movie.en.srt"),
        ("Movie.en", True, "Movie.en.sdh.srt"),
        ("Movie.en.sdh", True, "Movie.en.sdh.srt"),
        ("cc", True, "cc.sdh.srt"),
    ],
)
def test_a_saved_document_keeps_its_name(stem: str, sdh: bool, name: str) -> None:
    assert relabelled(stem, "srt", sdh=sdh) == name


def test_codes_of_languages_that_the_model_does_not_know() -> None:
    assert (iso_code("he"), iso_code("HEB"), iso_code("eus"), iso_code("baq")) == ("heb", "heb", "baq", "baq")
    assert (iso_code("xx"), iso_code(""), iso_code("in-depth"), iso_code("zz-Latn")) == ("", "", "", "")
    for language in LANGUAGES:
        for text in (language.name, language.code, *language.codes, *language.aliases):
            assert iso_code(text) == three_letters(language.name)
            assert canonical(iso_code(text)) == language.name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Movie.en.srt", Sidecar("srt", "eng")),
        ("A.Movie.1999.en.sdh.srt", Sidecar("srt", "eng", sdh=True)),
        ("A.Movie.pt-BR.hi.default.srt", Sidecar("srt", "por", sdh=True, default=True)),
        ("Movie.forced.srt", Sidecar("srt", forced=True)),
        ("Movie.en.final.srt", Sidecar("srt")),
        ("Movie.srt", Sidecar("srt")),
        ("en.srt", Sidecar("srt")),
        ("Movie", Sidecar("")),
        ("", Sidecar("")),
    ],
)
def test_a_name_alone_says_what_its_last_tokens_mean(name: str, said: Sidecar) -> None:
    assert read_unpaired(name) == said


@given(stem=NAMES, language=st.sampled_from(LANGUAGES), sdh=st.booleans())
def test_a_name_that_we_write_says_its_language_by_itself(stem, language, sdh) -> None:
    said = read_unpaired(sidecar(Path(f"{stem}.mkv"), language.name, "srt", sdh=sdh).name)
    assert said.language == three_letters(language.name) or (language.code == "hi" and said.sdh)


def test_commands_and_batches_write_under_the_same_names(tmp_path) -> None:
    film = tmp_path / "Movie.mkv"
    for options in (Options(writing=Writing(sdh=True)), Options(layout=Layout(audience="sdh")), Options()):
        [job] = plan((film,), Delivery(("srt", "json")), sdh=options.sdh)
        expected = [sidecar(film, "English", format, sdh=options.sdh) for format in ("srt", "json")]
        assert list(job.outputs("English")) == expected
        where = places(film, ("srt", "json"), "English", tmp_path, sdh=options.sdh)
        assert [path for _, path in where] == expected
    [job] = plan((tmp_path / "Movie.en.json",), Delivery(("srt", "json")), media=False, sdh=True)
    assert [path.name for path in job.outputs("English")] == ["Movie.en.sdh.srt", "Movie.en.json"]
