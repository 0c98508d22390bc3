"""Which audio track is chosen."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.errors import NoAudioTrack
from subgen.media.track import choose, describe, is_commentary
from subgen.types import Track

MAIN = Track(index=1, codec="ac3", sample_rate=48000, channels=6, start=0.0, language="eng", default=True)


def track(**changes) -> Track:
    return dataclasses.replace(MAIN, **{"default": False, "language": None, **changes})


def test_number_counts_audio_tracks_from_one():
    tracks = (MAIN, track(index=2), track(index=5))
    assert choose(tracks, 3).index == 5


def test_number_beats_language():
    assert choose((MAIN, track(index=2, language="ger")), 1, "German").index == 1


def test_number_too_high_lists_the_tracks():
    tracks = (MAIN, track(index=2, language="ger", title="Kommentar", channels=0))
    with pytest.raises(NoAudioTrack, match=r"no audio track 3.*1 eng, ac3, 6 channels; 2 ger, ac3, \"Kommentar\""):
        choose(tracks, 3)


@pytest.mark.parametrize("tag", ["ger", "deu", "de", "DE", "de-AT"])
def test_language_by_any_code(tag):
    assert choose((MAIN, track(index=2, language=tag)), None, "German").index == 2


def test_language_that_no_track_has_leaves_the_usual_choice():
    assert choose((track(index=1), dataclasses.replace(MAIN, index=2)), None, "Japanese").index == 2


def test_default_then_channels_then_first():
    stereo = track(index=2, channels=2)
    assert choose((stereo, dataclasses.replace(MAIN, channels=1))).channels == 1
    assert choose((stereo, track(index=3, channels=6))).index == 3
    assert choose((track(index=7), track(index=8))).index == 7


def test_commentary_loses_even_as_default():
    assert choose((dataclasses.replace(MAIN, commentary=True), track(index=2, channels=1))).index == 2


@pytest.mark.parametrize("codec", ["unknown", "encrypted"])
def test_what_cannot_be_decoded_ranks_last(codec):
    tracks = (dataclasses.replace(MAIN, codec=codec, language="ger"), track(index=2, commentary=True))
    assert choose(tracks, None, "German").index == 2
    assert choose(tracks[:1]).codec == codec


@pytest.mark.parametrize(
    "title",
    ["Director's Commentary", "Kommentar der Regie", "Audio Description", "Commentaire", "Audiodeskription", "解説"],
)
def test_commentary_titles(title):
    assert is_commentary(title)


@pytest.mark.parametrize("title", [None, "", "English 5.1", "Stereo", "Originalton", "Surround"])
def test_other_titles(title):
    assert not is_commentary(title)


def test_describe_without_language():
    assert describe(track(title=None)) == "no language, ac3, 6 channels"
    assert describe(track(title=None, channels=1)) == "no language, ac3, mono"


tracks = st.builds(
    track,
    index=st.integers(0, 9),
    channels=st.integers(0, 8),
    default=st.booleans(),
    commentary=st.booleans(),
    codec=st.sampled_from(["aac", "unknown"]),
    language=st.sampled_from([None, "eng", "de", "jpn"]),
)


@given(st.lists(tracks, min_size=1).map(tuple), st.sampled_from([None, "German", "English"]))
def test_the_choice_is_a_track_that_no_rule_beats(some, language):
    chosen = choose(some, None, language)
    assert chosen in some
    if any(each.codec != "unknown" for each in some):
        assert chosen.codec != "unknown"
    rivals = [each for each in some if (each.codec, each.language) == (chosen.codec, chosen.language)]
    if chosen.commentary:
        assert all(each.commentary for each in rivals)


def test_preferred_languages_count_in_their_order_after_the_one_asked_for():
    tracks = (MAIN, track(index=2, language="fre"), track(index=3, language="ger"))
    assert choose(tracks, None, None, ("Korean", "German", "French")).index == 3
    assert choose(tracks, None, "French", ("German",)).index == 2
    assert choose(tracks, None, "Korean", ("German",)).index == 3
    assert choose(tracks, 1, None, ("German",)).index == MAIN.index
    assert choose(tracks, None, None, ("Korean",)) == choose(tracks)
