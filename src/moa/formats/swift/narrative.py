"""What a :86: narrative says: description, counterparty, its account, reference.

Banks write it in four ways: numbered subfields ("?20", "<20", "~20", "+20": German, Polish, Romanian), slash codes
("/NAME/…/REMI/…": Dutch and SWIFT's own), numbered lines of a :NS: field, and plain text. Whatever is not
understood stays in the description, so that nothing of the text is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

# A line of the full width was cut by its length, not by its sense; any other ended where the bank wanted.
LINE_WIDTH = 65
_NEARLY_FULL = 60
# German purpose and name subfields are filled to 27 characters and run on in the next one.
_FULL_SUBFIELD = 27

_SUBFIELDS = re.compile(r" *(\d{3})? *([?<>~^+|@])(?=\d\d)")
_CUT = {
    # Only numbers that exist cut the text; the sign in front of anything else belongs to the text.
    sign: re.compile(re.escape(sign) + r"(00|[123]\d|6[0-5]|7[01])")
    for sign in "?<>~^+|@"
}
_PURPOSE = frozenset([f"{number}" for number in (*range(20, 30), *range(60, 66))])
_MOST_PLANS = 1000

_SLASH_START = re.compile(r"\s*/[A-Z]{2,5}/")
_SLASH_CODES = re.compile(
    r"/(EREF|KREF|MREF|IREF|PREF|MARF|CSID|CNTP|REMI|BENM|ORDP|NAME|IBAN|BIC|TRTP|ADDR|ISDT|RTRN|ULTC|ULTD|ULTB"
    r"|PURP|ACCW|ID|TRCD|TRAN|SVCL|SRN|ROC|OCMT|CHGS|EXCH|USTD|STRD|PT|PY|INST|ACC)/"
)
_SEPA_CODE = re.compile(r"\s?[A-Z]{4}\+| \[")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}\Z")
_IBAN_THEN_NAME = re.compile(r"([A-Z]{2}\d{2}[A-Z]{4}[A-Z0-9]{7,26}) (\S.*)")
_ACCOUNT_THEN_NAME = re.compile(r"([A-Z]{0,2}\d{8,32}) ?/ ?([^/]+)")
_DUTCH = re.compile(r"REK: ?(\S+?)/NAAM: ?(.+)")
_POLISH = re.compile(r"(?:Z|NA) RACH\.: *([\d ]{26,34}); *(?:OD|DLA): *([^;]+)")
_NOT_PROVIDED = frozenset(["NONREF", "NOTPROVIDED", "NOT PROVIDED", "NICHT ANGEGEBEN"])


class Narrative(NamedTuple):
    """Shape: `reference` is the end-to-end reference, `instruction` the customer's own, where slash codes state them."""

    description: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    reference: str = ""
    instruction: str = ""


class _Plan(NamedTuple):
    """How to put the parts of a cut text together. Shape: `booking` and `account` are places, 0 where missing."""

    purpose: Callable[[list[str]], Sequence[str]]
    name: Callable[[list[str]], Sequence[str]]
    booking: int
    account: int
    other: Callable[[list[str]], object] | None
    codes: str


# A bank sends few sequences of numbers, so each sequence is planned once.
_plans: dict[str, _Plan] = {}


def understand(text: str) -> Narrative:
    """The parts of a :86: narrative, its lines still as the file has them."""
    found = _SUBFIELDS.match(text)
    if found:
        return _from_subfields(_join_cut(text) if "\n" in text else text, found)
    if "\n" in text:
        text = _join(text)
    if _SLASH_START.match(text):
        return _from_slash_codes(text)
    return _from_plain(text)


def understand_lines(text: str) -> Narrative:
    """The parts of a :NS: field below a statement line: two digits in front of each line.

    Source: the German banks' extension: 01–14 purpose, 15–16 name, 17 booking text, 33 bank, 34 account.
    """
    purpose, name, rest, account, booking = [], [], [], "", ""
    for line in text.split("\n"):
        number, value = line[:2], line[2:].strip()
        if not value:
            continue
        if not number.isdigit():
            purpose.append(line.strip())
        elif "01" <= number <= "14":
            purpose.append(value)
        elif number in ("15", "16"):
            name.append(value)
        elif number == "17":
            booking = value
        elif number == "34":
            account = value
        else:
            rest.append(f"{number} {value}")
    if rest:
        purpose.append(f"[{' '.join(rest)}]")
    said = " ".join([part for part in (booking, *purpose) if part])
    return Narrative(_squeeze(said), _squeeze(" ".join(name)), account)


def looks_like_iban(text: str) -> bool:
    return _IBAN.match(text) is not None


def _from_subfields(text: str, found: re.Match[str]) -> Narrative:
    kind, sign = found.groups()
    pieces = _CUT[sign].split(text)
    numbers = "".join(pieces[1::2])
    purpose, name, booking, account, other, codes = _plans.get(numbers) or _plan(numbers)
    said = _run_on(purpose(pieces))
    if booking:
        said = f"{pieces[booking].strip()} {said}" if said else pieces[booking].strip()
    if kind == "000":
        kind = ""
    if other is not None:
        codes %= other(pieces)
        said = f"{said} [{kind} {codes}]" if kind else f"{said} [{codes}]"
    elif kind:
        said = f"{said} [{kind}]"
    return Narrative(
        said.strip(),
        _run_on(name(pieces)),
        pieces[account].replace(" ", "") if account else "",
    )


