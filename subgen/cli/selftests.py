"""Small trials of the parts that depend on the machine: numerics, batching on its device, and its ffmpeg.

Each returns what it measured, and raises `SelfTestError`, or an error of the part under trial, when that is not right.
"""

from __future__ import annotations

import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

from aligner.types import SAMPLE_RATE, Samples, Seconds

TONE_BINS = slice(40, 45)
TONE_MEL = (1.3505, 1.3578, 1.4744, 1.2965, 1.2453)
"""Log-mel of a 1 kHz tone of amplitude 0.5 in the only 5 of 128 bins that see it; elsewhere the floor, 2 below the top.

A periodic Hann window of 400 samples puts 2500 of power in DFT bin 25 and 625 in both neighbours, which leaves sums of
a few filter weights (Slaney's formula) to be worked out.
"""
LATE: Seconds = 1.476
TOLERANCE: Seconds = 0.02


class SelfTestError(Exception):
    """A self-test gave a wrong result."""


def tone(seconds: Seconds, hertz: float = 1000.0) -> Samples:
    """A sine of amplitude 0.5 at 16 kHz."""
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype(np.float32)


def mel() -> str:
    """The spectrogram of a tone is the one worked out on paper."""
    from aligner.qwen3.mel import log_mel

    expected = np.full(128, max(TONE_MEL) - 2.0)
    expected[TONE_BINS] = TONE_MEL
    error = float(np.abs(log_mel(tone(0.2), 128)[2:-2] - expected).max())
    if not error < 1e-3:
        raise SelfTestError(f"the spectrogram of a tone is off by {error:.4f}")
    return f"off by {error:.5f} at most"


def batch() -> str:
    """Rows of a batch of unequal clips equal the same clips alone, on a tiny random network on this device."""
    import mlx.core as mx

    from aligner.qwen3.config import AudioConfig, ModelConfig, TextConfig
    from aligner.qwen3.mel import log_mel
    from aligner.qwen3.model import Prompt, Qwen3ASR

    audio = AudioConfig(32, 2, 2, 64, 8, 32, 128, 800)
    text = TextConfig(32, 64, 2, 4, 2, 16, 64, 1e-6, 1e6, True)
    mx.random.seed(0)
    model = Qwen3ASR(ModelConfig(audio, text, None, 80, ()))
    prompts = [Prompt((1, 2, 3), (4, 5)), Prompt((1, 2), (4,))]
    mels = [log_mel(tone(1.3, 700), 128), log_mel(tone(0.4, 300), 128)]

    def logits(rows: slice) -> mx.array:
        filled = model.prefill(prompts[rows], mels[rows])
        return model.logits(model(filled.embeddings, filled.mask, filled.offsets))[:, -1]

    alone = mx.concatenate([logits(slice(0, 1)), logits(slice(1, 2))])
    error = float(mx.abs(logits(slice(0, 2)) - alone).max() / mx.abs(alone).max())
    if not error < 1e-2:  # a GPU multiplies float32 in shorter formats; a wrong mask gives errors near 1
        raise SelfTestError(f"batched rows differ from single rows by {error:.1%}")
    return f"rows agree to {error:.1e}"


def steps() -> str:
    """Tokens decoded one by one in a batch have the probabilities that the network gives them in one reading.

    On an NVIDIA GPU the steps run in kernels of our own, and the reading in MLX's.
    """
    import mlx.core as mx

    from aligner.qwen3.config import AudioConfig, ModelConfig, TextConfig
    from aligner.qwen3.model import Prompt, Qwen3ASR
    from aligner.qwen3.spectra import features
    from subgen.asr.decode import Request, decode

    audio = AudioConfig(32, 2, 2, 64, 8, 64, 128, 800)
    text = TextConfig(64, 128, 2, 4, 2, 64, 96, 1e-6, 1e6, True)
    mx.random.seed(0)
    model = Qwen3ASR(ModelConfig(audio, text, None, 80, ()))
    model.model.fuse()
    sounds = [tone(1.3, 700), tone(0.4, 300), tone(0.9, 500)]
    waiting = [Request(key, Prompt((1, 2, 3)[key:], (4, 5)), sound, 4 + key) for key, sound in enumerate(sounds)]
    asked = iter(waiting)
    errors = []
    for answer in decode(model, frozenset(), lambda: next(asked, None), len(waiting)):
        request = waiting[answer.key]
        prompt = Prompt(request.prompt.before, (*request.prompt.after, *answer.tokens))
        filled = model.prefill([prompt], features([request.samples], audio.num_mel_bins))
        logits = model.logits(model(filled.embeddings, filled.mask, filled.offsets))[0].astype(mx.float32)
        tokens = len(answer.tokens)
        wanted = (logits - mx.logsumexp(logits, axis=-1, keepdims=True))[-tokens - 1 : -1]
        found = np.array(wanted)[np.arange(tokens), answer.tokens]
        errors.append(np.abs(found - np.array(answer.logprobs)).max())
    error = float(np.max(errors))
    if not error < 0.05:  # as above; wrong positions or keys give errors near 1
        raise SelfTestError(f"decoded tokens are off by {error:.3f} in their log-probability")
    return f"log-probabilities agree to {error:.1e}"


def timeline() -> str:
    """A tone that starts late in its container is found where it plays."""
    from subgen.media import open_audio, probe
    from subgen.options import Input

    with tempfile.TemporaryDirectory(prefix="subgen-") as folder:
        options = Input(track=2)
        media = probe(_late_film(Path(folder)), options)
        with open_audio(media, options) as audio:
            samples = np.concatenate(list(audio))
    loud = np.flatnonzero(np.abs(samples) > 0.1)
    start = float(loud[0]) / SAMPLE_RATE if len(loud) else -1.0
    if abs(start - LATE) > TOLERANCE:
        raise SelfTestError(f"a sound at {LATE} s was found at {start:.3f} s")
    return f"a sound at {LATE} s was found at {start:.3f} s"


def _late_film(folder: Path) -> Path:
    """A Matroska file whose second audio track starts late."""
    from subgen.media import find_ffmpeg

    film, silence, sound = (folder / name for name in ("late.mkv", "silence.wav", "sound.wav"))
    _write_wave(silence, np.zeros(3 * SAMPLE_RATE, dtype=np.float32))
    _write_wave(sound, tone(0.5))
    inputs = ["-i", str(silence), "-itsoffset", str(LATE), "-i", str(sound)]
    command = [str(find_ffmpeg(None)), "-nostdin", "-v", "error", *inputs, "-map", "0", "-map", "1", "-c", "copy"]
    made = subprocess.run([*command, str(film)], capture_output=True, text=True, check=False)
    if made.returncode:
        raise SelfTestError(f"ffmpeg can't write Matroska: {made.stderr.strip().splitlines()[-1:]}")
    return film


def _write_wave(path: Path, samples: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
