"""Subtitle files as they are found: broken, old, in other encodings, with times in every notation."""

from __future__ import annotations

import codecs

import pytest
import srt as outside_srt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subgen.errors import MediaNotFound, OptionError
from subgen.formats.retimed import with_times
from subgen.formats.subtitles import Subtitles, read_subtitles
from subgen.types import Cue, Span


@pytest.fixture
def given_file(tmp_path):
    """A function that reads a text or bytes as a file of a name."""

    def read(content: str | bytes, name: str = "a.srt") -> Subtitles:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
        return read_subtitles(tmp_path / name)

    return read


def told(found: Subtitles) -> list[tuple[float, float, str]]:
    return [(cue.start, cue.end, cue.text) for cue in found.cues]


ONE = "1\n00:00:01,000 --> 00:00:02,000\nOne\n"
TWO = f"{ONE}\n2\n00:00:03,500 --> 00:00:04,000\nTwo\nlines\n"


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        (TWO, [(1, 2, "One"), (3.5, 4, "Two\nlines")]),
        (TWO.replace("\n", "\r\n"), [(1, 2, "One"), (3.5, 4, "Two\nlines")]),
        (TWO.replace("\n", "\r"), [(1, 2, "One"), (3.5, 4, "Two\nlines")]),
        (TWO.replace("\n\n", "\n"), [(1, 2, "One"), (3.5, 4, "Two\nlines")]),
        (TWO.replace("1\n0", "0").replace("2\n0", "0"), [(1, 2, "One"), (3.5, 4, "Two\nlines")]),
        ("\n\n" + TWO.strip(), [(1, 2, "One"), (3.5, 4, "Two\nlines")]),
        ("1\n0:1:2.5 -> 1:02,04\nA", [(62.005, 62.004, "A")]),
        ("1\n00：00：01，000 --> 00:00:02:500\nA", [(1, 2.5, "A")]),
        ("1\n00:00:01 --> 00:00:02,1239 X1:10 X2:20\nA", [(1, 2.123, "A")]),
        ("1\n 123:00:01,000-->123:00:02,000\nA", [(442801, 442802, "A")]),
        ("1\n00:00:02,000 --> 00:00:01,000\nLate\n\n2\n00:00:01,000 --> 00:00:01,000\n", [(2, 1, "Late"), (1, 1, "")]),
        ("9\n00:00:05,000 --> 00:00:06,000\nB\n\n1\n00:00:01,000 --> 00:00:02,000\nA", [(5, 6, "B"), (1, 2, "A")]),
        (f"{ONE}\n\nmore\n\n2\n\n00:00:03,000 --> 00:00:04,000\nTwo", [(1, 2, "One\nmore\n2"), (3, 4, "Two")]),
        (f"{ONE}5\n12:30:45 o'clock\na --> b", [(1, 2, "One\n5\n12:30:45 o'clock\na --> b")]),
        (f"{ONE}<i>A</i> <font color=red>b</font> {{\\an8}}c < d & e <3", [(1, 2, "One\nA b c < d & e <3")]),
        (TWO.replace("One", "42").replace("Two", "3"), [(1, 2, "42"), (3.5, 4, "3\nlines")]),
    ],
)  # fmt: skip
def test_subrip_of_every_kind_is_read(given_file, text, cues) -> None:
    found = given_file(text)
    assert (found.format, found.dropped, found.notes) == ("srt", 0, ())
    assert told(found) == cues


@pytest.mark.parametrize(
    "bad", ["2\nTwo", "2\n00:00:0x,000 --> 00:00:04,000\nTwo", "2\n00:00:03,000 -->\nTwo", "-00:00:03,000 --> 5\nTwo"]
)
def test_a_cue_without_times_is_counted_and_its_text_joins_no_other(given_file, bad) -> None:
    found = given_file(f"{ONE}\n{bad}\n\n3\n00:00:05,000 --> 00:00:06,000\nThree\n")
    assert told(found) == [(1, 2, "One"), (5, 6, "Three")]
    assert found.dropped == 1
    assert [(note.kind, note.text) for note in found.notes] == [
        ("dropped", "1 cue has times that can't be read and is left out of a.srt.")
    ]


