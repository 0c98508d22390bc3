"""Units against the published vectors, and by the properties that character spans must have."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aligner import korean
from aligner.units import units

VECTORS = json.loads((Path(__file__).parents[1] / "golden" / "aligner_text.json").read_text("utf-8"))["words"]
HANGUL = "".join(map(chr, range(0xAC00, 0xAC00 + 400, 7)))

anything = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from(list("aeé'’-.,$%0123 \n\t　世界好今日はガｶﾞ㌔㍻½नमस्ते𠮷\u0301\u3099\ufe0f한국ﷺ①"))
)


def kept(char):
    return char == "'" or unicodedata.category(char)[0] in "LN"


def check_spans(text, found):
    assert all(unit.text and 0 <= unit.begin < unit.end <= len(text) for unit in found)
    assert all(left.end <= right.begin for left, right in pairwise(found))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['language']}:{vector['text'][:12]}")
def test_published_vectors(vector):
    found = units(vector["text"], vector["language"])
    assert [unit.text for unit in found] == vector["words"]
    check_spans(vector["text"], found)


def test_there_are_25_vectors():
    assert len(VECTORS) == 25


@settings(deadline=None)
@given(anything, st.sampled_from(["", "English", "Chinese", "Korean", "KOREAN", "Thai"]))
def test_kept_characters_lie_in_the_span_of_their_unit(text, language):
    found = units(text, language)
    check_spans(text, found)
    assert all("".join(filter(kept, text[unit.begin : unit.end])) == unit.text for unit in found)
    covered = {index for unit in found for index in range(unit.begin, unit.end)}
    assert all(index in covered for index, char in enumerate(text) if kept(char))


@given(anything)
@settings(max_examples=60, deadline=None)
@example("㍻元年、㌔ｶﾞｷﾞ ½ İ ﷺ")
@example("か\u3099 \u3099か")
@example("   ")
@example("a \u0301\u0323b")
def test_japanese_spans_hold_what_the_unit_was_made_from(text):
    found = units(text, "Japanese")
    check_spans(text, found)
    for unit in found:
        made = unicodedata.normalize("NFKC", text[unit.begin : unit.end]).replace("İ", "I")
        assert unit.text in "".join(filter(kept, made))
    normal = unicodedata.normalize("NFKC", text.rstrip()).replace("İ", "I")
    assert "".join(unit.text for unit in found) == "".join(filter(kept, normal))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("It cost 10,000 dollars.", "English", ["It", "cost", "10,000", "dollars"]),
        ("Don’t worry: twenty-five!", "English", ["Don’t", "worry", "twenty-five"]),
        ("$5. (AT&T)", "English", ["5", "AT&T"]),
        ("नमस्ते दुनिया", "Hindi", ["नमस्ते", "दुनिया"]),
        ("cafe\u0301, 葛\U000e0100城", "", ["cafe\u0301", "葛\U000e0100", "城"]),
        ("A-世-b 2.0版", "Chinese", ["A", "世", "b", "2.0", "版"]),
        ("서울에서, KTX로!", "Korean", ["서울", "에서", "KTX로"]),
        ("ｶﾞﾗｽを3㌔。", "Japanese", ["ｶﾞﾗｽ", "を", "3", "㌔"]),
    ],
)
def test_spans_cut_the_original(text, language, expected):
    assert [text[unit.begin : unit.end] for unit in units(text, language)] == expected


def test_words_made_from_one_character_are_one_unit():
    (unit,) = units("½", "Japanese")
    assert (unit.text, unit.begin, unit.end) == ("12", 0, 1)


def test_korean_stem_is_the_longest_known_prefix():
    for token in ("안녕하세요", "서울에서", "2시간", "가", "", "한국어"):
        known = [n for n in range(2, len(token) + 1) if token[:n] in korean.dictionary()]
        assert korean.stem_length(token) == (max(known) if known else len(token))


@settings(deadline=None)
@given(st.text(st.sampled_from(HANGUL), max_size=12), st.sampled_from(sorted(korean.dictionary())))
def test_korean_stem_by_slow_search(tail, word):
    token = word + tail
    assert korean.stem_length(token) == max(n for n in range(2, len(token) + 1) if token[:n] in korean.dictionary())


def test_korean_data_is_complete_and_reproducible():
    packed = (files("aligner") / "data" / "korean.txt.gz").read_bytes()
    assert packed[4:8] == b"\0\0\0\0"  # no time stamp
    assert len(korean.dictionary()) == 16_867
    assert min(map(len, korean.dictionary())) == korean.SHORTEST


def test_japanese_without_nagisa_says_what_to_install():
    script = (
        "import sys; sys.modules['nagisa'] = None\n"
        "from aligner.errors import MissingDependency\n"
        "from aligner.units import units\n"
        "assert units('...', 'Japanese') == ()\n"
        "try: units('今日', 'Japanese')\n"
        "except MissingDependency as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pip install 'subgen-mlx[japanese]'" in done.stdout


def test_other_languages_load_neither_nagisa_nor_the_dictionary():
    script = (
        "import sys; from aligner import korean; from aligner.units import units\n"
        "units('plain words 世界', 'English')\n"
        "assert 'nagisa' not in sys.modules and not korean.dictionary.cache_info().currsize\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
