"""The chosen rows of a list as a file: those of one page or of several, or all of the filter."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from moa.control.access import require
from moa.control.context import Context
from moa.control.web.page import page
from moa.control.web.table_files import table_file
from moa.control.web.tables import FILES, LISTED, asked_for_file
from moa.kernel.errors import NotFound
from moa.ui.tables.conditions import Links

# A key of a line that is not booked yet begins with a letter; a chosen one goes along from above the list.
_LONGEST_KEY = 20


@require_POST
@page(opened=False)
def chosen_rows(request: HttpRequest, ctx: Context) -> HttpResponseBase:
    """`place` is the address of the list, `as` the kind of file, `row` the chosen keys; with `every` all rows of the filter.

    Raises: not_found, forbidden.
    """
    address = urlsplit(request.POST.get("place", ""))
    kind = request.POST.get("as", "")
    try:
        match = resolve(address.path)
    except Http404:
        raise NotFound(list=address.path[:80]) from None
    listed = LISTED.get(match.func)
    if listed is None or kind not in FILES:
        raise NotFound(list=address.path[:80])
    table, every = listed.table, bool(request.POST.get("every"))
    request.GET = QueryDict(address.query)
    keys = {one for one in request.POST.getlist("row") if len(one) <= _LONGEST_KEY}
    with ctx.open():
        if table.right:
            require(ctx, table.right)
        around = listed.around(request, ctx, **match.kwargs)
        asked, columns, facts = asked_for_file(request, ctx, table, around)
        given, above = list(around.given), []
        if not every:
            # Rows may have been chosen under other conditions than those that stand now.
            asked.conditions.clear()
            asked.words = ""
            numbers = [int(one) for one in keys if one.isascii() and one.isdigit()]
            given.append(
                (
                    f"{table.key} = any(%(chosen_rows)s)",
                    {"chosen_rows": [one for one in numbers if one < 2**63]},
                )
            )
            above = [row for row in around.above() if str(row.id) in keys] if around.above is not None else []
            facts.memo["words"] = [(_("Chosen rows"), f"{len(keys):,}")]
    if every and asked.errors or not (every or keys):
        return HttpResponseRedirect(Links(address.path, request.GET).to())
    return table_file(ctx, table, asked, columns, facts, given, kind=kind, above=above)
