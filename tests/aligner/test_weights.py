"""Loading: every layout that is out there, and a clear sentence for every way a directory can be wrong."""

from __future__ import annotations

import json
import pickle
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest

from aligner.errors import BadWeights, ModelError, ModelNotFound
from aligner.qwen3.mel import log_mel
from aligner.qwen3.weights import default_dtype, load

Tensors = dict[str, mx.array]
LINEAR = {"conv_out", "proj1", "proj2", "fc1", "fc2", "embed_tokens", "lm_head"}


@pytest.fixture
def copy(golden: Path, tmp_path: Path) -> Callable[[str], Path]:
    def make(name: str) -> Path:
        return Path(shutil.copytree(golden / name, tmp_path / "model"))

    return make


def read(directory: Path) -> Tensors:
    content = mx.load(str(directory / "model.safetensors"))
    assert isinstance(content, dict)
    return content


def write(directory: Path, tensors: Tensors) -> None:
    mx.eval(tensors)
    mx.save_safetensors(str(directory / "new.safetensors"), tensors)
    (directory / "new.safetensors").replace(directory / "model.safetensors")


def edit_config(directory: Path, change: Callable[[dict[str, Any]], object]) -> None:
    config = json.loads((directory / "config.json").read_text())
    change(config)
    (directory / "config.json").write_text(json.dumps(config))


