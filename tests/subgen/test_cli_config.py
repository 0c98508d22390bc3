"""Where settings come from: which source counts, what `subgen config` says of it, and what is refused."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cli.config import Shown, lines
from subgen.cli.flags import EVERY_FLAG
from subgen.cli.settings import SECTIONS, Console, Settings, build
from subgen.cli.shell import run
from subgen.cli.sources import merged, settled, user_file, variables
from subgen.config import Setting, parsed, read_settings
from subgen.errors import OptionError
from subgen.options import Options, Speakers

Captured = pytest.CaptureFixture[str]
EVERY = frozenset(EVERY_FLAG)
LEVELS = ("user", "folder", "environment", "flag")


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, and a home, without any settings."""
    for name in [name for name in os.environ if name.startswith("SUBGEN_")]:
        monkeypatch.delenv(name)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    return tmp_path


def user(text: str) -> Path:
    path = user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def folder(text: str) -> None:
    Path("subgen.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("said", [set(LEVELS[:count]) for count in range(5)] + [{"user", "flag"}, {"user", "folder"}])
def test_the_strongest_source_that_says_something_counts(said, monkeypatch) -> None:
    if "user" in said:
        user("[layout]\nwidth = 31\nlines = 1\n")
    if "folder" in said:
        folder("[layout]\nwidth = 32\n")
    if "environment" in said:
        monkeypatch.setenv("SUBGEN_LAYOUT_WIDTH", "33")
    flags = {"layout.width": 34} if "flag" in said else {}
    strongest = max((LEVELS.index(level) for level in said), default=None)
    layout = settled(flags, EVERY).options.layout
    assert layout.width == (None if strongest is None else 31 + strongest)
    assert layout.lines == (1 if "user" in said else None)


def test_no_source_means_the_librarys_own_defaults() -> None:
    assert settled({}, EVERY) == Settings()


SAID = {
    "models.asr": "demo", "models.audio": "tower", "models.revision": "main", "models.aligner": "demo",
    "models.offline": "yes", "models.dtype": "float32", "delivery.formats": "srt, json", "delivery.output": "out",
    "delivery.review": "1", "delivery.overwrite": "on", "delivery.mux": "1", "delivery.burn": "1",
    "writing.word_times": "1", "writing.sdh": "1", "decoding.language": "fr", "decoding.context": "Hobbits",
    "decoding.batch": "4", "words.align": "no", "input.track": "2", "input.ffmpeg": "ffmpeg", "input.shots": "1",
    "input.prefer": "ja, English", "decoding.glossary": "Bree, Frodo",
    "layout.profile": "bbc", "layout.audience": "children", "layout.width": "30", "layout.lines": "1",
    "layout.reading_speed": "12", "layout.fastest": "30", "layout.shortest": "1", "layout.longest": "5",
    "layout.gap_frames": "3", "layout.chain": "0.2", "layout.linger": "1", "layout.dashes": "both",
    "layout.frame_rate": "25", "chunking.shortest": "10", "chunking.target": "20", "chunking.longest": "29",
    "chunking.look_ahead": "80", "chunking.skip_silence": "3", "console.progress": "none", "console.quiet": "1",
    "console.verbose": "1", "speakers.diariser": "light", "speakers.model": "m", "speakers.exact": "2",
    "speakers.least": "1", "speakers.most": "3", "speakers.find": "1", "speakers.channels": "1",
    "speakers.voices": "no", "speakers.turns": "/a.rttm", "speakers.names": "A=Anna", "speakers.names_file": "/names",
    "speakers.fold_ghosts": "1",
}  # fmt: skip
"""a text for each setting that is not its default; a switch that is off needs none"""
FINDING = {"speakers.diariser", "speakers.model", "speakers.exact", "speakers.least", "speakers.most"}


@pytest.mark.parametrize("key", EVERY_FLAG)
def test_every_flag_has_its_variable_and_its_key(key, monkeypatch) -> None:
    section, _, name = key.partition(".")
    for variable in variables(key):
        with monkeypatch.context() as patch:
            patch.setenv(variable, SAID.get(key, "1"))
            if key in FINDING:
                patch.setenv("SUBGEN_SPEAKERS_FIND", "1")
            by_variable = settled({}, EVERY)
    part = getattr(by_variable, section, None) or getattr(by_variable.options, section)
    assert getattr(part, name) != getattr(SECTIONS[section](), name)
    value = parsed(key, SAID.get(key, "1"), SECTIONS[section], "")
    user("".join(f"{line}\n" for line in lines((Shown(key, value, "user", ""),))))
    more = {"speakers.find": True} if key in FINDING else {}
    assert settled(more, EVERY) == by_variable


def test_variables_are_made_of_the_key_and_two_have_a_short_name() -> None:
    made = {variable for key in EVERY_FLAG for variable in variables(key)}
    assert {"SUBGEN_MODEL", "SUBGEN_ALIGNER"} == {name for name in made if name.count("_") == 1}
    assert variables("models.asr") == ("SUBGEN_MODEL", "SUBGEN_MODELS_ASR")
    assert variables("layout.reading_speed") == ("SUBGEN_LAYOUT_READING_SPEED",)
    assert not made & {"SUBGEN_CACHE", "SUBGEN_CONFIG", "SUBGEN_DEBUG", "SUBGEN_MODELS", "SUBGEN_VOICES"}


def test_every_setting_can_be_said() -> None:
    settings = {f"{section}.{field.name}" for section, kind in SECTIONS.items() for field in fields(kind)}
    assert settings == set(EVERY_FLAG)


def test_an_empty_variable_says_nothing(monkeypatch) -> None:
    monkeypatch.setenv("SUBGEN_MODEL", "")
    monkeypatch.setenv("SUBGEN_MODELS_ASR", "demo")
    assert settled({}, EVERY).options.models.asr == "demo"


def test_a_stronger_choice_takes_the_place_of_a_weaker_one() -> None:
    user("[speakers]\nfind = true\nleast = 2\nmost = 4\n[console]\nquiet = true\n")
    turns = Path("a.rttm")
    assert settled({"speakers.turns": turns}, EVERY).options.speakers == Speakers(turns=turns)
    assert settled({"speakers.exact": 3}, EVERY).options.speakers == Speakers(find=True, exact=3)
    assert settled({"console.verbose": True}, EVERY).console == Console(verbose=True)
    assert settled({"speakers.find": False}, EVERY).options.speakers == Speakers()
    assert settled({"speakers.channels": False}, EVERY).options.speakers == Speakers(find=True, least=2, most=4)


def test_what_only_helps_to_find_speakers_waits_until_they_are_looked_for() -> None:
    user('[speakers]\ndiariser = "light"\nexact = 2\n')
    assert settled({}, EVERY).options.speakers == Speakers()
    assert settled({"speakers.find": True}, EVERY).options.speakers == Speakers(True, diariser="light", exact=2)
    with pytest.raises(OptionError, match=r"^A diariser or its model only helps"):
        settled({"speakers.diariser": "light"}, EVERY)


def test_a_stronger_place_says_its_format_too() -> None:
    user('[delivery]\nformats = ["srt", "json"]\n')
    assert settled({"delivery.output": "film.vtt"}, EVERY).delivery.formats == ()
    assert settled({"delivery.output": "out"}, EVERY).delivery.formats == ("srt", "json")
    both = {"delivery.output": "film.vtt", "delivery.formats": ["ttml"]}
    assert settled(both, EVERY).delivery.formats == ("ttml",)


def test_settings_reach_only_the_flags_that_a_command_has_and_shares() -> None:
    user('[layout]\nwidth = 31\n[decoding]\nlanguage = "de"\n')
    assert settled({}, {"decoding.language"}).options.layout.width is None
    assert settled({}, {"layout.width"}).options.decoding.language is None


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SUBGEN_LAYOUT_WIDTH", "wide", "SUBGEN_LAYOUT_WIDTH must be a whole number, not 'wide'."),
        ("SUBGEN_LAYOUT_WIDTH", "4", "SUBGEN_LAYOUT_WIDTH: Subtitle lines need at least 8 columns."),
        ("SUBGEN_LAYOUT_WITDH", "40", "SUBGEN_LAYOUT_WITDH: there is no such setting; did you mean SUBGEN_LAYOUT_W"),
        ("SUBGEN_DELIVERY_FORMATS", "srt,doc", "SUBGEN_DELIVERY_FORMATS: The format 'doc' is not known"),
        ("SUBGEN_DECODING_LANGUAGE", "klingon", "SUBGEN_DECODING_LANGUAGE: The language 'klingon' is not"),
        ("SUBGEN_CONFIG", "none.toml", "The settings file none.toml can't be read: No such file or directory."),
    ],
)
def test_a_wrong_variable_is_one_sentence(name, value, sentence, monkeypatch, capsys: Captured) -> None:
    monkeypatch.setenv(name, value)
    assert run(["film.mp4"]) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith(f"subgen: {sentence}")
    assert (shown.out, shown.err.count("\n")) == ("", 1)


