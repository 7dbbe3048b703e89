"""The list of transactions: of all accounts, or of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from markupsafe import escape

from moa.accounts.choices import known_choices
from moa.accounts.lines import LineRow
from moa.accounts.overview import AccountRow
from moa.accounts.permissions import VIEW
from moa.accounts.queries import account_called, accounts_to_choose
from moa.accounts.words_of_lines import lines_with
from moa.control.access import permitted_units
from moa.control.context import Context
from moa.directory.queries import bank_map
from moa.ui.formatting import account_end, clock, day, named
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import AMOUNT, CHOICE, DATE, MOMENT, STATE, Column, Empty, Row, Table

_SUPERSEDED = "exists (select 1 from accounts_supersession x where x.transaction_id = t.id)"
# Conditions on an account are asked of the accounts, which are few, and not once for each line.
_ACCOUNTS = "t.account_id in (select k.id from accounts_bankaccount k join control_unit u on u.id = k.unit_id where {})"
# An account is called by its number, however it is written, by its name or by its holder's.
_CALLED = (
    "position(lower(%(value)s) in lower(k.nickname || chr(10) || k.holder || chr(10) || k.number)) > 0"
    " or position(nullif(regexp_replace(%(value)s, '[ -]', '', 'g'), '') in k.number_key) > 0"
)


def _limits(ctx: Context) -> Sequence[tuple[str, Mapping[str, Any]]]:
    units = permitted_units(ctx, VIEW)
    if units is None:
        return ()
    inside = "t.account_id in (select id from accounts_bankaccount where unit_id = any(%(units)s))"
    return [(inside, {"units": list(units)})]


def _when(facts: PageFacts) -> Callable[[Row], str]:
    today = facts.today
    return lambda row: f"{day(row.booked_on, today)} {clock(row.time)}"


def _time(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: clock(row.time)


def _plain_time(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: f"{row.time:%H:%M:%S}" if row.time else ""


def _bank(facts: PageFacts) -> Callable[[Row], str]:
    banks, language = bank_map(facts.ctx), facts.ctx.language

    def bank(row: Row) -> str:
        known = banks.get((row.bank_country, row.bank_code))
        return known.short_name(language) if known is not None else row.bank_code

    return bank


def _account(facts: PageFacts) -> Callable[[Row], str]:
    bank = _bank(facts)
    shown: dict[int, str] = {}

    def account(row: Row) -> str:
        if row.account_id not in shown:
            # Where the column is too narrow the bank's name is cut, never the end of the account's number.
            end = escape(account_end(row.number_key[-4:]))
            shown[row.account_id] = (
                f'<span class="mo-fit"><span>{named(bank(row))}</span> <span>{end}</span></span>'
            )
        return shown[row.account_id]

    return account


def _plain_account(facts: PageFacts) -> Callable[[Row], str]:
    bank = _bank(facts)
    return lambda row: f"{bank(row)} {row.number}"


def _who(facts: PageFacts) -> Callable[[Row], str]:
    nobody = gettext("(no words)")
    return lambda row: named(row.counterparty or row.description or nobody)


def _plain_who(facts: PageFacts) -> Callable[[Row], str]:
    nobody = gettext("(no words)")
    return lambda row: row.counterparty or row.description or nobody


def _what(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: named(row.description) if row.counterparty and row.description else ""


TRANSACTIONS = Table(
    name="accounts.transactions",
    label=_("Transactions"),
    scope=_("All accounts that your roles cover"),
    right=VIEW,
    here="accounts",
    source="accounts_transaction t",
    joins={"a": "join accounts_bankaccount a on a.id = t.account_id"},
    key="t.id",
    order="-booked_on",
    further=("tab",),
    fields={
        "time": "t.booked_time", "account_id": "t.account_id", "bank_country": "a.bank_country",
        "bank_code": "a.bank_code", "number": "a.number", "number_key": "a.number_key",
    },
    field_needs=("a",),
    limits=_limits,
    narrow=lines_with,
    search=("t.counterparty", "t.description", "t.reference"),
    sum_where=f"not {_SUPERSEDED}",
    net=("into", "out"),
    row_url="accounts:transaction",
    row_class=lambda row: "is-gone" if row.state == "superseded" else "",
    panel=True,
    css="mo-tx",
    empty=Empty(
        _("No transaction yet"), _("They come with the bank's statement files."), "accounts:imports",
        _("Upload files"), "up",
    ),
    columns=(
        Column("booked_on", _("Booked on"), DATE, "t.booked_on", asks=("from", "to"), sortable=True, not_null=True,
               filterable=True, cell=_when),
        Column("clock", _("Time of day"), cell=_time, plain=_plain_time, shown=False, in_files=True, width=10),
        Column("account", _("Account"), sql="a.bank_country || a.bank_code || a.number_key", needs=("a",), sortable=True,
               not_null=True, filterable=True, condition=_ACCOUNTS.format(_CALLED), hints=accounts_to_choose,
               word=account_called, cell=_account, plain=_plain_account, css="mo-el mo-2 w-acc", width=30),
        Column("counterparty", _("Counterparty · description"), sql="t.counterparty", link=True, sortable=True,
               filterable=True, cell=_who,
               aside=_what, plain=_plain_who, css="mo-el w-who", width=36),
        Column("description", _("Description"), sql="t.description", shown=False, in_files=True, sortable=True, width=36),
        Column("amount", _("Amount"), AMOUNT, currency="currency", measured="abs(t.amount_minor)", asks=("least", "most"),
               filterable=True, only_condition=True),
        Column("out", _("Out"), AMOUNT, "case when t.amount_minor < 0 then -t.amount_minor end", currency="currency",
               sortable=True, summed=True, css="mo-n w-amt w-out"),
        Column("into", _("In"), AMOUNT, "case when t.amount_minor >= 0 then t.amount_minor end", currency="currency",
               sortable=True, summed=True, css="mo-n w-amt w-in"),
        Column("balance", _("Balance after"), AMOUNT, "t.balance_minor", currency="currency", filterable=True,
               css="mo-n mo-2 w-bal"),
        Column("value_date", _("Value date"), DATE, "t.value_date", shown=False, sortable=True, filterable=True, term="value_date"),
        Column("reference", pgettext_lazy("payment", "Reference"), sql="t.reference", shown=False, filterable=True),
        Column("recorded_at", _("Recorded"), MOMENT, "t.recorded_at", shown=False, filterable=True, term="recorded_at"),
        Column("direction", _("Direction"), CHOICE, choices=(("credit", _("money in")), ("debit", _("money out"))),
               condition="(t.amount_minor < 0) = (%(value)s = 'debit')", filterable=True, only_condition=True),
        Column("company", _("Company"), CHOICE, choices=lambda ctx: known_choices(ctx).companies, filterable=True,
               condition=_ACCOUNTS.format(
                   "coalesce(u.company_id, u.id) = (select id from control_unit where code = %(value)s)"),
               only_condition=True),
        Column("bank", _("Bank"), CHOICE, choices=lambda ctx: known_choices(ctx).banks, filterable=True, only_condition=True,
               condition=_ACCOUNTS.format("k.bank_country || k.bank_code = %(value)s")),
        Column("currency", _("Currency"), CHOICE, "a.currency", ("a",), choices=lambda ctx: known_choices(ctx).currencies,
               filterable=True, condition=_ACCOUNTS.format("k.currency = %(value)s"), shown=False, width=8, css="w-cur"),
        Column("state", _("State"), STATE, f"case when {_SUPERSEDED} then 'superseded' when t.place like 'hand %%'"
               " then 'manual' else 'booked' end", filterable=True, css="w-st", width=10,
               choices=(("booked", _("Booked")), ("manual", _("By hand")), ("superseded", _("Superseded"))),
               condition=f"(%(value)s = 'superseded' and {_SUPERSEDED} or %(value)s = 'manual' and t.place like 'hand %%'"
               f" or %(value)s = 'booked' and t.place not like 'hand %%' and not {_SUPERSEDED})",
               states={"booked": ("paid", _("Booked")), "provisional": ("sent", _("Provisional")),
                       "superseded": ("draft", _("Superseded")), "manual": ("approved", _("By hand"))}),
    ),
)  # fmt: skip


def provisional_rows(lines: Sequence[LineRow], account: AccountRow) -> list[Row]:
    """Intraday lines as rows that stand above an account's list. A "p" tells their keys from those of booked lines."""
    return [
        TRANSACTIONS.row_type(
            id=f"p{line.id}", time=line.time, account_id=line.account_id, bank_country=account.bank_key[:2],
            bank_code=account.bank_key[2:], number=account.number, number_key=account.account_end,
            booked_on=line.booked_on, counterparty=line.counterparty, description=line.description,
            out=-line.amount_minor if line.amount_minor < 0 else None,
            into=line.amount_minor if line.amount_minor >= 0 else None, balance=None, value_date=line.value_date,
            account=account.bank_key + account.number, reference="", recorded_at=None, currency=account.currency, state="provisional",
        )
        for line in lines
    ]  # fmt: skip
