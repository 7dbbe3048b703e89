"""Small files that belong together, byte by byte as the oracle writes them, and their verdict in short."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

from moa.formats.kftc.pairs import Outcome, PairVerdict, check_pair
from tests.formats.kftc.oracle import applications, consents, debits, pictures
from tests.formats.kftc.oracle.applications import Application
from tests.formats.kftc.oracle.consents import Consent
from tests.formats.kftc.oracle.debits import Debit

DAY = date(2026, 11, 23)
INSTITUTION = "9911123456"
# KB's old and new code; an account of a length that both have, so that no length is unusual.
BANK, OLD_BANK, ACCOUNT = "0040000", "0060000", "12345678901"


def application(payer: str, what: str = "1", **other: str) -> Application:
    holder = "" if what != "1" else "800101"
    one = Application("261123", what, payer, BANK, f"123456789{sum(map(ord, payer)) % 1000:03d}", holder)
    return replace(one, **other)


def changed(payer: str, old: str = "123456789777", new: str = "123456789888") -> list[Application]:
    """The two rows of a changed account."""
    return [
        application(payer, "3", account_no=old, handling_branch="CHNG"),
        application(payer, "1", account_no=new, handling_branch="CHNG"),
    ]


def branch(payer: str, what: str = "1", **other: str) -> Application:
    """An application that a bank's branch took, as EB11 has them."""
    return application(payer, what, **({"handling_branch": "0123"} | other))


def refused(*rows: Application, code: str = "A013") -> list[Application]:
    return [replace(row, result="N", error_code=code) for row in rows]


def consent(row: Application, **other: Any) -> Consent:
    one = Consent(
        row.payer_no,
        row.bank_branch_code[:3],
        row.account_no,
        f"20{row.application_date}",
        "1",
        "jpg",
        pictures.picture("jpg"),
    )
    return replace(one, **other)


def debit(payer: str, amount: int, form: str = "1", **other: str) -> Debit:
    one = Debit(BANK, f"123456789{sum(map(ord, payer)) % 1000:03d}", amount, payer, "800101", debit_form=form)
    return replace(one, **other)


def failed(row: Debit, code: str = "0021") -> Debit:
    return replace(row, result="N", error_code=code)


def part(row: Debit, shown: int, code: str = "0021") -> Debit:
    return replace(row, amount=shown, result="P", error_code=code)


def applications_file(
    kind: str, *rows: Application, day: date = DAY, institution: str = INSTITUTION
) -> bytes:
    return b"".join(applications.records(kind, institution, day, list(rows)))


def consents_file(*rows: Consent, day: date = DAY, institution: str = INSTITUTION) -> bytes:
    return b"".join(consents.records(institution, day, list(rows)))


def requests_file(*rows: Debit, kind: str = "EB21", day: date = DAY) -> bytes:
    return b"".join(debits.records(kind, INSTITUTION, day, list(rows)))


def results_file(
    rows: list[Debit], full: list[int], partial: list[int], kind: str = "EB22", day: date = DAY
) -> bytes:
    """Shape: `full` and `partial` are the amounts that the trailer counts as not debited."""
    body = [debits.row(kind, number, INSTITUTION, one) for number, one in enumerate(rows, 1)]
    trailer = debits.result_trailer(kind, INSTITUTION, day, full, partial)
    return b"".join([debits.header(kind, INSTITUTION, day), *body, trailer])


def judged(first: bytes, second: bytes, **options: Any) -> PairVerdict:
    """The verdict, which must not depend on the order of the files."""
    there = check_pair(io.BytesIO(first), io.BytesIO(second), **options)
    back = check_pair(io.BytesIO(second), io.BytesIO(first), **options)
    assert in_json(there) == in_json(back)
    return there


def in_json(verdict: PairVerdict) -> str:
    out = io.StringIO()
    verdict.write_json(out)
    return out.getvalue()


def errors(verdict: PairVerdict) -> list[tuple[str | None, str, int | None]]:
    return [(file, finding.code, finding.record) for file, finding, _ in verdict.errors]


def warnings(verdict: PairVerdict) -> list[tuple[str | None, str, int | None]]:
    return [(file, finding.code, finding.record) for file, finding, _ in verdict.warnings]


def words(verdict: PairVerdict) -> list[str]:
    return [outcome.outcome for outcome in verdict.outcomes]


def outcome_of(verdict: PairVerdict, record: int) -> Outcome:
    return next(outcome for outcome in verdict.outcomes if outcome.record == record)
