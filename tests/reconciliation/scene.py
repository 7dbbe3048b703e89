"""A book with a linked bank account, rules agreed by two, and statements that come in: what tests of reconciliation share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from moa.accounts.models import BankAccount
from moa.control.context import Context
from moa.control.models import Unit
from moa.ledger.models import Book, Voucher
from moa.ledger.operations.agree_standing_order import NewStandingOrder
from moa.ledger.rules.acts import RULE
from moa.ledger.rules.vouchers import NewVoucher, transfer
from moa.reconciliation.models import BankLine, BankLink, SuspenseItem
from moa.reconciliation.operations.link_account import NewLink, link_account
from moa.reconciliation.operations.propose_line import decide_line, propose_line
from moa.reconciliation.operations.propose_rule import NewRule, decide_rule, propose_rule
from moa.reconciliation.operations.reconcile_lines import Reconciled, reconcile_lines
from moa.reconciliation.rules.matching import Conditions
from tests.accounts.bank_files import Line, mt940
from tests.accounts.books import Books
from tests.control.factories import TODAY
from tests.ledger.journal import Journal, agree, make_journal

THURSDAY = date(2026, 11, 19)
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
OPENING = 10_000


@dataclass(frozen=True, slots=True)
class Scene:
    """The bank account has 10,000 before 20 November, a Friday, which is the book's first and open day."""

    journal: Journal
    bank: Books
    account: BankAccount
    link: BankLink

    @property
    def ctx(self) -> Context:
        return self.journal.ctx

    @property
    def book(self) -> Book:
        return self.journal.book

    def statement(self, *lines: Line, opening: int = OPENING, first: date = TODAY, last: date = TODAY) -> Any:
        return self.bank.bring(mt940(lines, opening=opening, first=first, last=last))

    def rule(self, code: str = "ALL", *, counter: str = "free", mode: str = "post", **more: Any) -> int:
        """Proposed by one and agreed by the other; conditions and fields of the rule by name."""
        names = Conditions.__slots__
        asked = Conditions(**{name: more.pop(name) for name in list(more) if name in names})
        valid_from = more.pop("valid_from", THURSDAY)
        new = NewRule(code, f"Rule {code}", asked, counter, valid_from, mode, **more)
        with self.ctx.open():
            request = propose_rule(self.ctx, self.book, new=new)
        with self.journal.second.open():
            decide_rule(self.journal.second, request.id, approve=True, seen_hash=request.content_hash)
        return request.id

    def run(self, **more: bool) -> Reconciled:
        return reconcile_lines(self.journal.machine, self.book, **more)

    def decided(self, row: int, **what: str) -> None:
        with self.ctx.open():
            request = propose_line(self.ctx, row, **what)  # type: ignore[arg-type]
        with self.journal.second.open():
            decide_line(self.journal.second, request.id, approve=True, seen_hash=request.content_hash)

    def lines(self) -> list[BankLine]:
        with self.ctx.open():
            return list(BankLine.objects.order_by("booked_on", "line_id"))

    def states(self) -> list[str]:
        return [str(one.state) for one in self.lines()]

    def items(self) -> list[SuspenseItem]:
        with self.ctx.open():
            return list(SuspenseItem.objects.order_by("id"))

    def vouchers(self) -> list[Voucher]:
        """Those that reconciliation booked."""
        with self.ctx.open():
            return list(Voucher.objects.filter(source_kind="bank_line").order_by("id"))


def make_scene(*, business_ends: time | None = None, with_order: bool = True) -> Scene:
    journal = make_journal()
    journal.load(("suspense", "224101", "KRW", None))
    if with_order:
        agree(journal, NewStandingOrder("RULES", "Bank lines by rule", (RULE,), TODAY))
    with journal.ctx.open():
        company = Unit.objects.get(id=journal.book.unit_id)
    bank = Books(journal.machine, journal.ctx, company)
    account = bank.open()
    bank.bring(mt940([], opening=OPENING, first=THURSDAY, last=THURSDAY, reference="BEFORE"))
    opening = NewVoucher("opening", TODAY, TODAY, transfer("bank", "free", OPENING, "KRW"), "opening")
    journal.post(opening, source_kind="opening")
    with journal.ctx.open():
        link = link_account(
            journal.ctx, journal.book,
            new=NewLink(account.id, "bank", "suspense", TODAY, business_ends=business_ends),
        )  # fmt: skip
    return Scene(journal, bank, account, link)
