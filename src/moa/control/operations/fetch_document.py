"""Give a stored document to a person who may open it; that it was taken is on record."""

from __future__ import annotations

from moa.control.access import require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.control.documents import open_document
from moa.control.models import Document
from moa.kernel.errors import NotFound

VIEW_DOCUMENTS = "control.documents.view"


def fetch_document(ctx: Context, document_id: int) -> Document:
    """The document whose bytes may be given out. A document carries no unit, so the right must hold in the whole group.

    Raises: forbidden, not_found, document_not_kept, document_damaged.
    """
    require_below(ctx, VIEW_DOCUMENTS, None)
    document = Document.objects.filter(id=document_id).first()
    if document is None:
        raise NotFound(document=document_id)
    with open_document(ctx, document.id):
        record(
            ctx, "control.document.fetched", "document", document.id,
            after={"kind": document.kind, "sha256": document.sha256},
        )  # fmt: skip
    return document
