"""The accounts that may be debited over a connection, and the secrets that a bank asks for with each debit."""

from __future__ import annotations

from moa.channels.models import ConnectedAccount, Connection
from moa.channels.operations.set_up_connection import secret_of
from moa.control.context import Context
from moa.control.sealed_secrets import open_secret
from moa.kernel.errors import DomainError


class AccountNotConnected(DomainError):
    """The account may not be debited over this connection. Facts: `bank`."""

    code = "account_not_connected"


def secrets_for(ctx: Context, connection: Connection, number: str) -> dict[str, str]:
    """In an open Context, for the moment of one message. Raises: account_not_connected, secret_damaged."""
    return {"passbook_pw": password_of(ctx, connection, number), "sign_code": secret_of(ctx, connection)}


def find_account(connection: Connection, number: str) -> ConnectedAccount:
    """Raises: account_not_connected."""
    row = ConnectedAccount.objects.filter(connection_id=connection.id, number=number).first()
    if row is None:
        raise AccountNotConnected(bank=connection.bank_code)
    return row


def password_of(ctx: Context, connection: Connection, number: str) -> str:
    """What the bank asks for with each debit: the passbook's password, over HTTP the pass phrase.

    Raises: account_not_connected, secret_damaged.
    """
    row = find_account(connection, number)
    label = password_label(connection.bank_code, number)
    return open_secret(ctx, row.key_version, bytes(row.password), label=label)


def password_label(bank_code: str, number: str) -> str:
    return f"firm banking {bank_code} {number} password"