def _plan(numbers: str) -> _Plan:
    """Source: the German DK annex 3 to MT940, field 86; 38 and 60–65 also in Poland and Luxembourg."""
    purpose, name, other = [], [], []
    booking = account = iban = 0
    for value in range(2, len(numbers) + 2, 2):
        number = numbers[value - 2 : value]
        if number in _PURPOSE:
            purpose.append(value)
        elif number in ("32", "33"):
            name.append(value)
        elif number == "00" and not booking:
            booking = value
        elif number == "31" and not account:
            account = value
        elif number == "38" and not iban:
            iban = value
        else:
            other.append(value)
    if iban and account:
        other.append(account)
    # What has no field of its own is kept at the end of the description, with its number.
    codes = " ".join(f"?{numbers[value - 2 : value]} %s" for value in other)
    plan = _Plan(
        _getter(purpose),
        _getter(name),
        booking,
        iban or account,
        itemgetter(*other) if other else None,
        codes,
    )
    if len(_plans) >= _MOST_PLANS:
        _plans.clear()
    _plans[numbers] = plan
    return plan


def _getter(places: list[int]) -> Callable[[list[str]], Sequence[str]]:
    """What picks these places out of a list, always as a sequence."""
    if len(places) > 1:
        return itemgetter(*places)
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))


def _from_slash_codes(text: str) -> Narrative:
    parts = _SLASH_CODES.split(text)
    # Backwards, so that the first of two values of one code stays.
    values = dict(zip(parts[-2::-2], parts[:1:-2], strict=True))
    value = values.get
    name, account = value("NAME", "").strip("/ "), value("IBAN", "").strip("/ ")
    if "CNTP" in values:
        # /CNTP/account/bank/name/city/
        counterparty = values["CNTP"].strip("/ ").split("/") + ["", "", ""]
        account, name = account or counterparty[0], name or counterparty[2]
    if not name:
        name = value("ORDP", "").strip("/ ") or value("BENM", "").strip("/ ")
        if found := _ACCOUNT_THEN_NAME.match(name):
            account, name = account or found[1], found[2]
    return Narrative(
        _squeeze(text),
        _squeeze(name),
        account,
        _provided(value("EREF", "").strip("/ ")),
        _provided(value("KREF", "").strip("/ ")),
    )


def _from_plain(text: str) -> Narrative:
    said = _squeeze(text)
    found = _IBAN_THEN_NAME.match(text)
    if found:
        name = found[2].split("  ")[0]
        return Narrative(said, name.strip()[:70], found[1])
    if "REK:" in said and (found := _DUTCH.search(said)):
        return Narrative(said, found[2].strip(), found[1])
    if "RACH.:" in said and (found := _POLISH.search(said)):
        return Narrative(said, _squeeze(found[2]), found[1].replace(" ", ""))
    return Narrative(said)


def _join(text: str) -> str:
    """Lines as running text: a line cut at its full width goes on without a space."""
    lines = text.split("\n")
    if LINE_WIDTH not in map(len, lines):
        return " ".join(lines)
    return "".join([line if len(line) == LINE_WIDTH else line + " " for line in lines])


def _join_cut(text: str) -> str:
    """Lines of subfields: cut by length wherever they are about full. One character short of it is a space that was
    trimmed; a much shorter line ended on purpose, unless it parts a word or a number."""
    lines = text.split("\n")
    joined = lines[0]
    width = len(joined)
    for line in lines[1:]:
        if width < _NEARLY_FULL:
            before, after = joined[-1:], line[:1]
            if not (before.isdigit() if after.isdigit() else before.islower() and after.islower()):
                joined += " "
        elif width == LINE_WIDTH - 1:
            joined += " "
        joined += line
        width = len(line)
    return joined


def _run_on(pieces: Sequence[str]) -> str:
    """Subfields as running text: a full one goes on without a space."""
    if len(pieces) == 1:
        return _squeeze(pieces[0])
    joined = ""
    for piece in pieces:
        joined += piece if len(piece) == _FULL_SUBFIELD else piece + " "
    return _squeeze(joined)


def sepa_value(text: str, code: str) -> str:
    """The text behind a SEPA code such as EREF+ in a description, as far as the next code; "" where it is not given."""
    at = text.find(code)
    if at < 0:
        return ""
    at += len(code)
    following = _SEPA_CODE.search(text, at)
    return _provided(text[at : following.start() if following else len(text)].strip())


def _provided(reference: str) -> str:
    return "" if reference and reference.upper() in _NOT_PROVIDED else reference


def _squeeze(text: str) -> str:
    return " ".join(text.split()) if "  " in text or "\t" in text else text.strip()
