"""What can go wrong, as values: a code, a place and the offending value."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning"]


class Problem(NamedTuple):
    """One finding in an outside file: what is wrong, where, in which field, with which value.

    Shape: `place` names the spot as a person would find it ("line 47", "row 12", "Stmt[1]/Ntry[3]");
    `value` is the text as it stood in the file, masked where it could be a person's number.
    """

    severity: Severity
    code: str
    place: str
    field: str = ""
    value: str = ""

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "place": self.place, "field": self.field, "value": self.value}


def error(code: str, place: str, field: str = "", value: str = "") -> Problem:
    return Problem("error", code, place, field, value)


def warning(code: str, place: str, field: str = "", value: str = "") -> Problem:
    return Problem("warning", code, place, field, value)


class DomainError(Exception):
    """A refusal with a code and facts; the sentence is made at the edge, in the user's language.

    `is_passing`: the reason lies in who asks or in how things stand, before anything of the request was understood; the
    same request may be taken later. No Idempotency-Key keeps such a refusal.
    """

    code = "refused"
    is_passing = False

    def __init__(self, code: str | None = None, /, **facts: Any) -> None:
        self.code = code or type(self).code
        self.facts = facts
        super().__init__(self.code)

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}: {facts}" if facts else self.code


class NotFound(DomainError):
    """The object is absent, or it is not this actor's to see; both look alike."""

    code = "not_found"
    is_passing = True


class Forbidden(DomainError):
    """The actor lacks the permission `permission`."""

    code = "forbidden"
    is_passing = True
