"""Prints how often cue writers break rules on the same timed words; `docs/subtitles.md` shows the result.

    python -m tests.subgen.cue_table [PYTHON]

PYTHON is an interpreter that has mlx-qwen3-asr; without it only subgen's rows are made.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import astuple

from subgen.cues import cues
from subgen.formats.srt import srt
from subgen.options import Layout
from tests.subgen.cue_counter import count
from tests.subgen.timed_words import LISTS, utterances

RIVAL = """
import json, sys, tempfile
from importlib.metadata import version
from mlx_qwen3_asr.transcribe import TranscriptionResult
from mlx_qwen3_asr.writers import write_srt
words = json.load(sys.stdin)
result = TranscriptionResult(" ".join(word["text"] for word in words), "English", segments=words)
with tempfile.NamedTemporaryFile("r", suffix=".srt", encoding="utf-8") as file:
    write_srt(result, file.name)
    print("mlx-qwen3-asr " + version("mlx-qwen3-asr"), file.read(), sep="\\n", end="")
"""
COLUMNS = ("line > 42", "> 17 CPS", "> 20 CPS", "< 5/6 s", "> 7 s", "gap < 2 frames", "3-11 frames", "bad breaks")


def own(name: str) -> str:
    """Our SubRip of a list."""
    return srt(cues(utterances(name), Layout()))


def rival(python: str, name: str) -> tuple[str, str]:
    """The rival's name and version, and its SubRip of a list."""
    words = [
        {"text": word.text.strip(), "start": word.start, "end": word.end, "speaker": utterance.speaker}
        for utterance in utterances(name)
        for word in utterance.words
    ]
    done = subprocess.run([python, "-c", RIVAL], input=json.dumps(words), capture_output=True, text=True, check=True)
    writer, _, text = done.stdout.partition("\n")
    return writer, text


def row(name: str, writer: str, text: str) -> str:
    """One line of the table."""
    return f"| {name} | {writer} | {' | '.join(map(str, astuple(count(text))))} |"


def main(pythons: list[str]) -> None:
    """Print the table."""
    print(f"| words | writer | cues | {' | '.join(COLUMNS)} |", "| --- " * (len(COLUMNS) + 3) + "|", sep="\n")
    for name in LISTS:
        print(row(name, "subgen", own(name)))
        for python in pythons:
            print(row(name, *rival(python, name)))


if __name__ == "__main__":
    main(sys.argv[1:])
