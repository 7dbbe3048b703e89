"""The kinds of KFTC CMS file: which records they are made of, which totals they carry, what their rows may say."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Literal as OneOf

from moa.formats.fixed_width.kinds import Choice
from moa.formats.fixed_width.layout import Layout

from . import evidence_layouts
from .field_kinds import HandlingBranch
from .layouts import (
    BLANK,
    ERROR_CODE,
    eb1x_data,
    eb1x_header,
    eb1x_trailer,
    eb2x_data,
    eb2x_header,
    eb21_trailer,
    eb22_trailer,
    eb31_data,
    eb31_header,
    eb31_trailer,
)

Family = OneOf["EB1x", "EB2x", "EB3x", "EI13"]

REFUSED = Choice((b"N",), "result_invalid")
REFUSED_OR_PART = Choice((b"N", b"P"), "result_invalid")


@dataclass(frozen=True)
class FileKind:
    """One kind of file.

    Shape: `date_field` is the header's date; `result_of` names the request file that a failures-only result answers, ""
    in a request; `minimum_won` is the smallest sum that may be asked for, 0 where there is none.
    """

    name: str
    family: Family
    header: Layout
    data: Layout
    trailer: Layout
    date_field: str
    result_of: str = ""
    minimum_won: int = 0
    experimental: bool = False
    title: dict[str, str] = field(default_factory=dict)

    @property
    def is_result(self) -> bool:
        return bool(self.result_of)

    @property
    def record_length(self) -> int:
        return self.header.length


_TITLES = {
    "EB11": ("Applications taken by banks", "참가기관 접수 출금이체 신청내역", "银行受理的扣款授权申请"),
    "EB12": ("The institution's refusals of EB11", "참가기관 접수 신청 불능내역", "收费单位对 EB11 的拒绝"),
    "EB13": ("Applications taken by the institution", "이용기관 접수 출금이체 신청내역", "收费单位受理的扣款授权申请"),
    "EB14": ("Refusals of EB13", "이용기관 접수 신청 불능내역", "对 EB13 的拒绝"),
    "EB21": ("Debit requests", "출금의뢰내역", "扣款请求"),
    "EB22": ("Debits that failed or were partial", "출금의뢰 불능내역", "扣款失败或部分扣款"),
    "EC21": ("Same-day debit requests", "당일 출금의뢰내역", "当日扣款请求"),
    "EC22": ("Same-day debits that failed or were partial", "당일 출금의뢰 불능내역", "当日扣款失败或部分扣款"),
    "EB31": ("Credit transfers", "입금이체 의뢰내역", "付款请求"),
    "EB32": ("Credit transfers that failed", "입금이체 불능내역", "付款失败"),
    "EI13": ("Consent evidence", "출금동의 증빙자료", "扣款授权凭证"),
}  # fmt: skip


@cache
def file_kinds() -> dict[str, FileKind]:
    """All kinds by name. A field that only results fill is blank in requests, and the reverse."""
    made = [
        _applications("EB11", handling_branch=HandlingBranch()),
        _applications("EB12", "EB11", handling_branch=HandlingBranch()),
        _applications("EB13"),
        _applications("EB14", "EB13"),
        _debits("EB21", minimum_won=140),
        _debits("EB22", "EB21"),
        _debits("EC21", minimum_won=300),
        _debits("EC22", "EC21"),
        _credits("EB31"),
        _credits("EB32", "EB31"),
        FileKind(
            "EI13",
            "EI13",
            evidence_layouts.HEADER,
            evidence_layouts.DATA,
            evidence_layouts.TRAILER,
            "application_date",
        ),
    ]
    for kind in made:
        kind.title.update(zip(("en", "ko", "zh-hans"), _TITLES[kind.name], strict=True))
    return {kind.name: kind for kind in made}


def _applications(name: str, result_of: str = "", handling_branch: HandlingBranch | None = None) -> FileKind:
    data = eb1x_data(
        name,
        handling_branch=handling_branch or BLANK,
        result=REFUSED if result_of else BLANK,
        error_code=ERROR_CODE if result_of else BLANK,
    )
    return FileKind(name, "EB1x", eb1x_header(name), data, eb1x_trailer(name), "application_date", result_of)


def _debits(name: str, result_of: str = "", minimum_won: int = 0) -> FileKind:
    data = eb2x_data(
        name,
        result=REFUSED_OR_PART if result_of else BLANK,
        error_code=ERROR_CODE if result_of else BLANK,
    )
    trailer = eb22_trailer(name) if result_of else eb21_trailer(name)
    return FileKind(name, "EB2x", eb2x_header(name), data, trailer, "debit_date", result_of, minimum_won)


def _credits(name: str, result_of: str = "") -> FileKind:
    data = eb31_data(
        name, result=REFUSED if result_of else BLANK, error_code=ERROR_CODE if result_of else BLANK
    )
    return FileKind(
        name, "EB3x", eb31_header(name), data, eb31_trailer(name), "credit_date", result_of, experimental=True
    )
