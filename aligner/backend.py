"""Getting MLX, with a sentence that says what to install where it can't be imported."""

from __future__ import annotations

import importlib
import platform

from aligner.errors import MissingDependency


def _advice() -> str:
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return "pip install mlx (macOS 14 or later, a native arm64 Python)"
    if platform.system() == "Linux":
        return "pip install 'mlx[cpu]', or on an NVIDIA machine pip install 'mlx[cuda13]'"
    return "an Apple-silicon Mac or Linux: MLX has no build for this machine"


def require_mlx(module: str = "mlx.core") -> None:
    """Imports MLX. Raises MissingDependency, in one sentence, when this machine can't."""
    try:
        importlib.import_module(module)
    except (ImportError, OSError) as error:
        detail = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise MissingDependency(f"MLX can't be imported ({detail}); it needs: {_advice()}.") from error
