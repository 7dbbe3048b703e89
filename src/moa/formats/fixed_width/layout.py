"""One record as a table of fields: from it come reading, writing, checks and the printed layout page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from .finding import Finding, error, warning
from .kinds import Kind, Unwritable


class LayoutError(ValueError):
    """A table that can't be a record: a gap, an overlap, a name twice, or a total that differs."""


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a layout page.

    Shape: `position` counts from 1 as printed in the specification, `length` is bytes. `default` is the text written
    when a caller gives none; None when the caller must give one. A field that is not `strict` rests on weak sources:
    what is wrong in it is a warning. `filler` fields carry nothing that a person would ask for.
    """

    name: str
    position: int
    length: int
    kind: Kind
    note: str = ""
    default: str | None = ""
    strict: bool = True
    filler: bool = False

    @property
    def start(self) -> int:
        return self.position - 1

    @property
    def end(self) -> int:
        return self.position - 1 + self.length

    def cut(self, record: bytes) -> bytes:
        return record[self.position - 1 : self.position - 1 + self.length]

    def fault(self, record: bytes) -> str | None:
        return self.kind.fault(self.cut(record))

    def read(self, record: bytes) -> str:
        return self.kind.read(self.cut(record))


class Unwritten(Exception):
    """What a record could not carry, field by field. Shape: findings without a record number."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(findings)


@dataclass(frozen=True)
class Layout:
    """A record: its fields in order, without gap or overlap, `length` bytes in all.

    Raises: LayoutError when the fields do not fill the record exactly. Source: `source`, with how sure it is in `status`.
    """

    name: str
    length: int
    fields: tuple[Field, ...]
    source: str
    status: str

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields]
        if len(set(names)) != len(names):
            raise LayoutError(f"{self.name} names a field twice")
        if self.fields[0].position != 1 or self.fields[-1].end != self.length:
            raise LayoutError(f"{self.name} does not fill bytes 1 to {self.length}")
        for before, after in pairwise(self.fields):
            if after.start != before.end:
                raise LayoutError(
                    f"{self.name} has a gap or an overlap between {before.name} and {after.name}"
                )

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def field(self, name: str) -> Field:
        return self._by_name[name]

    def has(self, name: str) -> bool:
        return name in self._by_name

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    def replacing(self, name: str, **kinds: Kind) -> Layout:
        """The same record under another name, with other kinds in some fields. Raises: LayoutError for a wrong name."""
        if unknown := set(kinds) - {field.name for field in self.fields}:
            raise LayoutError(f"{self.name} has no field {', '.join(sorted(unknown))}")
        fields = tuple(replace(f, kind=kinds[f.name]) if f.name in kinds else f for f in self.fields)
        return replace(self, name=name, fields=fields)

    def decode(self, record: bytes) -> dict[str, str]:
        """All fields as text without padding; bytes are cut before they are decoded, so a broken one stays local."""
        return {field.name: field.read(record) for field in self.fields}

    def check(self, record: bytes, number: int | None = None) -> list[Finding]:
        """Every field that its kind refuses, at most one finding a field."""
        findings = []
        for field in self.fields:
            code = field.fault(record)
            if code is not None:
                make = error if field.strict else warning
                findings.append(make(code, number, field.name, field.read(record)))
        return findings

    def encode(self, values: Mapping[str, str]) -> bytes:
        """The record of these texts. Raises: Unwritten with every field that can't be written; nothing is cut."""
        parts, findings = [], []
        for field in self.fields:
            text = values.get(field.name)
            if text is None:
                text = field.default or ""
            try:
                parts.append(field.kind.write(text, field.length))
            except Unwritable as refused:
                findings.append(
                    error(refused.code, None, field.name, text if refused.shown is None else refused.shown)
                )
        if findings:
            raise Unwritten(tuple(findings))
        return b"".join(parts)
