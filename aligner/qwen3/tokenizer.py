"""The Qwen2 byte-level BPE, built from vocabulary and merges; special tokens from the checkpoint's own files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE

from aligner.errors import BadWeights
from aligner.qwen3.config import read_json

# The Qwen2 pre-tokenizer. Checkpoints saved with some transformers versions carry another model's expression in
# tokenizer.json ("iPhone" -> "i", "Phone"), so it is never read from there.
_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def _byte_alphabet() -> dict[str, int]:
    """The printable character that stands for each byte in a byte-level vocabulary (GPT-2's table)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {chr(byte): byte for byte in printable}
    table.update({chr(0x100 + index): byte for index, byte in enumerate(others)})
    return table


def _merges(lines: Sequence[Any]) -> list[tuple[str, str]]:
    pairs = [tuple(line.split(" ")) if isinstance(line, str) else tuple(line) for line in lines]
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]


def _files(directory: Path) -> tuple[dict[str, int], list[tuple[str, str]], dict[str, tuple[int, bool]]]:
    """Vocabulary, merges, and added tokens as text -> (id, special)."""
    added: dict[str, tuple[int, bool]] = {}
    whole = read_json(directory / "tokenizer.json") if (directory / "tokenizer.json").is_file() else {}
    for token in whole.get("added_tokens", ()):
        added[token["content"]] = (int(token["id"]), bool(token.get("special")))
    if (directory / "vocab.json").is_file() and (directory / "merges.txt").is_file():
        vocabulary = {str(token): int(index) for token, index in read_json(directory / "vocab.json").items()}
        lines = (directory / "merges.txt").read_text(encoding="utf-8").split("\n")
        merges = _merges([line for line in lines if line and not line.startswith("#version")])
    elif whole:
        vocabulary = {str(token): int(index) for token, index in whole["model"]["vocab"].items()}
        merges = _merges(whole["model"]["merges"])
    else:
        raise BadWeights(f"{directory} has no tokenizer (vocab.json with merges.txt, or tokenizer.json).")
    if (directory / "tokenizer_config.json").is_file():
        settings = read_json(directory / "tokenizer_config.json")
        for index, token in settings.get("added_tokens_decoder", {}).items():
            added[token["content"]] = (int(index), bool(token.get("special")))
    return vocabulary, merges, added


class TextTokenizer:
    """Text to token ids and back. Special tokens in the text are taken as such, as the official processor does."""

    def __init__(self, directory: Path) -> None:
        """Reads the tokenizer of a checkpoint directory. Raises BadWeights when it is missing or inconsistent."""
        self.directory = directory
        vocabulary, merges, added = _files(directory)
        core = Tokenizer(BPE(vocab=vocabulary, merges=merges, fuse_unk=False))
        core.normalizer = normalizers.NFC()
        core.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(_SPLIT), behavior="isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        core.decoder = decoders.ByteLevel()
        for text, (index, special) in sorted(added.items(), key=lambda item: item[1][0]):
            token = AddedToken(text, normalized=False, special=special)
            core.add_special_tokens([token]) if special else core.add_tokens([token])
            if core.token_to_id(text) != index:
                raise BadWeights(
                    f"{directory} gives token {text!r} the id {index}, but it falls on {core.token_to_id(text)}; "
                    "its tokenizer files do not belong together."
                )
        self._core = core
        self._special = frozenset(index for index, special in added.values() if special)
        self._added = {index: text for text, (index, _) in added.items()}

    def encode(self, text: str) -> tuple[int, ...]:
        """Token ids of a text; nothing is added."""
        return tuple(self._core.encode(text, add_special_tokens=False).ids)

    def id(self, token: str) -> int:
        """The id of one special token such as "<|audio_pad|>". Raises BadWeights when the checkpoint has none."""
        index = self._core.token_to_id(token)
        if index is None:
            raise BadWeights(f"The tokenizer in {self.directory} has no token {token!r}; is it a Qwen3-ASR model?")
        return int(index)

    @cached_property
    def stops(self) -> frozenset[int]:
        """Ids that end an answer: <|im_end|> and <|endoftext|>."""
        return frozenset({self.id("<|im_end|>"), self.id("<|endoftext|>")})

    @cached_property
    def _bytes(self) -> dict[str, int]:
        return _byte_alphabet()

    def token_bytes(self, index: int) -> bytes:
        """The bytes that a token stands for; empty for special tokens (and for ids without a token)."""
        if index in self._special:
            return b""
        if index in self._added:
            return self._added[index].encode()
        token = self._core.id_to_token(index)
        return bytes(self._bytes[character] for character in token) if token else b""

    def decode(self, ids: Sequence[int]) -> str:
        """Text of token ids without special tokens; broken UTF-8 becomes U+FFFD."""
        return b"".join(self.token_bytes(index) for index in ids).decode("utf-8", errors="replace")
