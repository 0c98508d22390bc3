"""The documentation names things that exist: links, files of the house, dependencies, exit codes, commands."""

import re
import tomllib
from pathlib import Path

import pytest

from subgen import errors

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
DECISIONS = ROOT / "docs/decisions"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_named_sources_exist(page):
    for name in re.findall(r"`((?:subgen|aligner|tests|samples)/[\w./-]*)`", page.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), name


def test_the_first_page_leads_to_every_other():
    linked = set(re.findall(r"\]\(([^)#]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")} <= linked


def test_decisions_are_numbered_and_listed():
    files = sorted(path.name for path in DECISIONS.glob("0*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (DECISIONS / "README.md").read_text(encoding="utf-8"))
    assert listed == files
    for name in files:
        text = (DECISIONS / name).read_text(encoding="utf-8")
        assert text.startswith(f"# {int(name[:4])}. ")
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences")), name


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (DECISIONS / "0012-dependencies.md").read_text(encoding="utf-8")
    extras = project["optional-dependencies"].values()
    for requirement in [*project["dependencies"], *(one for extra in extras for one in extra)]:
        assert re.split(r"[\[>=; ]", requirement)[0] in reasons, requirement


def test_every_exit_code_is_documented():
    table = (DECISIONS / "0015-exit-codes.md").read_text(encoding="utf-8")
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    for code in {errors.EXIT_OK, errors.EXIT_SOME_FAILED, *(one.exit_code for one in classes)}:
        assert f"| {code} |" in table, code
