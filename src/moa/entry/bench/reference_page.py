"""The transactions page as ORM objects and Django templates make it: what `pages.transactions` is measured against.

The same frame, menu, form of conditions and rows as ours, written the way such a page is usually written: a base
template, small includes for pictures and states, `url` and `translate` tags, date and number filters, and rows that
are model objects with their account and statement fetched along.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template import Context as TemplateContext
from django.template import Engine

from moa.accounts.models import BankAccount, Supersession, Transaction
from moa.accounts.permissions import VIEW
from moa.accounts.web.transactions_table import TRANSACTIONS
from moa.control.context import Context
from moa.control.models import Unit
from moa.entry.bench.reference_frame import orm_frame, orm_page, orm_settings
from moa.ui.tables.spec import COUNT_CAP, PAGE_SIZE

_ICON = '<svg class="mo-i" aria-hidden="true"><use href="/static/sprite.svg#i-{{ name }}"/></svg>'
_STATE = (
    '{% load i18n %}<span class="mo-st is-{{ kind }}"><svg class="mo-g" aria-hidden="true">'
    '<use href="/static/sprite.svg#g-{{ kind }}"/></svg>'
    '{% if kind == "paid" %}{% translate "Booked" %}{% elif kind == "draft" %}{% translate "By hand" %}'
    '{% else %}{% translate "Superseded" %}{% endif %}</span>'
)
_CHOICE = (
    '{% load i18n %}<div class="mo-fld"><label for="f-{{ name }}">{{ label }}</label><select id="f-{{ name }}" name="{{ name }}">'
    '<option value="">{% translate "all" %}</option>{% for code, word in options %}<option value="{{ code }}"'
    "{% if code == chosen %} selected{% endif %}>{{ word }}</option>{% endfor %}</select></div>"
)
_TEXT = (
    '<div class="mo-fld"><label for="f-{{ name }}">{{ label }}</label>'
    '<input id="f-{{ name }}" name="{{ name }}" type="{{ kind }}" value="{{ value }}"></div>'
)
_BASE = """{% load i18n %}<!doctype html><html lang="{{ shell.language }}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{% block title %}{% endblock %} · Moa</title>
<link rel="stylesheet" href="/static/app.css"><link rel="stylesheet" href="/static/fonts.css">
<script src="/static/theme.js"></script><script type="module" src="/static/app.js"></script></head>
<body class="mo-app"><a class="mo-skip" href="#main">{% translate "Skip to the page" %}</a>
<nav class="mo-side" aria-label="{% translate "Main menu" %}"><a class="mo-brand" href="{% url "reports:dashboard" %}">Moa <small>{{ shell.group_name }}</small></a>
<div>{% for group in shell.menu %}{% if group.label %}<p class="mo-navh" id="nav-{{ forloop.counter }}">{{ group.label }}</p>{% endif %}<ul class="mo-nav">
{% for item in group.entries %}<li><a href="{{ item.url }}" data-go="{{ item.key }}"{% if item.key == here %} aria-current="page"{% endif %}>{% include "icon.html" with name=item.icon %}<span class="l">{{ item.label }}</span>{% if item.count %}<span class="mo-ct">{{ item.count }}</span>{% endif %}</a></li>{% endfor %}</ul>{% endfor %}</div>
{% if shell.user %}<div class="mo-who"><span class="mo-ava">{{ shell.user.name|slice:":1" }}</span><div><div class="mo-b">{{ shell.user.name }}</div><div class="mo-s mo-3">{{ shell.user.title }}</div></div>
<form method="post" action="{% url "control:signout" %}"><button class="mo-btn is-quiet" type="submit" title="{% translate "Sign out" %}">{% include "icon.html" with name="out-door" %}</button></form></div>{% endif %}</nav>
<header class="mo-top"><form class="mo-find" role="search" action="{% url "accounts:transactions" %}">{% include "icon.html" with name="find" %}<input type="search" name="text" aria-label="{% translate "Search transactions" %}" placeholder="{% translate "Counterparty, description" %}"></form>
<span class="mo-chip mo-hide-s">{% include "icon.html" with name="day" %}{% translate "Business day" %} <b>{{ shell.today|date:"Y-m-d (D)" }}</b> {% if shell.business_day_open %}{% translate "open" %}{% else %}{% translate "holiday" %}{% endif %}</span>
{% if shell.as_of %}<a class="mo-chip" href="{% url "reports:dashboard" %}">{% include "icon.html" with name="clock" %}<b>{{ shell.as_of|date:"n/j H:i" }}</b>{% if shell.late_banks %}<span class="mo-st is-pending">{{ shell.late_banks }}</span>{% endif %}</a>{% endif %}
<form method="post" action="{% url "control:language" %}">{% for code, word in languages %}<button name="language" value="{{ code }}"{% if code == shell.language %} aria-current="true"{% endif %}>{{ word }}</button>{% endfor %}</form></header>
<main class="mo-main is-flush" id="main" tabindex="-1">{% block main %}{% endblock %}</main>
<nav class="mo-tabs">{% for item in tabs %}<a href="{{ item.url }}">{% include "icon.html" with name=item.icon %}{{ item.label }}</a>{% endfor %}<a href="{% url "control:menu" %}">{% include "icon.html" with name="more" %}{% translate "More" %}</a></nav>
<p class="mo-vh" id="say" role="status"></p></body></html>"""
_PAGE = """{% extends "base.html" %}{% load i18n humanize %}{% block title %}{% translate "Transactions" %}{% endblock %}{% block main %}
<div class="mo-pane mo-sp"><div class="mo-head mo-txh"><div><h1>{% translate "Transactions" %}</h1><p class="mo-sub">{% translate "All accounts that your roles cover" %}</p></div>
<div class="mo-tools"><a class="mo-btn" href="{% url "accounts:accounts" %}">{% include "icon.html" with name="list" %}{% translate "Accounts" %}</a></div></div>
<nav class="mo-views" aria-label="{% translate "Views" %}"><a href="{% url "accounts:accounts" %}">{% translate "Accounts" %}</a><a href="{% url "accounts:transactions" %}" aria-current="page">{% translate "Transactions" %}</a></nav>
<div class="mo-filter" role="group" aria-label="{% translate "Conditions" %}"><button class="mo-f is-add" type="button">{% include "icon.html" with name="plus" %}{% translate "Condition" %}</button><span class="mo-sp"></span>{{ count|intcomma }} · 1–{{ rows|length }}</div>
<form class="mo-conds" id="conditions" method="get" hidden>
{% translate "Booked from" as from_label %}{% include "text.html" with name="from" label=from_label kind="date" value=query.from %}
{% translate "Booked to" as to_label %}{% include "text.html" with name="to" label=to_label kind="date" value=query.to %}
{% translate "Amount from" as least_label %}{% include "text.html" with name="least" label=least_label kind="text" value=query.least %}
{% translate "Amount to" as most_label %}{% include "text.html" with name="most" label=most_label kind="text" value=query.most %}
{% translate "Words" as text_label %}{% include "text.html" with name="text" label=text_label kind="search" value=query.text %}
{% translate "Company" as company_label %}{% include "choice.html" with name="company" label=company_label options=choices.companies chosen=query.company %}
{% translate "Bank" as bank_label %}{% include "choice.html" with name="bank" label=bank_label options=choices.banks chosen=query.bank %}
{% translate "Currency" as currency_label %}{% include "choice.html" with name="currency" label=currency_label options=choices.currencies chosen=query.currency %}
<div class="act"><button class="mo-btn" type="submit">{% translate "Show these" %}</button></div></form>
<div class="mo-scroll mo-sp" tabindex="0" role="region" aria-label="{% translate "Transactions, table" %}"><table class="mo-t mo-tx" data-walk>
<thead><tr><th scope="col" class="w-ck"><input class="mo-ck" type="checkbox" aria-label="{% translate "Choose all of this page" %}"></th><th scope="col" class="w-day">{% translate "Booked" %}</th><th scope="col" class="w-acc">{% translate "Account" %}</th><th scope="col" class="w-who">{% translate "Counterparty · description" %}</th><th scope="col" class="mo-n w-amt">{% translate "Out" %}</th><th scope="col" class="mo-n w-amt">{% translate "In" %}</th><th scope="col" class="mo-n w-bal">{% translate "Balance after" %}</th><th scope="col" class="w-st">{% translate "State" %}</th></tr></thead>
<tbody>{% for row in rows %}
<tr data-row="{{ row.id }}" data-side="{% if row.amount_minor < 0 %}debit{% else %}credit{% endif %}" data-minor="{{ row.amount_minor }}" data-currency="{{ row.account.currency }}">
<td class="w-ck"><input class="mo-ck" type="checkbox" aria-label="{% blocktranslate with who=row.counterparty %}Choose {{ who }}{% endblocktranslate %}"></td>
<td class="mo-nw mo-2 w-day">{{ row.booked_on|date:"n/j" }} {{ row.booked_time|time:"H:i" }}</td>
<td class="mo-el mo-2 w-acc">{{ row.account.bank_code }} {{ row.account.number|slice:"-4:" }}</td>
<td class="mo-el w-who"><a href="{% url "accounts:transaction" row.id %}" class="mo-rowa">{{ row.counterparty|default:row.description }}</a>{% if row.counterparty and row.description %} <span class="mo-3">{{ row.description }}</span>{% endif %}</td>
<td class="mo-n w-amt w-out">{% if row.amount_minor < 0 %}{{ row.amount_minor|intcomma }}{% endif %}</td>
<td class="mo-n w-amt w-in">{% if row.amount_minor >= 0 %}{{ row.amount_minor|intcomma }}{% endif %}</td>
<td class="mo-n mo-2 w-bal">{% if row.balance_minor is not None %}{{ row.balance_minor|intcomma }}{% endif %}</td>
<td class="w-st">{% if row.id in gone %}{% include "state.html" with kind="failed" %}{% elif row.statement.request_id and not row.statement.file_id and row.place|slice:":4" == "hand" %}{% include "state.html" with kind="draft" %}{% else %}{% include "state.html" with kind="paid" %}{% endif %}</td>
</tr>{% endfor %}</tbody></table></div>
<div class="mo-keys"><span>j k {% translate "move" %}</span><span>Enter {% translate "explain" %}</span><span>x {% translate "choose" %}</span><span>/ {% translate "search" %}</span><a class="mo-btn" href="?older={{ last.booked_on|date:"Y-m-d" }}_{{ last.id }}">{% translate "Next" %}</a></div></div>
<aside class="mo-panel" id="panel" aria-label="{% translate "About the chosen line" %}"></aside>{% endblock %}"""


def engine(**pages: str) -> Engine:
    """Django's engine with the frame, the includes and these pages, compiled once."""
    templates = {
        "base.html": _BASE, "icon.html": _ICON, "state.html": _STATE, "choice.html": _CHOICE, "text.html": _TEXT,
        **{f"{name}.html": text for name, text in pages.items()},
    }  # fmt: skip
    return Engine(
        libraries={
            "humanize": "django.contrib.humanize.templatetags.humanize",
            "i18n": "django.templatetags.i18n",
        },
        loaders=[
            (
                "django.template.loaders.cached.Loader",
                [("django.template.loaders.locmem.Loader", templates)],
            )
        ],
    )


