"""The speaker of every word, from turns that may overlap.

A word's evidence is the share of it that each speaker's turns cover, more where a turn begins or ends with the word.
The cheapest path over all words then weighs this evidence against the cost of changing the speaker, which is low after
sentences and pauses, high inside a phrase, and nothing between words spoken at the same time, for nobody says two words
at once. Labels of whole cues are wrong where a cue holds two speakers, and the best turn of each word alone flips at
every turn that begins a little late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress, pairwise

import numpy as np
import regex
from numpy.typing import NDArray

from subgen.types import Seconds, Turn, Turns, Word

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]

SHORTEST: Seconds = 0.04
"""shorter words are taken to be this long, so that a word of no length lies in its turn"""
REACH: Seconds = 0.6
"""a word between turns goes to the nearest one this near; farther away its speaker is unknown"""
NEARBY = 0.3
"""evidence of a turn that is near but does not touch the word; 1 is a turn that covers it"""
EDGE: Seconds = 0.1
"""a turn that begins or ends with a word is more likely to be its own; this fades by e over this time"""
EDGE_WEIGHT = 2.0
"""how many times the evidence grows for each edge of a turn that is an edge of the word"""
DOUBT = 0.01
"""evidence for everybody else"""
TIE = 0.02
"""evidence that the exclusive turns add where two speakers cover a word alike"""

AFTER_SENTENCE, AFTER_CLAUSE, ELSEWHERE = 0.3, 1.5, 3.5
"""costs of a change of speaker, in the scale of the logarithm of evidence"""
LONG_PAUSE, PAUSE = 0.5, 0.25
"""seconds of silence that count as the end of a sentence, or of a clause"""
AT_ONCE = 0.5
"""share of the shorter of two words that lies in the other where they are spoken at the same time"""
TWO_MOUTHS = 2.0
"""cost of giving one speaker two words spoken at the same time"""
SURE = 0.9
"""evidence that one word alone needs to interrupt another speaker without a pause after it"""
TOGETHER = 0.5
"""share of a word that another speaker must cover to be said to talk at the same time"""

_SENTENCE_END = regex.compile(r"[.?!…。？！｡؟۔।॥።]+[\p{Pe}\p{Pf}\p{Pi}\"'*\s]*$")
_CLAUSE_END = regex.compile(r"[,;:،؛、，；：–—-]+[\p{Pe}\p{Pf}\p{Pi}\"'*\s]*$")


@dataclass(frozen=True, slots=True)
class Said:
    """Who says a word: a speaker, or None when nobody talks near it, how sure that is, and who talks besides."""

    speaker: str | None
    confidence: float | None = None
    overlap: tuple[str, ...] = ()


def speakers_of(words: Sequence[Word], turns: Turns, estimated: Sequence[bool] = ()) -> tuple[Said, ...]:
    """The speaker of every word, in time that grows with words times speakers.

    `turns` are tidy: in order of time, those of one speaker apart from each other. `estimated` says of each word
    whether its times are only a share of its chunk's: between two such words the speaker changes only at the end of a
    sentence, where people change turns, since the word's own place is not known.
    """
    labels = sorted({turn.speaker for turn in turns.overlapping})
    if not words or not labels:
        return tuple(Said(None) for _ in words)
    covered = _covered(words, turns.overlapping, labels)
    own = covered * (1 + EDGE_WEIGHT * _edges_shared(words, turns.overlapping, labels))
    evidence = own + TIE * _covered(words, turns.exclusive, labels) * (covered > 0) + DOUBT
    alone = covered.max(axis=1) == 0
    unknown = _add_nearest(evidence, words, turns.overlapping, labels, alone)
    shares = evidence / evidence.sum(axis=1, keepdims=True)
    costs = _costs(words, estimated)
    chosen = _steadied(cheapest(np.where(unknown[:, None], 0.0, np.log(shares)), costs), shares, costs, unknown)
    beside = covered >= TOGETHER
    beside[np.arange(len(words)), chosen] = False
    certain = shares[np.arange(len(words)), chosen].round(3).tolist()
    return tuple(
        Said(None) if lost else Said(labels[who], sure, tuple(compress(labels, others)))
        for who, sure, lost, others in zip(chosen.tolist(), certain, unknown.tolist(), beside.tolist(), strict=True)
    )


def _spans(words: Sequence[Word]) -> tuple[_Floats, _Floats]:
    """Starts and ends of words, none shorter than SHORTEST; (n,) each."""
    starts = np.array([word.start for word in words])
    ends = np.array([word.end for word in words])
    lack = np.maximum(0.0, SHORTEST - (ends - starts)) / 2
    return starts - lack, ends + lack


def _covered(words: Sequence[Word], turns: Sequence[Turn], labels: Sequence[str]) -> _Floats:
    """The share of each word that each speaker talks for: (words, speakers), 0 to 1."""
    starts, ends = _spans(words)
    shares = np.zeros((len(words), len(labels)))
    for column, label in enumerate(labels):
        own = [turn for turn in turns if turn.speaker == label]
        if own:
            edges = np.array([edge for turn in own for edge in (turn.start, turn.end)])
            # Seconds that this speaker has talked by each edge; between edges it grows evenly or not at all.
            talked = np.repeat(np.cumsum([turn.duration for turn in own]), 2)
            talked[::2] -= [turn.duration for turn in own]
            seconds = np.interp(ends, edges, talked) - np.interp(starts, edges, talked)
            shares[:, column] = np.clip(seconds / (ends - starts), 0.0, 1.0)
    shares[shares < 1e-9] = 0.0  # sums of floats leave crumbs where nothing is covered
    return shares


def _edges_shared(words: Sequence[Word], turns: Sequence[Turn], labels: Sequence[str]) -> _Floats:
    """How well each speaker's turns begin and end with each word: (words, speakers), 0 to 2."""
    starts, ends = _spans(words)
    found = np.empty((len(words), len(labels)))
    for column, label in enumerate(labels):
        own = [turn for turn in turns if turn.speaker == label]
        begins, finishes = np.array([turn.start for turn in own]), np.array([turn.end for turn in own])
        found[:, column] = np.exp(-_nearest(begins, starts) / EDGE) + np.exp(-_nearest(finishes, ends) / EDGE)
    return found


