"""Which messages there are: a request and its answer each, who sends it, and how sure its table is."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal, NamedTuple

from moa.formats.fixed_width.layout import Field, Layout

from . import layouts

Sender = Literal["company", "bank", "both"]

OPEN, CLOSE, LINE_TEST = "1000/100", "1000/200", "1000/500"
TRANSFER, COLLECTION = "2000/100", "2000/200"
REGISTRATION, REGISTRATION_BY_BANK = "2000/550", "2000/650"
FAILURE_NOTICE, COLLECTION_FAILURE_NOTICE = "3000/100", "3000/200"
TRANSACTION_NOTICE, MISSING_NOTICE = "4000/100", "4000/200"
REMITTANCE_NOTICE, BILL_NOTICE = "4000/300", "4000/500"
NAME_INQUIRY, NAME_INQUIRY_PROCUREMENT, EXCHANGE_RATES = "6000/100", "6000/102", "6000/500"
RESULT_INQUIRY, BALANCE = "7000/100", "7000/200"
TRANSFER_TOTALS, COLLECTION_TOTALS, NOTICE_TOTALS = "7000/300", "7000/400", "7000/500"


class MessageKind(NamedTuple):
    """One kind of message in one direction.

    Shape: `key` is "2000/100"; `answer_key` that of its answer, "" in an answer; `layout` the whole 300 bytes.
    """

    key: str
    title: str
    title_ko: str
    sender: Sender
    is_answer: bool
    answer_key: str
    layout: Layout

    @property
    def request_key(self) -> str:
        return answer_to(self.key, -100) if self.is_answer else self.key


def answer_to(key: str, step: int = 100) -> str:
    """2000/100 is answered by 2100/100."""
    code, business = key.split("/")
    return f"{int(code) + step:04}/{business}"


_REQUESTS: tuple[tuple[str, str, str, Sender, tuple[Field, ...], str], ...] = (
    (OPEN, "open the line", "업무개시", "both", layouts.EMPTY, layouts.VERIFIED),
    (CLOSE, "close the line", "업무종료", "both", layouts.EMPTY, layouts.VERIFIED),
    (LINE_TEST, "line test", "회선시험", "both", layouts.EMPTY, layouts.VERIFIED),
    (TRANSFER, "payment transfer", "지급이체", "company", layouts.TRANSFER, layouts.VERIFIED),
    (COLLECTION, "collection", "집금이체", "company", layouts.COLLECTION, layouts.VERIFIED),
    (REGISTRATION, "debit account registration", "출금계좌 등록", "company", layouts.REGISTRATION, layouts.VERIFIED),
    (REGISTRATION_BY_BANK, "debit account registration taken by the bank", "출금계좌 등록(은행 접수)", "bank", layouts.REGISTRATION, layouts.VERIFIED),
    (FAILURE_NOTICE, "transfer that failed afterwards", "타행이체 불능통지", "bank", layouts.FAILURE, layouts.VERIFIED),
    (COLLECTION_FAILURE_NOTICE, "collection that failed afterwards", "타행집금 불능통지", "bank", layouts.FAILURE, layouts.COMPILED),
    (TRANSACTION_NOTICE, "account transaction notice", "거래명세 통지", "bank", layouts.NOTICE, layouts.VERIFIED),
    (MISSING_NOTICE, "request for a missing notice", "거래명세 결번 요구", "company", layouts.NOTICE, layouts.COMPILED),
    (REMITTANCE_NOTICE, "foreign remittance notice", "외화송금 통지", "bank", layouts.OPAQUE, layouts.NOT_PUBLIC),
    (BILL_NOTICE, "bill notice", "어음 통지", "bank", layouts.OPAQUE, layouts.NOT_PUBLIC),
    (NAME_INQUIRY, "holder's name inquiry", "예금주 조회", "company", layouts.NAME_INQUIRY, layouts.VERIFIED),
    (NAME_INQUIRY_PROCUREMENT, "holder's name inquiry, procurement", "예금주 조회(조달)", "company", layouts.NAME_INQUIRY, layouts.ASSUMED),
    (EXCHANGE_RATES, "exchange rates", "환율 조회", "company", layouts.OPAQUE, layouts.NOT_PUBLIC),
    (RESULT_INQUIRY, "transfer result inquiry", "이체처리결과 조회", "company", layouts.RESULT_INQUIRY, layouts.VERIFIED),
    (BALANCE, "balance inquiry", "모계좌 잔액 조회", "company", layouts.BALANCE, layouts.VERIFIED),
    (TRANSFER_TOTALS, "totals of transfers", "지급이체 집계", "company", layouts.TOTALS, layouts.ASSUMED),
    (COLLECTION_TOTALS, "totals of collections", "집금이체 집계", "company", layouts.TOTALS, layouts.ASSUMED),
    (NOTICE_TOTALS, "totals of notices", "거래명세 집계", "company", layouts.NOTICE_TOTALS, layouts.ASSUMED),
)  # fmt: skip


def _kinds() -> dict[str, MessageKind]:
    kinds = {}
    for key, title, title_ko, sender, body, status in _REQUESTS:
        for is_answer in (False, True):
            own = answer_to(key) if is_answer else key
            code, business = own.split("/")
            table = layouts.message_layout(
                code, business, body, is_answer=is_answer, from_company=sender == "company", status=status
            )
            answer = "" if is_answer else answer_to(key)
            kinds[own] = MessageKind(own, title, title_ko, sender, is_answer, answer, table)
    return kinds


MESSAGES = MappingProxyType(_kinds())
