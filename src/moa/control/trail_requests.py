"""The request that a line of the audit trail came from, for whoever follows it from another system's log."""

from __future__ import annotations

from collections.abc import Iterable

from moa.control.context import Context
from moa.control.models import AuditLine
from moa.control.trail import TrailRow


def request_ids(ctx: Context, rows: Iterable[TrailRow]) -> dict[str, str]:
    """By the row's id; the caller has read the rows under the right to the trail."""
    lines = {int(row.id[1:]): row.id for row in rows if row.id.startswith("l")}
    found = AuditLine.objects.filter(id__in=lines).values_list("id", "request_id")
    return {lines[number]: request for number, request in found}
