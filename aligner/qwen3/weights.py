"""Loading checkpoints, strictly: every tensor of the network is found with its shape, and no other is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import mlx.core as mx
import mlx.nn as nn
from mlx.utils import tree_flatten

from aligner.blas import accelerate
from aligner.errors import BadWeights
from aligner.qwen3.checkpoint import Checkpoint, Tensors, read_checkpoint
from aligner.qwen3.config import ModelConfig, parse_config, parse_text
from aligner.qwen3.lanes import memory, on_cpu
from aligner.qwen3.model import Qwen3ASR
from aligner.qwen3.tokenizer import TextTokenizer


class Loaded(NamedTuple):
    """A network ready to run, and its tokenizer."""

    model: Qwen3ASR
    tokenizer: TextTokenizer


def _orient_kernels(tensors: Tensors, config: ModelConfig) -> None:
    """Convolution kernels to channels-last (out, height, width, in), whichever way they are stored."""
    for number in (1, 2, 3):
        name = f"audio_tower.conv2d{number}.weight"
        inputs = 1 if number == 1 else config.audio.downsample_hidden_size
        kernel = tensors.get(name)
        if kernel is not None and kernel.ndim == 4 and kernel.shape[1:] == (inputs, 3, 3):
            tensors[name] = kernel.transpose(0, 2, 3, 1)


def _drop_tied_head(tensors: Tensors, config: ModelConfig) -> ModelConfig:
    """Leaves out a head that only copies the embedding; a head of its own stays, whatever the config says."""
    head = {name: tensors[name] for name in tensors if name.startswith("lm_head.")}
    if config.classes is not None or not head:
        return config
    copies = (tensors.get(name.replace("lm_head.", "model.embed_tokens.")) for name in head)
    tied = all(
        copy is not None and copy.shape == tensor.shape and bool(mx.array_equal(copy, tensor))
        for copy, tensor in zip(copies, head.values(), strict=True)
    )
    if tied:
        for name in head:
            del tensors[name]
    return replace(config, text=replace(config.text, tie_word_embeddings=tied))


def _quantised_modules(model: nn.Module, tensors: Mapping[str, mx.array], where: Path) -> dict[str, dict[str, int]]:
    """Width and group size of every quantised module, from the shapes of its tensors; configs are often wrong."""
    modules: dict[str, dict[str, int]] = {}
    for name, scales in tensors.items():
        if not name.endswith(".scales"):
            continue
        path = name.removesuffix(".scales")
        packed = tensors.get(f"{path}.weight")
        module = dict(model.named_modules()).get(path)
        if packed is None or not isinstance(module, nn.Linear | nn.Embedding):
            raise BadWeights(f"{where} has quantisation scales for {path!r}, which is no weight of this network.")
        if f"{path}.biases" not in tensors:
            raise BadWeights(f"{where} quantises {path!r} in a mode without biases; only affine quantisation is read.")
        inputs = module.weight.shape[-1]
        bits, rest = divmod(packed.shape[-1] * 32, inputs)
        group, uneven = divmod(inputs, scales.shape[-1])
        if rest or uneven or bits not in {2, 3, 4, 5, 6, 8}:
            raise BadWeights(
                f"{where}: {path!r} has packed shape {packed.shape} and scales {scales.shape}, "
                f"which fit no quantisation of {inputs} inputs."
            )
        modules[path] = {"bits": bits, "group_size": group}
    return modules


def dense_pays(model: nn.Module) -> bool:
    """Whether quantised weights are better multiplied out at load: on a CPU or an NVIDIA GPU with the memory for it.

    MLX multiplies packed weights about five times slower there than dense ones on a CPU, and half as fast on CUDA in
    large batches (docs/log.md). On an Apple GPU, whose memory is what limits it, they stay packed.
    """
    if not (on_cpu() or mx.cuda.is_available()):
        return False
    needed = 4 * sum(parameter.size for _, parameter in tree_flatten(model.parameters()))
    return needed <= memory() // 2


def _multiply_out(tensors: Tensors, quantised: Mapping[str, Mapping[str, int]]) -> None:
    """Replaces quantised weights by dense float32 ones."""
    for path, width in quantised.items():
        scales, biases = (tensors.pop(f"{path}.{part}").astype(mx.float32) for part in ("scales", "biases"))
        packed = tensors[f"{path}.weight"]
        tensors[f"{path}.weight"] = mx.dequantize(packed, scales, biases, width["group_size"], width["bits"])


def _check(model: Qwen3ASR, tensors: Mapping[str, mx.array], where: Path) -> None:
    """Raises BadWeights unless names and shapes are exactly the network's."""
    expected = dict(tree_flatten(model.parameters()))
    for name in expected:
        if name not in tensors:
            raise BadWeights(f"{where} lacks the tensor {name!r}: the download is incomplete or it is another model.")
    for name, tensor in tensors.items():
        if name not in expected:
            raise BadWeights(f"{where} has a tensor {name!r} that this network does not know: it is another model.")
        if tensor.shape != expected[name].shape:
            raise BadWeights(
                f"{where}: the tensor {name!r} has shape {tensor.shape}, but its config implies {expected[name].shape}."
            )


