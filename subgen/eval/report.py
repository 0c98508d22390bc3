"""Documents against truths, as figures and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from subgen.eval.accuracy import BoundaryErrors, Deviation, WordErrors, boundary_errors, word_error_rate
from subgen.eval.truth import Truth
from subgen.types import Document


@dataclass(frozen=True, slots=True)
class Report:
    """How good one document is. `times` is None when truth and document share no timed word."""

    words: WordErrors
    times: BoundaryErrors | None


def compare(truth: Truth, document: Document) -> Report:
    """Measures the text and the word times of a document."""
    text = " ".join(transcript.text for transcript in document.transcripts)
    words = [word for transcript in document.transcripts for word in transcript.words]
    return Report(word_error_rate(truth.text, text), boundary_errors(truth.words, words))


def figures(report: Report) -> dict[str, object]:
    """The report as JSON values: counts, rates and seconds."""
    words = asdict(report.words) | {"errors": report.words.errors, "rate": report.words.rate}
    return {"words": words, "times": asdict(report.times) if report.times else None}


def table(report: Report) -> str:
    """The report for people: one line of words, then one line each for starts, ends and both."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    words = report.words
    yield (
        f"words {words.words}  substituted {words.substitutions}  missing {words.deletions}  "
        f"added {words.insertions}  word error rate {words.rate:.2%}"
    )
    if report.times is None:
        yield "times: no word in common that has times"
        return
    yield f"times of {report.times.matched} words   mean    median   largest  within 80 ms"
    for name in ("starts", "ends", "both"):
        yield _line(name, getattr(report.times, name))


def _line(name: str, deviation: Deviation) -> str:
    figures = "  ".join(f"{1000 * value:5.1f} ms" for value in (deviation.mean, deviation.median, deviation.largest))
    return f"{name:<16}{figures}  {deviation.close:.1%}"
