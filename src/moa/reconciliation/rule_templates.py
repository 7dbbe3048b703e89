"""A rule that names a template of vouchers: the template says the account against the bank's and the memo.

What it says is pinned with the rule that two persons agree to, so a later version of the template changes no rule.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moa.kernel.errors import NotFound
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.rules.templates import CREDIT_SIDE, DEBIT_SIDE, TemplateLeg
from moa.ledger.voucher_templates import Template, list_templates, named_template
from moa.reconciliation.queries import list_links
from moa.reconciliation.rules.matching import IN, OUT, Conditions

if TYPE_CHECKING:
    from moa.reconciliation.operations.propose_rule import NewRule


def templates_for_lines(book: Book) -> list[Template]:
    """Those that a rule may name: one leg on each side, for a bank line has one amount."""
    return [
        one
        for one in list_templates(book)
        if sorted(leg.side for leg in one.legs) == [CREDIT_SIDE, DEBIT_SIDE]
    ]


def filled_by_template(book: Book, new: NewRule) -> tuple[NewRule, str]:
    """The rule with what its template says, and the code of what does not go together; empty when all does.

    A receipt debits the bank's account, so the template's credit is the account against it; a payment the other way.
    """
    if not new.template:
        return new, ""
    try:
        template = named_template(book, new.template)
    except NotFound:
        return new, "template_unknown"
    if new.conditions.direction not in (IN, OUT):
        return new, "template_needs_direction"
    of_bank = DEBIT_SIDE if new.conditions.direction == IN else CREDIT_SIDE
    banks = [leg for leg in template.legs if leg.side == of_bank]
    counters = [leg for leg in template.legs if leg.side != of_bank]
    if len(banks) != 1 or len(counters) != 1 or not _takes(book, banks[0], new.conditions):
        return new, "template_unfit"
    counter = counters[0]
    named = LedgerAccount.objects.filter(book_id=book.id, code=counter.account).first()
    account = (
        LedgerAccount.objects.filter(book_id=book.id, code=new.counter).first() if new.counter else named
    )
    if account is None:
        return new, "counter_unknown" if new.counter else "template_needs_account"
    if not _is_under(account, counter.account):
        return new, "template_other_account"
    memo = new.memo or counter.memo or template.memo
    return replace(new, counter=account.code, memo=memo, template_revision=template.revision), ""


def _takes(book: Book, leg: TemplateLeg, asked: Conditions) -> bool:
    """Whether the bank's leg is that of every linked account whose lines the rule may take."""
    links = [
        link
        for link in list_links(book)
        if asked.account_id in (None, link.account_id)
        and asked.bank in ("", link.account.bank_country + link.account.bank_code)
    ]
    return bool(links) and all(_is_under(link.ledger_account, leg.account) for link in links)


def _is_under(account: LedgerAccount, code: str) -> bool:
    """Whether it is the account of that code, or hangs under the subject of that code."""
    subject = account.subject
    while account.code != code and subject.code != code:
        if subject.parent is None:
            return False
        subject = subject.parent
    return True
