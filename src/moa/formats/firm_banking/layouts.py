"""The 300-byte messages as tables: the common header of 100 bytes and a body of 200 for each kind.

Positions count from 1 within the message, as printed. Source: Hecto Financial, real-time firm banking, message design
2.0 of 2024-03 (header and the bodies marked verified); where only the message's name is public, its status says so.
"""

from __future__ import annotations

from moa.formats.fixed_width.kinds import (
    ALPHANUMERICS,
    DIGITS,
    Blank,
    Choice,
    Date,
    Digits,
    Kind,
    LeftAligned,
    Literal,
    Number,
)
from moa.formats.fixed_width.layout import Field, Layout

from .field_kinds import (
    HIGHEST_OWN_NUMBER,
    NOT_DIGITS,
    Identity,
    MessageNumber,
    Moment,
    OptionalDate,
    OptionalNumber,
    Secret,
    StrictText,
    Won,
)

LENGTH, HEADER_LENGTH = 300, 100
SOURCE = "Hecto Financial, real-time firm banking message design 2.0, 2024-03"
VERIFIED, COMPILED, ASSUMED, NOT_PUBLIC = "verified", "compiled", "assumed", "not public"

IDENT = "SETTLEBNK"
AMOUNT = Number(NOT_DIGITS)
LATER = OptionalNumber()
BANK = Digits(NOT_DIGITS)
OPTIONAL_BANK = LeftAligned(DIGITS, NOT_DIGITS, NOT_DIGITS)
ACCOUNT = LeftAligned(DIGITS, "account_invalid", "account_invalid", blank_code="account_missing")
OPTIONAL_ACCOUNT = LeftAligned(DIGITS, "account_invalid", "account_invalid")
CODE = LeftAligned(ALPHANUMERICS, "code_invalid", "code_invalid")
ANSWER = LeftAligned(ALPHANUMERICS, "code_invalid", "code_invalid", blank_code="resp_code_missing")
SIGN = Choice((b"+", b"-", b" "), "sign_invalid")
YES_NO = Choice((b"Y", b"N", b" "), "choice_invalid")
TEXT = StrictText()
SECRET = Secret()
DATE = Date("date_invalid")


def header(code: str, business: str, *, is_answer: bool, from_company: bool) -> tuple[Field, ...]:
    """Bytes 1 to 100, the same in all messages."""
    number = MessageNumber(HIGHEST_OWN_NUMBER) if from_company else MessageNumber()
    answer: Kind = ANSWER if is_answer else Blank("resp_code_in_request")
    return (
        Field("ident", 1, 9, Choice((IDENT.encode(), b" " * 9), "ident_invalid"), "SETTLEBNK or spaces", default=IDENT),
        Field("company_no", 10, 12, StrictText("company_missing"), "given by the operator", default=None),
        Field("bank_code", 22, 3, BANK, "the bank that the contract is with", default=None),
        Field("msg_code", 25, 4, Literal(code.encode(), "msg_code_invalid"), "an answer's is its request's + 100"),
        Field("biz_code", 29, 3, Literal(business.encode(), "biz_code_invalid")),
        Field("send_count", 32, 1, Digits(NOT_DIGITS), "1; an answer repeats the request's", default="1"),
        Field("msg_no", 33, 6, number, "unique within day, bank and company", default=None),
        Field("send_date", 39, 8, DATE, "YYYYMMDD; an answer repeats the request's", default=None),
        Field("send_time", 47, 6, Moment(), "HHMMSS", default=None),
        Field("resp_code", 53, 4, answer, "spaces in requests; look here first", default=None if is_answer else ""),
        Field("reserved1", 57, 15, TEXT, "repeated in the answer"),
        Field("reserved2", 72, 11, TEXT, "repeated in the answer"),
        Field("reserved3", 83, 18, TEXT, "repeated in the answer"),
    )  # fmt: skip


