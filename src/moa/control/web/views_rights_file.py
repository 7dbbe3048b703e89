"""Who may do what, as a workbook: one line for each right of each person, with the role and unit it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moa.control.audit import record
from moa.control.context import Context
from moa.control.people import VIEW_USERS, Matrix, who_may_do_what
from moa.control.queries import list_units, the_group_of
from moa.control.web.page import page
from moa.control.web.sentences_people import carrier_words, right_words
from moa.formats.spreadsheets.writing import columns as cells
from moa.formats.spreadsheets.writing import workbook
from moa.kernel.money import minor_digits


@require_GET
@page(VIEW_USERS)
def who_may_file(request: HttpRequest, ctx: Context) -> StreamingHttpResponse:
    """Who took the list out is recorded, as for every other list."""
    asked = request.GET.get("unit", "")
    unit_id = int(asked) if asked in {str(unit.id) for unit in list_units(ctx)} else None
    matrix = who_may_do_what(ctx, unit_id=unit_id)
    record(ctx, "control.list.exported", "table", "control.who_may", after={"kind": "xlsx", "unit": unit_id})
    base = the_group_of(ctx).base_currency
    heads = [
        cells.Column(_("Person"), width=20), cells.Column(_("Right"), width=46), cells.Column(_("Code"), width=28),
        cells.Column(_("Unit"), width=24), cells.Column(_("Limit (%(currency)s)") % {"currency": base}, cells.AMOUNT, 18, minor_digits(base)),
        cells.Column(_("Role, deputy or token"), width=30),
    ]  # fmt: skip
    sheet = workbook.SheetData(_("Who may do what"), heads, _rows(matrix))
    response = StreamingHttpResponse(workbook.stream_workbook([sheet]), content_type=workbook.CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="rights-{ctx.today:%Y%m%d}.xlsx"'
    return response


def _rows(matrix: Matrix) -> Iterator[Sequence[Any]]:
    everywhere = _("the whole group")
    for person, name in matrix.people:
        for code in matrix.rights:
            for grant in matrix.grants.get((person, code), ()):
                yield (
                    name,
                    right_words(code),
                    code,
                    grant.unit or everywhere,
                    grant.limit_minor,
                    carrier_words(grant.by),
                )
