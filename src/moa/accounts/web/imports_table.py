"""The history of imports as a list: what came when and from whom, what is new of it, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from markupsafe import escape

from moa.accounts.lifecycle import FileState
from moa.accounts.permissions import VIEW
from moa.control.access import permitted_units
from moa.control.context import Context
from moa.ui.environment import state
from moa.ui.formatting import named, period, size
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import DATE, MOMENT, NUMBER, STATE, TEXT, Column, Empty, Row, Table

# Names of accounts that are shown of a file; the rest is counted.
_NAMED = 2
# A stored file that still waits for somebody says so; as views_imports._shown_state says it of one file. Statements are
# asked for one by one: `exists` may be answered by reading all that there are.
_STATE = """case when f.state <> 'stored' then f.state
    when exists (select 1 from accounts_conflict c where c.group_id = f.group_id and c.file_id = f.id and c.state = 'open') then 'conflict'
    when exists (select 1 from accounts_parkedstatement w where w.group_id = f.group_id and w.file_id = f.id and w.state = 'waiting')
    then 'parked'
    when (select true from accounts_statement s where s.group_id = f.group_id and s.file_id = f.id and s.provisional limit 1)
    then 'provisional' else f.state end"""
_STATES = {
    FileState.RECEIVED: ("draft", _("Waiting")), FileState.READING: ("sent", _("Reading")), FileState.STORED: ("paid", _("Stored")),
    "provisional": ("sent", _("Stored, provisional")), "parked": ("pending", _("Account unknown")),
    "conflict": ("pending", _("Contradiction"), "hold"), FileState.DUPLICATE: ("draft", _("Already stored")),
    FileState.REFUSED: ("failed", _("Refused")),
}  # fmt: skip
_SPEAKS = """exists (select 1 from {table} x {join} join accounts_bankaccount a on a.group_id = x.group_id and a.id = x.account_id
    where x.group_id = f.group_id and x.file_id = f.id and {{where}})"""
_STATEMENTS = _SPEAKS.format(table="accounts_statement", join="")
_CONFLICTS = _SPEAKS.format(table="accounts_conflict", join="")
_PARKED = _SPEAKS.format(table="accounts_parkedstatement", join="left")
# As queries.visible_files.
_VISIBLE = (
    f"(f.person_id = %(me)s or ({_STATEMENTS.format(where='a.unit_id = any(%(units)s)')}"
    f" and not {_STATEMENTS.format(where='a.unit_id <> all(%(units)s)')}"
    f" and not {_CONFLICTS.format(where='a.unit_id <> all(%(units)s)')}"
    f" and not {_PARKED.format(where='(a.unit_id is null or a.unit_id <> all(%(units)s))')}))"
)


def _limits(ctx: Context) -> Sequence[tuple[str, Mapping[str, Any]]]:
    units = permitted_units(ctx, VIEW)
    return () if units is None else [(_VISIBLE, {"units": list(units), "me": ctx.actor.person_id})]


def _file(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: str(escape(row.file))


def _about(facts: PageFacts) -> Callable[[Row], str]:
    unknown = gettext("not recognised")

    def about(row: Row) -> str:
        said = [one for one in (row.format or unknown, row.profile, row.encoding) if one]
        return f'<span class="mo-s">{escape(" · ".join([*said, size(row.bytes)]))}</span>'

    return about


def _accounts(facts: PageFacts) -> Callable[[Row], str]:
    def accounts(row: Row) -> str:
        found = json.loads(row.accounts)
        shown = ", ".join(str(named(one)) for one in found[:_NAMED])
        rest = len(found) - _NAMED
        if rest <= 0:
            return shown
        # Outside of braces, for the catalogues are not gathered from within them.
        others = ngettext("and %(n)s other", "and %(n)s others", rest) % {"n": rest}
        return f"{shown} {escape(others)}"

    return accounts


def _plain_accounts(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: ", ".join(json.loads(row.accounts))


def _period(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: str(escape(period(row.period, row.to_date, facts.today)))


def _shown_state(facts: PageFacts) -> Callable[[Row], str]:
    looks = {
        code: state(str(kind), word, shape=str(shape[0]) if shape else "")
        for code, (kind, word, *shape) in _STATES.items()
    }

    def shown(row: Row) -> str:
        if row.state == FileState.REFUSED and row.errors:
            words = ngettext("Refused, %(num)s error", "Refused, %(num)s errors", row.errors) % {
                "num": f"{row.errors:,}"
            }
            return str(state("failed", words))
        return str(looks[row.state])

    return shown


IMPORTS = Table(
    name="accounts.imports",
    label=_("Import"),
    right=VIEW,
    here="imports",
    source="accounts_statementfile f",
    joins={"p": "join control_person p on p.group_id = f.group_id and p.id = f.person_id"},
    key="f.id",
    order="-received",
    said=("new",),
    fields={"bytes": "f.size_bytes", "to_date": "f.to_date"},
    limits=_limits,
    search=("f.name", "f.accounts::text"),
    row_url="accounts:imported",
    css="mo-list is-tall",
    empty=Empty(
        _("No file yet"), _("The first one can be any statement that the bank's site lets you download."), picture="file"
    ),
    columns=(
        Column("received", _("Received"), MOMENT, "f.received_at", sortable=True, not_null=True, filterable=True, asks=("from", "to")),
        Column("file", _("File"), TEXT, "f.name", link=True, sortable=True, filterable=True, cell=_file, aside=_about, width=36),
        Column("accounts", _("Accounts"), TEXT, "f.accounts::text", filterable=True, cell=_accounts, plain=_plain_accounts,
               css="mo-el mo-2 w-txt", width=32),
        Column("period", _("Period"), DATE, "f.from_date", sortable=True, filterable=True, cell=_period, css="mo-nw mo-2 w-day"),
        Column("new", _("New"), NUMBER, "f.entries_new", sortable=True, not_null=True, filterable=True),
        Column("known", _("Known"), NUMBER, "f.entries_known", sortable=True, not_null=True, filterable=True),
        # Whoever asks for stored files means those that wait for somebody too.
        Column("state", _("State"), STATE, _STATE, filterable=True, states=_STATES, cell=_shown_state,
               choices=tuple((code, look[1]) for code, look in _STATES.items()),
               condition=f"(f.state = %(value)s or ({_STATE}) = %(value)s)"),
        Column("by", _("By"), sql="p.name", needs=("p",), filterable=True, css="mo-nw mo-2"),
        Column("format", _("Format"), sql="f.format", filterable=True, shown=False),
        Column("profile", _("Column profile"), sql="f.profile", filterable=True, shown=False, term="column_profile"),
        Column("encoding", _("Encoding"), sql="f.encoding", shown=False),
        Column("errors", _("Errors"), NUMBER, "f.error_count", sortable=True, not_null=True, filterable=True, shown=False),
        Column("sha256", _("Fingerprint (SHA-256)"), sql="f.sha256", shown=False, filterable=True, css="mo-mono mo-s", width=64),
    ),
)  # fmt: skip
