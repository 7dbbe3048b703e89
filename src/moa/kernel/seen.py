"""What a person had before the eyes when changing something: so that nobody overwrites unseen what another saved.

A page puts `fingerprint(what it shows)` into its form; the operation, holding the row, calls `check_seen` with what
stands now. Programs that show nothing send nothing, and are not asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from moa.kernel.errors import DomainError

Shown = Mapping[str, str | Sequence[str]]


class ChangedMeanwhile(DomainError):
    """Another saved since the page was shown; fact `now`: what stands there, by the names of the form's fields."""

    code = "changed_meanwhile"


def fingerprint(shown: Shown) -> str:
    plain = {name: value if isinstance(value, str) else sorted(value) for name, value in shown.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def check_seen(seen: str, now: Shown) -> None:
    """Raises: changed_meanwhile. Nothing was shown where `seen` is empty."""
    if seen and seen != fingerprint(now):
        raise ChangedMeanwhile(now=dict(now))
