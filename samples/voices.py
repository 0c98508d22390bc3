"""Free speech synthesisers, called through their C libraries because only those tell when each word is spoken."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]

WORD, END, PHONEME = 1, 5, 7
"""event types of espeak-ng's speak_lib.h"""


@dataclass(frozen=True, slots=True)
class Timed:
    """One spoken word as written (with its punctuation); seconds from the start of the speech."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Speech:
    """A sentence as audio: float32 (n,) within [-1, 1] at `rate` samples per second, silence trimmed at both ends."""

    audio: Audio
    rate: int
    words: tuple[Timed, ...]

    def trimmed(self, margin: float = 0.03) -> Speech:
        """The speech from `margin` seconds before its first word to `margin` seconds after its last."""
        first = max(0.0, self.words[0].start - margin)
        last = min(len(self.audio) / self.rate, self.words[-1].end + margin)
        begin = round(first * self.rate)
        shift = begin / self.rate
        words = tuple(Timed(word.text, word.start - shift, word.end - shift) for word in self.words)
        return Speech(self.audio[begin : round(last * self.rate)], self.rate, words)


class _Wave(ctypes.Structure):
    """`cst_wave` of flite's cst_wave.h."""

    _fields_ = (
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


class _Voice(ctypes.Structure):
    """The first two fields of `cst_voice` of flite's cst_voice.h."""

    _fields_ = (("name", ctypes.c_char_p), ("features", ctypes.c_void_p))


class Flite:
    """A voice of flite 2.2: slt (a woman), rms or awb (men), or kal16."""

    def __init__(self, name: str, stretch: float = 1.0) -> None:
        """`stretch` above 1 speaks slower."""
        self._library = _flite()
        register = getattr(ctypes.CDLL(f"libflite_cmu_us_{name}.so.1"), f"register_cmu_us_{name}")
        register.restype = ctypes.POINTER(_Voice)
        self._voice = register(None)
        self._stretch = stretch

    def say(self, sentence: str) -> Speech:
        """Speak one sentence whose tokens are plain words: each must become spoken words of its own."""
        # set each time: the library has each voice only once, and objects share it
        self._library.feat_set_float(self._voice.contents.features, b"duration_stretch", self._stretch)
        utterance = self._library.flite_synth_text(sentence.encode(), self._voice)
        wave = self._library.utt_wave(utterance).contents
        audio = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.float32) / 32768
        words = tuple(self._words(utterance, sentence))
        speech = Speech(audio, wave.sample_rate, words)
        self._library.delete_utterance(utterance)
        return speech.trimmed()

    def _words(self, utterance: int, sentence: str) -> Iterator[Timed]:
        call = self._library
        tokens = sentence.split()
        token = call.relation_head(call.utt_relation(utterance, b"Token"))
        for text in tokens:
            start = call.ffeature_float(token, b"daughter1.R:SylStructure.daughter1.daughter1.R:Segment.p.end")
            end = call.ffeature_float(token, b"daughtern.R:SylStructure.daughtern.daughtern.R:Segment.end")
            spoken = call.ffeature_string(token, b"name").decode()
            if spoken.lower() not in text.lower():
                raise ValueError(f"flite reads {spoken!r} where the sentence has {text!r}")
            yield Timed(text, start, end)
            token = call.item_next(token)
        if token:
            raise ValueError(f"flite found more words than there are in {sentence!r}")


def _flite() -> ctypes.CDLL:
    """The library with the types of the functions used here."""
    library = ctypes.CDLL("libflite.so.1", ctypes.RTLD_GLOBAL)
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    signatures = {
        "feat_set_float": (None, (pointer, text, ctypes.c_float)),
        "flite_synth_text": (pointer, (text, pointer)),
        "utt_wave": (ctypes.POINTER(_Wave), (pointer,)),
        "utt_relation": (pointer, (pointer, text)),
        "relation_head": (pointer, (pointer,)),
        "item_next": (pointer, (pointer,)),
        "ffeature_float": (ctypes.c_float, (pointer, text)),
        "ffeature_string": (text, (pointer, text)),
        "delete_utterance": (None, (pointer,)),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    library.flite_init()
    return library


class _Identity(ctypes.Union):
    """`id` of espeak-ng's `espeak_EVENT`."""

    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """`espeak_EVENT` of espeak-ng's speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Identity),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """A voice of espeak-ng 1.51, such as "en-gb" or "en-us+f3"."""

    def __init__(self, name: str, words_per_minute: int = 150, pitch: int = 50) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        # 2: give the samples to the callback, in this thread; 500 ms buffers; default data; 1: phoneme events too
        self._rate = self._library.espeak_Initialize(2, 500, None, 1)
        if self._rate <= 0:
            raise OSError("espeak-ng can't find its data: install the package espeak-ng-data")
        self._name, self._speed, self._pitch = name, words_per_minute, pitch

    def say(self, sentence: str) -> Speech:
        """Speak one sentence whose tokens are plain words: each must become spoken words of its own."""
        if self._library.espeak_SetVoiceByName(self._name.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {self._name!r}")
        self._library.espeak_SetParameter(1, self._speed, 0)
        self._library.espeak_SetParameter(3, self._pitch, 0)
        blocks: list[Audio] = []
        events: list[tuple[int, int, int, bytes]] = []

        def receive(samples: ctypes._Pointer[ctypes.c_short], count: int, event: ctypes._Pointer[_Event]) -> int:
            if samples and count:
                blocks.append(np.ctypeslib.as_array(samples, (count,)).astype(np.float32) / 32768)
            index = 0
            while event[index].type:
                one = event[index]
                events.append((one.type, one.text_position, one.sample, bytes(one.id.string)))
                index += 1
            return 0

        callback = _Callback(receive)  # kept until the synthesis is over
        self._library.espeak_SetSynthCallback(callback)
        data = sentence.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None)  # 1: positions in characters; UTF-8
        return Speech(np.concatenate(blocks), self._rate, self._words(sentence, events)).trimmed()

    def _words(self, sentence: str, events: list[tuple[int, int, int, bytes]]) -> tuple[Timed, ...]:
        """A word starts at its event and ends at the next word's, or at the pause phoneme or the end before that.

        espeak-ng now and then repeats an old word event at the end: only those at the start of a token count.
        """
        tokens = list(re.finditer(r"\S+", sentence))
        begins = {position - 1: sample for kind, position, sample, _ in reversed(events) if kind == WORD}
        joined = [token.group() for token in tokens if token.start() not in begins]
        if joined:
            raise ValueError(f"espeak-ng speaks {joined} in one with the word before in {sentence!r}")
        starts = [begins[token.start()] for token in tokens]
        pauses = {sample for kind, _, sample, name in events if kind == PHONEME and name[:1] == b"_"}
        stops = pauses | {sample for kind, _, sample, _ in events if kind == END}
        bounds = [*starts, max(stops)]
        ends = [min([stop for stop in stops if start < stop < limit] + [limit]) for start, limit in pairwise(bounds)]
        return tuple(
            Timed(token.group(), start / self._rate, end / self._rate)
            for token, start, end in zip(tokens, starts, ends, strict=True)
        )
