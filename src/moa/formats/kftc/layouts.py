"""The records of the KFTC CMS files EB1x, EB2x, EC2x and EB3x, one table each, positions as printed (from 1).

A layout of a kind differs from its family's in the fields that only requests or only results fill.
Source: S0 is the KFTC notice of 2015-07-22 (data record of EB1x, printed there); the others were put together from
independent public programs that agree, as each table's status says.
"""

from __future__ import annotations

from moa.formats.fixed_width.hangul import Hangul
from moa.formats.fixed_width.kinds import (
    ALPHANUMERICS,
    DIGITS,
    Blank,
    Choice,
    Date,
    Kind,
    LeftAligned,
    Literal,
    Number,
    Text,
    Zeros,
)
from moa.formats.fixed_width.layout import Field, Layout

from .field_kinds import BankCode, FileName, HolderId, InstitutionCode

_NOT_DIGITS, _NOT_BLANK, _NOT_ZERO, _GAP = "0088", "0089", "0090", "0098"
_SEQUENCE = "0081"
SHORT, LONG = 120, 150

COUNT = Number(_NOT_DIGITS)
BLANK = Blank(_NOT_BLANK)
ACCOUNT = LeftAligned(DIGITS, _NOT_DIGITS, _GAP, blank_code="0012")
OPTIONAL_DIGITS = LeftAligned(DIGITS, _NOT_DIGITS, _GAP)
OPTIONAL_LETTERS = LeftAligned(ALPHANUMERICS, _NOT_DIGITS, _GAP)
ERROR_CODE = LeftAligned(ALPHANUMERICS, _NOT_DIGITS, _GAP, blank_code="error_code_missing")
PASSBOOK = Hangul("0068", "0087")


def _start(record_type: str, sequence: str | None) -> tuple[Field, ...]:
    numbered: Kind = Number(_SEQUENCE) if sequence is None else Literal(sequence.encode(), _SEQUENCE)
    return (
        Field("record_type", 1, 1, Literal(record_type.encode(), _SEQUENCE), f'"{record_type}"'),
        Field("seq", 2, 8, numbered, "00000001 upwards" if sequence is None else f'"{sequence}"', default=None),
        Field("institution_code", 10, 10, InstitutionCode(), "ten digits, begins with 99", default=None),
    )  # fmt: skip


def _filler(position: int, length: int, name: str = "filler") -> Field:
    return Field(name, position, length, BLANK, "spaces", filler=True)


def _file_name(kind: str) -> Field:
    return Field("file_name", 20, 8, FileName(kind), f"{kind}MMDD", default=None)


def _mac(position: int) -> Field:
    return Field("mac", position, 10, Text(_NOT_DIGITS), "message authentication code; spaces when unused")


def _only_one(result: Kind) -> str:
    """What stands there when nobody says anything: the one value that can, where there is but one."""
    return result.values[0].decode("ascii") if isinstance(result, Choice) and len(result.values) == 1 else ""


def eb1x_header(kind: str) -> Layout:
    return Layout(
        f"{kind}.header", SHORT,
        (
            *_start("H", "00000000"), _file_name(kind),
            Field("application_date", 28, 6, Date("date_invalid"), "YYMMDD; its MMDD is the file name's", default=None),
            _filler(34, 87),
        ),
        "three independent programs", "compiled",
    )  # fmt: skip


