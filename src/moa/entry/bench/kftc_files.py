"""KFTC files of any size for the benches: ten thousand different records over and over, numbered through, totals right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

INSTITUTION = "9912345678"
DISTINCT = 10_000
_BANKS = ("004", "088", "081", "020", "011", "003", "090", "089")
_ACCOUNT_DIGITS = {"004": 14, "088": 12, "081": 14, "020": 13, "011": 13, "003": 14, "090": 13, "089": 12}
_TEXTS = ("관리비１１월", "학원비", "신문구독료", "정수기렌탈료", "ＣＭＳ출금", "후원금")
_SEQUENCE_DIGITS = 8


def write_file(path: Path, kind_name: str, records: int) -> None:
    """A sound file of EB13 or EB21. Shape: `records` is a multiple of 10,000."""
    import numpy as np

    from moa.formats.kftc.file_kinds import file_kinds

    kind = file_kinds()[kind_name]
    values, totals = (_application, _applications) if kind.family == "EB1x" else (_debit, _debits)
    base = b"".join(kind.data.encode(values(n) | _same(kind_name, str(n))) for n in range(1, DISTINCT + 1))
    stretch = np.frombuffer(base, np.uint8).reshape(DISTINCT, -1).copy()
    with path.open("wb") as file:
        file.write(kind.header.encode(_same(kind_name, "00000000")))
        for first in range(1, records + 1, DISTINCT):
            numbers = np.arange(first, first + DISTINCT)
            for place in range(_SEQUENCE_DIGITS):
                stretch[:, _SEQUENCE_DIGITS - place] = ord("0") + numbers // 10**place % 10
            file.write(stretch.tobytes())
        times = records // DISTINCT
        figures = {name: str(figure * times) for name, figure in totals().items()}
        file.write(kind.trailer.encode(figures | _same(kind_name, "99999999")))


def rows_of(kind_name: str, count: int) -> list[dict[str, str]]:
    """The first rows of such a file as texts, each payer different."""
    values = _application if kind_name == "EB13" else _debit
    return [values(n) for n in range(1, count + 1)]


def _same(kind_name: str, sequence: str) -> dict[str, str]:
    """What every record of the file says, and what only the header asks for."""
    said = {
        "institution_code": INSTITUTION, "file_name": f"{kind_name}0716", "debit_date": "260716",
        "main_bank_branch_code": "0040000", "credit_account_no": "12345678901234", "seq": sequence,
    }  # fmt: skip
    return said if sequence.strip("0") else said | {"application_date": "260716"}


def _application(n: int) -> dict[str, str]:
    return _account(n) | {
        "application_date": f"2607{n % 16 + 1:02}",
        "application_type": "1137"[n % 4],
        "phone": f"010{n * 7919 % 10**8:08}" if n % 3 else "",
    }


def _debit(n: int) -> dict[str, str]:
    return _account(n) | {
        "amount": str(_won(n)),
        "debit_form": _form(n),
        "passbook_text": _TEXTS[n % len(_TEXTS)],
        "phone_cash_receipt": f"010{n * 7919 % 10**8:08}" if n % 3 else "",
    }


def _account(n: int) -> dict[str, str]:
    bank = _BANKS[n % len(_BANKS)]
    account = n * 982_451_653 % 10 ** _ACCOUNT_DIGITS[bank]
    return {
        "payer_no": f"{n:010}",
        "bank_branch_code": f"{bank}0000",
        "account_no": f"{account:0{_ACCOUNT_DIGITS[bank]}}",
        "holder_id": "1168200276" if n % 20 == 0 else f"{n % 100:02}{n % 12 + 1:02}{n % 28 + 1:02}",
    }


def _won(n: int) -> int:
    return n * 7919 % 999_983 + 1_000


def _form(n: int) -> str:
    return "0" if n % 5 == 0 else "1"


def _applications() -> dict[str, int]:
    kinds: Callable[[str], int] = lambda kind: sum("1137"[n % 4] == kind for n in _distinct())  # noqa: E731
    return {
        "total_count": DISTINCT,
        "new_count": kinds("1"),
        "cancel_count": kinds("3"),
        "arbitrary_cancel_count": kinds("7"),
    }


def _debits() -> dict[str, int]:
    full = [n for n in _distinct() if _form(n) == "1"]
    partial = [n for n in _distinct() if _form(n) == "0"]
    return {
        "total_count": DISTINCT,
        "full_count": len(full),
        "full_amount": sum(map(_won, full)),
        "partial_count": len(partial),
        "partial_amount": sum(map(_won, partial)),
    }


def _distinct() -> Any:
    return range(1, DISTINCT + 1)
