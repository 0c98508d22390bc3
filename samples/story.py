"""What the samples say. Our own texts, written so that the toy model of `subgen/demo` copes with them."""

from __future__ import annotations

from dataclasses import dataclass

BREATH, BEAT, SCENE = 0.7, 1.2, 4.0
"""seconds of silence after a sentence, after a paragraph, and between scenes"""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, who says it, and the seconds of silence after it."""

    speaker: str
    text: str
    pause: float


def _scene(speaker: str, *paragraphs: str) -> tuple[Line, ...]:
    """Paragraphs of sentences, one a line; a scene ends with a long pause."""
    lines = []
    for number, paragraph in enumerate(paragraphs, 1):
        sentences = [sentence.strip() for sentence in paragraph.strip().splitlines()]
        last = SCENE if number == len(paragraphs) else BEAT
        lines += [Line(speaker, sentence, BREATH) for sentence in sentences[:-1]]
        lines.append(Line(speaker, sentences[-1], last))
    return tuple(lines)


FILM = (
    _scene(
        "Narrator",
        """There is a little town at the edge of the sea.
        For a hundred years there was a light on the hill.
        Every night the keeper climbed the stairs and lit the great lamp.""",
        """Then one winter the old keeper died, and the tower was left dark.
        People said that nobody needed the light.""",
    ),
    _scene(
        "Narrator",
        """In a small house below the hill there lived a boy named Thomas.
        His father was a fisherman, and he went out before the sun came up.""",
        """One evening the wind began to rise, and the sky turned black.
        All the others came back, but his father did not come.
        The boy stood at the window and looked out into the rain.
        He thought about the tower, and he thought about the old lamp.""",
    ),
    _scene(
        "Narrator",
        """He took his coat and ran up the hill in the storm.
        The door was open, and the stairs were cold and wet.
        At the top he found the lamp, and it was covered with dust.
        His hands were shaking, but at last the lamp began to burn.""",
        """For an hour he waited and watched the sea.
        Then, far away, he saw a little boat.
        His father was cold and tired, but he was alive.
        He put his hand on the boy and said nothing for a long time.""",
    ),
    _scene(
        "Narrator",
        """In the morning the sun came up over a quiet sea.
        The people of the town came and brought oil and bread, and a new door for the tower.
        From that day on, the light was never dark again.""",
    ),
)
"""The film "The Light on the Hill", scene by scene: the light goes out, the storm, the light is lit, the morning."""

TALK = (
    Line("Anna", "Good morning, Paul.", 0.5),
    Line("Anna", "We have a great deal to talk about this week.", 0.6),
    Line("Paul", "Good morning, Anna.", 0.4),
    Line("Paul", "I read the report last night, and I have two questions.", 0.5),
    Line("Paul", "The first is about the money, and the second is about the time.", 0.6),
    Line("Anna", "Then let us begin with the money.", 0.5),
    Line("Anna", "We have spent half of it, and most of the work is done.", 0.6),
    Line("Paul", "That is better than I expected.", 0.5),
    Line("Paul", "Is there anything that you still need to buy?", 0.7),
    Line("Anna", "Only a few small things for the new office.", 0.5),
    Line("Anna", "We need a table, some chairs, and a lamp for the hall.", 0.6),
    Line("Paul", "I can find those for you before Friday.", 0.5),
    Line("Paul", "Now tell me about the time.", 0.6),
    Line("Anna", "We should be ready by the end of the month.", 0.5),
    Line("Anna", "If the weather is good, we may finish a week before that.", 0.6),
    Line("Paul", "Then I will tell the others that all is well.", 0.5),
    Line("Anna", "Thank you, Paul.", 0.4),
    Line("Anna", "I will see you again on Monday.", 0.5),
)
"""A conversation of two people who take turns and never speak at once."""

LATE = (
    Line("Voice", "The picture begins first, and the sound comes a moment later.", 0.8),
    Line("Voice", "Every word must still be shown when it is heard.", 0.8),
    Line("Voice", "If it is shown too early, something is wrong.", 0.5),
)
"""A few sentences for the file whose audio starts late."""
