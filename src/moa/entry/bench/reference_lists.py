"""Every list as ORM objects and a Django template make it: what the rows `pages.<list>` are measured against.

The frame, the form of conditions, the choice of columns and the heads are those of our list; the rows are model objects
with what they show fetched along, one cell a column, as such a page is usually written. `pages.py` sees to it that a
reference never writes more rows, cells, fields or links than our page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template import Context as TemplateContext
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from moa.accounts.models import BankAccount, Conflict, ParkedStatement, StatementFile
from moa.accounts.web.accounts_table import ACCOUNTS
from moa.accounts.web.imports_table import IMPORTS
from moa.control.context import Context
from moa.control.models import (
    ApprovalRequest,
    AuditLine,
    Authenticator,
    Document,
    Identity,
    Notice,
    Passkey,
    Person,
    Role,
    RowChange,
    Unit,
)  # fmt: skip
from moa.control.notice_kinds import registered_kinds
from moa.control.web.notices_table import NOTICES
from moa.control.web.people_table import PEOPLE
from moa.control.web.views_audit import TRAIL
from moa.control.web.views_documents import DOCUMENTS
from moa.control.web.views_jobs import JOBS
from moa.entry.bench.reference_cells import CELLS, FOOT, HEAD
from moa.entry.bench.reference_frame import orm_frame, orm_page, orm_settings
from moa.entry.bench.reference_page import engine
from moa.ledger.models import Book, Entry, Voucher, VoucherDraft
from moa.ledger.web.vouchers_table import VOUCHERS
from moa.ui.tables.spec import COUNT_CAP, PAGE_SIZE, STATE, Table

Options = dict[str, list[tuple[Any, Any]]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list. Shape: `rows` and `all` from the ORM; `choices` the options of fields that come from the database, by column;
    `around` what else our page asks for."""

    table: Table
    rows: Callable[[Context], Iterable[Any]]
    all: Callable[[Context], QuerySet[Any]]
    choices: Callable[[Context], Options] = lambda ctx: {}
    around: Callable[[Context], object] = lambda ctx: None


def reference_list(name: str) -> Callable[[HttpRequest], HttpResponse]:
    listed = LISTS[name]
    table = listed.table
    body = "".join(f"<td class='mo-el'>{cell}</td>" for cell in CELLS[name])
    template = engine(list=HEAD + body + FOOT).get_template("list.html")
    heads = [one for one in table.shown_columns if one.shown]
    hideable = [one for one in table.shown_columns if not one.link]

    @orm_page(table.right)
    def view(request: HttpRequest, ctx: Context) -> HttpResponse:
        listed.around(ctx)
        values = {
            "rows": list(listed.rows(ctx)), "count": listed.all(ctx)[: COUNT_CAP + 1].count(), "table": table,
            "heads": heads, "hideable": hideable, "fields": _fields(table, listed.choices(ctx)), **orm_settings(ctx, table.name),
            "base": ctx.memo["group"].base_currency, **orm_frame(ctx),
        }  # fmt: skip
        return HttpResponse(template.render(TemplateContext(values)))

    return view


def _fields(table: Table, options: Options) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = []
    for column in table.conditions:
        if not column.in_form:
            continue
        choices: Any = options.get(column.key, ())
        if not choices and not callable(column.choices):
            choices = column.choices
        if not choices and column.kind == STATE:
            choices = [(code, look[1]) for code, look in column.states.items()]
        kind = "date" if column.kind in ("date", "moment") else "choice" if choices else "text"
        fields += [
            {"name": name, "label": column.label, "kind": kind, "options": choices} for name in column.names
        ]
    return fields


def _accounts(ctx: Context) -> Iterable[Any]:
    found = BankAccount.objects.select_related("unit", "current").order_by(
        "bank_country", "bank_code", "number_key", "id"
    )
    return found[:PAGE_SIZE]


def _account_choices(ctx: Context) -> Options:
    accounts = BankAccount.objects.order_by()
    banks = accounts.values_list("bank_country", "bank_code").distinct()
    return {
        "bank": [(country + code, code) for country, code in banks],
        "currency": [(one, one) for one in accounts.values_list("currency", flat=True).distinct()],
        "company": [(one.code, one.name) for one in Unit.objects.filter(kind=Unit.COMPANY)],
    }


def _trail(ctx: Context) -> Iterable[Any]:
    """Lines, and changes beside the application, newest first."""
    lines: list[Any] = list(AuditLine.objects.order_by("-recorded_at", "-id")[:PAGE_SIZE])
    beside = RowChange.objects.exclude(database_user="moa_app").order_by("-recorded_at", "-id")[:PAGE_SIZE]
    kinds = dict(Person.objects.filter(id__in={one.person_id for one in lines}).values_list("id", "kind"))
    for line in lines:
        vars(line).update(who_kind=kinds.get(line.person_id, "machine"))
    return sorted([*lines, *beside], key=lambda one: one.recorded_at, reverse=True)[:PAGE_SIZE]


def _jobs(ctx: Context) -> QuerySet[Any]:
    return ProcrastinateJob.objects.filter(task_name="moa.run", args__group_id=ctx.group_id).order_by("-id")