def encoded(directory: Path, audio: Path | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Audio embedding of a fixed noise, and logits after one token: two numbers that any wrong tensor changes."""
    model, _ = load(directory, audio, mx.float32)
    noise = np.random.default_rng(0).standard_normal(20_000).astype(np.float32) * 0.1
    [audio_tokens] = model.audio_tower([log_mel(noise, model.config.audio.num_mel_bins)])
    hidden = model(model.model.embed_tokens(mx.array([[5, 6, 7]])), "causal", mx.array([0]))
    return np.array(audio_tokens), np.array(model.logits(hidden))


def assert_same(left: tuple[np.ndarray, np.ndarray], right: tuple[np.ndarray, np.ndarray], within: float) -> None:
    for a, b in zip(left, right, strict=True):
        np.testing.assert_allclose(a, b, atol=within)


def test_transformers_layout_is_the_official_one(golden: Path) -> None:
    assert_same(encoded(golden / "asr"), encoded(golden / "asr_hf_native"), 1e-6)


def test_several_shards_with_an_index(golden: Path, copy: Callable[[str], Path]) -> None:
    directory = copy("asr")
    tensors = read(directory)
    names = sorted(tensors)
    parts = {"model-00001-of-00002.safetensors": names[:40], "model-00002-of-00002.safetensors": names[40:]}
    mx.eval(tensors)
    for file, part in parts.items():
        mx.save_safetensors(str(directory / file), {name: tensors[name] for name in part})
    (directory / "model.safetensors").unlink()
    index = {"weight_map": {name: file for file, part in parts.items() for name in part}}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index))
    assert_same(encoded(golden / "asr"), encoded(directory), 0)

    (directory / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(BadWeights, match="model-00002-of-00002"):
        load(directory)


def test_a_head_that_copies_the_embedding_is_not_kept_twice(golden: Path) -> None:
    model, _ = load(golden / "asr", dtype=mx.float32)
    assert "lm_head" not in model


def test_a_head_of_its_own_is_used_whatever_the_config_says(copy: Callable[[str], Path]) -> None:
    directory = copy("asr")
    before = encoded(directory)[1]
    tensors = read(directory)
    write(directory, tensors | {"thinker.lm_head.weight": tensors["thinker.lm_head.weight"] * 2})
    np.testing.assert_allclose(encoded(directory)[1], before * 2, rtol=1e-5)


def test_no_head_at_all_when_tied(golden: Path, copy: Callable[[str], Path]) -> None:
    directory = copy("asr")
    tensors = read(directory)
    del tensors["thinker.lm_head.weight"]
    write(directory, tensors)
    assert_same(encoded(golden / "asr"), encoded(directory), 0)
    edit_config(directory, lambda config: config["thinker_config"]["text_config"].update(tie_word_embeddings=False))
    with pytest.raises(BadWeights, match=r"lacks the tensor 'lm_head\.weight'"):
        load(directory)


@pytest.mark.parametrize("change", ["as it is", "no quantisation block", "wrong numbers"])
def test_widths_come_from_shapes_not_from_the_config(golden: Path, copy: Callable[[str], Path], change: str) -> None:
    directory = copy("asr_audio8_text4")
    if change == "no quantisation block":
        edit_config(
            directory, lambda config: [config.pop(name, None) for name in ("quantization", "quantization_config")]
        )
    elif change == "wrong numbers":
        edit_config(directory, lambda config: config.update(quantization={"group_size": 32, "bits": 3}))
    assert_same(encoded(golden / "asr_audio8_text4"), encoded(directory), 0)
    # four bits are coarse, but the network is the same
    assert np.abs(encoded(golden / "asr")[0] - encoded(directory)[0]).max() < 0.3


def test_directory_with_quantised_encoder_text_and_head(golden: Path, copy: Callable[[str], Path]) -> None:
    """mlx-qwen3-asr's own: encoder 8 bit, text and (untied) head 4 bit, widths in a file of its own."""
    directory = copy("asr")
    tensors: Tensors = {}
    for name, tensor in read(directory).items():
        ours = name.removeprefix("thinker.")
        module = ours.split(".")[-2]
        linear = module.endswith("_proj") or module in LINEAR
        if ours.startswith("audio_tower.conv2d") and tensor.ndim == 4:
            tensors[ours] = tensor.transpose(0, 2, 3, 1)
        elif linear and ours.endswith(".weight"):
            bits = 8 if ours.startswith("audio_tower") else 4
            packed, scales, biases = mx.quantize(tensor, group_size=64, bits=bits)
            path = ours.removesuffix(".weight")
            tensors |= {ours: packed, f"{path}.scales": scales, f"{path}.biases": biases}
        else:
            tensors[ours] = tensor
    write(directory, tensors)
    (directory / "quantization_config.json").write_text('{"bits": 4, "group_size": 64}')
    assert_same(encoded(golden / "asr_audio8_text4"), encoded(directory), 1e-5)


def test_mega_asr_folder(golden: Path, tmp_path: Path) -> None:
    """The language model below `mlx/`, its tokenizer beside it, an ONNX encoder that we replace by a second folder."""
    shutil.copytree(golden / "llm_mixed8_4", tmp_path / "mlx" / "llm-mixed")
    (tmp_path / "tokenizer").mkdir()
    for name in ("vocab.json", "merges.txt", "tokenizer_config.json"):
        (tmp_path / "mlx" / "llm-mixed" / name).rename(tmp_path / "tokenizer" / name)
    (tmp_path / "onnx").mkdir()
    assert_same(encoded(tmp_path, golden / "asr"), encoded(golden / "llm_mixed8_4", golden / "asr"), 0)
    with pytest.raises(BadWeights, match="--audio-model"):
        load(tmp_path)
    with pytest.raises(BadWeights, match="no audio tower either"):
        load(tmp_path, golden / "llm_mixed8_4")
    shutil.copytree(golden / "llm_mixed8_4", tmp_path / "mlx" / "llm-other")
    with pytest.raises(BadWeights, match=r"several models \(mlx/llm-mixed, mlx/llm-other\)"):
        load(tmp_path, golden / "asr")


def test_tokenizer_json_serves_without_vocabulary_files(golden: Path, copy: Callable[[str], Path]) -> None:
    directory = copy("asr")
    vocabulary = json.loads((directory / "vocab.json").read_text())
    merges = [line for line in (directory / "merges.txt").read_text().split("\n") if line and line[0] != "#"]
    content = {
        "model": {"vocab": vocabulary, "merges": merges},
        "pre_tokenizer": {"type": "another model's, which must not be used"},
        "added_tokens": [{"id": 454, "content": "<asr_text>", "special": False}],
    }
    (directory / "tokenizer.json").write_text(json.dumps(content))
    (directory / "vocab.json").unlink()
    ours, theirs = load(directory).tokenizer, load(golden / "asr").tokenizer
    for text in ("iPhone McDonald it's 1234 naïve", "<|im_start|>system\n", "<asr_text>今天"):
        assert ours.encode(text) == theirs.encode(text)


@pytest.mark.parametrize(
    ("layout", "file"), [("aligner_hf_native", "processor_config.json"), ("aligner", "config.json")]
)
def test_milliseconds_of_a_class_come_from_the_checkpoint(copy: Callable[[str], Path], layout: str, file: str) -> None:
    directory = copy(layout)
    assert load(directory).model.config.segment_ms == 80
    path = directory / file
    values = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps(values | {"timestamp_segment_time": 40}))
    assert load(directory).model.config.segment_ms == 40


def test_default_dtype_is_float32_on_a_cpu() -> None:
    if mx.default_device().type == mx.DeviceType.cpu:
        assert default_dtype() == mx.float32
    else:
        assert default_dtype() == mx.bfloat16


def damage_missing(directory: Path) -> None:
    tensors = read(directory)
    del tensors["thinker.model.layers.1.mlp.up_proj.weight"]
    write(directory, tensors)


def damage_unknown(directory: Path) -> None:
    write(directory, read(directory) | {"thinker.model.extra.weight": mx.zeros(3)})


def damage_shape(directory: Path) -> None:
    write(directory, read(directory) | {"thinker.model.norm.weight": mx.zeros(65)})


