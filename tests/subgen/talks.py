"""Conversations whose speakers are known, what a diariser gets wrong about them, and other programs' merge rules."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, permutations
from pathlib import Path

from subgen.speakers.merge import speakers_of
from subgen.speakers.turns import tidied
from subgen.types import Turn, Turns, Word
from subgen.words import spread

TALKS = json.loads((Path(__file__).parents[1] / "golden/talks/talks.json").read_text(encoding="utf-8"))
Rule = Callable[[Sequence[Word], Sequence[Turn]], list[str | None]]


@dataclass(frozen=True)
class Talk:
    """Words, who says each of them, and turns."""

    words: tuple[Word, ...]
    truth: tuple[str, ...]
    turns: tuple[Turn, ...]


def talk(name: str) -> Talk:
    """A conversation with exact turns; each turn's words share its time by their length."""
    turns = tuple(Turn(start, end, speaker) for start, end, speaker, _ in TALKS[name])
    return talk_of([(Turn(start, end, speaker), text) for start, end, speaker, text in TALKS[name]], turns)


def talk_of(said: Sequence[tuple[Turn, str]], turns: tuple[Turn, ...]) -> Talk:
    """What is said in turns, in the order in which words begin."""
    words = [(word, turn.speaker) for turn, text in said for word in spread(f"{text} ", turn.start, turn.end)]
    words.sort(key=lambda pair: pair[0].start)
    return Talk(tuple(word for word, _ in words), tuple(speaker for _, speaker in words), turns)


def jittered(given: Talk, seed: int, turns: float = 0.15, words: float = 0.04) -> Talk:
    """The talk with all times moved by up to these seconds."""
    dice = random.Random(seed)

    def moved(start: float, end: float, by: float) -> tuple[float, float]:
        first = start + dice.uniform(-by, by)
        return first, max(first, end + dice.uniform(-by, by))

    return Talk(
        tuple(Word(*moved(word.start, word.end, words), word.text) for word in given.words),
        given.truth,
        tuple(Turn(*moved(turn.start, turn.end, turns), turn.speaker) for turn in given.turns),
    )


def wrong(truth: Sequence[str], found: Sequence[str | None]) -> int:
    """Words with the wrong speaker under the kindest mapping of labels, found by trying all."""
    pairs = Counter(zip(truth, found, strict=True))
    people = sorted(set(truth))
    labels = sorted({label for label in found if label is not None})
    labels += [f"nobody {number}" for number in range(len(people))]
    best = max(
        sum(pairs[person, label] for person, label in zip(people, chosen, strict=True))
        for chosen in permutations(labels, len(people))
    )
    return len(truth) - best


def ours(words: Sequence[Word], turns: Sequence[Turn]) -> list[str | None]:
    """The rule of this program."""
    return [said.speaker for said in speakers_of(words, tidied(Turns(tuple(turns)), 1e6)[0])]


def whole_cues(words: Sequence[Word], turns: Sequence[Turn]) -> list[str | None]:
    """One label for each cue of up to 6 s, cut without regard to speakers: whoever talks most in it."""
    cues: list[list[Word]] = []
    for word in words:
        if not cues or word.end - cues[-1][0].start > 6.0:
            cues.append([])
        cues[-1].append(word)
    return [label for cue in cues for label in [_most(cue[0].start, cue[-1].end, turns)] * len(cue)]


def most_overlap(words: Sequence[Word], turns: Sequence[Turn]) -> list[str | None]:
    """The rule of whisperX: for each word alone, whoever overlaps it most in all turns; nobody between turns."""
    return [_most(word.start, word.end, turns) for word in words]


def _most(start: float, end: float, turns: Sequence[Turn]) -> str | None:
    seconds: Counter[str] = Counter()
    for turn in turns:
        both = min(end, turn.end) - max(start, turn.start)
        if both > 0:
            seconds[turn.speaker] += both
    return max(seconds, key=lambda label: seconds[label], default=None)


def runs(labels: Sequence[str | None]) -> list[str | None]:
    """Labels without repetition."""
    return [label for label, _ in groupby(labels)]


RULES: dict[str, Rule] = {
    "one label for each cue of up to 6 s": whole_cues,
    "most overlap, word by word (whisperX)": most_overlap,
    "subgen": ours,
}


def rates(talks: Sequence[Talk]) -> dict[str, float]:
    """Share of words with the wrong speaker by each rule."""
    total = sum(len(each.words) for each in talks)
    return {
        name: sum(wrong(each.truth, rule(each.words, each.turns)) for each in talks) / total
        for name, rule in RULES.items()
    }


def table() -> str:
    """Words with the wrong speaker, as docs/meetings.md shows them."""
    exact = rates([talk(name) for name in TALKS])
    moved = rates([jittered(talk(name), seed) for name in TALKS for seed in range(10)])
    rows = "".join(f"| {name} | {exact[name]:.1%} | {moved[name]:.1%} |\n" for name in RULES)
    return f"| rule | exact turns | turns ±150 ms, words ±40 ms |\n| --- | --: | --: |\n{rows}"


if __name__ == "__main__":
    print(table(), end="")