def test_text_before_the_first_cue_is_told(given_file) -> None:
    found = given_file("Downloaded from somewhere\n\n" + TWO)
    assert [note.text for note in found.notes] == ["Text before the first cue of a.srt is ignored."]
    assert len(found.cues) == 2


PIECES = (
    *("1", "2", "3", "", " ", "text", "a --> b", "5 --> 6", "12:30:45", "\u2060x", "NOTE", "STYLE", "WEBVTT"),
    *("00:00:01,000 --> 00:00:02,000", "00:01 --> 00:02", "-00:00:01,000 --> 00:00:02,000", "00:00:01.5 --> x"),
    "00:01.000 --> 00:02.000",
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.sampled_from(PIECES), max_size=14), webvtt=st.booleans())
def test_any_lines_are_read_without_losing_any_text_or_times(given_file, lines, webvtt) -> None:
    """What is read must not depend on the libraries' moods: each time line is a cue, and has its place."""
    text = "\n".join(["WEBVTT\n"] * webvtt + ["1\n00:00:01.000 --> 00:00:02.000"] + lines)
    found = given_file(text, "a.vtt" if webvtt else "a.srt")
    assert len(found.time_lines) == len(found.cues)
    place_lines = found.text.split("\n")
    assert all("-->" in place_lines[place] for place in found.time_lines)
    moved = [Span(cue.start + 3600, cue.end + 3600) for cue in found.cues]
    again = given_file(with_times(found, moved), "b.vtt" if webvtt else "b.srt")
    assert [(cue.start, cue.end) for cue in again.cues] == [(span.start, span.end) for span in moved]
    assert [cue.lines for cue in again.cues] == [cue.lines for cue in found.cues]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 10**8), st.integers(1, 10**4), st.sampled_from(["a", "b\nc", "é 今", "1\n2"])),
        max_size=6,
    )
)
def test_clean_files_are_read_as_the_library_reads_them(given_file, cues) -> None:
    text = "".join(
        f"{number}\n{outside_time(start)} --> {outside_time(start + length)}\n{content}\n\n"
        for number, (start, length, content) in enumerate(cues, 1)
    )
    assert told(given_file(text)) == [
        (item.start.total_seconds(), item.end.total_seconds(), item.content) for item in outside_srt.parse(text)
    ]


def outside_time(milliseconds: int) -> str:
    return outside_srt.timedelta_to_srt_timestamp(outside_srt.timedelta(milliseconds=milliseconds))


FRENCH = "1\n00:00:01,000 --> 00:00:02,000\nÇa va très bien, merci; où êtes-vous allés cet été, mon élève préféré ?\n"
CHINESE = "1\n00:00:01,000 --> 00:00:02,000\n今天天气很好，我们一起去公园玩吧。你觉得怎么样？\n" * 4
RUSSIAN = "1\n00:00:01,000 --> 00:00:02,000\nСегодня хорошая погода, пойдём гулять в парк вместе со мной.\n" * 4


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (FRENCH.encode(), "utf-8", FRENCH),
        (codecs.BOM_UTF8 + FRENCH.encode(), "utf-8", FRENCH),
        (codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le"), "utf-16-le", FRENCH),
        (codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be"), "utf-16-be", FRENCH),
        (codecs.BOM_UTF32_LE + FRENCH.encode("utf-32-le"), "utf-32-le", FRENCH),
        (FRENCH.encode("utf-16-le"), "utf-16-le", FRENCH),
        (FRENCH.encode("utf-16-be"), "utf-16-be", FRENCH),
    ],
)
def test_unicode_is_read_by_rule(given_file, data, encoding, text) -> None:
    found = given_file(data)
    assert (found.encoding, found.text, found.notes) == (encoding, text, ())


