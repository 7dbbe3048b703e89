"""The content of a voucher that is decided on: made from what was understood, and read back as what is booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from moa.control.context import Context
from moa.kernel.money import to_minor, to_text
from moa.ledger.lifecycle import DayState
from moa.ledger.models import Balance, Book, LedgerAccount
from moa.ledger.models.draft import VoucherDraft
from moa.ledger.period_state import closed_until
from moa.ledger.posting_state import read_rates, read_reversible
from moa.ledger.queries import day_under_way, last_closed_day
from moa.ledger.rules.decision import AccountFacts, Days, Decider
from moa.ledger.rules.sides import CREDIT, DEBIT
from moa.ledger.rules.vouchers import Leg, NewVoucher, content_of, currencies_of

Content = Mapping[str, Any]
SIDES = {DEBIT: "debit", CREDIT: "credit"}


def pinned_leg(account: LedgerAccount, minor: int, side: int, memo: str = "") -> dict[str, str]:
    """Shape: `amount` signed in the column of its side, so that red figures are negative. The account stands by its
    number too, for a code may look like a person's number and be masked."""
    return {
        "account_id": str(account.id), "account": account.code, "name": account.name, "side": SIDES[side],
        "amount": to_text(minor * side, account.currency), "currency": account.currency, "memo": memo,
    }  # fmt: skip


def pin(
    draft: VoucherDraft, day: date, value_date: date | None, legs: Sequence[Mapping[str, str]], *,
    attachments: Sequence[str] = (), **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """What is decided on. Shape: `attachments` the fingerprints of the documents."""
    return {
        "book": str(draft.book_id), "draft": str(draft.id), "kind": draft.kind, "business_date": str(day),
        "value_date": str(value_date or day), "memo": draft.memo, "legs": [dict(leg) for leg in legs],
        "attachments": list(attachments), **more,
    }  # fmt: skip


def size_of(content: Content) -> tuple[int | None, str]:
    """The debit total with its currency, which chooses the band; None where there are several currencies."""
    currencies = {leg["currency"] for leg in content["legs"]}
    if len(currencies) != 1:
        return None, ""
    currency = currencies.pop()
    amounts = [Decimal(leg["amount"]) for leg in content["legs"] if leg["side"] == "debit"]
    return to_minor(sum(map(abs, amounts), Decimal(0)), currency), currency


def key_of(content: Content, request_id: int) -> str:
    """Each request has a key of its own, so that what was refused once can be mended and asked for again."""
    return f"moa-voucher-{content['draft']}-{request_id}"


def to_post(content: Content, request_id: int) -> NewVoucher:
    """The voucher as it is booked when the request is approved."""
    codes = dict(
        LedgerAccount.objects.filter(
            book_id=int(content["book"]), id__in=[int(leg["account_id"]) for leg in content["legs"]]
        ).values_list("id", "code")
    )
    legs = []
    for leg in content["legs"]:
        side = DEBIT if leg["side"] == "debit" else CREDIT
        minor = to_minor(Decimal(leg["amount"]), leg["currency"]) * side
        legs.append(Leg(codes[int(leg["account_id"])], minor, side, leg["currency"]))
    reverses = content.get("reverses")
    return NewVoucher(
        key_of(content, request_id), date.fromisoformat(content["business_date"]),
        date.fromisoformat(content["value_date"]), tuple(legs), content["memo"], source_id=content["draft"],
        reverses=(int(reverses["voucher"]), int(reverses["period"])) if reverses else None,
    )  # fmt: skip


def foretell(ctx: Context, book: Book, voucher: NewVoucher) -> tuple[str, str]:
    """What the books would answer now, without a lock: the code of a refusal and its account, empty when booked."""
    found = Balance.objects.filter(book_id=book.id, account__code__in={leg.account for leg in voucher.legs})
    accounts = {
        one.account.code: AccountFacts(
            one.account_id, one.account.code, one.currency, one.account.normal_side, one.account.floor_minor,
            one.account.state, one.current_minor, one.held_minor, one.version,
        )
        for one in found.select_related("account")
    }  # fmt: skip
    day, closed = day_under_way(book), last_closed_day(book)
    takes = day is not None and day.state in (DayState.OPEN, DayState.REOPENED)
    open_on = day.business_date if day is not None and takes else None
    month, year = closed_until(book)
    decider = Decider(
        accounts=accounts, known={}, days=Days(open_on, closed.business_date if closed else None, month, year),
        functional=book.functional_currency, rates=read_rates(ctx, book, currencies_of([voucher]), open_on),
        reversible=read_reversible(book, [voucher.reverses] if voucher.reverses else []),
    )  # fmt: skip
    decision = decider.decide(voucher, content_of(voucher))
    return decision.code, decision.account
