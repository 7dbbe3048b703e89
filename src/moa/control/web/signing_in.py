"""How Django keeps a signed-in identity: by its number in a server-side session."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest

from moa.control.driver import driver_cursor
from moa.control.models import Identity

# Asked before every page, so it is a prepared statement. The columns are those of the model, in their order.
_COLUMNS = [str(field.column) for field in Identity._meta.concrete_fields]
_BY_ID = f"select {', '.join(_COLUMNS)} from control_identity where id = %s and is_active"


class IdentityBackend:
    """Gives the identity of a session. Passwords are checked by the operation `sign_in`, never here."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None

    def get_user(self, user_id: int) -> Identity | None:
        with driver_cursor() as cursor:
            row = cursor.execute(_BY_ID, [int(user_id)]).fetchone()
        return None if row is None else Identity.from_db(DEFAULT_DB_ALIAS, _COLUMNS, row)