@pytest.mark.parametrize(
    ("text", "encoding"), [(FRENCH, "cp1252"), (CHINESE, "gb2312"), (CHINESE, "big5"), (RUSSIAN, "cp1251")]
)
def test_old_encodings_are_guessed_and_the_guess_is_told(given_file, text, encoding) -> None:
    if encoding == "big5":
        text = text.translate(str.maketrans("气们园觉么样", "氣們園覺麼樣")).replace("怎麼樣", "如何")
    found = given_file(text.encode(encoding))
    assert found.text == text
    assert [note.kind for note in found.notes] == ["encoding"]
    assert found.encoding in found.notes[0].text


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 8, b"\x89PNG\r\n\x1a\n" + bytes(2000), codecs.BOM_UTF16_LE + b"\x00\xd8"]
)
def test_what_is_no_text_is_refused(given_file, data) -> None:
    with pytest.raises(OptionError, match=r"a\.srt (is not|holds no)"):
        given_file(data)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path) -> None:
    with pytest.raises(MediaNotFound, match=r"no\.srt can't be read: No such file or directory\."):
        read_subtitles(tmp_path / "no.srt")
    with pytest.raises(MediaNotFound, match="Is a directory"):
        read_subtitles(tmp_path)


@pytest.mark.parametrize(("name", "format"), [("a.srt", "srt"), ("a.vtt", "vtt"), ("a.ttml", "ttml"), ("a.xyz", "srt")])
def test_an_empty_file_has_no_cues(given_file, name, format) -> None:
    for content in ("", " \n\n", "\ufeff"):
        found = given_file(content, name)
        assert (found.format, found.cues, found.time_lines) == (format, (), ())


@pytest.mark.parametrize(
    ("name", "language"),
    [("Film.2021.fr.srt", "French"), ("Film.pt-BR.srt", "Portuguese"), ("Film.srt", ""), ("The.End.srt", "")],
)
def test_the_name_of_the_file_may_tell_the_language(given_file, name, language) -> None:
    assert given_file(ONE, name).language == language


def test_the_header_tells_the_language_before_the_name(given_file) -> None:
    assert given_file("WEBVTT\nKind: captions\nLanguage: sv-SE\n", "a.en.vtt").language == "Swedish"
    assert given_file("WEBVTT\nKind: captions\n\nLanguage: sv\n", "a.en.vtt").language == "English"
    assert given_file("WEBVTT\nLanguage: tlh\n00:01.000 --> 00:02.000\nLanguage: sv", "a.vtt").language == ""


def test_webvtt_is_read_without_its_markup(given_file) -> None:
    found = given_file(
        "WEBVTT\n\nSTYLE\n::cue(v) {}\n\nNOTE a --> b\n\nREGION\nid:r\n\nid\n00:01.000 --> 00:02.000 line:0 align:end\n"
        "<v.loud Ann &amp; Co>R&D &lt;3 <c.x>a</c><00:01.500> b &nosuch; &copy</v>\n\n"
        "00:03.000 --> 00:04.000\n<v Ann>-Hi</v>\n<v Bob>-Ho</v>\n",
        "a.vtt",
    )
    assert found.cues == (
        Cue(1, 2, ("R&D <3 a b &nosuch; ©",), ("Ann & Co",)),
        Cue(3, 4, ("-Hi", "-Ho"), ("Ann", "Bob")),
    )
    assert found.dropped == 0


SCRIPT = """[Script Info]
; comment
[V4+ Styles]
Style: Broken,Arial,x,y
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.50,Default,Ann,0,0,0,,{\\an8\\i1}Hello,\\Nyou{\\i0}\\hthere --> --
Comment: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,no
Dialogue: 0,0:00:03.00,soon,Default,,0,0,0,,lost
 Dialogue: x, 1:00:03.5 ,1:00:04.00,Default,Ann / Bob,y,0,0,,-Yes\\N-No
Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}
"""


