"""Keep the conditions of a list under a name, for the person alone."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import SavedView
from moa.kernel.errors import DomainError

MOST_VIEWS = 20
LONGEST_NAME = 60
LONGEST_QUERY = 2000


class ViewUnfit(DomainError):
    """The name is empty or too long, or the conditions are too long to keep."""

    code = "view_unfit"


class TooManyViews(DomainError):
    code = "too_many_views"


def save_view(ctx: Context, *, table: str, name: str, query: str) -> SavedView:
    """A view of the same name is replaced. Raises: view_unfit, too_many_views."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or len(query) > LONGEST_QUERY or "\0" in name + query:
        raise ViewUnfit(name=name[:LONGEST_NAME])
    own = SavedView.objects.filter(person_id=ctx.actor.person_id, table_name=table)
    if not own.filter(name=name).exists() and own.count() >= MOST_VIEWS:
        raise TooManyViews(most=MOST_VIEWS)
    view, _ = SavedView.objects.update_or_create(
        group_id=ctx.group_id, person_id=ctx.actor.person_id, table_name=table, name=name,
        defaults={"query": query},
    )  # fmt: skip
    record(ctx, "control.view.saved", "view", view.id, after={"table": table, "name": name})
    return view
