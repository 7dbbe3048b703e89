"""Give several suspense items to one person, or all of them one day, in one act."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal

from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound
from moa.reconciliation.lifecycle import SuspenseState
from moa.reconciliation.models import SuspenseItem
from moa.reconciliation.operations.change_suspense_item import change_suspense_item

Keep = Literal["keep"]
MOST = 500


class TooManyItems(DomainError):
    """Facts: `most`."""

    code = "too_many_items"


def change_suspense_items(
    ctx: Context,
    line_ids: Collection[int],
    *,
    owner_id: int | None | Keep = "keep",
    due_on: date | None = None,
) -> int:
    """All of them or none; what is not said stays as it is on each. Returns how many it was asked for.

    Raises: what `change_suspense_item` raises, with the line as fact `line`; too_many_items.
    """
    asked = sorted(set(line_ids))
    if len(asked) > MOST:
        raise TooManyItems(most=MOST)
    open_ones = SuspenseItem.objects.filter(line_id__in=asked).exclude(state=SuspenseState.REVERSED)
    items = {one.line_id: one for one in open_ones}
    for line_id in asked:
        item = items.get(line_id)
        if item is None:
            raise NotFound(line=line_id)
        try:
            change_suspense_item(
                ctx,
                line_id,
                owner_id=item.owner_id if owner_id == "keep" else owner_id,
                due_on=due_on or item.due_on,
            )
        except DomainError as refusal:
            refusal.facts.setdefault("line", line_id)
            raise
    return len(asked)
