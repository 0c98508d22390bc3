"""Models with random weights in the published shapes, to measure speed where the real weights are not at hand.

What the weights are does not change the arithmetic, but for when an answer ends. So these recognisers are built to
answer every audio with the same tokens: each token's row of the head is the embedding of the token before it, and the
layers add so little to the residual stream that it stays the embedding of the last token. The answer is `language
English<asr_text>`, short words, and the stop token: everything behind the network runs as with real weights.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import mlx.core as mx
from mlx.utils import tree_flatten

from aligner.qwen3.config import parse_config
from aligner.qwen3.model import Qwen3ASR
from aligner.qwen3.quantise import quantise
from subgen.errors import OptionError

STORAGE = ("bfloat16", "float16", "float32", "8bit", "4bit")
"""how weights may be stored; bits are affine groups of 64 in the layout of the MLX conversions"""
LEAST_TOKENS = 3
"""the name of the language, its tag, and a word"""

_BYTES = 256
_SPECIALS = {
    151643: "<|endoftext|>",
    151644: "<|im_start|>",
    151645: "<|im_end|>",
    151669: "<|audio_start|>",
    151670: "<|audio_end|>",
    151676: "<|audio_pad|>",
    151704: "<asr_text>",
    151705: "<timestamp>",
}
_ORDINARY = 151643
"""tokens before the special ones"""
_NEWLINE, _STOP, _TAG = 198, 151645, 151704
_LANGUAGE = _BYTES
"""the token "language English": the first that is no byte"""
_SENTENCE = 12
"""words; people speak sentences of about this length, and cues end with them"""
_STD = 0.02
_WHISPER = 1e-3
"""of _STD: the layers' outputs, so that 28 of them stay far below an embedding"""
_POOL = 7_999_993
"""random numbers made; a prime, so that no two rows of a matrix that repeats them are equal"""


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers in which checkpoints differ. `classes` makes it a forced aligner."""

    audio_layers: int
    audio_width: int
    audio_heads: int
    hidden: int
    intermediate: int
    vocabulary: int = 151936
    classes: int | None = None
    layers: int = 28
    heads: int = 16
    key_heads: int = 8
    head_dim: int = 128
    channels: int = 480


PUBLISHED = {
    "0.6B": Shape(18, 896, 14, 1024, 3072),
    "1.7B": Shape(24, 1024, 16, 2048, 6144),
    "aligner": Shape(24, 1024, 16, 1024, 3072, vocabulary=152064, classes=5000),
}
"""Qwen3-ASR-0.6B, Qwen3-ASR-1.7B and Qwen3-ForcedAligner-0.6B."""


def config_of(shape: Shape) -> dict[str, object]:
    """The official config.json of a shape."""
    kind = "qwen3_asr" if shape.classes is None else "qwen3_forced_aligner"
    thinker: dict[str, object] = {
        "model_type": kind,
        "audio_config": _audio_config(shape),
        "text_config": _text_config(shape),
        "audio_start_token_id": 151669,
        "audio_end_token_id": 151670,
        "audio_token_id": 151676,
        "user_token_id": 872,
        "initializer_range": _STD,
    }
    config: dict[str, object] = {
        "architectures": ["Qwen3ASRForConditionalGeneration"],
        "model_type": "qwen3_asr",
        "support_languages": ["English"],
        "thinker_config": thinker,
    }
    if shape.classes is not None:
        thinker["classify_num"] = shape.classes
        config |= {"timestamp_token_id": 151705, "timestamp_segment_time": 80}
    return config


def _audio_config(shape: Shape) -> dict[str, object]:
    return {
        "model_type": "qwen3_asr_audio_encoder",
        "encoder_layers": shape.audio_layers,
        "num_hidden_layers": shape.audio_layers,
        "d_model": shape.audio_width,
        "encoder_attention_heads": shape.audio_heads,
        "encoder_ffn_dim": 4 * shape.audio_width,
        "output_dim": shape.hidden,
        "downsample_hidden_size": shape.channels,
        "num_mel_bins": 128,
        "n_window": 50,
        "n_window_infer": 800,
        "conv_chunksize": 500,
        "max_source_positions": 1500,
        "activation_function": "gelu",
        "scale_embedding": False,
    }


def _text_config(shape: Shape) -> dict[str, object]:
    rope = {"interleaved": True, "mrope_interleaved": True, "mrope_section": [24, 20, 20]}
    return {
        "model_type": "qwen3",
        "hidden_size": shape.hidden,
        "intermediate_size": shape.intermediate,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.key_heads,
        "head_dim": shape.head_dim,
        "vocab_size": shape.vocabulary,
        "hidden_act": "silu",
        "attention_bias": False,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1e6,
        "rope_scaling": {**rope, "rope_type": "default", "type": "default"},
        "max_position_embeddings": 65536,
        "tie_word_embeddings": shape.classes is None,
    }


def tensors_of(shape: Shape, tokens: int, dtype: mx.Dtype) -> dict[str, mx.array]:
    """Random tensors under their official names; `tokens` is how long a recogniser's answers are, without the stop.

    Nothing is computed before the values are used.
    """
    config = parse_config(config_of(shape), "config.json")
    numbers = _Numbers(dtype)
    tensors = {name: numbers.fill(name, like.shape) for name, like in tree_flatten(Qwen3ASR(config).parameters())}
    if shape.classes is None:
        tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"][mx.array(_predecessors(shape, tokens))]
    return {f"thinker.{name}": _official(tensor) for name, tensor in tensors.items()}


def _official(tensor: mx.array) -> mx.array:
    """Convolution kernels as (out, in, height, width)."""
    return tensor.transpose(0, 3, 1, 2) if tensor.ndim == 4 else tensor


class _Numbers:
    """Random values for tensors, cut from one pool: making each anew takes most of a minute for the large shapes."""

    def __init__(self, dtype: mx.Dtype) -> None:
        bound = _STD * math.sqrt(3)
        self._pool = mx.random.uniform(-bound, bound, (_POOL,), key=mx.random.key(0)).astype(dtype)
        self._at = 0

    def fill(self, name: str, shape: tuple[int, ...]) -> mx.array:
        """The values of one tensor: gains are 1, biases 0, everything else random."""
        if "norm" in name or "ln_post" in name:
            return (mx.zeros if name.endswith("bias") else mx.ones)(shape, dtype=self._pool.dtype)
        values = self._cut(math.prod(shape)).reshape(shape)
        quiet = name.startswith("model.") and name.endswith(("o_proj.weight", "down_proj.weight"))
        return values * _WHISPER if quiet else values

    def _cut(self, size: int) -> mx.array:
        """The next numbers of the pool, which starts again where it ends."""
        start = self._at
        self._at = (start + size) % _POOL
        if start + size <= _POOL:
            return self._pool[start : start + size]
        rest = start + size - _POOL
        return mx.concatenate([self._pool[start:], *[self._pool] * (rest // _POOL), self._pool[: rest % _POOL]])


def _predecessors(shape: Shape, tokens: int) -> list[int]:
    """For every token, the one that it follows: itself, but in the answer, which begins after the prompt's newline."""
    chain = [_NEWLINE, _LANGUAGE, _TAG, *range(_LANGUAGE + 1, _LANGUAGE + 1 + tokens - 2), _STOP]
    before = list(range(shape.vocabulary))
    for earlier, later in zip(chain, [*chain[1:], chain[0]], strict=True):
        before[later] = earlier
    return before


