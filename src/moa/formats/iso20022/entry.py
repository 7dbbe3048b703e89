"""One entry (Ntry) of a statement: what was booked, or is announced, with the payments it bundles."""

from __future__ import annotations

from typing import NamedTuple

from moa.formats.iso20022.batch import batch_reference, batch_texts, read_details
from moa.formats.iso20022.fields import (
    Frame,
    own_currency,
    read_amount,
    read_booking_date,
    read_direction,
    read_status,
    read_value_date,
)
from moa.formats.iso20022.names import LOCAL, Element, text_at, text_of
from moa.formats.iso20022.payment import NOBODY, Payment, counterparty, one_line, read_payment
from moa.formats.statements import Detail, Entry
from moa.kernel.errors import Problem

_TRUE = ("true", "1")


class Reading(NamedTuple):
    """What an element gave: the entry if it can stand, and what goes into the sums even if it cannot.

    Shape: `amount_minor`, `direction` and `status` None where they cannot be told, so that no sum can be checked.
    """

    entry: Entry | None
    amount_minor: int | None
    direction: str | None
    status: str | None


def read_entry(
    element: Element, place: str, frame: Frame, before: list[Payment], problems: list[Problem]
) -> Reading:
    """The entry of a Ntry element; `before` are payments that were taken out of it already. Findings are added to
    `problems`.

    The direction is the booked side as it stands, also of a reversal.
    Source: camt.053.001.02 to .13, ReportEntry.
    """
    parts = {LOCAL[part.tag]: part for part in element}
    payments = _payments(element, parts, before)
    status = read_status(parts.get("Sts"), frame, place, problems)
    direction = read_direction(parts.get("CdtDbtInd"), place, problems)
    amount = read_amount(parts.get("Amt"), frame.currency, frame.digits, place, problems)
    counted = amount
    if amount is None and (own := own_currency(parts.get("Amt"), frame)) is not None:
        # In another currency than the account the entry is a fault, but it is shown as the bank wrote it.
        frame, amount = own
    value_date = read_value_date(parts.get("ValDt"), place, problems)
    booked = read_booking_date(parts.get("BookgDt"), value_date, status, frame, place, problems)
    if amount is None or direction is None or status is None or booked is None:
        return Reading(None, counted, direction, status)
    reversal = "RvslInd" in parts and text_of(parts["RvslInd"]) in _TRUE
    details: tuple[Detail, ...] = ()
    if len(payments) == 1:
        reference, bank_reference, _, _, _, _, texts = payments[0]
        name, account = counterparty(payments[0], direction, reversal, frame.account)
    else:
        (name, account), bank_reference = NOBODY, ""
        reference, texts = batch_reference(parts.get("NtryDtls")), batch_texts(payments)
        if payments:
            details = read_details(payments, amount, direction, reversal, frame, place, problems)
    own_reference = text_of(parts["NtryRef"]) if "NtryRef" in parts else ""
    if "AcctSvcrRef" in parts:
        bank_reference = text_of(parts["AcctSvcrRef"]) or bank_reference
    entry = Entry(
        booked[0],
        value_date,
        booked[1],
        amount,
        frame.currency,
        direction,
        status,
        reference or own_reference or bank_reference,
        bank_reference or own_reference,
        _description(texts, parts),
        one_line(name),
        account,
        None,
        place,
        details,
    )
    return Reading(entry, counted, direction, status)


def _payments(element: Element, parts: dict[str, Element], before: list[Payment]) -> list[Payment]:
    if len(parts) == len(element):
        details = [parts["NtryDtls"]] if "NtryDtls" in parts else []
    else:
        details = element.iterchildren("{*}NtryDtls")
    found = [read_payment(part) for inner in details for part in inner if LOCAL[part.tag] == "TxDtls"]
    return before + found if before else found


def _description(texts: tuple[str, ...], parts: dict[str, Element]) -> str:
    """Every text once, in the order of the file; without any, the bank's transaction code."""
    if "AddtlNtryInf" in parts:
        more = text_of(parts["AddtlNtryInf"])
        if more and more not in texts:
            texts += (more,)
    if texts:
        return one_line(" ".join(texts))
    return _transaction_code(parts.get("BkTxCd"))


def _transaction_code(code: Element | None) -> str:
    own = text_at(code, "Prtry", "Cd")
    if own:
        return own
    levels = (("Domn", "Cd"), ("Domn", "Fmly", "Cd"), ("Domn", "Fmly", "SubFmlyCd"))
    return " ".join(filter(None, (text_at(code, *level) for level in levels)))