def _reserved(position: int, length: int, name: str = "reserved") -> Field:
    return Field(name, position, length, Blank("reserved_filled"), "spaces", filler=True)


EMPTY = (_reserved(101, 200),)
OPAQUE = (Field("body", 101, 200, TEXT, "its fields are not public"),)

TRANSFER = (
    Field("debit_account", 101, 15, ACCOUNT, "digits, no hyphen", default=None),
    Field("passbook_pw", 116, 8, SECRET, "the account's password"),
    Field("sign_code", 124, 6, SECRET, "the bank's sign code"),
    Field("amount", 130, 13, Won(), "won", default=None),
    Field("balance_sign", 143, 1, SIGN, "in the answer"),
    Field("balance", 144, 13, LATER, "after the transfer, in the answer", default="0"),
    Field("credit_bank", 157, 3, BANK, default=None),
    Field("credit_account", 160, 15, ACCOUNT, "digits, no hyphen", default=None),
    Field("fee", 175, 9, LATER, "won, in the answer", default="0"),
    Field("cms_code", 184, 16, TEXT, "printed in the payee's passbook by some banks"),
    Field("memo", 200, 14, TEXT, "printed in the passbook; full-width"),
    Field("credit_holder_id", 214, 13, Identity(), "birth date or business number"),
    Field("credit_holder_name", 227, 12, TEXT),
    Field("orig_msg_no", 239, 6, OPTIONAL_BANK, "of a transfer sent before"),
    Field("fee_exempt", 245, 1, YES_NO),
    Field("fund_kind", 246, 2, TEXT, "per bank"),
    _reserved(248, 53),
)

COLLECTION = (
    Field("debit_account", 101, 15, ACCOUNT, "the payer's", default=None),
    Field("passbook_pw", 116, 8, SECRET),
    Field("sign_code", 124, 6, SECRET),
    Field("amount", 130, 13, Won(), "won", default=None),
    Field("balance_sign", 143, 1, SIGN, "in the answer"),
    Field("balance", 144, 13, LATER, "in the answer", default="0"),
    Field("credit_bank", 157, 3, BANK, default=None),
    Field("credit_account", 160, 15, ACCOUNT, default=None),
    Field("fee", 175, 9, LATER, "won, in the answer", default="0"),
    Field("memo", 184, 14, TEXT, "printed in the passbook"),
    Field("debit_holder_id", 198, 13, Identity(), "birth date or business number"),
    Field("debit_holder_name", 211, 12, TEXT),
    Field("cms_depositor_code", 223, 16, TEXT),
    Field("cheque_amount", 239, 13, LATER, default="0"),
    Field("payer_no", 252, 20, TEXT),
    Field("fb_institution_code", 272, 10, TEXT),
    Field("reseller_area", 282, 18, TEXT),
    _reserved(300, 1),
)

REGISTRATION = (
    Field("body_ident", 101, 1, Literal(b"D", "ident_invalid"), '"D"'),
    Field("seq", 102, 7, AMOUNT),
    Field("account_bank", 109, 3, BANK, default=None),
    Field("account_no", 112, 16, ACCOUNT, default=None),
    Field(
        "application_type", 128, 1, Choice((b"1", b"2"), "choice_invalid"), "1 new, 2 cancel", default=None
    ),
    Field("auto_day", 129, 2, TEXT),
    Field("handling_branch", 131, 7, Digits(NOT_DIGITS), '"0000000"', default="0000000"),
    Field("application_date", 138, 8, DATE, default=None),
    Field("result", 146, 1, YES_NO, "in the answer"),
    Field("error_code", 147, 4, CODE, "in the answer"),
    Field("id_check", 151, 1, YES_NO),
    Field("holder_id", 152, 13, Identity(), "birth date or business number"),
    Field("payer_no", 165, 20, TEXT),
    Field("fb_institution_code", 185, 10, TEXT),
    Field("phone", 195, 20, TEXT, "650 of KB only"),
    Field("holder_name", 215, 30, TEXT, "650 of KB only"),
    _reserved(245, 30, "reserved_a"),
    Field("consent_type", 275, 1, TEXT, "1 to 7"),
    Field("payinfo_institution_code", 276, 20, TEXT),
    _reserved(296, 5, "reserved_b"),
)