def test_variables_of_other_things_are_left_alone(monkeypatch) -> None:
    for name in ("SUBGEN_MODELS", "SUBGEN_VOICES", "SUBGEN_CACHE", "SUBGEN_DEBUG", "SUBGEN_SOMETHING_ELSE"):
        monkeypatch.setenv(name, "x")
    assert settled({}, EVERY) == Settings()


def test_files_are_blamed_with_their_line_and_flags_by_themselves(capsys: Captured) -> None:
    path = user("[chunking]\nlongest = 20\n")
    assert run(["film.mp4", "--chunk-target", "22"]) == 2
    assert capsys.readouterr().err.startswith(f"subgen: {path}, line 2: Chunk lengths must")
    folder("[layout]\nwidth = 4\n")
    assert run(["film.mp4", "--chunk-target", "16"]) == 2
    assert capsys.readouterr().err.startswith("subgen: subgen.toml, line 2: Subtitle lines need")
    assert run(["film.mp4", "--chunk-target", "16", "--width", "5"]) == 2
    assert capsys.readouterr().err.startswith("subgen: Subtitle lines need")
    assert run(["film.mp4", "--chunk-target", "16", "--width", "32"]) == 3
    capsys.readouterr()
    folder("[speakers]\nfind = true\nchannels = true\n")
    assert run(["film.mp4", "--chunk-target", "16"]) == 2
    assert capsys.readouterr().err.startswith("subgen: subgen.toml, line 2; subgen.toml, line 3: Turns are found,")
    folder('[input]\nffmpeg = "./ffmpeg"\n')
    assert run(["film.mp4"]) == 2
    assert "input.ffmpeg can run a program" in capsys.readouterr().err