def _shown_jobs(ctx: Context) -> Iterable[Any]:
    found = list(_jobs(ctx)[:PAGE_SIZE])
    names = dict(
        Person.objects.filter(id__in={one.args.get("person_id") for one in found} - {None}).values_list(
            "id", "name"
        )
    )
    events: dict[int, list[Any]] = {}
    for event in ProcrastinateEvent.objects.filter(job__in=[one.id for one in found]).order_by("at"):
        events.setdefault(event.job_id, []).append(event.at)
    for one in found:
        at = events.get(one.id, [])
        vars(one).update(
            who=names.get(one.args.get("person_id"), ""),
            filed=at[0] if at else None,
            changed=at[-1] if at else None,
        )
    return found


def _persons(ctx: Context) -> Iterable[Any]:
    found = Person.objects.prefetch_related("assignments__role", "assignments__unit").order_by("name", "id")
    people = list(found[:PAGE_SIZE])
    logins = {one.person_id: one for one in Identity.objects.filter(person_id__in=[one.id for one in people])}
    ids = [one.id for one in people]
    apps = set(
        Authenticator.objects.filter(person_id__in=ids, confirmed_at__isnull=False).values_list(
            "person_id", flat=True
        )
    )
    keys = dict(
        Passkey.objects.filter(person_id__in=ids)
        .order_by()
        .values_list("person_id")
        .annotate(number=Count("id"))
    )
    for person in people:
        vars(person).update(
            signs_in=logins.get(person.id), has_app=person.id in apps, passkeys=keys.get(person.id, 0)
        )
    return people


def _vouchers(ctx: Context) -> Iterable[Any]:
    found = list(
        Voucher.objects.select_related("maker", "checker")
        .filter(book=_book(ctx))
        .order_by("-business_date", "-id")[:PAGE_SIZE]
    )
    entries: dict[int, list[Any]] = {}
    for entry in (
        Entry.objects.select_related("account")
        .filter(voucher_id__in=[one.id for one in found])
        .order_by("leg")
    ):
        entries.setdefault(entry.voucher_id, []).append(entry)
    drafts = list(
        VoucherDraft.objects.filter(book=_book(ctx), voucher_id=None, discarded_at=None).order_by(
            "-business_date"
        )[:PAGE_SIZE]
    )
    for one in found:
        booked = entries.get(one.id, [])
        debit = [leg for leg in booked if leg.side == 1]
        vars(one).update(
            amount=sum(leg.amount_minor for leg in debit),
            currency=booked[0].account.currency if booked else "",
        )
    return [*drafts, *found][:PAGE_SIZE]


def _book(ctx: Context) -> Book:
    if "reference.book" not in ctx.memo:
        ctx.memo["reference.book"] = Book.objects.order_by("-is_default", "code").first()
    found: Book = ctx.memo["reference.book"]
    return found


def _beside_vouchers(ctx: Context) -> object:
    """The books to choose from, and what this person is to type again before it is shown."""
    waiting = ApprovalRequest.objects.filter(subject_type="ledger.voucher", state="open").exclude(
        maker_id=ctx.actor.person_id
    )
    return list(Book.objects.order_by("code")), dict(waiting.values_list("id", "subject_id"))


def _beside_files(ctx: Context) -> object:
    """What is being read, what waits for an account and what contradicts."""
    return (
        list(StatementFile.objects.filter(state__in=("received", "reading")).order_by("id")[:20]),
        list(ParkedStatement.objects.select_related("file").filter(state="waiting")[:50]),
        list(Conflict.objects.select_related("account").filter(state="open")[:50]),
    )


def _unread(ctx: Context) -> object:
    return Notice.objects.filter(person_id=ctx.actor.person_id, state="unread")[:100].count()


def _notices(ctx: Context) -> QuerySet[Any]:
    return Notice.objects.filter(person_id=ctx.actor.person_id, in_app=True).exclude(state="done")


LISTS = {
    "accounts": Listed(
        ACCOUNTS, _accounts, lambda ctx: BankAccount.objects.filter(closed_on=None).order_by(), _account_choices,
        lambda ctx: list(ParkedStatement.objects.select_related("file").filter(state="waiting")[:50]),
    ),
    "audit": Listed(TRAIL, _trail, lambda ctx: AuditLine.objects.order_by()),
    "notices": Listed(
        NOTICES, lambda ctx: _notices(ctx).order_by("-made_at", "-id")[:PAGE_SIZE], _notices,
        lambda ctx: {"kind": [(one.code, one.title) for one in registered_kinds()]}, _unread,
    ),
    "jobs": Listed(JOBS, _shown_jobs, _jobs),
    "documents": Listed(
        DOCUMENTS, lambda ctx: Document.objects.select_related("person").order_by("-recorded_at", "-id")[:PAGE_SIZE],
        lambda ctx: Document.objects.order_by(),
    ),
    "imports": Listed(
        IMPORTS,
        lambda ctx: StatementFile.objects.select_related("person").annotate(
            parks=Count("parked", distinct=True), conflicting=Count("conflicts", distinct=True)
        ).order_by("-received_at", "-id")[:PAGE_SIZE],
        lambda ctx: StatementFile.objects.order_by(), around=_beside_files,
    ),
    "persons": Listed(
        PEOPLE, _persons, lambda ctx: Person.objects.order_by(), lambda ctx: {"role": [(one.id, one.name) for one in Role.objects.all()]},
    ),
    "vouchers": Listed(
        VOUCHERS, _vouchers, lambda ctx: Voucher.objects.filter(book=_book(ctx)).order_by(),
        lambda ctx: {"currency": list(_book(ctx).accounts.order_by().values_list("currency", "currency").distinct())},
        _beside_vouchers,
    ),
}  # fmt: skip
