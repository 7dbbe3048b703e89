"""An entry that bundles several payments: its name, and the payments as details."""

from __future__ import annotations

from moa.formats.iso20022.fields import DIRECTIONS, Frame
from moa.formats.iso20022.names import LOCAL, Element, text_at
from moa.formats.iso20022.payment import Payment, counterparty, one_line
from moa.formats.iso20022.values import amount_minor
from moa.formats.statements import Detail
from moa.kernel.errors import DomainError, Problem, warning
from moa.kernel.money import minor_digits, to_text


def batch_reference(details: Element | None) -> str:
    """The order that a batch came from, by NtryDtls/Btch; "" where it is not named."""
    for part in () if details is None else details:
        if LOCAL[part.tag] == "Btch":
            return text_at(part, "PmtInfId") or text_at(part, "MsgId")
    return ""


def batch_texts(payments: list[Payment]) -> tuple[str, ...]:
    """The texts of payments that cannot become details because the bank gave them no amount."""
    return tuple(text for payment in payments if not payment.amounts for text in payment.texts)


def read_details(
    payments: list[Payment],
    amount: int,
    direction: str,
    reversal: bool,
    frame: Frame,
    place: str,
    problems: list[Problem],
) -> tuple[Detail, ...]:
    """The payments that have an amount. Warns where they do not add up to the entry: charges kept back, for one."""
    details: list[Detail] = []
    signed = unsigned = 0
    comparable = True
    for payment in payments:
        side = DIRECTIONS.get(payment.direction, direction)
        minor, currency = _detail_amount(payment, frame)
        comparable = comparable and currency == frame.currency
        if minor is None:
            continue
        signed += minor if side == direction else -minor
        unsigned += minor
        party = counterparty(payment, side, reversal, frame.account)
        text = one_line(" ".join(payment.texts))
        details.append(Detail(minor, currency, side, payment.reference, text, *party))
    missing = len(payments) - len(details)
    if missing:
        text = f"{missing} of {len(payments)}"
        problems.append(warning("detail_amount_missing", place, "TxDtls/Amt", text))
    elif comparable and amount not in (signed, unsigned):
        text = f"{to_text(amount, frame.currency)} ≠ {to_text(unsigned, frame.currency)}"
        problems.append(warning("batch_sum_differs", place, "TxDtls/Amt", text))
    return tuple(details)


def _detail_amount(payment: Payment, frame: Frame) -> tuple[int | None, str]:
    """In the account's currency if the bank wrote it so, else the first amount in its own."""
    for currency, text in payment.amounts:
        if currency == frame.currency and frame.digits is not None:
            return amount_minor(text, frame.digits), currency
    for currency, text in payment.amounts:
        try:
            return amount_minor(text, minor_digits(currency)), currency
        except DomainError:
            continue
    return None, frame.currency
