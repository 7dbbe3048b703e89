"""Ask a bank over its connection: whether the line stands, who holds an account, what is on one of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from moa.channels.models import Connection
from moa.channels.permissions import USE
from moa.channels.protocol import Asked, BalanceAnswer, Channel, HolderAnswer, MovementsAnswer
from moa.channels.queries import access_connection
from moa.channels.registry import SECONDS, channel_over
from moa.control.access import require
from moa.control.context import Context
from moa.kernel.errors import NotFound


def channel_to(ctx: Context, bank_code: str, *, seconds: int = SECONDS) -> Channel:
    """Called in a closed Context, for each message is committed by itself. Raises: forbidden, not_found."""
    with ctx.open():
        connection = access_connection(ctx, bank_code, USE)
    return channel_over(ctx, connection, seconds=seconds)


def test_line(ctx: Context, bank_code: str, *, seconds: int = SECONDS) -> Asked:
    """Raises: forbidden, not_found, message_numbers_used_up."""
    return channel_to(ctx, bank_code, seconds=seconds).test_line()


def inquire_payee(
    ctx: Context, via: str, bank_code: str, account: str, *, seconds: int = SECONDS
) -> HolderAnswer:
    """`via` is our bank, which asks the payee's. Raises: forbidden, not_found, message_numbers_used_up."""
    return channel_to(ctx, via, seconds=seconds).inquire_payee(bank_code, account)


def inquire_payees(
    ctx: Context, via: str, payees: Sequence[tuple[str, str]], *, seconds: int = SECONDS
) -> list[HolderAnswer]:
    """The same of many accounts, asked together. Shape: `payees` as bank and account; the answers in their order.

    Raises: forbidden, not_found, message_numbers_used_up, message_unwritable; then nothing was asked.
    """
    return channel_to(ctx, via, seconds=seconds).inquire_payees(payees)


def ask_balance(ctx: Context, bank_code: str, account: str, *, seconds: int = SECONDS) -> BalanceAnswer:
    """Raises: forbidden, not_found, message_numbers_used_up."""
    return channel_to(ctx, bank_code, seconds=seconds).balance(account)


def ask_movements(
    ctx: Context, bank_code: str, account: str, first: date, last: date, *, seconds: int = SECONDS
) -> MovementsAnswer:
    """Raises: forbidden, not_found, message_numbers_used_up."""
    return channel_to(ctx, bank_code, seconds=seconds).movements(account, first, last)


def channel_of(ctx: Context, connection_id: int, *, seconds: int = SECONDS) -> Channel:
    """Over this very connection, in use or not: what left over it is asked about there. Raises: forbidden, not_found."""
    with ctx.open():
        require(ctx, USE)
        connection = Connection.objects.filter(id=connection_id).first()
    if connection is None:
        raise NotFound(connection=connection_id)
    return channel_over(ctx, connection, seconds=seconds)
