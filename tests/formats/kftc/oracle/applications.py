"""EB11, EB12, EB13 and EB14: applications for debits, 120 bytes a record (design document, appendix 1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tests.formats.kftc.oracle import material

KINDS = ("EB11", "EB12", "EB13", "EB14")
BANK_CODES = ("0012", "0014", "0015", "0017", "0031", "0034", "A016", "0078", "0098")
INSTITUTION_CODES = ("A013", "A016", "A017")


@dataclass(frozen=True)
class Application:
    """One row, every field as text without its padding."""

    application_date: str
    application_type: str
    payer_no: str
    bank_branch_code: str
    account_no: str
    holder_id: str = ""
    handling_branch: str = ""
    fund_type: str = ""
    result: str = ""
    error_code: str = ""
    phone: str = ""


def header(kind: str, institution: str, day: date) -> bytes:
    made = b"H" + b"00000000" + institution.encode().ljust(10)
    made += (kind + day.strftime("%m%d")).encode().ljust(8) + day.strftime("%y%m%d").encode()
    return _whole(made + b" " * 87)


def row(number: int, institution: str, one: Application) -> bytes:
    made = b"R" + f"{number:08d}".encode() + institution.encode().ljust(10)
    made += one.application_date.encode().ljust(6) + one.application_type.encode().ljust(1)
    made += one.payer_no.encode().ljust(20) + one.bank_branch_code.encode().ljust(7)
    made += one.account_no.encode().ljust(16) + one.holder_id.encode().ljust(16)
    made += one.handling_branch.encode().ljust(4) + one.fund_type.encode().ljust(2)
    made += one.result.encode().ljust(1) + one.error_code.encode().ljust(4) + b" "
    return _whole(made + one.phone.encode().ljust(12) + b" " * 11)


def trailer(kind: str, institution: str, day: date, rows: list[Application]) -> bytes:
    types = [one.application_type for one in rows]
    made = b"T" + b"99999999" + institution.encode().ljust(10)
    made += (kind + day.strftime("%m%d")).encode().ljust(8) + f"{len(rows):08d}".encode()
    made += f"{types.count('1'):08d}".encode() + b"00000000"
    made += f"{types.count('3'):08d}".encode() + f"{types.count('7'):08d}".encode()
    return _whole(made + b" " * 43 + b" " * 10)


def records(kind: str, institution: str, day: date, rows: list[Application]) -> list[bytes]:
    body = [row(number, institution, one) for number, one in enumerate(rows, 1)]
    return [header(kind, institution, day), *body, trailer(kind, institution, day, rows)]


def applications(kind: str, rng: Random, day: date, count: int) -> list[Application]:
    """`count` rows or one more, as a file of this kind would hold them."""
    rows: list[Application] = []
    while len(rows) < count:
        made = _application(kind, rng, day, len(rows) + 1)
        if kind in ("EB11", "EB12") and rng.random() < 0.2:
            rows += _change(rng, made)
        else:
            rows.append(made)
    if kind in ("EB12", "EB14"):
        codes = INSTITUTION_CODES if kind == "EB12" else BANK_CODES
        rows = [replace(one, result="N", error_code=rng.choice(codes)) for one in rows]
    return rows


def _application(kind: str, rng: Random, day: date, number: int) -> Application:
    what = rng.choice("1111337")
    branch, account = material.bank_and_account(rng)
    # Banks may give a date before that of the file; never one after it.
    applied = day - timedelta(days=rng.choice((0, 0, 0, 1, 3)))
    handling = ""
    if kind in ("EB11", "EB12"):
        handling = "CNCL" if what in "37" and rng.random() < 0.3 else f"{rng.randrange(10_000):04d}"
    return Application(
        application_date=applied.strftime("%y%m%d"),
        application_type=what,
        payer_no=material.payer(rng, number),
        bank_branch_code=branch,
        account_no=account,
        holder_id="" if what in "37" and rng.random() < 0.6 else material.holder(rng),
        handling_branch=handling,
        phone=material.phone(rng),
    )


def _change(rng: Random, old: Application) -> list[Application]:
    """A payer moves to another account: cancelled there, new here, one behind the other."""
    branch, account = material.bank_and_account(rng)
    person = material.birth_date(rng)
    cancelled = replace(old, application_type="3", handling_branch="CHNG", holder_id="")
    new = replace(
        cancelled, application_type="1", bank_branch_code=branch, account_no=account, holder_id=person
    )
    return [cancelled, new]


def _whole(record: bytes) -> bytes:
    assert len(record) == 120, len(record)
    return record
