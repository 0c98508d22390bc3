"""Quantised checkpoints: loadable, close to the original, and never written over something."""

from __future__ import annotations

import json
import shutil

import mlx.core as mx
import mlx.nn as nn
import pytest
from tokenizers import Tokenizer
from tokenizers.models import BPE

from aligner.errors import BadWeights, OptionError, OutputError
from aligner.qwen3.checkpoint import read_checkpoint
from aligner.qwen3.quantise import quantise
from aligner.qwen3.weights import load, load_as_stored


def quantised_weights(directory):
    """Packed weight, scales and biases of every quantised module, as stored."""
    tensors = read_checkpoint(directory).tensors
    paths = (name.removesuffix(".scales") for name in tensors if name.endswith(".scales"))
    return {path: tuple(tensors[f"{path}.{part}"] for part in ("weight", "scales", "biases")) for path in paths}


@pytest.mark.parametrize("layout", ["asr", "asr_hf_native"])
def test_recogniser_is_quantised_throughout(golden, tmp_path, layout):
    quantise(golden / layout, tmp_path / "small")
    modules = load_as_stored(golden / layout).model.named_modules()
    linear = {path: module for path, module in modules if isinstance(module, nn.Linear | nn.Embedding)}
    fitting = {path for path, module in linear.items() if module.weight.shape[-1] % 64 == 0}
    assert set(quantised_weights(tmp_path / "small")) == fitting
    assert "model.embed_tokens" in fitting


def test_aligner_keeps_its_head(golden, tmp_path):
    quantise(golden / "aligner", tmp_path / "small")
    assert "lm_head" not in quantised_weights(tmp_path / "small")
    small, dense = load(tmp_path / "small").model, load(golden / "aligner").model
    assert mx.array_equal(small.lm_head.weight, dense.lm_head.weight)


@pytest.mark.parametrize(("bits", "group_size"), [(8, 64), (8, 32), (6, 64), (4, 32)])
def test_weights_differ_by_a_step_at_most(golden, tmp_path, bits, group_size):
    quantise(golden / "asr", tmp_path / "small", bits, group_size)
    dense = dict(load_as_stored(golden / "asr").model.named_modules())
    for path, (packed, scales, biases) in quantised_weights(tmp_path / "small").items():
        near = mx.dequantize(packed, scales, biases, group_size, bits)
        off = mx.abs(near - dense[path].weight).reshape(*scales.shape, group_size)
        # MLX moves the grid so that the largest weight of a group is exact, which may clip the other end by one step
        assert bool(mx.all(off.max(axis=-1) <= mx.abs(scales) * 1.01)), path


def test_companions_and_config_come_along(golden, tmp_path):
    quantise(golden / "asr", tmp_path / "small", bits=4, group_size=32)
    before = json.loads((golden / "asr" / "config.json").read_text())
    after = json.loads((tmp_path / "small" / "config.json").read_text())
    assert after == before | {"quantization": {"group_size": 32, "bits": 4, "mode": "affine"}}
    copied = {path.name for path in (tmp_path / "small").iterdir()}
    assert copied == {path.name for path in (golden / "asr").iterdir()}


def test_tied_head_is_left_out(golden, tmp_path):
    quantise(golden / "asr", tmp_path / "small")
    assert not any(name.startswith("lm_head") for name in read_checkpoint(tmp_path / "small").tensors)


@pytest.mark.parametrize("alone", [False, True])
def test_tokenizer_json_is_copied_only_when_it_is_alone(golden, tmp_path, alone):
    source = tmp_path / "source"
    shutil.copytree(golden / "asr", source)
    parts = [source / "vocab.json", source / "merges.txt"]
    Tokenizer(BPE.from_file(*map(str, parts))).save(str(source / "tokenizer.json"))
    for part in parts if alone else ():
        part.unlink()
    quantise(source, tmp_path / "small")
    assert (tmp_path / "small" / "tokenizer.json").exists() == alone
    assert (tmp_path / "small" / "vocab.json").exists() != alone


def test_quantising_twice_is_refused(golden, tmp_path):
    with pytest.raises(BadWeights, match="quantised already"):
        quantise(golden / "asr_mlx4", tmp_path / "small")
    assert not (tmp_path / "small").exists()


def test_a_directory_with_content_is_never_touched(golden, tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(OutputError, match="not empty"):
        quantise(golden / "asr", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_a_file_in_the_way_is_one_sentence(golden, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="can't be written"):
        quantise(golden / "asr", tmp_path / "file")


@pytest.mark.parametrize(("bits", "group_size", "said"), [(7, 64, "7 bits"), (8, 48, "48")])
def test_unknown_widths_are_refused(golden, tmp_path, bits, group_size, said):
    with pytest.raises(OptionError, match=said):
        quantise(golden / "asr", tmp_path / "small", bits, group_size)
