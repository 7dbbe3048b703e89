"""Django's sessions in the database, read by a prepared statement: every page begins with it."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from moa.control.driver import driver_cursor

_READ = "select session_key, session_data, expire_date from django_session where session_key = %s and expire_date > %s"


class SessionStore(DatabaseStore):
    """As Django's in everything but the way a session is read."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        with driver_cursor() as cursor:
            row: Any = cursor.execute(_READ, [self.session_key, timezone.now()]).fetchone()
        if row is None:
            self._session_key = None
            return None
        return Session(*row)
