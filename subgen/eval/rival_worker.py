"""Runs another program's recogniser or aligner in an interpreter of its own: `python -P rival_worker.py JOB RESULT`.

It imports nothing of subgen, for the other program may live in an environment of its own. JOB is a JSON object with

- rival: "mlx-audio" or "mlx-qwen3-asr"; stage: "pcm to text" or "align"
- directory: the model; dtype: "float32", or "" for what the rival chooses itself
- audio: an .npz file with each piece's samples in order, float32 (n,), 16 kHz; texts: what is said in each (to align)
- tokens: how many to generate for a piece, or null to let the model stop; batch, runs, warm_up

and RESULT gets seconds of each run, tokens of one run, seconds to load, and peak memory.
"""

from __future__ import annotations

import importlib.metadata
import json
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

import mlx.core as mx
import numpy as np

MOST_TOKENS = 664
"""for a piece whose model stops by itself; what subgen allows for 30 s"""

Run = Callable[[], int | None]


def mlx_audio_text(job: Mapping[str, Any], pieces: list[Any]) -> Run:
    """mlx-audio's recogniser: piece by piece through its public call, or in groups as that call makes them.

    The public call shares one budget of tokens among all pieces, so the function behind it is called for each group,
    with a budget that makes every piece as long as it should be.
    """
    from mlx_audio.lm.sample_utils import make_sampler

    model = _mlx_audio_model(job)
    limit = job["tokens"] or MOST_TOKENS
    sampler = make_sampler(0.0)

    def one_by_one() -> int:
        return sum(model.generate(piece, max_tokens=limit).generation_tokens for piece in pieces)

    def batched() -> int:
        count = 0
        for first in range(0, len(pieces), job["batch"]):
            group = [(piece, 0.0) for piece in pieces[first : first + job["batch"]]]
            done = model._generate_chunks_batched(
                group,
                max_tokens=limit * len(group),
                sampler=sampler,
                logits_processors=None,
                language=None,
                system_prompt=None,
                batch_size=job["batch"],
                verbose=False,
            )
            count += sum(done[1])
        return count

    return one_by_one if job["batch"] == 1 else batched


def mlx_audio_align(job: Mapping[str, Any], pieces: list[Any]) -> Run:
    """mlx-audio's aligner, which takes one clip at a time."""
    model = _mlx_audio_model(job)

    def run() -> None:
        for piece, text in zip(pieces, job["texts"], strict=True):
            model.generate(piece, text=text, language="English")

    return run


def _mlx_audio_model(job: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a class of a package without types
    from mlx_audio.stt.utils import load_model

    model = load_model(Path(job["directory"]))
    inner = getattr(model, "_model", model)
    if job["dtype"]:
        inner.set_dtype(getattr(mx, job["dtype"]))
        mx.eval(inner.parameters())
    return inner


def mlx_qwen3_asr_text(job: Mapping[str, Any], pieces: list[Any]) -> Run:
    """mlx-qwen3-asr's session. Its repetition stop is switched off where the number of tokens is fixed."""
    from mlx_qwen3_asr import Session, generate

    chosen = {"dtype": getattr(mx, job["dtype"])} if job["dtype"] else {}
    session = Session(job["directory"], **chosen)
    if job["tokens"]:
        vars(generate)["_detect_repetition"] = lambda *_, **__: False

    def run() -> int | None:
        for piece in pieces:
            result = session.transcribe(piece, max_new_tokens=job["tokens"])
            if job["tokens"] and not result.truncated:
                raise RuntimeError("mlx-qwen3-asr stopped before the number of tokens that was asked for")
        return job["tokens"] * len(pieces) if job["tokens"] else None

    return run


WORKERS: dict[tuple[str, str], Callable[[Mapping[str, Any], list[Any]], Run]] = {
    ("mlx-audio", "pcm to text"): mlx_audio_text,
    ("mlx-audio", "align"): mlx_audio_align,
    ("mlx-qwen3-asr", "pcm to text"): mlx_qwen3_asr_text,
}
"""What can be run, by rival and stage."""


def work(job: Mapping[str, Any]) -> dict[str, object]:
    """Loads, warms up, measures."""
    with np.load(job["audio"]) as archive:
        pieces = list(archive.values())
    start = perf_counter()
    run = WORKERS[job["rival"], job["stage"]](job, pieces)
    loaded = perf_counter() - start
    tokens: int | None = None
    for _ in range(job["warm_up"]):
        run()
    mx.reset_peak_memory()
    seconds = []
    for _ in range(job["runs"]):
        start = perf_counter()
        tokens = run()
        seconds.append(perf_counter() - start)
    return {
        "load": loaded,
        "seconds": seconds,
        "tokens": tokens,
        "memory": mx.get_peak_memory(),
        "peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "version": importlib.metadata.version(job["rival"]),
    }


if __name__ == "__main__":
    result = work(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    Path(sys.argv[2]).write_text(json.dumps(result), encoding="utf-8")
