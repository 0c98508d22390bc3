"""The flags of `subgen bench`: their spellings and their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WHAT, HOW, RIVALS = "What is measured", "How", "Other programs"

BenchModels = Annotated[
    str,
    typer.Option(
        *("--models", "-m"),
        metavar="NAMES",
        help="Recognisers, separated by commas: demo, 0.6B or 1.7B (random weights in the published shapes),"
        " directories or hub names.",
        rich_help_panel=WHAT,
    ),
]
BenchAligner = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The aligner: random (in the published shape), none, or as for subgen."
        " Default: the demo's with the demo, else none.",
        rich_help_panel=WHAT,
    ),
]
BenchAudio = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="A film or recording, repeated to fill --seconds. Default: noise with the rhythm of speech.",
        rich_help_panel=WHAT,
    ),
]
BenchSeconds = Annotated[
    float, typer.Option(metavar="SECONDS", help="How much audio, in pieces of 30 s.", rich_help_panel=WHAT)
]
BenchTokens = Annotated[
    int, typer.Option(metavar="N", help="Tokens for every 30 s, with random weights.", rich_help_panel=WHAT)
]
BenchStages = Annotated[
    bool, typer.Option("--stages/--no-stages", help="Measure the whole only.", rich_help_panel=WHAT)
]
BenchBatch = Annotated[
    str, typer.Option(metavar="SIZES", help="Batch sizes, separated by commas.", rich_help_panel=HOW)
]
BenchDtype = Annotated[
    str, typer.Option(metavar="TYPE", help="auto, float32, float16 or bfloat16.", rich_help_panel=HOW)
]
BenchWeights = Annotated[
    str,
    typer.Option(
        metavar="TYPE",
        help="How random weights are stored: bfloat16, float16, float32, 8bit or 4bit.",
        rich_help_panel=HOW,
    ),
]
BenchRuns = Annotated[int, typer.Option(metavar="N", help="Measured runs.", rich_help_panel=HOW)]
BenchWarmUp = Annotated[int, typer.Option(metavar="N", help="Runs before them.", rich_help_panel=HOW)]
BenchJson = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write all figures here as JSON.", rich_help_panel=HOW)
]
BenchRivals = Annotated[
    str,
    typer.Option(
        metavar="NAMES",
        help="mlx-audio, mlx-qwen3-asr, or NAME@PYTHON where one lives in an environment of its own.",
        rich_help_panel=RIVALS,
    ),
]
BenchBlas = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="A BLAS library, such as libopenblas.so.0, that they are given in further runs.",
        rich_help_panel=RIVALS,
    ),
]
