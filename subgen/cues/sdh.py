"""Cues for the deaf and hard of hearing: who speaks where that changes, and long music, in brackets.

Labels are no words: `Cue.words` holds what is said and nothing else. A speaker's label is laid out as part of the first
word, so it counts in the width of its line and the time that reading takes; music is a cue of its own where there is
room for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from subgen.cues.grid import Grid
from subgen.rules import Rules
from subgen.types import Cue, Seconds, Sound, Span, Utterance, Word

LONG: dict[str, Seconds] = {"music": 5.0, "sound": 10.0}
"""seconds without speech from which a viewer wonders what is heard"""
SHOWN: Seconds = 3.0
_HELD = "\N{NO-BREAK SPACE}"
"""keeps a label together, and with the word after it, while lines are broken"""
_UNNAMED = re.compile(r"SPEAKER_(\d+)")

_WORDS: dict[str, tuple[str, str, str]] = {
    "Arabic": ("موسيقى", "بلا كلام", "متحدث"),
    "Cantonese": ("音樂", "無人說話", "說話人"),
    "Chinese": ("音乐", "无人说话", "说话人"),
    "Czech": ("hudba", "beze slov", "mluvčí"),
    "Danish": ("musik", "ingen tale", "taler"),
    "Dutch": ("muziek", "geen spraak", "spreker"),
    "English": ("music", "no speech", "speaker"),
    "Finnish": ("musiikkia", "ei puhetta", "puhuja"),
    "French": ("musique", "sans paroles", "locuteur"),
    "German": ("Musik", "keine Sprache", "Sprecher"),
    "Greek": ("μουσική", "χωρίς ομιλία", "ομιλητής"),
    "Hindi": ("संगीत", "कोई बोल नहीं", "वक्ता"),
    "Hungarian": ("zene", "nincs beszéd", "beszélő"),
    "Indonesian": ("musik", "tanpa ucapan", "pembicara"),
    "Italian": ("musica", "nessuno parla", "parlante"),
    "Japanese": ("音楽", "会話なし", "話者"),
    "Korean": ("음악", "말소리 없음", "화자"),
    "Polish": ("muzyka", "bez słów", "mówca"),
    "Portuguese": ("música", "sem fala", "falante"),
    "Romanian": ("muzică", "fără vorbire", "vorbitor"),
    "Russian": ("музыка", "без слов", "говорящий"),
    "Spanish": ("música", "sin diálogo", "hablante"),
    "Swedish": ("musik", "inget tal", "talare"),
    "Thai": ("ดนตรี", "ไม่มีเสียงพูด", "ผู้พูด"),
    "Turkish": ("müzik", "konuşma yok", "konuşmacı"),
    "Vietnamese": ("nhạc", "không có lời nói", "người nói"),
}
"""music, sound without speech, and what a speaker without a name is called"""


def labelled(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """The utterances with `[Name]` in the first word wherever the speaker changes; a lone speaker needs no name."""
    spoken = [utterance for utterance in utterances if utterance.text]
    if len({utterance.speaker for utterance in spoken}) < 2:
        return tuple(utterances)
    done: list[Utterance] = []
    last: str | None = None
    for utterance in spoken:
        words, speaker = utterance.words, utterance.speaker
        if speaker and speaker != last:
            place = next(number for number, word in enumerate(words) if word.text.strip())
            opening = replace(words[place], text=_held(utterance) + words[place].text.lstrip())
            words = (*words[:place], opening, *words[place + 1 :])
        done.append(replace(utterance, words=words))
        last = speaker
    return tuple(done)


def freed(cues: Sequence[Cue], utterances: Sequence[Utterance]) -> tuple[Cue, ...]:
    """Cues of labelled utterances with plain spaces in the labels, and without labels in their words."""
    held = {_held(utterance) for utterance in utterances if utterance.speaker}
    plain = {label: label.replace(_HELD, " ") for label in held}
    return tuple(
        replace(
            cue,
            lines=tuple(_loose(line, plain) for line in cue.lines),
            words=tuple(tuple(_bare(word, held) for word in line) for line in cue.words),
        )
        for cue in cues
    )


def with_sounds(
    cues: Sequence[Cue], sounds: Sequence[Sound], rules: Rules, frame_rate: float, language: str
) -> tuple[Cue, ...]:
    """The cues and one for each long sound between them, at its beginning, as far from others as the rules want."""
    grid = Grid.of(frame_rate)
    room = max(rules.chain, rules.gap_frames / frame_rate)
    marks = [
        mark
        for sound in sounds
        if (text := _named(sound, language))
        for free in _free(sound, cues)
        if (mark := _mark(free, text, room, rules, grid))
    ]
    return tuple(sorted((*cues, *marks), key=lambda cue: cue.start))


def _held(utterance: Utterance) -> str:
    """The label of who speaks, with the space after it."""
    name = " ".join((utterance.speaker or "").split())
    unnamed = _UNNAMED.fullmatch(name)
    if unnamed and utterance.language in _WORDS:
        name = f"{_WORDS[utterance.language][2]} {int(unnamed[1]) + 1}"
    return f"[{name}] ".replace(" ", _HELD)


def _loose(line: str, plain: dict[str, str]) -> str:
    for held, loose in plain.items():
        place = line.find(held)
        if 0 <= place <= len("- "):
            return line[:place] + loose + line[place + len(held) :]
    return line


def _bare(word: Word, held: set[str]) -> Word:
    label = next((label for label in held if word.text.startswith(label)), "")
    return replace(word, text=word.text[len(label) :]) if label else word


def _named(sound: Sound, language: str) -> str:
    music, other, _ = _WORDS.get(language, ("♪", "", ""))
    name = music if sound.kind == "music" else other
    return f"[{name}]" if name else ""


def _free(sound: Sound, cues: Sequence[Cue]) -> Iterator[tuple[Span, Span]]:
    """The parts of a sound between cues that are long enough to be marked, each with the room around it."""
    ends = [float("-inf"), *(cue.end for cue in cues)]
    starts = [*(cue.start for cue in cues), float("inf")]
    for end, start in zip(ends, starts, strict=True):
        first, last = max(sound.start, end), min(sound.end, start)
        if last - first >= LONG.get(sound.kind, LONG["sound"]):
            yield Span(first, last), Span(end, start)


def _mark(free: tuple[Span, Span], text: str, room: Seconds, rules: Rules, grid: Grid) -> Cue | None:
    part, around = free
    start = int(grid.up(1000 * max(part.start, around.start + room)))
    shown = min(max(SHOWN, rules.shortest), rules.longest)
    end = int(grid.down(1000 * min(start / 1000 + shown, part.end, around.end - room)))
    return Cue(start / 1000, end / 1000, (text,)) if end - start >= 1000 * rules.shortest else None
