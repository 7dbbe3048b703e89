"""Every refusal as application/problem+json, with a code that programs read and sentences that people read.

Source: RFC 9457. `type` is `urn:moa:problem:<code>`; docs/errors.md lists the codes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from moa.control.masked_facts import masked
from moa.kernel.errors import DomainError
from moa.ui.problems import problem_text

PROBLEM = "application/problem+json"
_LONGEST_VALUE = 100

# Every other refusal is 422. A moment that has not come yet is a matter of time, not of form: 409.
_STATUS = {
    "token_missing": 401, "token_refused": 401, "forbidden": 403, "not_found": 404, "cursor_unknown": 404, "moment_in_future": 409, "key_conflict": 409,
    "in_progress": 409, "standing_order_missing": 409, "file_too_large": 413, "media_type_unsupported": 415,
    "idempotency_key_missing": 400, "too_many_requests": 429, "too_many_wrong_tokens": 429,
}  # fmt: skip
# What a response made by the framework means, by its status.
_CODES = {
    400: "request_malformed", 401: "token_missing", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    406: "not_acceptable", 409: "key_conflict", 413: "request_too_large", 415: "media_type_unsupported",
    429: "too_many_requests",
}  # fmt: skip
RETRY_SECONDS = 1


class ValuesUnfit(DomainError):
    """Values of the request will not do; facts: `errors`, one for each place."""

    code = "values_unfit"

    def __init__(self, *errors: dict[str, str]) -> None:
        super().__init__(errors=list(errors))


def unfit(place: str, field: str, code: str, value: object = "", message: str = "") -> dict[str, str]:
    """One place of the request with what is wrong there; persons' numbers in the value are masked."""
    shown = str(masked("" if value is None else str(value)))[:_LONGEST_VALUE]
    said = message or problem_text(code, field, shown).what
    return {"place": place, "field": field, "code": code, "value": shown, "message": said}


def problem(
    request: HttpRequest, status: int, code: str, *, errors: Iterable[dict[str, str]] = (), facts: Any = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """The answer. Shape: `errors` as `unfit` makes them; `facts` those of the refusal, as text."""
    words = problem_text(code)
    content: dict[str, Any] = {
        "type": f"urn:moa:problem:{code}", "title": words.what, "status": status, "code": code,
        "detail": words.mend, "instance": request.path, "request_id": getattr(request, "request_id", ""),
        "errors": list(errors),
    }  # fmt: skip
    if facts:
        content["facts"] = facts
    # What came may hold half a character, which no text of bytes can; it is shown as the escape it came as.
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return HttpResponse(body, status=status, content_type=PROBLEM, headers=headers or {})


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The answer to a refusal of an operation, a query or this package."""
    status = _STATUS.get(error.code, 422)
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="moa"'
    if error.code == "in_progress":
        headers["Retry-After"] = str(RETRY_SECONDS)
    if "retry_after" in error.facts:
        headers["Retry-After"] = str(error.facts["retry_after"])
    if isinstance(error, ValuesUnfit):
        return problem(request, status, error.code, errors=error.facts["errors"], headers=headers)
    # What is absent is not named: its number may belong to somebody else.
    facts = {} if status == 404 else masked({name: str(value) for name, value in error.facts.items()})
    return problem(request, status, error.code, facts=facts, headers=headers)


def by_status(request: HttpRequest, status: int) -> HttpResponse:
    """The answer where the framework had a page of its own."""
    return problem(request, status, _CODES.get(status, "failed" if status >= 500 else "request_malformed"))
