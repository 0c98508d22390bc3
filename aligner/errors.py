"""The error tree. Every error that bad input can cause is one of these, with one sentence for the user.

    SubgenError
    ├── MediaError       the file can't be used            exit 3
    │   ├── MediaNotFound
    │   ├── NoAudioTrack
    │   └── Undecodable
    ├── ModelError       the model can't be used           exit 4
    │   ├── ModelNotFound
    │   ├── BadWeights
    │   └── NeedsAccess
    ├── OutputError      the result can't be written       exit 5
    ├── MissingDependency  ffmpeg, MLX or an extra lacks   exit 6
    ├── DiarisationError the speakers could not be found   exit 7
    ├── ClusterError     no other machine can help         exit 8
    └── OptionError      the request makes no sense        exit 2

They live below both packages because `aligner` raises some of them and never imports `subgen`.
"""

from __future__ import annotations


class SubgenError(Exception):
    """Base of all errors that are the user's to mend. `str(error)` is one full sentence: what, and what to do."""

    exit_code = 1


class OptionError(SubgenError):
    """An option has a value that can't work."""

    exit_code = 2


class MediaError(SubgenError):
    """A media file can't be used."""

    exit_code = 3


class MediaNotFound(MediaError):
    """There is no such file, or it is not a file, or it may not be read."""


class NoAudioTrack(MediaError):
    """The file is readable media without (the wanted) audio."""


class Undecodable(MediaError):
    """The file is not media, or is damaged or encrypted beyond use."""


class ModelError(SubgenError):
    """A model can't be used."""

    exit_code = 4


class ModelNotFound(ModelError):
    """No directory, cache or hub has the model."""


class BadWeights(ModelError):
    """The files of a model do not fit together: tensor missing, unknown, mis-shaped, or not safetensors."""


class NeedsAccess(ModelError):
    """The hub has the model but wants a token or an accepted licence."""


class OutputError(SubgenError):
    """A result can't be written: it exists already, or the folder is read-only or full."""

    exit_code = 5


class MissingDependency(SubgenError):
    """Something that must be installed is not: ffmpeg, MLX for this machine, an optional extra."""

    exit_code = 6


class DiarisationError(SubgenError):
    """Finding speakers failed after it had begun; the transcript does not depend on it and is kept."""

    exit_code = 7


class ClusterError(SubgenError):
    """The machines that were to do the work can't be reached, or none of them can do it."""

    exit_code = 8
