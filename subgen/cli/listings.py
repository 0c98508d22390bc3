"""What `subgen languages` and `subgen models` print."""

from __future__ import annotations

import json

from subgen.cli.results import print_result, table
from subgen.errors import EXIT_OK
from subgen.languages import LANGUAGES
from subgen.models import Found, hub_cache, known, models_folder

ALIGNED = frozenset({"zh", "en", "yue", "fr", "de", "it", "ja", "ko", "pt", "ru", "es"})
"""Codes of the languages that the published forced aligner was trained for (`support_languages` of its config)."""


def print_languages() -> int:
    """The table of languages; other names stand last because their scripts have no common column width."""
    rows = (
        (language.name, language.code, "trained" if language.code in ALIGNED else "", ", ".join(language.aliases))
        for language in LANGUAGES
    )
    print_result(table(("language", "code", "word times", "also called"), rows))
    return EXIT_OK


def print_models(as_json: bool) -> int:
    """The models found on this machine, then the folders that were looked in."""
    found = known()
    if as_json:
        print_result(json.dumps([_entry(model) for model in found], indent=2) + "\n")
        return EXIT_OK
    rows = ((model.name, model.role, model.source, str(model.path)) for model in found)
    print_result(
        table(("model", "role", "found in", "path"), rows)
        + f"\nDefault folder: {models_folder()}\nHub cache:      {hub_cache()}\n"
    )
    return EXIT_OK


def _entry(model: Found) -> dict[str, str]:
    return {"name": model.name, "role": model.role, "source": model.source, "path": str(model.path)}
