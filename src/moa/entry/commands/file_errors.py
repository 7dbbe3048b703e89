"""What is wrong with a file given to a command: lines on standard error, and with `--json` the same as values in the answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from moa.kernel.errors import DomainError, Problem, error


def problem_of(refusal: DomainError) -> Problem:
    """A refusal of a command as a whole, in the shape of a finding in its file."""
    facts = refusal.facts
    return error(
        refusal.code,
        str(facts.get("place", "file")),
        str(facts.get("field", "")),
        str(facts.get("value", "")),
    )


def as_values(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Shape: code, place, row (the line's number, none when it is of no single line), field, value."""
    return [one.as_json() | {"row": _row(one.place)} for one in problems]


def say(problems: Iterable[Problem]) -> None:
    """One line for each, with code, place, field and value."""
    for one in problems:
        said = f"{one.code} {one.place} {one.field} {one.value}".rstrip()
        click.echo(said.encode("utf-8", "backslashreplace"), err=True)


def _row(place: str) -> int | None:
    name, _, number = place.partition(" ")
    return int(number) if name == "line" and number.isdecimal() else None
