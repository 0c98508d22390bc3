"""Subtitle formats made from cues by hand and by chance, read back by other people's readers."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pysubs2
import pytest
import srt as outside_srt
import ttconv.imsc.reader
import ttconv.model as ttml_model
import webvtt as outside_vtt
from hypothesis import given
from hypothesis import strategies as st

from subgen.formats.ass import ass
from subgen.formats.lrc import lrc
from subgen.formats.srt import srt
from subgen.formats.text import Line, clean, shown
from subgen.formats.ttml import ttml
from subgen.formats.vtt import vtt
from subgen.types import Cue, Utterance, Word
from tests.subgen.cue_making import cue_lists, words_of
from tests.subgen.documents import sample_document

HOURS_OF_ASS = 99 * 3600 * 1000
"""milliseconds: pysubs2 reads no third digit of hours"""


def told(cues) -> list[tuple[float, float, str]]:
    """Times and clean text of the cues that have any."""
    return [(cue.start, cue.end, "\n".join(line.text for line in lines)) for cue, lines in shown(cues)]


def assert_same(found, cues, tolerance: float, change=lambda text: text) -> None:
    """The same cues as were written: texts equal, times within a tolerance."""
    assert [text for _, _, text in found] == [change(text) for _, _, text in told(cues)]
    for (start, end, _), (wanted_start, wanted_end, _) in zip(found, told(cues), strict=True):
        assert abs(start - wanted_start) <= tolerance + 1e-6
        assert abs(end - wanted_end) <= tolerance + 1e-6


def dialogue(word_times=True) -> Cue:
    first, second = words_of("Where is it?", 1.0, 2.2), words_of("Over there.", 2.4, 3.0)
    words = (first, second) if word_times else ()
    return Cue(1.0, 3.0, ("-Where is it?", "-Over there."), ("Ann", "Bob"), words)


@given(cue_lists())
def test_srt_gives_srt_the_same_cues(cues) -> None:
    found = [
        (item.start.total_seconds(), item.end.total_seconds(), item.content) for item in outside_srt.parse(srt(cues))
    ]
    starts_like_a_time = any(
        re.match(r"\d+[,.:]\d+[,.:]\d+", line) for _, _, text in told(cues) for line in text.split("\n")
    )
    if not starts_like_a_time:  # there `srt` ends a cue; our own reader does not, see test_subtitles.py
        assert_same(found, cues, 0.001, lambda text: text.replace("-->", "→"))


@given(cue_lists(), st.booleans())
def test_vtt_gives_webvtt_py_the_same_cues(cues, word_times) -> None:
    found = [
        (seconds(item.start), seconds(item.end), unescaped(item.text))
        for item in outside_vtt.from_buffer(io.StringIO(vtt(cues, word_times)))
    ]
    assert_same(found, cues, 0.001)


@given(cue_lists())
def test_stamps_of_vtt_rise_strictly_inside_of_their_cue(cues) -> None:
    for item in outside_vtt.from_buffer(io.StringIO(vtt(cues, word_times=True))):
        stamps = [seconds(stamp) for stamp in re.findall(r"<(\d+:\d\d:\d\d\.\d{3})>", item.raw_text)]
        assert [seconds(item.start), *stamps, seconds(item.end)] == sorted(
            {seconds(item.start), *stamps, seconds(item.end)}
        )


def seconds(time: str) -> float:
    hours, minutes, rest = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_vtt_names_each_voice_of_a_dialogue_and_keeps_the_dashes() -> None:
    assert vtt((dialogue(),)).endswith("\n<v Ann>-Where is it?</v>\n<v Bob>-Over there.</v>\n\n")
    one = replace(dialogue(), speakers=("Ann",))
    assert vtt((one,)).endswith("\n<v Ann>-Where is it?\n-Over there.\n\n")
    half = replace(dialogue(), speakers=("", "Bob"))
    assert vtt((half,)).endswith("\n-Where is it?\n<v Bob>-Over there.</v>\n\n")
    three = replace(dialogue(), speakers=("Ann", "Bob", "Cid"))
    assert "<v" not in vtt((three,)), "names that fit no lines are left out"


def test_vtt_stamps_words_only_on_demand() -> None:
    assert "<00:" not in vtt((dialogue(),))
    *_, first, second, _, _ = vtt((dialogue(),), word_times=True).split("\n")
    assert first == "<v Ann>-Where <00:00:01.400>is <00:00:01.800>it?</v>"
    assert second == "<v Bob>-<00:00:02.400>Over <00:00:02.700>there.</v>"


@given(cue_lists(latest=HOURS_OF_ASS), st.booleans())
def test_ass_gives_pysubs2_the_same_cues(cues, word_times) -> None:
    found = pysubs2.SSAFile.from_string(ass(cues, word_times), "ass")
    read = [(event.start / 1000, event.end / 1000, event.plaintext) for event in found]
    assert_same(read, cues, 0.01, lambda text: text.translate(str.maketrans("{}\\", "｛｝＼")))
    assert all(event.style in found.styles for event in found)
    for style in (style for event in found for style in re.findall(r"\\r([^}]*)}", event.text)):
        assert style in found.styles


@given(cue_lists(latest=HOURS_OF_ASS))
def test_karaoke_takes_no_longer_than_its_cue(cues) -> None:
    for event in pysubs2.SSAFile.from_string(ass(cues, word_times=True), "ass"):
        hundredths = [int(number) for number in re.findall(r"\\k(\d+)", event.text)]
        assert sum(hundredths) * 10 == event.end - event.start


def test_ass_has_a_style_and_a_name_for_each_speaker() -> None:
    file = pysubs2.SSAFile.from_string(ass((dialogue(), Cue(4, 5, ("Hm.",), ("ann",)), Cue(6, 7, ("So.",)))), "ass")
    assert [(event.style, event.name) for event in file] == [("Ann", "Ann / Bob"), ("ann 2", "ann"), ("Default", "")]
    assert file[0].text == r"-Where is it?\N{\rBob}-Over there."
    colours = [str(style.primarycolor) for style in file.styles.values()]
    assert len(set(colours[1:])) == 3
    assert file.info["PlayResX"], file.info["PlayResY"] == ("1920", "1080")


def test_ass_sings_on_demand() -> None:
    file = pysubs2.SSAFile.from_string(ass((replace(dialogue(), start=0.9, end=3.5),), word_times=True), "ass")
    assert file[0].text == (r"{\k10}{\k0}-{\k40}Where {\k40}is {\k60}it?\N{\rBob}{\k0}-{\k30}Over {\k80}there.")
    assert pysubs2.SSAFile.from_string(ass((dialogue(word_times=False),), word_times=True), "ass")[0].plaintext == (
        "-Where is it?\n-Over there."
    )


@pytest.mark.parametrize(("text", "encoding"), [("Hello", 1), ("שלום", -1), ("1. عربي", -1), ("Hi שלום", 1)])
def test_ass_lets_libass_find_the_direction_only_where_there_is_another(text, encoding) -> None:
    file = pysubs2.SSAFile.from_string(ass((Cue(0, 1, (text,)),)), "ass")
    assert file.styles["Default"].encoding == encoding


def test_ass_writes_many_hours() -> None:
    assert ",123:00:00.01,123:00:02.00," in ass((Cue(442800.006, 442802.0, ("Hi.",)),))


def read_ttml(text: str) -> ttml_model.ContentDocument:
    return ttconv.imsc.reader.to_model(ElementTree.ElementTree(ElementTree.fromstring(text)))


def text_of(element) -> str:
    """The text under an element of ttconv's model."""
    if isinstance(element, ttml_model.Text):
        return element.get_text()
    return "\n" if isinstance(element, ttml_model.Br) else "".join(map(text_of, element))


