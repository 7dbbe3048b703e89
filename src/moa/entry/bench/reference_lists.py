"""Every list as ORM objects and a Django template make it: what the rows `pages.<list>` are measured against.

The frame is that of the reference page of transactions; the rows are model objects with what they show fetched along,
written by `{% for row in rows %}` with one cell a column, as such a page is usually written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template import Context as TemplateContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from moa.accounts.models import BankAccount, StatementFile
from moa.control.context import Context
from moa.control.models import AuditLine, Document, Identity, Notice, Person, Unit
from moa.control.web.page import page
from moa.entry.bench.reference_page import engine
from moa.entry.shell import shell
from moa.ledger.models import Entry, Voucher
from moa.ui.tables.spec import COUNT_CAP, PAGE_SIZE

_HEAD = """{% extends "base.html" %}{% load i18n humanize %}{% block title %}{{ title }}{% endblock %}{% block main %}
<div class="mo-pane mo-sp"><div class="mo-head mo-txh"><div><h1>{{ title }}</h1></div><div class="mo-tools"><a class="mo-btn" href="?as=xlsx">{% include "icon.html" with name="xls" %}Excel</a></div></div>
<div class="mo-filter" role="group" aria-label="{% translate "Conditions" %}"><button class="mo-f is-add" type="button">{% include "icon.html" with name="plus" %}{% translate "Condition" %}</button><span class="mo-sp"></span>{{ count|intcomma }} · 1–{{ rows|length }}</div>
<form class="mo-conds" id="conditions" method="get" hidden>{% translate "Words" as label %}{% include "text.html" with name="text" label=label kind="search" value="" %}
{% for name, label, options in choices %}{% include "choice.html" with name=name label=label options=options chosen="" %}{% endfor %}<div class="act"><button class="mo-btn" type="submit">{% translate "Show these" %}</button></div></form>
<div class="mo-scroll mo-sp" tabindex="0" role="region"><table class="mo-t mo-list" data-walk><thead><tr>{% for label in labels %}<th scope="col"><a class="mo-sort" href="?sort={{ forloop.counter }}">{{ label }}</a></th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}<tr data-row="{{ row.pk }}">"""
_FOOT = """</tr>{% endfor %}</tbody></table></div>
<div class="mo-keys"><span>j k {% translate "move" %}</span><span>Enter {% translate "explain" %}</span><a class="mo-btn" href="?older={{ rows|length }}">{% translate "Next" %}</a></div></div>{% endblock %}"""
_MOMENT = '|date:"n/j H:i" }}'


@dataclass(frozen=True, slots=True)
class Listed:
    """A list. Shape: `cells` pairs of label and template of a cell; `rows` and `count` from the ORM."""

    right: str
    title: str
    cells: tuple[tuple[str, str], ...]
    rows: Callable[[Context], Iterable[Any]]
    all: Callable[[Context], QuerySet[Any]]
    choices: Callable[[Context], list[tuple[str, str, list[Any]]]] = lambda ctx: []


def reference_list(listed: Listed) -> Callable[..., Any]:
    body = "".join(f"<td class='mo-el'>{cell}</td>" for _, cell in listed.cells)
    template = engine(list=_HEAD + body + _FOOT).get_template("list.html")

    @page(listed.right)
    def view(request: HttpRequest, ctx: Context) -> HttpResponse:
        frame = shell(request)
        values = {
            "rows": list(listed.rows(ctx)), "count": listed.all(ctx)[: COUNT_CAP + 1].count(), "title": listed.title,
            "labels": [label for label, _ in listed.cells], "choices": listed.choices(ctx), "tabs": frame["shell"].tabs(),
            "here": "", "now": timezone.localtime(),
            "languages": [("ko", "한국어"), ("zh-hans", "简体中文"), ("en", "English")], **frame,
        }  # fmt: skip
        return HttpResponse(template.render(TemplateContext(values)))

    return view


def _accounts(ctx: Context) -> Iterable[Any]:
    found = BankAccount.objects.select_related("unit", "current").order_by(
        "bank_country", "bank_code", "number_key", "id"
    )
    return found[:PAGE_SIZE]


def _account_choices(ctx: Context) -> list[tuple[str, str, list[Any]]]:
    accounts = BankAccount.objects.order_by()
    banks = accounts.values_list("bank_country", "bank_code").distinct()
    return [
        ("bank", "은행", [(country + code, code) for country, code in banks]),
        ("currency", "통화", [(one, one) for one in accounts.values_list("currency", flat=True).distinct()]),
        ("company", "회사", [(one.code, one.name) for one in Unit.objects.filter(kind=Unit.COMPANY)]),
    ]


def _persons(ctx: Context) -> Iterable[Any]:
    people = list(
        Person.objects.prefetch_related("assignments__role", "assignments__unit").order_by("name", "id")[
            :PAGE_SIZE
        ]
    )
    logins = {one.person_id: one for one in Identity.objects.filter(person_id__in=[one.id for one in people])}
    for person in people:
        setattr(person, "signs_in", logins.get(person.id))  # noqa: B010
    return people


def _vouchers(ctx: Context) -> Iterable[Any]:
    found = list(
        Voucher.objects.select_related("maker", "checker", "book").order_by("-business_date", "-id")[
            :PAGE_SIZE
        ]
    )
    entries: dict[int, list[Any]] = {}
    for entry in Entry.objects.filter(voucher_id__in=[one.id for one in found]):
        entries.setdefault(entry.voucher_id, []).append(entry)
    for one in found:
        setattr(one, "booked", entries.get(one.id, []))  # noqa: B010
    return found


def _jobs(ctx: Context) -> QuerySet[Any]:
    return ProcrastinateJob.objects.filter(task_name="moa.run", args__group_id=ctx.group_id).order_by("-id")


_STATE = '{% include "state.html" with kind="paid" %}'
LISTS = {
    "accounts": Listed(
        "accounts.view", "계좌",
        (("계좌", "<a href='{% url \"accounts:account\" row.id %}'>{{ row.bank_code }} {{ row.number|slice:\"-4:\" }}</a> {{ row.nickname }}"),
         ("회사", "{{ row.unit.name }}"), ("종류", "{{ row.kind }}"), ("잔액", "{{ row.currency }} {{ row.current.balance_minor|intcomma }}"),
         ("기준일", '{{ row.current.day|date:"n/j" }}'), ("수신", "{{ row.current.received_at" + _MOMENT), ("상태", _STATE)),
        _accounts, lambda ctx: BankAccount.objects.order_by(), _account_choices,
    ),
    "audit": Listed(
        "control.audit.view", "감사 이력",
        (("때", "{{ row.recorded_at" + _MOMENT), ("누가", "{{ row.actor_name }}"), ("무엇을", "{{ row.code }}"),
         ("대상", "{{ row.subject_type }} {{ row.subject_id }}"),
         ("바뀐 것", "{% for key, value in row.after.items %}{{ key }}: {{ value }} {% endfor %}"), ("경로", "{{ row.channel }}")),
        lambda ctx: AuditLine.objects.order_by("-recorded_at", "-id")[:PAGE_SIZE], lambda ctx: AuditLine.objects.order_by(),
    ),
    "notices": Listed(
        "", "알림",
        (("때", "{{ row.made_at" + _MOMENT), ("종류", "{{ row.kind }}"),
         ("내용", "<a href='{{ row.link }}'>{% for key, value in row.facts.items %}{{ key }}: {{ value }}{% endfor %}</a>"),
         ("상태", _STATE), ("할 일", "<button class='mo-btn'>{% translate 'Done' %}</button>")),
        lambda ctx: Notice.objects.select_related("person").filter(person_id=ctx.actor.person_id).order_by("-made_at", "-id")[:PAGE_SIZE],
        lambda ctx: Notice.objects.filter(person_id=ctx.actor.person_id),
    ),
    "jobs": Listed(
        "control.jobs.view", "작업",
        (("이름", "{{ row.args.name }}"), ("상태", _STATE), ("때", "{{ row.scheduled_at" + _MOMENT), ("시도", "{{ row.attempts }}"),
         ("번호", "{{ row.id|intcomma }}")),
        lambda ctx: _jobs(ctx)[:PAGE_SIZE], _jobs,
    ),
    "documents": Listed(
        "control.documents.view", "문서",
        (("이름", "<a href='{% url \"control:document\" row.id %}'>{{ row.name }}</a>"), ("종류", "{{ row.kind }}"),
         ("크기", "{{ row.size_bytes|filesizeformat }}"), ("누가", "{{ row.person.name }}"), ("때", "{{ row.recorded_at" + _MOMENT),
         ("보존", '{{ row.retain_until|date:"Y-m-d" }}'), ("상태", _STATE)),
        lambda ctx: Document.objects.select_related("person").order_by("-recorded_at", "-id")[:PAGE_SIZE],
        lambda ctx: Document.objects.order_by(),
    ),
    "imports": Listed(
        "accounts.view", "가져오기",
        (("받은 때", "{{ row.received_at" + _MOMENT), ("파일", "<a href='{% url \"accounts:imported\" row.id %}'>{{ row.name }}</a> {{ row.size_bytes|filesizeformat }}"),
         ("계좌", "{{ row.accounts|join:', ' }}"), ("기간", '{{ row.from_date|date:"n/j" }} – {{ row.to_date|date:"n/j" }}'),
         ("새 거래", "{{ row.entries_new|intcomma }}"), ("보류", "{{ row.waits }}"), ("누가", "{{ row.person.name }}"), ("상태", _STATE)),
        lambda ctx: StatementFile.objects.select_related("person").annotate(waits=Count("parked")).order_by("-id")[:20],
        lambda ctx: StatementFile.objects.order_by(),
    ),
    "persons": Listed(
        "control.users.view", "사용자",
        (("이름", "<a href='{% url \"control:person\" row.id %}'>{{ row.name }}</a> {{ row.title }}<div>{{ row.signs_in.login }}</div>"),
         ("역할", "{% for one in row.assignments.all %}{{ one.role.name }} {{ one.unit.name }}{% endfor %}"),
         ("로그인", "{{ row.signs_in.last_login" + _MOMENT), ("상태", _STATE)),
        _persons, lambda ctx: Person.objects.order_by(),
    ),
    "vouchers": Listed(
        "ledger.view", "전표",
        (("영업일", '{{ row.business_date|date:"n/j" }}'), ("번호", "{{ row.id }}"),
         ("적요", "<a href='{% url \"ledger:voucher\" row.book.code row.period row.id %}'>{{ row.memo }}</a>"),
         ("금액", "{% for one in row.booked %}{{ one.amount_minor|intcomma }} {% endfor %}"), ("누가", "{{ row.maker.name }}"),
         ("확인", "{{ row.checker.name }}"), ("상태", _STATE)),
        _vouchers, lambda ctx: Voucher.objects.order_by(),
    ),
}  # fmt: skip
