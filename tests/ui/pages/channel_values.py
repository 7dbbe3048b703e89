"""Sample values for the pages about connections: real files of few records, looked into as the page does it."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from moa.channels.kftc.checking import check_file
from moa.channels.kftc.web.forms import LIMIT_BYTES, CheckForm
from moa.channels.kftc.web.views_check import file_facts
from moa.formats.kftc import build

_ROWS = [
    {"bank_branch_code": "0040000", "account_no": "12345678901234", "amount": "50000", "payer_no": "P001",
     "holder_id": "800101", "passbook_text": "전기요금"},
    {"bank_branch_code": "0880000", "account_no": "110123456789", "amount": "1200000", "payer_no": "P002",
     "passbook_text": "수도요금 7월"},
]  # fmt: skip


def debits() -> bytes:
    """An EB21 of two rows: header, two records, trailer, 150 bytes each."""
    out = BytesIO()
    build(
        "EB21", _ROWS, out, lambda finding: None, institution="9912345678", date=date(2026, 7, 16),
        account="1234567890", bank_branch="0040000",
    )  # fmt: skip
    return out.getvalue()


def spoilt() -> bytes:
    """The same with a space in an account, a resident number, half a character and a cut trailer."""
    raw = bytearray(debits())
    raw[150 + 26 + 4] = ord(" ")
    raw[150 + 55 : 150 + 68] = b"8001012987654"
    raw[300 + 73 + 15] = 0x20
    return bytes(raw[:-3])


def evidence() -> bytes:
    """An EI13 without evidence whose trailer counts one."""
    header = (b"AE1112" + b"11" + b"0000000" + b"20260716" + b"9912345678".ljust(20) + b"0000000").ljust(1024)
    trailer = (b"AE1112" + b"33" + b"9999999" + b"9912345678".ljust(20) + b"0000001" + b"0" * 10).ljust(1024)
    return header + trailer


def warned() -> bytes:
    return b"".join(debits()[at : at + 150] + b"\r\n" for at in range(0, 600, 150))


def check_page(state: str) -> dict[str, Any]:
    page: dict[str, Any] = {"form": CheckForm(), "limit_bytes": LIMIT_BYTES, "file": None}
    if state == "refused":
        page["form"] = CheckForm({"record": "0"}, {"file": SimpleUploadedFile("EB210716", b"x")})
    made = {
        "good": debits,
        "bad": spoilt,
        "warned": warned,
        "evidence": evidence,
        "unknown": lambda: b"PK\x03\x04" * 40,
    }
    if state in made:
        raw = made[state]()
        page["file"] = file_facts(check_file(BytesIO(raw)), "EB210716_2026", len(raw))
    return page
