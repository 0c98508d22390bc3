"""The KV cache of a batch whose rows start at different columns and all end at the same one.

Rows are right-aligned: a new token of every row goes into the same column, so a step is one slice assignment per
layer, and a row that ends gives its place to another prompt that is written so that it ends there, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import mlx.core as mx

STEP = 256
"""columns by which the cache grows"""


@dataclass(slots=True)
class _Filled:
    """How many columns all layers have filled. The layers know this and not the whole cache: a circle of objects would
    keep hundreds of megabytes until Python looks for circles."""

    columns: int = 0


class LayerCache:
    """Keys and values of one layer, (2, B, heads, capacity, head_dim), filled up to the same column as the others."""

    def __init__(self, filled: _Filled) -> None:
        self._filled = filled
        self.store: mx.array | None = None

    def update(self, keys: mx.array, values: mx.array) -> tuple[mx.array, mx.array]:
        """Writes (B, heads, L, head_dim) after the filled columns and returns everything filled so far."""
        start = self._filled.columns
        end = start + keys.shape[2]
        store = self.reserve(end, keys)
        store[0, :, :, start:end] = keys
        store[1, :, :, start:end] = values
        return store[0, :, :, :end], store[1, :, :, :end]

    def reserve(self, columns: int, like: mx.array) -> mx.array:
        """The store, made or grown so that it has that many columns; `like`: (B, heads, L, head_dim)."""
        store, held = self.store, self._filled.columns
        if store is None or columns > store.shape[3]:
            kept = held if store is not None else 0
            rows, heads, _, dim = like.shape
            room = mx.zeros((2, rows, heads, _capacity(columns) - kept, dim), dtype=like.dtype)
            store = room if store is None else mx.concatenate([store[:, :, :, :held], room], axis=3)
            self.store = store
        return store


class BatchCache:
    """The caches of all layers."""

    def __init__(self, layers: int, rows: int, length: int = 0) -> None:
        self._filled = _Filled(length)
        self.rows = rows
        self.layers = [LayerCache(self._filled) for _ in range(layers)]

    @property
    def length(self) -> int:
        """Columns filled, the same for every row and layer."""
        return self._filled.columns

    @property
    def full(self) -> bool:
        """Whether the next column takes more memory."""
        store = self.layers[0].store
        return store is not None and self.length == store.shape[3]

    def settle(self) -> None:
        """Computes what was asked for: until then the caches that rows were adopted from are held."""
        mx.eval([layer.store for layer in self.layers if layer.store is not None])

    def advance(self, columns: int) -> None:
        """Counts columns that `update` has written in every layer."""
        self._filled.columns += columns

    def shift(self, columns: int) -> None:
        """Moves everything `columns` to the right (empty columns in front), or to the left (columns dropped)."""
        for layer in self.layers:
            layer.store = _shifted(layer.store, columns, self.length)
        self._filled.columns += columns

    def adopt(self, rows: Sequence[int], other: BatchCache) -> None:
        """Copies row i of `other` into row `rows[i]`, so that it ends in this cache's last filled column.

        `other` must not be longer than this cache: `shift` first.
        """
        first = self.length - other.length
        for mine, theirs in zip(self.layers, other.layers, strict=True):
            assert theirs.store is not None
            mine.store = self._with(mine.store, theirs.store[:, :, :, : other.length], rows, first)

    def resize(self, rows: Sequence[int], count: int) -> None:
        """Keeps these rows, in this order, and adds empty ones up to `count`."""
        kept = mx.array(list(rows), dtype=mx.int32)
        for layer in self.layers:
            if layer.store is not None:
                store = layer.store if len(rows) == self.rows else layer.store[:, kept]
                room = mx.zeros((2, count - len(rows), *store.shape[2:]), dtype=store.dtype)
                layer.store = mx.concatenate([store, room], axis=1) if count > len(rows) else store
        self.rows = count

    def stores(self) -> list[mx.array]:
        """The contiguous stores of all layers, with room for one more column: to be changed in place."""
        stores = []
        for layer in self.layers:
            assert layer.store is not None
            layer.store = mx.contiguous(layer.reserve(self.length + 1, layer.store[0]))
            stores.append(layer.store)
        return stores

    def _with(self, store: mx.array | None, new: mx.array, rows: Sequence[int], first: int) -> mx.array:
        if store is None:
            _, _, heads, _, dim = new.shape
            store = mx.zeros((2, self.rows, heads, _capacity(self.length), dim), dtype=new.dtype)
        if rows[-1] - rows[0] == len(rows) - 1:  # neighbours, which need no scatter
            store[:, rows[0] : rows[-1] + 1, :, first : self.length] = new
        else:
            store[:, mx.array(list(rows)), :, first : self.length] = new
        return store


def _capacity(columns: int) -> int:
    return -(-columns // STEP) * STEP


def _shifted(store: mx.array | None, columns: int, length: int) -> mx.array | None:
    if store is None or columns == 0:
        return store
    if columns < 0:
        return store[:, :, :, -columns:length]
    front = mx.zeros((*store.shape[:3], columns, store.shape[4]), dtype=store.dtype)
    return mx.concatenate([front, store[:, :, :, :length]], axis=3)
