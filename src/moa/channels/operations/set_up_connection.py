"""Set up the connection to a bank, or change where it leads; its sign code is sealed and never shown again."""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from moa.channels.models import FIRM_BANKING, OPEN_BANKING, Connection, HttpAccess
from moa.channels.open_banking.encryption import may_be_unencrypted
from moa.channels.permissions import CHANGE
from moa.channels.protocol import UNENCRYPTED
from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.sealed_secrets import open_secret, seal_secret
from moa.kernel.errors import DomainError

_LABELS = {FIRM_BANKING: "firm banking {} sign code", OPEN_BANKING: "open banking {} client secret"}
# Characters; a chain of several authorities is shorter.
MOST_AUTHORITY = 20_000
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")


class ConnectionInvalid(DomainError):
    """Facts: `field`: bank_code, company_no, host, port, sign_code, base_path, authority, client_id or client_secret."""

    code = "connection_invalid"


class ConnectionUnencrypted(DomainError):
    """Over HTTP without TLS only a bank on this machine is spoken with, but for demo groups. Facts: `field`: is_tls."""

    code = UNENCRYPTED


class NewConnection(NamedTuple):
    """Shape: `sign_code` plain, in memory alone."""

    bank_code: str
    company_no: str
    host: str
    port: int
    sign_code: str


class NewHttpConnection(NamedTuple):
    """Shape: `institution` as the operator gave it, ten letters and digits; `base_path` empty or from a slash on;
    `client_secret` plain, in memory alone; `authority` the certificates (PEM) that alone are believed over TLS, empty for
    those of the machine."""

    bank_code: str
    institution: str
    host: str
    port: int
    client_id: str
    client_secret: str
    base_path: str = ""
    is_tls: bool = True
    authority: str = ""


def set_up_connection(ctx: Context, *, new: NewConnection) -> Connection:
    """The way to that bank over firm banking, from now on the one in use. Raises: forbidden, connection_invalid."""
    require(ctx, CHANGE)
    if field := _wrong_field(new):
        raise ConnectionInvalid(field=field)
    return _kept(ctx, FIRM_BANKING, new.bank_code, new.company_no, new.host, new.port, new.sign_code)


def set_up_http_connection(ctx: Context, *, new: NewHttpConnection) -> Connection:
    """The way to that bank over HTTP, from now on the one in use; a former token is forgotten.

    Raises: forbidden, connection_invalid, connection_unencrypted.
    """
    require(ctx, CHANGE)
    if field := _wrong_http_field(new):
        raise ConnectionInvalid(field=field)
    if not (new.is_tls or may_be_unencrypted(ctx, new.host)):
        raise ConnectionUnencrypted(field="is_tls")
    seal = hashlib.sha256(new.authority.encode()).hexdigest() if new.authority else ""
    row = _kept(
        ctx, OPEN_BANKING, new.bank_code, new.institution, new.host, new.port, new.client_secret,
        also={"tls": new.is_tls, "authority_sha256": seal},
    )  # fmt: skip
    values = {
        "client_id": new.client_id, "base_path": new.base_path, "is_tls": new.is_tls, "authority": new.authority, "token": None,
        "token_key_version": None, "token_until": None, "rest_until": None,
    }  # fmt: skip
    HttpAccess.objects.update_or_create(
        connection_id=row.id, defaults=values, create_defaults={"group_id": ctx.group_id, **values}
    )
    return row


def _kept(
    ctx: Context, kind: str, bank_code: str, company_no: str, host: str, port: int, secret: str,
    also: Mapping[str, object] = MappingProxyType({}),
) -> Connection:  # fmt: skip
    """What left over another way is still asked about there; new payments take this one."""
    version, sealed = seal_secret(ctx, secret, label=_LABELS[kind].format(bank_code))
    values = {
        "company_no": company_no, "host": host, "port": port, "sign_code": sealed, "key_version": version, "in_use": True,
    }  # fmt: skip
    rows = {one.kind: one for one in Connection.objects.select_for_update().filter(bank_code=bank_code)}
    Connection.objects.filter(bank_code=bank_code).exclude(kind=kind).update(in_use=False)
    row = rows.get(kind)
    before = None if row is None else {"company_no": row.company_no, "host": row.host, "port": row.port}
    if row is None:
        row = Connection.objects.create(
            group_id=ctx.group_id,
            kind=kind,
            bank_code=bank_code,
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
    after = {"bank": bank_code, "kind": kind, "company_no": company_no, "host": host, "port": port, **also}
    record(ctx, "channels.connection.set_up", "connection", row.id, before=before, after=after)
    return row


def secret_of(ctx: Context, connection: Connection) -> str:
    """In an open Context, for the moment of a message. Raises: secret_damaged."""
    return open_secret(
        ctx, connection.key_version, bytes(connection.sign_code), label=secret_label(connection)
    )


def secret_label(connection: Connection) -> str:
    return _LABELS[connection.kind].format(connection.bank_code)


def _wrong_field(new: NewConnection) -> str:
    if field := _wrong_place(new, new.company_no, r"[A-Za-z0-9]{1,12}"):
        return field
    return "" if re.fullmatch(r"[\x21-\x7e]{1,6}", new.sign_code) else "sign_code"


def _wrong_http_field(new: NewHttpConnection) -> str:
    if field := _wrong_place(new, new.institution, r"[A-Z0-9]{10}"):
        return field
    if not re.fullmatch(r"(/[A-Za-z0-9._-]{1,40}){0,4}", new.base_path) or len(new.base_path) > 100:
        return "base_path"
    if new.authority and not (new.is_tls and _are_certificates(new.authority)):
        return "authority"
    if not re.fullmatch(r"[\x21-\x7e]{1,64}", new.client_id):
        return "client_id"
    return "" if re.fullmatch(r"[\x21-\x7e]{8,128}", new.client_secret) else "client_secret"


def _wrong_place(new: NewConnection | NewHttpConnection, who_we_are: str, pattern: str) -> str:
    """What every connection has. Shape: the first field that is wrong, empty for none."""
    checks = (
        ("bank_code", re.fullmatch(r"\d{3}", new.bank_code, re.ASCII)), ("company_no", re.fullmatch(pattern, who_we_are)),
        ("host", _is_host(new.host)), ("port", 0 < new.port < 65536),
    )  # fmt: skip
    return next((field for field, is_right in checks if not is_right), "")


def _is_host(text: str) -> bool:
    """Parts of a name are 63 letters at most, and none is empty: others stop the socket instead of failing to be found."""
    try:
        return bool(_HOST.fullmatch(text) and text.encode("idna"))
    except UnicodeError:
        return False


def _are_certificates(text: str) -> bool:
    """A private key beside them would be kept unsealed, so it is not taken."""
    if len(text) > MOST_AUTHORITY or not text.isascii() or "PRIVATE KEY" in text:
        return False
    try:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        tls.load_verify_locations(cadata=text)
    except (ssl.SSLError, ValueError):
        return False
    return tls.cert_store_stats()["x509"] > 0
