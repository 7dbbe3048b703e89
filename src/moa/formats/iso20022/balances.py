"""Balances (Bal) of a statement, and which of them are its opening and its closing one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from moa.formats.iso20022.fields import date_text, read_amount, read_direction, shown
from moa.formats.iso20022.names import Element, parts_of, text_at
from moa.formats.iso20022.values import moment
from moa.kernel.errors import Problem, error, warning

_BOOKED = frozenset(("OPBD", "PRCD", "CLBD", "ITBD"))
# Available, expected and informative balances do not tie to the booked entries.
_OTHERS = frozenset(("OPAV", "CLAV", "FWAV", "ITAV", "INFO", "XPCD"))
_NEVER = date.max


class Balance(NamedTuple):
    """Shape: `minor` signed minor units, overdrawn negative; `day` the day as the bank dated it."""

    code: str
    minor: int
    day: date | None


class Ends(NamedTuple):
    """The two ends of a statement. `interim`: one of them is an interim balance, of a page or of the day."""

    opening: Balance | None
    closing: Balance | None

    @property
    def interim(self) -> bool:
        return any(end is not None and end.code == "ITBD" for end in self)


def balance_code(element: Element) -> str:
    """The code of the balance's type; "" where it has the bank's own type or none. `Tp/Cd` is the first version's."""
    return text_at(element, "Tp", "CdOrPrtry", "Cd") or text_at(element, "Tp", "Cd")


def read_balance(
    element: Element, currency: str, digits: int | None, place: str, problems: list[Problem]
) -> Balance | None:
    """A booked balance; None for one of another kind, and where it cannot be read, which is a finding."""
    code = balance_code(element)
    if code not in _BOOKED:
        if code and code not in _OTHERS:
            problems.append(warning("balance_code_unknown", place, "Tp/CdOrPrtry/Cd", shown(code)))
        return None
    parts = parts_of(element)
    minor = read_amount(parts.get("Amt"), currency, digits, place, problems)
    day = _day(parts.get("Dt"), place, problems)
    if minor is None:
        return None
    if not minor and "CdtDbtInd" not in parts:
        return Balance(code, 0, day)
    direction = read_direction(parts.get("CdtDbtInd"), place, problems)
    if direction is None:
        return None
    return Balance(code, minor if direction == "credit" else -minor, day)


def find_ends(balances: list[Balance]) -> Ends:
    """The opening and closing balance among those of a statement.

    Several of a kind are those of its pages or days: the earliest opening one and the latest closing one count.
    Without an opening one the previous closing stands for it; an interim balance stands for the end of a page.
    Source: ISO 20022 ExternalBalanceType1Code.
    """
    interims = [balance for balance in balances if balance.code == "ITBD"]
    openings = _of(balances, "OPBD") or _of(balances, "PRCD")
    closings = _of(balances, "CLBD")
    opening = min(openings, key=lambda balance: balance.day or _NEVER, default=None)
    if opening is None and len(interims) + len(closings) > 1:
        opening = interims.pop(0) if interims else None
    if not closings:
        return Ends(opening, interims[-1] if interims else None)
    latest = max(balance.day or date.min for balance in closings)
    return Ends(opening, [balance for balance in closings if (balance.day or date.min) == latest][-1])


def first_day(opening: Balance | None) -> date | None:
    """The first day that the opening balance speaks for. Day rule: the previous closing is dated the day before."""
    if opening is None or opening.day is None or opening.code != "PRCD":
        return opening.day if opening else None
    return opening.day + timedelta(days=1) if opening.day < _NEVER else opening.day


def _of(balances: list[Balance], code: str) -> list[Balance]:
    return [balance for balance in balances if balance.code == code]


def _day(part: Element | None, place: str, problems: list[Problem]) -> date | None:
    if part is None:
        return None
    text = date_text(part)
    found = moment(text)
    if found is None:
        problems.append(error("date_impossible", place, "Dt", shown(text)))
        return None
    return found[0]
