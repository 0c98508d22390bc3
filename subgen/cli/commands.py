"""The commands: each builds its jobs and hands them to one function of the library."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from aligner.backend import require_mlx
from subgen import __version__
from subgen.cli.batch_command import batch
from subgen.cli.bench_flags import (
    BenchAligner,
    BenchAudio,
    BenchBatch,
    BenchBlas,
    BenchDtype,
    BenchJson,
    BenchModels,
    BenchRivals,
    BenchRuns,
    BenchSeconds,
    BenchStages,
    BenchTokens,
    BenchWarmUp,
    BenchWeights,
)
from subgen.cli.binding import with_flags
from subgen.cli.cluster_commands import cluster
from subgen.cli.config_commands import config
from subgen.cli.flags import (
    ALIGN_FLAGS,
    CHECK_FLAGS,
    MAKING_FLAGS,
    RENDER_FLAGS,
    RETIME_FLAGS,
    REVIEW_FLAGS,
    TRANSCRIBE_FLAGS,
    AsJson,
    Files,
)
from subgen.cli.help import Command, Group
from subgen.cli.results import print_result
from subgen.cli.service_commands import service
from subgen.cli.settings import Settings
from subgen.cli.status_command import status
from subgen.cli.voice_commands import voices
from subgen.cli.watch_command import watch
from subgen.film.names import BURNED, SUBTITLED

EXIT_CODES = """Exit codes:
  0    done
  1    some of several files failed, a check found errors, or no service runs
  2    the command line, or a settings file, makes no sense
  3    the media can't be used
  4    the model can't be used
  5    a result can't be written
  6    ffmpeg, MLX, an extra, or what runs services is missing
  7    the transcript is written, but its speakers could not be found
  8    the machines of --cluster can't be reached, or none can help
  70   a fault of subgen itself
  130  Ctrl-C; likewise 129, 141 and 143 for SIGHUP, a closed stdout and SIGTERM"""

Film = Annotated[Path, typer.Argument(metavar="MEDIA", readable=False, help="A film, or for mux also a recording.")]
Lettering = Annotated[
    Path, typer.Argument(metavar="SUBTITLES", readable=False, help="Its subtitles: SRT, VTT, ASS, TTML or others.")
]

app = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Subtitles and transcripts from films and recordings, on your own machine.",
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["--help", "-h"]},
)
command = partial(app.command, cls=Command, context_settings={"help_option_names": ["--help", "-h"]})


def _version(wanted: bool) -> None:
    if wanted:
        print_result(f"subgen {__version__}\n")
        raise typer.Exit


@app.callback()
def version_flag(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Holds what belongs to the program and to no command."""


@command()
@with_flags(TRANSCRIBE_FLAGS)
def transcribe(files: Files, settings: Settings) -> int:
    """Write what is said in films and recordings; the default command."""
    from subgen.cli.work import transcribe_files

    return transcribe_files(files, settings)


command()(batch)
command()(watch)
command()(status)


@command()
@with_flags(ALIGN_FLAGS)
def align(
    audio: Annotated[Path, typer.Argument(metavar="AUDIO", readable=False, help="A film or recording.")],
    transcript: Annotated[Path, typer.Argument(metavar="TRANSCRIPT", readable=False, help="Its words, as UTF-8 text.")],
    settings: Settings,
) -> int:
    """Time a text that is known already."""
    from subgen.cli.work import align_file

    return align_file(audio, transcript, settings)


@command()
@with_flags(RENDER_FLAGS)
def render(
    documents: Annotated[list[Path], typer.Argument(metavar="DOCUMENT...", readable=False, help="Results of -f json.")],
    settings: Settings,
) -> int:
    """Make other formats and layouts from saved JSON, without a model."""
    from subgen.cli.work import render_files

    return render_files(documents, settings)


@command()
@with_flags(RETIME_FLAGS, own=("delivery.output",))
def retime(
    subtitles: Annotated[
        Path, typer.Argument(metavar="SUBTITLES", readable=False, help="An SRT, VTT, ASS, SSA or SBV file.")
    ],
    media: Annotated[
        Path, typer.Argument(metavar="MEDIA", readable=False, help="The film or recording that it belongs to.")
    ],
    settings: Settings,
    document: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What was recognised in MEDIA before, as -f json wrote it."),
    ] = None,
) -> int:
    """Repair the times of subtitles by the audio: shifts, drift and cuts. The text stays as it is."""
    from subgen.cli.retime import retime_file

    return retime_file(subtitles, media, document, settings)


