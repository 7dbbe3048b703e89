"""Ask our bank whose an account is before anything is approved; what it says is kept with the moment."""

from __future__ import annotations

from moa.channels.operations.ask_bank import channel_to
from moa.channels.queries import access_connection
from moa.control.access import require
from moa.control.context import Context
from moa.control.queries import machine_context
from moa.kernel.errors import DomainError
from moa.ledger.models import Book
from moa.payments.bank_reading import ASKED_WITHIN
from moa.payments.models import PayeeInquiry
from moa.payments.permissions import ENTER
from moa.payments.queries import last_inquiry
from moa.payments.reading import read_order
from moa.payments.rules.typed_orders import TypedOrder

SECONDS = 10


def ask_payee(ctx: Context, book: Book, typed: TypedOrder, *, again: bool = False) -> PayeeInquiry | None:
    """None where the form does not say an account at a bank yet. An answer of the last day is not asked for again, but
    silence is, and everything is with `again`.

    Called in a closed Context, for each message is committed by itself. Raises: forbidden.
    """
    with ctx.open():
        require(ctx, ENTER)
        reading = read_order(ctx, book, typed)
        if not reading.to_bank or not reading.to_account or reading.via is None:
            return None
        known = last_inquiry(reading.to_bank, reading.to_account, ctx.at - ASKED_WITHIN)
        if known is not None and known.answered in ("done", "refused") and not again:
            return known
        via = reading.via.account.bank_code
    return ask_bank(ctx, via, reading.to_bank, reading.to_account, reading.amount_minor or 0)


def ask_bank(ctx: Context, via: str, to_bank: str, to_account: str, amount_minor: int) -> PayeeInquiry:
    """Ask our bank `via` now. Called in a closed Context by who has the right to pay to the account, or pays on its day."""
    # Who enters payments may have it asked, without a right to the lines themselves.
    machine = machine_context(ctx.group_id, at=ctx.at, channel=ctx.channel, request_id=ctx.request_id)
    channel = channel_to(machine, via, seconds=SECONDS)
    try:
        said = channel.inquire_payee(to_bank, to_account, amount_minor)
        answered, code, message = said.asked.answered.value, said.asked.code, said.asked.message_id or None
        name, is_closed = said.name or "", said.is_closed
    except DomainError as fault:
        if fault.code not in ("message_numbers_used_up", "message_unwritable"):
            raise
        answered, code, message, name, is_closed = "not_sent", "", None, "", False
    with machine.open():
        line = access_connection(machine, via)
    with ctx.open():
        return PayeeInquiry.objects.create(
            group_id=ctx.group_id, connection_id=line.id, bank_code=to_bank, account=to_account, answered=answered,
            code=code, name=name[:40], is_closed=is_closed, message_id=message, person_id=ctx.actor.person_id,
            asked_at=ctx.at,
        )  # fmt: skip
