"""The tables that `subgen batch` prints: its plan and its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from subgen.cli.results import table
from subgen.cli.shell import one_line
from subgen.library.overview import amount
from subgen.library.plan import Plan, Step
from subgen.library.report import Report
from subgen.library.survey import Survey
from subgen.library.work import End
from subgen.types import Seconds

FAILED_BEFORE = "failed before"
"""how a plan's reason begins for a file that failed in an earlier run"""
HEAD = ("file", "length", "audio", "subtitles", "plan")


def plan_lines(plans: Sequence[Plan], roots: Sequence[Path]) -> list[str]:
    """A line for every file: what is in it, what lies beside it, what is to be done."""
    rows = [
        (one_line(_name(plan.found.path, roots)), *_inside(plan.survey), _subtitles(plan), _planned(plan))
        for plan in plans
    ]
    return [*table(HEAD, rows).splitlines(), ""] if rows else []


def summary_lines(plans: Sequence[Plan], speed: float | None) -> Iterator[str]:
    """What the plan amounts to, and how long it will take if that can be known."""
    broken = sum(map(_is_broken, plans))
    work = amount((plan for plan in plans if not _is_broken(plan)), Step.TRANSCRIBE)
    yield f"transcribe  {_files(work.files)}, {_hours(work.seconds)} of audio{_guessed(work.guessed)}"
    yield f"render      {_files(amount(plans, Step.RENDER).files)}"
    reasons = Counter(_general(plan.why) for plan in plans if plan.step is Step.NOTHING)
    yield f"leave       {_files(reasons.total())}{_listed(reasons)}"
    if broken:
        yield f"unusable    {_files(broken)}"
    if work.files and speed is not None:
        yield f"estimate    {_hours(work.seconds / speed)}, at {speed:.1f} s of audio a second as before"


def report_lines(report: Report) -> Iterator[str]:
    """How many files ended how; every failure by name."""
    took = report.ended - report.started
    heard = sum(outcome.seconds for outcome in report.of(End.DONE) if not outcome.why)
    rate = f", {heard / took:.1f} s of audio a second" if took > 0 and heard else ""
    done, skipped, failed = (report.of(end) for end in (End.DONE, End.SKIPPED, End.FAILED))
    yield f"done        {_files(len(done))}, {_hours(report.audio)} of audio in {_hours(took)}{rate}"
    yield f"skipped     {_files(len(skipped))}{_listed(Counter(_general(each.why) for each in skipped))}"
    if any(_general(each.why) == FAILED_BEFORE for each in skipped):
        yield "            --retry tries again what failed before"
    yield f"failed      {_files(len(failed))}"
    for outcome in failed:
        yield f"  {one_line(outcome.why)}"


def _name(path: Path, roots: Sequence[Path]) -> str:
    root = next((root for root in roots if root in path.parents), path.parent)
    return str(path.relative_to(root))


def _inside(survey: Survey | None) -> tuple[str, str]:
    if survey is None:
        return "?", "?"
    if survey.error:
        return "-", "-"
    tracks = ", ".join(track.language or "?" for track in survey.tracks)
    return (_hours(survey.duration) if survey.duration is not None else "?"), tracks


def _subtitles(plan: Plan) -> str:
    stem = plan.found.path.stem
    beside = [name.removeprefix(stem).lstrip(".") for name in plan.found.sidecars]
    inside = plan.survey.subtitles if plan.survey is not None else ()
    within = [f"{each.language or '?'} inside{'' if each.text else ' (pictures)'}" for each in inside]
    return one_line(", ".join((*beside, *within))) or "-"


def _planned(plan: Plan) -> str:
    if plan.survey is not None and _is_broken(plan):
        return _nameless(f"unusable: {plan.survey.error}", plan.found.path)
    return _nameless(plan.why if plan.step is Step.NOTHING else f"{plan.step}: {plan.why}", plan.found.path)


def _is_broken(plan: Plan) -> bool:
    """Whether it is known already that work on the file will fail."""
    return plan.step is Step.TRANSCRIBE and plan.survey is not None and bool(plan.survey.error)


def _nameless(why: str, path: Path) -> str:
    """A reason without the file's name, which stands before it in the line."""
    return one_line(why).replace(one_line(str(path)), "…")


def _general(why: str) -> str:
    """A reason without what concerns one file only."""
    return why.partition(":")[0]


def _listed(reasons: Counter[str]) -> str:
    text = ", ".join(f"{count} {one_line(reason)}" for reason, count in reasons.most_common(5))
    return f": {text}" if text else ""


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _guessed(files: int) -> str:
    return f" ({_files(files)} judged by size)" if files else ""


def _hours(seconds: Seconds) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
