"""Finding the directory of a model: the packaged toy, a local directory, the default folder, the hub's cache, the hub.

Nothing here opens a weight file, and only safetensors weights are ever asked for: pickles can run code.
"""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import platformdirs

from subgen import demo
from subgen.errors import ModelNotFound, NeedsAccess, OutputError
from subgen.options import DEFAULT_ALIGNER, Models

DEMO = "demo"
WANTED_FILES = ("*.safetensors", "*.json", "merges.txt", "vocab.txt")
"""What is downloaded of a hub repository: weights without code in them, configs and the tokenizer."""

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_TOY = "`--model demo` is a small English toy that needs no download"


class Hub(Protocol):
    """Brings one revision of a model to this machine; raises ModelNotFound, NeedsAccess or OutputError."""

    def __call__(self, name: str, revision: str | None) -> Path: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A model that needs no download. `role` is "recogniser" or "aligner"; `source` says where it was found."""

    name: str
    role: str
    source: str
    path: Path


def models_folder() -> Path:
    """The default folder, whose sub-folders `<org>/<name>` or `<name>` are models; SUBGEN_MODELS overrides it."""
    chosen = os.environ.get("SUBGEN_MODELS")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("subgen", appauthor=False) / "models"


def hub_cache() -> Path:
    """The folder where Hugging Face tools keep snapshots: HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/…/hub.

    Worked out here because importing huggingface_hub takes most of a second, which a cached model need not pay.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("HF_HOME") or f"{cache}/huggingface"
    return Path(os.path.expandvars(os.environ.get("HF_HUB_CACHE") or f"{home}/hub")).expanduser()


def download(name: str, revision: str | None, *, bars: bool = False, endpoint: str | None = None) -> Path:
    """Downloads a model from the hub, resuming what an earlier run began. `bars` shows the hub's progress bars."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    if not bars:
        disable_progress_bars()
    with hub_errors(name, revision):
        found = snapshot_download(
            name, revision=revision, allow_patterns=list(WANTED_FILES), cache_dir=hub_cache(), endpoint=endpoint
        )
    return Path(found)


@contextmanager
def hub_errors(name: str, revision: str | None = None, advice: str = _TOY) -> Iterator[None]:
    """Turns what the hub's client raises about a model into ModelNotFound, NeedsAccess or OutputError.

    `advice` ends the sentence where the model is not to be had.
    """
    from huggingface_hub import errors

    # The base is the HTTP library's own error, and which library that is depends on the hub client's version.
    network_error: type[BaseException] = errors.HfHubHTTPError.__bases__[0]
    try:
        yield
    except errors.GatedRepoError as error:
        raise NeedsAccess(
            f"The model {name} wants its licence accepted: do that on https://huggingface.co/{name} with your account,"
            " then run `hf auth login` or set HF_TOKEN."
        ) from error
    except errors.RevisionNotFoundError as error:
        raise ModelNotFound(f"The hub's model {name} has no revision {revision!r}.") from error
    except errors.RepositoryNotFoundError as error:
        raise ModelNotFound(
            f"The hub has no public model {name}: check the name, or run `hf auth login` if it is private; {advice}."
        ) from error
    except (OSError, network_error) as error:
        raise _mishap(name, error, advice) from error


def _mishap(name: str, error: BaseException, advice: str) -> ModelNotFound | NeedsAccess | OutputError:
    """The error of ours for a download that broke: refused, full disk, or no connection."""
    cause = error.__cause__ or error  # the hub wraps what made it look into its cache instead
    if getattr(getattr(cause, "response", None), "status_code", None) in (401, 403):
        return NeedsAccess(f"The hub refuses the model {name} to this account: run `hf auth login` with one that may.")
    if isinstance(cause, OSError) and cause.errno and (cause.filename or cause.errno in (errno.ENOSPC, errno.EDQUOT)):
        return OutputError(f"The model {name} can't be stored in {hub_cache()}: {os.strerror(cause.errno)}.")
    reason = re.sub(r"^\[Errno -?\d+\] ", "", str(cause).strip().partition("\n")[0].rstrip(".")) or type(cause).__name__
    return ModelNotFound(
        f"The model {name} is not on this machine and the hub can't be reached ({reason}):"
        f" run `hf download {name}` where there is a network, or give a directory; {advice}."
    )


def resolve(name: str, models: Models, *, hub: Hub = download) -> Path:
    """The directory of a model given by directory, hub name or "demo"; only a model found nowhere is downloaded.

    Raises ModelNotFound, NeedsAccess, or OutputError when a download can't be stored.
    """
    local = Path(name).expanduser()
    if name and local.is_dir():
        return local
    if local.is_file():
        raise ModelNotFound(f"The model {name} is a file: give the directory that holds its config.json and weights.")
    if not name or name.startswith(("/", "~", ".")) or name.count("/") > 1 or "\\" in name:
        raise ModelNotFound(f"There is no model directory {name!r}; {_TOY}.")
    kept = models_folder() / name
    if kept.is_dir():
        return kept
    if not _HUB_NAME.fullmatch(name):
        raise ModelNotFound(
            f"There is no model {name!r}, here or in {models_folder()}: give a directory, or a hub name such as"
            f" Qwen/Qwen3-ASR-0.6B; {_TOY}."
        )
    cached = cached_snapshot(name, models.revision)
    if cached is not None:
        return cached
    if models.offline or offline_by_environment():
        raise ModelNotFound(
            f"The model {name} is not on this machine and downloads are switched off:"
            f" run `hf download {name}` first, or give a directory; {_TOY}."
        )
    return hub(name, models.revision)


def resolve_asr(models: Models, *, tower: bool = False, hub: Hub = download) -> Path:
    """The recogniser's directory; with `tower` the one that `models.audio` names, which holds its audio tower."""
    name = models.audio if tower and models.audio else models.asr
    return demo.asr_path() if name == DEMO else resolve(name, models, hub=hub)


