"""The fields that an entry and a balance are made of, each read on its own: direction, amount, status, dates."""

from __future__ import annotations

from datetime import date, time
from typing import NamedTuple

from moa.formats.iso20022.names import LOCAL, Element, text_at, text_of
from moa.formats.iso20022.values import amount_minor, february_end, moment
from moa.kernel.errors import Problem, error, warning
from moa.kernel.masking import mask_text
from moa.kernel.money import CURRENCIES, minor_digits

DIRECTIONS = {"CRDT": "credit", "DBIT": "debit"}
_STATUSES = {"BOOK": "booked", "PDNG": "pending", "FUTR": "pending", "INFO": "info"}
_LONGEST_VALUE = 120
# ISO 20022 writes amounts with five decimals at most.
_MOST_DECIMALS = 5


class Frame(NamedTuple):
    """What the statement around an entry says.

    Shape: `digits` the currency's decimals, None for an unknown currency, which has been said once already;
    `fallback` a day of the statement for an entry that names none; `unstated` the status of such an entry.
    """

    account: str
    currency: str
    digits: int | None
    fallback: date | None
    unstated: str


def shown(text: str) -> str:
    """A value of the file as it may stand in a finding: short, and without a person's numbers."""
    return mask_text(text[:_LONGEST_VALUE])


def read_direction(part: Element | None, place: str, problems: list[Problem]) -> str | None:
    """The word for CRDT or DBIT; anything else is a finding and None."""
    text = "" if part is None else (part.text or "").strip()
    direction = DIRECTIONS.get(text)
    if direction is None:
        problems.append(error("direction_unknown", place, "CdtDbtInd", shown(text)))
    return direction


def read_amount(
    part: Element | None, currency: str, digits: int | None, place: str, problems: list[Problem]
) -> int | None:
    """The amount in minor units of the account's currency; a finding and None where it is not one."""
    if part is None:
        problems.append(error("amount_missing", place, "Amt"))
        return None
    text = (part.text or "").strip()
    written = part.get("Ccy", "")
    if written != currency:
        if written:
            problems.append(error("currency_mismatch", place, "Amt/@Ccy", f"{shown(written)} ≠ {currency}"))
        else:
            problems.append(error("currency_missing", place, "Amt/@Ccy"))
        return None
    if digits is None:
        return None
    minor = amount_minor(text, digits)
    if minor is None:
        code = "amount_unreadable" if text else "amount_missing"
        if amount_minor(text, _MOST_DECIMALS) is not None:
            code = "amount_too_fine"
        problems.append(error(code, place, "Amt", shown(text)))
    return minor


def own_currency(part: Element | None, frame: Frame) -> tuple[Frame, int] | None:
    """The frame in the currency that an amount is written in, and the amount; None where it is the frame's, or not one."""
    written = "" if part is None else part.get("Ccy", "")
    if part is None or written == frame.currency or written not in CURRENCIES:
        return None
    digits = minor_digits(written)
    minor = amount_minor((part.text or "").strip(), digits)
    return None if minor is None else (frame._replace(currency=written, digits=digits), minor)


def read_status(part: Element | None, frame: Frame, place: str, problems: list[Problem]) -> str | None:
    """Booked, pending or info. The bank's own status moves nothing: info, with a warning.

    Source: camt.053 ReportEntry/Sts. Up to .06 it is a code, from .07 it has Cd or Prtry inside.
    """
    text = own = ""
    if part is not None:
        if not len(part):
            text = text_of(part)
        elif LOCAL[part[0].tag] == "Cd":
            text = text_of(part[0])
        else:
            own = text_at(part, "Prtry")
    status = _STATUSES.get(text)
    if status is not None:
        return status
    if text:
        problems.append(error("status_unknown", place, "Sts", shown(text)))
        return None
    if own:
        problems.append(warning("status_proprietary", place, "Sts/Prtry", shown(own)))
        return "info"
    problems.append(warning("status_missing", place, "Sts"))
    return frame.unstated


def date_text(part: Element | None) -> str:
    """The text of Dt or DtTm inside, or of the element itself as the first version wrote it."""
    if part is None:
        return ""
    for inner in part:
        return (inner.text or "").strip()
    return (part.text or "").strip()


def read_value_date(part: Element | None, place: str, problems: list[Problem]) -> date | None:
    """The value date, if there is one. Day rule: 30 February, which some banks send, is the month's last day."""
    text = date_text(part)
    if not text:
        return None
    found = moment(text)
    if found is not None:
        return found[0]
    moved = february_end(text)
    if moved is None:
        problems.append(error("date_impossible", place, "ValDt", shown(text)))
    else:
        problems.append(warning("date_adjusted", place, "ValDt", shown(text)))
    return moved


def read_booking_date(
    part: Element | None,
    value_date: date | None,
    status: str | None,
    frame: Frame,
    place: str,
    problems: list[Problem],
) -> tuple[date, time | None] | None:
    """The day of booking; of an entry that names none its value date, else a day of the statement."""
    text = date_text(part)
    if text:
        found = moment(text)
        if found is None:
            problems.append(error("date_impossible", place, "BookgDt", shown(text)))
        return found
    day = value_date or frame.fallback
    if day is None:
        problems.append(error("date_missing", place, "BookgDt"))
        return None
    if status == "booked":
        problems.append(warning("booking_date_missing", place, "BookgDt", day.isoformat()))
    return day, None