def test_a_file_for_itself_may_name_the_users_programs(monkeypatch, room: Path) -> None:
    own = room / "service.toml"
    own.write_text('[input]\nffmpeg = "./ffmpeg"\n')
    user("[layout]\nwidth = 31\n")
    monkeypatch.setenv("SUBGEN_CONFIG", str(own))
    made = settled({}, EVERY).options
    assert (made.input.ffmpeg, made.layout.width) == (str(room / "ffmpeg"), None)
    monkeypatch.setenv("SUBGEN_CONFIG", os.devnull)
    assert settled({}, EVERY).options == Options()


def test_a_closed_home_is_a_home_without_settings(room: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(room / ("n" * 300)))
    assert settled({}, EVERY) == Settings()


def test_switches_of_files_are_undone_by_flags(capsys: Captured) -> None:
    user("[console]\nquiet = true\nverbose = false\n[delivery]\nreview = true\noutput = '-'\n")
    assert run(["film.mp4"]) == 2
    assert "--review writes a file" in capsys.readouterr().err
    assert run(["film.mp4", "--no-review", "--no-quiet"]) == 3


def test_show_says_every_value_and_its_source(monkeypatch, capsys: Captured) -> None:
    path = user('[models]\nasr = "demo"\n\n[speakers]\nnames = { SPEAKER_00 = "Ann\\u0001 \\"A\\"" }\n')
    folder("[layout]\nwidth = 37\n[models]\noffline = true\n")
    monkeypatch.setenv("SUBGEN_ALIGNER", "demo")
    monkeypatch.setenv("SUBGEN_DELIVERY_FORMATS", "srt,vtt")
    assert run(["config", "show"]) == 0
    shown = capsys.readouterr().out
    for line, source in {
        'asr = "demo"': f"{path}, line 2",
        'names = { "SPEAKER_00" = "Ann\\u0001 \\"A\\"" }': f"{path}, line 5",
        "width = 37": "subgen.toml, line 2",
        "offline = true": "subgen.toml, line 4",
        'aligner = "demo"': "SUBGEN_ALIGNER",
        'formats = ["srt", "vtt"]': "SUBGEN_DELIVERY_FORMATS",
        'profile = "netflix"': "default",
        "# lines": "not set",
    }.items():
        assert f"\n{line:<44} # {source}\n" in shown
    assert run(["config", "show", "--json"]) == 0
    told = {each["key"]: each for each in json.loads(capsys.readouterr().out)}
    assert set(told) == set(EVERY_FLAG)
    assert told["models.asr"] == {
        "key": "models.asr",
        "value": "demo",
        "origin": "user",
        "source": f"{path}, line 2",
        "flag": "--model",
        "variable": "SUBGEN_MODEL",
    }
    assert [told[key]["origin"] for key in ("layout.width", "models.aligner", "layout.lines")] == [
        "folder",
        "environment",
        "default",
    ]
    assert told["speakers.names"]["value"] == {"SPEAKER_00": 'Ann\x01 "A"'}
    assert told["words.align"]["flag"] == "--words"