def build(checkpoint: tuple[ModelConfig, Tensors], where: Path, dtype: mx.Dtype, dense: bool | None) -> Qwen3ASR:
    """The network with these weights, computing in `dtype`. Raises BadWeights unless they fit exactly."""
    config, tensors = checkpoint
    _orient_kernels(tensors, config)
    model = Qwen3ASR(_drop_tied_head(tensors, config))
    quantised = _quantised_modules(model, tensors, where)
    if quantised and (dense_pays(model) if dense is None else dense):
        _multiply_out(tensors, quantised)
    elif quantised:
        nn.quantize(model, class_predicate=lambda path, _: quantised.get(path, False))
    _check(model, tensors, where)
    cast = [
        (name, tensor.astype(dtype) if mx.issubdtype(tensor.dtype, mx.floating) else tensor)
        for name, tensor in tensors.items()
    ]
    model.load_weights(cast)
    model.eval()
    mx.eval(model.parameters())
    return model


def _with_tower(language_model: Checkpoint, audio: Path | None) -> tuple[ModelConfig, Tensors]:
    """Joins a bare language model and the audio tower of a second directory."""
    if audio is None:
        raise BadWeights(
            f"{language_model.directory} is a language model without an audio tower; "
            "name a Qwen3-ASR directory that has one with --audio-model."
        )
    donor = read_checkpoint(audio)
    if not donor.has_tower:
        raise BadWeights(f"{donor.directory} has no audio tower either.")
    full = parse_config(donor.config, str(donor.directory / "config.json"))
    text = parse_text(language_model.config, str(language_model.directory / "config.json"))
    tower = {name: tensor for name, tensor in donor.tensors.items() if name.startswith("audio_tower.")}
    return replace(full, text=text, classes=None), {**language_model.tensors, **tower}


def _tokenizer_folders(checkpoint: Checkpoint, given: Path, audio: Path | None) -> Iterator[Path]:
    yield checkpoint.directory
    yield from (given, given / "tokenizer")
    if audio is not None:
        yield from (audio, audio / "tokenizer")


def _find_tokenizer(folders: Iterator[Path], where: Path) -> TextTokenizer:
    for folder in folders:
        if (folder / "vocab.json").is_file() or (folder / "tokenizer.json").is_file():
            return TextTokenizer(folder)
    raise BadWeights(f"{where} has no tokenizer (vocab.json with merges.txt, or tokenizer.json).")


def default_dtype() -> mx.Dtype:
    """bfloat16 on a GPU; float32 on a CPU, where half precision has no fast matrix product."""
    return mx.float32 if on_cpu() else mx.bfloat16


def load(
    directory: Path, audio: Path | None = None, dtype: mx.Dtype | None = None, dense: bool | None = None
) -> Loaded:
    """Loads a recogniser or an aligner from a directory of any known layout.

    Args:
        directory: a model directory, or a folder that contains exactly one.
        audio: where the audio tower is when `directory` is a bare language model.
        dtype: what to compute in; None takes `default_dtype()`.
        dense: whether to multiply quantised weights out; None does so where `dense_pays`.

    Raises:
        ModelNotFound, BadWeights: with a sentence that names the file or tensor.
    """
    loaded = load_as_stored(directory, audio, dtype, dense)
    loaded.model.model.fuse()
    return loaded


def load_as_stored(
    directory: Path, audio: Path | None = None, dtype: mx.Dtype | None = None, dense: bool | None = None
) -> Loaded:
    """`load` with the parameters as the checkpoint has them, not joined for speed."""
    accelerate()
    checkpoint = read_checkpoint(directory)
    if checkpoint.has_tower:
        content = parse_config(checkpoint.config, str(checkpoint.directory / "config.json")), checkpoint.tensors
    else:
        content = _with_tower(checkpoint, audio)
    tokenizer = _find_tokenizer(_tokenizer_folders(checkpoint, directory, audio), checkpoint.directory)
    model = build(content, checkpoint.directory, dtype or default_dtype(), dense)
    return Loaded(model, tokenizer)
