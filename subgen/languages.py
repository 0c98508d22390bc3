"""The 30 languages that the recogniser can be told to expect, and every name or code that people give them.

Canonical names are those of Qwen3-ASR. Codes are ISO 639-1 where the language has one, else ISO 639-3.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from subgen.errors import OptionError


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its canonical English name, its code, and what else it is called."""

    name: str
    code: str
    """ISO 639-1, or 639-3 where there is no two-letter code; used in sidecar names"""
    codes: tuple[str, ...]
    """the other codes in use: ISO 639-2/B, 639-2/T, 639-3, withdrawn ones and regional tags, lower-case"""
    aliases: tuple[str, ...]
    """other names, endonyms first"""
    spaced: bool = True
    """whether white space separates words in writing"""


def _language(name: str, code: str, codes: str, aliases: str = "", *, spaced: bool = True) -> Language:
    return Language(name, code, tuple(codes.split()), tuple(filter(None, aliases.split("|"))), spaced)


LANGUAGES: tuple[Language, ...] = (
    _language(
        "Chinese",
        "zh",
        "chi zho cmn cn zh-hans zh-hant zh-cn zh-tw zh-sg",
        "中文|汉语|漢語|普通话|普通話|国语|國語|华语|華語|"
        "Mandarin|Mandarin Chinese|Putonghua|Simplified Chinese|Traditional Chinese",
        spaced=False,
    ),
    _language("English", "en", "eng", "American English|British English|US English|UK English"),
    _language(
        "Cantonese", "yue", "zh-yue zh-hk zh-mo", "粤语|粵語|广东话|廣東話|广州话|廣州話|Yue|Yue Chinese", spaced=False
    ),
    _language("Arabic", "ar", "ara arb", "العربية|عربي|عربية|Modern Standard Arabic"),
    _language("German", "de", "ger deu", "Deutsch"),
    _language("French", "fr", "fre fra", "Français"),
    _language("Spanish", "es", "spa", "Español|Castellano|Castilian|Latin American Spanish"),
    _language("Portuguese", "pt", "por", "Português|Brazilian|Brazilian Portuguese|Português brasileiro"),
    _language("Indonesian", "id", "ind in", "Bahasa Indonesia"),
    _language("Italian", "it", "ita", "Italiano"),
    _language("Korean", "ko", "kor", "한국어|한국말|조선말|Hangugeo"),
    _language("Russian", "ru", "rus", "Русский|Русский язык|Russkij|Russkiy"),
    _language("Thai", "th", "tha", "ไทย|ภาษาไทย|Siamese", spaced=False),
    _language("Vietnamese", "vi", "vie vn", "Tiếng Việt|Việt"),
    _language("Japanese", "ja", "jpn jp", "日本語|にほんご|Nihongo", spaced=False),
    _language("Turkish", "tr", "tur", "Türkçe"),
    _language("Hindi", "hi", "hin", "हिन्दी|हिंदी"),
    _language("Malay", "ms", "may msa zsm", "Bahasa Melayu|Melayu|Bahasa Malaysia|Malaysian"),
    _language("Dutch", "nl", "dut nld", "Nederlands|Flemish|Vlaams"),
    _language("Swedish", "sv", "swe", "Svenska"),
    _language("Danish", "da", "dan dk", "Dansk"),
    _language("Finnish", "fi", "fin", "Suomi|Suomen kieli"),
    _language("Polish", "pl", "pol", "Polski|Język polski"),
    _language("Czech", "cs", "cze ces cz", "Čeština|Český"),
    _language("Filipino", "fil", "tl tgl", "Tagalog|Pilipino|Wikang Filipino"),
    _language("Persian", "fa", "per fas pes prs", "فارسی|Farsi|Dari"),
    _language("Greek", "el", "gre ell gr", "Ελληνικά|Modern Greek"),
    _language("Romanian", "ro", "rum ron mo mol", "Română|Limba română|Moldavian|Moldovan"),
    _language("Hungarian", "hu", "hun", "Magyar|Magyar nyelv"),
    _language("Macedonian", "mk", "mac mkd", "Македонски"),
)
"""All languages, in the model card's order."""