def _words() -> Iterator[str]:
    """Short words, every twelfth with a full stop: a, b, ..., z, aa, ab, ..."""
    for index in range(_ORDINARY):
        letters, rest = "", index + 1
        while rest:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(ord("a") + letter) + letters
        yield letters + "." * (index % _SENTENCE == _SENTENCE - 1)


def _vocabulary() -> dict[str, int]:
    """A byte-level vocabulary without merges: the bytes, the name of the language, and words for the answer."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    characters = [chr(byte) for byte in printable]
    characters += [chr(0x100 + index) for index in range(_BYTES - len(printable))]
    texts = [*characters, "language\u0120English", *(f"\u0120{word}" for word in _words())]
    return {text: index for index, text in enumerate(texts[:_ORDINARY])}


def _tokenizer_config() -> dict[str, object]:
    added = {
        str(index): {
            "content": _SPECIALS.get(index, f"<|unused_{index}|>"),
            "lstrip": False,
            "normalized": False,
            "rstrip": False,
            "single_word": False,
            "special": index != _TAG,
        }
        for index in range(_ORDINARY, max(_SPECIALS) + 1)
    }
    return {
        "added_tokens_decoder": added,
        "tokenizer_class": "Qwen2Tokenizer",
        "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>",
        "bos_token": None,
        "unk_token": None,
        "errors": "replace",
        "model_max_length": 131072,
    }


_PREPROCESSOR = {
    "feature_extractor_type": "WhisperFeatureExtractor",
    "processor_class": "Qwen3ASRProcessor",
    "feature_size": 128,
    "n_fft": 400,
    "hop_length": 160,
    "chunk_length": 30,
    "n_samples": 480000,
    "nb_max_frames": 3000,
    "dither": 0.0,
    "padding_side": "right",
    "padding_value": 0.0,
    "return_attention_mask": True,
    "sampling_rate": 16000,
}


def write_random(directory: Path, shape: Shape, tokens: int = 100, storage: str = "bfloat16") -> None:
    """Makes a model directory that every reader of the official layout (or, in bits, of MLX conversions) loads.

    Raises OptionError for an unknown storage, or answers too short to name their language or longer than the words.
    """
    if storage not in STORAGE:
        raise OptionError(f"Weights can't be stored as {storage!r}; use one of {', '.join(STORAGE)}.")
    if not LEAST_TOKENS <= tokens <= _ORDINARY - _BYTES:
        raise OptionError(f"A random model can't answer with {tokens} tokens; use {LEAST_TOKENS} or more.")
    if storage.endswith("bit"):
        with TemporaryDirectory() as folder:
            _write(Path(folder), shape, tokens, mx.bfloat16)
            quantise(Path(folder), directory, int(storage.removesuffix("bit")))
    else:
        _write(directory, shape, tokens, getattr(mx, storage))


def _write(directory: Path, shape: Shape, tokens: int, dtype: mx.Dtype) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    contents = {
        "config.json": config_of(shape),
        "vocab.json": _vocabulary(),
        "tokenizer_config.json": _tokenizer_config(),
        "preprocessor_config.json": _PREPROCESSOR,
        "generation_config.json": {"do_sample": False, "eos_token_id": [151643, 151645], "pad_token_id": 151643},
    }
    for name, content in contents.items():
        (directory / name).write_text(json.dumps(content), encoding="utf-8")
    (directory / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    tensors = tensors_of(shape, tokens, dtype)
    mx.save_safetensors(str(directory / "model.safetensors"), tensors, metadata={"format": "pt"})
