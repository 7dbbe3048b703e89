"""Who explains which kind of figure: contexts register here, `entry/wiring.py` imports them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from moa.control.context import Context
from moa.kernel.errors import NotFound
from moa.ui.ground import Ground, declare_kind


class AskedFor:
    """What the address of a figure names. What cannot be read is a figure that there is not."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given

    def text(self, name: str) -> str:
        return self._given.get(name, "")[:200]

    def number(self, name: str) -> int:
        """Raises: not_found."""
        value = self.text(name)
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            raise NotFound(**{name: value})
        return int(value)

    def day(self, name: str) -> date | None:
        """Raises: not_found."""
        value = self.text(name)
        try:
            return date.fromisoformat(value) if value else None
        except ValueError as unread:
            raise NotFound(**{name: value}) from unread

    def moment(self, name: str) -> datetime | None:
        """Raises: not_found."""
        value = self.text(name)
        try:
            found = datetime.fromisoformat(value) if value else None
        except ValueError as unread:
            raise NotFound(**{name: value}) from unread
        if found is not None and found.tzinfo is None:
            raise NotFound(**{name: value})
        return found


Explainer = Callable[[Context, AskedFor], Ground]
_explainers: dict[str, Explainer] = {}


def provide_ground(kind: str, explainer: Explainer) -> None:
    """`explainer(ctx, asked)` checks the person's rights itself. Raises there: forbidden, not_found."""
    _explainers[kind] = explainer
    declare_kind(kind)


def explained_kinds() -> tuple[str, ...]:
    return tuple(sorted(_explainers))


def ground(ctx: Context, kind: str, asked: Mapping[str, str]) -> Ground:
    """Where the figure comes from. Raises: not_found, forbidden."""
    explainer = _explainers.get(kind)
    if explainer is None:
        raise NotFound(kind=kind)
    return explainer(ctx, AskedFor(asked))
