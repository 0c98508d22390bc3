"""Every flag, once: the field it sets, its spelling and its help. Types and defaults are the dataclass's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from typer.models import OptionInfo

Flags: TypeAlias = Mapping[str, OptionInfo]
"""Flags by the path of the field they set: "layout.width" is `Settings.options.layout.width`."""

OUTPUT, MODELS, SPEECH, SPEAKERS, CUES, CHUNKS, SCREEN = (
    "Output",
    "Models",
    "Speech",
    "Speakers",
    "Subtitle layout",
    "Chunks of audio",
    "Screen",
)


def _flag(panel: str, *spellings: str, help: str, metavar: str | None = None, envvar: str | None = None) -> OptionInfo:
    option: OptionInfo = typer.Option(*spellings, help=help, metavar=metavar, envvar=envvar, rich_help_panel=panel)
    return option


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither a number nor auto.") from None


def spellings(option: OptionInfo) -> tuple[str, ...]:
    """How a flag is written, the long form first. Typer takes the first for a default until it sees the command."""
    return tuple(each for each in (option.default, *(option.param_decls or ())) if isinstance(each, str))


DELIVERY_FLAGS: Flags = {
    "delivery.formats": _flag(
        OUTPUT,
        *("--format", "-f"),
        metavar="NAME",
        help="srt, vtt, ass, ttml, lrc, txt, md, json, tsv, ctm, textgrid, rttm, or all (srt, vtt, json, txt, tsv);"
        " repeat or separate with commas. Default: the ending of --output, else srt.",
    ),
    "delivery.output": _flag(
        OUTPUT,
        *("--output", "-o"),
        metavar="PLACE",
        help="A folder, a file, or - for stdout. Default: beside the media, as NAME.LANGUAGE.FORMAT.",
    ),
    "writing.word_times": _flag(
        OUTPUT, "--word-times", help="Put the times of words into vtt, lrc and ass (karaoke) as well."
    ),
    "writing.sdh": _flag(
        OUTPUT,
        "--sdh",
        help="For the deaf and hard of hearing: say in brackets who speaks, and where music plays. The same as"
        " --audience sdh.",
    ),
    "delivery.review": _flag(
        OUTPUT, "--review", help="List the most doubtful cues, with times and reasons, in NAME.LANGUAGE.review.md."
    ),
    "delivery.overwrite": _flag(OUTPUT, "--overwrite", help="Replace results that exist."),
}
FILM_FLAGS: Flags = {
    "delivery.mux": _flag(
        OUTPUT,
        "--mux",
        help="Write the film with the subtitles as a track that players can switch off, as NAME.LANGUAGE.subtitled.mkv"
        " (or mp4, mov, webm, like the film). Without --format nothing else is written.",
    ),
    "delivery.burn": _flag(
        OUTPUT,
        "--burn",
        help="Write the film with the subtitles drawn into its picture, as NAME.LANGUAGE.burned.mkv (or mp4, mov).",
    ),
}
SPEECH_FLAGS: Flags = {
    "decoding.language": _flag(
        SPEECH,
        *("--language", "-l"),
        metavar="LANGUAGE",
        help="The language spoken, by name or code (see `subgen languages`). Default: the model finds it.",
    ),
    "decoding.context": _flag(
        SPEECH, "--context", metavar="TEXT", help="What it is about: the model reads this first."
    ),
    "decoding.glossary": _flag(
        SPEECH, "--glossary", metavar="NAMES", help="Names and terms to listen for; repeat or separate with commas."
    ),
    "decoding.batch": typer.Option(
        "--batch",
        metavar="N",
        help="Chunks recognised together, or auto (the default): what suits the machine.",
        rich_help_panel=SPEECH,
        parser=lambda text: None if text == "auto" else _number(text),
    ),
    "words.align": _flag(SPEECH, "--words/--no-words", help="Skip word times: faster, with rough subtitle times."),
}
INPUT_FLAGS: Flags = {
    "input.track": _flag(
        SPEECH, "--track", metavar="N", help="The audio track to read, from 1. Default: by language and purpose."
    ),
    "input.prefer": _flag(
        SPEECH,
        "--audio-language",
        metavar="LANGUAGE",
        help="Of several audio tracks read the one in this language, if there is one; repeat or separate with commas,"
        " the best first. What is not said by --language is still found out.",
    ),
    "input.ffmpeg": _flag(
        SPEECH, "--ffmpeg", metavar="PATH", help="The ffmpeg to use. Default: from PATH, else the bundled one."
    ),
}
MODEL_FLAGS: Flags = {
    "models.asr": _flag(
        MODELS,
        *("--model", "-m"),
        metavar="NAME",
        envvar="SUBGEN_MODEL",
        help="The recogniser: a directory, a hub name, or demo (a small English toy that comes along).",
    ),
    "models.audio": _flag(
        MODELS, "--audio-model", metavar="NAME", help="Where the audio tower is, if --model has only the text half."
    ),
    "models.revision": _flag(
        MODELS, "--revision", metavar="REVISION", help="The hub commit, tag or branch of --model."
    ),
    "models.aligner": _flag(
        MODELS,
        "--aligner",
        metavar="NAME",
        envvar="SUBGEN_ALIGNER",
        help="The model for word times, as for --model. Default: Qwen/Qwen3-ForcedAligner-0.6B, or demo with the demo.",
    ),
    "models.offline": _flag(MODELS, "--offline", help="Never download."),
    "models.dtype": _flag(MODELS, "--dtype", metavar="TYPE", help="auto, float32, float16 or bfloat16."),
}
TURNS_FLAGS: Flags = {
    "speakers.turns": _flag(
        SPEAKERS, "--turns", metavar="FILE", help="Who talks when, as an RTTM file of any other program."
    ),
    "speakers.names": _flag(
        SPEAKERS, "--speaker", metavar="LABEL=NAME", help="What a speaker is called, as SPEAKER_00=Anna; repeat."
    ),
    "speakers.names_file": _flag(SPEAKERS, "--names", metavar="FILE", help="Lines of LABEL=NAME."),
    "speakers.fold_ghosts": _flag(
        SPEAKERS, "--fold-ghosts", help="Give the turns of speakers who hardly talk to their neighbours."
    ),
}
SPEAKER_FLAGS: Flags = {
    "speakers.find": _flag(SPEAKERS, "--speakers", help="Find out who says what."),
    "speakers.diariser": _flag(
        SPEAKERS,
        "--diariser",
        metavar="NAME",
        help="What finds them: pyannote (the default, needs the extra diarize) or light (no model, much weaker).",
    ),
    "speakers.model": _flag(
        SPEAKERS,
        "--speaker-model",
        metavar="NAME",
        help="The pyannote pipeline: a directory or a hub name. Default: pyannote/speaker-diarization-community-1.",
    ),
    "speakers.channels": _flag(SPEAKERS, "--channels", help="Take each channel of the recording as a speaker."),
    "speakers.voices": _flag(
        SPEAKERS, "--voices/--no-voices", help="Give no names by the voices that `subgen voices` keeps."
    ),
    "speakers.exact": _flag(SPEAKERS, "--num-speakers", metavar="N", help="How many speak, if it is known."),
    "speakers.least": _flag(SPEAKERS, "--min-speakers", metavar="N", help="At least how many."),
    "speakers.most": _flag(SPEAKERS, "--max-speakers", metavar="N", help="At most how many."),
    **TURNS_FLAGS,
}
LAYOUT_FLAGS: Flags = {
    "layout.profile": _flag(
        CUES,
        "--profile",
        metavar="NAME",
        help="netflix, bbc, ebu, shorts or plain: gives every number below that is not given, by language.",
    ),
    "layout.audience": _flag(CUES, "--audience", metavar="WHO", help="Who reads: adult, children or sdh."),
    "layout.width": _flag(
        CUES, "--width", metavar="COLUMNS", help="Longest line; in Chinese, Japanese and Korean in full-width signs."
    ),
    "layout.lines": _flag(CUES, "--lines", metavar="N", help="Most lines in a subtitle."),
    "layout.reading_speed": _flag(
        CUES, "--reading-speed", metavar="CPS", help="Columns per second to aim at, where there is room."
    ),
    "layout.fastest": _flag(CUES, "--fastest", metavar="CPS", help="Columns per second that are too many to read."),
    "layout.shortest": _flag(CUES, "--shortest", metavar="SECONDS", help="Shortest subtitle."),
    "layout.longest": _flag(CUES, "--longest", metavar="SECONDS", help="Longest subtitle."),
    "layout.gap_frames": _flag(CUES, "--gap", metavar="FRAMES", help="Smallest gap between subtitles."),
    "layout.chain": _flag(CUES, "--chain", metavar="SECONDS", help="Close gaps shorter than this to the smallest."),
    "layout.linger": _flag(CUES, "--linger", metavar="SECONDS", help="How long a subtitle may outlast its speech."),
    "layout.dashes": _flag(
        CUES,
        "--dashes",
        metavar="STYLE",
        help="Dashes of two speakers: both, both-spaced, second or second-spaced; none: they never share a subtitle.",
    ),
    "layout.frame_rate": _flag(
        CUES, "--fps", metavar="RATE", help="Frames per second for all times. Default: the film's, else 24."
    ),
}
SHOT_FLAGS: Flags = {
    "input.shots": _flag(CUES, "--shots", help="Find the film's shot changes, so that subtitles keep to them."),
}
CHUNK_FLAGS: Flags = {
    "chunking.shortest": _flag(CHUNKS, "--chunk-shortest", metavar="SECONDS", help="Shortest chunk."),
    "chunking.target": _flag(CHUNKS, "--chunk-target", metavar="SECONDS", help="Length to aim at."),
    "chunking.longest": _flag(CHUNKS, "--chunk-longest", metavar="SECONDS", help="Longest chunk."),
    "chunking.look_ahead": _flag(
        CHUNKS, "--chunk-look-ahead", metavar="SECONDS", help="Audio held in memory to choose a cut."
    ),
    "chunking.skip_silence": _flag(
        CHUNKS, "--skip-silence", metavar="SECONDS", help="Silence longer than this is not decoded."
    ),
}
SCREEN_FLAGS: Flags = {
    "console.progress": _flag(
        SCREEN, "--progress", metavar="STYLE", help="auto (a bar on a terminal), json (events on stderr) or none."
    ),
    "console.quiet": _flag(SCREEN, *("--quiet", "-q"), help="Show errors only."),
    "console.verbose": _flag(SCREEN, *("--verbose", "-v"), help="Show what is done, and tracebacks."),
}
TIMING_FLAGS: Flags = {
    "console.timings": _flag(
        SCREEN,
        "--timings",
        help="Show where the time of each file went. Its stages then wait for each other.",
    ),
}

TRANSCRIBE_FLAGS: Flags = {
    **DELIVERY_FLAGS,
    **FILM_FLAGS,
    **SPEECH_FLAGS,
    **INPUT_FLAGS,
    **MODEL_FLAGS,
    **SPEAKER_FLAGS,
    **LAYOUT_FLAGS,
    **SHOT_FLAGS,
    **CHUNK_FLAGS,
    **SCREEN_FLAGS,
    **TIMING_FLAGS,
}
LIBRARY_FLAGS: Flags = {
    "delivery.subtitled": _flag(
        OUTPUT, "--subtitled", help="Do media, too, that have subtitles of others in their language."
    ),
}
EVERY_FLAG: Flags = {**TRANSCRIBE_FLAGS, **LIBRARY_FLAGS}
"""what can be said by files and by the environment, too"""
ALIGN_FLAGS: Flags = {path: flag for path, flag in TRANSCRIBE_FLAGS.items() if path != "words.align"}
RENDER_FLAGS: Flags = {**DELIVERY_FLAGS, **TURNS_FLAGS, **LAYOUT_FLAGS, **SCREEN_FLAGS}
REVIEW_FLAGS: Flags = {
    "delivery.output": _flag(OUTPUT, *("--output", "-o"), metavar="FILE", help="Where the list goes. Default: stdout."),
    "delivery.overwrite": DELIVERY_FLAGS["delivery.overwrite"],
    **LAYOUT_FLAGS,
}
CHECK_FLAGS: Flags = {
    "decoding.language": _flag(
        SPEECH,
        *("--language", "-l"),
        metavar="LANGUAGE",
        help="The language of the text. Default: what the file or its name says, else what its words tell.",
    ),
    **INPUT_FLAGS,
    **{path: flag for path, flag in LAYOUT_FLAGS.items() if path not in {"layout.linger", "layout.frame_rate"}},
    "layout.frame_rate": _flag(
        CUES, "--fps", metavar="RATE", help="Frames per second. Default: the film's, else what the times tell, else 24."
    ),
    "input.shots": _flag(CUES, "--shots", help="Find the shot changes of --media, and cues that are near them."),
}
RETIME_FLAGS: Flags = {
    "delivery.output": _flag(
        OUTPUT,
        *("--output", "-o"),
        metavar="PLACE",
        help="A folder, a file, or - for stdout. Default: beside the subtitles, as NAME.retimed.FORMAT.",
    ),
    "delivery.overwrite": DELIVERY_FLAGS["delivery.overwrite"],
    **{path: flag for path, flag in SPEECH_FLAGS.items() if path != "words.align"},
    **INPUT_FLAGS,
    **MODEL_FLAGS,
    **CHUNK_FLAGS,
    **SCREEN_FLAGS,
}
MAKING_FLAGS: Flags = {
    "delivery.output": _flag(
        OUTPUT, *("--output", "-o"), metavar="PLACE", help="A folder or a file. Default: beside the film."
    ),
    "delivery.overwrite": DELIVERY_FLAGS["delivery.overwrite"],
    "decoding.language": _flag(
        SPEECH,
        *("--language", "-l"),
        metavar="LANGUAGE",
        help="The language of the subtitles. Default: what their file or its name says.",
    ),
    "input.ffmpeg": INPUT_FLAGS["input.ffmpeg"],
    **SCREEN_FLAGS,
}
VOICE_FLAGS: Flags = {**INPUT_FLAGS, "models.offline": MODEL_FLAGS["models.offline"]}

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", readable=False, help="Films or recordings.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
