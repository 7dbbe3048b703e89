"""Reads of channels."""

from __future__ import annotations

from moa.channels.models import Connection
from moa.channels.permissions import USE, VIEW
from moa.control.access import require
from moa.control.context import Context
from moa.kernel.errors import NotFound


def access_connection(ctx: Context, bank_code: str, permission: str = USE) -> Connection:
    """The connection to a bank that is in use. Raises: forbidden, not_found."""
    require(ctx, permission)
    found = Connection.objects.filter(in_use=True, bank_code=bank_code).first()
    if found is None:
        raise NotFound(connection=bank_code)
    return found


def list_connections(ctx: Context) -> list[Connection]:
    require(ctx, VIEW)
    return list(Connection.objects.order_by("bank_code", "-in_use"))


def connections_in_use() -> dict[str, Connection]:
    """By the bank's code; for payments, whose own rights were asked."""
    return {one.bank_code: one for one in Connection.objects.filter(in_use=True)}
