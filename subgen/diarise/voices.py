"""The voices that the user has kept, in a local file that nothing else reads and nothing sends."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import platformdirs

from subgen.diarise.diariser import Diariser, Recording
from subgen.errors import MediaError, OptionError, OutputError
from subgen.options import Speakers
from subgen.output import write
from subgen.textfile import read_text
from subgen.types import Seconds, Voice

ENOUGH: Seconds = 5.0
"""speech that a voice needs: less of it says more about the words than about the speaker"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A voice, how much speech it was learned from, and on which day (ISO 8601)."""

    voice: Voice
    seconds: Seconds
    added: str


def voices_file() -> Path:
    """SUBGEN_VOICES, else voices.json in the user's data folder."""
    chosen = os.environ.get("SUBGEN_VOICES")
    return (
        Path(chosen).expanduser() if chosen else platformdirs.user_data_path("subgen", appauthor=False) / "voices.json"
    )


def kept(path: Path | None = None) -> tuple[Kept, ...]:
    """All that are kept; () where there is no file. Raises OptionError for a file of something else."""
    path = path or voices_file()
    if not path.exists():
        return ()
    try:
        value = json.loads(read_text(path))
        return tuple(_read(entry) for entry in value["voices"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OptionError(f"{path} is no file of voices; move it away, or set SUBGEN_VOICES to another.") from error


def keep(voices: Sequence[Kept], path: Path | None = None) -> None:
    """Writes the file, for the user's eyes only. Raises OutputError."""
    path = path or voices_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, shown(voices), overwrite=True)
        path.chmod(0o600)
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror or error}.") from error


def shown(voices: Sequence[Kept]) -> str:
    """The voices as the file holds them, which is also their export."""
    entries = [
        {
            "name": one.voice.name,
            "model": one.voice.model,
            "seconds": round(one.seconds, 1),
            "added": one.added,
            "vector": one.voice.vector,
        }
        for one in voices
    ]
    return json.dumps({"version": 1, "voices": entries}, ensure_ascii=False, indent=1) + "\n"


def learned(name: str, diariser: Diariser, recording: Recording) -> Kept:
    """The voice of the only speaker of a recording.

    Raises MediaError when there is not enough speech, OptionError for a name that can't be one or a diariser that
    knows no voices, and what the diariser raises.
    """
    if not name.strip() or not name.isprintable():
        raise OptionError(f"{name!r} is no name for a speaker.")
    media = recording.media
    diariser.check(media)
    found = diariser.diarise(recording, Speakers(find=True, exact=1), lambda _: None)
    seconds = sum(turn.duration for turn in found.overlapping)
    if seconds < ENOUGH:
        raise MediaError(f"{media.path} has {seconds:.1f} s of speech; a voice needs {ENOUGH:g} s of one person alone.")
    if not found.voices:
        raise OptionError("This diariser can't tell voices apart from one recording to the next: use pyannote.")
    most = max(
        found.voices, key=lambda voice: sum(turn.duration for turn in found.overlapping if turn.speaker == voice.name)
    )
    return Kept(Voice(name.strip(), most.model, most.vector), seconds, date.today().isoformat())


def _read(entry: dict[str, object]) -> Kept:
    name, model, vector, seconds = entry["name"], entry["model"], entry["vector"], entry["seconds"]
    numbers = isinstance(vector, list) and all(isinstance(one, int | float) and math.isfinite(one) for one in vector)
    if not (isinstance(name, str) and isinstance(model, str) and isinstance(vector, list) and numbers and vector):
        raise ValueError("no voice")
    if not isinstance(seconds, int | float):
        raise TypeError("no length")
    return Kept(Voice(name, model, tuple(map(float, vector))), float(seconds), str(entry["added"]))