def test_substation_is_read_line_by_line(given_file) -> None:
    found = given_file(SCRIPT, "a.ass")
    assert found.cues == (
        Cue(1, 2.5, ("Hello,", "you there --> --"), ("Ann",)),
        Cue(3603.5, 3604, ("-Yes", "-No"), ("Ann", "Bob")),
    )
    assert (found.format, found.dropped, found.time_lines) == ("ass", 1, (6, 9))
    again = with_times(found, (Span(0.1, 0.2), Span(36000, 36001)))
    assert [line for line in again.split("\n") if line not in SCRIPT.split("\n")] == [
        "Dialogue: 0,0:00:00.10,0:00:00.20,Default,Ann,0,0,0,,{\\an8\\i1}Hello,\\Nyou{\\i0}\\hthere --> --",
        " Dialogue: x,10:00:00.00,10:00:01.00,Default,Ann / Bob,y,0,0,,-Yes\\N-No",
    ]


def paragraphs(body: str, attributes: str = "") -> str:
    return (
        f'<?xml version="1.0"?><!-- x --><tt xmlns="http://www.w3.org/ns/ttml" '
        f'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" {attributes}><body>{body}</body></tt>'
    )


@pytest.mark.parametrize(
    ("begin", "attributes", "seconds"),
    [
        ("00:01:02.500", "", 62.5), ("00:01:02:15", "", 62.5), ("00:00:01:12", 'ttp:frameRate="24"', 1.5),
        ("00:00:01:12", 'ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"', 1.5005), ("45f", "", 1.5),
        ("45000000t", 'ttp:tickRate="10000000"', 4.5), ("3t", "", 3), ("48t", 'ttp:frameRate="24"', 2),
        ("1.5h", "", 5400), ("2m", "", 120), ("1500ms", "", 1.5), (" 7s ", "", 7),
        ("1:02.5", "", 62.5), ("9.25", "", 9.25),
        ("100:00:00.000", 'ttp:frameRate="0"', 360000),
    ],
)  # fmt: skip
def test_every_notation_of_time_in_ttml_is_read(given_file, begin, attributes, seconds) -> None:
    [cue] = given_file(paragraphs(f'<div><p begin="{begin}" dur="1s">A<br/>b</p></div>', attributes), "a.xml").cues
    assert (cue.start, cue.end) == pytest.approx((seconds, seconds + 1))
    assert cue.lines == ("A", "b")


@pytest.mark.parametrize(
    ("body", "times"),
    [
        ('<div begin="10s" end="20s"><p begin="1s" end="2s">A</p><p>B</p></div>', [(11, 12), (10, 20)]),
        ('<div begin="1s"><div begin="1s"><p begin="1s" dur="2s">A</p></div></div>', [(3, 5)]),
        ('<div timeContainer="seq" end="9s"><p dur="1s">A</p><p begin="1s" dur="1s">B</p></div>', [(0, 1), (2, 3)]),
        ('<div><p><span begin="1s" end="2s">A</span> <span begin="3s" end="4s">b</span></p></div>', [(1, 4)]),
        ('<div><p begin="1s" end="2s"><metadata/>A<span>b<span>c<br/></span></span></p></div>', [(1, 2)]),
    ],
)
def test_times_in_ttml_count_from_what_is_around(given_file, body, times) -> None:
    assert [(cue.start, cue.end) for cue in given_file(paragraphs(body), "a.ttml").cues] == times


def test_lyrics_of_apple_count_from_the_start(given_file) -> None:
    apple = 'xmlns:itunes="http://music.apple.com/lyric-ttml-internal" itunes:timing="Word"'
    body = '<div begin="10.5" end="20"><p begin="11.5" end="13">A</p></div>'
    assert told(given_file(paragraphs(body, apple), "a.ttml")) == [(11.5, 13, "A")]


@pytest.mark.parametrize(
    "body",
    [
        '<div><p begin="soon" end="2s">A</p></div>', '<div><p begin="1s">A</p></div>',
        '<div begin="x"><p end="2s">A</p></div>',
        '<div><p><span begin="x">A</span></p></div>', f'<div><p begin="{"1" * 99}s" end="2s">A</p></div>',
    ],
)  # fmt: skip
def test_paragraphs_without_times_are_counted(given_file, body) -> None:
    found = given_file(paragraphs(body), "a.ttml")
    assert (found.cues, found.dropped) == ((), 1)


