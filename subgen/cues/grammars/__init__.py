"""The grammars of languages, as far as the cue writer needs them: which words must not be torn apart.

They are data. A language without one breaks by punctuation and pauses alone.
"""

from __future__ import annotations

from subgen.cues.grammars.eastern import FILIPINO, INDONESIAN, KOREAN, MALAY, VIETNAMESE
from subgen.cues.grammars.english import ENGLISH
from subgen.cues.grammars.germanic import DANISH, DUTCH, GERMAN, SWEDISH
from subgen.cues.grammars.grammar import Grammar
from subgen.cues.grammars.northern import FINNISH, HUNGARIAN
from subgen.cues.grammars.romance import FRENCH, ITALIAN, PORTUGUESE, ROMANIAN, SPANISH
from subgen.cues.grammars.slavic import CZECH, MACEDONIAN, POLISH, RUSSIAN
from subgen.cues.grammars.southern import ARABIC, GREEK, HINDI, PERSIAN, TURKISH
from subgen.cues.grammars.unspaced import CANTONESE, CHINESE, JAPANESE, THAI

__all__ = ["GRAMMARS", "NO_GRAMMAR", "Grammar"]

NO_GRAMMAR = Grammar()
GRAMMARS: dict[str, Grammar] = {
    "Chinese": CHINESE,
    "English": ENGLISH,
    "Cantonese": CANTONESE,
    "Arabic": ARABIC,
    "German": GERMAN,
    "French": FRENCH,
    "Spanish": SPANISH,
    "Portuguese": PORTUGUESE,
    "Indonesian": INDONESIAN,
    "Italian": ITALIAN,
    "Korean": KOREAN,
    "Russian": RUSSIAN,
    "Thai": THAI,
    "Vietnamese": VIETNAMESE,
    "Japanese": JAPANESE,
    "Turkish": TURKISH,
    "Hindi": HINDI,
    "Malay": MALAY,
    "Dutch": DUTCH,
    "Swedish": SWEDISH,
    "Danish": DANISH,
    "Finnish": FINNISH,
    "Polish": POLISH,
    "Czech": CZECH,
    "Filipino": FILIPINO,
    "Persian": PERSIAN,
    "Greek": GREEK,
    "Romanian": ROMANIAN,
    "Hungarian": HUNGARIAN,
    "Macedonian": MACEDONIAN,
}
"""By canonical English name, in the order of the languages."""