@given(cue_lists(), st.sampled_from(["English", "Arabic", "Cantonese", "", "Klingon"]))
def test_ttml_gives_ttconv_the_same_cues(cues, language) -> None:
    document = read_ttml(ttml(cues, language))
    found = [
        (float(element.get_begin()), float(element.get_end()), text_of(element))
        for element in document.get_body().dfs_iterator()
        if isinstance(element, ttml_model.P)
    ]
    assert_same(found, cues, 0.001, lambda text: text.replace("\uffff", "\ufffd"))
    assert document.get_lang() == {"English": "en", "Arabic": "ar", "Cantonese": "yue"}.get(language, "")
    assert [region.get_id() for region in document.iter_regions()] == ["bottom"]


def test_ttconv_has_nothing_to_say_about_our_ttml(caplog) -> None:
    caplog.set_level("DEBUG")
    assert read_ttml(ttml((dialogue(), Cue(123 * 3600, 124 * 3600, ("שלום",))), "English")).get_body() is not None
    assert not caplog.records


def test_ttml_names_speakers_and_turns_right_to_left_paragraphs() -> None:
    cues = (
        dialogue(),
        replace(dialogue(), speakers=("Bob",)),
        Cue(5, 6, ("1. שלום",)),
        Cue(7, 8, ("-A", "-B"), ("", "Ann")),
    )
    text = ttml(cues, "English")
    assert re.findall(r'xml:id="(speaker\d)" type="person"><ttm:name type="full">(.*?)<', text) == [
        ("speaker1", "Ann"),
        ("speaker2", "Bob"),
    ]
    assert re.findall(r' end="[\d:.]+"(.*)</p>', text) == [
        '><span ttm:agent="speaker1">-Where is it?</span><br/><span ttm:agent="speaker2">-Over there.</span>',
        ' ttm:agent="speaker2">-Where is it?<br/>-Over there.',
        ' tts:direction="rtl">1. שלום',
        '><span>-A</span><br/><span ttm:agent="speaker1">-B</span>',
    ]