def _nearest(places: _Floats, times: _Floats) -> _Floats:
    """How far each time is from the nearest of some places, which are in order."""
    after = np.searchsorted(places, times)
    right = np.abs(places[np.minimum(after, len(places) - 1)] - times)
    return np.minimum(right, np.abs(places[np.maximum(after - 1, 0)] - times))


def _add_nearest(
    evidence: _Floats, words: Sequence[Word], turns: Sequence[Turn], labels: Sequence[str], alone: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Gives words that no turn covers the speaker of the nearest turn; says for which of them there is none near."""
    rows = np.flatnonzero(alone)
    starts, ends = (edges[rows] for edges in _spans(words))
    distances = np.empty((len(rows), len(labels)))
    for column, label in enumerate(labels):
        own = [turn for turn in turns if turn.speaker == label]
        begins = np.array([turn.start for turn in own] + [np.inf])
        finishes = np.array([-np.inf] + [turn.end for turn in own])
        following = begins[np.searchsorted(begins[:-1], ends - 1e-9)] - ends
        before = starts - finishes[np.searchsorted(finishes[1:], starts + 1e-9, side="right")]
        distances[:, column] = np.maximum(np.minimum(following, before), 0.0)
    nearest = distances.argmin(axis=1)
    near = distances.min(axis=1, initial=np.inf) <= REACH
    evidence[rows[near], nearest[near]] += NEARBY
    unknown = alone.copy()
    unknown[rows[near]] = False
    return unknown


def _costs(words: Sequence[Word], estimated: Sequence[bool]) -> _Floats:
    """What a change of speaker after each word costs more than none; (n,)."""
    costs = np.array([_cost(word, following) for word, following in pairwise(words)] + [0.0])
    for index, guessed in enumerate(pairwise(estimated)):
        if all(guessed) and not _SENTENCE_END.search(words[index].text):
            costs[index] = np.inf
    return costs


def _cost(word: Word, following: Word) -> float:
    shorter = max(min(word.duration, following.duration), SHORTEST)
    if min(word.end, following.end) - max(word.start, following.start) > AT_ONCE * shorter:
        return -TWO_MOUTHS
    pause = following.start - word.end
    if pause > LONG_PAUSE or _SENTENCE_END.search(word.text):
        return AFTER_SENTENCE
    return AFTER_CLAUSE if pause > PAUSE or _CLAUSE_END.search(word.text) else ELSEWHERE


def cheapest(likelihoods: _Floats, costs: _Floats) -> _Ints:
    """The speaker of each word on the path with the highest likelihood less the cost of its changes (Viterbi).

    A change costs the same between any two speakers, so each step compares staying with coming from the best other.
    """
    count, speakers = likelihoods.shape
    if speakers == 1:
        return np.zeros(count, np.int64)
    origins = np.empty((count, speakers), np.int64)
    stay = np.arange(speakers)
    best = likelihoods[0]
    for index in range(1, count):
        second, leader = np.argpartition(best, speakers - 2)[-2:]
        others = np.where(stay == leader, second, leader)
        change = best[others] - costs[index - 1]
        changed = best < change
        origins[index] = np.where(changed, others, stay)
        best = np.where(changed, change, best) + likelihoods[index]
    path = np.empty(count, np.int64)
    path[-1] = best.argmax()
    for index in range(count - 1, 0, -1):
        path[index - 1] = origins[index, path[index]]
    return path


def _steadied(path: _Ints, shares: _Floats, costs: _Floats, unknown: NDArray[np.bool_]) -> _Ints:
    """The path without single words of another speaker that are neither sure nor followed by a pause."""
    steady = path.copy()
    for index in range(1, len(path) - 1):
        before, here, after = steady[index - 1], path[index], path[index + 1]
        lone = before == after != here and not unknown[index - 1 : index + 2].any()
        alone = lone and costs[index - 1] >= 0 and costs[index] > AFTER_SENTENCE
        if alone and shares[index, here] < SURE:
            steady[index] = before
    return steady
