"""One payment inside an entry (TxDtls): references, the two parties, amounts and every text, as they stand."""

from __future__ import annotations

import re
from typing import NamedTuple

from moa.formats.iso20022.names import LOCAL, Element, parts_of, text_at, text_of

# The first that says something is the reference; the end-to-end reference is the payer's own and travels all the way.
_REFERENCES = (
    "EndToEndId",
    "InstrId",
    "TxId",
    "AcctSvcrRef",
    "PmtInfId",
    "ChqNb",
    "ClrSysRef",
    "MndtId",
    "MsgId",
    "UETR",
    "AcctOwnrTxId",
    "AcctSvcrTxId",
)
_NO_REFERENCE = frozenset(("NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF"))
_AMOUNTS_IN_DETAILS = ("TxAmt", "CntrValAmt", "InstdAmt", "PrtryAmt")
_LINE_ENDS = re.compile(r"[\t\r\n]+ *")

# Name and account of one side. Shape: the account is an IBAN or the bank's own number, as written; both may be "".
Party = tuple[str, str]
NOBODY: Party = ("", "")


class Payment(NamedTuple):
    """Shape: `amounts` (currency, text) in order of preference; `texts` every remittance and return text once."""

    reference: str
    bank_reference: str
    direction: str
    amounts: tuple[tuple[str, str], ...]
    debtor: Party
    creditor: Party
    texts: tuple[str, ...]


def read_payment(element: Element) -> Payment:
    """The payment of a TxDtls element. Nothing in it is judged here.

    Source: camt.053.001.02 to .13, EntryTransaction. TxDtls/Amt came with .03; before, and beside it, AmtDtls lists
    amounts by what they mean.
    """
    references = NOBODY
    direction = ""
    debtor = creditor = NOBODY
    amounts: tuple[tuple[str, str], ...] = ()
    texts: list[str] = []
    for part in element:
        name = LOCAL[part.tag]
        if name == "Refs":
            references = _references(part)
        elif name == "RltdPties":
            debtor, creditor = _parties(part)
        elif name == "RmtInf":
            _collect_remittance(part, texts)
        elif name == "Amt":
            amounts = ((part.get("Ccy", ""), text_of(part)), *amounts)
        elif name == "AmtDtls":
            amounts += _amounts(part)
        elif name == "CdtDbtInd":
            direction = text_of(part)
        elif name == "RtrInf":
            _collect_return(part, texts)
        elif name == "AddtlTxInf":
            _add(part.text, texts)
    if len(texts) > 1:
        texts = list(dict.fromkeys(texts))
    return Payment(*references, direction, amounts, debtor, creditor, tuple(texts))


def counterparty(payment: Payment, direction: str, reversal: bool, own: str) -> Party:
    """The other side: who paid a credit, who received a debit, never the account `own` itself.

    A reversal keeps the parties of the payment that it takes back, so the sides change over; a bank that turns
    them round itself leaves the expected side empty.
    """
    if (direction == "credit") != reversal:
        expected, other = payment.debtor, payment.creditor
    else:
        expected, other = payment.creditor, payment.debtor
    if expected[1] == own and own:
        return other
    return other if reversal and expected == NOBODY else expected


def account_number(account: Element) -> str:
    """The IBAN or other number of an account element; "" where it has none."""
    for part in account:
        if LOCAL[part.tag] == "Id":
            for number in part:
                return text_at(number, "Id") if len(number) else text_of(number)
    return ""


def one_line(text: str) -> str:
    """The text with its line ends as blanks: an indented file breaks lines inside texts."""
    return _LINE_ENDS.sub(" ", text) if "\n" in text or "\t" in text else text


def _references(refs: Element) -> tuple[str, str]:
    """The reference and the bank's own."""
    found: dict[str, str] = {}
    for part in refs:
        text = (part.text or "").strip()
        if text and text.upper() not in _NO_REFERENCE:
            found[LOCAL[part.tag]] = text
    bank_reference = found.get("AcctSvcrRef", "")
    for name in _REFERENCES:
        if name in found:
            return found[name], bank_reference
    return text_at(refs, "Prtry", "Ref"), bank_reference


def _parties(parties: Element) -> tuple[Party, Party]:
    """Debtor and creditor. Who pays or is paid in the end stands in for a party without a name."""
    debtor = creditor = payer = payee = debtor_account = creditor_account = ""
    for part in parties:
        name = LOCAL[part.tag]
        if name == "Dbtr":
            debtor = _name(part)
        elif name == "DbtrAcct":
            debtor_account = account_number(part)
        elif name == "Cdtr":
            creditor = _name(part)
        elif name == "CdtrAcct":
            creditor_account = account_number(part)
        elif name == "UltmtDbtr":
            payer = _name(part)
        elif name == "UltmtCdtr":
            payee = _name(part)
    return (debtor or payer, debtor_account), (creditor or payee, creditor_account)


def _name(party: Element) -> str:
    """Up to .06 the name is directly below the party, from .07 inside Pty, or the party is an agent, a bank."""
    for part in party:
        kind = LOCAL[part.tag]
        if kind == "Nm":
            return (part.text or "").strip()
        if kind == "Pty":
            return _name(part)
        if kind == "Agt":
            return text_at(part, "FinInstnId", "Nm") or text_at(part, "FinInstnId", "BICFI")
    return ""


def _amounts(details: Element) -> tuple[tuple[str, str], ...]:
    kinds = parts_of(details)
    return tuple(
        (part.get("Ccy", ""), text_of(part))
        for name in _AMOUNTS_IN_DETAILS
        for part in kinds.get(name, ())
        if LOCAL[part.tag] == "Amt"
    )


def _collect_remittance(remittance: Element, texts: list[str]) -> None:
    for part in remittance:
        if LOCAL[part.tag] != "Strd":
            _add(part.text, texts)
            continue
        for inner in part:
            name = LOCAL[inner.tag]
            if name == "AddtlRmtInf":
                _add(inner.text, texts)
            elif name == "CdtrRefInf":
                _add(text_at(inner, "Ref"), texts)
            elif name == "RfrdDocInf":
                _add(text_at(inner, "Nb"), texts)


def _collect_return(returned: Element, texts: list[str]) -> None:
    """Why a payment came back: the bank's code and words."""
    for part in returned:
        name = LOCAL[part.tag]
        if name == "Rsn":
            _add(text_at(part, "Cd") or text_at(part, "Prtry"), texts)
        elif name == "AddtlInf":
            _add(part.text, texts)


def _add(text: str | None, texts: list[str]) -> None:
    if text and (text := text.strip()):
        texts.append(text)