def eb1x_data(kind: str, *, handling_branch: Kind, result: Kind, error_code: Kind) -> Layout:
    return Layout(
        f"{kind}.data", SHORT,
        (
            *_start("R", None),
            Field("application_date", 20, 6, Date("A011"), "YYMMDD, the payer's application", default=None),
            Field("application_type", 26, 1, Choice((b"1", b"3", b"7"), "A012"), "1 new, 3 cancel, 7 arbitrary cancel"),
            Field("payer_no", 27, 20, LeftAligned(ALPHANUMERICS, _NOT_DIGITS, _GAP, "A018"),
                  "unique within the institution, no special characters"),
            Field("bank_branch_code", 47, 7, BankCode(), "bank 3, branch 4 or 0000", default=None),
            Field("account_no", 54, 16, ACCOUNT, "digits, no hyphen; part of the MAC"),
            Field("holder_id", 70, 16, HolderId(), "birth date YYMMDD or business number; may be empty in type 3"),
            Field("handling_branch", 86, 4, handling_branch, "EB11: four digits, CHNG or CNCL; EB13: spaces"),
            Field("fund_type", 90, 2, OPTIONAL_LETTERS, "kind of money; its list is not public"),
            Field("result", 92, 1, result, "spaces in requests, N in results", default=_only_one(result)),
            Field("error_code", 93, 4, error_code, "spaces in requests"),
            _filler(97, 1, "filler1"),
            Field("phone", 98, 12, OPTIONAL_DIGITS, "no hyphen"),
            _filler(110, 11, "filler2"),
        ),
        "KFTC notice 2015-07-22, annex 1", "verified",
    )  # fmt: skip


def eb1x_trailer(kind: str) -> Layout:
    return Layout(
        f"{kind}.trailer", SHORT,
        (
            *_start("T", "99999999"), _file_name(kind),
            Field("total_count", 28, 8, COUNT, "data records"),
            Field("new_count", 36, 8, COUNT, "type 1"),
            Field("change_count", 44, 8, Zeros(_NOT_ZERO), "zeros: type 2 is no longer used"),
            Field("cancel_count", 52, 8, COUNT, "type 3"),
            Field("arbitrary_cancel_count", 60, 8, COUNT, "type 7"),
            _filler(68, 43), _mac(111),
        ),
        "three independent programs", "compiled",
    )  # fmt: skip


def eb2x_header(kind: str) -> Layout:
    return Layout(
        f"{kind}.header", LONG,
        (
            *_start("H", "00000000"), _file_name(kind),
            Field("debit_date", 28, 6, Date("date_invalid"), "YYMMDD; its MMDD is the file name's", default=None),
            Field("main_bank_branch_code", 34, 7, BankCode(), "the bank that receives what is collected", default=None),
            Field("credit_account_no", 41, 16, ACCOUNT, "the institution's receiving account", default=None),
            _filler(57, 94),
        ),
        "two independent programs", "compiled",
    )  # fmt: skip


def eb2x_data(kind: str, *, result: Kind, error_code: Kind) -> Layout:
    return Layout(
        f"{kind}.data", LONG,
        (
            *_start("R", None),
            Field("bank_branch_code", 20, 7, BankCode(), "bank 3, branch 4 or 0000", default=None),
            Field("account_no", 27, 16, ACCOUNT, "digits, no hyphen"),
            Field("amount", 43, 13, COUNT, "won; in a result the amount that was not debited", default=None),
            Field("holder_id", 56, 13, HolderId(), "birth date YYMMDD or business number; may be empty"),
            Field("result", 69, 1, result, "space in requests; N failed, P in part"),
            Field("error_code", 70, 4, error_code, "spaces in requests"),
            Field("passbook_text", 74, 16, PASSBOOK, "eight full-width characters"),
            Field("fund_type", 90, 2, OPTIONAL_LETTERS, "kind of money; its list is not public"),
            Field("payer_no", 92, 20, LeftAligned(ALPHANUMERICS, _NOT_DIGITS, _GAP, "0017"), "as in EB13"),
            Field("institution_area", 112, 5, Text(_NOT_DIGITS), "free for the institution"),
            Field("debit_form", 117, 1, Choice(tuple(b"%d" % n for n in range(7)), "0075"),
                  "1 all or nothing, 0 any part, 2 to 6 parts of 1,000 to 5,000 won", default="1"),
            Field("phone_cash_receipt", 118, 12, OPTIONAL_DIGITS, "identity for the cash receipt, no hyphen"),
            _filler(130, 21),
        ),
        "two independent programs", "compiled",
    )  # fmt: skip


