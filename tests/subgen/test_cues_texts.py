"""The cues of 10,000 generated texts in five scripts say what the texts say, sign for sign."""

from __future__ import annotations

import random

import pytest

from aligner.types import AlignedUnit
from aligner.units import units
from subgen.cues import columns, cues
from subgen.cues.tokens import tokens
from subgen.languages import unspaced
from subgen.options import Layout
from subgen.rules import rules
from subgen.types import Transcript
from subgen.words import cut, text_of, utterances
from tests.subgen.cue_checks import assert_limits, assert_same_text

TEXTS_PER_SCRIPT = 2000

# What other tools lose or rebuild: numbers, signs, hyphens, apostrophes, abbreviations, addresses, quotes, emoji.
SPECIMENS = (
    "10,000 3.5% twenty-five Don’t $5. AT&T, 2+2 example.com, e-mail: 25°C Dr. Smith <i>a</i> --> & … ... — “so” "
    "(yes) [no] ¿Qué? «oui» 👨\u200d👩\u200d👧 🇩🇪 cafe\u0301 3/4 #1 @me 50€ 'tis rock'n'roll C++ http://x.org/?a=1&b=2"
)
SCRIPTS = {
    "Latin": (
        "English French Vietnamese",
        "the House was naïve đường été of and Mr. I über Straße saw went",
        ". , ! ? ; : ...",
        " ",
    ),
    "Cyrillic": ("Russian Macedonian", "дом мы ёлка объект и в на он съел Юлия который", ". , ! ? — …", " "),
    "Arabic": ("Arabic Persian", "السلام عَلَيْكُم كتاب في من می‌روم خانه وَقَالَ ١٢٣", "، ؟ . ؛ !", " "),
    "Han and kana": (
        "Chinese Japanese Cantonese",
        "今天 天气 東京タワー 食べる ニャー 我 iPhone 打了 です 喺度 𠮷 2024年",
        "。 、 ！ ？ 」 「 …… ： ）",
        "",
    ),
    "Devanagari and Thai": (
        "Hindi Thai",
        "नमस्ते हिन्दी क्षत्रिय है में श्री । สวัสดี ประเทศไทย น้ำ ไป เที่ยว ๆ",
        "। ? ! , ฯ",
        " ",
    ),
}


class Author:
    """Writes texts in one script, with specimens mixed in, and gives their words times, good and bad."""

    def __init__(self, script: str, seed: int) -> None:
        languages, words, signs, self.space = SCRIPTS[script]
        self.languages, self.words, self.signs = languages.split(), words.split(), signs.split()
        self.specimens = SPECIMENS.split()
        self.random = random.Random(seed)

    def text(self) -> str:
        pick = self.random
        parts: list[str] = []
        for _ in range(pick.randint(0, 14)):
            parts.append(pick.choice(self.words) if pick.random() < 0.85 else pick.choice(self.specimens))
            if pick.random() < 0.25:
                parts.append(pick.choice(self.signs))
            parts.append(pick.choice([self.space] * 12 + ["  ", "\n", "\u00a0", "-", ""]))
        return "".join(parts)

    def transcript(self, start: float) -> Transcript:
        language, text = self.random.choice(self.languages), self.text()
        timed = []
        clock = start
        for unit in units(text, language if language != "Japanese" else "Chinese"):
            clock += self.random.choice([0, 0, 0, 0.1, 0.7, 1.5])
            end = clock + self.random.choice([0, 0.08, 0.24, 0.4, 0.8, 12 if self.random.random() < 0.02 else 0.3])
            timed.append(AlignedUnit(clock - start, end - start, unit))
            clock = end
        return Transcript(start, clock, text, language, words=cut(text, timed, start))


@pytest.mark.parametrize("script", SCRIPTS)
def test_cue_text_is_the_transcript(script) -> None:
    author = Author(script, seed=len(script))
    layouts = [Layout(), Layout(width=12), Layout(width=24, lines=1), Layout(lines=3)]
    for _ in range(TEXTS_PER_SCRIPT):
        first = author.transcript(0.0)
        transcripts = (first, author.transcript(first.end)) if author.random.random() < 0.2 else (first,)
        layout = author.random.choice(layouts)
        said = utterances(transcripts)
        shown = cues(said, layout)
        text = text_of(transcripts)
        assert_same_text(shown, text)
        assert_limits(shown, layout)
        lines = [line for cue in shown for line in cue.lines]
        kept = [rules(layout, utterance.language) for utterance in said]
        whole = {
            token.text.strip()
            for utterance, rule in zip(said, kept, strict=True)
            for token in tokens(utterance.words, utterance.language, rule)
        }
        assert len({rule.full_width for rule in kept}) <= 1
        width = max((rule.width for rule in kept), default=0)
        full = any(rule.full_width for rule in kept)
        assert not [line for line in lines if columns(line, full) > width and line not in whole]
        if not any(map(unspaced, text)):
            assert " ".join(" ".join(lines).split()) == " ".join(text.split())
