"""Two files that belong together: what the centre would say to them, or what became of each request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from tests.formats.kftc.oracle import applications, consents, debits, pictures
from tests.formats.kftc.oracle.applications import Application
from tests.formats.kftc.oracle.consents import Consent
from tests.formats.kftc.oracle.debits import Debit
from tests.formats.kftc.oracle.files import INSTITUTION
from tests.formats.kftc.oracle.verdict import ANY, Fault

DAY = date(2026, 11, 23)
OTHER = "9900000001"


class PairCase(NamedTuple):
    """Faults are of the file that answers or is judged: EB12, EB13 beside EI13, EB14, EB22, EC22.

    `debited` is what must come out of each request of EB21 or EC21, in won; empty if undecided.
    """

    name: str
    first: bytes
    second: bytes
    faults: tuple[Fault, ...] = ()
    also: str = ""
    debited: tuple[int, ...] = ()


def _application(payer: str, what: str = "1", branch: str = "") -> Application:
    return Application(
        application_date="261123",
        application_type=what,
        payer_no=payer,
        bank_branch_code="0810000",
        account_no=f"6229101234{int(payer[1:]):04d}",
        holder_id="" if what == "3" else "800101",
        handling_branch=branch,
    )


def _applications(
    kind: str, rows: list[Application], institution: str = INSTITUTION, day: date = DAY
) -> bytes:
    return b"".join(applications.records(kind, institution, day, rows))


def _consent(one: Application) -> Consent:
    return Consent(
        one.payer_no,
        one.bank_branch_code[:3],
        one.account_no,
        "20261123",
        "1",
        "jpg",
        pictures.picture("jpg"),
    )


def _consents(rows: list[Consent], institution: str = INSTITUTION, day: date = DAY) -> bytes:
    return b"".join(consents.records(institution, day, rows))


def evidence_cases() -> Iterator[PairCase]:
    """EI13 beside EB13: three new payers in records 2 to 4, then two cancels that need no evidence."""
    new = [_application(f"P{number}") for number in (1001, 1002, 1003)]
    rows = [*new, _application("P1004", "3"), _application("P1005", "7")]
    eb13, proofs = _applications("EB13", rows), [_consent(one) for one in new]

    def case(name: str, given: list[Consent], *missing: int, also: str = "") -> PairCase:
        return PairCase(name, _consents(given), eb13, tuple(Fault("0078", one, ANY) for one in missing), also)

    yield case("all there", proofs)
    yield case("in another order", proofs[::-1])
    yield case("one missing", [proofs[0], proofs[2]], 3)
    yield case("all missing", [], 2, 3, 4)
    old_code = [replace(one, bank_code=code) for one, code in zip(proofs, ("025", "005", "081"), strict=True)]
    yield case("under the bank's old codes", old_code)
    for name, change in (
        ("for another account", {"account_no": "62291012349999"}),
        ("for another payer", {"payer_no": "P7777"}),
        ("for another bank", {"bank_code": "088"}),
        ("of the day before", {"application_date": "20261122"}),
    ):
        # Whether evidence that belongs to nobody is a fault of its own is left open.
        yield case(name, [replace(proofs[0], **change), *proofs[1:]], 2, also=ANY)
    yield PairCase("of another institution", _consents(proofs, OTHER), eb13, (Fault(ANY, ANY, ANY),), ANY)
    yield PairCase(
        "of another day", _consents(proofs, day=DAY - timedelta(days=1)), eb13, (Fault(ANY, ANY, ANY),), ANY
    )
    png = [replace(proofs[0], content=pictures.picture("png")), *proofs[1:]]
    yield PairCase("with a PNG named jpg", _consents(png), eb13, (Fault("0102|0105|0078", ANY, ANY),), ANY)
    yield PairCase("without new payers", _consents([]), _applications("EB13", rows[3:]))
    wrong = _applications("EB13", [replace(rows[0], account_no="1-1"), *rows[1:]])
    yield PairCase("beside a faulty EB13", _consents(proofs), wrong, (Fault("0088", 2, "account_no"),), ANY)


def change_cases() -> Iterator[PairCase]:
    """EB11 and its refusals in EB12; records 3 and 4 of EB11 are a change of account."""
    plain = _application("P1001", branch="0123")
    old = _application("P1002", "3", "CHNG")
    new = replace(_application("P1002", "1", "CHNG"), account_no="62291012348888")
    gone = _application("P1003", "3", "CNCL")
    eb11 = _applications("EB11", [plain, old, new, gone])
    no = {"result": "N", "error_code": "A013"}

    def case(name: str, refused: list[Application], *faults: Fault, also: str = "") -> PairCase:
        refused = [replace(one, **no) for one in refused]
        return PairCase(name, eb11, _applications("EB12", refused), faults, also)

    yield case("nothing refused", [])
    yield case("the change refused as a whole", [old, new])
    yield case("a plain one refused", [plain])
    yield case("all refused", [plain, old, new, gone])
    yield case("only the new account refused", [new], Fault("0079", 2, ANY))
    yield case("only the old account refused", [plain, old], Fault("0079", 3, ANY))
    stranger = _application("P9999", branch="0123")
    yield case("one refused that nobody applied for", [plain, stranger], Fault(ANY, 3, ANY))
    yield case(
        "one refused under another account", [replace(plain, account_no="1234567890")], Fault(ANY, 2, ANY)
    )
    yield case("one refused twice", [plain, plain], Fault(ANY, 3, ANY))
    eb12 = _applications("EB12", [replace(plain, **no)], OTHER)
    yield PairCase("of another institution", eb11, eb12, (Fault(ANY, ANY, ANY),), ANY)
    eb12 = _applications(
        "EB12", [replace(plain, application_date="261122", **no)], day=DAY - timedelta(days=1)
    )
    yield PairCase("of another day", eb11, eb12, (Fault(ANY, ANY, ANY),), ANY)


def result_cases() -> Iterator[PairCase]:
    """EB13 and its refusals in EB14."""
    rows = [_application("P1001"), _application("P1002"), _application("P1003", "3")]
    rows[1] = replace(rows[1], bank_branch_code="0250000")
    eb13 = _applications("EB13", rows)
    no = {"result": "N", "error_code": "0012"}

    def case(name: str, refused: list[Application], *faults: Fault, also: str = "") -> PairCase:
        refused = [replace(one, **no) for one in refused]
        return PairCase(name, eb13, _applications("EB14", refused), faults, also)

    yield case("nothing refused", [])
    yield case("one refused", [rows[0]])
    yield case("all refused, in another order", rows[::-1])
    yield case("one refused under the bank's new code", [replace(rows[1], bank_branch_code="0810000")])
    yield case("one refused that nobody sent", [rows[0], _application("P9999")], Fault(ANY, 3, ANY))
    yield case("one refused under another type", [replace(rows[0], application_type="3")], Fault(ANY, 2, ANY))
    yield case(
        "one refused under another account", [replace(rows[0], account_no="1234567890")], Fault(ANY, 2, ANY)
    )
    missing = replace(rows[0], **(no | {"error_code": "0078"}))
    yield PairCase("one refused for want of evidence", eb13, _applications("EB14", [missing]))


def debit_cases(request: str, answer: str) -> Iterator[PairCase]:
    """EB21 and EB22, or EC21 and EC22."""
    asked = [_debit(1, 33_000), _debit(2, 50_000, "3"), _debit(3, 80_000, "0"), _debit(4, 20_000, "2")]
    first = b"".join(debits.records(request, INSTITUTION, DAY, asked))
    amounts = [one.amount for one in asked]
    none = [replace(one, result="N", error_code="0021") for one in asked]

    def case(
        name: str, rows: list[Debit], trailer: bytes, *faults: Fault, also: str = "", out: object = ()
    ) -> PairCase:
        body = [debits.row(answer, number, INSTITUTION, one) for number, one in enumerate(rows, 1)]
        content = b"".join([debits.header(answer, INSTITUTION, DAY), *body, trailer])
        return PairCase(name, first, content, faults, also, tuple(out))  # type: ignore[call-overload]

    def trailer(full: list[int], part: list[int]) -> bytes:
        return debits.result_trailer(answer, INSTITUTION, DAY, full, part)

    yield case("all debited", [], trailer([], []), out=amounts)
    yield case("one failed", none[:1], trailer([33_000], []), out=[0, *amounts[1:]])
    yield case("all failed", none, trailer([33_000], [50_000, 80_000, 20_000]), out=[0] * 4)
    for reading, shown in (("not debited", [15_000, 47_000]), ("debited", [35_000, 33_000])):
        rows = [_part(one, amount) for one, amount in zip(asked[1:3], shown, strict=True)]
        yield case(
            f"two in part, {reading}",
            rows,
            trailer([], [15_000, 47_000]),
            out=[33_000, 35_000, 33_000, 20_000],
        )
        rows = [*rows, none[3]]
        by_form, by_result = trailer([], [15_000, 47_000, 20_000]), trailer([20_000], [15_000, 47_000])
        out = [33_000, 35_000, 33_000, 0]
        yield case(f"two in part, one failed, {reading}, by form", rows, by_form, out=out)
        yield case(f"two in part, one failed, {reading}, by result", rows, by_result, out=out)
        yield case(
            f"sums that fit no reading, {reading}",
            rows,
            trailer([], [1, 2, 3]),
            Fault(ANY, ANY, ANY),
            also=ANY,
        )
    halves = [_part(asked[1], 20_000), _part(asked[2], 45_000)]
    # 20 + 45 thousand not debited, or 30 + 35 thousand: both readings give the trailer's 65,000.
    yield case(
        "sums that fit both readings", halves, trailer([], [20_000, 45_000]), Fault(ANY, ANY, ANY), also=ANY
    )
    stranger = replace(_debit(9, 33_000), result="N", error_code="0017")
    yield case(
        "one failed that nobody asked for", [stranger], trailer([33_000], []), Fault(ANY, 2, ANY), also=ANY
    )
    other = [replace(none[0], amount=32_000)]
    yield case("one failed with another amount", other, trailer([32_000], []), Fault(ANY, 2, ANY), also=ANY)
    over = [_part(asked[1], 50_001)]
    yield case("more left than was asked", over, trailer([], [50_001]), Fault(ANY, ANY, ANY), also=ANY)
    twice = [none[0], none[0]]
    yield case("one failed twice", twice, trailer([33_000] * 2, []), Fault(ANY, 3, ANY), also=ANY)
    yield case("a wrong sum", none[:1], trailer([33_001], []), Fault(ANY, ANY, ANY), also=ANY)


def _debit(number: int, amount: int, form: str = "1") -> Debit:
    return Debit("0810000", f"62291012340{number:03d}", amount, f"P100{number}", "800101", debit_form=form)


def _part(one: Debit, amount: int) -> Debit:
    return replace(one, amount=amount, result="P", error_code="0021")