def test_show_and_path_where_there_is_nothing_or_nonsense(room: Path, capsys: Captured) -> None:
    assert run(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{room}/settings/subgen/config.toml\n"
    user("[layout]\nwitdh = 3\n")
    assert run(["config", "show"]) == 2
    assert "line 2: [layout] has no setting witdh; did you mean width?" in capsys.readouterr().err
    assert run(["config", "path"]) == 0


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = {
    bool: st.booleans(),
    str: TEXTS.filter(lambda text: not text.startswith(("~/", "./", "../"))),
    Path: TEXTS.filter(lambda text: text.strip("/") not in {"", "."}).map(lambda text: Path("/") / text.strip("/~\0")),
}


@given(st.data())
def test_what_is_shown_reads_back_as_the_same_settings(tmp_path_factory, data) -> None:
    drawn = {}
    for key in data.draw(st.sets(st.sampled_from(sorted(set(EVERY_FLAG) - {"decoding.language", "input.prefer"})))):
        section = key.partition(".")[0]
        value = parsed(key, SAID.get(key, "1"), SECTIONS[section], "")
        if type(value) is not tuple:
            kind = Path if isinstance(value, Path) else type(value)
            value = data.draw(VALUES.get(kind, st.just(value)))
        drawn[key] = value
    names = data.draw(st.dictionaries(TEXTS, TEXTS, min_size=1))
    drawn["speakers.names"] = tuple(names.items())
    found = [Shown(key, drawn[key], "user", "x") for section in SECTIONS for key in drawn if key.startswith(section)]
    path = tmp_path_factory.getbasetemp() / "shown.toml"
    path.write_text("".join(f"{line}\n" for line in lines(tuple(found))), encoding="utf-8", newline="\n")
    assert {setting.key: setting.value for setting in read_settings(path, SECTIONS, trusted=True)} == drawn


KEYS = st.sampled_from(["speakers.find", "speakers.turns", "speakers.channels", "layout.width", "console.quiet"])


@given(st.lists(st.dictionaries(KEYS, st.sampled_from([0, 1])), max_size=4))
def test_each_key_has_the_value_of_the_last_level_unless_a_rival_came_later(levels) -> None:
    found = merged([[Setting(key, value, str(n)) for key, value in level.items()] for n, level in enumerate(levels)])
    for key in {key for level in levels for key in level}:
        last = max(n for n, level in enumerate(levels) if key in level)
        rivals = {"speakers.find", "speakers.turns", "speakers.channels"} - {key} if key.startswith("speakers") else ()
        replaced = any(level.get(rival) for level in levels[last + 1 :] for rival in rivals)
        assert (key in found) != replaced
        assert replaced or found[key].value == levels[last][key]


def test_flags_that_say_what_they_are_anyway_still_count() -> None:
    user("[words]\nalign = false\n")
    assert settled({"words.align": True}, EVERY) == build({})
