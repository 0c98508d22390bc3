"""Settings of folders: inherited downwards, read once for a scan, refused in a sentence."""

from pathlib import Path

import pytest

from subgen.config import overridden, read_settings
from subgen.errors import OptionError
from subgen.library.folders import NAME, Folders, FolderWishes, Local
from subgen.library.plan import Wish
from subgen.library.recipe import recipe
from subgen.options import Chunking, Decoding, Input, Layout, Options, Speakers, Writing


def told(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text(text, encoding="utf-8")


def wishes(options=Options()):
    general = Wish(recipe(options, ("srt",)), language=options.decoding.language, options=options)
    return general, FolderWishes(general, Folders())


def values(local):
    return {setting.key: setting.value for setting in local.settings}


def test_settings_are_inherited_and_the_nearer_folder_counts(tmp_path):
    told(tmp_path, 'language = "es"\nprofile = "bbc"\nglossary = ["Anna", "Ben"]\ncontext = "A series."\nspeakers = 2')
    told(tmp_path / "show", 'glossary = ["Ben", "Carl"]\nspeakers = true\n[layout]\naudience = "children"\nwidth = 30')
    folders = Folders()
    above = {
        "decoding.language": "Spanish",
        "layout.profile": "bbc",
        "decoding.glossary": ("Anna", "Ben"),
        "decoding.context": "A series.",
        "speakers.find": True,
        "speakers.exact": 2,
    }
    assert values(folders.of(tmp_path / "other/season 1")) == above
    assert values(folders.of(tmp_path / "show/season 1")) == {
        **above,
        "decoding.glossary": ("Anna", "Ben", "Carl"),
        "layout.audience": "children",
        "layout.width": 30,
        "speakers.exact": None,
    }
    assert folders.of(tmp_path.parent) == Local()


def test_a_nearer_folder_takes_the_place_of_what_excludes_it(tmp_path):
    told(tmp_path, "speakers = 3")
    told(tmp_path / "calls", "[speakers]\nchannels = true")
    told(tmp_path / "panel", "[speakers]\nleast = 4")
    _, wish_of = wishes()
    assert wish_of(tmp_path / "calls/a.m4a").options.speakers == Speakers(channels=True)
    assert wish_of(tmp_path / "panel/a.m4a").options.speakers == Speakers(find=True, least=4)


def test_a_wish_carries_what_the_folder_says(tmp_path):
    told(tmp_path / "show", 'language = "de"\nglossary = ["Anna"]\nprofile = "ebu"\nspeakers = true')
    options = Options(decoding=Decoding("English", "A film.", glossary=("Ben",)), layout=Layout(width=30))
    general, wish_of = wishes(options)
    assert wish_of(tmp_path / "a.mkv") is general
    wish = wish_of(tmp_path / "show/a.mkv")
    assert wish is wish_of(tmp_path / "show/b.mkv")
    assert wish.language == "German"
    assert wish.options.decoding == Decoding("German", "A film.", glossary=("Ben", "Anna"))
    assert wish.options.decoding.told == "A film. Ben, Anna"
    assert wish.options.layout == Layout("ebu", width=30)
    assert wish.options.speakers == Speakers(find=True)
    assert wish.recipe == recipe(wish.options, ("srt",)) != general.recipe


def test_all_that_concerns_a_file_can_be_said_in_tables(tmp_path):
    text = """
    [decoding]
    language = "de"
    glossary = ["Anna"]
    [input]
    track = 2
    [chunking]
    target = 20
    [layout]
    profile = "ebu"
    [writing]
    sdh = true
    [speakers.names]
    SPEAKER_00 = "Anna"
    """
    told(tmp_path, text)
    options = wishes()[1](tmp_path / "a.mkv").options
    assert options == Options(
        decoding=Decoding("German", glossary=("Anna",)),
        input=Input(track=2),
        chunking=Chunking(target=20.0),
        layout=Layout("ebu"),
        writing=Writing(sdh=True),
        speakers=Speakers(names=(("SPEAKER_00", "Anna"),)),
    )


SAME = [
    ('language = "de"', '[decoding]\nlanguage = "de"'),
    ('context = "A film."', '[decoding]\ncontext = "A film."'),
    ('glossary = ["Anna", "Ben"]', '[decoding]\nglossary = ["Anna", "Ben"]'),
    ('profile = "bbc"', '[layout]\nprofile = "bbc"'),
    ('audience = "sdh"', '[layout]\naudience = "sdh"'),
    ("speakers = true", "[speakers]\nfind = true"),
    ("speakers = 2", "[speakers]\nfind = true\nexact = 2"),
    ("speakers = false", "[speakers]\nfind = false\nchannels = false"),
]


@pytest.mark.parametrize("general", [Speakers(), Speakers(channels=True)], ids=["none", "channels"])
@pytest.mark.parametrize(("short", "long"), SAME)
def test_the_short_form_and_the_tables_mean_the_same_in_both_files(tmp_path, short, long, general):
    options = []
    for number, text in enumerate((short, long)):
        told(tmp_path / str(number), text)
        _, wish_of = wishes(Options(speakers=general))
        options.append(wish_of(tmp_path / str(number) / "a.mkv").options)
        (tmp_path / "subgen.toml").write_text(text, encoding="utf-8")
        options.append(overridden(Options(), read_settings(tmp_path / "subgen.toml")))
    folder_short, project_short, folder_long, project_long = options
    assert folder_short == folder_long
    assert project_short == project_long
    assert "false" in short or project_short != Options()


@pytest.mark.parametrize(
    ("said", "general", "wanted"),
    [
        ("true", Speakers(), Speakers(find=True)),
        ("true", Speakers(find=True, most=4), Speakers(find=True, most=4)),
        ("true", Speakers(channels=True), Speakers(find=True)),
        ("2", Speakers(find=True, least=1, most=4, diariser="light"), Speakers(find=True, exact=2, diariser="light")),
        ("false", Speakers(find=True, most=4, diariser="light"), Speakers()),
        ("false", Speakers(channels=True, voices=False), Speakers(voices=False)),
        ("0", Speakers(find=True), Speakers()),
    ],
)
def test_speakers_of_a_folder(tmp_path, said, general, wanted):
    told(tmp_path, f"speakers = {said}")
    assert wishes(Options(speakers=general))[1](tmp_path / "a.mkv").options.speakers == wanted


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("language =", " is not valid TOML: Invalid value"),
        ('lang = "en"', ", line 1: there is no table [lang]; there is: "),
        ("width = 30", ", line 1: width belongs into a table: write [layout] above it."),
        ('language = "Klingon"', ", line 1: The language 'Klingon' is not one of"),
        ('profile = "imax"', ", line 1: The profile 'imax' is not known"),
        ("glossary = [1]", ', line 1: glossary must be a list of texts such as ["one", "two"], not [1].'),
        ('glossary = "Anna"', ", line 1: glossary must be a list of texts"),
        ("context = 5", ", line 1: context must be a text in quotes, not 5."),
        ('speakers = "two"', ", line 1: speakers must be true, false or their number; all else about them is"),
        ("speakers = -1", ", line 1: The number of speakers must be at least 1"),
        ('profile = "bbc"\n[layout]\nprofile = "ebu"', ", line 3: layout.profile is said twice, first in "),
        (
            '[models]\nasr = "demo"',
            ", line 1: models holds for a whole run, not for a folder: set it in subgen.toml in",
        ),
        ("[delivery]\nformats = ['vtt']", ", line 1: delivery holds for a whole run, not for a folder"),
        ("[console]\nquiet = true", ", line 1: console holds for a whole run, not for a folder"),
        ("[decoding]\nbatch = 2", ", line 2: decoding.batch holds for a whole run, not for a folder"),
        ("[input]\nffmpeg = './evil'", ", line 2: input.ffmpeg can run a program, so that it is not taken"),
        ("[speakers]\nfind = true\nchannels = true", ", line 2; "),
    ],
)
def test_what_makes_no_sense_is_refused_by_name_and_line(tmp_path, text, sentence):
    told(tmp_path, text)
    with pytest.raises(OptionError) as refused:
        wishes()[1](tmp_path / "season 1" / "a.mkv")
    assert str(refused.value).startswith(f"{tmp_path / NAME}{sentence}")
    assert str(refused.value).endswith(".") or "Invalid value" in sentence


def test_what_does_not_go_with_the_flags_is_refused(tmp_path):
    told(tmp_path, 'profile = "shorts"')
    _, wish_of = wishes(Options(layout=Layout(shortest=6.0)))
    with pytest.raises(OptionError, match=r"does not go with the other settings: .*line 1: The shortest cue"):
        wish_of(tmp_path / "a.mkv")


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / NAME).mkdir()
    with pytest.raises(OptionError, match="can't be read: Is a directory"):
        Folders().of(tmp_path)
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / NAME).write_bytes(b"language = '\xff'")
    with pytest.raises(OptionError, match=r"is not UTF-8 text"):
        Folders().of(tmp_path / "x")


def test_folders_that_a_scan_has_listed_are_not_opened_again():
    folders = Folders()
    for folder in ("/", "/films"):
        folders.enter(folder, {"a.mkv"})
    assert folders.of(Path("/films")) == Local()
