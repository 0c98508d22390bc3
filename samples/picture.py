"""The moving picture of the film, drawn with numpy: a hill by the sea, a tower, night, storm and morning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, FRAME_RATE = 426, 240, 24
HORIZON = 150
TOWER, LAMP = 96, 74
"""column of the tower's middle and row of its lamp"""

Image = NDArray[np.float32]

_X = np.arange(WIDTH, dtype=np.float32)[None, :]
_Y = np.arange(HEIGHT, dtype=np.float32)[:, None]
_NIGHT = np.array([[10, 14, 38], [30, 38, 74]], np.float32)
_STORM = np.array([[14, 16, 22], [36, 40, 48]], np.float32)
_DAY = np.array([[88, 132, 190], [250, 196, 128]], np.float32)
"""colours of the top of the sky and of the horizon"""

_STARS = (np.random.default_rng(7).random((HORIZON, WIDTH)) > 0.9988).astype(np.float32) * 90

_FONT = {
    "E": "11111 10000 10000 11110 10000 10000 11111",
    "G": "01110 10001 10000 10111 10001 10001 01110",
    "H": "10001 10001 10001 11111 10001 10001 10001",
    "I": "01110 00100 00100 00100 00100 00100 01110",
    "L": "10000 10000 10000 10000 10000 10000 11111",
    "N": "10001 11001 10101 10101 10011 10001 10001",
    "O": "01110 10001 10001 10001 10001 10001 01110",
    "T": "11111 00100 00100 00100 00100 00100 00100",
    " ": "00000 00000 00000 00000 00000 00000 00000",
}


@dataclass(frozen=True, slots=True)
class Moods:
    """When the picture changes, in seconds."""

    dark: float
    """the light goes out"""
    storm: float
    lit: float
    """the light burns again"""
    morning: float
    end: float


def frames(moods: Moods) -> Iterator[bytes]:
    """RGB frames of WIDTH x HEIGHT, 3 bytes a pixel, FRAME_RATE of them a second, from 0 to `moods.end`."""
    land, title = _land(), _title("THE LIGHT ON THE HILL", 3)
    for index in range(round(moods.end * FRAME_RATE)):
        time = index / FRAME_RATE
        image = _scene(time, moods)
        image[land] = _ease(time, moods.morning, 6) * np.array([46, 62, 40], np.float32) + 8
        _light(image, time, moods)
        shown = _ease(time, 0.4, 0.6) * (1 - _ease(time, 2.4, 0.6))
        image += shown * title[:, :, None] * (235 - image)
        yield np.clip(image, 0, 255).astype(np.uint8).tobytes()


def _ease(time: float, start: float, seconds: float) -> float:
    """0 before `start`, 1 from `start + seconds` on, smooth between."""
    x = min(1.0, max(0.0, (time - start) / seconds))
    return x * x * (3 - 2 * x)


def _scene(time: float, moods: Moods) -> Image:
    """Sky with a rising sun, and the sea that mirrors it."""
    storm = _ease(time, moods.storm, 5) * (1 - _ease(time, moods.morning - 3, 4))
    day = _ease(time, moods.morning, 9)
    colours = _NIGHT + storm * (_STORM - _NIGHT) + day * (_DAY - _NIGHT)
    depth = np.clip(_Y / HORIZON, 0, 1)[:, :, None]
    image = np.broadcast_to(colours[0] + depth * (colours[1] - colours[0]), (HEIGHT, WIDTH, 3)).copy()
    image[:HORIZON] += (1 - max(storm, day)) * _STARS[:, :, None]
    sun = HORIZON + 24 - 70 * _ease(time, moods.morning, 16)
    glow = np.exp(-(np.hypot(_X - 300, _Y - sun) / 60)) * day
    disc = np.clip(18 - np.hypot(_X - 300, _Y - sun), 0, 1) * day
    image += glow[:, :, None] * np.array([150, 90, 20], np.float32)
    image += disc[:, :, None] * (np.array([255, 236, 190], np.float32) - image)
    np.minimum(image, 255, out=image)
    below = np.minimum(2 * HORIZON - np.arange(HORIZON, HEIGHT), HORIZON - 1)
    swell = (
        (1 + 5 * storm) * np.sin(_Y[HORIZON:] / 5 + _X / 31 + time * (0.8 + storm)) * ((_Y[HORIZON:] - HORIZON) / 90)
    )
    image[HORIZON:] = image[below] * 0.72 + swell[:, :, None]
    return image


def _land() -> NDArray[np.bool_]:
    """Where the hill and its tower are."""
    hill = HEIGHT - 130 * np.exp(-(((_X - 90) / 110) ** 2)) < _Y
    tower = (abs(_X - TOWER) < 7 + (_Y - LAMP) / 16) & (_Y > LAMP + 5) & (_Y < HORIZON)
    roof = (abs(_X - TOWER) < (_Y - LAMP + 18) / 1.6) & (_Y < LAMP - 6)
    posts = (abs(_X - TOWER) == 6) & (abs(_Y - LAMP) < 8)
    return np.asarray(hill | tower | roof | posts)


def _light(image: Image, time: float, moods: Moods) -> None:
    """Add the lamp and its beam, which turns once in twelve seconds."""
    power = (1 - _ease(time, moods.dark, 2)) + _ease(time, moods.lit, 2)
    if power == 0:
        return
    far = np.hypot(_X - TOWER, _Y - LAMP)
    beam = np.exp(-(((_Y - LAMP) / (3 + far / 7)) ** 2)) * np.exp(-far / 160)
    turn = np.sin(2 * np.pi * time / 12) * np.sign(_X - TOWER)
    lamp = np.exp(-((far / 7) ** 2)) + 0.5 * np.clip(turn, 0, 1) * beam
    strength = power * (1 - 0.7 * _ease(time, moods.morning, 9))
    image += strength * lamp[:, :, None] * np.array([240, 220, 150], np.float32)


def _title(text: str, size: int) -> Image:
    """The text in the middle of the picture as 0..1, each dot `size` pixels."""
    letters = [np.array([[int(dot) for dot in row] + [0] for row in _FONT[letter].split()]) for letter in text]
    dots = np.kron(np.concatenate(letters, axis=1), np.ones((size, size)))
    canvas = np.zeros((HEIGHT, WIDTH), np.float32)
    top, left = 26, (WIDTH - dots.shape[1]) // 2
    canvas[top : top + dots.shape[0], left : left + dots.shape[1]] = dots
    return canvas
