"""Speakers without a model: voices of a recording told apart by timbre alone. Much weaker than a trained diariser.

Speech is cut at pauses into pieces; the two pieces, later groups, whose cepstra fit one Gaussian almost as well as two
become one group, until the Bayesian information criterion says that two are better (Chen and Gopalakrishnan, 1998), or
the number of speakers is reached. Then every moment goes to the group that explains it best, with a price for a change.
Nobody is told apart who talks at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subgen.diarise.activity import Mask, audible, stretches
from subgen.diarise.diariser import Recording, Tell
from subgen.diarise.timbre import CEPSTRA, Features, timbre
from subgen.errors import OptionError
from subgen.loudness import levels
from subgen.options import Speakers
from subgen.speakers.merge import cheapest
from subgen.types import Media, Note, Samples, Turn, Turns

_Matrix = NDArray[np.float64]

PIECE, LEAST, PAUSE = 400, 50, 30
"""frames of 10 ms in a piece at most, and at least, and in a pause that ends one"""
PRICE = 1.2
"""how many times the criterion's own price another speaker costs"""
FLOOR = 0.3
"""share of a recording's variance added to each group's, which a short one underestimates"""
BLOCK = 300
"""pieces grouped at a time: more would take time that grows with their square"""
CHANGE = 60.0
"""cost of a change of speaker, in the logarithm of likelihood"""
STEP = 25
"""frames that go to one speaker together: 0.25 s"""
ROUNDS = 3
"""of giving moments to groups, and learning groups from their moments"""


class Light:
    """A diariser of numpy alone."""

    def __init__(self, model: str | None = None) -> None:
        """Raises OptionError for a model, since there is none."""
        if model is not None:
            raise OptionError("The diariser light has no model: leave out --speaker-model, or use pyannote.")

    def check(self, media: Media) -> None:
        """Any recording will do."""

    def diarise(self, recording: Recording, wishes: Speakers, tell: Tell) -> Turns:
        """Turns that do not overlap, and a note that says how little they can be trusted."""
        samples = recording.samples()
        tell(0.3)
        turns = told_apart(samples, wishes)
        return Turns(turns, notes=(Note("speakers", "Speakers were told apart by timbre alone: check them."),))


def told_apart(samples: Samples, wishes: Speakers) -> tuple[Turn, ...]:
    """The turns of everybody who talks in float32 samples (n,) at 16 kHz."""
    features = timbre(samples)
    mask = _speech(samples, len(features))
    heard = features[mask]
    if len(heard) < LEAST:
        return ()
    floor = FLOOR * heard.var(axis=0, dtype=np.float64)
    groups = grouped(pieces(features, mask), wishes, floor)
    path = np.full(len(features), -1)
    path[mask] = _assigned(heard, groups, floor)
    turns = [turn for who in range(len(groups)) for turn in stretches((path == who)[::2], f"S{who}")]
    return tuple(sorted(turns, key=lambda turn: turn.start))


@dataclass(frozen=True, slots=True)
class Group:
    """Frames of one speaker, as sums: their number, their sum (d,), and that of their outer products (d, d)."""

    count: int
    sum: _Matrix
    outer: _Matrix

    def __add__(self, other: Group) -> Group:
        return Group(self.count + other.count, self.sum + other.sum, self.outer + other.outer)

    def covariance(self, floor: _Matrix) -> _Matrix:
        """Of the frames, with the floor on its diagonal."""
        mean = self.sum / self.count
        return np.asarray(self.outer / self.count - np.outer(mean, mean) + np.diag(floor))

    def spread(self, floor: _Matrix) -> float:
        """Frames times the logarithm of the volume that they fill: twice the loss of fitting one Gaussian to them."""
        return self.count * float(np.linalg.slogdet(self.covariance(floor))[1])


def group_of(features: Features) -> Group:
    """The sums of frames (n, d)."""
    frames = features.astype(np.float64)
    return Group(len(frames), frames.sum(axis=0), frames.T @ frames)


