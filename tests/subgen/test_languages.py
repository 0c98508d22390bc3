"""Names, codes and aliases of the 30 languages."""

from __future__ import annotations

import pytest

from subgen.errors import OptionError
from subgen.languages import LANGUAGES, canonical, code, spaced, tags, unspaced

OFFICIAL_NAMES = (
    "Chinese English Cantonese Arabic German French Spanish Portuguese Indonesian Italian Korean Russian Thai "
    "Vietnamese Japanese Turkish Hindi Malay Dutch Swedish Danish Finnish Polish Czech Filipino Persian Greek "
    "Romanian Hungarian Macedonian"
)
OFFICIAL = OFFICIAL_NAMES.split()
CODES = "zh en yue ar de fr es pt id it ko ru th vi ja tr hi ms nl sv da fi pl cs fil fa el ro hu mk"


def test_the_thirty_languages_stand_in_the_official_order_with_their_codes() -> None:
    assert [language.name for language in LANGUAGES] == OFFICIAL
    assert [language.code for language in LANGUAGES] == CODES.split()


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_every_name_code_and_alias_in_any_case_means_its_own_language(language) -> None:
    for given in (language.name, language.code, *language.codes, *language.aliases):
        for written in (given, given.upper(), given.lower(), f"  {given} ", given.replace("-", "_")):
            assert canonical(written) == language.name
            assert code(written) == language.code


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("pt-BR", "Portuguese"),
        ("zh_TW", "Chinese"),
        ("zh-Hant-TW", "Chinese"),
        ("zh-Hans", "Chinese"),
        ("zh-HK", "Cantonese"),
        ("en-US", "English"),
        ("es-419", "Spanish"),
        ("sr-Latn", None),
        ("Portuguese (Brazil)", "Portuguese"),
        ("portugues", "Portuguese"),
        ("TIENG VIET", "Vietnamese"),
        ("MANDARIN", "Chinese"),
        ("ger", "German"),
        ("deu", "German"),
    ],
)
def test_regional_tags_remarks_and_missing_accents(given, name) -> None:
    assert code(given) == (code(name) if name else "und")
    if name:
        assert canonical(given) == name


@pytest.mark.parametrize(
    ("given", "meant"), [("Germn", "German"), ("Chinees", "Chinese"), ("españoll", "Spanish"), ("Farsee", "Persian")]
)
def test_a_slip_of_the_pen_is_answered_with_the_closest_language(given, meant) -> None:
    with pytest.raises(OptionError, match=f"subgen languages.*Did you mean {meant}") as caught:
        canonical(given)
    assert repr(given) in str(caught.value)


@pytest.mark.parametrize("given", ["", "   ", "uk", "xx", "Klingon", "()", "🙂"])
def test_what_is_no_language_is_refused_without_a_wild_guess(given) -> None:
    with pytest.raises(OptionError, match="run `subgen languages`") as caught:
        canonical(given)
    assert "Did you mean" not in str(caught.value)
    assert code(given) == "und"
    assert tags(given) == frozenset()
    assert spaced(given)


def test_tags_hold_every_code_that_containers_carry() -> None:
    assert tags("German") == {"de", "ger", "deu"}
    assert {"zh", "chi", "zho", "cmn"} <= tags("Chinese")
    assert {"fil", "tl", "tgl"} <= tags("Filipino")
    assert all(tag == tag.lower() for language in LANGUAGES for tag in tags(language.name))


def test_no_code_belongs_to_two_languages() -> None:
    every = [tag for language in LANGUAGES for tag in tags(language.name)]
    assert len(every) == len(set(every))


def test_only_four_languages_are_written_without_spaces() -> None:
    assert {name for name in OFFICIAL if not spaced(name)} == {"Chinese", "Cantonese", "Japanese", "Thai"}


def test_characters_of_scripts_without_word_spaces_are_known() -> None:
    assert all(map(unspaced, "今天気キー、。「」ไทยລາວខ្មែရန်！％𠮷〇々ｱ"))
    assert not any(map(unspaced, "aÄ9한국яעبहि.,!%«»“”—… $🙂"))
    assert not unspaced("")
