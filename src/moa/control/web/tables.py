"""Lists on pages: one view for the page, its totals, its files and its print, from the declaration alone.

    path("vouchers", table_view(VOUCHERS), name="vouchers")

A page with more around its list calls `shown_table` and includes "ui/tables/list.html"; see docs/tables.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from markupsafe import Markup

from moa.control.access import may
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.control.table_rows import Given, RowPage, TableTotal, count_rows, read_page, total_rows
from moa.control.table_settings import TableSettings, settings_of_page, table_settings
from moa.control.web import table_sums
from moa.control.web.page import may_see, page
from moa.control.web.table_files import table_file
from moa.control.web.table_words import asks_of, leave_out_unknown, words_of
from moa.kernel.errors import NotFound
from moa.ui.formatting import amount, signed
from moa.ui.glossary import term, term_mark
from moa.ui.ground import as_figure
from moa.ui.tables.cells import PageFacts, cell_css, choosable, row_writer, rows_markup
from moa.ui.tables.conditions import Asked, Links, read_asked
from moa.ui.tables.places import place_word
from moa.ui.tables.shown import Head, PageMarks, ShownTable, Tab, Total
from moa.ui.tables.spec import COUNT_CAP, PAGE_SIZE, Column, Empty, Row, Table

# Lists by name, filled as they get their views; what a person keeps is kept for one of these.
TABLES: dict[str, Table] = {}
# The lists by the views that show them: what was chosen on a page is read as that page reads it.
LISTED: dict[Callable[..., HttpResponseBase], Listed] = {}
FILES = ("xlsx", "csv")
PRINTED_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Around:
    """What a page settles for its list. Shape: `given` predicates of its own, `hidden` columns that it has settled,
    `currency` that of all rows, `path` its address where that is not the request's, `above` rows that stand before the first page and count nowhere,
    `fresh` the ids of rows that have just come, `values` for the template."""

    given: Given = ()
    hidden: frozenset[str] = frozenset()
    currency: str = ""
    above: Callable[[], Sequence[Row]] | None = None
    selected: Any = None
    selected_id: str = ""
    fresh: frozenset[str] = frozenset()
    path: str = ""
    template: str = "ui/tables/page.html"
    values: Mapping[str, Any] = field(default_factory=dict)


# What a page says of its list before it is read: from the Context and the address's numbers.
Settle = Callable[..., Around]


@dataclass(frozen=True, slots=True)
class Listed:
    """The list behind a view, and what its page settles."""

    table: Table
    around: Settle


def table_view(table: Table, settle: Settle | None = None) -> Callable[..., HttpResponseBase]:
    """The view of a list. `settle(request, ctx, **numbers of the address)` says what its page adds."""
    register(table)

    def around(request: HttpRequest, ctx: Context, **numbers: Any) -> Around:
        return settle(request, ctx, **numbers) if settle is not None else Around()

    @page(table.right)
    def opened(request: HttpRequest, ctx: Context, **numbers: Any) -> HttpResponse:
        return table_answer(request, ctx, table, around(request, ctx, **numbers))

    @page(table.right, opened=False)
    def streamed(request: HttpRequest, ctx: Context, **numbers: Any) -> HttpResponseBase:
        with ctx.open():
            settled = around(request, ctx, **numbers)
            asked, columns, facts = asked_for_file(request, ctx, table, settled)
        if asked.errors:
            # A file of everything is not the file that was asked for; the page says what was not understood.
            return HttpResponseRedirect(Links(request.path, request.GET).to())
        return table_file(ctx, table, asked, columns, facts, settled.given, kind=request.GET["as"])

    @require_GET
    def view(request: HttpRequest, **numbers: Any) -> HttpResponseBase:
        return (streamed if request.GET.get("as") in FILES else opened)(request, **numbers)

    LISTED[view] = Listed(table, around)
    view.right = table.right  # type: ignore[attr-defined]
    return view


def register(table: Table) -> None:
    """Make the list known by its name. A second list of the name is a fault."""
    if TABLES.setdefault(table.name, table) is not table:
        raise ValueError(f"two lists are called {table.name}")


def known_table(name: str) -> Table:
    """Raises: not_found."""
    if name not in TABLES:
        raise NotFound(table=name[:80])
    return TABLES[name]


def table_answer(request: HttpRequest, ctx: Context, table: Table, around: Around) -> HttpResponse:
    """The page, or with `part=sums` its totals alone, or with `as=print` all rows for paper."""
    if request.GET.get("part") == "sums":
        asked = _asked(request, ctx, table, around)
        columns = visible(table, table_settings(ctx, table.name), around.hidden)
        links = Links(around.path or request.path, request.GET)
        totals = _totals(ctx, table, asked, columns, around, choosable(table), links)
        return render(request, "ui/tables/totals.html", {"table": {"totals": totals}})
    if request.GET.get("part") == table_sums.PART:
        facts, links = page_facts(ctx, table, around), Links(around.path or request.path, request.GET)
        asked = _asked(request, ctx, table, around, facts)
        return table_sums.sum_answer(request, ctx, table, asked, facts, around.given, links)
    printed = request.GET.get("as") == "print"
    shown = shown_table(request, ctx, table, around, printed=printed)
    if printed and shown.errors:
        # As of a file: paper of everything is not what was asked for.
        return HttpResponseRedirect(shown.path + (f"?{shown.query}" if shown.query else ""))
    values = {"table": shown, "here": table.here, **around.values}
    return render(request, "ui/tables/print.html" if printed else around.template, values)


def shown_table(
    request: HttpRequest, ctx: Context, table: Table, around: Around, *, printed: bool = False
) -> ShownTable:
    """One page of the list with everything around its rows. Raises: forbidden."""
    links = Links(around.path or request.path, request.GET)
    settings = settings_of_page(ctx, table.name)
    columns = visible(table, settings, around.hidden)
    facts = page_facts(ctx, table, around)
    asked = _asked(request, ctx, table, around, facts)
    found = read_page(ctx, table, asked, around.given, size=PRINTED_ROWS if printed else PAGE_SIZE)
    count, capped = count_rows(ctx, table, asked, around.given)
    first_page = asked.after is None and asked.before is None
    rows = [*(around.above() if around.above is not None and first_page else ()), *found.rows]
    # Totals over more than the cap may take a while; then they come after the page by themselves.
    asked_now = printed or bool(around.currency) or request.GET.get("part") == "whole"
    later = capped and bool(table.summed) and not asked_now
    chooses = choosable(table) and not printed
    every = links.to(without=tuple({*_condition_names(table), "sort", *asked.errors}))
    asks = asks_of(table, asked, facts, around.hidden)
    beside = {ask.name for ask in asks}
    return ShownTable(
        name=table.name, label=table.label, scope=table.scope,
        heads=[_head(links, table, column, asked) for column in columns],
        rows=rows_markup(rows, row_writer(table, columns, facts, chooses=chooses)), number=len(rows),
        page=_marks(links, asked, found, count, capped), words=words_of(links, table, asked, facts),
        asks=asks, errors=asked.errors,
        untold=[(told, links.to(without=(name,)), _without(name)) for name, told in asked.errors.items() if name not in beside],
        kept=_kept(request, table, asked),
        tabs=_tabs(links, settings), columns=_choice(table, columns, around.hidden), density=settings.density,
        totals=None if later else _totals(ctx, table, asked, columns, around, chooses, None if printed else links) if rows else [],
        totals_url=links.to(part="sums") if later else "", whole_url=links.to(part="whole"),
        totals_span=len(columns) + chooses, all_url=every,
        excel_url=links.to(as_="xlsx"), csv_url=links.to(as_="csv"),
        print_url=links.to(as_="print"), query=links.query(),
        path=links.path, summed=[(column.key, column.label) for column in table.summed if column.key != table.base_key], chooses=chooses,
        every_words=_every_words(count, capped),
        batch=[one for one in table.batch if not one.right or may(ctx, one.right)], empty=None if rows else _next_step(ctx, table.empty),
        panel=table.panel, css=table.css, selected=around.selected,
    )  # fmt: skip


def _next_step(ctx: Context, empty: Empty | None) -> Empty | None:
    """An empty list offers a page only to who may open it."""
    if empty is None or not empty.url or may_see(ctx, reverse(empty.url)):
        return empty
    return replace(empty, text="", url="", label="")


def page_facts(ctx: Context, table: Table, around: Around) -> PageFacts:
    group = the_group_of(ctx)
    choices: dict[str, Mapping[str, Any]] = dict(table.fixed_choices(get_language()))
    for column in table.columns:
        if callable(column.choices):
            choices[column.key] = dict(column.choices(ctx))
    now = ctx.at.astimezone(ZoneInfo(group.time_zone))
    plain = around.currency or group.base_currency
    return PageFacts(ctx, now, ctx.today, plain, choices, around.selected_id, around.fresh)


def visible(table: Table, settings: TableSettings, hidden: frozenset[str] = frozenset()) -> list[Column]:
    """The columns that stand: the person's choice, else the list's own; the link always."""
    chosen = set(settings.columns) & set(table.by_key)
    return [
        column
        for column in table.shown_columns
        if column.key not in hidden and (column.link or (column.key in chosen if chosen else column.shown))
    ]


def _asked(
    request: HttpRequest, ctx: Context, table: Table, around: Around, facts: PageFacts | None = None
) -> Asked:
    zone = ZoneInfo(the_group_of(ctx).time_zone)
    asked = read_asked(table, request.GET, currency=around.currency, zone=zone, hidden=around.hidden)
    if any(one.codes for one in asked.conditions):
        leave_out_unknown(asked, facts if facts is not None else page_facts(ctx, table, around))
    return asked


def asked_for_file(
    request: HttpRequest, ctx: Context, table: Table, around: Around
) -> tuple[Asked, list[Column], PageFacts]:
    """What a file needs, found before its first byte: the page's language and Context are gone while it streams."""
    facts = page_facts(ctx, table, around)
    asked = _asked(request, ctx, table, around, facts)
    asked.after = asked.before = None
    links = Links(request.path, request.GET)
    facts.memo["words"] = [
        (str(word.label), word.value.striptags()) for word in words_of(links, table, asked, facts)
    ]
    standing = visible(table, table_settings(ctx, table.name), around.hidden)
    return asked, [one for one in table.shown_columns if one in standing or one.in_files], facts


