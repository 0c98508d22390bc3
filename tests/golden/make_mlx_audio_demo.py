"""Writes mlx_audio_demo.json: what mlx-audio hears in stretches of the samples, with the packaged toy's weights.

    pip install mlx-audio==0.6.2
    python tests/golden/make_mlx_audio_demo.py

mlx-audio can't load a quantised audio tower, so it gets the packaged weights multiplied out, in float32, under the
official names. Run in the root of the repository.
"""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import mlx.core as mx
import numpy as np
from mlx_audio.stt import load

from subgen import demo
from subgen.media import open_audio, probe
from subgen.options import Input

ROOT = Path(__file__).resolve().parents[2]
MARGIN = 0.2
"""seconds of silence left around the sentences of a stretch"""
LONGEST = {"film.mp4": (8.0, 26.0), "talk.m4a": (8.0, 26.0), "late.mkv": (5.0, 26.0)}
"""seconds that a stretch of whole sentences may have; each file is divided twice"""


def multiply_out(source: Path, target: Path) -> None:
    """Writes the checkpoint without quantisation: official names, kernels (out, in, height, width), float32."""
    stored = mx.load(str(source / "model.safetensors"))
    config = json.loads((source / "config.json").read_text())
    width = config.pop("quantization")
    tensors = {}
    for name, tensor in stored.items():
        module = name.rpartition(".")[0]
        if name.endswith(".weight") and f"{module}.scales" in stored:
            parts = (stored[f"{module}.{part}"].astype(mx.float32) for part in ("scales", "biases"))
            tensors[f"thinker.{name}"] = mx.dequantize(tensor, *parts, width["group_size"], width["bits"])
        elif not name.endswith((".scales", ".biases")):
            kernel = tensor.transpose(0, 3, 1, 2) if tensor.ndim == 4 else tensor
            tensors[f"thinker.{name}"] = kernel.astype(mx.float32)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("config.json", "*.safetensors"))
    (target / "config.json").write_text(json.dumps(config))
    mx.save_safetensors(str(target / "model.safetensors"), tensors, metadata={"format": "pt"})


def decode(path: Path) -> np.ndarray:
    """All samples of a media file, as subgen decodes it."""
    media = probe(path, Input())
    with open_audio(media, Input()) as audio:
        return np.concatenate(list(audio))


def stretches(path: Path, longest: float) -> list[tuple[int, int]]:
    """First and last sample of sentences in a row that take `longest` seconds at most."""
    groups: list[list[dict[str, float]]] = []
    for sentence in json.loads(path.with_suffix(".json").read_text())["sentences"]:
        if not groups or sentence["end"] - groups[-1][0]["start"] > longest:
            groups.append([])
        groups[-1].append(sentence)
    return [
        (round((group[0]["start"] - MARGIN) * 16_000), round((group[-1]["end"] + MARGIN) * 16_000)) for group in groups
    ]


def main() -> None:
    clips = []
    with TemporaryDirectory() as folder:
        multiply_out(demo.asr_path(), Path(folder) / "toy")
        model = load(str(Path(folder) / "toy"))
        for name, lengths in LONGEST.items():
            samples = decode(ROOT / "samples" / name)
            bounds = dict.fromkeys(
                bound for longest in lengths for bound in stretches(ROOT / "samples" / name, longest)
            )
            for start, end in bounds:
                text = model.generate(samples[start:end], max_tokens=512).text
                clips.append({"media": name, "start": start, "end": end, "text": text})
    content = {"made by": f"mlx-audio {version('mlx-audio')}", "clips": clips}
    target = Path(__file__).with_name("mlx_audio_demo.json")
    target.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
