"""Faults of EB11, EB12, EB13 and EB14: each row field, the trailer's counts, pairs of a changed account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from tests.formats.kftc.oracle import applications, files, material
from tests.formats.kftc.oracle.applications import Application
from tests.formats.kftc.oracle.structure_faults import LAST, Edit, put, structure_faults
from tests.formats.kftc.oracle.verdict import ANY, Fault, Mutation

REQUESTS = "EB11 EB13"
RESULTS = "EB12 EB14"

# Record 2 is a person's new application with a telephone number.
EDITS = (
    Edit("a date of the 13th month", 2, 19, b"251301", "A011", "application_date"),
    Edit("no date", 2, 19, b"      ", "A011", "application_date"),
    Edit("letters in a date", 2, 19, b"25AB01", "A011|0088", "application_date"),
    Edit("a date after the file's", 2, 19, b"991231", "A011", "application_date"),
    Edit("a special character in a payer's number", 2, 26, b"P-1001", "0088", "payer_no"),
    Edit("Hangul in a payer's number", 2, 26, b"\xb0\xa1\xb3\xaa", "0088", "payer_no"),
    Edit("a space inside a payer's number", 2, 26, b"P 1001", "0088|0098", "payer_no"),
    Edit("a space before a payer's number", 2, 26, b" P1001", "0088|0098", "payer_no"),
    Edit("no payer's number", 2, 26, b" " * 20, ANY, "payer_no"),
    Edit("letters in a bank's code", 2, 46, b"0A40000", "0011", "bank_branch_code"),
    Edit("a bank without its branch", 2, 46, b"004    ", "0011", "bank_branch_code"),
    Edit("a bank that is in no list", 2, 46, b"9990000", "0011", "bank_branch_code"),
    Edit("a hyphen in an account", 2, 53, b"110-234-567890  ", "0088", "account_no"),
    Edit("a letter in an account", 2, 53, b"1102345678O0    ", "0088", "account_no"),
    Edit("Hangul in an account", 2, 53, b"1102345\xb0\xa1890    ", "0088", "account_no"),
    Edit("a space inside an account", 2, 53, b"12345 12345     ", "0098", "account_no"),
    Edit("a space before an account", 2, 53, b" 123451234567   ", "0098", "account_no"),
    Edit("digits at both ends of an account", 2, 53, b"1234567890 12345", "0098", "account_no"),
    Edit("no account", 2, 53, b" " * 16, ANY, "account_no"),
    Edit("a resident number", 2, 69, b"8001011357924   ", "0091", "holder_id"),
    Edit("a resident number with its hyphen", 2, 69, b"800101-1357924  ", "0091", "holder_id"),
    Edit("a birth date in the 13th month", 2, 69, b"801301          ", "0014", "holder_id"),
    Edit("a birth date on the 31st of April", 2, 69, b"800431          ", "0014", "holder_id"),
    Edit("a birth date of eight digits", 2, 69, b"19800101        ", "holder_id_invalid", "holder_id"),
    Edit("a letter in a birth date", 2, 69, b"80O101          ", "0088|holder_id_invalid", "holder_id"),
    Edit("no birth date of a new payer", 2, 69, b" " * 16, "0014|holder_id_invalid", "holder_id"),
    Edit("a business number with a wrong check digit", 2, 69, b"1168200277      ", "", ""),
    Edit("a birth date on a leap day", 2, 69, b"000229          ", "", ""),
    Edit("a branch in a file of the institution's", 2, 85, b"1234", "0089", "handling_branch",
         kinds="EB13 EB14"),
    Edit("letters that are no handling branch", 2, 85, b"ABCD", ANY, "handling_branch", kinds="EB11 EB12"),
    Edit("a result in a request", 2, 91, b"N", "0089", "result", kinds=REQUESTS),
    Edit("an error code in a request", 2, 92, b"0012", "0089", "error_code", kinds=REQUESTS),
    Edit("another result than N", 2, 91, b"Y", "result_invalid", "result", kinds=RESULTS),
    Edit("no result", 2, 91, b" ", "result_invalid", "result", kinds=RESULTS),
    Edit("a result without its reason", 2, 92, b"    ", "error_code_missing", "error_code", kinds=RESULTS),
    Edit("a reason that is in no list", 2, 92, b"7777", "", "", kinds=RESULTS),
    Edit("dirt in the first filler", 2, 96, b"x", "0089", "filler1"),
    Edit("a hyphen in a telephone number", 2, 97, b"010-12345678", "0088", "phone"),
    Edit("a letter in a telephone number", 2, 97, b"0101234567X ", "0088", "phone"),
    Edit("dirt in the last filler", 2, 119, b"0", "0089", "filler2"),
    Edit("a line break inside a filler", 2, 112, b"\n", "0089", "filler2"),
    Edit("a count of changes", LAST, 43, b"00000001", "0090", "change_count"),
    Edit("a wrong count of new ones", LAST, 35, b"00009999", "count_mismatch", "new_count"),
    Edit("a wrong count of cancels", LAST, 51, b"00009999", "count_mismatch", "cancel_count"),
    Edit("a wrong count of arbitrary cancels", LAST, 59, b"00009999", "count_mismatch",
         "arbitrary_cancel_count"),
    Edit("letters in the count of new ones", LAST, 35, b"0000O001", "0088", "new_count"),
)  # fmt: skip


def application_faults(kind: str, seed: int) -> Iterator[Mutation]:
    day, institution = files.day_of(seed), files.institution_of(seed)
    rows = plain_rows(kind, seed, day)
    records = applications.records(kind, institution, day, rows)
    yield Mutation("nothing", b"".join(records), ())
    yield Mutation("no rows", b"".join(applications.records(kind, institution, day, [])), ())
    yield from structure_faults(kind, records)
    for edit in EDITS:
        if not edit.kinds or kind in edit.kinds.split():
            yield edit.applied(records)
    yield from _of_rows(kind, institution, day, rows)
    if kind in ("EB11", "EB12"):
        yield from _half_changes(kind, institution, day, rows)
    yield from _two_faults(records)


def plain_rows(kind: str, seed: int, day: date) -> list[Application]:
    """A person, a company, a cancel without holder, an arbitrary cancel, a change of account; then any."""
    rng = Random(f"faults {kind} {seed}")
    branch = "0123" if kind in ("EB11", "EB12") else ""
    first = Application(
        application_date=day.strftime("%y%m%d"),
        application_type="1",
        payer_no="P1001",
        bank_branch_code="0880000",
        account_no=material.digits_of(rng, 12),
        holder_id=material.birth_date(rng),
        handling_branch=branch,
        phone="01012345678",
    )
    company = replace(
        first,
        payer_no="P1002",
        account_no=material.digits_of(rng, 12),
        holder_id=material.business_number(rng),
    )
    cancel = replace(
        first, payer_no="P1003", account_no=material.digits_of(rng, 12), application_type="3", holder_id=""
    )
    arbitrary = replace(
        cancel, payer_no="P1004", account_no=material.digits_of(rng, 12), application_type="7"
    )
    rows = [first, company, cancel, arbitrary]
    if kind in ("EB11", "EB12"):
        old = replace(
            cancel, payer_no="P1005", account_no=material.digits_of(rng, 12), handling_branch="CHNG"
        )
        new = replace(
            old, application_type="1", account_no=material.digits_of(rng, 12), holder_id=first.holder_id
        )
        rows += [old, new]
    if kind in ("EB12", "EB14"):
        codes = applications.INSTITUTION_CODES if kind == "EB12" else ("0012", "0017", "A016")
        rows = [replace(one, result="N", error_code=rng.choice(codes)) for one in rows]
    return rows + applications.applications(kind, rng, day, 3)


def _of_rows(kind: str, institution: str, day: date, rows: list[Application]) -> Iterator[Mutation]:
    """The trailer counts what the rows say, so that only the row is wrong."""

    def built(name: str, changed: Application, *faults: Fault, also: str = "") -> Mutation:
        return Mutation(
            name, b"".join(applications.records(kind, institution, day, [changed, *rows[1:]])), faults, also
        )

    first = rows[0]
    wrong = Fault("A012", 2, "application_type")
    yield built("an application of type 2", replace(first, application_type="2"), wrong)
    yield built("an application of type A", replace(first, application_type="A"), wrong)
    yield built("an application of no type", replace(first, application_type=""), wrong)
    tomorrow = (day + timedelta(days=1)).strftime("%y%m%d")
    yield built(
        "an application of tomorrow",
        replace(first, application_date=tomorrow),
        Fault("A011", 2, "application_date"),
    )
    yield built("a merged bank's old code", replace(first, bank_branch_code="0050000"))
    yield built("the other code of the same bank", replace(first, bank_branch_code="0810000"))
    yield built("an account of unusual length", replace(first, account_no="123"))
    yield built("a payer number of twenty letters", replace(first, payer_no="ABCDEFGHIJ0123456789"))
    yield built("a cancel without holder", replace(first, application_type="3", holder_id=""))


def _half_changes(kind: str, institution: str, day: date, rows: list[Application]) -> Iterator[Mutation]:
    code = "0077" if kind == "EB11" else "0079"

    def built(name: str, kept: list[Application], record: int) -> Mutation:
        content = b"".join(applications.records(kind, institution, day, kept))
        return Mutation(name, content, (Fault(code, record, ANY),))

    # Rows 5 and 6 are the pair, records 6 and 7.
    yield built("a change without its new account", [*rows[:5], *rows[6:]], 6)
    yield built("a change without its old account", [*rows[:4], *rows[5:]], 6)
    records = applications.records(kind, institution, day, rows)
    spoiled = Edit("a special character in a changing payer's number", 6, 28, b"-", "0088", "payer_no")
    yield spoiled.applied(records)
    other = replace(rows[5], payer_no="P9999")
    content = b"".join(applications.records(kind, institution, day, [*rows[:5], other, *rows[6:]]))
    yield Mutation("a change of two payers", content, (Fault(code, 6, ANY), Fault(code, 7, ANY)))
    apart = [*rows[:5], *rows[6:], rows[5]]
    yield Mutation(
        "a change with others between", b"".join(applications.records(kind, institution, day, apart)), ()
    )


def _two_faults(records: list[bytes]) -> Iterator[Mutation]:
    """All faults are reported, not the first."""
    changed = put(put(put(records, 2, 53, b"1-3"), 3, 119, b"x"), 4, 46, b"9990000")
    faults = (
        Fault("0088", 2, "account_no"),
        Fault("0089", 3, "filler2"),
        Fault("0011", 4, "bank_branch_code"),
    )
    yield Mutation("three faults in three rows", b"".join(changed), faults)
    changed = put(put(put(records, 2, 53, b"1-3"), 2, 119, b"x"), 2, 69, b"8001011357924")
    faults = (Fault("0088", 2, "account_no"), Fault("0089", 2, "filler2"), Fault("0091", 2, "holder_id"))
    yield Mutation("three faults in one row", b"".join(changed), faults)
