"""`moa bench pages`: the transactions page against the same page by ORM objects and a Django template."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template import Context as TemplateContext
from django.template import Engine, Template
from django.test import RequestFactory
from django.utils import translation

from moa.accounts.choices import choices
from moa.accounts.lines import COUNT_CAP, PAGE_SIZE
from moa.accounts.models import Transaction
from moa.accounts.permissions import VIEW
from moa.accounts.web.views_transactions import transactions
from moa.control.context import Context
from moa.control.models import Identity
from moa.control.web.page import page
from moa.entry.bench.bulk_group import bulk_group
from moa.entry.bench.measure import Result
from moa.entry.shell import shell

ROUNDS = 60
DEEP_ROW = 5_000_000

# The rows of the page as a Django template writes them: objects, date and number filters, conditions.
_ROWS = """{% load humanize %}{% for row in rows %}
<tr data-row="{{ row.id }}" data-side="{% if row.amount_minor < 0 %}debit{% else %}credit{% endif %}" data-currency="{{ row.account.currency }}">
<td class="w-ck"><input class="mo-ck" type="checkbox" aria-label="{{ row.counterparty }}"></td>
<td class="mo-nw mo-2 w-day">{{ row.booked_on|date:"n/j" }} {{ row.booked_time|time:"H:i" }}</td>
<td class="mo-el mo-2 w-acc">{{ row.account.bank_code }} {{ row.account.number|slice:"-4:" }}</td>
<td class="mo-el w-who"><a href="/transactions/{{ row.id }}" class="mo-rowa">{{ row.counterparty|default:row.description }}</a>{% if row.counterparty and row.description %} <span class="mo-3">{{ row.description }}</span>{% endif %}</td>
<td class="mo-n w-amt w-out">{% if row.amount_minor < 0 %}{{ row.amount_minor|intcomma }}{% endif %}</td>
<td class="mo-n w-amt w-in">{% if row.amount_minor >= 0 %}{{ row.amount_minor|intcomma }}{% endif %}</td>
<td class="mo-n mo-2 w-bal">{% if row.balance_minor is not None %}{{ row.balance_minor|intcomma }}{% endif %}</td>
<td class="w-st">{% if row.balance_stated %}{{ row.statement.reference }}{% endif %}</td>
</tr>{% endfor %}"""


def run() -> list[Result]:
    """Shape: milliseconds of the whole view, median of sixty. `pages.deep` allows 1.5 times page 1."""
    bulk = bulk_group()
    identity = _identity(bulk.ctx)
    with translation.override("ko"):
        first = _timed(lambda: _get(transactions, identity, ""))
        reference_view = _reference_view(_get(transactions, identity, "").content.decode())
        reference = _timed(lambda: _get(reference_view, identity, ""))
        place = _place(bulk.ctx)
        _get(transactions, identity, place)
        deep = _timed(lambda: _get(transactions, identity, place))
    return [
        Result(
            "pages.transactions", ours=first, reference=reference, ratio=round(reference / first, 2), floor=3
        ),
        Result("pages.deep", ours=deep, reference=first, ratio=round(1.5 * first / deep, 2), floor=1),
    ]


def _identity(ctx: Context) -> Identity:
    identity, _ = Identity.objects.get_or_create(
        login="bench", defaults={"group_id": ctx.group_id, "person_id": ctx.actor.person_id, "password": "!"}
    )
    return identity


def _get(view: Callable[..., HttpResponseBase], identity: Identity, query: str) -> HttpResponse:
    request = RequestFactory().get(f"/transactions{query}", HTTP_HOST="127.0.0.1")
    request.user = identity
    response = view(request)
    if response.status_code != 200:
        raise AssertionError(f"the page answered {response.status_code}")
    assert isinstance(response, HttpResponse)
    return response


def _timed(action: Callable[[], object]) -> float | int:
    for _ in range(5):
        action()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return round(statistics.median(times) * 1000, 3)


def _reference_view(ours: str) -> Callable[..., HttpResponseBase]:
    """The same page: what stands around the rows as it is, the rows from objects by a Django template."""
    head, _, rest = ours.partition("<tbody>")
    _, _, tail = rest.partition("</tbody>")
    engine = Engine(libraries={"humanize": "django.contrib.humanize.templatetags.humanize"})
    template = Template(
        f"{{% verbatim %}}{head}{{% endverbatim %}}<tbody>{_ROWS}</tbody>{{% verbatim %}}{tail}{{% endverbatim %}}",
        engine=engine,
    )

    @page(VIEW)
    def reference(request: HttpRequest, ctx: Context) -> HttpResponse:
        lines = Transaction.objects.order_by("-booked_on", "-id")
        rows = list(lines.select_related("account", "statement")[:PAGE_SIZE])
        count = lines[: COUNT_CAP + 1].count()
        values = {"rows": rows, "count": count, "choices": choices(ctx), **shell(request)}
        return HttpResponse(template.render(TemplateContext(values)))

    if not settings.USE_I18N:
        raise AssertionError("both pages are measured with translations on")
    return reference


def _place(ctx: Context) -> str:
    with ctx.open(), connection.cursor() as cursor:
        cursor.execute(
            "select booked_on, id from accounts_transaction order by booked_on desc, id desc offset %s limit 1",
            [DEEP_ROW],
        )
        day, number = cursor.fetchone()
    return f"?older={day}_{number}&n={DEEP_ROW + 1}"
