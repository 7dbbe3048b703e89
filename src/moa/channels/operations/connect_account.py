"""Let an account of ours be debited over the connection to its bank; its password is sealed and never shown again."""

from __future__ import annotations

import re

from moa.channels.connected_accounts import password_label
from moa.channels.models import ConnectedAccount
from moa.channels.operations.set_up_connection import ConnectionInvalid
from moa.channels.permissions import CHANGE
from moa.channels.queries import access_connection
from moa.control.audit import record
from moa.control.context import Context
from moa.control.sealed_secrets import seal_secret


def connect_account(ctx: Context, bank_code: str, number: str, *, password: str) -> ConnectedAccount:
    """Raises: forbidden, not_found, connection_invalid."""
    connection = access_connection(ctx, bank_code, CHANGE)
    plain = number.replace("-", "").replace(" ", "")
    if not re.fullmatch(r"\d{1,15}", plain, re.ASCII):
        raise ConnectionInvalid(field="number")
    if not re.fullmatch(r"[\x21-\x7e]{1,8}", password):
        raise ConnectionInvalid(field="password")
    version, sealed = seal_secret(ctx, password, label=password_label(bank_code, plain))
    row, is_new = ConnectedAccount.objects.update_or_create(
        connection_id=connection.id, number=plain,
        defaults={"password": sealed, "key_version": version, "made_by_id": ctx.actor.person_id},
        create_defaults={
            "group_id": ctx.group_id, "password": sealed, "key_version": version, "made_by_id": ctx.actor.person_id,
        },
    )  # fmt: skip
    record(
        ctx, "channels.account.connected", "connection", connection.id, after={"account_end": plain[-4:], "new": is_new}
    )  # fmt: skip
    return row