FAILURE = (
    Field("orig_msg_no", 101, 6, MessageNumber(), "the transfer that failed afterwards", default=None),
    Field("debit_account", 107, 15, ACCOUNT, default=None),
    Field("credit_bank", 122, 3, BANK, default=None),
    Field("credit_account", 125, 15, ACCOUNT, default=None),
    Field("request_amount", 140, 13, Won(), "won", default=None),
    Field("ok_amount", 153, 13, AMOUNT, default="0"),
    Field("failed_amount", 166, 13, AMOUNT, default="0"),
    Field("split_count", 179, 2, LATER, "parts, where the bank splits a transfer", default="0"),
    Field("split_no", 181, 2, LATER, default="0"),
    Field("interbank_msg_no", 183, 6, LATER, default="0"),
    Field("notified_failed_amount", 189, 13, AMOUNT, default="0"),
    Field("error_code", 202, 4, CODE),
    Field("network_txn_no", 206, 13, TEXT, "of the interbank network"),
    _reserved(219, 82),
)

NOTICE = (
    Field("account_no", 101, 15, ACCOUNT, default=None),
    Field("giro_branch", 116, 7, TEXT),
    Field("io_cancel", 123, 2, Choice((b"11", b"21", b"31", b"32", b"99", b"  "), "choice_invalid"),
          "11 in, 21 out, 31 in cancelled, 32 out cancelled, 99 other"),
    Field("txn_kind", 125, 2, TEXT, "table of transaction kinds"),
    Field("amount", 127, 13, LATER, "won", default="0"),
    Field("cash_part", 140, 13, LATER, "available today", default="0"),
    Field("bill_part", 153, 13, LATER, "available the next day", default="0"),
    Field("balance_sign", 166, 1, SIGN),
    Field("balance", 167, 13, LATER, "after the movement", default="0"),
    Field("counterparty_name", 180, 12, TEXT),
    Field("cheque_no", 192, 10, TEXT),
    Field("txn_date", 202, 8, OptionalDate()),
    Field("txn_time", 210, 6, Moment(optional=True)),
    Field("txn_seq", 216, 6, LATER, "the bank's number of the movement within account and day", default="0"),
    Field("cancel_orig_seq", 222, 6, LATER, "cancellations only", default="0"),
    Field("orig_date", 228, 8, OptionalDate(), "cancellations only"),
    Field("cms_code_or_id", 236, 16, TEXT),
    Field("cashier_cheque_amount", 252, 13, LATER, default="0"),
    Field("household_cheque_amount", 265, 13, LATER, default="0"),
    Field("counterparty_name20", 278, 20, TEXT, "SC bank only"),
    Field("amount_kind", 298, 2, TEXT, "SC bank only"),
    _reserved(300, 1),
)  # fmt: skip

NAME_INQUIRY = (
    Field("account_no", 101, 15, ACCOUNT, default=None),
    Field("holder_id", 116, 13, Identity(), "birth date or business number"),
    Field("holder_name", 129, 12, TEXT, "in the answer"),
    Field("account_bank", 141, 3, BANK, default=None),
    Field("amount", 144, 13, LATER, default="0"),
    Field("parent_account", 157, 15, OPTIONAL_ACCOUNT, "some banks"),
    Field("id_check_kind", 172, 2, TEXT, "not usable since 2014-08-07"),
    Field("holder_name20", 174, 20, TEXT, "in the answer of some banks"),
    Field("fixed", 194, 1, YES_NO),
    Field("state", 195, 1, Choice((b"N", b"C", b" "), "choice_invalid"), "N open, C closed"),
    Field("state_date", 196, 8, OptionalDate()),
    Field("registrar", 204, 2, TEXT),
    Field("kakaopay_code", 206, 8, TEXT),
    _reserved(214, 87),
)

