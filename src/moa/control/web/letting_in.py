"""What happens when a sign-in is proven: a new session, noted for its person, in the person's own look."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import login as keep_signed_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from moa.control.context import Context
from moa.control.models import Identity, Person
from moa.control.passkeys import Place
from moa.control.second_factor_rules import SECOND_STEP_TIME
from moa.control.second_factors import demanded_of, has_second_factor
from moa.control.sessions import note_session
from moa.control.web.known_browser import is_known, tell_if_new, with_login
from moa.control.web.session_limits import SET_UP, begin_session

_PENDING, _CHALLENGE = "moa_pending", "moa_challenge"
# In the session: what was typed into forms that could not be sent (kept_input.py).
KEPT = "moa_kept"
# Whose password was set a moment ago, in the session of a browser that nobody has signed in with yet.
SET_FOR = "set_for"
THEME, DENSITY = "theme", "density"


def let_in(
    request: HttpRequest, identity: Identity, ctx: Context, *, proven_by: str, target: str
) -> HttpResponse:
    """Begin a session of the identity and go to `target`; who must set up a second factor goes there first."""
    for name in (_PENDING, _CHALLENGE):
        request.session.pop(name, None)
    request.session.set_expiry(None)
    if KEPT in request.session:
        # Of another person who sat at this browser, nothing passes into this session.
        request.session[KEPT] = [one for one in request.session[KEPT] if one["owner"] == identity.id]
    known = is_known(request, identity)
    former = request.session.session_key
    # login() rotates the session key, so a key planted before signing in is worth nothing after.
    keep_signed_in(request, identity, backend="moa.control.web.signing_in.IdentityBackend")
    begin_session(request, ctx.at)
    if request.session.session_key in {None, former}:
        # Where somebody was signed in, it keeps that key, or leaves the new one to be made later than it is noted.
        request.session.cycle_key()
    with ctx.open():
        note_session(
            ctx, session_key=request.session.session_key or "", device=request.headers.get("User-Agent", ""),
            address=address_of(request), proven_by=proven_by,
        )  # fmt: skip
        if not known:
            tell_if_new(request, identity, ctx, address=address_of(request))
        must_set_up = demanded_of(ctx) and not has_second_factor(ctx)
    if must_set_up:
        request.session[SET_UP] = True
        target = reverse("control:factors")
    response = HttpResponseRedirect(target)
    remember(response, *with_login(request, identity))
    person: Person = ctx.memo["person"]
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        remember(response, settings.LANGUAGE_COOKIE_NAME, person.language)
    remember_look(response, person)
    return response


def remember_look(response: HttpResponse, person: Person) -> None:
    """Light or dark, and the height of rows, where the person chose them. The page's own script reads these two."""
    for name, value in ((THEME, person.theme), (DENSITY, person.density)):
        if value:
            response.set_cookie(name, value, max_age=365 * 86_400, samesite="Lax", secure=settings.BEHIND_TLS)


def remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=365 * 86_400, samesite="Lax", httponly=True, secure=settings.BEHIND_TLS
    )


def wait_for_second_step(request: HttpRequest, identity: Identity, ctx: Context, target: str) -> HttpResponse:
    """The password was right; the session remembers for some minutes whose second step comes next."""
    request.session.cycle_key()
    request.session[_PENDING] = {"identity": identity.id, "at": int(ctx.at.timestamp()), "next": target}
    request.session.set_expiry(int(SECOND_STEP_TIME.total_seconds()))
    return HttpResponseRedirect(reverse("control:second_step"))


def pending(request: HttpRequest, at: datetime) -> dict[str, Any] | None:
    """Whose second step is awaited, if the password was given a short while ago."""
    found = request.session.get(_PENDING)
    if not isinstance(found, dict) or datetime.fromtimestamp(found["at"], UTC) + SECOND_STEP_TIME <= at:
        return None
    return found


def keep_challenge(request: HttpRequest, challenge: bytes) -> None:
    request.session[_CHALLENGE] = challenge.hex()
    if not request.user.is_authenticated:
        request.session.set_expiry(int(SECOND_STEP_TIME.total_seconds()))


def take_challenge(request: HttpRequest) -> bytes:
    """The challenge that was asked last; it answers one question only."""
    return bytes.fromhex(request.session.pop(_CHALLENGE, ""))


def place_of(request: HttpRequest) -> Place:
    """The name and the address of this site as the browser knows them."""
    host = request.get_host()
    return Place(host.rpartition(":")[0] or host if ":" in host else host, f"{request.scheme}://{host}")


def address_of(request: HttpRequest) -> str:
    """Where the request came from. Behind a proxy the proxy's own last word counts, not what a browser sent along."""
    if settings.BEHIND_TLS:
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if told:
            return told
    return str(request.META.get("REMOTE_ADDR", ""))


def safe_target(request: HttpRequest, target: str) -> str:
    """A path of this site, else the first page: a link must not lead a signed-in person elsewhere."""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed and target.startswith("/") else "/"
