"""The official chat prompt of Qwen3-ASR around one clip of audio."""

from __future__ import annotations

from aligner.qwen3.model import Prompt
from aligner.qwen3.tokenizer import TextTokenizer


def build_prompt(tokenizer: TextTokenizer, context: str = "", language: str | None = None) -> Prompt:
    """The prompt's token ids; the system turn is there even when the context is empty.

    Args:
        context: goes in verbatim; the model prefers spellings that it finds there.
        language: canonical English name to force; the answer is then text only, without a language tag.
    """
    before = f"<|im_start|>system\n{context}<|im_end|>\n<|im_start|>user\n<|audio_start|>"
    after = "<|audio_end|><|im_end|>\n<|im_start|>assistant\n"
    if language is not None:
        after += f"language {language}<asr_text>"
    return Prompt(tokenizer.encode(before), tokenizer.encode(after))
