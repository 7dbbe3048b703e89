"""What is said about the checks of closings: their names, that each holds, how to mend it, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moa.ledger.close_checks import Finding
from moa.ui.formatting import figure
from moa.ui.problems import problem_text

Text = str | Promise


class Words(NamedTuple):
    """Shape: `mend` names the finding's facts in braces; `page` the name of the page where it is mended, `query` what its
    address asks, with facts too; `each` the page of one thing, where the finding's fact `each` lists them; `otherwise` what
    to mend by the finding's fact `by`, where a check can fail in several ways."""

    name: Text
    well: Text
    mend: Text
    page: str = ""
    query: str = ""
    each: str = ""
    otherwise: Mapping[str, Text] = {}
    by: str = "why"


OF_DAYS: dict[str, Words] = {
    "business_day": Words(
        _("Business day of the calendar"),
        _("The calendar has it as a business day."),
        _("{day} is no business day in the calendar {calendar}: mark it as one on the calendar page, or reverse what was booked on it."),
        "directory:calendar",
    ),
    "former_days_closed": Words(
        _("Days before"),
        _("All days before are closed."),
        _("{day} is not closed: close it first (moa day close)."),
    ),
    "no_day_passed_over": Words(
        _("No day left out"),
        _("No business day before it is without books."),
        _("{day} is a business day without books: mark it as a holiday on the calendar page."),
        "directory:calendar",
    ),
    "trial_balance": Words(
        _("Trial balance"),
        _("Debits equal credits in every currency."),
        _("Balances in {currency} add up to {amount} instead of nothing: moa verify names the account."),
    ),
    "balances_are_last_entries": Words(
        _("Balances and entries"),
        _("Every balance is that of the account's last entry."),
        _("Account {account} stands elsewhere than its last entry left it: moa verify names the difference."),
    ),
    "subjects_add_up": Words(
        _("Opening and turnover of subjects"),
        _("Opening and turnover of every subject give its accounts' balances."),
        _("Subject {subject} in {currency} does not add up since the last closing: moa verify names the difference."),
    ),
    "opening_balances": Words(
        _("Opening balances"),
        _("The opening balances are booked and balance in every currency."),
        _("Debits and credits of the opening balances in {currency} differ by {amount}: complete them."),
        "ledger:opening",
        "book={book}",
        otherwise={"waits": _("Opening balances in {currency} wait for approval or were returned: decide on them first.")},
    ),
    "vouchers_reviewed": Words(
        _("Vouchers of the day"),
        _("No voucher of the day waits for review."),
        _("{count} vouchers of {day} wait for review: {named}. Have them approved or returned, or take them back."),
        "ledger:vouchers",
        "book={book}&state=waiting&day.from={day}&day.to={day}",
        "ledger:draft",
    ),
    "last_verification": Words(
        _("Count of the books"),
        _("No count of the books has found a difference."),
        _("The count of {at} found {differences} differences: run moa verify again once they are mended."),
    ),
    "bank_statements_imported": Words(
        _("Bank statements"),
        _("Every linked bank account has the statement that should be here by now."),
        _("{account} has no statement of {day}: import it (moa statements import), or enter its lines by hand."),
        "accounts:imports",
    ),
    "bank_lines_settled": Words(
        _("Bank lines"),
        _("Every bank line that is due is posted, waits to be, or is in suspense or ignored."),
        _("{lines} bank lines are not in the books, though the standing order {order} lets rules book them: moa reconcile run names why."),
        "reconciliation:lines",
        otherwise={"": _("{lines} bank lines are not in the books, and no standing order lets rules book them: file one with the act rule.")},
        by="order",
    ),
    "bank_equals_ledger": Words(
        _("Bank and ledger"),
        _("Bank and ledger are equal as far as statements came, or differ by what is listed."),
        _("{account} differs by {amount} that nothing explains: a statement in between is missing."),
    ),
    "payments_settled": Words(
        _("Payments of the day"),
        _("No approved payment is left over; what is sent and not proven stays set aside."),
        _("{count} payments due by the day are approved and not paid: {named}. Wait until they are sent, or take them back."),
        "payments:orders",
        each="payments:order",
    ),
}  # fmt: skip
OF_PERIODS: dict[str, Words] = {
    "days_closed": Words(
        _("Days of the period"),
        _("All its business days are closed."),
        _("{day} is not closed: close it first."),
    ),
    "months_closed": Words(
        _("Months of the year"),
        _("All its months are closed."),
        _("{month} is not closed: close it first."),
    ),
    "profit_account": Words(
        _("Account for the profit of the year"),
        _("The profit has an account in every currency."),
        _("No account in {currency} stands under the profit of the year: open one."),
    ),
    "day_to_carry": Words(
        _("Open day of the new year"),
        _("A day is open on which the profit is carried."),
        _("Open the first day of the new year: the profit of {year} is carried on it."),
    ),
    "leave_to_carry": Words(
        _("Standing order for closings"),
        _("A standing order lets a machine carry the profit."),
        _("No standing order gives leave for closings on {day}: file one with the act close and have it approved."),
        "control:approvals",
    ),
    "carry": Words(
        _("Carrying the profit"),
        _("The profit can be carried."),
        _("The voucher that carries the profit is refused. {problem}: account {account}."),
    ),
}  # fmt: skip

_COUNTS = frozenset({"count", "lines", "differences"})
# These of a month or year come with time: until then nothing is wrong.
AWAITED = frozenset({"days_closed", "months_closed", "day_to_carry"})


def words_of(name: str) -> Words:
    """A check that somebody registered without words is called by its name."""
    return OF_DAYS.get(name) or OF_PERIODS.get(name) or Words(name, "", "")


def sentence_of(finding: Finding) -> str:
    """One sentence in the language that is active; a check without one says its facts."""
    words = words_of(finding.name)
    if finding.ok:
        return str(words.well)
    mend = words.otherwise.get(str(finding.facts.get(words.by, "")), words.mend)
    if mend:
        return str(mend).format(**_in_words(finding.facts))
    return ", ".join(f"{name} {value}" for name, value in finding.facts.items())


def _in_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as a person reads them: `minor` with `currency` is `amount`, `code` is `problem`, numbers have separators."""
    said = {name: f"{value:,}" if name in _COUNTS else value for name, value in facts.items()}
    if "minor" in facts and "currency" in facts:
        said["amount"] = f"{facts['currency']} {figure(facts['minor'], facts['currency'])}"
    if "code" in facts:
        said["problem"] = problem_text(facts["code"]).what
    return said
