"""A client of Moa's API in one file, with nothing but the standard library.

    moa = Moa("https://moa.example", "moa_…")
    for line in moa.walk("/transactions", {"from": "2026-11-01", "currency": "KRW"}):
        print(line["booked_on"], line["amount"], line["counterparty"])

Amounts are decimal strings: give them to `decimal.Decimal`, never to `float`.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

TRIES = 5
# What a proxy says while the service behind it starts anew or is too slow; the body is the proxy's own page.
PASSING = {502, 503, 504}
LONGEST_WAIT = 60


class Refused(Exception):
    """What the API refused, with its problem (RFC 9457): `code` for programs, `str()` for people."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.status, self.code = problem["status"], problem["code"]
        self.errors, self.request_id = problem["errors"], problem["request_id"]
        places = "; ".join(f"{one['place']} {one['field']}: {one['message']}" for one in self.errors)
        super().__init__(f"{self.status} {self.code}: {problem['title']} {places}".strip())


class Moa:
    """Shape: `base` without a path; `token` as it was shown when it was made."""

    def __init__(self, base: str, token: str, *, seconds: int = 60) -> None:
        self.base, self.token, self.seconds = base.rstrip("/") + "/api/v1", token, seconds

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """One answer."""
        return self._ask("GET", path + ("?" + urlencode(query) if query else ""))

    def walk(self, path: str, query: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """All items of a list, page by page."""
        asked = dict(query or {})
        while True:
            page = self.get(path, asked)
            yield from page["items"]
            if page["next"] is None:
                return
            asked["cursor"] = page["next"]

    def post(self, path: str, body: Any, *, key: str = "") -> Any:
        """Write once: tried again with the same key until there is an answer."""
        return self._ask("POST", path, json.dumps(body).encode(), "application/json", key or uuid.uuid4().hex)

    def pay(self, payment: Mapping[str, Any], *, key: str) -> Any:
        """Enter a payment and send it for approval. The key is yours, such as the document's number: with the same key nothing
        is entered twice, whoever tries again and whenever."""
        return self.post("/payments", dict(payment), key=key)

    def send_statement(self, file: Path, *, key: str = "", account: str = "", profile: str = "") -> Any:
        """Send a statement file and wait until it is stored or refused."""
        boundary = uuid.uuid4().hex
        fields = {"account": account, "profile": profile}
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
            if value
        ]
        name = file.name.replace('"', "_")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        parts += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", file.read_bytes()]
        body = b"".join([*parts, f"\r\n--{boundary}--\r\n".encode()])
        kind = f"multipart/form-data; boundary={boundary}"
        sent = self._ask("POST", "/statements", body, kind, key or uuid.uuid4().hex)
        end = time.monotonic() + self.seconds
        while True:
            state = self.get(f"/statements/{sent['id']}")
            if state["state"] not in ("waiting", "reading") or time.monotonic() > end:
                return state
            time.sleep(1)

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "", key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        headers |= {"Content-Type": kind} if kind else {}
        headers |= {"Idempotency-Key": key} if key else {}
        request = Request(self.base + path, data=body, headers=headers, method=method)
        for left in reversed(range(TRIES)):
            try:
                with urlopen(request, timeout=self.seconds) as answer:
                    return json.load(answer)
            except HTTPError as refusal:
                wait = _wait_of(refusal)
                if wait is None or not left:
                    raise Refused(_problem_of(refusal)) from None
            except (OSError, HTTPException, ValueError):
                # Nobody knows whether it arrived, or the answer broke off; the same key asks for the same answer.
                if not left:
                    raise
                wait = 1
            time.sleep(wait)
        raise AssertionError("unreachable")


def _wait_of(refusal: HTTPError) -> int | None:
    """The seconds after which the same request is worth another try, or None where it would be refused again."""
    told = (refusal.headers.get("Retry-After") or "").strip()
    if told.isdigit():
        return min(int(told), LONGEST_WAIT)
    return 1 if refusal.code in PASSING else None


def _problem_of(refusal: HTTPError) -> Mapping[str, Any]:
    """The problem that was said, or one made of the status where a proxy answered with a page."""
    try:
        said = json.loads(refusal.read())
    except (OSError, HTTPException, ValueError):
        said = None
    if isinstance(said, dict) and "code" in said:
        return said
    return {
        "status": refusal.code,
        "code": f"http_{refusal.code}",
        "title": refusal.reason,
        "errors": [],
        "request_id": "",
    }
