"""The demo's reconciliation: the centre's bank accounts linked, rules agreed by two, the first day's lines confirmed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from moa.accounts.models import BankAccount, Statement, Transaction
from moa.control.context import Context
from moa.control.models import Unit
from moa.control.queries import context_for_login
from moa.ledger.models import Book, LedgerAccount
from moa.reconciliation.lifecycle import LineState
from moa.reconciliation.models import BankLine, BankLink
from moa.reconciliation.operations.confirm_line import confirm_line
from moa.reconciliation.operations.link_account import NewLink, link_account
from moa.reconciliation.operations.propose_rule import NewRule, decide_rule, propose_rule
from moa.reconciliation.operations.reconcile_lines import reconcile_lines
from moa.reconciliation.rules.matching import CONFIRM, OUT, Conditions, fits

SUSPENSE = "224101-00"
_TREASURY = "HOLD-TR"
_BUSINESS_ENDS = time(16, 30)
_STAFF = "교육비|경조금|출장비"


def begin_reconciliation(ctx: Context, book: Book, day: date) -> list[BankLink]:
    """Link every account of the centre that the chart has, from `day` on, and put the rules in force.

    A demo that was loaded on an earlier day has no statements of `day`; then nothing is linked.
    """
    if not _are_told(_own_accounts(book), day):
        return []
    ends = _business_ends(book, day)
    for account in _own_accounts(book):
        code = f"1002-{account.number_key[-6:]}"
        if LedgerAccount.objects.filter(book_id=book.id, code=code).exists():
            link_account(ctx, book, new=NewLink(account.id, code, SUSPENSE, day, business_ends=ends))
    treasury = Unit.objects.filter(code=_TREASURY).first()
    for new in [*_member_rules(book, day), *_other_rules(day, treasury.id if treasury else None)]:
        _agree(ctx, book, new)
    return list(BankLink.objects.filter(book_id=book.id).select_related("ledger_account").order_by("id"))


def settle_first_day(ctx: Context, book: Book, day: date) -> None:
    """Run the rules; the treasury confirms what waits but the last line, which the closing will send to suspense."""
    reconcile_lines(ctx, book)
    waiting = BankLine.objects.filter(book_id=book.id, state=LineState.WAITING, due_on=day).order_by("id")
    rows = [one.id for one in waiting if not one.problem]
    treasurer = context_for_login("treasurer", at=ctx.at, channel="command")
    with treasurer.open():
        for row in rows[:-1]:
            confirm_line(treasurer, row)


def _own_accounts(book: Book) -> list[BankAccount]:
    """Accounts of the book's company and the units below it."""
    units = [book.unit_id, *Unit.objects.filter(company_id=book.unit_id).values_list("id", flat=True)]
    found = BankAccount.objects.filter(unit_id__in=units, currency=book.functional_currency, closed_on=None)
    return list(found.order_by("id"))


def _are_told(accounts: list[BankAccount], day: date) -> bool:
    told = Statement.objects.filter(
        provisional=False, file__isnull=False, from_date__lte=day, to_date__gte=day
    )
    return {one.id for one in accounts} <= set(told.values_list("account_id", flat=True))


def _business_ends(book: Book, day: date) -> time:
    """Half past four, or earlier on a day whose last payment to staff came before, so that the demo shows a late line."""
    accounts = [one.id for one in _own_accounts(book)]
    lines = Transaction.objects.filter(account_id__in=accounts, booked_on=day, booked_time__isnull=False)
    times = [one.booked_time for one in lines if one.booked_time and fits(_STAFF, one.description)]
    last = max(times, default=_BUSINESS_ENDS)
    before = (datetime.combine(day, last) - timedelta(seconds=1)).time()
    return min(_BUSINESS_ENDS, before)


def _member_rules(book: Book, day: date) -> list[NewRule]:
    """Money that is swept from a member or distributed to it moves its deposit."""
    rules = []
    for account in LedgerAccount.objects.filter(book_id=book.id, code__startswith="201101-").order_by("code"):
        member = account.code.partition("-")[2]
        name = Unit.objects.filter(code=member).values_list("name", flat=True).first()
        if name:
            rules.append(
                NewRule(
                    f"SWEEP-{member}", f"{name} 자금집금·배분", Conditions(text="자금집금|자금배분", counterparty=name),
                    account.code, day, memo="{kind} {text} {counterparty}", position=10,
                )
            )  # fmt: skip
    return rules


def _other_rules(day: date, treasury: int | None) -> list[NewRule]:
    return [
        NewRule("FEES", "이체수수료", Conditions(text="이체수수료", direction=OUT, most_minor=10_000), "6421-00", day, position=20),
        NewRule(
            "STAFF", "임직원 경비", Conditions(text=_STAFF, direction=OUT, most_minor=5_000_000), "6602-00", day,
            CONFIRM, position=30, unit_id=treasury,
        ),
        NewRule("SUPPLIERS", "거래처 펌이체", Conditions(text="펌이체", direction=OUT), "6602-00", day, position=40),
        NewRule("UTILITIES", "공과금 자동이체", Conditions(text="자동이체", direction=OUT), "6602-00", day, position=50),
        NewRule("INTEREST", "예금 이자", Conditions(text="예금이자|결산이자", direction="in"), "6011-00", day, position=60),
    ]  # fmt: skip


def _agree(ctx: Context, book: Book, new: NewRule) -> None:
    maker, checker = (
        context_for_login(login, at=ctx.at, channel="command") for login in ("treasurer", "approver")
    )
    with maker.open():
        request = propose_rule(maker, book, new=new)
    with checker.open():
        decide_rule(checker, request.id, approve=True, seen_hash=request.content_hash)