def _key(name: str) -> str:
    """Fold case, accents, separators and width, so that 'PT_br', 'português' and 'Portugues' meet."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if unicodedata.category(c) != "Mn")
    return " ".join(bare.casefold().replace("-", " ").replace("_", " ").split())


_BY_KEY: dict[str, Language] = {
    _key(name): language
    for language in LANGUAGES
    for name in (language.name, language.code, *language.codes, *language.aliases)
}
_LONGEST_CODE = 3
_OTHERS = (
    "aa/aar ab/abk ae/ave af/afr ak/aka am/amh an/arg as/asm av/ava ay/aym az/aze ba/bak be/bel bg/bul bh/bih "
    "bi/bis bm/bam bn/ben bo/tib/bod br/bre bs/bos ca/cat ce/che ch/cha co/cos cr/cre cu/chu cv/chv cy/wel/cym "
    "dv/div dz/dzo ee/ewe eo/epo et/est eu/baq/eus ff/ful fj/fij fo/fao fy/fry ga/gle gd/gla gl/glg gn/grn gu/guj "
    "gv/glv ha/hau he/heb ho/hmo hr/hrv ht/hat hy/arm/hye hz/her ia/ina ie/ile ig/ibo ii/iii ik/ipk io/ido "
    "is/ice/isl iu/iku jv/jav ka/geo/kat kg/kon ki/kik kj/kua kk/kaz kl/kal km/khm kn/kan kr/kau ks/kas ku/kur "
    "kv/kom kw/cor ky/kir la/lat lb/ltz lg/lug li/lim ln/lin lo/lao lt/lit lu/lub lv/lav mg/mlg mh/mah mi/mao/mri "
    "ml/mal mn/mon mr/mar mt/mlt my/bur/mya na/nau nb/nob nd/nde ne/nep ng/ndo nn/nno no/nor nr/nbl nv/nav ny/nya "
    "oc/oci oj/oji om/orm or/ori os/oss pa/pan pi/pli ps/pus qu/que rm/roh rn/run rw/kin sa/san sc/srd sd/snd "
    "se/sme sg/sag si/sin sk/slo/slk sl/slv sm/smo sn/sna so/som sq/alb/sqi sr/srp ss/ssw st/sot su/sun sw/swa "
    "ta/tam te/tel tg/tgk ti/tir tk/tuk tn/tsn to/ton ts/tso tt/tat tw/twi ty/tah ug/uig uk/ukr ur/urd uz/uzb "
    "ve/ven vo/vol wa/wln wo/wol xh/xho yi/yid yo/yor za/zha zu/zul "
)
"""ISO 639-1 codes of the languages that the model does not know, with their codes of 639-2/B, and /T if it differs"""
_CODE_OF_OTHERS = {code: codes.split("/")[1] for codes in _OTHERS.split() for code in codes.split("/")}
_TAG = re.compile("[a-z]{2,3}(?:[-_](?:[a-z]{4}|[a-z]{2}|[0-9]{3}))*", re.IGNORECASE)
"""a language, a script and a region, as BCP 47 joins them"""
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao; Myanmar; Khmer
    "\u2e80-\u2fdf\u3000-\u312f\u31a0-\u31bf\u31f0-\u4dbf\u4e00-\u9fff"  # radicals, punctuation, kana, ideographs
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff9f\U00020000-\U000323af]"  # compatibility, full width, further planes
)


def _find(name: str) -> Language | None:
    """The language of a name, code, alias, regional tag (pt-BR) or name with a remark ("Portuguese (Brazil)")."""
    key = _key(name.partition("(")[0])
    parts = key.split()
    found = _BY_KEY.get(key) or _BY_KEY.get(" ".join(parts[:2]))  # zh-Hant-TW is zh-Hant, zh-HK is not zh
    if found is None and len(parts) > 1 and len(parts[0]) <= _LONGEST_CODE:
        found = _BY_KEY.get(parts[0])
    return found


def canonical(name: str) -> str:
    """The canonical name of a language given by name, ISO 639 code, regional tag, endonym or common alias.

    Raises OptionError with the closest known language when there is none by that name.
    """
    found = _find(name)
    if found is not None:
        return found.name
    # Codes of two or three letters are all alike: a guess would only mislead.
    near = difflib.get_close_matches(_key(name), _BY_KEY, n=1, cutoff=0.6) if len(_key(name)) > _LONGEST_CODE else []
    guess = f" Did you mean {_BY_KEY[near[0]].name}?" if near else ""
    raise OptionError(
        f"The language {name!r} is not one of the {len(LANGUAGES)} that the model knows;"
        f" run `subgen languages` to see them.{guess}"
    )


def code(name: str) -> str:
    """The code of a language for file names, such as en, zh, yue or fil; "und" for "" and unknown names."""
    found = _find(name)
    return found.code if found else "und"


def three_letters(name: str) -> str:
    """The ISO 639-2/B or 639-3 code that Matroska and mp4 keep, such as eng, ger or yue; "und" for unknown names."""
    found = _find(name)
    codes = (found.code, *found.codes) if found else ()
    return next((one for one in codes if len(one) == _LONGEST_CODE), "und")


@lru_cache(1024)
def iso_code(text: str) -> str:
    """What `three_letters` gives for a name or a tag, also for languages that the model does not know; "": it is none.

    Stricter than `canonical`: a tag must look like one, so that "en route" is not English.
    """
    if not _TAG.fullmatch(text):
        found = _BY_KEY.get(_key(text.partition("(")[0]))
        return three_letters(found.name) if found else ""
    known = three_letters(text)
    return known if known != "und" else _CODE_OF_OTHERS.get(_key(text).partition(" ")[0], "")


def tags(name: str) -> frozenset[str]:
    """Every lower-case code that a media file may carry for the language, as ISO 639-1, 639-2/B, 639-2/T or 639-3.

    Regional tags ("pt-br") match by their part before the first hyphen. Empty for "" and unknown names.
    """
    found = _find(name)
    return frozenset((found.code, *found.codes)) if found else frozenset()


def spaced(name: str) -> bool:
    """Whether texts of the language are joined with a space; True for "" and unknown names."""
    found = _find(name)
    return found.spaced if found else True


def some_unspaced(text: str) -> bool:
    """Whether any character of a text is `unspaced`."""
    return not text.isascii() and _UNSPACED.search(text) is not None


def unspaced(character: str) -> bool:
    """Whether a character belongs to a script that puts no space between words: Han, kana, Thai, Lao, Khmer, ..."""
    return _UNSPACED.match(character) is not None
