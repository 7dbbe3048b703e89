"""How a route is declared: its right, what it answers, what it may refuse with; and the same checks for all of them."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, get_args, get_type_hints

from django.http import HttpRequest
from ninja import Field, Header, Router, Schema
from pydantic import BaseModel

from moa.control.context import Context
from moa.entry.api.door import MachineToken
from moa.entry.api.problems import ValuesUnfit, unfit
from moa.kernel.plain_text import may_hold_unseen, without_unseen
from moa.ledger.balances import MomentInFuture

View = Callable[..., Any]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[!-~]+$",
        description="The same key with the same content gets the same answer; with other content, 409.",
    ),
]  # fmt: skip


class FieldProblem(Schema):
    place: str = Field(description="query, path, header or body")
    field: str
    code: str
    value: str
    message: str


class Problem(Schema):
    """RFC 9457."""

    type: str = Field(examples=["urn:moa:problem:not_found"])
    title: str
    status: int
    code: str
    detail: str
    instance: str
    request_id: str
    errors: list[FieldProblem]
    facts: dict[str, str] | None = None


READ_REFUSALS = (400, 401, 403, 404, 406, 422, 429)
WRITE_REFUSALS = (*READ_REFUSALS, 409, 413, 415)


def reads(
    router: Router, path: str, *, scope: str, answer: Any, summary: str, example: Any = None
) -> Callable[[View], View]:
    """A GET route `view(request, ctx, …)`: the Context is opened around the view."""
    door = MachineToken(scope)
    return _route(router, "GET", path, door, {200: answer}, READ_REFUSALS, summary, example, opened=True)


def writes(
    router: Router, path: str, *, scope: str, takes: str, status: int, answer: Any, summary: str, example: Any = None,
    sends: Any = None,
) -> Callable[[View], View]:  # fmt: skip
    """A POST route `view(request, ctx, …, key)`: the Context comes closed, for `once` opens it. `sends`: a body as example."""
    door = MachineToken(scope, takes)
    return _route(
        router,
        "POST",
        path,
        door,
        {status: answer},
        WRITE_REFUSALS,
        summary,
        example,
        opened=False,
        sends=sends,
    )


def _route(
    router: Router, method: str, path: str, door: MachineToken, answers: dict[int, Any], refusals: tuple[int, ...],
    summary: str, example: Any, *, opened: bool, sends: Any = None,
) -> Callable[[View], View]:  # fmt: skip
    def decorate(view: View) -> View:
        hints = get_type_hints(view, include_extras=True)
        known = _query_names(hints)
        # A moment that has not come yet is a conflict with the clock.
        refused = {*refusals, 409} if "known_at" in known else set(refusals)

        @wraps(view)
        def checked(request: HttpRequest, **values: Any) -> Any:
            _check_query(request, known)
            ctx = request.auth.ctx  # type: ignore[attr-defined]
            _check_moment(ctx, values)
            if door.takes == "application/json" and _may_hold_unseen(request.body):
                values = {name: _seen_of(value) for name, value in values.items()}
            if not opened:
                return view(request, ctx, **values)
            with ctx.open():
                return view(request, ctx, **values)

        parameters = [
            one.replace(annotation=hints.get(one.name, Any))
            for one in inspect.signature(view).parameters.values()
            if one.name != "ctx"
        ]
        checked.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        router.api_operation(
            [method], path, auth=door, response={**answers, frozenset(refused): Problem},
            summary=summary, operation_id=view.__name__.rstrip("_"), description=_described(view, door.scope),
            by_alias=True, openapi_extra=_extra(door, next(iter(answers)), example, sends),
        )(checked)  # fmt: skip
        return view

    return decorate


def _may_hold_unseen(body: bytes) -> bool:
    return b"\\u" in body or may_hold_unseen(body)


def _seen_of(value: Any) -> Any:
    """A value without characters that nobody sees; a text of nothing else is left to what judges its field."""
    if isinstance(value, str):
        return without_unseen(value) or value
    if isinstance(value, BaseModel):
        return value.model_copy(
            update={name: _seen_of(getattr(value, name)) for name in value.model_fields_set}
        )
    return [_seen_of(one) for one in value] if isinstance(value, list) else value


def _described(view: View, scope: str) -> str:
    said = inspect.getdoc(view) or ""
    needs = f"Needs the scope `{scope}`." if scope else "Any live token will do."
    return f"{said}\n\n{needs}".strip()


def _extra(door: MachineToken, status: int, example: Any, sends: Any) -> dict[str, Any]:
    """What the description has beside what the types say."""
    extra: dict[str, Any] = {"x-scope": door.scope}
    if example is not None:
        extra["responses"] = {status: {"content": {"application/json": {"example": example}}}}
    if sends is not None:
        extra["requestBody"] = {"content": {door.takes: {"example": sends}}}
    return extra


def _query_names(hints: dict[str, Any]) -> frozenset[str]:
    """The names that the route's query may have, from the one model that reads it."""
    names: set[str] = set()
    for hint in hints.values():
        model = get_args(hint)[0] if typing.get_origin(hint) is Annotated else None
        if inspect.isclass(model) and issubclass(model, BaseModel):
            names |= {field.alias or name for name, field in model.model_fields.items()}
    return frozenset(names)


def _check_moment(ctx: Context, values: dict[str, Any]) -> None:
    """An answer as known at a moment never changes, so there is none before the moment has come. Raises: moment_in_future."""
    for asked in values.values():
        known_at = getattr(asked, "known_at", None)
        if known_at is not None and known_at > ctx.at:
            raise MomentInFuture(known_at=known_at.isoformat())


def _check_query(request: HttpRequest, known: frozenset[str]) -> None:
    """A misspelt condition must not be taken for none. Raises: values_unfit."""
    errors = [unfit("query", name, "parameter_unknown", name) for name in request.GET if name not in known]
    errors += [
        unfit("query", name, "parameter_repeated", name)
        for name in request.GET
        if name in known and len(request.GET.getlist(name)) > 1
    ]
    if errors:
        raise ValuesUnfit(*errors)
