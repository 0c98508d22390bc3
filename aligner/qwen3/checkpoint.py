"""What a model directory holds: its config and tensors, under one set of names, whatever layout it has.

Which layout that is, is read from the content, never from a name:

- official: tensors `thinker.*`, in one file or several
- transformers 5: `model.audio_tower.*`, `model.multi_modal_projector.*`, `model.language_model.*`, `score.*`
- MLX conversions: no prefix, convolution kernels with channels last, any module quantised in any width
- a bare Qwen3 language model (Mega-ASR): no audio tower; that comes from a second directory
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import mlx.core as mx

from aligner.errors import BadWeights, ModelNotFound
from aligner.qwen3.config import SEGMENT_KEY, read_json

_RENAMES = (  # transformers-5 names to ours; the first prefix that fits is replaced
    ("model.audio_tower.", "audio_tower."),
    ("model.multi_modal_projector.linear_1.", "audio_tower.proj1."),
    ("model.multi_modal_projector.linear_2.", "audio_tower.proj2."),
    ("model.language_model.", "model."),
    ("score.", "lm_head."),
    ("thinker.", ""),
)
_UNSAFE = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")

Tensors = dict[str, mx.array]


class Checkpoint(NamedTuple):
    """The content of one model directory."""

    directory: Path
    config: dict[str, Any]
    tensors: Tensors

    @property
    def has_tower(self) -> bool:
        """Whether the audio encoder is in it."""
        return any(name.startswith("audio_tower.") for name in self.tensors)


def canonical_name(name: str) -> str:
    """The network's name for a tensor of any known layout."""
    for prefix, ours in _RENAMES:
        if name.startswith(prefix):
            return ours + name[len(prefix) :]
    return name


def _weight_files(directory: Path) -> list[Path]:
    files = sorted(path for path in directory.glob("*.safetensors") if not path.name.startswith("."))
    if not files:
        unsafe = sorted(path.name for path in directory.iterdir() if path.suffix in _UNSAFE)
        if unsafe:
            raise BadWeights(
                f"{directory} holds its weights in {unsafe[0]}, a format that can run code; "
                "only safetensors files are read: convert it first."
            )
        raise BadWeights(f"{directory} has no .safetensors file; the model directory is incomplete: fetch it again.")
    for index in directory.glob("*.safetensors.index.json"):
        for shard in sorted(set(read_json(index).get("weight_map", {}).values())):
            if not (directory / str(shard)).is_file():
                raise BadWeights(f"{directory} lacks the shard {shard} that its index names: fetch the model again.")
    return files


def _read_tensors(directory: Path) -> Tensors:
    tensors: Tensors = {}
    for file in _weight_files(directory):
        try:
            content = mx.load(str(file), format="safetensors")
        except (RuntimeError, ValueError) as error:
            raise BadWeights(f"{file} is not a readable safetensors file: fetch the model again.") from error
        assert isinstance(content, dict)
        for name, tensor in content.items():
            ours = canonical_name(name)
            if ours in tensors:
                raise BadWeights(f"{directory} holds the tensor {name!r} twice; remove the file that is left over.")
            tensors[ours] = tensor
    return tensors


def read_checkpoint(directory: Path) -> Checkpoint:
    """Reads config and (lazily) tensors of a model directory, or of the one language model below it.

    Raises:
        ModelNotFound: no such directory. BadWeights: it is not a usable model.
    """
    if not directory.is_dir():
        raise ModelNotFound(f"There is no model directory {directory}.")
    home = directory
    if not (directory / "config.json").is_file():
        home = _nested_model(directory)
    return Checkpoint(home, _read_config(home), _read_tensors(home))


def _read_config(home: Path) -> dict[str, Any]:
    """config.json, with the milliseconds of a timestamp class from the processor's file where only that has them."""
    config = read_json(home / "config.json")
    for name in ("processor_config.json", "preprocessor_config.json"):
        if SEGMENT_KEY not in config and (home / name).is_file():
            config |= {key: value for key, value in read_json(home / name).items() if key == SEGMENT_KEY}
    return config


def _nested_model(directory: Path) -> Path:
    """The one folder below (two levels at most) with config and safetensors: how Mega-ASR packs its models."""
    found = sorted(
        {
            config.parent
            for pattern in ("*/config.json", "*/*/config.json")
            for config in directory.glob(pattern)
            if any(config.parent.glob("*.safetensors"))
        }
    )
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(str(path.relative_to(directory)) for path in found)
        raise BadWeights(f"{directory} holds several models ({names}); name the one to use.")
    raise BadWeights(f"{directory} has no config.json; it is not a model directory.")
