"""Templates: what marks a text's language is a tag, and stands in no attribute."""

from __future__ import annotations

import re
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "src" / "moa"
_NAMED_IN_AN_ATTRIBUTE = re.compile(r"""=("[^"<>]*\{\{[^}]*\|\s*named\b|'[^'<>]*\{\{[^}]*\|\s*named\b)""")


def test_the_language_of_a_name_is_marked_in_no_attribute() -> None:
    assert _NAMED_IN_AN_ATTRIBUTE.search('<input aria-label="{{ (one or other)|named }} 5">')
    found = [
        f"{path.relative_to(SOURCES)}:{number}"
        for path in SOURCES.rglob("jinja2/**/*.html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if _NAMED_IN_AN_ATTRIBUTE.search(line)
    ]
    assert found == []
