"""The KV cache of a batch whose rows start at different columns and all end at the same one.

Rows are right-aligned: a new token of every row goes into the same column, so a step is one slice assignment per
layer, and a row that ends gives its place to another prompt that is written so that it ends there, too.
"""

from __future__ import annotations

from collections.abc import Sequence

import mlx.core as mx

STEP = 256
"""columns by which the cache grows"""


class LayerCache:
    """Keys and values of one layer, (B, heads, capacity, head_dim), filled up to the owner's `length`."""

    def __init__(self, owner: BatchCache) -> None:
        self.owner = owner
        self.keys: mx.array | None = None
        self.values: mx.array | None = None

    def update(self, keys: mx.array, values: mx.array) -> tuple[mx.array, mx.array]:
        """Writes (B, heads, L, head_dim) after the filled columns and returns everything filled so far."""
        start = self.owner.length
        end = start + keys.shape[2]
        self.keys = self._write(self.keys, keys, start)
        self.values = self._write(self.values, values, start)
        return self.keys[:, :, :end], self.values[:, :, :end]

    def _write(self, store: mx.array | None, new: mx.array, start: int) -> mx.array:
        end = start + new.shape[2]
        if store is None or end > store.shape[2]:
            capacity = _capacity(end)
            held = start if store is not None else 0
            room = mx.zeros((*new.shape[:2], capacity - held, new.shape[3]), dtype=new.dtype)
            store = room if store is None else mx.concatenate([store[:, :, :held], room], axis=2)
        store[:, :, start:end] = new
        return store


class BatchCache:
    """The caches of all layers. `length`: columns filled, the same for every row and layer."""

    def __init__(self, layers: int, rows: int) -> None:
        self.length = 0
        self.rows = rows
        self.layers = [LayerCache(self) for _ in range(layers)]

    def advance(self, columns: int) -> None:
        """Counts columns that `update` has written in every layer."""
        self.length += columns

    def shift(self, columns: int) -> None:
        """Moves everything `columns` to the right (empty columns in front), or to the left (columns dropped)."""
        for layer in self.layers:
            layer.keys = _shifted(layer.keys, columns, self.length)
            layer.values = _shifted(layer.values, columns, self.length)
        self.length += columns

    def adopt(self, rows: Sequence[int], other: BatchCache) -> None:
        """Copies row i of `other` into row `rows[i]`, so that it ends in this cache's last filled column.

        `other` must not be longer than this cache: `shift` first.
        """
        first = self.length - other.length
        for mine, theirs in zip(self.layers, other.layers, strict=True):
            mine.keys = self._with(mine.keys, theirs.keys, rows, first)
            mine.values = self._with(mine.values, theirs.values, rows, first)

    def _with(self, store: mx.array | None, new: mx.array | None, rows: Sequence[int], first: int) -> mx.array:
        assert new is not None
        if store is None:
            store = mx.zeros((self.rows, new.shape[1], _capacity(self.length), new.shape[3]), dtype=new.dtype)
        new = new[:, :, : self.length - first]
        if len(rows) == 1:
            store[rows[0], :, first : self.length] = new[0]
        else:
            store[mx.array(list(rows)), :, first : self.length] = new
        return store


def _capacity(columns: int) -> int:
    return -(-columns // STEP) * STEP


def _shifted(store: mx.array | None, columns: int, length: int) -> mx.array | None:
    if store is None or columns == 0:
        return store
    if columns < 0:
        return store[:, :, -columns:length]
    front = mx.zeros((*store.shape[:2], columns, store.shape[3]), dtype=store.dtype)
    return mx.concatenate([front, store[:, :, :length]], axis=2)
