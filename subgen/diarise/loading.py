"""The only place that touches pyannote.audio and torch: loading a pipeline, and running it where it can run."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Protocol

from subgen.diarise.diariser import Unwanted
from subgen.diarise.hub import ADVICE
from subgen.errors import BadWeights, DiarisationError, MissingDependency, SubgenError
from subgen.models import hub_errors
from subgen.types import SAMPLE_RATE, Samples

Hook = Callable[..., None]
"""is called as pyannote calls its hooks: (step, artefact, file=, total=, completed=)"""
_NOISY = r"(pyannote|torch|torchaudio|torchmetrics|lightning|pytorch_lightning|lightning_fabric|sklearn)(\.|$)"


class Runs(Protocol):
    """A loaded pipeline: samples and hints in, what pyannote answers out. `notes` say what went otherwise."""

    def __call__(self, samples: Samples, hints: Mapping[str, int], hook: Hook) -> object:
        """Raises DiarisationError when it fails on the CPU, too."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """What the user should know about the last run."""
        ...


class Pipeline(Protocol):
    """A pipeline of pyannote, as far as it is used."""

    def to(self, device: object) -> object:
        """Moves it to a torch.device; RuntimeError when there is none."""
        ...

    def __call__(self, sound: Mapping[str, object], *, hook: Hook, **hints: int) -> object:
        """Who talks in a waveform: a DiarizeOutput, or an Annotation from older ones."""
        ...


class Opens(Protocol):
    """pyannote's class of pipelines."""

    def from_pretrained(self, checkpoint: Path) -> Pipeline | None:
        """The pipeline in a directory."""
        ...


class Loaded:
    """A pipeline on the best device that it works on."""

    def __init__(self, pipeline: Pipeline, torch: ModuleType, on: Sequence[str] = ()) -> None:
        """`torch` is the module; `on` are the devices to try, () for those of this machine."""
        self.notes: Sequence[str] = ()
        self._pipeline = pipeline
        self._torch = torch
        self._devices = tuple(on) or devices(torch)

    def __call__(self, samples: Samples, hints: Mapping[str, int], hook: Hook) -> object:
        """pyannote's answer. Raises DiarisationError.

        Operators that a GPU lacks show only when they are needed: then everything is done again on the CPU, now
        and from now on. The samples are shared with torch, not copied.
        """
        quieten()
        self.notes = ()
        while True:
            device = self._devices[0]
            try:
                self._pipeline.to(self._torch.device(device))
                sound = self._torch.from_numpy(samples[None])
                return self._pipeline({"waveform": sound, "sample_rate": SAMPLE_RATE}, hook=hook, **hints)
            except Unwanted:
                raise
            except Exception as error:  # whatever it is, it must not cost the transcript
                reason = first_line(error)
                if device == "cpu":
                    raise DiarisationError(f"pyannote failed: {reason}.") from error
                self._devices = self._devices[1:]
                self.notes = (f"Speakers were found on the CPU, which is slower: pyannote failed on {device}.",)


def devices(torch: ModuleType) -> tuple[str, ...]:
    """What this machine has, the fastest first."""
    gpus = (("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available()))
    return (*(name for name, there in gpus if there), "cpu")


def load(directory: Path) -> Loaded:
    """The pipeline in a directory. Its weights are pickles, which may run code: see docs/meetings.md.

    Raises MissingDependency, BadWeights, and for pipelines whose parts are on the hub ModelNotFound or NeedsAccess.
    """
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"  # read when it is imported: it would report every use over the network
    quieten()
    torch, pipelines = imported()
    with redirect_stdout(io.StringIO()):  # pyannote prints advice about tokens
        try:
            with hub_errors(directory.name, advice=ADVICE):
                pipeline = _opened(pipelines, directory)
        except SubgenError:
            raise
        except Exception as error:
            raise BadWeights(f"The speaker model in {directory} can't be loaded: {first_line(error)}.") from error
    if pipeline is None:
        raise BadWeights(f"The speaker model in {directory} can't be loaded: pyannote gives no reason.")
    return Loaded(pipeline, torch)


def _opened(pipelines: Opens, directory: Path) -> Pipeline | None:
    try:
        return pipelines.from_pretrained(directory)
    except OSError as error:
        if error.filename is None:  # the hub's: it is no error of a local file
            raise
        raise BadWeights(
            f"The speaker model in {directory} can't be loaded: {error.filename}: {error.strerror}."
        ) from error


def imported() -> tuple[ModuleType, Opens]:
    """torch, and pyannote's class of pipelines. Raises MissingDependency."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a page of advice where torchcodec is missing, which is not needed here
        try:
            import torch
            from pyannote.audio import Pipeline
        except ModuleNotFoundError as error:
            raise MissingDependency(
                f"--speakers needs pyannote.audio with torch, and there is no {error.name}: run"
                f" `pip install 'subgen-mlx[diarize]'`, take the weaker `--diariser light`, {ADVICE}."
            ) from error
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            raise MissingDependency(
                f"pyannote.audio is installed but does not start ({first_line(error)}): install it again with the"
                f" versions of torch and torchaudio that belong together, {ADVICE}."
            ) from error
    return torch, Pipeline


def quieten() -> None:
    """Keeps warnings that are meant for the authors of models off the screen."""
    warnings.filterwarnings("ignore", module=_NOISY)
    for text in ("Mean of empty slice", "invalid value encountered"):  # NumPy's, where pyannote hears too little
        warnings.filterwarnings("ignore", text, RuntimeWarning)


def first_line(error: BaseException) -> str:
    """What an exception says, in one line without a full stop at its end."""
    text = str(error).strip().partition("\n")[0].strip().rstrip(".:")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