def _condition_names(table: Table) -> list[str]:
    return ["text", *(name for column in table.conditions for name in column.names)]


def _without(name: str) -> str:
    return _("Show it in the usual order") if name == "sort" else _("Remove this condition")


def _kept(request: HttpRequest, table: Table, asked: Asked) -> list[tuple[str, str]]:
    """What the form of conditions has no field for and must not lose."""
    names = [
        *(() if "sort" in asked.errors else ("sort",)),
        *table.further,
        *(name for column in table.conditions if not column.in_form for name in column.names),
    ]
    return [(name, value) for name in names if (value := request.GET.get(name, ""))]


def _head(links: Links, table: Table, column: Column, asked: Asked) -> Head:
    if not column.sortable or not column.sql:
        label = term(column.term, column.label) if column.term else column.label
        return Head(column.key, label, cell_css(column))
    here = column.key == asked.sort.key
    # The first press sorts figures and days from the top, words from the beginning; the second turns it.
    downwards = not asked.descending if here else column.kind in ("amount", "number", "date", "moment")
    sort = ("-" if downwards else "") + column.key
    url = links.to(without=("sort",)) if sort == table.order else links.to(sort=sort)
    order = ("descending" if asked.descending else "ascending") if here else ""
    mark = term_mark(column.term, column.label) if column.term else Markup()
    return Head(column.key, column.label, cell_css(column), url, order, mark)


