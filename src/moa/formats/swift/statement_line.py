"""One statement line: the :61: field with its narrative, as an entry.

Shape: value date YYMMDD, entry date MMDD or none, mark C D RC RD EC ED, funds code, amount, transaction type, customer
reference, "//" bank reference, and a supplementary line.
Source: SWIFT MT940 and MT942, field 61; the deviations are those that banks send.
"""

from __future__ import annotations

import re
from datetime import date

from moa.formats.statements import Entry
from moa.formats.swift.amounts import Unreadable, day_of, end_of_february, entry_day, minor_of
from moa.formats.swift.fields import LONGEST_FIELD
from moa.formats.swift.message import BOOKED, MARKS, Message
from moa.formats.swift.narrative import Narrative, looks_like_iban, sepa_value, understand, understand_lines
from moa.kernel.errors import Problem, error, warning
from moa.kernel.masking import mask_text

_LINE = re.compile(
    r"(\d{6}(?:\d{4}|    )?)(R?[CD]|E[CD])[A-Z]?[ \n]?0{0,17}(\d{1,15})(,)?(\d{0,14})"
    r" ?(?:(?:(?!NONREF)[A-Z][A-Za-z0-9 ]{3}|(?=//|NONREF))([^\n]*))?[ ]*(?:\n([\s\S]*))?\Z"
)
# What the customer reference holds when the reference itself stands in the narrative.
_END_TO_END = frozenset(["", "NONREF", "EREF", "EREF+"])
_INSTRUCTION = frozenset(["KREF", "KREF+"])
_REFERENCE_WIDTH = 16
_NO_NARRATIVE = Narrative()
# A file has few days and many lines. What has a problem is not kept: the next line must name it again.
_MOST_DAYS = 4096
_known_days: dict[str, tuple[date, date]] = {}


def entry_of(
    message: Message, place: str, line: str, narratives: list[str], extra: str, problems: list[Problem]
) -> Entry | None:
    """The entry of one :61: line, added to the sums of its message; None, with problems, if it cannot be read.

    Problems: line_unreadable, date_impossible, amount_too_fine, date_adjusted, amount_without_comma.
    """
    found = _LINE.match(line)
    if found is None:
        problems.append(error("line_unreadable", place, ":61:", mask_text(line.split("\n")[0][:80])))
        message.unreadable += 1
        return None
    days, mark, whole, comma, fraction, references, supplement = found.groups()
    dates = _known_days.get(days) or _dates(days, place, problems)
    if comma and len(fraction) == message.digits:
        minor: int | None = int(whole + fraction)
    else:
        minor = _unusual_amount(message, whole, fraction, place, problems)
        if not comma:
            problems.append(warning("amount_without_comma", place, ":61:", whole))
    if dates is None or minor is None:
        message.unreadable += 1
        return None
    booked_on, value_day = dates
    direction, status = MARKS[mark]
    sums = message.sums[mark]
    sums.count += 1
    sums.minor += minor
    if booked_on is not message.latest_seen and status is BOOKED:
        message.saw_day(booked_on)
    narrative = _NO_NARRATIVE
    if narratives:
        text = narratives[0] if len(narratives) == 1 else "\n".join(narratives)
        if len(text) > LONGEST_FIELD:
            problems.append(error("field_too_long", place, ":86:"))
        narrative = understand(text)
    reference, bank_reference, name = (
        _references(references, narrative) if references else _no_references(narrative)
    )
    if extra or supplement or name:
        narrative = _with_extras(narrative, supplement or "", name, extra)
    # Straight into the tuple: the generated constructor would cost a twentieth of the whole reading time.
    return tuple.__new__(
        Entry,
        (
            booked_on, value_day, None, minor, message.currency, direction, status, reference, bank_reference,
            narrative[0], narrative[1], narrative[2], None, place, (),
        ),
    )  # fmt: skip


def _dates(days: str, place: str, problems: list[Problem]) -> tuple[date, date] | None:
    """Booking and value date of YYMMDD with MMDD, blanks or nothing behind it."""
    value_text, entry_text = days[:6], days[6:].strip()
    value_day = day_of(value_text)
    adjusted = None if value_day else end_of_february(value_text)
    if adjusted is not None:
        problems.append(warning("date_adjusted", place, ":61:", value_text))
        value_day = adjusted
    booked_on = entry_day(value_day, entry_text) if value_day and entry_text else value_day
    if booked_on is None or value_day is None:
        bad = value_text if value_day is None else entry_text
        problems.append(error("date_impossible", place, ":61:", bad))
        return None
    if adjusted is None:
        if len(_known_days) >= _MOST_DAYS:
            _known_days.clear()
        _known_days[days] = booked_on, value_day
    return booked_on, value_day


def _unusual_amount(
    message: Message, whole: str, fraction: str, place: str, problems: list[Problem]
) -> int | None:
    """An amount with more or fewer decimals than its currency has, or in a statement of unknown currency."""
    if message.digits < 0:
        return None
    try:
        return minor_of(whole, fraction, message.digits)
    except Unreadable as refusal:
        problems.append(error(refusal.code, place, ":61:", f"{whole},{fraction}"))
        return None


def _no_references(narrative: Narrative) -> tuple[str, str, str]:
    return narrative.reference or sepa_value(narrative.description, "EREF+"), "", ""


def _references(text: str, narrative: Narrative) -> tuple[str, str, str]:
    """Customer reference, bank reference, and a name that some banks put behind a reference filled to its width."""
    customer, _, bank = text.partition("//")
    name = ""
    if len(customer) > _REFERENCE_WIDTH and customer[_REFERENCE_WIDTH - 1] == " ":
        customer, name = customer[:_REFERENCE_WIDTH], customer[_REFERENCE_WIDTH:].strip()
    customer, bank = customer.strip(), bank.strip()
    if customer in _END_TO_END:
        customer = narrative.reference or sepa_value(narrative.description, "EREF+")
    elif customer in _INSTRUCTION:
        customer = narrative.instruction or sepa_value(narrative.description, "KREF+")
    elif len(customer) < 4 and not any(map(str.isalnum, customer)):
        customer = ""
    return customer, "" if bank == "NONREF" else bank, name


def _with_extras(narrative: Narrative, supplement: str, name: str, extra: str) -> Narrative:
    """The narrative with what stood outside it: the supplementary line, a name behind the reference, :NS: lines."""
    description, counterparty, account, reference, instruction = narrative
    if extra:
        lines = understand_lines(extra)
        description = _beside(description, lines.description)
        counterparty, account = counterparty or lines.counterparty, account or lines.counterparty_account
    counterparty = counterparty or name
    said = " ".join(supplement.split())
    if said and not account and looks_like_iban(said):
        account = said
    elif said:
        description = _beside(description, said)
    return Narrative(description, counterparty, account, reference, instruction)


def _beside(text: str, more: str) -> str:
    if not text or not more:
        return text or more
    return text if more in text else f"{text} | {more}"
