"""Which side of the account an amount is booked on, in tables with one amount column."""

from __future__ import annotations

import re

from moa.formats.spreadsheets.profiles import Profile, normal

_CREDIT = frozenset("입 c cr credit + 贷 贷方 收 收入 入 대 대변 入账 来账 收款".split())
_DEBIT = frozenset("출 出 지 d dr debit - 借 借方 支 支出 付 출 차 차변 出账 往账 付款 지급".split())
_CREDIT_PART = re.compile(r"입금|收入|转入|存入|贷")
_DEBIT_PART = re.compile(r"(?<!입)출금|지급|支出|转出|支取|借")
_CANCELLED = re.compile(r"취소|정정|冲正|抹账|撤销|cancel")


def side_named(text: str) -> str:
    """ "credit", "debit", or "" where the words name neither, both, or a cancellation of one."""
    word = normal(text)
    if _CANCELLED.search(word):
        return ""
    credit = word in _CREDIT or _CREDIT_PART.search(word) is not None
    debit = word in _DEBIT or _DEBIT_PART.search(word) is not None
    if credit == debit:
        return ""
    return "credit" if credit else "debit"


def side_of(profile: Profile, text: str) -> str:
    """The same, by the profile's own words where it has any."""
    if profile.credit_words or profile.debit_words:
        word = normal(text)
        if word in profile.credit_words:
            return "credit"
        if word in profile.debit_words:
            return "debit"
    return side_named(text)
