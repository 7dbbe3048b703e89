"""The list of templates of a book: its own by their newest version, and the shipped ones that nothing stands over."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from moa.control.access import may
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.web.tables import Around
from moa.ledger.charts import TEMPLATES as CHARTS
from moa.ledger.models.draft import ENTERED
from moa.ledger.operations.propose_template import SUBJECT
from moa.ledger.permissions import CHANGE_TEMPLATES, VIEW
from moa.ledger.queries import access_book, list_books
from moa.ledger.template_subject import name_in
from moa.ledger.voucher_templates import shipped_templates
from moa.ledger.web.voucher_words import KINDS
from moa.ui.formatting import named
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import CHOICE, MOMENT, STATE, Column, Empty, Row, Table

# Rows of shipped templates stand above every number that a version can have; each says its book and its place.
SHIPPED_FROM, PLACES = 2**62, 1000


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


SHIPPED = [(chart, one) for chart in CHARTS for one in shipped_templates(chart)]
assert len(SHIPPED) <= PLACES
_VALUES = ",".join(
    f"({n}, {', '.join(map(_quoted, (chart, one.code, one.kind, one.names['ko'], one.names['zh-hans'], one.names['en'])))},"
    f" {_quoted(', '.join(f'{leg.side} {leg.account}' for leg in one.legs))})"
    for n, (chart, one) in enumerate(SHIPPED)
)
_SOURCE = f"""(
 select t.id, t.group_id, t.book_id, t.code, t.revision, t.name, coalesce(t.names ->> 'ko', '') as ko,
        coalesce(t.names ->> 'zh-hans', '') as zh, coalesce(t.names ->> 'en', '') as en, t.kind, t.memo, t.is_active, t.recorded_at,
        (select string_agg((l.leg ->> 'side') || ' ' || (l.leg ->> 'account'), ', ' order by l.n)
           from jsonb_array_elements(t.legs) with ordinality l(leg, n)) as legs
   from ledger_vouchertemplate t
  where not exists (select 1 from ledger_vouchertemplate n
                     where n.book_id = t.book_id and n.code = t.code and n.revision > t.revision)
 union all
 select {SHIPPED_FROM} + b.id * {PLACES} + s.n, b.group_id, b.id, s.code, 0, s.ko, '', s.zh, s.en, s.kind, '', true, null, s.legs
   from ledger_book b join (values {_VALUES}) s(n, chart, code, kind, ko, zh, en, legs) on s.chart = b.chart
  where not exists (select 1 from ledger_vouchertemplate n where n.book_id = b.id and n.code = s.code)
) v"""
_STATE = f"""case when exists (select 1 from control_approvalrequest r where r.subject_type = '{SUBJECT}' and r.state = 'open'
 and r.subject_id = v.book_id || ':' || v.code) then 'waiting' when v.is_active then 'offered' else 'retired' end"""
STATES = {
    "offered": ("paid", pgettext_lazy("template", "Offered")),
    "waiting": ("pending", pgettext_lazy("template", "A version waits for approval")),
    "retired": ("draft", pgettext_lazy("template", "Retired")),
}


def _name(facts: PageFacts) -> Callable[[Row], str]:
    said = _plain_name(facts)
    return lambda row: str(named(said(row)))


def _plain_name(facts: PageFacts) -> Callable[[Row], str]:
    """In the reader's language, else the one given for all."""
    field = {"zh-hans": "zh", "en": "en"}.get((get_language() or "ko").lower(), "ko")
    return lambda row: getattr(row, field) or row.name


def _legs(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: str(named(_plain_legs(facts)(row)))


def _plain_legs(facts: PageFacts) -> Callable[[Row], str]:
    debit, credit = gettext("Debit"), gettext("Credit")
    return lambda row: (row.legs or "").replace("debit ", f"{debit} ").replace("credit ", f"{credit} ")


def _version(facts: PageFacts) -> Callable[[Row], str]:
    shipped = gettext("shipped")
    return lambda row: str(row.version) if row.version else shipped


TEMPLATES = Table(
    name="ledger.templates",
    label=_("Templates of vouchers"),
    right=VIEW,
    here="vouchers",
    source=_SOURCE,
    key="v.id",
    order="code",
    further=("book",),
    said=("sent",),
    fields={"ko": "v.ko", "zh": "v.zh", "en": "v.en"},
    search=("v.name", "v.ko", "v.zh", "v.en", "v.code", "v.legs"),
    row_url="ledger:template_row",
    row_class=lambda row: "is-gone" if row.state == "retired" else "",
    empty=Empty(_("No template yet"), _("The first one begins with its name and its accounts."), picture="pen"),
    columns=(
        Column("name", _("Name of the template"), sql="v.name", link=True, cell=_name, plain=_plain_name, width=28),
        Column("code", _("Code"), sql="v.code", sortable=True, not_null=True, filterable=True, css="mo-nw mo-2"),
        Column("kind", _("Kind of voucher"), CHOICE, "v.kind", choices=[(kind, KINDS[kind]) for kind in ENTERED],
               filterable=True),
        Column("legs", _("Entries"), sql="v.legs", cell=_legs, plain=_plain_legs, filterable=True, width=40),
        Column("version", _("Version"), sql="v.revision", cell=_version, plain=_version, css="mo-nw mo-2"),
        Column("state", _("State"), STATE, _STATE, states=dict(STATES), filterable=True),
        Column("recorded", _("In force since"), MOMENT, "v.recorded_at", filterable=True, shown=False),
    ),
)  # fmt: skip


def settle_templates(request: HttpRequest, ctx: Context) -> Around:
    """The list is of one book: the one named, else the default one. What waits and is new stands above it."""
    book = access_book(ctx, request.GET.get("book", ""))
    waiting = ApprovalRequest.objects.filter(
        subject_type=SUBJECT, subject_id__startswith=f"{book.id}:", state="open"
    )
    values = {
        "book": book, "books": list_books(ctx), "waiting": [(one.id, name_in(one.content, ctx.language)) for one in waiting.order_by("-id")[:20]],
        "may_change": may(ctx, CHANGE_TEMPLATES, book.unit_id),
    }  # fmt: skip
    return Around(
        given=[("v.book_id = %(book_id)s", {"book_id": book.id})],
        template="ledger/templates.html",
        values=values,
    )
