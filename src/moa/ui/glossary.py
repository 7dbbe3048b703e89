"""The words of the field that a newcomer may not know: their names in three languages and what they mean.

Pages mark them where they stand (`term` in templates) and `/glossary` lists them. docs/glossary.md holds the same lines.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from moa.ui.shell import Text


class Term(NamedTuple):
    """One line. Shape: `code` the word in code, in addresses and in `term`; the meaning in the language of the page."""

    code: str
    ko: str
    zh: str
    en: str
    meaning: Text

    def names(self, language: str) -> list[tuple[str, str]]:
        """Its names with their language tags, the one of the page first."""
        names = [("ko", self.ko), ("zh-Hans", self.zh), ("en", self.en)]
        return sorted(names, key=lambda name: name[0].lower() != language)


# By what a person does, and there by what one meets first.
GLOSSARY: tuple[tuple[str, Text, tuple[Term, ...]], ...] = (
    ("funds", _("Funds"), (
        Term("cash_position", "자금 포지션", "资金头寸", "Cash position",
             _("How much money the group has in all accounts at the end of a day, by currency and added up in the base currency.")),
        Term("daily_fund_report", "자금일보", "资金日报", "Daily fund report",
             _("One day's previous balance, money in, money out and balance, by account and currency.")),
        Term("base_currency", "기준통화", "本位币", "Base currency",
             _("The currency in which balances of all currencies are added up.")),
        Term("known_at", "기준 시점", "截至时点", "As known at",
             _("The moment as of whose knowledge a figure is asked; what became known later is left out.")),
        Term("recorded_at", "기록시각", "记录时间", "Recorded",
             _("When a fact became known here; it differs from the day the fact is of.")),
        Term("booked_on", "거래일", "记账日(交易日)", "Booking date",
             _("The day on which the bank booked the line.")),
        Term("value_date", "기산일", "起息日", "Value date",
             _("The day from which interest counts; it may be before or after the booking date.")),
        Term("freshness", "최신성", "时效", "Freshness",
             _("How new a bank's word is: fresh, late, overdue, or nothing received yet.")),
        Term("missing_day", "빠진 날", "缺失日", "Missing day",
             _("A business day of an account that no statement covers; its balance is not known, not zero.")),
        Term("rate", "환율", "汇率", "Exchange rate",
             _("What one unit of a currency is worth in the base currency, with its day and its source.")),
        Term("ground", "근거", "依据", "Ground",
             _("Where a figure comes from, walked from the file over the record to the balance.")),
    )),
    ("bank", _("Bank files"), (
        Term("statement", "거래내역", "对账单", "Statement",
             _("What a bank says of one account over a period: opening balance, lines, closing balance.")),
        Term("provisional_entry", "예정 거래", "临时明细", "Provisional line",
             _("A line reported within the day that the bank has not booked; it is in no balance.")),
        Term("parked_statement", "보류된 명세서", "暂存对账单", "Parked statement",
             _("A statement of an account that nobody has opened here; its lines wait until somebody does.")),
        Term("conflict", "내용 다름(모순)", "内容不一致(冲突)", "Contradiction",
             _("Two statements of the bank that say different things of the same days; a person decides.")),
        Term("column_profile", "열 구성", "列配置", "Column profile",
             _("What each column of a bank's table holds, so that its files can be read.")),
        Term("fingerprint", "지문", "指纹", "Fingerprint",
             _("A short sum of a file's content; the same content always has the same one.")),
        Term("firm_banking", "펌뱅킹", "银企直联", "Firm banking",
             _("A connection to a bank over which payments and inquiries go as messages.")),
    )),
    ("payments", _("Payments and their outcome"), (
        Term("payment_order", "지급지시", "付款指令", "Payment order",
             _("What asks the bank to pay: from which account, to whom, how much and when.")),
        Term("unknown_outcome", "결과 미확인", "结果未知", "Outcome not known",
             _("The bank has not answered, so nobody knows whether it paid; it is asked again, never sent again.")),
        Term("payee_inquiry", "예금주 조회", "收款人核对", "Payee inquiry",
             _("Asking the bank whose account it is, before money is sent there.")),
        Term("transfer_limit", "이체한도", "付款限额", "Payment limit",
             _("The most that may be paid in one payment or in a day; what goes beyond is not taken.")),
        Term("bulk_transfer", "대량이체", "批量付款", "Bulk payment",
             _("Many payments that are entered, checked and approved together.")),
        Term("hold", "묶인 금액", "预留金额", "Amount set aside",
             _("The amount of an approved payment, which nothing else may use until the payment is over.")),
        Term("available_balance", "출금가능잔액", "可用余额", "Available balance",
             _("The balance less what is set aside for payments.")),
    )),
    ("approvals", _("Approvals and authority"), (
        Term("approval", "결재", "审批", "Approval",
             _("The decision of another person without which a request takes no effect.")),
        Term("delegated_approval", "전결 규정", "审批规定", "Approval policy",
             _("Says which grades sign what kind of request up to which amount.")),
        Term("deputy", "대결", "代理审批", "Deputy",
             _("Who decides while the approver is away, with the approver's grade and limit.")),
        Term("rekey_review", "재입력 확인", "复录复核", "Re-keying",
             _("The approver types account, amount and name again without seeing them, and the two must agree.")),
        Term("return", "반려", "退回", "Return",
             _("A request given back to its maker with the reason, to be mended or dropped.")),
        Term("segregation_of_duties", "직무분리", "职责分离", "Segregation of duties",
             _("Rights that no one person may hold together, so that nobody can begin and finish an act alone.")),
        Term("distance", "횡령 최소 인원", "侵吞最少人数", "Embezzlement distance",
             _("The fewest persons who could together pay money out, from the rights and limits as they are.")),
    )),
    ("books", _("Books"), (
        Term("book", "장부", "账簿", "Book",
             _("The books of one settlement centre or company; days and vouchers belong to one book.")),
        Term("business_day", "영업일", "营业日", "Business day",
             _("The day of a book that vouchers are booked on; it is opened, and closed once all agrees.")),
        Term("voucher", "전표", "凭证", "Voucher",
             _("One posting whose debits and credits are equal.")),
        Term("voucher_template", "전표 서식", "凭证模板", "Voucher template",
             _("How the voucher of a business event begins; two persons agree to each version.")),
        Term("entry", "분개", "分录", "Entry",
             _("One line of a voucher: an account, debit or credit, an amount.")),
        Term("debit_credit", "차변과 대변", "借方与贷方", "Debit and credit",
             _("The two sides of a voucher, whose sums are always equal.")),
        Term("subject", "계정과목", "会计科目", "Subject",
             _("A code of the chart of accounts under which accounts of one nature are added up.")),
        Term("normal_side", "잔액 방향", "余额方向", "Normal side",
             _("The side, debit or credit, on which the balance of an account counts as positive.")),
        Term("floor", "최저한도", "最低余额", "Floor",
             _("The lowest balance that an account may have; a voucher that goes below is refused.")),
        Term("reversal", "취소 전표", "冲销凭证", "Reversal",
             _("A voucher that takes another back; what was booked is never erased.")),
        Term("opening_balance", "개시 잔액", "期初余额", "Opening balance",
             _("What an account held before the first day booked here.")),
        Term("trial_balance", "합계잔액시산표", "试算平衡表", "Trial balance",
             _("Debits, credits and balances of all subjects; both sides agree, else something is wrong.")),
        Term("subject_ledger", "총계정원장", "总账", "General ledger",
             _("One subject day by day: what came, what went, what remained.")),
        Term("account_ledger", "계정 원장", "对账单(分户账)", "Account ledger",
             _("One account entry by entry with its running balance.")),
    )),
    ("closing", pgettext_lazy("books", "Closing"), (
        Term("day_close", "일마감", "日结", "Day closing",
             _("Ends a business day once every check holds; nothing more can be booked on it.")),
        Term("month_close", "월마감", "月结", "Month closing",
             _("Ends a month whose days are all closed.")),
        Term("reopening", "마감 취소", "恢复日结", "Reopening",
             _("Opens the latest closed day again, asked for by one person and approved by another.")),
        Term("seal", "봉인값", "封印", "Seal",
             _("A short value over all that was booked up to a closing; a later change no longer fits it.")),
        Term("proof", "장부 증명", "账簿证明", "Proof",
             _("Closed days in one file that anybody can check without this system.")),
        Term("standing_order", "상시 승인", "常设授权", "Standing order",
             _("Leave for a machine to book certain things by itself, given by two persons for a time.")),
    )),
    ("reconciliation", _("Reconciliation"), (
        Term("reconciliation", "대사", "对账", "Reconciliation",
             _("Comparing the bank's lines with the vouchers, so that every difference has an explanation.")),
        Term("bank_line", "은행 거래", "银行流水", "Bank line",
             _("A line of a statement on its way into the books.")),
        Term("rule", "규칙", "规则", "Rule",
             _("Says how a kind of bank line is booked, by itself or after a person has confirmed it.")),
        Term("suspense_receipt", "가수금", "待查款", "Suspense",
             _("Money that came without its owner or purpose being known; it stands apart until that is found out.")),
        Term("clearing", "가수금 정리", "待查款清理", "Clearing",
             _("Giving a suspense item to the account it belongs to, by two persons or by a rule.")),
        Term("outstanding_item", "미달", "未达账项", "Item in transit",
             _("What one side, bank or book, has booked and the other has not yet.")),
    )),
    ("system", _("Sign-in and records"), (
        Term("machine_token", "API 토큰", "API 令牌", "API token",
             _("Opens the API for a program for a time, with some of the rights of its person.")),
        Term("passkey", "패스키", "通行密钥", "Passkey",
             _("A key kept by a device that proves who signs in, in place of a code.")),
        Term("recovery_code", "복구 코드", "恢复码", "Recovery code",
             _("One of ten codes for the day the second factor is lost; each works once.")),
        Term("audit_trail", "감사 이력", "审计记录", "Audit trail",
             _("Who did what and when, with what stood before and after; no line is ever changed.")),
    )),
)  # fmt: skip
TERMS = {term.code: term for _area, _heading, terms in GLOSSARY for term in terms}


@lru_cache(maxsize=2000)
def _marked(code: str, words: str, language: str | None) -> Markup:
    return Markup('<a class="mo-term" data-term href="{}?term={}#{}" title="{}">{}</a>').format(
        reverse("control:glossary"), code, code, str(TERMS[code].meaning), words
    )


def term(code: str, words: object) -> Markup:
    """In a template: term("value_date", _("Value date")), the words underlined with dots, which open their line.

    Not inside another link, a button, a summary or a label: there `term_mark` stands beside it.
    """
    return _marked(code, str(words), get_language())


@lru_cache(maxsize=2000)
def _beside(code: str, words: str, language: str | None) -> Markup:
    return Markup('<a class="mo-term is-mark" data-term href="{}?term={}#{}" title="{}" aria-label="{}">?</a>').format(
        reverse("control:glossary"), code, code, str(TERMS[code].meaning), _("%(word)s: what it means") % {"word": words}
    )  # fmt: skip


def term_mark(code: str, words: object) -> Markup:
    """A question mark that opens the word's line, beside a label or a head that sorts."""
    return _beside(code, str(words), get_language())