RESULT_INQUIRY = (
    Field("orig_msg_no", 101, 6, MessageNumber(), "the transfer that is asked about", default=None),
    Field("debit_account", 107, 15, ACCOUNT, default=None),
    Field("credit_bank", 122, 3, OPTIONAL_BANK),
    Field("credit_account", 125, 15, OPTIONAL_ACCOUNT),
    Field("request_amount", 140, 13, LATER, default="0"),
    Field("ok_amount", 153, 13, LATER, "in the answer", default="0"),
    Field("failed_amount", 166, 13, LATER, "in the answer", default="0"),
    Field("fee", 179, 9, LATER, "in the answer", default="0"),
    Field("transfer_time", 188, 6, Moment(optional=True), "in the answer"),
    Field(
        "result",
        194,
        4,
        CODE,
        "in the answer: NREC, 0000 or a code of the bank; heeded only after resp_code 0000",
    ),
    Field("inquiry_kind", 198, 2, LATER, "K bank and Kakao only", default=""),
    _reserved(200, 101),
)

BALANCE = (
    Field("account_no", 101, 15, ACCOUNT, default=None),
    Field("overdraft_limit", 116, 13, LATER, default="0"),
    Field("ledger_sign", 129, 1, SIGN),
    Field("ledger_balance", 130, 13, LATER, default="0"),
    Field("cash_amount", 143, 13, LATER, default="0"),
    Field("cheque_amount", 156, 13, LATER, default="0"),
    Field("other_bill_amount", 169, 13, LATER, default="0"),
    Field("available_sign", 182, 1, SIGN),
    Field("available_amount", 183, 13, LATER, default="0"),
    _reserved(196, 105),
)

TOTALS = (
    Field("base_date", 101, 8, DATE, "the bank's day", default=None),
    Field("account_no", 109, 15, OPTIONAL_ACCOUNT, "one account, or spaces for all of the company"),
    Field("request_count", 124, 7, LATER, "transfers that the bank took, each number once", default="0"),
    Field("request_amount", 131, 13, LATER, default="0"),
    Field("ok_count", 144, 7, LATER, "of these debited, also those returned afterwards", default="0"),
    Field("ok_amount", 151, 13, LATER, default="0"),
    Field("failed_count", 164, 7, LATER, "of these refused", default="0"),
    Field("failed_amount", 171, 13, LATER, default="0"),
    Field("returned_count", 184, 7, LATER, "debited and credited back on this day", default="0"),
    Field("returned_amount", 191, 13, LATER, default="0"),
    Field("fee_amount", 204, 13, LATER, "fees debited", default="0"),
    _reserved(217, 84),
)

NOTICE_TOTALS = (
    Field("base_date", 101, 8, DATE, "the bank's day", default=None),
    Field("account_no", 109, 15, OPTIONAL_ACCOUNT, "one account, or spaces for all of the company"),
    Field("in_count", 124, 7, LATER, default="0"),
    Field("in_amount", 131, 13, LATER, default="0"),
    Field("out_count", 144, 7, LATER, default="0"),
    Field("out_amount", 151, 13, LATER, default="0"),
    Field("cancelled_count", 164, 7, LATER, default="0"),
    Field("cancelled_amount", 171, 13, LATER, default="0"),
    _reserved(184, 117),
)


def message_layout(
    code: str, business: str, body: tuple[Field, ...], *, is_answer: bool, from_company: bool, status: str
) -> Layout:
    """Header and body in one table of 300 bytes. Shape: `from_company` says who gave the number."""
    fields = (*header(code, business, is_answer=is_answer, from_company=from_company), *body)
    return Layout(f"{code}/{business}", LENGTH, fields, SOURCE, status)
