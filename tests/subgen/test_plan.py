"""Plans by what the ledger knows, and results that are refused before their work, not after it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.languages import code
from subgen.library.ledger import Ledger
from subgen.library.plan import Plan, Planner, Step, Wish
from subgen.library.recipe import recipe
from subgen.library.rows import Stamp
from subgen.library.run import Run
from subgen.library.scan import Found, scan
from subgen.library.shared import Shared
from subgen.library.store import Store
from subgen.library.survey import Survey
from subgen.library.work import End, Outcome, Worker
from subgen.options import Options
from subgen.types import Track
from tests.subgen.library_table import told
from tests.subgen.watching import NoModels, Seen, sound


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger") as opened:
        yield opened


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "media" / "Movie.wav"
    path.parent.mkdir()
    path.write_bytes(sound(1))
    return path


def spoken(language: str | None) -> Survey:
    return Survey(1.0, (Track(0, "pcm_s16le", 16_000, 1, 0.0, language),))


def wished(formats: tuple[str, ...] = ("srt", "json"), language: str | None = None, folder: Path | None = None) -> Wish:
    options = Options()
    return Wish(recipe(options, formats, folder), formats, language, folder, options=options)


def planned(film: Path, ledger: Ledger, wish: Wish, inside: Survey | None = None) -> Plan:
    planner = Planner(ledger, wish)
    [plan] = planner.plan([each for each in scan([film.parent]) if isinstance(each, Found)])
    return plan if inside is None else planner.look_again(plan, inside)


def run(film: Path, ledger: Ledger, wish: Wish) -> Outcome:
    planner = Planner(ledger, wish)
    plans = tuple(planner.plan([each for each in scan([film.parent]) if isinstance(each, Found)]))
    [outcome] = Run(Worker(ledger, Store(ledger.folder), planner, told), Shared(NoModels()), Seen([])).run(plans)
    return outcome


@given(st.lists(st.integers(0, 40), unique=True), st.lists(st.integers(0, 40)))
def test_what_is_known_of_many_files_is_what_is_known_of_each(tmp_path_factory, seen, asked) -> None:
    with Ledger(tmp_path_factory.mktemp("known")) as ledger:
        ledger.see(Found(Path(f"/films/{number}.mkv"), Stamp(number, 1, 1)) for number in seen)
        paths = [Path(f"/films/{number}.mkv") for number in asked]
        each = {path: row for path in paths if (row := ledger.row(path)) is not None}
        assert ledger.known(paths) == each


def test_more_files_are_known_than_one_statement_takes(ledger) -> None:
    paths = [Path(f"/films/{number}.mkv") for number in range(1_300)]
    ledger.see(Found(path, Stamp(1, 1, 1)) for path in paths)
    assert set(ledger.known(paths)) == set(paths)


@pytest.mark.parametrize("ending", ["en.srt", "en.json"])
@pytest.mark.parametrize(
    ("given_language", "track", "refused"),
    [
        ("English", None, True),
        ("English", "fre", True),
        ("French", "eng", False),
        (None, "eng", True),
        (None, "fre", False),
        (None, "swa", False),
        (None, None, False),
    ],
)
def test_a_name_that_is_taken_is_seen_before_the_work(film, ledger, ending, given_language, track, refused) -> None:
    taken = film.with_suffix(f".{ending}")
    taken.write_text("mine")
    plan = planned(film, ledger, wished(language=given_language), spoken(track))
    assert (plan.step, plan.why) == ((Step.NOTHING, f"{taken.name} is there") if refused else (Step.TRANSCRIBE, "new"))


def test_a_name_without_language_is_not_taken_by_a_language_that_nobody_knows(film, ledger) -> None:
    assert code("swa") == "und"
    film.with_suffix(".json").write_text("mine")
    assert planned(film, ledger, wished(), spoken("swa")).step is Step.TRANSCRIBE


def test_results_elsewhere_are_looked_for_there(film, ledger, tmp_path) -> None:
    wish = wished(language="English", folder=tmp_path / "out")
    film.with_suffix(".en.json").write_text("mine")
    assert planned(film, ledger, wish).step is Step.TRANSCRIBE
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "Movie.en.json").write_text("mine")
    assert planned(film, ledger, wish).why == "Movie.en.json is there"


def begun(film: Path, ledger: Ledger, wish: Wish) -> None:
    """The work on a file begins and ends without results."""
    ledger.see([each for each in scan([film.parent]) if isinstance(each, Found)])
    ledger.queue([film], wish.recipe)
    assert ledger.claim(film) is not None
    ledger.release(film)


def test_half_of_the_results_of_a_death_are_completed(film, ledger, tmp_path) -> None:
    """A document is kept before its results are written, so what a death left under one name is written again."""
    wish = wished(language="English")
    assert run(film, ledger, wish).end is End.DONE
    film.with_suffix(".en.json").unlink()
    shutil.copytree(ledger.folder / "documents", tmp_path / "other" / "documents")
    with Ledger(tmp_path / "other") as other:
        begun(film, other, wish)
        outcome = run(film, other, wish)
    assert (outcome.end, outcome.why) == (End.DONE, "from what was recognised before")
    assert film.with_suffix(".en.json").exists()


def test_work_that_was_begun_before_is_refused_before_it_begins_again(film, ledger) -> None:
    """A file whose work has begun may have results that the ledger does not know, so its plan can't tell."""
    wish = wished(language="English")
    begun(film, ledger, wish)
    film.with_suffix(".en.json").write_text("mine")
    assert planned(film, ledger, wish).step is Step.TRANSCRIBE
    outcome = run(film, ledger, wish)
    assert (outcome.end, outcome.why) == (End.SKIPPED, "Movie.en.json is there")
    assert film.with_suffix(".en.json").read_text() == "mine"
    assert not film.with_suffix(".en.srt").exists()


def test_ours_are_no_reason_unless_somebody_has_changed_them(film, ledger) -> None:
    assert run(film, ledger, wished(language="English")).end is End.DONE
    planner = Planner(ledger, wished(language="English"))
    [plan] = planner.plan([each for each in scan([film.parent]) if isinstance(each, Found)])
    assert (plan.why, plan.outputs, planner.refused(plan)) == ("done before", plan.there, None)
    film.with_suffix(".en.json").write_text("mine")
    assert planner.refused(plan) == "Movie.en.json is there"
