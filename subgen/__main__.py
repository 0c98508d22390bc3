"""`python -m subgen`: the same command where its script is not on PATH, as in services."""

from __future__ import annotations

from subgen.cli import main

main()
