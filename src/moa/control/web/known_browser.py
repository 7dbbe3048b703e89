"""Which logins a browser has been used for: it keeps the list itself, signed, so nobody but this server can write it."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest

from moa.control.context import Context
from moa.control.models import Identity
from moa.control.new_browser import tell_of_new_browser, was_signed_in_before
from moa.control.web.devices import device_words

COOKIE = "moa_browser"
_SALT = "moa.control.known_browser"
_YEAR = 365 * 86_400
# Persons who share a browser.
_MOST = 10


def logins_of(request: HttpRequest) -> list[int]:
    """The numbers of the identities that this browser was used for, the last one first."""
    try:
        kept: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_YEAR)
    except signing.BadSignature:
        return []
    return [one for one in kept if isinstance(one, int)] if isinstance(kept, list) else []


def is_known(request: HttpRequest, identity: Identity) -> bool:
    """Whether it was used for the login before; who gives a new password is signed in here already."""
    return identity.id in logins_of(request) or request.user.pk == identity.id


def tell_if_new(request: HttpRequest, identity: Identity, ctx: Context, *, address: str) -> None:
    """In the open Context of who signs in; of the very first sign-in there is nothing to tell."""
    if was_signed_in_before(identity.id):
        device = device_words(request.headers.get("User-Agent", ""))
        tell_of_new_browser(ctx, device=device, address=address)


def with_login(request: HttpRequest, identity: Identity) -> tuple[str, str]:
    """The cookie's name and value from now on."""
    others = [one for one in logins_of(request) if one != identity.id]
    return COOKIE, signing.dumps([identity.id, *others][:_MOST], salt=_SALT)
