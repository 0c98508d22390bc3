"""Settings files: what they say reaches the options, and what can't be is one sentence with its place."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.config import SECTIONS, Setting, overridden, parsed, read_settings
from subgen.errors import OptionError
from subgen.options import Chunking, Layout, Options, Speakers


def written(folder: Path, text: str, name: str = "subgen.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_kind_of_value_is_read_as_its_field_holds_it(tmp_path):
    path = written(
        tmp_path,
        """
        chunking = { target = 20 }
        decoding.language = "de"
        [layout]
        width = 37
        reading_speed = 15   # a whole number will do for a number
        [speakers]
        find = true
        names_file = "names.txt"
        names = { SPEAKER_00 = "Anna", "SPEAKER 1" = "Paul = P." }
        """,
    )
    assert {setting.key: setting.value for setting in read_settings(path)} == {
        "chunking.target": 20.0,
        "decoding.language": "German",
        "layout.width": 37,
        "layout.reading_speed": 15.0,
        "speakers.find": True,
        "speakers.names_file": tmp_path / "names.txt",
        "speakers.names": (("SPEAKER_00", "Anna"), ("SPEAKER 1", "Paul = P.")),
    }


def test_settings_replace_what_the_options_had_and_nothing_else(tmp_path):
    path = written(tmp_path, '[layout]\nwidth = 37\n[decoding]\ncontext = "Hobbits"\n')
    base = Options(layout=Layout(profile="bbc", width=40), speakers=Speakers(find=True))
    made = overridden(base, read_settings(path))
    assert (made.layout, made.decoding.context) == (Layout(profile="bbc", width=37), "Hobbits")
    assert made.speakers == base.speakers
    assert overridden(base, ()) == base


def test_the_last_setting_counts():
    made = overridden(Options(), [Setting("layout.width", 30, "outer"), Setting("layout.width", 36, "inner")])
    assert made.layout.width == 36


def test_paths_are_meant_from_the_file_or_from_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/anna")
    text = """
    [models]
    asr = "~/models/asr"
    aligner = "../aligner"
    audio = "org/name"
    [speakers]
    turns = "~/talk.rttm"
    """
    found = {setting.key: setting.value for setting in read_settings(written(tmp_path, text))}
    assert found == {
        "models.asr": "/home/anna/models/asr",
        "models.aligner": str(tmp_path.parent / "aligner"),
        "models.audio": "org/name",
        "speakers.turns": Path("/home/anna/talk.rttm"),
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[layout]\n\nwidth = 'wide'\n", 'line 3: layout.width must be a whole number, not "wide".'),
        ("[layout]\nwidth = true", "line 2: layout.width must be a whole number, not true."),
        ("[layout]\nwidth = 3.5", "line 2: layout.width must be a whole number, not 3.5."),
        ("[layout]\nreading_speed = false", "line 2: layout.reading_speed must be a number, not false."),
        ("words.align = 1", "line 1: words.align must be true or false, not 1."),
        ("[models]\nasr = 1", "line 2: models.asr must be a text in quotes, not 1."),
        ("[speakers]\nturns = 1", "line 2: speakers.turns must be a text in quotes, not 1."),
        (
            "[speakers]\nnames = ['A=Anna']",
            "line 2: speakers.names must be a table such as { SPEAKER_00 = \"Anna\" }, not ['A=Anna'].",
        ),
        ("[layout]\nwitdh = 30", "line 2: [layout] has no setting witdh; did you mean width?"),
        ("[layout]\n'reading-speed' = 9", "line 2: [layout] has no setting reading-speed; did you mean reading_speed?"),
        ("[words]\nxyz = 30", "line 2: [words] has no setting xyz; there is: align."),
        ("[input]\nxyz = 30", "line 2: [input] has no setting xyz; there is: track, "),
        ("[layuot]\nwidth = 30", "line 1: there is no table [layuot]; did you mean layout?"),
        ("width = 30", "line 1: width belongs into a table: write [layout] above it."),
        ("layout = 30", "line 1: layout is a table: write [layout] above its settings."),
        ("[decoding]\nlanguage = 'klingon'", "line 2: The language 'klingon' is not one of the 30"),
        ("[layout\nwidth = 30", "is not valid TOML: Expected ']' at the end of a table declaration (at line 1"),
        ("[input]\nffmpeg = './evil'", "line 2: input.ffmpeg can run a program, so that it is not taken"),
        ("[speakers]\nmodel = './evil'", "line 2: speakers.model can run a program"),
    ],
)
def test_what_cannot_be_is_one_sentence_with_its_place(tmp_path, text, sentence):
    path = written(tmp_path, text)
    with pytest.raises(OptionError) as raised:
        read_settings(path)
    assert str(raised.value).startswith(str(path))
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 2


def test_the_users_own_file_may_name_programs(tmp_path):
    path = written(tmp_path, '[input]\nffmpeg = "~/ffmpeg"\n')
    [setting] = read_settings(path, trusted=True)
    assert setting.key == "input.ffmpeg"


def test_files_that_are_not_there_or_no_text_are_named(tmp_path):
    with pytest.raises(OptionError, match=r"settings file .*none\.toml can't be read: No such file"):
        read_settings(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"[models]\nasr = '\xe9'")
    with pytest.raises(OptionError, match=r"latin\.toml is not UTF-8 text \(byte 16 is wrong\)"):
        read_settings(tmp_path / "latin.toml")


def test_a_byte_order_mark_is_no_fault(tmp_path):
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbflayout.width = 40\r\n")
    assert [setting.value for setting in read_settings(tmp_path / "a.toml")] == [40]


def test_what_no_option_accepts_is_blamed_on_its_line(tmp_path):
    path = written(tmp_path, "[layout]\nwidth = 4\nlines = 2\n")
    with pytest.raises(OptionError, match=r"subgen\.toml, line 2: Subtitle lines need at least 8 columns\.$"):
        overridden(Options(), read_settings(path))


def test_what_does_not_go_together_is_blamed_on_all_of_it(tmp_path):
    path = written(tmp_path, "[speakers]\nfind = true\nchannels = true\n")
    with pytest.raises(OptionError, match=r"line 2; .*line 3: Turns are found, given, or those of channels"):
        overridden(Options(), read_settings(path))
    with pytest.raises(OptionError, match="line 1: Chunk lengths"):
        overridden(Options(chunking=Chunking(target=20)), [Setting("chunking.longest", 15.0, "line 1")])


def test_lines_are_found_behind_texts_of_several_lines_and_in_inline_tables(tmp_path):
    text = '[decoding]\ncontext = """\nwidth = 1\n[layout]\n"""\n["layout"]\n"width" = "x"\n'
    with pytest.raises(OptionError, match=r"line 7: layout\.width must"):
        read_settings(written(tmp_path, text))
    with pytest.raises(OptionError, match=r"line 2: layout\.width must"):
        read_settings(written(tmp_path, '# first\nlayout = { width = "x" }\n'))
    with pytest.raises(OptionError, match=r"line 1: layout\.width must"):
        read_settings(written(tmp_path, 'layout . width = "x"\n'))


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("layout.width", "37", 37),
        ("layout.reading_speed", "15.5", 15.5),
        ("words.align", "No", False),
        ("models.offline", "1", True),
        ("decoding.language", "de", "German"),
        ("speakers.turns", "a.rttm", Path("a.rttm")),
        ("speakers.names", "S0=Anna, S1 = Paul", (("S0", "Anna"), ("S1", "Paul"))),
    ],
)
def test_plain_text_becomes_the_value_of_its_field(key, text, value):
    assert parsed(key, text, SECTIONS[key.split(".")[0]], "HERE") == value


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("layout.width", "wide", "HERE must be a whole number, not 'wide'."),
        ("words.align", "perhaps", "HERE must be true or false, not 'perhaps'."),
        ("speakers.names", "Anna", "HERE must be a table"),
        ("decoding.language", "klingon", "HERE: The language 'klingon'"),
    ],
)
def test_plain_text_that_cannot_be_is_refused(key, text, sentence):
    with pytest.raises(OptionError) as raised:
        parsed(key, text, SECTIONS[key.split(".")[0]], "HERE")
    assert str(raised.value).startswith(sentence)


LEAVES = st.one_of(st.booleans(), st.integers(-5, 100), st.floats(-5, 100), st.text(max_size=5), st.lists(st.text()))


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(sign):08X}" for sign in value) + '"'
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else repr(value)


@given(st.data())
def test_any_value_of_any_setting_is_taken_as_its_type_or_refused_with_its_place(tmp_path_factory, data):
    section = data.draw(st.sampled_from(sorted(SECTIONS)))
    name = data.draw(st.sampled_from([field.name for field in fields(SECTIONS[section])]))
    path = written(tmp_path_factory.getbasetemp(), f"[{section}]\n{name} = {toml(data.draw(LEAVES))}\n")
    try:
        made = overridden(Options(), read_settings(path, trusted=True))
        fault = ""
    except OptionError as error:
        made, fault = Options(), str(error)
    assert not fault or fault.startswith(f"{path}, line 2: ")
    assert type(getattr(getattr(made, section), name)) is not list
