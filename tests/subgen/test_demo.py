"""The packaged toy: all its files are there, both networks load, and the card credits what it must."""

from __future__ import annotations

import json
from pathlib import Path

import mlx.core as mx
import numpy as np
import pytest

from aligner.qwen3.weights import load
from subgen import demo

NEEDED = {"config.json", "model.safetensors", "vocab.json", "merges.txt", "tokenizer_config.json"}
MEGABYTE = 1_000_000


def folders() -> tuple[Path, Path]:
    return demo.asr_path(), demo.aligner_path()


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_directory_is_complete(folder):
    assert {path.name for path in folder.iterdir()} >= NEEDED


def test_toy_is_small_enough_for_the_wheel():
    size = sum(path.stat().st_size for folder in folders() for path in folder.iterdir())
    assert size < 27 * MEGABYTE


def test_roles():
    recogniser, aligner = (load(folder).model for folder in folders())
    assert recogniser.config.classes is None
    assert aligner.config.classes == 1250


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_every_linear_layer_is_quantised_but_the_aligners_head(folder):
    tensors = mx.load(str(folder / "model.safetensors"))
    matrices = {
        name.removesuffix(".weight") for name, tensor in tensors.items() if tensor.ndim == 2 and ".weight" in name
    }
    dense = {name for name in matrices if tensors[f"{name}.weight"].dtype != mx.uint32}
    assert dense == ({"lm_head"} if folder == demo.aligner_path() else set())
    assert json.loads((folder / "config.json").read_text())["quantization"] == {
        "group_size": 64,
        "bits": 8,
        "mode": "affine",
    }


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_weights_are_finite(folder):
    tensors = mx.load(str(folder / "model.safetensors"))
    assert all(np.isfinite(np.asarray(tensor.astype(mx.float32))).all() for tensor in tensors.values())


@pytest.mark.parametrize(
    "credit",
    [
        "toy",
        "LibriSpeech (CC BY 4.0)",
        "LJ Speech (public domain)",
        "speechocean762",
        "Free Spoken Digit Dataset (CC BY-SA 4.0)",
        "ARCTIC",
        "espeak-ng",
        "flite",
    ],
)
def test_card_says_what_it_must(credit):
    card = Path(demo.__file__).with_name("MODEL_CARD.md").read_text(encoding="utf-8")
    assert credit in " ".join(card.split())
