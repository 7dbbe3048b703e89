"""The accounts that may be debited over a connection, and the secrets that a bank asks for with each debit."""

from __future__ import annotations

from moa.channels.models import ConnectedAccount, Connection
from moa.channels.operations.set_up_connection import sign_code_of
from moa.control.context import Context
from moa.control.sealed_secrets import open_secret
from moa.kernel.errors import DomainError


class AccountNotConnected(DomainError):
    """The account may not be debited over this connection. Facts: `bank`."""

    code = "account_not_connected"


def secrets_for(ctx: Context, connection: Connection, number: str) -> dict[str, str]:
    """In an open Context, for the moment of one message. Raises: account_not_connected, secret_damaged."""
    row = ConnectedAccount.objects.filter(connection_id=connection.id, number=number).first()
    if row is None:
        raise AccountNotConnected(bank=connection.bank_code)
    label = password_label(connection.bank_code, number)
    password = open_secret(ctx, row.key_version, bytes(row.password), label=label)
    return {"passbook_pw": password, "sign_code": sign_code_of(ctx, connection)}


def password_label(bank_code: str, number: str) -> str:
    return f"firm banking {bank_code} {number} password"
