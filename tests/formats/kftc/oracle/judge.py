"""Whole EB13 and EB21 files judged byte by byte, so that faults nobody thought of are judged too.

Slower and plainer than any reader: every row is sliced by printed offsets. Only rows may be changed; header
and trailer must be whole. A code that the specification leaves open stands as alternatives.
"""

from __future__ import annotations

import re
from datetime import datetime

from tests.formats.kftc.oracle import material
from tests.formats.kftc.oracle.verdict import ANY, Fault

KNOWN_BANKS = {code for code, _digits in material.BANKS} | {
    code for code, _new, _digits in material.LEGACY_BANKS
}


def judge(kind: str, content: bytes) -> list[Fault]:
    size = 150 if kind == "EB21" else 120
    records = [content[at : at + size] for at in range(0, len(content), size)]
    header, rows, trailer = records[0], records[1:-1], records[-1]
    faults: list[Fault] = []
    for number, row in enumerate(rows, 2):
        if row[1:9] != f"{number - 1:08d}".encode():
            faults.append(Fault("0081|0088", number, "seq"))
        if row[9:19] != header[9:19]:
            faults.append(Fault("institution_mismatch|institution_invalid|0088", number, "institution_code"))
        check = _application if kind == "EB13" else _debit
        faults += [Fault(code, number, field) for code, field in check(row, header[27:33])]
    totals = _application_totals if kind == "EB13" else _debit_totals
    faults += [
        Fault("count_mismatch|amount_mismatch", len(records), field) for field in totals(rows, trailer)
    ]
    return faults


def _application(row: bytes, day: bytes) -> list[tuple[str, str]]:
    found = []
    if not _a_date(row[19:25]) or row[19:25] > day:
        found.append(("A011|0088", "application_date"))
    if row[25:26] not in (b"1", b"3", b"7"):
        found.append(("A012", "application_type"))
    found += _payer(row[26:46]) + _bank(row[46:53]) + _account(row[53:69], "account_no")
    if row[69:85].strip(b" ") or row[25:26] == b"1":
        found += _holder(row[69:85])
    found += [("0089", "handling_branch")] * (row[85:89] != b"    ")
    found += [("0089", "result")] * (row[91:92] != b" ") + [("0089", "error_code")] * (row[92:96] != b"    ")
    found += [("0089", "filler1")] * (row[96:97] != b" ") + _digits_left(row[97:109], "phone")
    return found + [("0089", "filler2")] * (row[109:120] != b" " * 11)


def _debit(row: bytes, day: bytes) -> list[tuple[str, str]]:
    found = _bank(row[19:26]) + _account(row[26:42], "account_no")
    if not re.fullmatch(rb"[0-9]{13}", row[42:55]):
        found.append(("0088", "amount"))
    elif int(row[42:55]) < 140:
        found.append(("0061" if int(row[42:55]) == 0 else "0075", "amount"))
    if row[55:68].strip(b" "):
        found += _holder(row[55:68])
    found += [("0089", "result")] * (row[68:69] != b" ") + [("0089", "error_code")] * (row[69:73] != b"    ")
    found += _passbook(row[73:89]) + _payer(row[91:111])
    found += [("0075", "debit_form")] * (row[116:117] not in (b"0", b"1", b"2", b"3", b"4", b"5", b"6"))
    found += _digits_left(row[117:129], "phone_cash_receipt")
    return found + [("0089", "filler")] * (row[129:150] != b" " * 21)


def _application_totals(rows: list[bytes], trailer: bytes) -> list[str]:
    types = [row[25:26] for row in rows]
    if any(one not in (b"1", b"3", b"7") for one in types):
        return []
    places = {b"1": (35, "new_count"), b"3": (51, "cancel_count"), b"7": (59, "arbitrary_cancel_count")}
    return [name for one, (at, name) in places.items() if int(trailer[at : at + 8]) != types.count(one)]


def _debit_totals(rows: list[bytes], trailer: bytes) -> list[str]:
    """A faulty amount leaves the counts; a faulty form leaves nothing that could be compared."""
    if any(row[116:117] not in (b"0", b"1", b"2", b"3", b"4", b"5", b"6") for row in rows):
        return []
    full = [row[42:55] for row in rows if row[116:117] == b"1"]
    part = [row[42:55] for row in rows if row[116:117] != b"1"]
    found = []
    for amounts, at, name in ((full, 35, "full"), (part, 56, "partial")):
        if int(trailer[at : at + 8]) != len(amounts):
            found.append(f"{name}_count")
        known = all(re.fullmatch(rb"[0-9]{13}", one) for one in amounts)
        if known and int(trailer[at + 8 : at + 21]) != sum(map(int, amounts)):
            found.append(f"{name}_amount")
    return found


def _a_date(field: bytes) -> bool:
    if not re.fullmatch(rb"[0-9]{6}", field):
        return False
    try:
        datetime.strptime("20" + field.decode(), "%Y%m%d")
    except ValueError:
        return False
    return True


def _payer(field: bytes) -> list[tuple[str, str]]:
    if re.fullmatch(rb"[0-9A-Za-z]+ *", field):
        return []
    return [("0088|0098" if field.strip(b" ") else ANY, "payer_no")]


def _bank(field: bytes) -> list[tuple[str, str]]:
    whole = re.fullmatch(rb"[0-9]{7}", field)
    return [] if whole and field[:3].decode() in KNOWN_BANKS else [("0011", "bank_branch_code")]


def _account(field: bytes, name: str) -> list[tuple[str, str]]:
    if re.fullmatch(rb"[0-9]+ *", field):
        return []
    return [("0098" if re.fullmatch(rb"[0-9 ]+", field) else "0088|0098", name)]


def _holder(field: bytes) -> list[tuple[str, str]]:
    held = field.rstrip(b" ")
    if re.fullmatch(rb"[0-9]{10}", held):
        return []
    if re.fullmatch(rb"[0-9]{6}", held):
        # 2000 was a leap year: a birth date without its century may be the 29th of February.
        return [] if _a_date(b"00" + held[2:]) else [("0014", "holder_id")]
    if re.fullmatch(rb"[0-9]{13}|[0-9]{6}-[0-9]{7}", held):
        return [("0091", "holder_id")]
    return [("0014|0088|0098|holder_id_invalid", "holder_id")]


def _digits_left(field: bytes, name: str) -> list[tuple[str, str]]:
    return [] if re.fullmatch(rb"[0-9]* *", field) else [("0088|0098", name)]


def _passbook(field: bytes) -> list[tuple[str, str]]:
    low = any(byte < 0x20 for byte in field)
    for at in range(0, 16, 2):
        pair = field[at : at + 2]
        if not 0xA1 <= pair[0] <= 0xFE or not 0xA1 <= pair[1] <= 0xFE or not _assigned(pair):
            return [("0068" if low else "0087", "passbook_text")]
    return []


def _assigned(pair: bytes) -> bool:
    try:
        return len(pair.decode("cp949")) == 1
    except UnicodeDecodeError:
        return False
