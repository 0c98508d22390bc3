"""Finding the directory of a pyannote pipeline, and seeing without torch whether it can be one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from subgen.errors import BadWeights, ModelNotFound, OptionError
from subgen.models import cached_snapshot, hub_cache, hub_errors, models_folder, offline_by_environment

CONFIG = "config.yaml"
WANTED_FILES = (CONFIG, "*/pytorch_model.bin", "*/config.yaml", "*/*.npz")
"""what is downloaded of a pipeline: its settings and the weights that it brings"""

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_PART = re.compile(r"\$model/([\w./-]+)")
"""how a pipeline's settings name its own sub-folders"""
_CLOUD = re.compile(r"pyannoteai|precision-\d", re.IGNORECASE)
"""names of pipelines that send the recording to somebody's computers"""
ADVICE = "or give turns that you have with --turns FILE"

Fetch = Callable[[str], Path]
"""brings a pipeline to this machine; raises ModelNotFound, NeedsAccess or OutputError"""


def fetch(name: str, endpoint: str | None = None) -> Path:
    """Downloads a pipeline from the hub, with the token of HF_TOKEN or `hf auth login`."""
    from huggingface_hub import snapshot_download

    with hub_errors(name, advice=ADVICE):
        found = snapshot_download(name, allow_patterns=list(WANTED_FILES), cache_dir=hub_cache(), endpoint=endpoint)
    return Path(found)


def refuse_cloud(name: str, text: str) -> None:
    """Raises OptionError when a name or the settings of a pipeline tell of one that would upload the recording."""
    if _CLOUD.search(text):
        raise OptionError(f"The pipeline {name} uploads recordings; subgen uses only those that run on this machine.")


def pipeline_directory(name: str, *, offline: bool, fetch: Fetch = fetch) -> Path:
    """The directory of a pipeline given by directory, its config.yaml, or hub name.

    Raises ModelNotFound, NeedsAccess, BadWeights where files are missing, OutputError when a download can't be
    stored, and OptionError for a pipeline whose settings say that it would upload the recording.
    """
    local = Path(name).expanduser()
    if local.name == CONFIG and local.is_file():
        return checked(local.parent, name)
    for place in (local, models_folder() / name):
        if name and place.is_dir():
            return checked(place, name)
    if not _HUB_NAME.fullmatch(name) or name.startswith("."):
        raise ModelNotFound(
            f"There is no directory {name!r} of a speaker model: give one that holds a {CONFIG}, or a hub name such"
            " as pyannote/speaker-diarization-community-1."
        )
    cached = cached_snapshot(name, None, complete=lambda folder: not missing(folder))
    if cached is not None:
        return checked(cached, name)
    if offline or offline_by_environment():
        raise ModelNotFound(
            f"The speaker model {name} is not on this machine and downloads are switched off: run"
            f" `hf download {name}` first, give its directory with --speaker-model, {ADVICE}."
        )
    return checked(fetch(name), name)


def checked(folder: Path, name: str) -> Path:
    """The directory, if it can be a pipeline of this machine. Raises BadWeights or OptionError."""
    absent = missing(folder)
    if absent:
        raise BadWeights(f"The speaker model {name} is no pyannote pipeline, or not all of it: {absent} is missing.")
    refuse_cloud(name, (folder / CONFIG).read_text(encoding="utf-8", errors="replace"))
    return folder


def missing(folder: Path) -> str:
    """What a pipeline's directory lacks: its settings, or a part that these name; "" when all is there."""
    config = folder / CONFIG
    if not config.is_file():
        return CONFIG
    parts = _PART.findall(config.read_text(encoding="utf-8", errors="replace"))
    return next((part for part in parts if not _has_weights(folder / part)), "")


def _has_weights(part: Path) -> bool:
    return (part / "pytorch_model.bin").is_file() or all(
        (part / name).is_file() for name in ("plda.npz", "xvec_transform.npz")
    )
