"""The description of the API as people read it: areas, operations, fields; made from the OpenAPI document, so it cannot differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
# A longer choice is shown by its example: nobody reads 180 currencies.
MOST_CHOICES = 12
_KINDS = {"date": "day", "date-time": "moment", "binary": "file"}


@dataclass(frozen=True, slots=True)
class Part:
    """A parameter or a field. Shape: `name` with dots and `[]` below a body; `kind` a key of KIND_WORDS."""

    name: str
    place: str
    kind: str
    is_required: bool
    words: str
    choices: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. Shape: `scope` empty where any live token will do; examples as JSON text."""

    anchor: str
    method: str
    path: str
    summary: str
    scope: str
    paragraphs: tuple[str, ...]
    takes: str
    parts: tuple[Part, ...]
    sent: str
    status: str
    fields: tuple[Part, ...]
    answered: str
    refusals: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Area:
    tag: str
    operations: tuple[Operation, ...]


def read_description(document: dict[str, Any]) -> list[Area]:
    """The areas in the order of the document."""
    areas: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            areas.setdefault(operation["tags"][0], []).append(_operation(document, path, method, operation))
    return [Area(tag, tuple(operations)) for tag, operations in areas.items()]


def _operation(document: dict[str, Any], path: str, method: str, said: dict[str, Any]) -> Operation:
    status, answer = next((code, one) for code, one in said["responses"].items() if code < "400")
    answer_body = answer["content"][JSON]
    contents: dict[str, Any] = said.get("requestBody", {}).get("content", {})
    takes = next(iter(contents), "")
    body: dict[str, Any] = contents.get(takes, {})
    parts = [
        _part(
            document,
            one["name"],
            one["in"],
            one["schema"],
            required=one["required"],
            words=one.get("description", ""),
        )
        for one in said.get("parameters", [])
    ]
    if body:
        parts += _fields(document, body["schema"], "body")
    # The door's sentence stands at the end of each description; the page says it in its own words.
    paragraphs = [" ".join(one.split()) for one in said.get("description", "").split("\n\n")][:-1]
    return Operation(
        anchor=said["operationId"], method=method.upper(), path=path, summary=said["summary"], scope=said["x-scope"],
        paragraphs=tuple(paragraphs), takes=takes, parts=tuple(parts), sent=_text(body.get("example")), status=status,
        fields=tuple(_fields(document, answer_body["schema"], "answer")), answered=_text(answer_body.get("example")),
        refusals=tuple((code, one["description"]) for code, one in said["responses"].items() if code >= "400"),
    )  # fmt: skip


def _text(example: Any) -> str:
    return "" if example is None else json.dumps(example, ensure_ascii=False, indent=2)


def _fields(document: dict[str, Any], schema: dict[str, Any], place: str, above: str = "") -> list[Part]:
    """Every field of an object, those below it after it; of alternatives each field once."""
    found: dict[str, Part] = {}
    objects = list(_objects(document, schema))
    # Of alternatives only what all of them need is needed.
    required = set.intersection(*(set(one.get("required", ())) for one in objects)) if objects else set()
    for one in objects:
        for name, field in one.get("properties", {}).items():
            part = _part(
                document,
                above + name,
                place,
                field,
                required=name in required,
                words=field.get("description", ""),
            )
            found.setdefault(part.name, part)
            below = {"list": f"{above}{name}[].", "object": f"{above}{name}."}.get(part.kind)
            if below:
                for lower in _fields(document, _item(document, field), place, below):
                    found.setdefault(lower.name, lower)
    return list(found.values())


def _part(
    document: dict[str, Any], name: str, place: str, schema: dict[str, Any], *, required: bool, words: str
) -> Part:
    meant = _meant(document, schema)
    choices = tuple(str(one) for one in meant.get("enum", ()))
    examples = (
        schema.get("examples")
        or meant.get("examples")
        or (choices[:1] if len(choices) > MOST_CHOICES else [])
    )
    return Part(
        name=name, place=place, kind=_KINDS.get(meant.get("format", ""), "") or _kind(meant), is_required=required,
        words=words or meant.get("description", ""), choices=choices if len(choices) <= MOST_CHOICES else (),
        example=str(examples[0]) if examples else "",
    )  # fmt: skip


def _kind(meant: dict[str, Any]) -> str:
    plain = {"integer": "number", "array": "list", "object": "object", "boolean": "boolean"}
    return plain.get(str(meant.get("type", "")), "text")


def _meant(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference or an "or nothing"."""
    if "$ref" in schema:
        return _meant(document, _looked_up(document, schema["$ref"]))
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return _meant(document, one)
    return schema


def _item(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    meant = _meant(document, schema)
    return dict(meant["items"]) if meant.get("type") == "array" else meant


def _objects(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The object that a schema means, or each of its alternatives."""
    if "$ref" in schema:
        yield from _objects(document, _looked_up(document, schema["$ref"]))
    elif "anyOf" in schema:
        for one in schema["anyOf"]:
            yield from _objects(document, one)
    elif schema.get("type") == "object":
        yield schema


def _looked_up(document: dict[str, Any], reference: str) -> dict[str, Any]:
    return dict(document["components"]["schemas"][reference.rpartition("/")[2]])