def pieces(features: Features, mask: Mask) -> list[Group]:
    """Speech between pauses, the long stretches cut evenly; what has less than LEAST frames is left out."""
    heard = np.flatnonzero(mask)
    found = []
    for stretch in np.split(heard, np.flatnonzero(np.diff(heard) > PAUSE) + 1):
        for part in np.array_split(stretch, max(1, -(-len(stretch) // PIECE))):
            if len(part) >= LEAST:
                found.append(group_of(features[part]))
    return found or [group_of(features[mask])]


def grouped(parts: Sequence[Group], wishes: Speakers, floor: _Matrix) -> list[Group]:
    """The speakers: blocks of pieces are grouped first, freely, and then their groups as wished."""
    groups = list(parts)
    while len(groups) > BLOCK:
        blocks = [groups[first : first + BLOCK] for first in range(0, len(groups), BLOCK)]
        smaller = [group for block in blocks for group in merged(block, Speakers(find=True, least=BLOCK // 10), floor)]
        if len(smaller) == len(groups):
            break
        groups = smaller
    return merged(groups, wishes, floor)


def merged(parts: Sequence[Group], wishes: Speakers, floor: _Matrix) -> list[Group]:
    """Groups that are worth keeping apart, or as many as are wished."""
    groups = list(parts)
    spreads = [group.spread(floor) for group in groups]
    costs = np.full((len(groups), len(groups)), np.inf)
    for one in range(len(groups)):
        for other in range(one):
            costs[one, other] = _cost(groups[one], groups[other], spreads[one] + spreads[other], floor)
    least, most = wishes.exact or wishes.least or 1, wishes.exact or wishes.most
    while len(groups) > least:
        one, other = divmod(int(costs.argmin()), len(groups))
        if costs[one, other] > 0 and (most is None or len(groups) <= most):
            break
        groups[other] = groups[other] + groups[one]
        spreads[other] = groups[other].spread(floor)
        del groups[one], spreads[one]
        costs = np.delete(np.delete(costs, one, 0), one, 1)
        for third in range(len(groups)):
            if third != other:
                both = spreads[third] + spreads[other]
                costs[max(third, other), min(third, other)] = _cost(groups[third], groups[other], both, floor)
    return groups


def _cost(one: Group, other: Group, apart: float, floor: _Matrix) -> float:
    """What is lost when two groups become one, less the price of another speaker; negative where one is better."""
    together = one + other
    parameters = CEPSTRA + CEPSTRA * (CEPSTRA + 1) / 2
    return together.spread(floor) - apart - PRICE * parameters * float(np.log(together.count))


def _assigned(heard: Features, groups: Sequence[Group], floor: _Matrix) -> NDArray[np.int64]:
    """The group of each frame of speech (n, d)."""
    starts = np.arange(0, len(heard), STEP)
    path = np.zeros(len(starts), np.int64)
    for _ in range(ROUNDS):
        frames = np.stack([_likelihood(heard, group, floor) for group in groups], axis=1)
        path = cheapest(np.add.reduceat(frames, starts, axis=0), np.full(len(starts), CHANGE))
        owners = np.repeat(path, STEP)[: len(heard)]
        groups = [
            group_of(heard[owners == who]) if (owners == who).any() else group for who, group in enumerate(groups)
        ]
    return np.repeat(path, STEP)[: len(heard)]


def _likelihood(heard: Features, group: Group, floor: _Matrix) -> _Matrix:
    """The logarithm of the likelihood of each frame (n,), up to a constant."""
    covariance = group.covariance(floor)
    away = np.linalg.solve(np.linalg.cholesky(covariance), (heard - group.sum / group.count).T)
    return np.asarray(-0.5 * ((away**2).sum(axis=0) + np.linalg.slogdet(covariance)[1]))


def _speech(samples: Samples, frames: int) -> Mask:
    """Which frames of 10 ms are heard; levels come every 20 ms."""
    mask = np.repeat(audible(levels(samples)), 2)[:frames]
    return np.concatenate([mask, np.zeros(frames - len(mask), np.bool_)])
