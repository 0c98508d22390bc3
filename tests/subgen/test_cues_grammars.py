"""Grammars: every word in them can be met, and sentences of every language break where a reader would break them."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from subgen.cues.grammars import GRAMMARS
from subgen.cues.syntax import AFTER_LEADING_WORD, BEFORE_PREPOSITION, costs, sentence_ends
from subgen.cues.tokens import Token, tokens
from subgen.languages import LANGUAGES, spaced
from subgen.words import spread

GOOD, TORN = "/", "_"
PHRASES = {
    "English": "I_have put the_keys / on_the_table / because we_are leaving",
    "Arabic": "كان_الرجل يجلس / في_البيت / ولكن_الولد ذهب / إلى_المدرسة",
    "German": "Ich_habe_den Schlüssel / in_der_Küche gefunden / weil_wir gingen",
    "French": "Je_suis_allé / à_la_maison / parce_qu'il_avait raison / d'après Anne / quand l'hiver arrive",
    "Spanish": "He_visto la_casa / de_mi_hermano / cuando_yo_era niño",
    "Portuguese": "Eu_não tenho_a chave / da_casa / porque_você_foi embora",
    "Italian": "Ho_visto la_casa / dell'amico / quando_ero bambino / e_non_so cosa",
    "Romanian": "Am_văzut casa / din_sat / pentru_că_nu știam",
    "Dutch": "Ik_heb_de sleutel / in_de_keuken gevonden / omdat_we weggaan",
    "Swedish": "Jag_har sett huset / på_landet / när_vi_var små",
    "Danish": "Jeg_har set huset / på_landet / fordi_vi_var små",
    "Polish": "Nie_wiem / czy_on chce_się uczyć / w_szkole / ale_to ważne",
    "Czech": "Nevím / jestli_ten pán bydlí / v_domě / protože_jsem spal",
    "Russian": "Я_не_знаю / что_он сказал / о_доме / но_это важно и_он сказал_бы",
    "Macedonian": "Тој_не знае / дека_ќе одиме / во_градот / и_тоа рано",
    "Greek": "Δεν_ξέρω / αν_θα έρθει / στο_σπίτι_μου / και_η_μητέρα_μου έφυγε",
    "Turkish": "Bu_kitap senin_için alındı / ama_ben gelmedim / ve_o da gitti doğru_değil",
    "Hungarian": "Nem_tudom / hogy_a fiú az asztal_alatt van / mert_ő kicsi",
    "Finnish": "En_tiedä / että_hän_on talon_takana / koska_minä nukuin",
    "Indonesian": "Saya_tidak tahu / bahwa_anak_itu pergi / ke_pasar / karena_dia lapar",
    "Malay": "Saya_tidak tahu / bahawa budak_itu pergi / ke_pasar / kerana_dia lapar",
    "Filipino": "Pumunta ako / sa_bahay / pero_hindi ko_po nakita ang_bata",
    "Vietnamese": "Tôi_không biết / nhưng_anh_đã đi / về_nhà",
    "Korean": "나는 할_수_있다고 말했다 / 그리고_우리_집에 갔다 / 그래서_안_먹었다 기다리는_동안",
    "Hindi": "राम_ने नहीं_खाया / लेकिन_मैं घर_में_था / क्योंकि_बारिश हो_रही_थी",
    "Persian": "من_کتاب_را خواندم / ولی_او رفته_است / به_خانه / چون_خیلی خسته_بود",
    "Chinese": "他_在_公园里玩了 / 但是_我_很 累了 / 可是书店_的_门_上有人",
    "Cantonese": "我_喺 香港食咗 / 但係_佢_唔 鍾意",
    "Japanese": "その_家は / とても_大きかったので / しかし 父の_本",
    "Thai": "ฉัน_จะ_ไป / แต่_เขา_ไม่_มา",
}


def cut(text: str, language: str) -> list[Token]:
    return list(tokens(spread(text, 0.0, len(text) / 10), language))


@pytest.mark.parametrize("language", [language.name for language in LANGUAGES])
def test_phrases_are_held_together_and_breaks_stand_before_clauses_and_prepositions(language: str) -> None:
    marked = PHRASES[language].replace(f" {GOOD} ", GOOD)
    space = " " if spaced(language) else ""
    text, good, torn = "", set(), set()
    for sign in marked:
        if sign in (GOOD, TORN, " "):
            text += space
            {GOOD: good, TORN: torn}.get(sign, set()).add(len(text))
        else:
            text += sign
    run = cut(text, language)
    prices = {}
    place = 0
    for token, cost in zip(run, costs(run, language), strict=True):
        place += len(token.text) + token.spaced
        prices[place] = cost
    assert {text[:place]: prices.get(place) for place in good if not prices.get(place, 99) <= BEFORE_PREPOSITION} == {}
    assert {text[:place]: prices[place] for place in torn if prices.get(place, 99) < 22} == {}
    if spaced(language):
        assert all(prices[place] >= AFTER_LEADING_WORD for place in torn)


@pytest.mark.parametrize("language", GRAMMARS)
def test_every_word_of_a_grammar_can_be_met(language: str) -> None:
    grammar = GRAMMARS[language]
    listed = {word for part in astuple(grammar) if not isinstance(part, bool) for word in part}
    assert listed
    for word in listed:
        run = cut(f"x {word}. x", language)
        assert len(run) >= 3, word
    lost = {word for word in grammar.leading | grammar.trailing if _worth(word, language) < AFTER_LEADING_WORD}
    assert lost == set()
    assert not {
        word for word in grammar.titles | grammar.abbreviations if any(sentence_ends(_dotted(word), language)[:1])
    }


def _worth(word: str, language: str) -> float:
    """The dearest break beside a word between two that mean nothing."""
    other = word + "x" if word.endswith("'") else word
    run = [Token(0.0, 1.0, text, True) for text in ("xx", other, "xx")]
    return max(costs(run, language))


def _dotted(word: str) -> list[Token]:
    return [Token(0.0, 1.0, word + ".", True), Token(1.0, 2.0, "x", False)]


@pytest.mark.parametrize(
    ("language", "text", "ends"),
    [
        ("German", "Am 3. Mai kam Dr. Weiß, d.h. am Montag. Es war 1865. Dann ging er.", "Montag. 1865. er."),
        ("German", "Ich bin 12. Du bist 3. und er auch. Nein", "12. auch. Nein"),
        ("French", "M. Dupont est là. C'est Mme Noir, etc. et voilà.", "là. voilà."),
        ("Spanish", "El Sr. Pérez vino. ¿Y la Dra. Ruiz? No.", "vino. Ruiz? No."),
        ("Polish", "To jest np. dom. Prof. Kot śpi.", "dom. śpi."),
        ("Russian", "Это был г. Иванов, т.е. он. И всё.", "он. всё."),
        ("Czech", "Bylo to 5. května. Ano.", "května. Ano."),
        ("English", "He is No. 5. It was 12. We left.", "5. 12. left."),
    ],
)
def test_dots_of_abbreviations_and_ordinals_end_nothing(language: str, text: str, ends: str) -> None:
    run = cut(text, language)
    found = [token.text for token, end in zip(run, sentence_ends(run, language), strict=True) if end]
    assert " ".join(found) == ends


def test_every_language_has_a_grammar() -> None:
    assert list(GRAMMARS) == [language.name for language in LANGUAGES]
    assert all(grammar.leading for grammar in GRAMMARS.values())
