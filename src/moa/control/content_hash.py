"""The hash that pins what was submitted or asked: SHA-256 over canonical JSON."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def content_hash(content: Any) -> str:
    """Raises TypeError for what JSON cannot hold exactly; amounts are decimal strings, never floating point."""
    _check(content)
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError("keys of pinned content are text")
            _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner)
    elif value is not None and not isinstance(value, str | int | bool):
        raise TypeError(f"pinned content cannot hold {type(value).__name__}")