def eb21_trailer(kind: str) -> Layout:
    return Layout(
        f"{kind}.trailer", LONG,
        (
            *_start("T", "99999999"), _file_name(kind),
            Field("total_count", 28, 8, COUNT, "data records"),
            Field("full_count", 36, 8, COUNT, "debit form 1"),
            Field("full_amount", 44, 13, COUNT, "debit form 1"),
            Field("partial_count", 57, 8, COUNT, "other debit forms"),
            Field("partial_amount", 65, 13, COUNT, "other debit forms"),
            _filler(78, 63), _mac(141),
        ),
        "two independent programs", "compiled",
    )  # fmt: skip


def eb22_trailer(kind: str) -> Layout:
    """Bytes 78 and after rest on one source, so what is wrong there is a warning."""
    return Layout(
        f"{kind}.trailer", LONG,
        (
            *_start("T", "99999999"), _file_name(kind),
            Field("total_count", 28, 8, COUNT, "data records"),
            Field("full_fail_count", 36, 8, COUNT, "failed requests for all or nothing"),
            Field("full_fail_amount", 44, 13, COUNT, "what was not debited of them"),
            Field("partial_fail_count", 57, 8, COUNT, "failed or partly debited requests that allowed a part"),
            Field("partial_fail_amount", 65, 13, COUNT, "what was not debited of them"),
            Field("center_error_count", 78, 8, COUNT, "records that the centre refused", strict=False),
            Field("filler0", 86, 4, Zeros(_NOT_ZERO), "zeros", strict=False, filler=True),
            Field("debit_bank_fee", 90, 11, COUNT, "won", strict=False),
            Field("credit_bank_fee", 101, 11, COUNT, "won", strict=False),
            Field("filler", 112, 29, BLANK, "spaces", strict=False, filler=True),
            Field("mac", 141, 10, Text(_NOT_DIGITS), "spaces when unused", strict=False),
        ),
        "one program for bytes 1 to 111; the rest follows from the record's length", "partly inferred",
    )  # fmt: skip


def eb31_header(kind: str) -> Layout:
    return Layout(
        f"{kind}.header", LONG,
        (
            *_start("H", "00000000"), _file_name(kind),
            Field("credit_date", 28, 6, Date("date_invalid"), "YYMMDD; its MMDD is the file name's", default=None),
            Field("bank_branch_code", 34, 7, BankCode(), "the paying bank", default=None),
            Field("debit_account_no", 41, 16, ACCOUNT, "the institution's account that pays", default=None),
            _filler(57, 94),
        ),
        "one public sample", "experimental",
    )  # fmt: skip


def eb31_data(kind: str, *, result: Kind, error_code: Kind) -> Layout:
    return Layout(
        f"{kind}.data", LONG,
        (
            *_start("R", None),
            Field("bank_branch_code", 20, 7, BankCode(), "the beneficiary's bank", default=None),
            Field("account_no", 27, 16, ACCOUNT, "the beneficiary's account"),
            Field("amount", 43, 13, COUNT, "won", default=None),
            Field("holder_id", 56, 13, HolderId(), "compared with the account's holder when check_flag is Y"),
            Field("result", 69, 1, result, "space in requests", default=_only_one(result)),
            Field("error_code", 70, 4, error_code, "spaces in requests"),
            Field("passbook_text", 74, 16, PASSBOOK, "eight full-width characters"),
            Field("fund_type", 90, 2, OPTIONAL_LETTERS, "kind of money"),
            Field("institution_area", 92, 25, Text(_NOT_DIGITS), "free for the institution"),
            Field("check_flag", 117, 1, Choice((b"Y", b"N", b" "), _NOT_DIGITS), "Y compares the holder"),
            _filler(118, 33),
        ),
        "one public sample", "experimental",
    )  # fmt: skip


def eb31_trailer(kind: str) -> Layout:
    return Layout(
        f"{kind}.trailer", LONG,
        (
            *_start("T", "99999999"), _file_name(kind),
            Field("total_count", 28, 8, COUNT, "data records"),
            Field("request_count", 36, 8, COUNT, "requests"),
            Field("request_amount", 44, 13, COUNT, "won"),
            _filler(57, 84), _mac(141),
        ),
        "one public sample", "experimental",
    )  # fmt: skip