def lyrics(cues, word_times=False) -> list[str]:
    """The lines of an LRC, after the two that say what it is."""
    said = tuple(word for cue in cues for line in cue.words for word in line)
    document = replace(sample_document(), utterances=(Utterance(said, "English"),))
    title, program, *rest = lrc(document, cues, word_times).split("\n")
    assert (title, program, rest.pop()) == ("[ti:An example]", "[re:subgen]", "")
    return rest


@given(cue_lists(), st.booleans())
def test_lrc_has_a_line_for_each_cue(cues, word_times) -> None:
    rest = lyrics(cues, word_times)
    assert all(re.match(r"\[\d\d+:[0-5]\d\.\d\d\](?!\s*\[\d+:)", line) for line in rest)
    spoken = [re.sub(r"<\d\d+:[0-5]\d\.\d\d>", "", line).partition("]")[2] for line in rest]
    wanted = [" ".join(text.split()) for _, _, text in told(cues)]
    plain = str.maketrans("［＜", "[<")
    assert ["".join(text.split()).translate(plain) for text in spoken if text] == [
        "".join(text.split()) for text in wanted
    ]
    minutes = [line[1:].partition("]")[0].split(":") for line in rest]
    times = [int(minute) * 60 + float(second) for minute, second in minutes]
    assert times == sorted(times)


def test_lrc_clears_the_line_in_a_gap_and_stamps_words_on_demand() -> None:
    cues = (dialogue(), Cue(3.0, 4.0, ("Yes.",), (), ((Word(2.9, 3.2, "Yes."),),)), Cue(3725, 3726, ("[1:02] <no>",)))
    assert lyrics(cues) == [
        "[00:01.00]-Where is it? -Over there.", "[00:03.00]Yes.", "[00:04.00]", "[62:05.00]［1:02] <no>", "[62:06.00]",
    ]  # fmt: skip
    assert lyrics(cues, word_times=True)[:2] == [
        "[00:01.00]-<00:01.00>Where <00:01.40>is <00:01.80>it? -<00:02.40>Over <00:02.70>there.<00:03.00>",
        "[00:03.00]<00:03.00>Yes.<00:03.20>",
    ]


@pytest.mark.parametrize("write", [srt, vtt, ass, lambda cues: ttml(cues, ""), lambda cues: "".join(lyrics(cues))])
def test_nothing_said_gives_a_whole_file_without_cues(write) -> None:
    assert write(()) == write((Cue(1, 2, ("\0", " "), ("Ann", "Bob")),))


@given(
    st.lists(st.sampled_from(["a ", "no ", "天", "天。", "nono", "-", "b, "]), min_size=1), st.sampled_from(["", "-"])
)
def test_every_word_of_a_line_begins_its_own_piece(texts, dash) -> None:
    words = tuple(Word(number, number + 1, text) for number, text in enumerate(texts))
    pieces = list(Line(clean(dash + "".join(texts)), words=words).pieces())
    assert "".join(text for _, text in pieces) == clean(dash + "".join(texts))
    assert [word for word, _ in pieces if word] == list(words)
    if dash != texts[0]:
        assert all(text.startswith(clean(word.text)) for word, text in pieces if word)


def test_words_that_are_said_twice_have_their_own_times() -> None:
    words = (Word(1, 1.5, "天"), Word(1.5, 2.0, "天"), Word(2.0, 2.5, "no "), Word(2.5, 3.0, "no"))
    text = vtt((Cue(0.5, 4, ("-天天no no",), (), (words,)),), word_times=True)
    assert text.endswith("\n-<00:00:01.000>天<00:00:01.500>天<00:00:02.000>no <00:00:02.500>no\n\n")


def test_words_that_are_not_in_their_line_are_passed_over() -> None:
    words = ((Word(1, 1.5, "Other "), Word(1.5, 1.7, "two"), Word(1.7, 1.8, " ")),)
    cue = Cue(1, 2, ("One two",), (), words)
    assert vtt((cue,), word_times=True).endswith("\nOne <00:00:01.500>two\n\n")
    assert vtt((replace(cue, words=((), ())),), word_times=True).endswith("\nOne two\n\n")
    assert clean("One two") in ass((cue,), word_times=False)
