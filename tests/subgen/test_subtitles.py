"""Subtitle files from many hands, read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subgen.errors import OptionError
from subgen.formats.ass import ass
from subgen.formats.srt import srt
from subgen.formats.subtitles import Subtitles, read_subtitles
from subgen.formats.text import shown
from subgen.formats.ttml import ttml
from subgen.formats.vtt import vtt
from tests.subgen.cue_making import NASTY, cue_lists

FILES = Path(__file__).parents[1] / "subtitles"
W3C = FILES / "webvtt_wpt"
COUNTS = {
    name: count
    for name, count in json.loads((W3C / "expected.json").read_text(encoding="utf-8")).items()
    if count is not None
}
any_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def given_file(tmp_path):
    """A function that reads a text or bytes as a file of a name."""

    def read(content: str | bytes, name: str = "a.srt") -> Subtitles:
        data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
        (tmp_path / name).write_bytes(data)
        return read_subtitles(tmp_path / name)

    return read


def texts(found: Subtitles) -> list[str]:
    return [cue.text for cue in found.cues]


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_the_files_of_the_w3c_have_the_cues_that_it_counts(name, count) -> None:
    found = read_subtitles(W3C / f"file/{name}.vtt")
    assert (found.format, len(found.cues)) == ("vtt", count)
    assert len(found.time_lines) == count


TREES = [
    (name, number, cue)
    for name in ("entities", "tags", "text", "timestamps", "tree-building")
    for number, cue in enumerate(json.loads((W3C / f"cue/{name}.json").read_text(encoding="utf-8")))
]


@pytest.mark.parametrize(("name", "number", "cue"), TREES, ids=[f"{name} {number}" for name, number, _ in TREES])
def test_cue_texts_of_the_w3c_give_the_text_of_its_trees(given_file, name, number, cue) -> None:
    payload = cue["text"].removesuffix("\n")
    if "\n\n" not in payload and payload.strip("\n") == payload and "-->" not in payload:
        [found] = given_file(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{payload}\n", "a.vtt").cues
        wanted = "".join(re.findall(r'^\| *"(.*?)"$', cue["expectedTree"], re.MULTILINE | re.DOTALL))
        assert found.lines == tuple(line for line in map(str.strip, wanted.split("\n")) if line)


COUNTED = {
    "webvtt_py/captions_with_bom.vtt": 4, "webvtt_py/comments.vtt": 3, "webvtt_py/cue_tags.vtt": 3,
    "webvtt_py/empty.vtt": 0, "webvtt_py/invalid.vtt": 7, "webvtt_py/invalid_format4.srt": 1,
    "webvtt_py/invalid_timeframe.sbv": 4, "webvtt_py/invalid_timeframe.srt": 5, "webvtt_py/invalid_timeframe.vtt": 6,
    "webvtt_py/invalid_timeframe_in_cue_text.vtt": 4, "webvtt_py/metadata_headers.vtt": 2,
    "webvtt_py/metadata_headers_multiline.vtt": 2, "webvtt_py/missing_caption_text.sbv": 5,
    "webvtt_py/missing_caption_text.srt": 5, "webvtt_py/missing_caption_text.vtt": 5,
    "webvtt_py/missing_timeframe.sbv": 4, "webvtt_py/missing_timeframe.srt": 4, "webvtt_py/missing_timeframe.vtt": 6,
    "webvtt_py/no_captions.vtt": 0, "webvtt_py/one_caption.srt": 1, "webvtt_py/one_caption.vtt": 1,
    "webvtt_py/sample.sbv": 5, "webvtt_py/sample.srt": 5, "webvtt_py/sample.vtt": 16, "webvtt_py/styles.vtt": 1,
    "webvtt_py/two_captions.sbv": 2, "webvtt_py/using_identifiers.vtt": 6, "webvtt_py/youtube_dl.vtt": 4,
    "srt_cdown/ascii.srt": 3, "srt_cdown/gb2312.srt": 3,
    "pysubs2_ttml/ttml_example.ttml": 11, "pysubs2_ttml/ttml_example2.ttml": 10,
}  # fmt: skip
REFUSED = ["webvtt_py/invalid_format.sbv", *(f"webvtt_py/invalid_format{number}.srt" for number in (1, 2, 3))]


def test_every_file_is_counted_or_refused() -> None:
    files = {path.relative_to(FILES).as_posix() for path in FILES.rglob("*.*") if path.suffix not in {".json", ".md"}}
    files = {name for name in files if not name.startswith(("webvtt_wpt/", "."))}
    assert files == COUNTED.keys() | set(REFUSED)


@pytest.mark.parametrize(("name", "count"), COUNTED.items())
def test_files_of_other_projects_are_read(name, count) -> None:
    assert len(read_subtitles(FILES / name).cues) == count


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_subtitle_file_is_refused_in_one_sentence(name) -> None:
    with pytest.raises(OptionError) as caught:
        read_subtitles(FILES / name)
    assert str(caught.value).startswith(str(FILES / name))
    assert str(caught.value).endswith(": give SRT, VTT, ASS or TTML.")
    assert "\n" not in str(caught.value)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "count"), [("webvtt_py/netflix_chicas_del_cable.vtt", 865), ("pysubs2_ttml/ttml_example_apple.ttml", 38)]
)
def test_files_that_are_not_free_are_read(shared, name, count) -> None:
    assert len(read_subtitles(shared / "data/subtitles" / name).cues) == count


def seen(cues, change=lambda text: text) -> list[tuple[str, str, tuple[str, ...]]]:
    """Start and end in milliseconds and lines of the cues that show something."""
    return [
        (f"{cue.start:.3f}", f"{cue.end:.3f}", tuple(change(line.text).strip() for line in lines))
        for cue, lines in shown(cues)
    ]


PLAIN = st.lists(st.sampled_from([text for text in NASTY if not re.search(r"</?[iv]|\{\\", text)]), max_size=6).map(
    "".join
)


@any_folder
@given(cues=cue_lists(texts=PLAIN))
def test_our_srt_comes_back(given_file, cues) -> None:
    found = given_file(srt(cues))
    assert seen(found.cues) == seen(cues, lambda text: text.replace("-->", "→"))
    assert found.dropped == 0


@any_folder
@given(cues=cue_lists(), word_times=st.booleans())
def test_our_vtt_comes_back_with_its_speakers(given_file, cues, word_times) -> None:
    found = given_file(vtt(cues, word_times), "a.vtt")
    assert seen(found.cues) == seen(cues)
    speakers = [{line.speaker for line in lines} - {""} for _, lines in shown(cues)]
    assert [set(cue.speakers) - {""} for cue in found.cues] == speakers


@any_folder
@given(cues=cue_lists(latest=99 * 3600 * 1000, texts=PLAIN))
def test_our_ass_comes_back_to_a_hundredth(given_file, cues) -> None:
    found = given_file(ass(cues), "a.ass")
    wide = str.maketrans("{}\\", "｛｝＼")
    wanted = seen(cues, lambda text: text.translate(wide))
    assert [lines for _, _, lines in seen(found.cues)] == [lines for _, _, lines in wanted]
    for cue, (start, end, _) in zip(found.cues, wanted, strict=True):
        assert max(abs(cue.start - float(start)), abs(cue.end - float(end))) <= 0.0100001


@any_folder
@given(cues=cue_lists())
def test_our_ttml_comes_back(given_file, cues) -> None:
    found = given_file(ttml(cues, "French"), "a.ttml")
    assert found.language == "French"
    # pysubs2 takes a no-break space for a space, and has no way to tell a `\\N` from a line break
    spaced = [("".join(lines).split(), start, end) for start, end, lines in seen(cues)]
    assert len(found.cues) == len(spaced)
    for cue, (_, start, end) in zip(found.cues, spaced, strict=True):
        assert (f"{cue.start:.3f}", f"{cue.end:.3f}") == (start, end)
