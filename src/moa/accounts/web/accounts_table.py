"""The list of accounts: newest balance, its value in the base currency, how new it is, which days are missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup, escape

from moa.accounts.choices import known_choices
from moa.accounts.lifecycle import AccountKind
from moa.accounts.overview import expectations, expected_days, freshness_and_gaps
from moa.accounts.permissions import VIEW
from moa.accounts.rules import Coverage
from moa.control.access import permitted_units
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.directory.queries import bank_map, calendar_for, rates_on_or_before
from moa.kernel.money import minor_digits
from moa.ui.environment import glyph
from moa.ui.formatting import account_end, ago, day, moment, named
from moa.ui.ground import as_figure, why_address
from moa.ui.tables.cells import PageFacts, amount_cell
from moa.ui.tables.spec import AMOUNT, CHOICE, DATE, MOMENT, NUMBER, STATE, TEXT, Column, Empty, Row, Table

WINDOW_DAYS = 30
# The order of the list: Korean banks first, then by bank and number. An index holds this very expression.
_ORDER = "((case when a.bank_country = 'KR' then '0' else '1' end || a.bank_country || a.bank_code || a.number_key))"
_BASE = """case when a.currency = %(base)s::text then b.balance_minor else round(b.balance_minor * (
    select f.factor from unnest(%(rated)s::text[], %(factors)s::numeric[]) f (currency, factor)
     where f.currency = a.currency))::bigint end"""
# As rules.freshness says it; a closed account owes nothing.
_FRESHNESS = """case when a.closed_on <= %(today)s::date then 'fresh' when b.covered_until is null then 'never'
    else (select case when b.covered_until >= e.expected then 'fresh' when b.covered_until >= e.before then 'late'
                      else 'overdue' end
            from unnest(%(countries)s::text[], %(expected)s::date[], %(before)s::date[]) e (country, expected, before)
           where e.country = a.bank_country) end"""
_PERIODS = """(select array_agg(distinct s.from_date || '/' || s.to_date) from accounts_statement s
    where s.group_id = a.group_id and s.account_id = a.id and not s.provisional and s.file_id is not null
      and s.to_date >= %(since)s::date)"""
_KINDS = (
    (AccountKind.OPERATING, _("Operating")),
    (AccountKind.COLLECTION, _("Collection (mother)")),
    (AccountKind.CONCENTRATION, _("Concentration")),
    (AccountKind.WITHDRAWAL, _("Withdrawal")),
    (AccountKind.SPECIAL, _("Special purpose")),
    (AccountKind.FOREIGN, _("Foreign currency")),
)
_LOOKS: dict[str, str] = {"late": "pending", "overdue": "failed"}


def _limits(ctx: Context) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """What the rights leave, and the values that the columns' expressions are worked out with."""
    if "accounts.list_facts" not in ctx.memo:
        ctx.memo["accounts.list_facts"] = _facts(ctx)
    units = permitted_units(ctx, VIEW)
    inside = "true" if units is None else "a.unit_id = any(%(units)s)"
    return [(inside, ctx.memo["accounts.list_facts"] | {"units": list(units or ())})]


def _facts(ctx: Context) -> dict[str, Any]:
    held = known_choices(ctx)
    base = the_group_of(ctx).base_currency
    rates = rates_on_or_before(ctx, {code for code, _ in held.currencies}, base, ctx.today)
    digits = minor_digits(base)
    countries = sorted({key[:2] for key, _ in held.banks})
    days = [expected_days(calendar_for(ctx, country), ctx.today) for country in countries]
    return {
        "base": base, "rated": list(rates), "today": ctx.today, "since": ctx.today - timedelta(days=WINDOW_DAYS),
        "factors": [dated.rate.value.scaleb(digits - minor_digits(code)) for code, dated in rates.items()],
        "countries": countries, "expected": [expected for expected, _ in days], "before": [before for _, before in days],
        "language": ctx.language,
    }  # fmt: skip


def _bank(facts: PageFacts) -> Callable[[Row], str]:
    banks, language = bank_map(facts.ctx), facts.ctx.language

    def bank(row: Row) -> str:
        known = banks.get((row.bank_country, row.bank_code))
        return known.short_name(language) if known is not None else str(row.bank_code)

    return bank


