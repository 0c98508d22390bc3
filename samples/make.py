"""Make the sample media and the exact texts and word times beside them: `python samples/make.py`.

Needs espeak-ng 1.51, flite 2.2 and the packages numpy and imageio-ffmpeg (see README.md beside this file).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import wave
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg
import numpy as np
from picture import FRAME_RATE, HEIGHT, WIDTH, Moods, frames
from story import FILM, LATE, TALK, Line
from voices import Audio, Espeak, Flite

LATE_START = 1.476
"""seconds by which the audio of late.mkv starts after its picture"""
FILM_OPENING = 3.5
"""seconds of picture before the first word"""
EXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")
H264 = ("-c:v", "libx264", "-preset", "veryslow", "-threads", "1", "-pix_fmt", "yuv420p", "-g", "240")
PICTURE = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FRAME_RATE), "-i", "-")

Voice = Espeak | Flite


@dataclass(frozen=True, slots=True)
class Said:
    """A word or a sentence: seconds on the timeline of the media."""

    start: float
    end: float
    text: str
    speaker: str


@dataclass(frozen=True, slots=True)
class Track:
    """Speech put together: float32 (n,) at `rate` samples per second, and what is said when."""

    audio: Audio
    rate: int
    sentences: tuple[Said, ...]
    words: tuple[Said, ...]

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.audio) / self.rate


def perform(lines: Iterable[Line], voices: dict[str, Voice], opening: float, offset: float = 0.0) -> Track:
    """Speak the lines one after the other after `opening` seconds of silence.

    `offset` is what the media adds to the times because its audio starts late.
    """
    spoken = [(line, voices[line.speaker].say(line.text)) for line in lines]
    rate = spoken[0][1].rate
    pieces = [np.zeros(round(opening * rate), np.float32)]
    sentences: list[Said] = []
    words: list[Said] = []
    for line, speech in spoken:
        start = sum(map(len, pieces)) / rate + offset
        said = [Said(start + word.start, start + word.end, word.text, line.speaker) for word in speech.words]
        words += said
        sentences.append(Said(said[0].start, said[-1].end, line.text, line.speaker))
        pieces += [speech.audio, np.zeros(round(line.pause * rate), np.float32)]
    audio = np.concatenate(pieces)
    return Track(audio * (0.7 / float(np.abs(audio).max())), rate, tuple(sentences), tuple(words))


def encode(track: Track, target: Path, picture: Iterable[bytes] | None, *options: str) -> None:
    """Write the track with ffmpeg; `picture` gives RGB frames; `options` stand before the audio input or after it."""
    with TemporaryDirectory() as folder:
        sound = Path(folder, "sound.wav")
        _write_wave(track, sound)
        before, after = options[: options.index("|")], options[options.index("|") + 1 :]
        start = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
        inputs = [*(PICTURE if picture else ()), *before, "-i", str(sound)]
        command = [*start, *inputs, *EXACT, *after, str(target)]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            assert process.stdin
            for frame in picture or ():
                process.stdin.write(frame)
            process.stdin.close()
        if process.returncode:
            raise SystemExit(f"ffmpeg failed with {process.returncode}: {' '.join(command)}")


def _write_wave(track: Track, path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(track.rate)
        file.writeframes(np.round(track.audio * 32767).astype("<i2").tobytes())


def write_truth(track: Track, media: Path, voices: dict[str, str]) -> None:
    """Write `<stem>.json`: exact text, sentences and words with their times, speakers and their voices."""
    truth = {
        "media": media.name,
        "language": "English",
        "duration": track.duration,
        "voices": voices,
        "text": " ".join(sentence.text for sentence in track.sentences),
        "sentences": [_rounded(sentence) for sentence in track.sentences],
        "words": [_rounded(word) for word in track.words],
    }
    media.with_suffix(".json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")


def _rounded(said: Said) -> dict[str, float | str]:
    return asdict(said) | {"start": round(said.start, 4), "end": round(said.end, 4)}


def turns(track: Track) -> list[Said]:
    """Sentences in a row of one speaker joined into turns."""
    joined: list[Said] = []
    for said in track.sentences:
        if joined and joined[-1].speaker == said.speaker:
            last = joined.pop()
            said = Said(last.start, said.end, f"{last.text} {said.text}", said.speaker)  # noqa: PLW2901
        joined.append(said)
    return joined


def make_film(folder: Path) -> None:
    """film.mp4: picture and narration in four scenes with pauses between them."""
    voices: dict[str, Voice] = {"Narrator": Flite("slt", 1.15)}
    track = perform(chain.from_iterable(FILM), voices, FILM_OPENING)
    starts = {sentence.text: sentence.start for sentence in track.sentences}
    scene = [starts[lines[0].text] for lines in FILM]
    lit = next(sentence.end for sentence in track.sentences if sentence.text.endswith("to burn."))
    dark = starts[FILM[0][3].text]
    moods = Moods(dark=dark, storm=scene[1] + 8, lit=lit, morning=scene[3] - 2, end=track.duration)
    media = folder / "film.mp4"
    encode(track, media, frames(moods), "|", *H264, "-crf", "24", "-c:a", "aac", "-b:a", "64k", "-ar", "48000")
    write_truth(track, media, {"Narrator": "flite slt, duration_stretch 1.15"})
    scenes = [" ".join(line.text for line in lines) for lines in FILM]
    media.with_suffix(".txt").write_text("\n\n".join(scenes) + "\n", encoding="utf-8")


def make_talk(folder: Path) -> None:
    """talk.m4a: two voices in turns, and the turns as talk.rttm."""
    voices: dict[str, Voice] = {"Anna": Flite("slt", 1.1), "Paul": Flite("rms", 1.0)}
    track = perform(TALK, voices, 0.6)
    media = folder / "talk.m4a"
    encode(track, media, None, "|", "-c:a", "aac", "-b:a", "64k", "-ar", "48000")
    write_truth(track, media, {"Anna": "flite slt, duration_stretch 1.1", "Paul": "flite rms, duration_stretch 1.0"})
    rows = (
        f"SPEAKER talk 1 {turn.start:.3f} {turn.end - turn.start:.3f} <NA> <NA> {turn.speaker} <NA> <NA>\n"
        for turn in turns(track)
    )
    media.with_suffix(".rttm").write_text("".join(rows), encoding="utf-8")


def make_late(folder: Path) -> None:
    """late.mkv: the picture starts at 0, the sound LATE_START seconds later."""
    voices: dict[str, Voice] = {"Voice": Espeak("en-us", 150)}
    track = perform(LATE, voices, 0.4, LATE_START)
    media = folder / "late.mkv"
    end = track.duration + LATE_START
    picture = frames(Moods(dark=end, storm=end, lit=end, morning=3.0, end=end))
    encode(track, media, picture, "-itsoffset", str(LATE_START), "|", *H264, "-crf", "24", "-c:a", "flac")
    write_truth(track, media, {"Voice": "espeak-ng en-us, 150 words a minute"})


def main() -> None:
    """Make the samples named on the command line, by default all."""
    makers = {"film": make_film, "talk": make_talk, "late": make_late}
    parser = argparse.ArgumentParser(description="Make the sample media and the truth beside them.")
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(makers)}; default: all")
    parser.add_argument("-o", "--folder", type=Path, default=Path(__file__).parent, help="where to write")
    arguments = parser.parse_args()
    for name in arguments.names or makers:
        if name not in makers:
            parser.error(f"there is no sample {name!r}: choose from {', '.join(makers)}")
        makers[name](arguments.folder)
        print(f"made {name}")


if __name__ == "__main__":
    main()
