"""Which texts a spreadsheet would take for a formula.

Source: OWASP, CSV injection. Office in Korean and Chinese takes the full-width signs for the plain ones.
"""

from __future__ import annotations

BEGINNINGS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212"


def is_formula_like(text: str) -> bool:
    """Whether the text begins as a formula does, once idle spaces and quotes are gone."""
    bare = text.lstrip(' "\u3000\ufeff')
    return bare[:1] in BEGINNINGS if bare else False
