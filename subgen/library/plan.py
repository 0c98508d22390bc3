"""What is to be done for each file of a library, or why nothing is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from subgen.errors import MediaError, OutputError
from subgen.languages import code
from subgen.library.deliver import is_ours
from subgen.library.fingerprint import fingerprint
from subgen.library.ledger import Ledger
from subgen.library.rows import Output, Recipe, Row, State
from subgen.library.scan import Found
from subgen.library.skip import spoken, subtitled, wants_only_subtitles
from subgen.library.survey import Survey, restored
from subgen.options import Options
from subgen.sidecars import UNKNOWN_LANGUAGE, any_language, sidecar

_UNDONE = frozenset({State.SEEN, State.QUEUED, State.SKIPPED})
_FAILED = frozenset({State.FAILED, State.POISON})
BUSY = "another run is working on it"
"""why nothing is planned for a file that is being done"""


class Step(StrEnum):
    """What is done for a file."""

    TRANSCRIBE = "transcribe"
    RENDER = "render"
    """other formats or another layout of what was recognised before"""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants of a file: of every one, but for what the folders say."""

    recipe: Recipe
    formats: tuple[str, ...] = ("srt",)
    language: str | None = None
    """canonical name, where it is given"""
    folder: Path | None = None
    """where results go, in folders like those of the media; None: beside the media"""
    roots: tuple[Path, ...] = ()
    """the folders that the user named, as absolute paths"""
    again: bool = False
    """whether what failed before is tried again"""
    options: Options = field(default_factory=Options)
    """the settings that `recipe` is of"""
    subtitled: bool = False
    """whether media are done that have subtitles of others"""

    def place(self, path: Path) -> Path:
        """The folder for the results of a media file."""
        if self.folder is None:
            return path.parent
        root = next((root for root in self.roots if root in path.parents), path.parent)
        return self.folder / path.parent.relative_to(root)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for one file, and why, in a few words."""

    found: Found
    step: Step
    why: str
    there: tuple[Path, ...] = ()
    """results that need not be made"""
    survey: Survey | None = None
    """what is inside; None until somebody has looked"""
    wish: Wish = field(kw_only=True)
    """what is wanted of this file"""

    @property
    def outputs(self) -> tuple[Path, ...]:
        """What will be there; a `*` stands for a language that is not known yet."""
        return self.there if self.step is Step.NOTHING else _outputs(self.found.path, self.wish)


Rule = Callable[[Found, Survey | None, Wish], str | None]
"""Why a file needs no subtitles from us, in a few words; None: it does. Without a survey only names can tell."""


def has_subtitles(found: Found, inside: Survey | None, wish: Wish) -> str | None:
    """The rule that holds unless others are given: subtitles of others are left alone, and nothing is put beside them.

    A file whose other forms are asked for, such as JSON, is done whatever there is.
    """
    if wish.subtitled or not wants_only_subtitles(wish.formats):
        return None
    return subtitled(found, inside, wish.language, wish.options)


@dataclass(slots=True)
class Planner:
    """Makes plans by what the ledger knows. No file is opened whose path, size and time are in the ledger."""

    ledger: Ledger
    wish: Wish
    """of files whose folders say nothing else"""
    rules: tuple[Rule, ...] = (has_subtitles,)
    wish_of: Callable[[Path], Wish] | None = None
    """what is wanted of a file by its path, where folders have settings of their own; may raise OptionError"""
    planned: float = field(init=False, default=math.inf)
    """when plans were made last, by the ledger's clock"""
    _known: dict[Path, Row] = field(default_factory=dict)
    _ours: dict[Path, tuple[Output, ...]] = field(default_factory=dict)

    def plan(self, found: Iterable[Found]) -> Iterator[Plan]:
        """A plan for each file, in order; the ledger learns of files that are new, changed, or have another path."""
        every = tuple(found)
        self.planned = self.ledger.now()
        self._known = self.ledger.known(each.path for each in every)
        self._ours = {path: row.outputs for path, row in self._known.items() if row.outputs}
        self._meet(every)
        for each in every:
            yield self._plan(each, self._known.get(each.path))

    def look_again(self, plan: Plan, survey: Survey) -> Plan:
        """The same plan, now that somebody has looked into the file."""
        if plan.step is not Step.TRANSCRIBE:
            return replace(plan, survey=survey)
        return self._fresh(plan.found, survey, plan.why, plan.wish)

    def refused(self, plan: Plan) -> str | None:
        """Why the results of a file could not be written after its work: a file of somebody else has a name of theirs.

        None where no name is taken, or where nobody can tell: the language is neither given nor said by the track.
        """
        path = plan.found.path
        return self._refused(path, plan.survey, plan.wish, self._still_ours(path))

    def _refused(self, path: Path, inside: Survey | None, wish: Wish, ours: frozenset[Path]) -> str | None:
        language = wish.language or spoken(inside, wish.options)
        known = bool(language) and code(language) != UNKNOWN_LANGUAGE
        names = _outputs(path, replace(wish, language=language)) if known else ()
        taken = next((each for each in names if each not in ours and each.exists()), None)
        return f"{taken.name} is there" if taken is not None else None

    def _meet(self, every: tuple[Found, ...]) -> None:
        """Puts into the ledger what it does not know."""
        here = {each.path for each in every}
        fresh = []
        for each in every:
            row = self._known.get(each.path)
            if row is not None and (row.stamp.size, row.stamp.mtime) == (each.stamp.size, each.stamp.mtime):
                continue
            old = self._same(each, row, here)
            if old is None:
                fresh.append(each)
            else:
                self.ledger.move(old, each)
            self._known.pop(each.path, None)
            if old is not None and (moved := self.ledger.row(each.path)) is not None:
                self._known[each.path] = moved
        self.ledger.see(fresh)

    def _same(self, found: Found, row: Row | None, here: set[Path]) -> Path | None:
        """The path under which the ledger knows this content: its own, or that of a file that is gone."""
        if row is not None:
            alike = tuple(each for each in (row,) if each.fingerprint and each.stamp.size == found.stamp.size)
        else:
            alike = tuple(other for other in self.ledger.of_size(found.stamp.size) if other.path not in here)
        if not alike:
            return None
        try:
            mark = fingerprint(found.path)
        except MediaError:
            return None
        same = (other.path for other in alike if other.fingerprint == mark)
        return next((path for path in same if path == found.path or not path.exists()), None)

    def _plan(self, found: Found, row: Row | None) -> Plan:
        inside = restored(row.survey) if row is not None and row.survey else None
        wish = self.wish if self.wish_of is None else self.wish_of(found.path)
        if row is None or row.state in _UNDONE:
            why = "new" if row is None or row.state is not State.QUEUED else row.error or "waiting"
            return self._fresh(found, inside, why, wish)
        if row.state is State.RUNNING:
            return Plan(found, Step.NOTHING, BUSY, survey=inside, wish=wish)
        if row.state in _FAILED:
            if wish.again:
                return self._fresh(found, inside, "failed before", wish)
            return Plan(found, Step.NOTHING, f"failed before: {row.error}", survey=inside, wish=wish)
        return self._done(found, row, inside, wish)

    def _fresh(self, found: Found, inside: Survey | None, why: str, wish: Wish) -> Plan:
        ours = self._still_ours(found.path) if found.path in self._ours else frozenset[Path]()
        others = found if not ours else _without(found, ours)
        for rule in self.rules:
            if (reason := rule(others, inside, wish)) is not None:
                return Plan(found, Step.NOTHING, reason, survey=inside, wish=wish)
        row = self._known.get(found.path)
        if (reason := None if row is not None and row.tries else self._refused(found.path, inside, wish, ours)) is None:
            return Plan(found, Step.TRANSCRIBE, why, survey=inside, wish=wish)
        return Plan(found, Step.NOTHING, reason, survey=inside, wish=wish)

    def _still_ours(self, path: Path) -> frozenset[Path]:
        """What we wrote for the file that had this path, and nobody has changed: it goes with what it was made of."""
        return frozenset(output.path for output in self._ours.get(path, ()) if _unchanged(output))

    def _done(self, found: Found, row: Row, inside: Survey | None, wish: Wish) -> Plan:
        if row.recipe.work != wish.recipe.work:
            return Plan(found, Step.TRANSCRIBE, "other settings", survey=inside, wish=wish)
        if row.recipe.form != wish.recipe.form:
            return Plan(found, Step.RENDER, "another format or layout", survey=inside, wish=wish)
        endings = tuple(f".{format}" for format in wish.formats)
        ours = [output.path for output in row.outputs if output.path.name.endswith(endings)]
        missing = [path for path in ours if not path.exists()]
        if missing:
            return Plan(found, Step.RENDER, f"{missing[0].name} is missing", survey=inside, wish=wish)
        return Plan(found, Step.NOTHING, "done before", tuple(ours), inside, wish=wish)


def _without(found: Found, ours: frozenset[Path]) -> Found:
    """The file without what we wrote beside it."""
    return replace(found, sidecars=tuple(each for each in found.sidecars if found.path.with_name(each) not in ours))


def _unchanged(output: Output) -> bool:
    try:
        return is_ours(output)
    except OutputError:
        return False


def _outputs(path: Path, wish: Wish) -> tuple[Path, ...]:
    folder, sdh = wish.place(path), wish.options.sdh
    if wish.language is None:
        return tuple(any_language(path, format, folder, sdh=sdh) for format in wish.formats)
    return tuple(sidecar(path, wish.language, format, folder, sdh=sdh) for format in wish.formats)
