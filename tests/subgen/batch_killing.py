"""A batch that is killed again and again beside one that is left alone: `python -m tests.subgen.batch_killing 300 10`.

Writes so many short clips of the sample talk and runs `subgen batch` over them with the demo model. Then the same with
SIGKILL at so many random moments, each followed by another start. Prints what was compared.
"""

from __future__ import annotations

import ctypes
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from subgen.library.ledger import Ledger
from subgen.media import open_audio, probe
from subgen.types import SAMPLE_RATE
from subgen.words import DIGITS

ROOT = Path(__file__).parents[2]
TALK = ROOT / "samples" / "talk.m4a"
_CONFIDENCE = re.compile(rb'(?<="confidence": )[\d.e-]+')
COMMAND = (sys.executable, "-c", "from subgen.cli import main; main()", "batch")


def make_clips(folder: Path, clips: int, seed: int = 1) -> None:
    """Clips of 2 to 5 s from anywhere in the talk, in folders of 50."""
    media = probe(TALK)
    with open_audio(media) as audio:
        samples = np.concatenate(list(audio))
    moments = random.Random(seed)
    for number in range(clips):
        length = moments.uniform(2, 5)
        start = moments.uniform(0, len(samples) / SAMPLE_RATE - length)
        piece = samples[round(start * SAMPLE_RATE) : round((start + length) * SAMPLE_RATE)]
        path = folder / f"{number // 50:02}" / f"clip {number:03}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
            file.writeframes((piece * 32767).astype("<i2").tobytes())


def start(folder: Path, ledger: Path) -> subprocess.Popen[str]:
    """`subgen batch` in a process of its own."""
    arguments = (str(folder), "--ledger", str(ledger), "--model", "demo", "--format", "srt,json", "--yes")
    return subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(running: subprocess.Popen[str]) -> str:
    """Waits for its end and returns its report."""
    report, complaints = running.communicate()
    assert running.returncode == 0, complaints
    return report


def results(folder: Path) -> dict[str, bytes]:
    """What lies below a folder beside the clips."""
    found = (path for path in folder.rglob("*") if path.suffix in {".srt", ".json"} and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): placeless(path.read_bytes(), folder) for path in found}


def count(folder: Path) -> int:
    """How many results there are."""
    return sum(1 for path in folder.rglob("*") if path.suffix in {".srt", ".json"} and not path.name.startswith("."))


def placeless(content: bytes, folder: Path) -> bytes:
    """A result without the place of its media, which JSON holds."""
    return content.replace(os.fsencode(folder), b"")


def alike(one: bytes | None, other: bytes | None) -> bool:
    """Whether results are the same, byte for byte, but for a step in the last digit of confidences.

    What else is in a batch changes the sixth or seventh digit of a probability, and where that is on the edge between
    two numbers of four digits, it is rounded to the other one.
    """
    if one is None or other is None or _CONFIDENCE.sub(b"", one) != _CONFIDENCE.sub(b"", other):
        return False
    numbers = zip(_CONFIDENCE.findall(one), _CONFIDENCE.findall(other), strict=True)
    return all(abs(float(a) - float(b)) < 1.5 * 10**-DIGITS for a, b in numbers)


@dataclass
class Sight:
    """What was seen of files under their final names: how often each appeared, with what content, and any change."""

    appeared: Counter[str] = field(default_factory=Counter)
    contents: dict[str, bytes] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)


class Watch:
    """inotify on all folders below one: sees every name the moment it appears."""

    MODIFY, CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x2, 0x8, 0x40, 0x80, 0x100, 0x200

    def __init__(self, folder: Path) -> None:
        self.seen = Sight()
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._file = self._libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        mask = self.MODIFY | self.CLOSE_WRITE | self.MOVED_FROM | self.MOVED_TO | self.CREATE | self.DELETE
        self._folders = {
            self._libc.inotify_add_watch(self._file, os.fsencode(each), mask): each
            for each in (folder, *(path for path in folder.rglob("*") if path.is_dir()))
        }
        self._folder = folder
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def close(self) -> Sight:
        time.sleep(0.2)
        self._ended.set()
        self._thread.join()
        os.close(self._file)
        return self.seen

    def _follow(self) -> None:
        while not self._ended.is_set():
            try:
                data = os.read(self._file, 1 << 20)
            except BlockingIOError:
                time.sleep(0.001)
                continue
            while data:
                which, mask, _cookie, length = struct.unpack_from("iIII", data)
                name = data[16 : 16 + length].rstrip(b"\0").decode()
                data = data[16 + length :]
                if not name.startswith("."):
                    self._note(self._folders[which] / name, mask)

    def _note(self, path: Path, mask: int) -> None:
        name = path.relative_to(self._folder).as_posix()
        if mask & (self.CREATE | self.MOVED_TO):
            self.seen.appeared[name] += 1
            self.seen.contents[name] = placeless(path.read_bytes(), self._folder)
        else:
            self.seen.changed.append(name)


@dataclass
class Trial:
    """What a killed batch left, beside one that was left alone."""

    clips: int
    kills: int
    undisturbed: dict[str, bytes]
    killed: dict[str, bytes]
    sight: Sight
    left: list[str]
    """hidden files that remain beside the clips"""
    states: Counter[str]
    tries: Counter[int]
    seconds: tuple[float, float]


def trial(room: Path, clips: int, kills: int, seed: int = 1) -> Trial:
    """Both runs. A kill comes a random moment after a random share of the results is there."""
    calm, rough = room / "calm", room / "rough"
    make_clips(calm, clips)
    shutil.copytree(calm, rough)
    began = time.monotonic()
    finish(start(calm, room / "calm.ledger"))
    quiet = time.monotonic() - began
    chance = random.Random(seed)
    watch = Watch(rough)
    began = time.monotonic()
    for share in sorted(chance.random() for _ in range(kills)):
        running = start(rough, room / "rough.ledger")
        while count(rough) < 2 * clips * share * 0.85 and running.poll() is None:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.1))
        assert running.poll() is None, "it ended before it was killed"
        running.send_signal(signal.SIGKILL)
        running.communicate()
    finish(start(rough, room / "rough.ledger"))
    took = time.monotonic() - began
    with Ledger(room / "rough.ledger") as ledger:
        rows = list(ledger.rows())
    hidden = [path.name for path in rough.rglob(".*")]
    states, tries = Counter(str(row.state) for row in rows), Counter(row.tries for row in rows)
    return Trial(clips, kills, results(calm), results(rough), watch.close(), hidden, states, tries, (quiet, took))


def main() -> None:
    clips, kills = (int(text) for text in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as room:
        told = trial(Path(room), clips, kills)
    same = sum(told.killed.get(name) == content for name, content in told.undisturbed.items())
    near = sum(alike(told.killed.get(name), content) for name, content in told.undisturbed.items()) - same
    whole = sum(alike(told.sight.contents.get(name), content) for name, content in told.undisturbed.items())
    print(
        f"{told.clips} clips, {told.kills} kills; undisturbed {told.seconds[0]:.1f} s, killed {told.seconds[1]:.1f} s"
    )
    print(
        f"results          {len(told.undisturbed)} undisturbed, {len(told.killed)} killed, {same} identical,"
        f" {near} but for the last digit of a confidence"
    )
    print(f"appeared         {Counter(told.sight.appeared.values())} times, {whole} complete at once")
    print(f"changed later    {len(told.sight.changed)}; hidden files left {len(told.left)}")
    print(f"ledger           {dict(told.states)}, tries {dict(sorted(told.tries.items()))}")


if __name__ == "__main__":
    main()
