"""Random models: the shapes are the published ones, every reader loads them, and answers have the length asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import mlx.core as mx
import numpy as np
import pytest

from aligner.aligner import Aligner
from aligner.units import units
from subgen.asr.recogniser import Recogniser
from subgen.errors import OptionError
from subgen.eval.random_models import PUBLISHED, STORAGE, tensors_of, write_random
from subgen.eval.sound import speech_like
from subgen.options import Decoding
from subgen.types import Chunk

SMALL = replace(
    PUBLISHED["0.6B"],
    audio_layers=1,
    audio_width=64,
    audio_heads=2,
    hidden=64,
    intermediate=64,
    layers=2,
    heads=2,
    key_heads=1,
    head_dim=32,
    channels=4,
)


@pytest.mark.shared
@pytest.mark.parametrize("name", PUBLISHED)
def test_tensors_have_the_published_names_and_shapes(name: str, shared: Path) -> None:
    expected = json.loads((shared / f"docs/tensors/{name}.json").read_text())
    made = tensors_of(PUBLISHED[name], 100, mx.bfloat16)
    assert {key: list(tensor.shape) for key, tensor in made.items()} == expected


@pytest.mark.parametrize(("storage", "tokens"), list(zip(STORAGE, [3, 17, 30, 12, 20], strict=True)))
def test_every_answer_has_the_tokens_asked_for(storage: str, tokens: int, tmp_path: Path) -> None:
    write_random(tmp_path / "model", SMALL, tokens, storage)
    recogniser = Recogniser.open(tmp_path / "model")
    chunks = [Chunk(start, start + length, speech_like(length)) for start, length in ((0, 3.0), (5, 1.2), (9, 4.0))]
    heard = list(recogniser.recognise(chunks, Decoding(batch=2)))
    assert [len(result.transcript.text.split()) for result in heard] == [tokens - 2] * 3
    assert {result.transcript.finish for result in heard} == {"stop"}
    assert {result.transcript.language for result in heard} == {"English"}
    forced = next(iter(recogniser.recognise(chunks, Decoding(language="English"))))
    assert forced.transcript.text == heard[0].transcript.text


def test_a_random_aligner_loads_and_answers_inside_its_classes(tmp_path: Path) -> None:
    write_random(tmp_path, replace(SMALL, classes=50, vocabulary=152064))
    aligner = Aligner.open(tmp_path)
    assert aligner.longest == 4.0
    [(found, _)] = aligner.predict([speech_like(2)], [units("a few words", "English")])
    assert len(found) == 3
    assert all(0 <= unit.start <= unit.end <= 4.0 for unit in found)


def test_rows_of_a_matrix_differ() -> None:
    shape = replace(SMALL, hidden=128)
    table = np.array(tensors_of(shape, 10, mx.float32)["thinker.model.embed_tokens.weight"])
    assert len(np.unique(table[:, 0].round(7))) > 1000
    assert len(np.unique(table[::37], axis=0)) == len(table[::37])


@pytest.mark.parametrize(("storage", "tokens", "reason"), [("float8", 9, "float8"), ("float32", 2, "3 or more")])
def test_what_can_not_be_made_is_refused(storage: str, tokens: int, reason: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=reason):
        write_random(tmp_path / "model", SMALL, tokens, storage)
    assert not (tmp_path / "model").exists()