@command()
@with_flags(REVIEW_FLAGS, own=("delivery.output",))
def review(
    document: Annotated[Path, typer.Argument(metavar="DOCUMENT", readable=False, help="A result of -f json.")],
    settings: Settings,
    limit: Annotated[int, typer.Option(metavar="N", help="At most so many cues, the worst.")] = 20,
    style: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", metavar="NAME", help="md, tsv or json. Default: the ending of --output, else md."
        ),
    ] = None,
) -> int:
    """List the cues of a saved JSON that a person should look at first, with times and reasons."""
    from subgen.cli.review import review_file

    return review_file(document, limit, style, settings)


@command()
@with_flags(CHECK_FLAGS, own=("decoding.language", "layout.frame_rate", "input.shots"))
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", readable=False, help="Subtitles: SRT, VTT, ASS, TTML or others.")
    ],
    settings: Settings,
    media: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The film or recording that they belong to, to hear it.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for advice, too.")] = False,
    json: AsJson = False,
) -> int:
    """List the rules that subtitle files break, cue by cue, and what each file is worth."""
    from subgen.cli.check import check_files

    return check_files(files, media, settings, as_json=json, strict=strict)


@command()
@with_flags(MAKING_FLAGS, own=("delivery.output", "decoding.language"))
def mux(media: Film, subtitles: Lettering, settings: Settings) -> int:
    """Write a film with a subtitle file as a track that players can switch off."""
    from subgen.cli.film import film_with

    return film_with(SUBTITLED, media, subtitles, settings)


@command()
@with_flags(MAKING_FLAGS, own=("delivery.output", "decoding.language"))
def burn(media: Film, subtitles: Lettering, settings: Settings) -> int:
    """Write a film with a subtitle file drawn into its picture."""
    from subgen.cli.film import film_with

    return film_with(BURNED, media, subtitles, settings)


@command()
@with_flags({})
def languages() -> int:
    """List the languages, their codes and other names."""
    from subgen.cli.listings import print_languages

    return print_languages()


@command()
@with_flags({})
def models(json: AsJson = False) -> int:
    """List the models on this machine, and where others would go."""
    from subgen.cli.listings import print_models

    return print_models(json)


@command()
@with_flags({})
def doctor(json: AsJson = False) -> int:
    """Show what was found and what is missing, and test what works."""
    from subgen.cli.doctor import examine

    return examine(json)


@command()
@with_flags({})
def bench(
    *,
    models: BenchModels = "demo",
    aligner: BenchAligner = None,
    audio: BenchAudio = None,
    seconds: BenchSeconds = 60.0,
    tokens: BenchTokens = 100,
    batch: BenchBatch = "1,8",
    dtype: BenchDtype = "auto",
    weights: BenchWeights = "bfloat16",
    runs: BenchRuns = 3,
    warm_up: BenchWarmUp = 1,
    stages: BenchStages = True,
    rivals: BenchRivals = "",
    blas: BenchBlas = None,
    json: BenchJson = None,
) -> int:
    """Measure how fast this machine is, stage by stage, and beside other programs."""
    require_mlx()
    from subgen.cli.bench import names, numbers, run_bench
    from subgen.eval.bench import Bench
    from subgen.eval.rivals import Rival

    wanted = Bench(
        models=names(models),
        aligner=aligner,
        audio=audio,
        seconds=seconds,
        tokens=tokens,
        batches=numbers(batch),
        dtype=dtype,
        weights=weights,
        runs=runs,
        warm_up=warm_up,
        rivals=tuple(Rival.read(text) for text in names(rivals)),
        blas=blas,
        stages=stages,
    )
    return run_bench(wanted, json)


@command()
@with_flags({})
def score(
    reference: Annotated[
        Path,
        typer.Argument(metavar="REFERENCE", readable=False, help="The truth: json, srt, vtt, txt, rttm, ctm, stm."),
    ],
    hypotheses: Annotated[
        list[Path], typer.Argument(metavar="RESULT...", readable=False, help="What is measured, in these formats.")
    ],
    collar: Annotated[
        float, typer.Option(metavar="SECONDS", help="Not scored on either side of an edge of a turn.")
    ] = 0.0,
    json: AsJson = False,
) -> int:
    """Measure results against a reference: words, word times, turns, speakers."""
    from subgen.cli.score import score_files

    return score_files(reference, hypotheses, collar, json)


app.add_typer(service, name="service")
app.add_typer(cluster, name="cluster")
app.add_typer(voices, name="voices")
app.add_typer(config, name="config")
program = get_command(app)
"""All commands, as what can be run and walked through."""