def damage_pickle(directory: Path) -> None:
    (directory / "model.safetensors").unlink()
    (directory / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": 1}))


def damage_nothing_left(directory: Path) -> None:
    (directory / "model.safetensors").unlink()


def damage_renamed_pickle(directory: Path) -> None:
    (directory / "model.safetensors").write_bytes(pickle.dumps({"weight": 1}))


def damage_truncated(directory: Path) -> None:
    whole = (directory / "model.safetensors").read_bytes()
    (directory / "model.safetensors").write_bytes(whole[: len(whole) // 2])


def damage_twice(directory: Path) -> None:
    shutil.copy(directory / "model.safetensors", directory / "model-old.safetensors")


def damage_config_json(directory: Path) -> None:
    (directory / "config.json").write_text("{")


def damage_config_list(directory: Path) -> None:
    (directory / "config.json").write_text("[1]")


def damage_no_config(directory: Path) -> None:
    (directory / "config.json").unlink()


def damage_other_model(directory: Path) -> None:
    (directory / "config.json").write_text('{"model_type": "llama"}')


def damage_number(directory: Path) -> None:
    edit_config(directory, lambda config: config["thinker_config"]["text_config"].pop("head_dim"))


def damage_window(directory: Path) -> None:
    edit_config(directory, lambda config: config["thinker_config"]["audio_config"].update(n_window=100))


def damage_window_infer(directory: Path) -> None:
    edit_config(directory, lambda config: config["thinker_config"]["audio_config"].update(n_window_infer=850))


def damage_activation(directory: Path) -> None:
    edit_config(directory, lambda config: config["thinker_config"]["audio_config"].update(activation_function="relu"))


def damage_rope(directory: Path) -> None:
    edit_config(directory, lambda config: config["thinker_config"]["text_config"].update(rope_scaling={"type": "yarn"}))


def damage_biases(directory: Path) -> None:
    edit_config(directory, lambda config: config["thinker_config"]["text_config"].update(attention_bias=True))


def damage_tokenizer(directory: Path) -> None:
    (directory / "vocab.json").unlink()


def damage_merges(directory: Path) -> None:
    (directory / "merges.txt").unlink()
    (directory / "tokenizer_config.json").unlink()


def damage_token_ids(directory: Path) -> None:
    settings = json.loads((directory / "tokenizer_config.json").read_text())
    settings["added_tokens_decoder"]["700"] = {"content": "<odd>", "special": True}
    (directory / "tokenizer_config.json").write_text(json.dumps(settings))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_missing, "lacks the tensor 'model.layers.1.mlp.up_proj.weight'"),
        (damage_unknown, "tensor 'model.extra.weight' that this network does not know"),
        (damage_shape, "'model.norm.weight' has shape (65,), but its config implies (64,)"),
        (damage_pickle, "pytorch_model.bin, a format that can run code"),
        (damage_nothing_left, "no .safetensors file"),
        (damage_renamed_pickle, "not a readable safetensors file"),
        (damage_truncated, "not a readable safetensors file"),
        (damage_twice, "twice"),
        (damage_config_json, "can't be read as JSON"),
        (damage_config_list, "does not hold a JSON object"),
        (damage_no_config, "no config.json"),
        (damage_other_model, "does not describe a Qwen3-ASR"),
        (damage_number, "lacks 'head_dim'"),
        (damage_window, "only 50 is defined"),
        (damage_window_infer, "multiple of 100"),
        (damage_activation, "only 'gelu'"),
        (damage_rope, "rope type 'yarn'"),
        (damage_biases, "attention biases"),
        (damage_tokenizer, "no tokenizer"),
        (damage_merges, "no tokenizer"),
        (damage_token_ids, "do not belong together"),
    ],
)
def test_a_wrong_directory_is_named_in_one_sentence(
    copy: Callable[[str], Path], damage: Callable[[Path], None], message: str
) -> None:
    directory = copy("asr")
    damage(directory)
    with pytest.raises(BadWeights, match=re.escape(message)) as caught:
        load(directory)
    assert str(directory) in str(caught.value)
    assert "\n" not in str(caught.value)


def quantised_wrongly(directory: Path, change: Callable[[Tensors], object]) -> None:
    tensors = read(directory)
    change(tensors)
    write(directory, tensors)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda tensors: tensors.pop("model.embed_tokens.biases"), "without biases"),
        (lambda tensors: tensors.update({"model.norm.scales": mx.zeros((1, 1))}), "no weight of this network"),
        (
            lambda tensors: tensors.update({"model.embed_tokens.weight": mx.zeros((512, 7), dtype=mx.uint32)}),
            "fit no quantisation",
        ),
    ],
)
def test_wrong_quantisation(copy: Callable[[str], Path], change: Callable[[Tensors], object], message: str) -> None:
    directory = copy("asr_mlx4")
    quantised_wrongly(directory, change)
    with pytest.raises(BadWeights, match=message):
        load(directory)


def test_a_directory_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="no model directory"):
        load(tmp_path / "none")


def test_recogniser_and_aligner_are_told_apart(golden: Path) -> None:
    from aligner.aligner import Aligner
    from subgen.asr.recogniser import Recogniser

    with pytest.raises(ModelError, match="is a recogniser, not a forced aligner"):
        Aligner.open(golden / "asr")
    with pytest.raises(ModelError, match="is a forced aligner, not a recogniser"):
        Recogniser.open(golden / "aligner")
