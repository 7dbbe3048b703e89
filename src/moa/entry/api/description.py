"""The OpenAPI document: what django-ninja makes, with problems, headers and examples as they really are."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from moa.entry.api.problems import PROBLEM

_HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "description": "Yours if you sent one of 8 to 64 letters, digits and . _ -; it stands in the audit trail.",
        "schema": {"type": "string"},
    },
    "RateLimit-Limit": {"description": "Requests of this token in a minute.", "schema": {"type": "string"}},
    "RateLimit-Remaining": {"description": "What is left of them.", "schema": {"type": "string"}},
    "RateLimit-Reset": {"description": "Seconds until the next minute.", "schema": {"type": "string"}},
}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}
_ALWAYS = {"X-Request-Id"}
_REASONS = {
    400: "The request cannot be read, or lacks its Idempotency-Key",
    401: "No token, or one that is unknown, expired, revoked, or whose person has left",
    403: "The token lacks the scope that this route needs",
    404: "Absent, or not this token's to see",
    406: "Answers are JSON only",
    409: "The key was used with other content, is at work now, the state does not allow it, or the moment has not come yet",
    413: "Larger than the installation takes",
    415: "Another type of content than this route takes",
    422: "Values that will not do, each with its place",
    429: "The token was shown too often in this minute",
}


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """A document of its own, ready to be sent."""
    made = deepcopy(dict(schema))
    for operations in made["paths"].values():
        for operation in operations.values():
            operation["responses"] = {
                str(status): _response(int(status), said) for status, said in operation["responses"].items()
            }
            _say_what_a_form_holds(operation)
    made["components"]["securitySchemes"] = {"MachineToken": {"type": "http", "scheme": "bearer"}}
    return made


def _say_what_a_form_holds(operation: dict[str, Any]) -> None:
    """No other fields, and an upload of at least one byte."""
    form = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
    if form:
        form["schema"]["additionalProperties"] = False
        for field in form["schema"]["properties"].values():
            if field.get("format") == "binary":
                field["minLength"] = 1


def _response(status: int, said: dict[str, Any]) -> dict[str, Any]:
    headers = {
        name: dict(one) for name, one in _HEADERS.items() if status not in (401, 406) or name in _ALWAYS
    }
    if status < 400:
        return said | {"headers": headers}
    if status in (409, 429):
        headers |= _RETRY
    schema = next(iter(said["content"].values()))["schema"]
    return {
        "description": _REASONS[status], "headers": headers,
        "content": {PROBLEM: {"schema": schema, "example": _problem(status)}},
    }  # fmt: skip


_EXAMPLES = {
    400: "idempotency_key_missing", 401: "token_refused", 403: "forbidden", 404: "not_found", 406: "not_acceptable",
    409: "key_conflict", 413: "file_too_large", 415: "media_type_unsupported", 422: "values_unfit",
    429: "too_many_requests",
}  # fmt: skip


def _problem(status: int) -> dict[str, Any]:
    code = _EXAMPLES[status]
    errors = [
        {
            "place": "query", "field": "from", "code": "date_unreadable", "value": "24.6.2026",
            "message": "A date such as 2026-06-24 is expected",
        }
    ]  # fmt: skip
    return {
        "type": f"urn:moa:problem:{code}", "title": _REASONS[status], "status": status, "code": code, "detail": "",
        "instance": "/api/v1/transactions", "request_id": "3f6c0f3de1a94b7c", "errors": errors if status == 422 else [],
    }  # fmt: skip
