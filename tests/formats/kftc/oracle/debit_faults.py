"""Faults of EB21, EB22, EC21, EC22 and EB31: amounts, passbook text, totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random

from tests.formats.kftc.oracle import debits, files, material
from tests.formats.kftc.oracle.debits import Debit
from tests.formats.kftc.oracle.structure_faults import LAST, Edit, put, structure_faults
from tests.formats.kftc.oracle.verdict import ANY, Fault, Mutation

REQUESTS = "EB21 EC21 EB31"
RESULTS = "EB22 EC22"
DEBITS = "EB21 EC21 EB22 EC22"
FULL_SPACES = b"\xa1\xa1"

# Record 2 is a person's debit in full of 33,000; offsets hold for all five kinds unless kinds are named.
EDITS = (
    Edit("letters in a bank's code", 2, 19, b"0A40000", "0011", "bank_branch_code"),
    Edit("a bank that is in no list", 2, 19, b"9990000", "0011", "bank_branch_code"),
    Edit("a branch half filled", 2, 19, b"08812  ", "0011", "bank_branch_code"),
    Edit("a hyphen in an account", 2, 26, b"110-234-567890  ", "0088", "account_no"),
    Edit("a letter in an account", 2, 26, b"1102345678l0    ", "0088", "account_no"),
    Edit("a space inside an account", 2, 26, b"12345 12345     ", "0098", "account_no"),
    Edit("a space before an account", 2, 26, b" 123451234567   ", "0098", "account_no"),
    Edit("no account", 2, 26, b" " * 16, ANY, "account_no"),
    Edit("a letter in an amount", 2, 42, b"00000000330O0", "0088", "amount"),
    Edit("spaces before an amount", 2, 42, b"        33000", "0088", "amount"),
    Edit("a sign in an amount", 2, 42, b"-000000033000", "0088", "amount"),
    Edit("a comma in an amount", 2, 42, b"00000033,0000", "0088", "amount"),
    Edit("no amount", 2, 42, b" " * 13, "0088", "amount"),
    Edit("a resident number", 2, 55, b"8001011357924", "0091", "holder_id"),
    Edit("a birth date in the 13th month", 2, 55, b"801301       ", "0014", "holder_id"),
    Edit("a birth date of eight digits", 2, 55, b"19800101     ", "holder_id_invalid", "holder_id"),
    Edit("a business number with a wrong check digit", 2, 55, b"1168200277   ", "", ""),
    Edit("no birth date", 2, 55, b" " * 13, "", ""),
    Edit("a result in a request", 2, 68, b"N", "0089", "result", kinds=REQUESTS),
    Edit("an error code in a request", 2, 69, b"0021", "0089", "error_code", kinds=REQUESTS),
    Edit("another result than N or P", 2, 68, b"Y", "result_invalid", "result", kinds=RESULTS),
    Edit("no result", 2, 68, b" ", "result_invalid", "result", kinds=RESULTS),
    Edit("a result without its reason", 2, 69, b"    ", "error_code_missing", "error_code", kinds=RESULTS),
    Edit("a byte below the space in the text", 2, 73, b"\x1f\x1f", "0068", "passbook_text"),
    Edit("one byte below the space at the text's end", 2, 87, b"\x01\x01", "0068", "passbook_text"),
    Edit("Latin letters in the text", 2, 73, b"Bill    ", "0087", "passbook_text"),
    Edit("half-width digits in the text", 2, 81, b"11", "0087", "passbook_text"),
    Edit("half-width spaces behind the text", 2, 81, b" " * 8, "0087", "passbook_text"),
    Edit("a Hangul character cut at the field's end", 2, 73, FULL_SPACES * 7 + b" \xb0", "0087",
         "passbook_text"),
    Edit("half a Hangul character at the front", 2, 73, b"\xb0 ", "0087", "passbook_text"),
    Edit("a syllable of CP949 alone", 2, 73, "뷁".encode("cp949"), "0087", "passbook_text"),
    Edit("a character of the users' own area", 2, 73, b"\xc9\xa1", "0087", "passbook_text"),
    Edit("half-width kana", 2, 73, b"\x8e\xb1", "0087", "passbook_text"),
    Edit("UTF-8 in the text", 2, 73, "관리비".encode()[:8], "0087", "passbook_text"),
    Edit("Hanja in the text", 2, 73, "會費".encode("cp949"), "", ""),
    Edit("full-width letters in the text", 2, 73, "ＡＢＣ１".encode("cp949"), "", ""),
    Edit("a special character in a payer's number", 2, 91, b"P_1001", "0088", "payer_no", kinds=DEBITS),
    Edit("a space inside a payer's number", 2, 91, b"P 1001", "0088|0098", "payer_no", kinds=DEBITS),
    Edit("a hyphen in a telephone number", 2, 117, b"010-1234-567", "0088", "phone_cash_receipt",
         kinds=DEBITS),
    Edit("dirt in the filler", 2, 149, b"0", "0089", "filler"),
    Edit("dirt at the filler's start", 2, 129, b"x", "0089", "filler"),
    Edit("letters in the header's bank", 1, 33, b"00A0012", "0011", "main_bank_branch_code", kinds=DEBITS),
    Edit("an unknown bank in the header", 1, 33, b"9990012", "0011", "main_bank_branch_code", kinds=DEBITS),
    Edit("a hyphen in the header's account", 1, 40, b"347-90", "0088", "credit_account_no", kinds=DEBITS),
    Edit("a space inside the header's account", 1, 43, b" ", "0098", "credit_account_no", kinds=DEBITS),
    Edit("a space inside the header's account", 1, 43, b" ", "0098", "debit_account_no", kinds="EB31"),
    Edit("a wrong count in full", LAST, 35, b"00009999", "count_mismatch", "full_count", kinds="EB21 EC21"),
    Edit("a wrong sum in full", LAST, 43, b"9999999999999", "amount_mismatch", "full_amount",
         kinds="EB21 EC21"),
    Edit("a wrong count in part", LAST, 56, b"00009999", "count_mismatch", "partial_count",
         kinds="EB21 EC21"),
    Edit("a wrong sum in part", LAST, 64, b"9999999999999", "amount_mismatch", "partial_amount",
         kinds="EB21 EC21"),
    Edit("a letter in a sum", LAST, 43, b"00000000000O0", "0088", "full_amount", kinds="EB21 EC21"),
    Edit("a letter in the sum of failures", LAST, 43, b"00000000000O0", "0088", "full_fail_amount",
         kinds=RESULTS),
    Edit("a wrong count of credits", LAST, 35, b"00009999", "count_mismatch", "request_count", kinds="EB31"),
    Edit("a wrong sum of credits", LAST, 43, b"9999999999999", "amount_mismatch", "request_amount",
         kinds="EB31"),
)  # fmt: skip


def debit_faults(kind: str, seed: int) -> Iterator[Mutation]:
    day, institution = files.day_of(seed), files.institution_of(seed)
    rows = plain_rows(kind, seed)
    records = debits.records(kind, institution, day, rows)
    yield Mutation("nothing", b"".join(records), ())
    yield Mutation("no rows", b"".join(debits.records(kind, institution, day, [])), ())
    yield from structure_faults(kind, records)
    for edit in EDITS:
        if not edit.kinds or kind in edit.kinds.split():
            yield edit.applied(records)
    yield from _of_rows(kind, institution, day, rows)
    if kind in ("EB22", "EC22"):
        yield from _of_results(kind, institution, day, rows)
    changed = put(put(put(records, 2, 26, b"1-3"), 2, 149, b"x"), 2, 73, b"Bill")
    faults = (Fault("0088", 2, "account_no"), Fault("0089", 2, "filler"), Fault("0087", 2, "passbook_text"))
    yield Mutation("three faults in one row", b"".join(changed), faults)


def plain_rows(kind: str, seed: int) -> list[Debit]:
    """In full, in part, in full again; then any."""
    rng = Random(f"faults {kind} {seed}")
    first = Debit(
        bank_branch_code="0880000",
        account_no=material.digits_of(rng, 12),
        amount=33_000,
        payer_no="" if kind == "EB31" else "P1001",
        holder_id=material.birth_date(rng),
        passbook_text="전기요금",
        phone_cash_receipt="" if kind == "EB31" else "01012345678",
    )
    number = "" if kind == "EB31" else "P100"
    part = replace(
        first,
        amount=50_000,
        account_no=material.digits_of(rng, 12),
        payer_no=number and number + "2",
        debit_form="3",
    )
    third = replace(
        first, amount=7_000, account_no=material.digits_of(rng, 12), payer_no=number and number + "3"
    )
    rows = [first, part, third]
    if kind in ("EB22", "EC22"):
        rows = [replace(one, result="N", error_code="0021") for one in rows]
    return rows + debits.debits(kind, rng, 4)


def _of_rows(kind: str, institution: str, day: date, rows: list[Debit]) -> Iterator[Mutation]:
    """The trailer adds up what the rows say, so that only the row is wrong."""

    def built(name: str, changed: Debit, *faults: Fault, also: str = "") -> Mutation:
        content = b"".join(debits.records(kind, institution, day, [changed, *rows[1:]]))
        return Mutation(name, content, faults, also)

    first = rows[0]
    least = {"EB21": 140, "EC21": 300}.get(kind)
    if kind not in ("EB22", "EC22"):
        yield built("an amount of nothing", replace(first, amount=0), Fault("0061", 2, "amount"))
    if least:
        yield built(
            "one below the least amount", replace(first, amount=least - 1), Fault("0075", 2, "amount")
        )
        yield built("the least amount", replace(first, amount=least))
        # The row stays where it was counted: which side an unknown form belongs to, nobody can say.
        content = debits.records(kind, institution, day, rows)
        form = Fault("0075", 2, "debit_form")
        yield Mutation("a debit form 9", b"".join(put(content, 2, 116, b"9")), (form,))
        yield Mutation("a debit form 7", b"".join(put(content, 2, 116, b"7")), (form,))
        yield Mutation("no debit form", b"".join(put(content, 2, 116, b" ")), (form,))
        for number in material.PARTIAL_FORMS:
            yield built(f"a debit form {number}", replace(first, debit_form=number))
    yield built("the greatest amount", replace(first, amount=9_000_000_000_000))
    yield built("a merged bank's old code", replace(first, bank_branch_code="0250000"))
    yield built("an account of unusual length", replace(first, account_no="123"))
    yield built("no passbook text", replace(first, passbook_text=""))


def _of_results(kind: str, institution: str, day: date, rows: list[Debit]) -> Iterator[Mutation]:
    """What carries its code may show the fault; without partial debits all totals can be checked."""
    shown = replace(rows[0], amount=0, error_code="0061")
    yield Mutation(
        "a row refused for its amount",
        b"".join(debits.records(kind, institution, day, [shown, *rows[1:]])),
        (),
    )
    plain = [replace(one, debit_form="1", result="N", error_code="0021") for one in rows]
    records = debits.records(kind, institution, day, plain)
    count = Edit("a wrong count in full", LAST, 35, b"00009999", "count_mismatch", "full_fail_count")
    yield count.applied(records)
    total = Edit("a wrong sum in full", LAST, 43, b"9999999999999", "amount_mismatch", "full_fail_amount")
    yield total.applied(records)
    yield from partial_readings(kind, institution, day, plain)
    part = replace(plain[1], debit_form="3", result="P")
    records = debits.records(kind, institution, day, [plain[0], part, *plain[2:]])
    count = Edit(
        "a wrong count of partial debits", LAST, 56, b"00000007", "count_mismatch", "partial_fail_count"
    )
    yield count.applied(records)
    # Nobody has seen the end of this trailer printed: a dirty filler there must not refuse the file.
    yield Mutation("dirt where the trailer is unproved", b"".join(put(records, len(records), 115, b"x")), ())


def partial_readings(kind: str, institution: str, day: date, plain: list[Debit]) -> Iterator[Mutation]:
    """One row debited in part, another of the same form not at all, under each reading."""
    asked, kept_back = 50_000, 20_000
    for amount, reading in ((kept_back, "not debited"), (asked - kept_back, "debited")):
        part = replace(plain[0], amount=amount, debit_form="3", result="P", error_code="0021")
        none = replace(plain[1], amount=asked, debit_form="3", result="N", error_code="0021")
        rest = [one.amount for one in plain[2:]]
        body = [
            debits.row(kind, number, institution, one)
            for number, one in enumerate([part, none, *plain[2:]], 1)
        ]
        for grouping in ("by form", "by result"):
            full = rest if grouping == "by form" else [asked, *rest]
            partial = [kept_back, asked] if grouping == "by form" else [kept_back]
            end = debits.result_trailer(kind, institution, day, full, partial)
            content = b"".join([debits.header(kind, institution, day), *body, end])
            yield Mutation(f"a part {reading}, grouped {grouping}", content, ())
