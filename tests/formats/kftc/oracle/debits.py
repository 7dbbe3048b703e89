"""EB21, EB22, EC21, EC22 and EB31: debits and credits, 150 bytes a record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from tests.formats.kftc.oracle import material

KINDS = ("EB21", "EB22", "EC21", "EC22", "EB31")
CODES = ("0012", "0017", "0019", "0020", "0021", "0031", "0034", "0041", "0051", "0062", "9999")
MAIN_BRANCH = "0040012"
MAIN_ACCOUNT = "34790104012345"


@dataclass(frozen=True)
class Debit:
    """One row; `passbook_text` is what the payer reads. `check_flag` is EB31's, `debit_form` the others'."""

    bank_branch_code: str
    account_no: str
    amount: int
    payer_no: str
    holder_id: str = ""
    result: str = ""
    error_code: str = ""
    passbook_text: str = ""
    fund_type: str = ""
    institution_area: str = ""
    debit_form: str = "1"
    phone_cash_receipt: str = ""
    check_flag: str = ""


def header(kind: str, institution: str, day: date) -> bytes:
    made = b"H" + b"00000000" + institution.encode().ljust(10)
    made += (kind + day.strftime("%m%d")).encode().ljust(8) + day.strftime("%y%m%d").encode()
    return _whole(made + MAIN_BRANCH.encode().ljust(7) + MAIN_ACCOUNT.encode().ljust(16) + b" " * 94)


def row(kind: str, number: int, institution: str, one: Debit) -> bytes:
    made = b"R" + f"{number:08d}".encode() + institution.encode().ljust(10)
    made += one.bank_branch_code.encode().ljust(7) + one.account_no.encode().ljust(16)
    made += f"{one.amount:013d}".encode() + one.holder_id.encode().ljust(13)
    made += one.result.encode().ljust(1) + one.error_code.encode().ljust(4)
    made += material.passbook(one.passbook_text) + one.fund_type.encode().ljust(2)
    if kind == "EB31":
        made += one.institution_area.encode().ljust(25) + one.check_flag.encode().ljust(1)
        return _whole(made + b" " * 33)
    made += one.payer_no.encode().ljust(20) + one.institution_area.encode().ljust(5)
    made += one.debit_form.encode().ljust(1) + one.phone_cash_receipt.encode().ljust(12)
    return _whole(made + b" " * 21)


def request_trailer(kind: str, institution: str, day: date, rows: list[Debit]) -> bytes:
    """EB21, EC21: requests to be debited in full on one side, all other forms on the other."""
    full = [one.amount for one in rows if one.debit_form == "1"]
    part = [one.amount for one in rows if one.debit_form != "1"]
    made = _trailer_start(kind, institution, day, len(rows))
    made += f"{len(full):08d}{sum(full):013d}{len(part):08d}{sum(part):013d}".encode()
    return _whole(made + b" " * 63 + b" " * 10)


def result_trailer(
    kind: str, institution: str, day: date, full: list[int], part: list[int], *, fee: int = 0, centre: int = 0
) -> bytes:
    """EB22, EC22: the amounts that were not debited, as the caller groups and reads them."""
    made = _trailer_start(kind, institution, day, len(full) + len(part))
    made += f"{len(full):08d}{sum(full):013d}{len(part):08d}{sum(part):013d}".encode()
    made += f"{centre:08d}".encode() + b"0000" + f"{fee:011d}".encode() + b"00000000000"
    return _whole(made + b" " * 29 + b" " * 10)


def credit_trailer(kind: str, institution: str, day: date, rows: list[Debit]) -> bytes:
    made = _trailer_start(kind, institution, day, len(rows))
    made += f"{len(rows):08d}{sum(one.amount for one in rows):013d}".encode()
    return _whole(made + b" " * 84 + b" " * 10)


def records(kind: str, institution: str, day: date, rows: list[Debit]) -> list[bytes]:
    body = [row(kind, number, institution, one) for number, one in enumerate(rows, 1)]
    if kind in ("EB21", "EC21"):
        end = request_trailer(kind, institution, day, rows)
    elif kind == "EB31":
        end = credit_trailer(kind, institution, day, rows)
    else:
        full = [one.amount for one in rows if one.debit_form == "1"]
        part = [one.amount for one in rows if one.debit_form != "1"]
        end = result_trailer(kind, institution, day, full, part)
    return [header(kind, institution, day), *body, end]


def debits(kind: str, rng: Random, count: int) -> list[Debit]:
    rows = [_debit(kind, rng, number) for number in range(1, count + 1)]
    return [_failed(rng, one) for one in rows] if kind in ("EB22", "EC22") else rows


def _debit(kind: str, rng: Random, number: int) -> Debit:
    branch, account = material.bank_and_account(rng)
    least = 300 if kind in ("EC21", "EC22") else 140
    return Debit(
        bank_branch_code=branch,
        account_no=account,
        amount=rng.choice((least, rng.randrange(least, 100_000), rng.randrange(10_000, 9_999_999_999))),
        payer_no="" if kind == "EB31" else material.payer(rng, number),
        holder_id=rng.choice(("", material.holder(rng))),
        passbook_text=rng.choice(material.TEXTS),
        institution_area=rng.choice(("", "A0001", "12345")),
        debit_form=rng.choice(material.DEBIT_FORMS),
        phone_cash_receipt="" if kind == "EB31" else material.phone(rng),
        check_flag="Y" if kind == "EB31" and rng.random() < 0.5 else "",
    )


def _failed(rng: Random, one: Debit) -> Debit:
    """Not debited at all; or, where the form allows it, in part, for want of money."""
    if one.debit_form in material.PARTIAL_FORMS and rng.random() < 0.6:
        return replace(one, result="P", error_code="0021")
    return replace(one, result="N", error_code=rng.choice(CODES))


def _trailer_start(kind: str, institution: str, day: date, count: int) -> bytes:
    made = b"T" + b"99999999" + institution.encode().ljust(10)
    return made + (kind + day.strftime("%m%d")).encode().ljust(8) + f"{count:08d}".encode()


def _whole(record: bytes) -> bytes:
    assert len(record) == 150, len(record)
    return record
