"""Set up the connection to a bank, or change where it leads; its sign code is sealed and never shown again."""

from __future__ import annotations

import re
from typing import NamedTuple

from moa.channels.models import FIRM_BANKING, Connection
from moa.channels.permissions import CHANGE
from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.sealed_secrets import open_secret, seal_secret
from moa.kernel.errors import DomainError

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")


class ConnectionInvalid(DomainError):
    """Facts: `field`: bank_code, company_no, host, port or sign_code."""

    code = "connection_invalid"


class NewConnection(NamedTuple):
    """Shape: `sign_code` plain, in memory alone."""

    bank_code: str
    company_no: str
    host: str
    port: int
    sign_code: str


def set_up_connection(ctx: Context, *, new: NewConnection) -> Connection:
    """The one connection to that bank. Raises: forbidden, connection_invalid."""
    require(ctx, CHANGE)
    if field := _wrong_field(new):
        raise ConnectionInvalid(field=field)
    version, sealed = seal_secret(ctx, new.sign_code, label=_label(new.bank_code))
    values = {
        "company_no": new.company_no, "host": new.host, "port": new.port, "sign_code": sealed, "key_version": version,
    }  # fmt: skip
    row = Connection.objects.select_for_update().filter(kind=FIRM_BANKING, bank_code=new.bank_code).first()
    before = None if row is None else {"company_no": row.company_no, "host": row.host, "port": row.port}
    if row is None:
        row = Connection.objects.create(
            group_id=ctx.group_id,
            bank_code=new.bank_code,
            state_at=ctx.at,
            made_by_id=ctx.actor.person_id,
            **values,
        )
    else:
        for name, value in values.items():
            setattr(row, name, value)
        # Behind another address nobody has opened the day.
        row.opened_on = None
        row.save(update_fields=[*values, "opened_on"])
    after = {"bank": new.bank_code, "company_no": new.company_no, "host": new.host, "port": new.port}
    record(ctx, "channels.connection.set_up", "connection", row.id, before=before, after=after)
    return row


def sign_code_of(ctx: Context, connection: Connection) -> str:
    """In an open Context, for the moment of a transfer. Raises: secret_damaged."""
    return open_secret(
        ctx, connection.key_version, bytes(connection.sign_code), label=_label(connection.bank_code)
    )


def _label(bank_code: str) -> str:
    return f"firm banking {bank_code} sign code"


def _wrong_field(new: NewConnection) -> str:
    if not re.fullmatch(r"\d{3}", new.bank_code, re.ASCII):
        return "bank_code"
    if not re.fullmatch(r"[A-Za-z0-9]{1,12}", new.company_no):
        return "company_no"
    if not _HOST.fullmatch(new.host):
        return "host"
    if not 0 < new.port < 65536:
        return "port"
    return "" if re.fullmatch(r"[\x21-\x7e]{1,6}", new.sign_code) else "sign_code"
