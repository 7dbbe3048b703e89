"""The API put together: its areas, its refusals, and the description that others read."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError, ValidationErrorContext

from moa.entry.api import (
    accounts,
    audit,
    directory,
    jobs,
    ledger,
    me,
    organisation,
    payment_plans,
    payments,
    position,
    statements,
    transactions,
)
from moa.entry.api.description import described
from moa.entry.api.problems import ValuesUnfit, by_status, refusal, unfit
from moa.entry.api.value_words import value_words
from moa.kernel.errors import DomainError

DESCRIPTION = """\
Amounts are decimal strings in major units beside their currency; dates are ISO dates; moments carry their offset.

Show a machine token as `Authorization: Bearer moa_…`. Every write needs an `Idempotency-Key`. Lists are read page by
page: give `next` back as `cursor` until it is null. Every refusal is `application/problem+json`. What is absent and
what a token may not see are the same 404.
"""
_CODES = {
    "missing": "value_missing",
    "day_unreadable": "date_unreadable",
    "moment_unreadable": "moment_unreadable",
    "currency_unknown": "currency_unknown",
}


class MoaAPI(NinjaAPI):
    """NinjaAPI with our refusals: the offending value stays in them, and the description is made once."""

    def validation_error_from_error_contexts(self, error_contexts: list[ValidationErrorContext]) -> Any:
        errors = []
        for context in error_contexts:
            source = context.model.__ninja_param_source__
            reverse = context.model.__ninja_flatten_map_reverse__
            for one in context.pydantic_validation_error.errors(include_url=False):
                path = [str(part) for part in reverse.get(one["loc"], one["loc"])]
                if str(source) == "body" and len(path) > 1:
                    # The first part is what our function calls the body.
                    path = path[1:]
                value = "" if one["type"] == "missing" else _shown(one["input"])
                code = _CODES.get(one["type"], "value_invalid")
                words = value_words(one["type"], one.get("ctx") or {}, code)
                errors.append(unfit(str(source), ".".join(path), code, value, words))
        return ValidationError(errors)

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> Any:
        return _description(self)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else "" if isinstance(value, dict | list) else repr(value)


@cache
def _description(api: MoaAPI) -> dict[str, Any]:
    return described(NinjaAPI.get_openapi_schema(api))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Of several a missing key is said first: without it nothing would be written whatever else is mended."""
    for one in error.errors:
        if one["field"].endswith("Idempotency-Key") and one["code"] == "value_missing":
            return refusal(request, IdempotencyKeyMissing())
    return refusal(request, ValuesUnfit(*error.errors))


def _framework(request: HttpRequest, error: HttpError) -> HttpResponse:
    return by_status(request, error.status_code)


def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return by_status(request, 413)


class IdempotencyKeyMissing(DomainError):
    """A write without an Idempotency-Key could happen twice."""

    code = "idempotency_key_missing"


AREAS = (
    me, accounts, transactions, statements, position, payments, payment_plans, ledger, directory, organisation, audit, jobs,
)  # fmt: skip


def make_api() -> MoaAPI:
    api = MoaAPI(
        title="Moa", version="1", description=DESCRIPTION, urls_namespace="api", docs_url=None,
        openapi_url="/openapi.json",
    )  # fmt: skip
    for area in AREAS:
        api.add_router("", area.router)
    api.add_exception_handler(DomainError, refusal)  # type: ignore[arg-type]
    api.add_exception_handler(ValidationError, _invalid)  # type: ignore[arg-type]
    api.add_exception_handler(HttpError, _framework)  # type: ignore[arg-type]
    api.add_exception_handler(RequestDataTooBig, _too_large)  # type: ignore[arg-type]
    return api


api = make_api()
