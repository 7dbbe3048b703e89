"""The banks that accounts can be held at, with their codes and names, and how many of our accounts are there."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from markupsafe import Markup

from moa.accounts.permissions import VIEW
from moa.accounts.queries import accounts_by_bank
from moa.control.web.tables import table_view
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import CHOICE, Column, Row, Table

_COUNTRIES = (("KR", _("Korea")), ("CN", _("China")))


def _ours(facts: PageFacts) -> Callable[[Row], str]:
    counts, accounts = accounts_by_bank(facts.ctx), reverse("accounts:accounts")

    def ours(row: Row) -> str:
        key = row.country + row.code
        if not counts[key]:
            return ""
        words = ngettext("%(num)s account", "%(num)s accounts", counts[key]) % {"num": counts[key]}
        return Markup('<a href="{}?bank={}">{}</a>').format(accounts, key, words)

    return ours


def _plain_ours(facts: PageFacts) -> Callable[[Row], int]:
    counts = accounts_by_bank(facts.ctx)
    return lambda row: counts[row.country + row.code]


BANKS = Table(
    name="accounts.banks",
    label=_("Banks"),
    scope=_("Institutions of Korea and China with their public codes"),
    right=VIEW,
    here="banks",
    # The list is public and short; a number of its own tells the rows apart.
    source="(select row_number() over (order by country desc, code) as n, * from directory_bank) b",
    key="b.n",
    order="order",
    search=("b.code", "b.bic", "b.names::text", "b.short_names::text", "b.other_codes::text", "b.former_names::text"),
    columns=(
        Column("order", _("Order"), "number", "b.n", sortable=True, not_null=True, shown=False),
        Column("country", _("Country"), CHOICE, "b.country", choices=_COUNTRIES, sortable=True, filterable=True, width=8),
        Column("code", _("Code"), sql="b.code", sortable=True, filterable=True, css="mo-mono mo-nw"),
        Column("ko", _("Korean name"), sql="b.names ->> 'ko'", sortable=True, filterable=True, css="mo-el w-who", width=24),
        Column("zh", _("Chinese name"), sql="b.names ->> 'zh-hans'", sortable=True, css="mo-el w-txt", width=24),
        Column("en", _("English name"), sql="b.names ->> 'en'", sortable=True, css="mo-el w-txt", width=32),
        Column("bic", _("BIC"), sql="b.bic", sortable=True, filterable=True, css="mo-mono mo-nw mo-2"),
        Column("others", _("Further codes"), sql="array_to_string(b.other_codes, ', ')", shown=False, width=24),
        Column("ours", _("Our accounts"), cell=_ours, plain=_plain_ours, css="mo-nw"),
    ),
)  # fmt: skip

banks = table_view(BANKS)
