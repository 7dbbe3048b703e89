"""Secrets of connections are sealed again when the group's key is renewed."""

from __future__ import annotations

from moa.channels.connected_accounts import password_label
from moa.channels.models import ConnectedAccount, Connection, HttpAccess
from moa.channels.open_banking.access import token_label
from moa.channels.operations.set_up_connection import secret_label
from moa.control.context import Context
from moa.control.sealed_secrets import open_secret, register_sealed, seal_secret


def seal_again(ctx: Context) -> int:
    """In an open Context. Shape: how many were sealed again."""
    count = 0
    for row in Connection.objects.select_for_update().order_by("id"):
        row.key_version, row.sign_code = _again(ctx, row.key_version, row.sign_code, secret_label(row))
        row.save(update_fields=["sign_code", "key_version"])
        count += 1
    accounts = ConnectedAccount.objects.select_for_update(of=("self",)).select_related("connection")
    for account in accounts.order_by("id"):
        label = password_label(account.connection.bank_code, account.number)
        account.key_version, account.password = _again(ctx, account.key_version, account.password, label)
        account.save(update_fields=["password", "key_version"])
        count += 1
    tokens = (
        HttpAccess.objects.select_for_update(of=("self",)).exclude(token=None).select_related("connection")
    )
    for access in tokens.order_by("id"):
        assert access.token_key_version is not None and access.token is not None, "a constraint of the table"
        label = token_label(access.connection.bank_code)
        access.token_key_version, access.token = _again(ctx, access.token_key_version, access.token, label)
        access.save(update_fields=["token", "token_key_version"])
        count += 1
    return count


def _again(ctx: Context, version: int, sealed: bytes | memoryview, label: str) -> tuple[int, bytes]:
    return seal_secret(ctx, open_secret(ctx, version, bytes(sealed), label=label), label=label)


register_sealed(seal_again)
