"""Settings of folders: inherited downwards, read once for a scan, refused in a sentence."""

from pathlib import Path

import pytest

from subgen.errors import OptionError
from subgen.library.folders import NAME, Folders, FolderWishes, Local
from subgen.library.plan import Wish
from subgen.library.recipe import recipe
from subgen.options import Decoding, Layout, Options, Speakers


def told(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text(text, encoding="utf-8")


def wishes(options=Options()):
    general = Wish(recipe(options, ("srt",)), language=options.decoding.language, options=options)
    return general, FolderWishes(general, Folders())


def test_settings_are_inherited_and_the_nearer_folder_counts(tmp_path):
    told(tmp_path, 'language = "es"\nprofile = "bbc"\nglossary = ["Anna", "Ben"]\ncontext = "A series."')
    told(tmp_path / "show", 'language = "English"\nglossary = ["Ben", "Carl"]\naudience = "children"\nspeakers = 3')
    folders = Folders()
    assert folders.of(tmp_path / "other/season 1") == Local("Spanish", "A series.", ("Anna", "Ben"), "bbc")
    assert folders.of(tmp_path / "show/season 1") == Local(
        "English", "A series.", ("Anna", "Ben", "Carl"), "bbc", "children", 3
    )
    assert folders.of(tmp_path.parent) == Local()


def test_a_wish_carries_what_the_folder_says(tmp_path):
    told(tmp_path / "show", 'language = "de"\nglossary = ["Anna"]\nprofile = "ebu"\nspeakers = true')
    options = Options(decoding=Decoding("English", "A film."), layout=Layout(width=30))
    general, wish_of = wishes(options)
    assert wish_of(tmp_path / "a.mkv") is general
    wish = wish_of(tmp_path / "show/a.mkv")
    assert wish is wish_of(tmp_path / "show/b.mkv")
    assert wish.language == "German"
    assert wish.options.decoding == Decoding("German", "A film. Anna")
    assert wish.options.layout == Layout("ebu", width=30)
    assert wish.options.speakers == Speakers(find=True)
    assert wish.recipe == recipe(wish.options, ("srt",)) != general.recipe


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
        ("language =", "Invalid value"),
        ('lang = "en"', "The setting 'lang' is not known; use language, context, glossary, profile, audience, spe"),
        ('language = "Klingon"', "The language 'Klingon' is not one of"),
        ('profile = "imax"', "The profile 'imax' is not known"),
        ("glossary = [1]", "The setting 'glossary' must be a list of texts"),
        ('glossary = "Anna"', "The setting 'glossary' must be a list of texts"),
        ("context = 5", "The setting 'context' must be a text"),
        ('speakers = "two"', "The setting 'speakers' must be true, false or their number"),
        ("speakers = -1", "The number of speakers must be at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(tmp_path, text, sentence):
    told(tmp_path, text)
    with pytest.raises(OptionError) as refused:
        Folders().of(tmp_path / "season 1")
    assert str(refused.value).startswith(f"{tmp_path / NAME}: {sentence}")
    assert str(refused.value).endswith(".")


def test_what_does_not_go_with_the_flags_is_refused(tmp_path):
    told(tmp_path, 'profile = "shorts"')
    _, wish_of = wishes(Options(layout=Layout(shortest=6.0)))
    with pytest.raises(OptionError, match="does not go with the other settings: The shortest cue"):
        wish_of(tmp_path / "a.mkv")


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / NAME).mkdir()
    with pytest.raises(OptionError, match="can't be read: Is a directory"):
        Folders().of(tmp_path)
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / NAME).write_bytes(b"language = '\xff'")
    with pytest.raises(OptionError, match=r"can't decode"):
        Folders().of(tmp_path / "x")


def test_folders_that_a_scan_has_listed_are_not_opened_again():
    folders = Folders()
    for folder in ("/", "/films"):
        folders.enter(folder, {"a.mkv"})
    assert folders.of(Path("/films")) == Local()
