"""What was typed into a form that could not be sent: kept for the person it was shown to, and given back to nobody else.

Every form of a signed-in person carries a hidden mark, signed: whom the page was shown to, and where it stood. When a
form comes in after the session has ended, or with a token from before signing in again, its fields are sealed into the
browser's session under a random key, and the way back names that key. Files and secrets are never kept.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, UnreadablePostError
from django.utils.html import format_html

from moa.control.group_keys import master_key
from moa.control.models import Identity
from moa.control.web.letting_in import KEPT, safe_target

MARK, ASKED = "_shown", "kept"
# Under the browser's session: so many forms of so many bytes. Larger ones lead back to an empty form, and say so.
FORMS, LIMIT = 3, 100_000
# Stands for the key of a form that was too long to be kept; keys are longer.
TOO_LONG = "long"
_SECRET = re.compile(r"password|secret|\bproof-|sign_code|^former$|^again$", re.IGNORECASE)
# A code of an authenticator is worth nothing later, and a code of something else stands in other forms.
_SECRET_AT = {"authenticator", "second_step", "link", "password", "prove", "signin"}
# Neither typed nor of use to whoever reads what was typed.
_UNREAD = re.compile(r"[0-9a-f]{32,64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SIGNER = Signer(salt="moa.shown")


@dataclass(frozen=True, slots=True)
class Kept:
    """Shape: `path` what the form was sent to; `fields` (name, value) in the order of the form."""

    path: str
    fields: Sequence[tuple[str, str]]
    had_files: bool
    too_long: bool = False

    @property
    def readable(self) -> list[str]:
        """For a browser without our script: what a person may have typed."""
        return [
            value for name, value in self.fields if value.strip() and name[:1] != "_" and not _UNREAD.fullmatch(value)
        ]  # fmt: skip


def mark(request: HttpRequest, identity_id: int) -> str:
    """The hidden field that says whom this page was shown to, and where."""
    page = _page_of_mark(request, identity_id) or _page_asked(request)
    return format_html(
        '<input type="hidden" name="{}" value="{}">', MARK, _SIGNER.sign(f"{identity_id} {page}")
    )


def keep(request: HttpRequest) -> str:
    """Keep the fields of a form that cannot be taken now; returns the address of its page, "" when nothing tells it."""
    try:
        owner, page = _read_mark(request.POST.get(MARK, ""))
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        had_files = bool(request.FILES)
    except (SuspiciousOperation, BadRequest, UnreadablePostError):
        return _page_before(request)
    if not page or not safe_target(request, page):
        return _page_before(request)
    match = request.resolver_match
    at = match.url_name if match else None
    fields = [(name, value) for name, value in fields if name not in {MARK, "csrfmiddlewaretoken"}]
    fields = [] if at in _SECRET_AT else [one for one in fields if not is_secret(one[0])]
    if not fields or not Identity.objects.filter(id=owner, is_active=True).exists():
        return page
    content = json.dumps({"path": request.path, "fields": fields, "files": had_files}, ensure_ascii=False)
    if len(content.encode()) > LIMIT:
        return _with(page, TOO_LONG)
    key = secrets.token_urlsafe(12)
    entry = {"key": key, "owner": owner, "path": request.path, "sealed": _seal(content, owner, key)}
    others = [
        one for one in request.session.get(KEPT, []) if (one["owner"], one["path"]) != (owner, request.path)
    ]
    request.session[KEPT] = [*others, entry][-FORMS:]
    return _with(page, key)


def asked_back(request: HttpRequest, identity_id: int) -> Kept | None:
    """What the address asks to fill in again, if this very person typed it."""
    key = request.GET.get(ASKED)
    if key == TOO_LONG:
        return Kept("", [], had_files=False, too_long=True)
    if not key or KEPT not in request.session:
        return None
    for one in request.session[KEPT]:
        if one["key"] == key and one["owner"] == identity_id:
            content = _open(one["sealed"], identity_id, key)
            if content is not None:
                return Kept(content["path"], [(n, v) for n, v in content["fields"]], content["files"])
    return None


def belongs_to(request: HttpRequest, identity_id: int) -> bool:
    """Whether the page of this form was shown to that identity."""
    return _read_mark(request.POST.get(MARK, ""))[0] == identity_id


def forget_sent(request: HttpRequest) -> None:
    """A form of this address came in: what was kept of it is of no use any more."""
    kept = request.session.get(KEPT)
    if kept:
        request.session[KEPT] = [one for one in kept if one["path"] != request.path]


def is_secret(name: str) -> bool:
    return _SECRET.search(name) is not None


def page_before(request: HttpRequest) -> str:
    """The page on which a fragment was asked for, "" when the browser does not say."""
    return _of_this_site(request, request.headers.get("HX-Current-URL", ""))


def _page_before(request: HttpRequest) -> str:
    return page_before(request) or _of_this_site(request, request.headers.get("Referer", ""))


def _page_asked(request: HttpRequest) -> str:
    return page_before(request) or _without(request.get_full_path())


def _page_of_mark(request: HttpRequest, identity_id: int) -> str:
    """A form that comes back with errors stands at the address that takes it; its page is the one before."""
    if request.method != "POST":
        return ""
    owner, page = _read_mark(request.POST.get(MARK, ""))
    return page if owner == identity_id else ""


def _read_mark(text: str) -> tuple[int, str]:
    try:
        owner, _, page = _SIGNER.unsign(text).partition(" ")
    except BadSignature:
        return 0, ""
    return int(owner), page


def _of_this_site(request: HttpRequest, address: str) -> str:
    parts = urlsplit(address)
    if parts.netloc != request.get_host():
        return ""
    path = _without(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return path if safe_target(request, path) == path else ""


def _without(path: str) -> str:
    where, _, query = path.partition("?")
    left = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != ASKED]
    return f"{where}?{urlencode(left)}" if left else where


def _with(page: str, key: str) -> str:
    return f"{page}{'&' if '?' in page else '?'}{urlencode({ASKED: key})}"


def _cipher() -> AESGCM:
    return AESGCM(hashlib.sha256(b"moa kept input" + master_key()).digest())


def _seal(content: str, owner: int, key: str) -> str:
    nonce = os.urandom(12)
    return base64.b64encode(
        nonce + _cipher().encrypt(nonce, content.encode(), f"{owner} {key}".encode())
    ).decode()


def _open(sealed: str, owner: int, key: str) -> dict[str, Any] | None:
    raw = base64.b64decode(sealed)
    try:
        content: dict[str, Any] = json.loads(_cipher().decrypt(raw[:12], raw[12:], f"{owner} {key}".encode()))
    except InvalidTag:
        return None
    return content
