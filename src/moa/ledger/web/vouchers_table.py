"""The list of vouchers of a book: those in it, and those on their way, drafts and waiting ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from moa.control.access import may
from moa.control.approvers import DECIDE
from moa.control.context import Context
from moa.control.inbox import awaiting_rekeying
from moa.control.models import ApprovalRequest
from moa.control.web.tables import Around
from moa.ledger.models import Book
from moa.ledger.operations.save_draft import SUBJECT
from moa.ledger.permissions import ENTER, VIEW
from moa.ledger.queries import access_book, currencies_of_book, list_books
from moa.ledger.web.sheet_words import ORIGINS
from moa.ledger.web.voucher_words import STATES
from moa.ui.formatting import named
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import AMOUNT, CHOICE, DATE, MOMENT, STATE, Column, Empty, Row, Table

# Rows of drafts stand above every number that a voucher can have, so that one key tells both apart.
DRAFTS_FROM = 2**62
_SOURCE = f"""(
 select v.id, v.period, v.group_id, v.book_id, v.business_date as day, v.id::text as number, v.key, v.memo, v.origin, v.maker_id,
        v.checker_id, v.recorded_at as at, v.source_id, v.after_close, v.reverses_id, null::bigint as amount_minor,
        '' as currency, 'posted' as stands, null::jsonb as form
   from ledger_voucher v
 union all
 select d.id + {DRAFTS_FROM}, null, d.group_id, d.book_id, d.business_date, 'D' || d.id, '', d.memo,
        case when d.kind in ('reversal', 'opening') then d.kind else 'entry' end, d.maker_id,
        null, d.saved_at, '', false, d.reverses_id, d.amount_minor, d.currency,
        case r.state when 'open' then 'waiting' when 'refused' then 'returned' else 'draft' end, d.form
   from ledger_voucherdraft d left join control_approvalrequest r on r.id = d.request_id
  where d.voucher_id is null and d.discarded_at is null
) v"""
_STATE = """case when v.stands = 'posted' and exists (select 1 from ledger_reversal x where x.voucher_id = v.id and x.period = v.period)
 then 'taken_back' else v.stands end"""
# What somebody is about to type again from the paper is not read off here first, nor searched for.
_AMOUNT = "case when v.id = any(%(hidden)s) then null else coalesce(v.amount_minor, t.minor) end"
_LEG = "exists (select 1 from ledger_entry e join ledger_account a on a.id = e.account_id {} where e.voucher_id = v.id and e.period = v.period and {})"
_SEEN = "v.id <> all(%(hidden)s) and "
_TYPED = "exists (select 1 from jsonb_array_elements(v.form -> 'legs') l where {})"


def _memo(facts: PageFacts) -> Callable[[Row], str]:
    nothing = gettext("(no memo)")
    return lambda row: named(row.memo or nothing)


def _plain_memo(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: row.memo


def _origins(ctx: Context) -> Sequence[tuple[str, Any]]:
    return list(ORIGINS.items())


def _currencies(ctx: Context) -> Sequence[tuple[str, Any]]:
    book = ctx.memo.get("vouchers.book")
    return [] if book is None else [(code, code) for code in currencies_of_book(book)]


VOUCHERS = Table(
    name="ledger.vouchers",
    label=_("Vouchers"),
    right=VIEW,
    here="vouchers",
    source=_SOURCE,
    joins={
        "t": "left join lateral (select a.currency, sum(e.amount_minor) filter (where e.side = 1)::bigint as minor from ledger_entry e"
        " join ledger_account a on a.id = e.account_id where e.voucher_id = v.id and e.period = v.period"
        " group by a.currency order by min(e.leg) limit 1) t on v.period is not null",
        "m": "join control_person m on m.id = v.maker_id",
        "k": "left join control_person k on k.id = v.checker_id",
    },
    key="v.id",
    order="-day",
    further=("book",),
    fields={"period": "v.period"},
    search=("v.memo", "v.key", "v.number", "v.source_id"),
    row_url="ledger:voucher_row",
    row_class=lambda row: "is-gone" if row.state == "taken_back" else "",
    empty=Empty(
        _("No voucher yet"), _("Enter the first one, or post a file."), "ledger:voucher_new", _("Enter a voucher"), "pen"
    ),
    columns=(
        Column("day", _("Business date"), DATE, "v.day", sortable=True, not_null=True, filterable=True),
        Column("number", pgettext_lazy("voucher", "Number"), sql="v.number", filterable=True, css="mo-nw mo-2 w-num"),
        Column("memo", _("Memo"), sql="v.memo", link=True, filterable=True, cell=_memo, plain=_plain_memo),
        Column("account", pgettext_lazy("books", "Account"), only_condition=True, filterable=True, condition="("
               + _LEG.format("", "a.code = %(value)s") + " or " + _SEEN + _TYPED.format("l ->> 'account' = %(value)s") + ")"),
        Column("subject", pgettext_lazy("books", "Subject"), only_condition=True, filterable=True, condition=_LEG.format(
               "join ledger_subject s on s.id = a.subject_id", "starts_with(s.code, %(value)s)")),
        Column("amount", _("Amount"), AMOUNT, _AMOUNT, ("t",), currency="currency",
               filterable=True, summed=True),
        Column("currency", _("Currency"), CHOICE, "coalesce(nullif(v.currency, ''), t.currency, '')", ("t",),
               choices=_currencies, filterable=True, css="mo-nw mo-2 w-cur"),
        Column("origin", _("Origin"), CHOICE, "v.origin", choices=_origins, filterable=True),
        Column("maker", _("Maker"), sql="m.name", needs=("m",), filterable=True),
        Column("checker", _("Checker"), sql="coalesce(k.name, '')", needs=("k",), filterable=True, shown=False),
        Column("state", _("State"), STATE, _STATE, states=dict(STATES), filterable=True),
        Column("key", pgettext_lazy("of a voucher", "Key"), sql="v.key", filterable=True, shown=False),
        Column("at", _("Recorded at"), MOMENT, "v.at", filterable=True, shown=False, term="recorded_at"),
    ),
)  # fmt: skip


def settle(request: HttpRequest, ctx: Context) -> Around:
    """The list is of one book: the one named, else the default one."""
    books, code = list_books(ctx), request.GET.get("book", "")
    found = next((one for one in books if (one.code == code if code else one.is_default)), None)
    book = found or access_book(ctx, code)
    ctx.memo["vouchers.book"] = book
    facts = {"book_id": book.id, "hidden": _to_type_again(ctx, book)}
    given: Sequence[tuple[str, Mapping[str, Any]]] = [("v.book_id = %(book_id)s", facts)]
    values = {"book": book, "books": books, "may_enter": may(ctx, ENTER, book.unit_id)}
    return Around(given=given, template="ledger/vouchers.html", values=values)


def _to_type_again(ctx: Context, book: Book) -> list[int]:
    """The rows of drafts that this person decides on and has not typed again yet."""
    if not may(ctx, DECIDE, book.unit_id):
        return []
    waiting = ApprovalRequest.objects.filter(subject_type=SUBJECT, state="open", unit_id=book.unit_id)
    found = dict(waiting.exclude(maker_id=ctx.actor.person_id).values_list("id", "subject_id"))
    if not found:
        return []
    hidden = awaiting_rekeying(ctx, ApprovalRequest.objects.filter(id__in=found))
    return [DRAFTS_FROM + int(found[one]) for one in hidden]
