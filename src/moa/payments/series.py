"""A series under its locks, and what a decision makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moa.control.access import may
from moa.control.audit import record
from moa.control.context import Context
from moa.control.jobs import enqueue
from moa.control.lifecycle import ApprovalState
from moa.control.models import ApprovalRequest
from moa.kernel.errors import NotFound
from moa.kernel.masking import mask_text
from moa.payments.lifecycle import SERIES, SeriesState
from moa.payments.models import PaymentSeries
from moa.payments.permissions import VIEW

# The job that makes the orders of series on their days.
MAKE_DUE = "payments.make_due"


def access_series(ctx: Context, series_id: int, permission: str = VIEW) -> PaymentSeries:
    """Raises: not_found."""
    found = PaymentSeries.objects.select_related("book", "unit", "maker", "payer", "request").filter(
        id=series_id
    )
    series = found.first()
    if series is None or not may(ctx, permission, series.unit_id):
        raise NotFound(series=series_id)
    return series


def lock_series(series_id: int) -> PaymentSeries:
    """The series until the transaction ends; its request first, as a decision locks the two. Raises: not_found."""
    request_id = PaymentSeries.objects.filter(id=series_id).values_list("request_id", flat=True).first()
    if request_id is not None:
        ApprovalRequest.objects.select_for_update().get(id=request_id)
    series = PaymentSeries.objects.select_for_update().filter(id=series_id).first()
    if series is None:
        raise NotFound(series=series_id)
    return series


def signed_transfers(content: Mapping[str, Any]) -> list[int]:
    """What each payment of a series leaves in, as it was signed: one transfer, or its parts. Shape: minor units."""
    return [int(one) for one in content.get("parts", [content["amount_minor"]])]


def series_state(series: PaymentSeries) -> SeriesState:
    """Where it stands: a request that its maker took back in the inbox leaves nothing to decide on."""
    state = SeriesState(series.state)
    request = series.request
    if state is SeriesState.PENDING and request is not None and request.state != ApprovalState.OPEN:
        return SeriesState.WITHDRAWN
    return state


def move_series(ctx: Context, series: PaymentSeries, move: str, *, note: str = "", **changes: Any) -> None:
    """Make one move of a locked series. Raises: move_not_allowed."""
    before, after = series.state, SERIES.after(series.state, move).value
    changes |= {"state": after, "state_at": ctx.at} | (
        {"note": mask_text(note.strip())[:500]} if note.strip() else {}
    )
    for name, value in changes.items():
        setattr(series, name, value)
    series.save(update_fields=list(changes))
    record(
        ctx, f"payments.series.{move}", "payment_series", series.id, before={"state": before},
        after={"state": after} | ({"note": series.note} if note.strip() else {}),
    )  # fmt: skip


def start_series(ctx: Context, request: ApprovalRequest) -> None:
    """It is in force; what is due today is made by the job."""
    series = lock_series(int(request.content["series"]))
    move_series(ctx, series, "approve")
    enqueue(ctx, MAKE_DUE, lock=f"{MAKE_DUE}:{ctx.group_id}")


def return_series(ctx: Context, request: ApprovalRequest, reason: str) -> None:
    move_series(ctx, lock_series(int(request.content["series"])), "return", note=reason)
