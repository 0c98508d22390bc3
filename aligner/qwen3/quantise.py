"""Smaller checkpoints: the linear layers and the embedding rounded to a few bits, everything else as it was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import mlx.core as mx
import mlx.nn as nn
from mlx.utils import tree_flatten

from aligner.errors import BadWeights, OptionError, OutputError
from aligner.qwen3.checkpoint import read_checkpoint
from aligner.qwen3.weights import load_as_stored

BITS = (2, 3, 4, 5, 6, 8)
GROUP_SIZES = (32, 64, 128)
_COMPANIONS = (
    "vocab.json",
    "merges.txt",
    "tokenizer_config.json",
    "preprocessor_config.json",
    "generation_config.json",
    "chat_template.json",
)


def quantise(source: Path, target: Path, bits: int = 8, group_size: int = 64) -> None:
    """Writes a checkpoint whose linear layers and embedding take `bits` bits a weight and a scale and bias a group.

    The layout is that of the MLX conversions: no prefix, channels-last kernels, affine quantisation. Layers whose
    input size is no multiple of `group_size` stay as they are, and so does the aligner's head, whose classes are
    times: rounding it would move words. A head that only copies the embedding is left out.

    Args:
        source: a recogniser or an aligner that is not quantised yet, in any layout that `load` reads.
        target: a directory to make; it must not exist or be empty.

    Raises:
        OptionError: no such width or group size. OutputError: `target` can't be written.
        ModelNotFound, BadWeights: `source` is not a usable model, or is quantised already.
    """
    _require_known(bits, group_size)
    checkpoint = read_checkpoint(source)
    if any(name.endswith(".scales") for name in checkpoint.tensors):
        raise BadWeights(f"{source} is quantised already; quantise the model that it was made from.")
    model = load_as_stored(source, dtype=checkpoint.tensors["model.norm.weight"].dtype).model
    dense = {"lm_head"} if model.config.classes is not None else set()

    def wanted(path: str, module: nn.Module) -> bool:
        fits = isinstance(module, nn.Linear | nn.Embedding) and module.weight.shape[-1] % group_size == 0
        return fits and path not in dense

    nn.quantize(model, group_size, bits, class_predicate=wanted)
    config = checkpoint.config | {"quantization": {"group_size": group_size, "bits": bits, "mode": "affine"}}
    try:
        _write(dict(tree_flatten(model.parameters())), config, checkpoint.directory, target)
    except OSError as error:
        raise OutputError(f"{target} can't be written: {error.strerror or error}.") from error


def _require_known(bits: int, group_size: int) -> None:
    if bits not in BITS:
        raise OptionError(f"Weights can't have {bits} bits; choose one of {', '.join(map(str, BITS))}.")
    if group_size not in GROUP_SIZES:
        raise OptionError(f"The group size can't be {group_size}; choose one of {', '.join(map(str, GROUP_SIZES))}.")


def _write(tensors: dict[str, mx.array], config: dict[str, object], source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise OutputError(f"{target} is not empty; name a directory that does not exist yet.")
    for name in _companions(source):
        shutil.copyfile(source / name, target / name)
    (target / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    mx.save_safetensors(str(target / "model.safetensors"), tensors, metadata={"format": "mlx"})


def _companions(source: Path) -> list[str]:
    """Files to copy; tokenizer.json says again what vocab.json and merges.txt say, so only where these lack."""
    names = [name for name in _COMPANIONS if (source / name).is_file()]
    if "vocab.json" not in names and (source / "tokenizer.json").is_file():
        names.append("tokenizer.json")
    return names
