"""The truth about a recording: what is said and when each word starts and ends, as the files in `samples/` have it."""

from __future__ import annotations

from dataclasses import dataclass
from json import loads
from pathlib import Path

from subgen.errors import OptionError
from subgen.types import Word


@dataclass(frozen=True, slots=True)
class Truth:
    """What is said in a media file. `words` is empty when only the text is known."""

    text: str
    words: tuple[Word, ...] = ()


def read_truth(path: Path) -> Truth:
    """Reads `{"text": ..., "words": [{"start": ..., "end": ..., "text": ...}, ...]}`; `words` may be absent.

    Raises OptionError when the file can't be read or is something else.
    """
    content = read_text(path)
    try:
        value = loads(content)
        words = tuple(
            Word(float(word["start"]), float(word["end"]), str(word["text"])) for word in value.get("words", ())
        )
        return Truth(str(value["text"]), words)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OptionError(f'{path} is no truth file: it needs "text", and "words" with start, end and text.') from error


def read_text(path: Path) -> str:
    """A UTF-8 file's content. Raises OptionError when it can't be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise OptionError(f"{path} can't be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise OptionError(f"{path} is not a text file in UTF-8.") from error
