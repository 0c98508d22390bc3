"""Media that have subtitles already are left alone; what does not count as subtitles does not stop the work."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cli.batch import wished
from subgen.cli.settings import build
from subgen.film.captions import Captions
from subgen.film.making import Order
from subgen.film.mux import mux
from subgen.formats.srt import srt
from subgen.languages import LANGUAGES
from subgen.library.ledger import Ledger
from subgen.library.plan import Planner, Step, has_subtitles
from subgen.library.rows import Output, Stamp
from subgen.library.scan import Found, scan
from subgen.library.skip import subtitled, wants_only_subtitles
from subgen.library.survey import Survey, survey
from subgen.media.embedded import Embedded
from subgen.options import Input, Layout, Options
from subgen.sidecars import sidecar
from subgen.types import Cue, Track
from tests.subgen.media_making import make

FILM = Path("/films/Movie.mkv")
PLAIN, DEAF = Options(), Options(layout=Layout(audience="sdh"))


def found(*sidecars: str) -> Found:
    return Found(FILM, Stamp(0, 0, 0), sidecars)


def track(language: str | None, index: int = 1) -> Track:
    return Track(index, "aac", 48_000, 2, 0.0, language)


def inside(spoken: str | None = "eng", *subtitles: Embedded) -> Survey:
    return Survey(60.0, (track(spoken),), subtitles)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("Movie.srt", True),
        ("Movie.en.srt", True),
        ("Movie.EN.ass", True),
        ("Movie.eng.vtt", True),
        ("Movie.English.srt", True),
        ("Movie.en-US.srt", True),
        ("Movie.en.sdh.srt", True),
        ("Movie.en.hi.srt", True),
        ("Movie.default.srt", True),
        ("Movie.Director's Cut.en.srt", True),
        ("Movie.en.sub", True),
        ("Movie.en.forced.srt", False),
        ("Movie.foreign.srt", False),
        ("Movie.fr.srt", False),
        ("Movie.en.fr.srt", False),
        ("Movie.he.srt", False),
        ("Movie.hi.srt", False),
        ("Movie.klingon.srt", False),
        ("Movie.en.sup", False),
        ("Movie.en.idx", False),
        ("Movie 2.en.srt", False),
        ("MovieX.srt", False),
    ],
)
def test_files_beside_count_by_their_names(name: str, counts: bool) -> None:
    reason = f"{name} is there" if counts else None
    assert subtitled(found(name), inside("eng"), None, PLAIN) == reason
    assert subtitled(found("Movie.nl.srt", name), None, "English", PLAIN) == reason


def test_the_text_half_of_pictures_is_no_text() -> None:
    assert subtitled(found("Movie.en.idx", "Movie.en.sub"), inside(), None, PLAIN) is None
    assert subtitled(found("Movie.fr.idx", "Movie.en.sub"), inside(), None, PLAIN) == "Movie.en.sub is there"


@pytest.mark.parametrize(
    ("subtitles", "reason"),
    [
        (Embedded("subrip", True, "eng"), "English subtitles are in it"),
        (Embedded("mov_text", True, "en-us"), "English subtitles are in it"),
        (Embedded("ass", True), "subtitles are in it"),
        (Embedded("subrip", True, "eng", sdh=True), "English subtitles are in it"),
        (Embedded("subrip", True, "fre"), None),
        (Embedded("hdmv_pgs_subtitle", False, "eng"), None),
        (Embedded("hdmv_pgs_subtitle", False, "fre"), None),
        (Embedded("subrip", True, "eng", forced=True), None),
        (Embedded("subrip", True, "eng", "Signs & Songs"), None),
        (Embedded("subrip", True, "eng", "English [Forced]"), None),
    ],
)
def test_tracks_in_the_file_count_if_they_are_text_in_its_language(subtitles: Embedded, reason: str | None) -> None:
    assert subtitled(found(), inside("eng", subtitles), None, PLAIN) == reason
    assert subtitled(found(), inside("fre", Embedded("subrip", True, "ger"), subtitles), "English", PLAIN) == reason


def test_for_the_deaf_only_subtitles_for_the_deaf_count() -> None:
    assert subtitled(found("Movie.en.srt"), inside("eng", Embedded("subrip", True, "eng")), None, DEAF) is None
    assert subtitled(found("Movie.en.cc.srt"), inside(), None, DEAF) == "Movie.en.cc.srt is there"
    track = Embedded("subrip", True, "eng", sdh=True)
    assert subtitled(found(), inside("eng", track), None, DEAF) == "English subtitles are in it"


def test_the_language_is_that_of_the_track_that_would_be_read() -> None:
    tracks = Survey(60.0, (track("fre"), track("jpn", 2), track("eng", 3)))
    film = found("Movie.ja.srt")
    assert subtitled(film, tracks, None, PLAIN) is None
    assert subtitled(film, tracks, None, Options(input=Input(prefer=("Korean", "Japanese")))) == "Movie.ja.srt is there"
    assert subtitled(film, tracks, None, Options(input=Input(track=2))) == "Movie.ja.srt is there"
    assert subtitled(film, tracks, "English", Options(input=Input(track=2))) is None
    assert subtitled(film, tracks, None, Options(input=Input(track=9))) == "Movie.ja.srt is there"


def test_where_no_language_is_known_any_subtitles_count() -> None:
    for nothing in (inside(None), inside("und"), Survey(error="It is no media.")):
        assert subtitled(found("Movie.fr.srt"), nothing, None, PLAIN) == "Movie.fr.srt is there"
        assert subtitled(found("Movie.fr.forced.srt"), nothing, None, PLAIN) is None
    odd = inside(None, Embedded("subrip", True, "heb"))
    assert subtitled(found(), odd, None, PLAIN) == "subtitles (heb) are in it"


def test_without_a_look_inside_nothing_is_said_of_an_unknown_language() -> None:
    assert subtitled(found("Movie.en.srt"), None, None, PLAIN) is None


@given(st.sampled_from(LANGUAGES), st.sampled_from(("srt", "vtt", "ass", "ttml")), st.booleans())
def test_what_we_write_counts_as_subtitles_in_its_language_alone(language, format, sdh) -> None:
    options = DEAF if sdh else PLAIN
    film = found(sidecar(FILM, language.name, format, sdh=sdh).name)
    for other in LANGUAGES:
        assert (subtitled(film, None, other.name, options) is not None) == (other == language)


def test_other_results_are_made_whatever_there_is(tmp_path) -> None:
    film = found("Movie.en.srt")
    english = {"decoding.language": "en"}
    for values, stops in (
        (english, True),
        ({**english, "delivery.formats": ["srt,vtt"], "delivery.review": True}, True),
        ({**english, "delivery.formats": ["srt,json"]}, False),
        ({**english, "delivery.subtitled": True}, False),
    ):
        assert (has_subtitles(film, None, wished((tmp_path,), build(values))) is not None) == stops
    assert wants_only_subtitles(("srt", "review.md"))
    assert not wants_only_subtitles(("txt",))


def test_a_plan_leaves_them_alone_and_says_why(tmp_path) -> None:
    for name in ("A.mkv", "A.2.mkv", "A.2.en.srt", "B.mkv", "B.en.forced.srt", "C.mkv", "C.srt"):
        (tmp_path / name).write_bytes(name.encode())
    wish = wished((tmp_path,), build({"decoding.language": "en"}))
    media = [each for each in scan([tmp_path]) if isinstance(each, Found)]
    with Ledger(tmp_path / "ledger") as ledger:
        plans = {plan.found.path.name: plan for plan in Planner(ledger, wish).plan(media)}
    assert {name: plan.why for name, plan in plans.items() if plan.step is Step.NOTHING} == {
        "A.2.mkv": "A.2.en.srt is there",
        "C.mkv": "C.srt is there",
    }
    assert [plan.outputs[0].name for plan in plans.values() if plan.step is Step.TRANSCRIBE] == ["A.en.srt", "B.en.srt"]


def test_our_own_results_go_with_what_they_were_made_of_unless_somebody_has_changed_them(tmp_path) -> None:
    film, ours = tmp_path / "A.mkv", tmp_path / "A.en.srt"
    film.write_bytes(b"first")
    ours.write_text("1\n", encoding="utf-8")
    digest = hashlib.blake2b(b"1\n", digest_size=16).hexdigest()

    def why(ledger: Ledger, values: dict[str, object]) -> str:
        wish = wished((tmp_path,), build(values))
        planner = Planner(ledger, wish)
        [plan] = planner.plan([each for each in scan([tmp_path]) if isinstance(each, Found)])
        return planner.look_again(plan, inside("eng")).why

    with Ledger(tmp_path / "ledger") as ledger:
        assert why(ledger, {}) == "A.en.srt is there"
        ledger.queue([film], wished((tmp_path,), build({})).recipe)
        assert ledger.claim(film) is not None
        ledger.done(film, [Output(ours, digest)], 1.0)
        film.write_bytes(b"second, longer")
        assert [why(ledger, values) for values in ({}, {"decoding.language": "en"})] == ["new", "new"]
        ours.write_text("1\nBetter.\n", encoding="utf-8")
        assert why(ledger, {}) == "A.en.srt is there"
        ours.unlink()
        ours.mkdir()
        assert why(ledger, {}) == "A.en.srt is there"


def test_a_film_that_we_made_says_for_whom_its_subtitles_are(tmp_path) -> None:
    film = make("-f", "lavfi", "-i", "sine=f=300:d=2", tmp_path / "film.mka")
    text = srt((Cue(0.5, 1.4, ("[music]",)),))
    for deaf in (True, False):
        made = tmp_path / f"{deaf}.mkv"
        mux(Order(film, made), Captions(text, "", "", "English", sdh=deaf))
        [held] = survey(made).subtitles
        assert (held.text, held.language, held.sdh) == (True, "eng", deaf)
        assert (subtitled(found(), survey(made), "English", DEAF) is not None) == deaf
        assert subtitled(found(), survey(made), "English", PLAIN) == "English subtitles are in it"
