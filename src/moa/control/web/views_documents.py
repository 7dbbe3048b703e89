"""The stored documents: what they are, who brought them, how long they are kept; and each of them as it came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from markupsafe import escape

from moa.control.access import require_below
from moa.control.context import Context
from moa.control.documents import DocumentNotKept, open_document
from moa.control.operations.fetch_document import VIEW_DOCUMENTS, fetch_document
from moa.control.sealed_files import DocumentDamaged
from moa.control.web.page import page
from moa.control.web.tables import table_view
from moa.kernel.errors import NotFound
from moa.ui.formatting import size
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import CHOICE, DATE, MOMENT, NUMBER, STATE, Column, Empty, Row, Table

KINDS = (
    ("statement_file", _("Statement file")), ("rate_file", _("File of exchange rates")),
    ("attachment", _("Attachment")), ("mail_attachment", _("Attachment of a mail")),
    ("year_backup", _("Backup of a year")), ("column_sample", _("Sample of a bank's table")),
)  # fmt: skip
_CHUNK = 1 << 18


def _limits(ctx: Context) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """A document carries no unit, so the right must hold in the whole group."""
    require_below(ctx, VIEW_DOCUMENTS, None)
    return ()


def _size(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: str(escape(size(row.bytes)))


DOCUMENTS = Table(
    name="control.documents",
    label=_("Documents"),
    scope=_("Files as they came, encrypted at rest; every opening is on record"),
    right=VIEW_DOCUMENTS,
    here="documents",
    source="control_document d",
    joins={"p": "join control_person p on p.id = d.person_id"},
    key="d.id",
    order="-recorded",
    limits=_limits,
    search=("d.name", "d.sha256"),
    row_url="control:document",
    row_class=lambda row: "is-gone" if row.state != "kept" else "",
    empty=Empty(_("No document yet"), _("Every file that is brought in is kept here as it came.")),
    columns=(
        Column("name", _("Name"), sql="d.name", link=True, sortable=True, filterable=True, width=36),
        Column("kind", _("Kind"), CHOICE, "d.kind", choices=KINDS, filterable=True, width=20),
        Column("bytes", _("Size"), NUMBER, "d.size_bytes", sortable=True, cell=_size, filterable=True),
        Column("who", _("Brought by"), sql="p.name", needs=("p",), filterable=True, css="mo-nw mo-2"),
        Column("recorded", _("Recorded"), MOMENT, "d.recorded_at", sortable=True, not_null=True, filterable=True, term="recorded_at"),
        Column("until", _("Kept until"), DATE, "d.retain_until", sortable=True, filterable=True),
        Column("sha256", _("Fingerprint (SHA-256)"), sql="d.sha256", shown=False, filterable=True, css="mo-mono mo-s", width=64),
        Column("state", _("State"), STATE, "case when d.stored then 'kept' when d.refusal <> '' then 'refused' else 'gone' end",
               filterable=True, css="w-st",
               choices=(("kept", _("Kept")), ("refused", _("Not kept")), ("gone", _("Removed"))),
               states={"kept": ("paid", _("Kept")), "refused": ("failed", _("Not kept")), "gone": ("draft", _("Removed"))}),
    ),
)  # fmt: skip

documents = table_view(DOCUMENTS)


@require_GET
@page(VIEW_DOCUMENTS, opened=False)
def document(request: HttpRequest, ctx: Context, document_id: int) -> HttpResponseBase:
    """The bytes as they came, to be saved and never shown by the browser."""
    try:
        with ctx.open():
            found = fetch_document(ctx, document_id)
    except (DocumentNotKept, DocumentDamaged) as refusal:
        raise NotFound(document=document_id) from refusal
    response = StreamingHttpResponse(_chunks(ctx, found.id), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response["Content-Length"] = str(found.size_bytes)
    return response


def _chunks(ctx: Context, document_id: int) -> Iterator[bytes]:
    with ctx.open(), open_document(ctx, document_id) as source:
        while chunk := source.read(_CHUNK):
            yield chunk
