"""File several payments for one decision (다계좌), those over a bank's limit as several transfers: number and total are pinned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from moa.control.access import require
from moa.control.approvals import submit
from moa.control.audit import record
from moa.control.context import Context
from moa.control.idempotency import once
from moa.control.models import ApprovalRequest
from moa.kernel.masking import mask_text
from moa.kernel.money import to_text
from moa.ledger.models import Book
from moa.payments.bundle_reading import BundleReading, ReadRow, common_unit, read_bundle, unit_of
from moa.payments.bundles import access_bundle, bundle_facts
from moa.payments.models import BANK, INTERNAL, PaymentBundle, PaymentOrder
from moa.payments.moves import move_order
from moa.payments.operations.ask_payee import ask_payee
from moa.payments.operations.create_order import book_by_code
from moa.payments.operations.save_order import SUBJECT
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.permissions import ENTER
from moa.payments.pinning import pinned_columns, pinned_content
from moa.payments.queries import hold_duplicates
from moa.payments.rules.several import MOST_ROWS
from moa.payments.rules.typed_orders import TypedOrder


def create_bundle(
    ctx: Context, rows: Sequence[TypedOrder], *, book: str = "", key: str = ""
) -> dict[str, Any]:
    """As the page does it, once for each key, for programs. Called in a closed Context. Raises: what submitting raises."""
    typed = [one._replace(purpose=one.purpose or "other") if one.is_of_bank else one for one in rows]
    with ctx.open():
        found = book_by_code(book)
    ask_all(ctx, found, typed)

    def create() -> dict[str, Any]:
        made = submit_bundle(ctx, found, typed)
        return bundle_facts(ctx, access_bundle(ctx, made.id, ENTER))

    if not key:
        with ctx.open():
            return create()
    content = {"rows": [one.as_json() for one in typed], "book": book}
    return once(ctx, "payments.create_bundle", key, content, create)


def ask_all(ctx: Context, book: Book, rows: Sequence[TypedOrder], *, again: bool = False) -> None:
    """Whose account each is; what a bank said of one within the day is not asked again. Called in a closed Context."""
    for one in rows[:MOST_ROWS]:
        if one.is_of_bank:
            ask_payee(ctx, book, one, again=again)


def submit_bundle(ctx: Context, book: Book, rows: Sequence[TypedOrder]) -> PaymentBundle:
    """All of them or nothing. Each becomes an order with an outcome of its own.

    Raises: forbidden, payment_flawed with the row behind each field, nobody_can_approve, no_rate_for_limit.
    """
    require(ctx, ENTER)
    typed = [
        one._replace(
            memo=mask_text(one.memo), duplicate_reason=mask_text(one.duplicate_reason), name_reason=mask_text(one.name_reason)
        )
        for one in rows
    ]  # fmt: skip
    hold_duplicates(ctx)
    return file_bundle(ctx, book, read_bundle(ctx, book, typed))


def file_bundle(ctx: Context, book: Book, reading: BundleReading) -> PaymentBundle:
    """The same of masked rows that were read in this transaction. Raises: as `submit_bundle`."""
    require(ctx, ENTER)
    if reading.flaws:
        raise OrderFlawed(reading.flaws)
    unit_id = common_unit(book, reading)
    bundle = PaymentBundle.objects.create(
        group_id=ctx.group_id, book_id=book.id, unit_id=unit_id, maker_id=ctx.actor.person_id, made_at=ctx.at,
        rows=[row.typed.as_json() for row in reading.rows], count=len(reading.rows), currency=reading.currency,
        total_minor=reading.total_minor,
    )  # fmt: skip
    parts = [
        (row, amount, _make(ctx, book, bundle, row, part, amount))
        for row in reading.rows
        for part, amount in enumerate(row.amounts, 1)
    ]
    request = _file(ctx, book, bundle, reading, parts)
    for row, amount, order in parts:
        of_part = replace(row.reading, amount_minor=amount)
        columns = pinned_columns(unit_of(book, row.reading.payer), row.typed, of_part)
        move_order(ctx, order, "submit", note=str(bundle), **columns, request_id=request.id, problem="")
    bundle.request = request
    bundle.save(update_fields=["request"])
    record(
        ctx,
        "payments.bundle.made",
        "payment_bundle",
        bundle.id,
        after={"request": request.id, "count": len(parts)},
    )
    return bundle


def _make(
    ctx: Context, book: Book, bundle: PaymentBundle, row: ReadRow, part: int, amount: int
) -> PaymentOrder:
    form = row.typed
    if len(row.amounts) > 1:
        form = form._replace(amount=to_text(amount, row.reading.currency))
    return PaymentOrder.objects.create(
        group_id=ctx.group_id, book_id=book.id, maker_id=ctx.actor.person_id, made_at=ctx.at, saved_at=ctx.at,
        state_at=ctx.at, form=form.as_json(), kind=BANK if form.is_of_bank else INTERNAL, bundle_id=bundle.id,
        place=row.number, part=part,
    )  # fmt: skip


def _file(
    ctx: Context,
    book: Book,
    bundle: PaymentBundle,
    reading: BundleReading,
    parts: list[tuple[ReadRow, int, PaymentOrder]],
) -> ApprovalRequest:
    items = {}
    for row, amount, order in parts:
        of_part = replace(row.reading, amount_minor=amount)
        items[str(order.id)] = {
            **pinned_content(book, unit_of(book, row.reading.payer), row.typed, of_part, row.twins), "row": str(row.number),
            "duplicate_reason": row.typed.duplicate_reason.strip(),
        }  # fmt: skip
    content = {
        "bundle": str(bundle.id), "book": str(book.id), "unit": str(bundle.unit_id or ""), "count": str(bundle.count),
        "currency": bundle.currency, "total_minor": str(bundle.total_minor),
        "total": to_text(bundle.total_minor, bundle.currency), "items": items,
    }  # fmt: skip
    return submit(
        ctx, subject_type=SUBJECT, subject_id=bundle, content=content, unit_id=bundle.unit_id,
        amount_minor=bundle.total_minor, currency=bundle.currency,
        due_on=min(row.reading.pay_on for row in reading.rows if row.reading.pay_on),
    )  # fmt: skip
