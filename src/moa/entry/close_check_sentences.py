"""What the command line says about the checks of a closing: that each holds, or how to mend it."""

from __future__ import annotations

from moa.ledger.close_checks import Finding

# Name of the check: what it says when all is well, and what to do when it is not.
SENTENCES: dict[str, tuple[str, str]] = {
    "business_day": (
        "The calendar has it as a business day.",
        "{day} is no business day in the calendar {calendar}: mark it as one on the calendar page, or reverse what was booked on it.",
    ),
    "former_days_closed": (
        "All days before are closed.",
        "{day} is not closed: close it first (moa day close).",
    ),
    "no_day_passed_over": (
        "No business day before it is without books.",
        "{day} is a business day without books: mark it as a holiday on the calendar page.",
    ),
    "trial_balance": (
        "Debits equal credits in every currency.",
        "Balances in {currency} add up to {minor} minor units instead of nothing: moa verify names the account.",
    ),
    "balances_are_last_entries": (
        "Every balance is that of the account's last entry.",
        "Account {account} stands elsewhere than its last entry left it: moa verify names the difference.",
    ),
    "subjects_add_up": (
        "Opening and turnover of every subject give its accounts' balances.",
        "Subject {subject} in {currency} does not add up since the last closing: moa verify names the difference.",
    ),
    "bank_statements_imported": (
        "Every linked bank account has the statement that should be here by now.",
        "{account} has no statement of {day}: import it (moa statements import), or enter its lines by hand.",
    ),
    "bank_lines_settled": (
        "Every bank line that is due is posted, waits to be, or is in suspense or ignored.",
        "{lines} bank lines are not in the books (standing order: “{order}”): moa reconcile run names why.",
    ),
    "bank_equals_ledger": (
        "Bank and ledger are equal, or differ by what is listed.",
        "{account} differs by {minor} minor units of {currency} that nothing explains: a statement in between is missing.",
    ),
}


def detail_of(finding: Finding) -> str:
    """One sentence; a check without one says its facts."""
    well, mend = SENTENCES.get(finding.name, ("", ""))
    if finding.ok:
        return well
    return mend.format(**finding.facts) if mend else ", ".join(f"{k} {v}" for k, v in finding.facts.items())
