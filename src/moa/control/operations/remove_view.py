"""Remove a kept view of the person's own."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import SavedView
from moa.kernel.errors import NotFound


def remove_view(ctx: Context, *, view_id: int) -> None:
    """Raises: not_found, also for another person's view."""
    view = SavedView.objects.filter(person_id=ctx.actor.person_id, id=view_id).first()
    if view is None:
        raise NotFound(view=view_id)
    facts = {"table": view.table_name, "name": view.name}
    SavedView.objects.filter(id=view.id).delete()
    record(ctx, "control.view.removed", "view", view_id, before=facts)
