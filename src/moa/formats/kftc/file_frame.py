"""The first and the last record of a file that is being built, and what the caller must say for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from moa.formats.fixed_width.finding import Finding, error
from moa.formats.fixed_width.layout import Field, Unwritten

from .file_kinds import FileKind
from .record_checks import FileFrame

# What the header holds beyond institution and date, by family: the field of the account, and of its bank.
_HEADER_ACCOUNT = {
    "EB2x": ("credit_account_no", "main_bank_branch_code"),
    "EB3x": ("debit_account_no", "bank_branch_code"),
}


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """What the caller says of the whole file. Shape: `account` and `bank_branch` are "" where the kind has none."""

    institution: str
    date: date
    account: str = ""
    bank_branch: str = ""

    def frame(self, kind: FileKind) -> FileFrame:
        return FileFrame(kind, self.institution.encode("ascii", "replace"), self.date)

    def file_name(self, kind: FileKind) -> str:
        return f"{kind.name}{self.date:%m%d}"

    def check(self, kind: FileKind) -> list[Finding]:
        """What the header can't be made of, and what was said although it has no place there."""
        findings = []
        if not 2000 <= self.date.year <= 2099:
            findings.append(error("date_invalid", None, kind.date_field, self.date.isoformat()))
        given = {"account": self.account, "bank_branch": self.bank_branch}
        if kind.family not in _HEADER_ACCOUNT:
            return findings + [error("value_not_taken", None, n, v) for n, v in given.items() if v]
        needed = zip(_HEADER_ACCOUNT[kind.family], given.values(), strict=True)
        return findings + [error("value_missing", None, name) for name, value in needed if not value]

    def header(self, kind: FileKind, **more: str) -> bytes:
        """Raises: Unwritten with every field that can't be written."""
        values = {
            "institution_code": self.institution,
            "seq": _literal(kind.header.field("seq")),
            kind.date_field: f"{self.date:%Y%m%d}"[-kind.header.field(kind.date_field).length :],
            "file_name": self.file_name(kind),
            **more,
        }
        if kind.family in _HEADER_ACCOUNT:
            values.update(zip(_HEADER_ACCOUNT[kind.family], (self.account, self.bank_branch), strict=True))
        return kind.header.encode(values)

    def trailer(self, kind: FileKind, totals: Mapping[str, int]) -> bytes:
        """Raises: Unwritten when a total is too long for its field. What no total says is zeros or spaces."""
        return kind.trailer.encode(
            {
                "institution_code": self.institution,
                "seq": _literal(kind.trailer.field("seq")),
                "file_name": self.file_name(kind),
                **{name: str(total) for name, total in totals.items()},
            }
        )

    def header_findings(self, kind: FileKind) -> tuple[bytes, list[Finding]]:
        """The header, and everything that is wrong with it; a field that was not given is told once."""
        findings = self.check(kind)
        try:
            return self.header(kind), findings
        except Unwritten as unwritten:
            told = {finding.field for finding in findings}
            return b"", findings + [f for f in unwritten.findings if f.field not in told]


def _literal(field: Field) -> str:
    """The sequence of a header or trailer, which its layout fixes."""
    return field.kind.read(field.kind.write("", field.length))
