"""Something put around a name of the product in the process that does the work."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def wrap(module: str, name: str, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put `around` between a name of a module and whoever calls it by that name."""
    owner: Any = import_module(module)
    *holders, last = name.split(".")
    for holder in holders:
        owner = getattr(owner, holder)
    setattr(owner, last, around(getattr(owner, last)))
