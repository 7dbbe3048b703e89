"""docs/errors.md, made from the sentences that pages show: `python -m moa.entry.error_list [--check]`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[3] / "docs" / "errors.md"


def error_list() -> str:
    """Every code with what is wrong and how to mend it, in English and Korean, by code."""
    from django.utils import translation

    from moa.ui.problems import SENTENCES

    lines = [
        "# Errors and warnings",
        "",
        "Made by `python -m moa.entry.error_list`. `%(value)s` is the value as it stood in the file.",
        "",
        "| code | what is wrong | how to mend it | 무엇이 | 어떻게 |",
        "|---|---|---|---|---|",
    ]
    for code, sentences in sorted(SENTENCES.items()):
        cells = [f"`{code}`"]
        for language in ("en", "ko"):
            with translation.override(language):
                cells += [str(sentence).replace("|", "\\|") for sentence in sentences]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moa.entry.settings")
    from moa.entry.startup import setup_django
    from moa.entry.translations import compile_changed

    compile_changed()
    setup_django(with_database=False)
    made = error_list()
    if "--check" in sys.argv:
        return 0 if TARGET.exists() and TARGET.read_text(encoding="utf-8") == made else 1
    TARGET.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
