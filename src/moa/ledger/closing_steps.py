"""The steps of a closing, in the order in which its operation tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Tell = Callable[[str], None]
"""Takes the code of the step that begins now."""

STEPS: Mapping[str, tuple[str, ...]] = {
    "day": ("hold", "settle", "check", "set_down", "seal", "follow"),
    "month": ("hold", "check", "accrue", "set_down", "seal"),
    "year": ("hold", "check", "carry", "backup", "seal"),
}


def say_nothing(step: str) -> None:
    """For who closes directly and waits for the answer."""
