"""Rules of a check: each planted fault is found, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from subgen.check import check
from subgen.check.rulebook import ADVICE, ERROR, RULEBOOK, score, severity
from subgen.checking import check_file
from subgen.cli.check import clock
from subgen.options import Layout
from subgen.rules import Rules, rules
from subgen.types import Cue, Finding, Span

LAYOUT = Layout()
ENGLISH = rules(LAYOUT, "English")
CALM = ("He looked up at the dark grey sky.", "It had already begun to rain.")
"""65 columns: the text of a cue of four seconds"""


def found(shown: Sequence[Cue], rule: Rules = ENGLISH, language: str = "English", **more) -> list[tuple[int, str]]:
    return [(finding.cue, finding.rule) for finding in check(shown, rule, 24.0, language=language, **more)]


def calm(number: int, lines: tuple[str, ...] = CALM) -> Cue:
    """A cue of four seconds, one second after the one before it."""
    return Cue(number * 5.0, number * 5.0 + 4.0, lines)


def film(count: int = 40) -> list[Cue]:
    """Cues that keep every rule, no two of them with the same text."""
    return [calm(number, (f"{number} people looked up at the sky.", CALM[1])) for number in range(count)]


def moved(cue: Cue, start: float = 0.0, end: float = 0.0) -> Cue:
    return replace(cue, start=cue.start + start, end=cue.end + end)


def says(*lines: str) -> Callable[[Cue], Cue]:
    return lambda cue: replace(cue, lines=lines)


FAULTS: dict[str, Callable[[Cue], Cue]] = {
    "width": says("A line of forty-three columns is not allowed", "here."),
    "lines": says("He looked up.", "It rained.", "They left."),
    "speed": lambda cue: moved(cue, end=-1.2),
    "pace": lambda cue: moved(cue, end=-0.5),
    "short": lambda cue: replace(cue, lines=("Now!",), end=cue.start + 0.5),
    "long": lambda cue: moved(cue, start=-0.5, end=0.0),
    "gap": lambda cue: moved(cue, start=-1.0 + 1 / 24),
    "chain": lambda cue: moved(cue, start=-0.75),
    "overlap": lambda cue: moved(cue, start=-1.5),
    "empty": says(),
    "sign": says("He looked up --> at the dark grey sky.", CALM[1]),
    "markup": says("He looked up at the </font> sky", "&nbsp;and it rained."),
    "break": says("He looked up and saw that the", "sky was dark and full of birds."),
    "balance": says("Nobody he knew saw grey birds flying", "south."),
    "split": says("He looked", "at the sky."),
    "dash": says("What is it?", "-Rain."),
    "loop": says("ha ha ha ha ha ha ha ha ha ha ha", "ha ha ha ha ha ha ha."),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_one_fault_is_found_and_nothing_else(rule):
    shown = film()
    if rule == "long":
        shown[20] = replace(shown[20], end=shown[20].start + 7.2)
        shown[21:] = [moved(cue, 5.0, 5.0) for cue in shown[21:]]
    else:
        shown[20] = FAULTS[rule](shown[20])
    assert found(shown) == [(21, rule)]


def test_nothing_is_found_in_a_clean_film():
    assert found(film()) == []
    assert found([]) == []


def planted() -> tuple[list[Cue], list[tuple[int, str]]]:
    """A film with every fault that a cue can have by itself or beside its neighbours, and what must be found."""
    shown, wanted = film(120), []
    for place, (rule, fault) in enumerate(each for each in FAULTS.items() if each[0] != "long"):
        shown[4 + 5 * place] = fault(shown[4 + 5 * place])
        wanted.append((5 + 5 * place, rule))
    shown[95] = replace(shown[95], end=shown[95].start - 1.0)
    shown[98] = replace(shown[98], start=shown[98].start - 6.0, end=shown[98].start - 5.0, lines=("Now!",))
    shown[101] = replace(shown[101], lines=shown[100].lines)
    shown[104] = replace(shown[104], start=shown[104].start - 0.2, end=shown[104].start + 4.0)
    shown[107] = replace(shown[107], end=shown[107].start + 7.5)
    del shown[108]
    wanted += [(96, "times"), (99, "order"), (102, "repeat"), (105, "shot"), (108, "long")]
    return shown, wanted


def test_a_film_with_planted_faults():
    shown, wanted = planted()
    assert len({rule for _, rule in wanted}) >= 20
    assert found(shown, shots=(104 * 5.0,)) == wanted
    assert found(film(120), shots=(104 * 5.0,)) == []


def subrip(shown: Sequence[Cue]) -> str:
    """SubRip as it comes, without the care of our writer."""

    def block(number: int, cue: Cue) -> str:
        start, end = (clock(time).replace(".", ",") for time in (cue.start, cue.end))
        return f"{number}\n{start} --> {end}\n" + "".join(f"{line}\n" for line in cue.lines)

    return "\n".join(block(number, cue) for number, cue in enumerate(shown, 1))


def test_planted_faults_in_a_file(tmp_path):
    shown, wanted = planted()
    path = tmp_path / "film.srt"
    path.write_text(subrip(shown).replace("</font>", "<i>"), encoding="utf-8")
    told = check_file(path)
    assert [(each.cue, each.rule) for each in told.findings] == [each for each in wanted if each[1] != "shot"]
    assert (told.language, told.frame_rate) == ("English", 24.0)
    assert told.errors == sum(severity(each) == ERROR for each in told.findings) == 12
    assert told.score == 88
    path.write_text(subrip(film(120)), encoding="utf-8")
    assert check_file(path).findings == ()


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("<i>one</i> <b>two</b>", None),
        ("<i>one", "“<i>” is never closed."),
        ("one</i>", "“</i>” closes nothing that is open."),
        ("<i><b>one</i></b>", "“</i>” closes nothing that is open."),
        ("<font color=red>one</font>", None),
        ("<v Ann>one <c.loud>two</c>", None),
        ("<v Ann>one</v> <v Bob>two</v>", None),
        ("<ruby>字<rt>ji</ruby>", None),
        ("1 < 2 and <3", None),
        ("<foo>one</foo>", "“<foo>” is shown as text."),
        ("{\\an8}one", None),
        ("{\\an8 one", "“{\\an8 one” is shown as text."),
        ("one &nbsp; two", "“&nbsp;” is shown as text."),
        ("{y:i}one", "“{y:i}” is shown as text."),
        ("AT&T; Q&A", None),
    ],
)
def test_tags_and_what_is_left_of_them(tmp_path, content, wrong):
    path = tmp_path / "tags.en.srt"
    path.write_text(f"1\n00:00:01,000 --> 00:00:03,000\n{content}\n", encoding="utf-8")
    assert [each.text for each in check_file(path).findings] == ([wrong] if wrong else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("one --> two", "“-->”"),
        ("one\u0007two", "u+0007"),
        ("one\ufffdtwo", "replacement character"),
        ("cafÃ© au lait", "“Ã©”"),
        ("itâ€™s", "“â€™”"),
    ],
)
def test_signs_that_do_not_belong(text, name):
    (only,) = check([Cue(0, 2, (text,))], ENGLISH, 24.0, language="English")
    assert only.rule == "sign"
    assert name in only.text


@pytest.mark.parametrize(
    ("lines", "profile", "language", "rule"),
    [
        (("-What is it, then?", "-It is the rain."), "netflix", "English", None),
        (("- What is it, then?", "- It is the rain."), "netflix", "English", None),
        (("What is it, then?", "-It is the rain."), "netflix", "English", "dash"),
        (("What is it, then?", "-It is the rain."), "netflix", "Dutch", None),
        (("-What is it, then?", "-It is the rain."), "netflix", "Dutch", "dash"),
        (("-What is it, then?", "-It is the rain."), "plain", "English", "dash"),
        (("What is it? - It is the rain.",), "netflix", "English", "dash"),
        (("It had rained on that day", "--and on every other day."), "netflix", "English", None),
    ],
)
def test_two_speakers_in_a_cue(lines, profile, language, rule):
    told = check([Cue(0, 4, lines)], rules(Layout(profile), language), 24.0, language=language)
    assert [each.rule for each in told if each.rule != "split"] == ([rule] if rule else [])


def test_lines_of_signs_alone_are_no_phrases():
    assert found([calm(0, ("He looked up…",)), calm(1, ("…", "!!")), calm(2, ("- ", "…"))]) == []


def test_speakers_who_are_named_need_dashes():
    cue = Cue(0, 4, ("What is it, then, Bob, what is it?", "It is the rain."), ("Ann", "Bob"))
    assert found([cue]) == [(1, "dash")]


def test_words_that_come_again():
    again = [calm(number, ("Thank you for watching, all of you.",)) for number in range(3)]
    assert found(again) == [(2, "repeat"), (3, "repeat")]
    assert found([again[0], moved(again[1], 9, 9)]) == []
    assert found([again[0], replace(again[1], speakers=("Bob",))]) == []
    assert found([calm(number, ("Thank you for watching, all of you.",)) for number in range(6)])[0] == (1, "loop")
    assert found([calm(number, ("No, no!",)) for number in range(3)]) == []
    assert found([calm(0, ("今天天气很好我们去公园",)), calm(1, ("今天天气很好我们去公园",))])[-1:] == [(2, "repeat")]


def test_breaks_inside_a_phrase_of_a_script_without_spaces():
    japanese = rules(LAYOUT, "Japanese")
    torn = [Cue(0, 4, ("私はその時泣",)), Cue(4.5, 9, ("いていたのです。",))]
    whole = [Cue(0, 4, ("私はその時",)), Cue(4.5, 9, ("泣いていたのです。",))]
    assert (1, "break") in found(torn, japanese, "Japanese")
    assert found(whole, japanese, "Japanese") == []


def test_a_pause_or_another_voice_explains_a_break():
    left, right = Cue(0, 3, ("I told him that the",)), Cue(3.1, 6, ("sky was dark.",))
    assert found([left, right]) == [(1, "break")]
    assert found([left, moved(right, 1, 1)]) == []
    for text in ("-What?", "[thunder]", "ANNA: What?", "♪ La la"):
        assert found([left, replace(right, lines=(text,))]) == []
    assert found([replace(left, speakers=("Ann",)), replace(right, speakers=("Bob",))]) == []


def test_times_in_hundredths_are_forgiven_their_rounding():
    shown = [Cue(0.12, 3.13, ("It rains.",)), Cue(3.21, 6.0, ("It has to.",))]
    assert found(shown) == []
    assert found([replace(shown[0], end=3.131), shown[1]]) == [(2, "gap")]


def test_shot_rules_are_those_of_the_guide():
    cue = Cue(10.0, 14.0, ("It rains.",))
    for shot, times in (
        (10.0, 0),
        (9.8, 1),
        (10.3, 1),
        (9.4, 0),
        (10.6, 0),
        (14.083, 0),
        (14.3, 1),
        (13.8, 1),
        (14.6, 0),
    ):
        assert len(found([cue], shots=(shot,))) == times, shot
    assert found([cue], rules(Layout("plain"), "English"), shots=(9.8,)) == []


def test_the_score_counts_cues_once():
    shown = film(10)
    assert score(shown, ()) == 100
    assert score((), ()) == 100
    error, advice = Finding(3, "short", ""), Finding(3, "pace", "")
    assert score(shown, (error, error, advice)) == 90
    assert score(shown, (advice, advice)) == 97
    everywhere = Finding(1, "offset", "", span=Span(0.0, 50.0))
    assert score(shown, (everywhere, error)) == 0
    assert score(shown, (Finding(3, "missing", "", span=Span(1, 2)), Finding(3, "missing", "", span=Span(5, 6)))) == 95


def test_every_rule_of_the_rulebook_is_an_error_or_advice():
    assert {rule.severity for rule in RULEBOOK.values()} == {ERROR, ADVICE}