def _marks(links: Links, asked: Asked, found: RowPage, count: int, capped: bool) -> PageMarks:
    """The first number of a page travels in the address, for a page by key does not know it."""
    rows, first = found.rows, asked.first
    next_url = previous_url = None
    if rows and found.has_next:
        next_url = links.to(after=_place(asked, rows[-1]), n=str(first + len(rows)))
    if rows and found.has_previous:
        before = max(1, first - PAGE_SIZE)
        previous_url = links.to(before=_place(asked, rows[0]), n=str(before)) if before > 1 else links.to()
    last = first + len(rows) - 1
    return PageMarks(
        first if rows else 0,
        last if rows else 0,
        max(count, last) if rows else 0,
        capped,
        next_url,
        previous_url,
    )


def _place(asked: Asked, row: Row) -> str:
    currency = getattr(row, asked.sort.currency) if asked.mixed else ""
    return place_word(asked.sort, getattr(row, asked.sort.key), row.id, currency)


def _tabs(links: Links, settings: TableSettings) -> list[Tab]:
    """The person's views of the list."""
    here = links.query()
    return [
        Tab(view.id, view.name, f"{links.path}?{view.query}", view.query == here) for view in settings.views
    ]


def _every_words(count: int, capped: bool) -> str:
    if capped:
        return _("all rows of the filter chosen, more than %(num)s") % {"num": f"{COUNT_CAP:,}"}
    return ngettext(
        "%(num)s row chosen, the whole filter", "%(num)s rows chosen, the whole filter", count
    ) % {"num": f"{count:,}"}


def _choice(table: Table, columns: Sequence[Column], hidden: frozenset[str]) -> list[tuple[Head, bool]]:
    standing = {column.key for column in columns}
    return [
        (Head(column.key, column.label, ""), column.key in standing)
        for column in table.shown_columns
        if column.key not in hidden and not column.link
    ]


def _totals(
    ctx: Context, table: Table, asked: Asked, columns: Sequence[Column], around: Around, chooses: bool,
    links: Links | None,
) -> list[Total]:  # fmt: skip
    """With `links` each sum leads to its ground."""
    if not table.summed:
        return []
    summed = {column.key for column in table.summed}
    # What stands before the first summed column is one cell, for the words of the total.
    lead = next((at for at, column in enumerate(columns) if column.key in summed), len(columns))
    span = lead + chooses
    totals = []
    found = total_rows(ctx, table, asked, around.given)
    base = the_group_of(ctx).base_currency if table.base_key else ""
    for total in found:
        cells = [
            (
                cell_css(column),
                _sum(table, total, column, links, base) if column.key in summed else Markup(""),
            )
            for column in columns[lead:]
        ]
        net = None
        if table.net:
            first, second = table.net
            net = signed(total.sums[first] - total.sums[second], total.currency)
        totals.append(Total(total.currency, total.count, max(span, 1), cells, net))
    if table.base_key and len(found) > 1:
        whole = amount(sum(total.sums[table.base_key] for total in found), base)
        cells = [
            (cell_css(one), whole if one.key == table.base_key else Markup("")) for one in columns[lead:]
        ]
        totals.append(Total("", sum(total.count for total in found), max(span, 1), cells))
    return totals


def _sum(table: Table, total: TableTotal, column: Column, links: Links | None, base: str) -> Markup:
    if column.key == table.base_key:
        return amount(total.sums[column.key], base)
    text = amount(total.sums[column.key], total.currency)
    return as_figure(text, table_sums.sum_address(links, column, total.currency)) if links else text
