"""The sample that a person points at: a table sent for this, or a statement file that was refused."""

from __future__ import annotations

from moa.accounts.models import StatementFile
from moa.accounts.queries import visible_files
from moa.control.context import Context
from moa.control.models import Document
from moa.kernel.errors import NotFound

KIND = "column_sample"
# What is read of a sample is a few thousand rows; a larger file is a statement, not a sample.
LIMIT_BYTES = 20_000_000
SHEET_LIMIT_BYTES = 30_000_000


def access_sample(ctx: Context, document_id: int) -> Document:
    """The document, if it is a sample or a statement file that the actor may see. Raises: not_found, forbidden."""
    document = Document.objects.filter(id=document_id, kind__in=(KIND, "statement_file")).first()
    if document is None:
        raise NotFound(document=document_id)
    if document.kind != KIND and not visible_files(ctx).filter(document_id=document_id).exists():
        raise NotFound(document=document_id)
    return document


def file_behind(ctx: Context, document_id: int) -> StatementFile | None:
    """The newest statement file of these bytes that the actor may see, or None."""
    return visible_files(ctx).filter(document_id=document_id).order_by("-id").first()
