"""Which logins a browser has been used for: it keeps the list itself, signed, so nobody but this server can write it.

Each with a mark of its password: a browser that knew only a former one is new again, as that of a thief is.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from moa.control.context import Context
from moa.control.models import Identity
from moa.control.new_browser import tell_of_new_browser, was_signed_in_before
from moa.control.web.devices import device_words

COOKIE = "moa_browser"
_SALT = "moa.control.known_browser"
_YEAR = 365 * 86_400
# Persons who share a browser.
_MOST = 10


def logins_of(request: HttpRequest) -> list[tuple[int, str]]:
    """The identities that this browser was used for, the last one first, with the marks of their passwords then."""
    try:
        kept: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_YEAR)
    except signing.BadSignature:
        return []
    pairs = kept if isinstance(kept, list) else []
    return [(one[0], one[1]) for one in pairs if isinstance(one, list) and len(one) == 2]


def _mark(identity: Identity) -> str:
    """Changes with the password; says nothing about it to who has no key of this server."""
    return salted_hmac(_SALT, f"{identity.id}:{identity.password}").hexdigest()[:16]


def is_known(request: HttpRequest, identity: Identity) -> bool:
    """Whether it was used for the login since its password was set; who gives a new one is signed in here already."""
    return (identity.id, _mark(identity)) in logins_of(request) or request.user.pk == identity.id


def tell_if_new(request: HttpRequest, identity: Identity, ctx: Context, *, address: str) -> None:
    """In the open Context of who signs in; of the very first sign-in there is nothing to tell."""
    if was_signed_in_before(identity.id):
        device = device_words(request.headers.get("User-Agent", ""))
        tell_of_new_browser(ctx, device=device, address=address)


def with_login(request: HttpRequest, identity: Identity) -> tuple[str, str]:
    """The cookie's name and value from now on."""
    others = [one for one in logins_of(request) if one[0] != identity.id]
    return COOKIE, signing.dumps([(identity.id, _mark(identity)), *others][:_MOST], salt=_SALT)
