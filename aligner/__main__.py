"""`python -m aligner audio.wav transcript.txt`: word times of a known text, as JSON on stdout."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import wave
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np

from aligner.backend import require_mlx
from aligner.errors import MediaNotFound, ModelNotFound, NoAudioTrack, OptionError, SubgenError, Undecodable
from aligner.types import SAMPLE_RATE, Alignment, Samples

OFFICIAL = "Qwen/Qwen3-ForcedAligner-0.6B"
FORMATS = "wav,w64,aiff,caf,au,mp3,flac,ogg,aac,mov,matroska,mpegts,avi"
"""demuxers that read one file; playlists, which name others, are not among them"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code, that of the error's class (`aligner.errors`)."""
    options = _parser().parse_args(arguments)
    try:
        text = read_text(options.transcript)
        samples = read_audio(options.audio)
        alignment = _align(find_model(options.model), samples, text, options.language)
    except SubgenError as error:
        print(f"aligner: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    print(json.dumps(as_json(alignment, text), ensure_ascii=False, indent=2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m aligner", description=__doc__)
    parser.add_argument("audio", type=Path, help="what was said: WAV, or anything else that ffmpeg reads")
    parser.add_argument("transcript", type=Path, help="its exact text, UTF-8")
    parser.add_argument("--language", default="", help="English name, such as Japanese; without it words end at spaces")
    parser.add_argument("--model", default=OFFICIAL, help="directory of a forced aligner, or demo (an English toy)")
    return parser


def _align(model: Path, samples: Samples, text: str, language: str) -> Alignment:
    require_mlx()
    from aligner.aligner import Aligner, Clip

    aligner = Aligner.open(model)
    if len(samples) > aligner.longest * SAMPLE_RATE:
        seconds = len(samples) / SAMPLE_RATE
        raise OptionError(f"The audio has {seconds:.0f} s, and {model} times {aligner.longest:.0f} s at most: cut it.")
    [alignment] = aligner.align([Clip(samples, text, language)])
    return alignment


def as_json(alignment: Alignment, text: str) -> dict[str, object]:
    """What is printed: for each unit its slice of the text, where it is there, and its times in seconds."""
    report = alignment.report
    units = [
        {
            "text": text[aligned.unit.begin : aligned.unit.end],
            "begin": aligned.unit.begin,
            "end": aligned.unit.end,
            "start_seconds": round(aligned.start, 3),
            "end_seconds": round(aligned.end, 3),
        }
        for aligned in alignment.units
    ]
    repaired = {"monotone": report.monotone, "realigned": report.realigned, "spread": report.spread}
    return {"units": units, "repaired": repaired}


def find_model(name: str) -> Path:
    """The directory of a model: the one named, or the toy that the package subgen brings. Raises ModelNotFound."""
    if name == "demo":
        package = importlib.util.find_spec("subgen")
        for place in (package.submodule_search_locations or []) if package else []:
            if (demo := Path(place) / "demo" / "demo-aligner").is_dir():
                return demo
        raise ModelNotFound("The demo aligner comes with the package subgen, which is not installed here.")
    if Path(name).is_dir():
        return Path(name)
    raise ModelNotFound(
        f"There is no directory {name}: download a forced aligner (hf download {OFFICIAL} --local-dir aligner-model) "
        "and pass its directory with --model, or try --model demo."
    )


def read_text(path: Path) -> str:
    """The transcript. Raises MediaNotFound or Undecodable."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise MediaNotFound(f"{path} can't be read ({error.strerror}): name a text file.") from error
    except UnicodeDecodeError as error:
        raise Undecodable(f"{path} is not UTF-8 text: save it as UTF-8.") from error


def read_audio(path: Path) -> Samples:
    """Audio as 16 kHz mono. Raises MediaNotFound, NoAudioTrack or Undecodable."""
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise MediaNotFound(f"{path} can't be read ({error.strerror}): name an audio file.") from error
    samples = _plain_wave(path)
    return _decoded(path) if samples is None else samples


def _plain_wave(path: Path) -> Samples | None:
    """The samples of a WAV file that needs no conversion but the mean of its channels; None for all other files."""
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getsampwidth(), file.getframerate()) != (2, SAMPLE_RATE):
                return None
            frames, channels = file.readframes(file.getnframes()), file.getnchannels()
    except (wave.Error, EOFError):
        return None
    whole = len(frames) // (2 * channels) * channels
    values = np.frombuffer(frames, "<i2", whole).reshape(-1, channels)
    samples: Samples = (values.mean(axis=1) / 32768).astype(np.float32)
    return samples


def _decoded(path: Path) -> Samples:
    safe = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    try:
        with av.open(str(path), options=safe) as container:
            if not container.streams.audio:
                raise NoAudioTrack(f"{path} has no audio track: name a file with sound.")
            resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)  # its own way to mono adds up instead
            frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
            frames += resampler.resample(None)
    except av.FFmpegError as error:
        raise Undecodable(f"{path} can't be decoded ({error.strerror}): name an audio file.") from error
    except UnicodeDecodeError as error:  # from PyAV before 19
        raise Undecodable(f"{path} has tags that are not UTF-8: remove them or upgrade PyAV.") from error
    return np.concatenate([np.zeros(0, np.float32), *(frame.to_ndarray().mean(axis=0) for frame in frames)])


if __name__ == "__main__":
    sys.exit(main())
