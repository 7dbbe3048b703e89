"""What must be said about a file, and whether it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

ANY = "*"


class Fault(NamedTuple):
    """One fault as the specification names it. Alternatives stand side by side, "0081|0088"; "*" is any.

    Shape: `record` counts from 1, the header being 1; None is the whole file.
    """

    code: str
    record: int | str | None
    field: str = ANY

    def matches(self, reported: tuple[str, int | None, str]) -> bool:
        code, record, field = reported
        return (
            _among(code, self.code)
            and (self.record == ANY or record == self.record or self._named(record))
            and _among(field, self.field)
        )

    def _named(self, record: int | None) -> bool:
        """Records may have alternatives too: "1|None"."""
        return isinstance(self.record, str) and str(record) in self.record.split("|")


class Mutation(NamedTuple):
    """A file with one fault. Without `also` exactly `faults` must be reported, each of them once.

    `also` are codes that may come with it, where the specification does not decide whether one fault is also
    another; "*" asks for inclusion only.
    """

    name: str
    content: bytes
    faults: tuple[Fault, ...]
    also: str = ""


def disagreements(mutation: Mutation, reported: Iterable[tuple[str, int | None, str]]) -> list[str]:
    """Sentences about what is missing and what is too much; none when oracle and product agree."""
    found = list(reported)
    said = []
    for fault in mutation.faults:
        hits = [one for one in found if fault.matches(one)]
        if not hits:
            said.append(f"missing {fault}")
        elif len(hits) > 1 and not mutation.also:
            said.append(f"said {len(hits)} times: {fault}")
    for one in found:
        wanted = any(fault.matches(one) for fault in mutation.faults)
        if not wanted and mutation.also != ANY and one[0] not in mutation.also.split("|"):
            said.append(f"too much: {one}")
    return said


def _among(value: str, alternatives: str) -> bool:
    return alternatives == ANY or value in alternatives.split("|")
