"""Result codes of KFTC CMS files (불능코드): who gives them, where, why, and what follows from each.

Source: tables 1 to 3 of the KFTC CMS notice of 2015-07-22. It prints A016 twice in its first table of the
institution's codes; the second shows that the last of them is A017. Codes marked `later` are known from one source.
The actions are our reading of the field's habit, not KFTC's word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Literal

from moa.kernel.errors import DomainError

Language = Literal["ko", "en", "zh-hans"]
LANGUAGES: tuple[Language, ...] = ("ko", "en", "zh-hans")

_COLUMNS = (
    "code given_by files origin item mandate same_payer_no "
    "title_ko reason_ko title_en reason_en title_zh reason_zh"
).split()


class CodeUnknown(DomainError):
    code = "code_unknown"
    sentence = "Nobody gives this code; moa kftc codes lists those that there are."


class Giver(StrEnum):
    """Who sets a code: the payer's bank, KFTC's centre, or the institution that collects (in EB12)."""

    BANK = "bank"
    CENTRE = "centre"
    INSTITUTION = "institution"


class Origin(StrEnum):
    """Where a code stands: a table of the notice of 2015-07-22, or one later source."""

    BANK_TABLE = "notice-1"
    CENTRE_TABLE = "notice-2"
    INSTITUTION_TABLE = "notice-3"
    LATER = "later"


class ItemAction(StrEnum):
    """What follows for the billed item of a debit; an application or a change has no item, its action is `none`."""

    NONE = "none"
    RETRY_NEXT_RUN = "retry_next_run"
    ARREARS = "arrears"
    ARREARS_CONTACT_PAYER = "arrears_contact_payer"
    FIX_DATA = "fix_data"
    STOP_BILLING = "stop_billing"
    BILL_NEW_ACCOUNT = "bill_new_account"


class MandateAction(StrEnum):
    """What follows for the mandate: the state it takes, or for `change_refused` that it stays at the old account."""

    KEEP = "keep"
    SUSPENDED = "suspended"
    INVALID = "invalid"
    NOT_REGISTERED = "not_registered"
    TERMINATED_ACCOUNT_CLOSED = "terminated_account_closed"
    TERMINATED_IDLE = "terminated_idle"
    TERMINATED_BY_PAYER = "terminated_by_payer"
    TERMINATED_NO_EVIDENCE = "terminated_no_evidence"
    ACCOUNT_CHANGED = "account_changed"
    ALREADY_REGISTERED = "already_registered"
    APPLICATION_REJECTED = "application_rejected"
    CHANGE_REFUSED = "change_refused"


@dataclass(frozen=True, slots=True)
class CodeText:
    """A code in one language: a short title, and the reason in one sentence."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class ResultCode:
    """One code as one party gives it.

    Shape: `files` are those in which it occurs: the ones that the notice names, else all whose records hold the
    field. `same_payer_no` says whether the payer number may be registered again; None where no source says so.
    """

    code: str
    given_by: Giver
    files: tuple[str, ...]
    origin: Origin
    item: ItemAction
    mandate: MandateAction
    same_payer_no: bool | None
    texts: dict[Language, CodeText]

    def title(self, language: Language) -> str:
        return self.texts[language].title

    def reason(self, language: Language) -> str:
        return self.texts[language].reason


def result_code(code: str, given_by: Giver | None = None) -> ResultCode:
    """What a code means. A016 is given by the bank (in EB14) and by the institution (in EB12): the bank's comes
    first unless `given_by` says otherwise.

    Raises: code_unknown.
    """
    for found in result_codes():
        if found.code == code and given_by in (None, found.given_by):
            return found
    raise CodeUnknown(value=code)


def is_result_code(code: str) -> bool:
    return code in _known()


def codes_of(given_by: Giver) -> tuple[ResultCode, ...]:
    """The codes that one party gives, in the order of its table."""
    return tuple(each for each in result_codes() if each.given_by == given_by)


@cache
def result_codes() -> tuple[ResultCode, ...]:
    """All rows, the bank's first, then the centre's, then the institution's; only A016 occurs in two of them."""
    text = files(__package__).joinpath("codes.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    if lines[0] != _COLUMNS:
        raise ValueError(f"codes.tsv has columns {lines[0]}")
    return tuple(_result_code(dict(zip(_COLUMNS, fields, strict=True))) for fields in lines[1:])


def word(kind: str, name: str, language: Language) -> str:
    """What a person calls a giver ("giver"), an action ("item", "mandate") or "again" (yes, no, unstated)."""
    return _words()[f"{kind} {name}"][LANGUAGES.index(language)]


@cache
def _words() -> dict[str, list[str]]:
    """Each word in the order of LANGUAGES."""
    text = files(__package__).joinpath("codes_words.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {key: texts for key, *texts in lines[1:]}


@cache
def _known() -> frozenset[str]:
    return frozenset(each.code for each in result_codes())


def _result_code(row: dict[str, str]) -> ResultCode:
    return ResultCode(
        code=row["code"],
        given_by=Giver(row["given_by"]),
        files=tuple(row["files"].split("|")),
        origin=Origin(row["origin"]),
        item=ItemAction(row["item"]),
        mandate=MandateAction(row["mandate"]),
        same_payer_no={"yes": True, "no": False, "": None}[row["same_payer_no"]],
        texts={
            "ko": CodeText(row["title_ko"], row["reason_ko"]),
            "en": CodeText(row["title_en"], row["reason_en"]),
            "zh-hans": CodeText(row["title_zh"], row["reason_zh"]),
        },
    )