def _account(facts: PageFacts) -> Callable[[Row], str]:
    bank = _bank(facts)
    return lambda row: f"{named(bank(row))} {escape(account_end(row.number_key[-4:]))}"


def _plain_account(facts: PageFacts) -> Callable[[Row], str]:
    bank = _bank(facts)
    return lambda row: f"{bank(row)} {row.number}"


def _name(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: str(named(row.name)) if row.name else ""


def _balance(facts: PageFacts) -> Callable[[Row], str]:
    figure = amount_cell(Column("balance", "", AMOUNT, currency="currency"), facts)

    def balance(row: Row) -> str:
        if row.balance is None:
            return '<span class="mo-3">—</span>'
        address = why_address("balance", account=row.id, date=row.balance_day)
        return str(as_figure(Markup(figure(row)), address))  # noqa: S704

    return balance


def _balance_day(facts: PageFacts) -> Callable[[Row], str]:
    closed = gettext("closed on %(day)s")

    def balance_day(row: Row) -> str:
        if row.closed_on is not None:
            return str(escape(closed % {"day": day(row.closed_on, facts.today)}))
        return "" if row.balance_day is None else day(row.balance_day, facts.today)

    return balance_day


def _received(facts: PageFacts) -> Callable[[Row], str]:
    """When the bank was last heard of, with its age; lateness takes a colour and a clock."""
    nothing, stale, now = escape(gettext("nothing yet")), glyph("stale"), facts.now

    def received(row: Row) -> str:
        if row.received is None or row.freshness == "never":
            return f'<span class="mo-3">{nothing}</span>'
        at, age = escape(moment(row.received, now)), escape(ago(row.received, now))
        look = _LOOKS.get(row.freshness)
        if look is None:
            return f'<span class="mo-2">{at}</span> <span class="mo-s mo-3">{age}</span>'
        return f'<span class="mo-b is-{look}">{at}</span> <span class="mo-st is-{look}">{age}{stale}</span>'

    return received


def _gaps(facts: PageFacts) -> Callable[[Row], tuple[date, ...]]:
    expected = expectations(facts.ctx, facts.today - timedelta(days=WINDOW_DAYS))

    def gaps(row: Row) -> tuple[date, ...]:
        covered = _coverage(row.periods) if row.periods else None
        return freshness_and_gaps(expected(row.bank_country), None, covered, row.closed_on)[1]

    return gaps


def _coverage(periods: Sequence[str]) -> Coverage:
    pairs = (one.split("/") for one in periods)
    return Coverage(
        tuple(sorted((date.fromisoformat(first), date.fromisoformat(last)) for first, last in pairs))
    )


def _missing(facts: PageFacts) -> Callable[[Row], str]:
    gaps = _gaps(facts)

    def missing(row: Row) -> str:
        days = len(gaps(row))
        if not days:
            return '<span class="mo-3">0</span>'
        words = escape(ngettext("%(num)s day", "%(num)s days", days) % {"num": days})
        where = reverse("accounts:account", args=[row.id])
        return f'<a class="mo-bad mo-b" href="{where}?tab=statements">{words}</a>'

    return missing


def _plain_missing(facts: PageFacts) -> Callable[[Row], int]:
    gaps = _gaps(facts)
    return lambda row: len(gaps(row))


ACCOUNTS = Table(
    name="accounts.accounts",
    label=_("Accounts"),
    right=VIEW,
    here="accounts",
    source="accounts_bankaccount a",
    joins={
        "b": "left join accounts_currentbalance b on b.group_id = a.group_id and b.account_id = a.id",
        "u": "join control_unit u on u.id = a.unit_id",
        "c": "join control_unit c on c.id = coalesce(u.company_id, u.id)",
        "d": "left join directory_bank d on d.country = a.bank_country and d.code = a.bank_code",
    },
    key="a.id",
    order="place",
    fields={
        "bank_country": "a.bank_country", "bank_code": "a.bank_code", "number": "a.number", "number_key": "a.number_key",
        "closed_on": "a.closed_on", "base_currency": "%(base)s::text", "periods": _PERIODS,
        "freshness": _FRESHNESS,
    },
    field_needs=("b",),
    limits=_limits,
    search=(
        "a.number", "a.number_key", "a.nickname", "a.holder", "c.name", "c.names::text", "d.names::text",
        "d.short_names::text",
    ),
    search_needs=("u", "c", "d"),
    row_url="accounts:account",
    row_class=lambda row: "is-gone" if row.closed_on is not None else "",
    base_key="base",
    css="mo-list mo-acct",
    empty=Empty(
        _("No account yet"), _("Drop a bank's file, and the accounts in it are found and offered to you."),
        "accounts:imports", _("Upload files"), "up",
    ),
    columns=(
        Column("place", _("Bank and number"), TEXT, _ORDER, sortable=True, not_null=True, shown=False,
               cell=lambda facts: lambda row: str(escape(row.number)), plain=lambda facts: lambda row: row.number),
        Column("account", _("Account"), link=True, cell=_account, aside=_name, plain=_plain_account, css="mo-nw w-who", width=30),
        Column("name", _("Name"), TEXT, "coalesce(nullif(a.nickname, ''), a.holder)", sortable=True, filterable=True,
               shown=False, in_files=True, width=24),
        Column("company", _("Company"), TEXT, "coalesce(c.names ->> %(language)s, c.name)", ("u", "c"), sortable=True, width=20),
        Column("kind", _("Kind"), CHOICE, "a.kind", choices=_KINDS, sortable=True, filterable=True, css="mo-2 mo-nw"),
        Column("unit", _("Unit"), TEXT, "case when u.kind = 'unit' then coalesce(u.names ->> %(language)s, u.name) else '' end",
               ("u",), sortable=True, css="mo-2 mo-nw"),
        Column("balance", _("Balance"), AMOUNT, "b.balance_minor", ("b",), currency="currency", summed=True, sortable=True,
               filterable=True, cell=_balance, css="mo-n w-amt"),
        Column("base", _("In the base currency"), AMOUNT, _BASE, ("b",), currency="base_currency", summed=True, sortable=True,
               css="mo-n mo-2 w-amt mo-hide-s", term="base_currency"),
        Column("balance_day", _("Balance of"), DATE, "b.day", ("b",), sortable=True, filterable=True, cell=_balance_day),
        Column("received", _("Last received"), MOMENT, "b.received_at", ("b",), sortable=True, filterable=True, cell=_received,
               css="mo-nw"),
        Column("missing", _("Missing"), NUMBER, cell=_missing, plain=_plain_missing, css="mo-n", term="missing_day"),
        Column("currency", _("Currency"), CHOICE, "a.currency", choices=lambda ctx: known_choices(ctx).currencies,
               filterable=True, shown=False, in_files=True, width=8),
        Column("holder", _("Holder"), TEXT, "a.holder", sortable=True, filterable=True, shown=False, width=24),
        Column("bank", _("Bank"), CHOICE, choices=lambda ctx: known_choices(ctx).banks, filterable=True, only_condition=True,
               condition="a.bank_country || a.bank_code = %(value)s"),
        Column("of", _("Company"), CHOICE, asks=("company",), choices=lambda ctx: known_choices(ctx).companies,
               filterable=True, only_condition=True,
               condition="a.unit_id in (select k.id from control_unit k join control_unit m on m.id = coalesce(k.company_id, k.id)"
               " where m.code = %(value)s)"),
        Column("fresh", _("Freshness"), CHOICE, _FRESHNESS, ("b",), asks=("freshness",), filterable=True, only_condition=True,
               choices=(("fresh", _("up to date")), ("late", _("one business day late")), ("overdue", _("overdue")),
                        ("never", _("nothing yet")))),
        Column("closed", _("Closed accounts"), CHOICE, choices=(("yes", _("also closed ones")),), filterable=True,
               only_condition=True, condition="%(value)s::text is not null"),
        Column("state", _("State"), STATE, "case when a.closed_on <= %(today)s::date then 'closed' else 'open' end", shown=False,
               states={"open": ("paid", pgettext_lazy("account", "Open")), "closed": ("draft", _("Closed"))}),
        Column("opened_on", _("Opened on"), DATE, "a.opened_on", sortable=True, filterable=True, shown=False),
    ),
)  # fmt: skip

# Without being asked for, closed accounts stay away.
ONLY_OPEN = "(a.closed_on is null or a.closed_on > %(today)s::date)"