def resolve_aligner(models: Models, *, hub: Hub = download) -> Path:
    """The aligner's directory; None in `models` means the toy beside the toy, else the published one.

    `models.revision` pins the recogniser's repository only: commits of one repository mean nothing in another.
    """
    name = aligner_name(models)
    unpinned = Models(asr=models.asr, offline=models.offline)
    return demo.aligner_path() if name == DEMO else resolve(name, unpinned, hub=hub)


def aligner_name(models: Models) -> str:
    """What the aligner is called when its name is left out."""
    return models.aligner or (DEMO if models.asr == DEMO else DEFAULT_ALIGNER)


def known() -> tuple[Found, ...]:
    """Every usable model on this machine: the toys, the default folder, the hub's cache."""
    toys = (
        Found(DEMO, "recogniser", "packaged toy", demo.asr_path()),
        Found(DEMO, "aligner", "packaged toy", demo.aligner_path()),
    )
    return (*toys, *_in_folder(models_folder()), *_in_cache(hub_cache()))


def offline_by_environment() -> bool:
    """Whether HF_HUB_OFFLINE forbids downloads."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}


def _repository(cache: Path, name: str) -> Path:
    return cache / f"models--{name.replace('/', '--')}"


def cached_snapshot(name: str, revision: str | None, complete: Callable[[Path], bool] | None = None) -> Path | None:
    """The snapshot of a revision (branch, tag or full commit) in the hub's cache, if it is there in full.

    `complete` says whether it is; None: whether it has a config and all its safetensors.
    """
    repository = _repository(hub_cache(), name)
    reference = repository / "refs" / (revision or "main")
    commit = reference.read_text().strip() if reference.is_file() else revision
    snapshot = repository / "snapshots" / commit if commit else None
    return snapshot if snapshot is not None and (complete or _complete)(snapshot) else None


def _complete(folder: Path) -> bool:
    """Whether a snapshot has a config and every shard that its index names (an interrupted download does not)."""
    shards = _shards(folder)
    return bool(shards) and all((folder / name).is_file() for name in (*shards, "config.json"))


def _shards(folder: Path) -> frozenset[str]:
    """The weight files that a snapshot should have; none when its index can't be read."""
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return frozenset(path.name for path in folder.glob("*.safetensors"))
    try:
        return frozenset(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return frozenset()


def _role(folder: Path) -> str | None:
    """Recogniser, aligner, or None for a model of another kind; told by words that the config of every layout has."""
    try:
        config = (folder / "config.json").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if "forced_aligner" in config or ("qwen3_asr" in config and "TokenClassification" in config):
        return "aligner"
    return "recogniser" if "qwen3_asr" in config else None


def _in_folder(folder: Path) -> Iterator[Found]:
    for config in sorted((*folder.glob("*/config.json"), *folder.glob("*/*/config.json"))):
        role = _role(config.parent)
        if role:
            yield Found(config.parent.relative_to(folder).as_posix(), role, "default folder", config.parent)


def _in_cache(cache: Path) -> Iterator[Found]:
    for reference in sorted(cache.glob("models--*/refs/main")):
        repository = reference.parents[1]
        snapshot = repository / "snapshots" / reference.read_text().strip()
        role = _role(snapshot) if _complete(snapshot) else None
        if role:
            yield Found(repository.name.removeprefix("models--").replace("--", "/", 1), role, "hub cache", snapshot)
