"""One thing that is wrong with a file of records."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Finding(NamedTuple):
    """What is wrong, in which record and field, with which value.

    Shape: `record` counts from 1, the header being 1; None is the whole file. `value` is the field's text without its
    padding, unreadable bytes as \\xNN, and already masked where it could be a person's number.
    """

    severity: Severity
    code: str
    record: int | None = None
    field: str = ""
    value: str = ""

    def as_json(self) -> dict[str, str | int | None]:
        return {"code": self.code, "record": self.record, "field": self.field, "value": self.value}


def error(code: str, record: int | None = None, field: str = "", value: str = "") -> Finding:
    return Finding("error", code, record, field, value)


def warning(code: str, record: int | None = None, field: str = "", value: str = "") -> Finding:
    return Finding("warning", code, record, field, value)
