"""The error tree of `aligner.errors` under the name that callers of `subgen` expect, and the exit codes."""

from __future__ import annotations

from aligner.errors import (
    BadWeights,
    ClusterError,
    DiarisationError,
    MediaError,
    MediaNotFound,
    MissingDependency,
    ModelError,
    ModelNotFound,
    NeedsAccess,
    NoAudioTrack,
    OptionError,
    OutputError,
    SubgenError,
    Undecodable,
)

EXIT_OK = 0
EXIT_SOME_FAILED = 1
"""several files were given and at least one failed, or a check found errors"""
EXIT_INTERRUPTED = 130

__all__ = [
    "EXIT_INTERRUPTED",
    "EXIT_OK",
    "EXIT_SOME_FAILED",
    "BadWeights",
    "ClusterError",
    "DiarisationError",
    "MediaError",
    "MediaNotFound",
    "MissingDependency",
    "ModelError",
    "ModelNotFound",
    "NeedsAccess",
    "NoAudioTrack",
    "OptionError",
    "OutputError",
    "SubgenError",
    "Undecodable",
]