def test_speakers_of_ttml_and_drafts_of_it_are_read(given_file) -> None:
    text = (
        '<tt xmlns="http://www.w3.org/2006/10/ttaf1" xmlns:m="http://www.w3.org/2006/10/ttaf1#metadata" '
        'xml:lang="de-DE"><head><m:agent xml:id="a"><m:name> Ann\n B</m:name></m:agent>'
        '<m:agent xml:id="b"><m:name/></m:agent></head>'
        '<body><div><p begin="1s" end="2s" m:agent="a">A</p><p begin="3s" end="4s"><span m:agent="a">-A</span><br/>'
        '<span m:agent="c">-B</span></p><p begin="5s" end="6s" m:agent="b">C</p></div></body></tt>'
    )
    found = given_file(text, "a.dfxp")
    assert [cue.speakers for cue in found.cues] == [("Ann B",), ("Ann B", ""), ()]
    assert found.language == "German"
    with pytest.raises(OptionError, match="can't be replaced in place: convert it to SRT first"):
        with_times(found, found.cues)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<tt><body>", "is not whole XML"),
        ('<!DOCTYPE tt [<!ENTITY a "b">]><tt xmlns="x"></tt>', "defines XML entities"),
        (paragraphs("<div><p begin='0s' end='1s'>" + "<span>" * 5000 + "</span>" * 5000 + "</p></div>"), "too deep"),
        ("{1}{2}Hello\n", "does not say how many a second"),
        ("<SAMI><BODY><SYNC Start=x>", "is not a subtitle file that can be read|can't be read"),
        ("<!-- a -->\n", "holds no cue with times that can be read: give a whole subtitle file"),
        ("12 monkeys\n", "is not a subtitle file that can be read"),
    ],
)
def test_what_can_not_be_read_is_one_sentence(given_file, text, sentence) -> None:
    with pytest.raises(OptionError, match=sentence) as caught:
        given_file(text, "a.txt")
    assert "\n" not in str(caught.value)


def test_a_document_without_a_body_is_empty(given_file) -> None:
    assert given_file('<tt xmlns="http://www.w3.org/ns/ttml"/>', "a.ttml").cues == ()


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("[10][20]Hello|you\n", "mpl2"),
        ("{1}{1}25.000\n{25}{50}Hello|you\n", "microdvd"),
        ("<SAMI><BODY>\n<SYNC Start=1000><P>Hello<br>you\n<SYNC Start=2000><P>&nbsp;\n</BODY></SAMI>", "sami"),
    ],
)
def test_older_formats_are_read(given_file, text, format) -> None:
    found = given_file(text, "a.txt")
    assert (found.format, told(found)[0], found.time_lines) == (format, (1, 2, "Hello\nyou"), None)


def test_subviewer_keeps_its_notation_with_new_times(given_file) -> None:
    found = given_file("0:00:01.000,0:00:02.000\nOne\n\n0:00:03.000,0:00:04.000\nTwo\n", "a.sbv")
    assert told(found) == [(1, 2, "One"), (3, 4, "Two")]
    assert with_times(found, (Span(5, 6), Span(7, 8))) == (
        "00:00:05.000,00:00:06.000\nOne\n\n00:00:07.000,00:00:08.000\nTwo\n"
    )


def test_new_times_touch_nothing_else(given_file) -> None:
    text = f"junk\n\n1\n 0:0:1,5 -> 00:00:02,000 X1:1\n<i>One</i>\n\n\n{TWO}"
    found = given_file(text)
    again = with_times(found, [Span(cue.start + 1, cue.end + 1) for cue in found.cues])
    assert again == text.replace("0:0:1,5 -> 00:00:02,000", "00:00:02,005 --> 00:00:03,000").replace(
        "00:00:01,000 --> 00:00:02,000", "00:00:02,000 --> 00:00:03,000"
    ).replace("00:00:03,500 --> 00:00:04,000", "00:00:04,500 --> 00:00:05,000")
    with pytest.raises(ValueError, match="zip"):
        with_times(found, [])
