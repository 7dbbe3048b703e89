"""How Django keeps a signed-in identity: by its number in a server-side session."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from moa.control.models import Identity


class IdentityBackend:
    """Gives the identity of a session. Passwords are checked by the operation `sign_in`, never here."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None

    def get_user(self, user_id: int) -> Identity | None:
        return Identity.objects.filter(id=user_id, is_active=True).first()