_ENGINE = engine(page=_PAGE)


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to, asked for as the ORM offers it: distinct values of the accounts."""
    accounts = BankAccount.objects.order_by()
    banks = accounts.values_list("bank_country", "bank_code").distinct()
    return {
        "companies": [
            (unit.code, unit.name) for unit in Unit.objects.filter(kind=Unit.COMPANY).order_by("id")
        ],
        "banks": [(country + code, code) for country, code in banks],
        "currencies": [(code, code) for code in accounts.values_list("currency", flat=True).distinct()],
    }


@orm_page(VIEW)
def reference_page(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The first page of all transactions."""
    lines: QuerySet[Transaction] = Transaction.objects.order_by("-booked_on", "-id")
    rows = list(lines.select_related("account", "statement")[:PAGE_SIZE])
    gone = set(
        Supersession.objects.filter(transaction_id__in=[row.id for row in rows]).values_list(
            "transaction_id", flat=True
        )
    )
    values = {
        "rows": rows, "last": rows[-1], "count": lines[: COUNT_CAP + 1].count(), "gone": gone, "query": {},
        "choices": _choices(), **orm_settings(ctx, TRANSACTIONS.name), **orm_frame(ctx), "here": "accounts",
    }  # fmt: skip
    return HttpResponse(_ENGINE.get_template("page.html").render(TemplateContext(values)))
