"""A list of institution codes as a file: reading and checking one, writing one, and what differs between two.

Two forms are read: our own table (tab-separated, with former names and account forms), and KFTC's list pasted into a
spreadsheet (comma- or tab-separated, four columns). A list with a fault is refused whole, with its first twenty faults.
Source: KFTC list 금융기관 기관코드 부여현황 (kftc.or.kr), columns 기관코드, 기관명, 구분, 대표코드.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from moa.kernel.errors import DomainError

COLUMNS = ("code", "name", "category", "representative", "former_names", "account_templates")
# The headings of a pasted list, as KFTC or a clerk writes them.
_ALIASES = {
    "기관코드": "code",
    "코드": "code",
    "기관명": "name",
    "금융기관명": "name",
    "구분": "category",
    "대표코드": "representative",
}
# The official list has 203 lines of 12 kB; what is much larger is another file.
SIZE_LIMIT = 1_000_000
_MOST_FAULTS = 20
_CODE = re.compile(r"[0-9]{3}")
_DATE = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_TEMPLATE = re.compile(r"X+(-X+)*:[a-z-]+")


class ListRefused(DomainError):
    """A list that is not taken. Facts: `place` (a line) and `value`. Shape: `others` are its further faults."""

    code = "institution_list_row"
    others: tuple[ListRefused, ...] = ()

    @property
    def sentence(self) -> str:
        from .faults import fault_text

        return fault_text(self.code, "en")


@dataclass(frozen=True, slots=True)
class AccountTemplate:
    """One known form of account numbers: the digits of each printed group, and the kind the list gives it.

    Shape: XXX-XX-XXXXX-X is (3, 2, 5, 1); `kind` is new, old, virtual, lifetime, incoming-only or merged-legacy.
    """

    groups: tuple[int, ...]
    kind: str

    @property
    def digits(self) -> int:
        return sum(self.groups)

    def __str__(self) -> str:
        return "-".join("X" * group for group in self.groups) + ":" + self.kind


@dataclass(frozen=True, slots=True)
class Institution:
    """One three-digit code. `representative_code` is the code in use today, empty for 051 (other foreign banks)."""

    code: str
    name: str
    category: str
    representative_code: str
    former_names: tuple[str, ...]
    account_templates: tuple[AccountTemplate, ...]

    @property
    def is_representative(self) -> bool:
        return self.code == self.representative_code


@dataclass(frozen=True, slots=True)
class InstitutionList:
    """All codes of one date, in order. Shape: `complete` is False for KFTC's four columns without names and forms."""

    date: date | None
    institutions: Mapping[str, Institution]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two lists. Shape: `kind` is added, removed, renamed, remapped, recategorised or detailed."""

    kind: str
    code: str
    before: str
    after: str


def read_list(path: Path) -> InstitutionList:
    """The list of a file. Raises: file_too_large, institution_list_encoding, and the refusals of `parse_list`."""
    with path.open("rb") as source:
        return parse_list(decode_list(source.read(SIZE_LIMIT + 1)))


def decode_list(raw: bytes) -> str:
    """The text of a list file: UTF-8, or CP949 as Korean spreadsheets save it. Raises: institution_list_encoding."""
    if len(raw) > SIZE_LIMIT:
        raise ListRefused("file_too_large", place="file", value=f"over {SIZE_LIMIT} bytes")
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListRefused("institution_list_encoding", place="file")


def parse_list(text: str) -> InstitutionList:
    """The list that a text holds; its date is the first one in the comments above the heading.

    Raises: institution_list_columns, institution_list_row, institution_list_code, institution_list_repeated,
    institution_list_representative, institution_list_template, institution_list_date, institution_list_empty.
    """
    rows = _rows(text)
    place, heading = next(rows, ("file", []))
    columns = _columns(place, heading)
    found: dict[str, Institution] = {}
    places: dict[str, str] = {}
    faults: list[ListRefused] = []
    refused: set[str] = set()
    for place, cells in rows:
        try:
            if len(cells) != len(columns):
                raise ListRefused("institution_list_row", place=place, value=" ".join(cells)[:80])
            each = _institution(place, dict(zip(columns, cells, strict=True)))
            if each.code in found:
                raise ListRefused("institution_list_repeated", place=place, value=each.code)
            found[each.code], places[each.code] = each, place
        except ListRefused as fault:
            faults.append(fault)
            refused |= {cell.zfill(3) for cell in cells}
    if not found and not faults:
        raise ListRefused("institution_list_empty", place="file")
    faults += _wrong_representatives(found, places, refused)
    _refuse_when(faults)
    return InstitutionList(_date_of(text), dict(sorted(found.items())), complete=set(COLUMNS) <= set(columns))


def _refuse_when(faults: list[ListRefused]) -> None:
    """Raises: the first fault by line, with the others that are listed."""
    if faults:
        faults.sort(key=lambda fault: int(str(fault.facts["place"]).split()[-1]))
        faults[0].others = tuple(faults[1:_MOST_FAULTS])
        raise faults[0]


def write_list(listed: InstitutionList) -> str:
    """The list in our own form; `parse_list` gives the same back."""
    lines = [
        f"# Institution codes: KFTC list 금융기관 기관코드 부여현황 of {listed.date} ({len(listed.institutions)} codes)."
    ]
    lines.append("\t".join(COLUMNS))
    for each in listed.institutions.values():
        forms = "|".join(str(template) for template in each.account_templates)
        names = "|".join(each.former_names)
        lines.append("\t".join((each.code, each.name, each.category, each.representative_code, names, forms)))
    return "\n".join(lines) + "\n"


def completed(new: InstitutionList, known: InstitutionList) -> InstitutionList:
    """KFTC's four columns with what we know besides: account forms and former names, a name just given up among them."""
    if new.complete:
        return new
    full = {}
    for code, each in new.institutions.items():
        was = known.institutions.get(code)
        if was is not None:
            names = was.former_names
            if was.name != each.name and was.name not in names:
                names = (was.name, *names)
            each = replace(each, former_names=names, account_templates=was.account_templates)
        full[code] = each
    return InstitutionList(new.date, full)


def changes(before: InstitutionList, after: InstitutionList) -> list[Change]:
    """What differs, by code; a code may have changed in more than one way."""
    old, new = before.institutions, after.institutions
    found = []
    for code in sorted(old.keys() | new.keys()):
        if code not in old:
            found.append(Change("added", code, "", new[code].name))
        elif code not in new:
            found.append(Change("removed", code, old[code].name, ""))
        else:
            found += _differences(old[code], new[code])
    return found


def _differences(old: Institution, new: Institution) -> Iterator[Change]:
    if old.name != new.name:
        yield Change("renamed", old.code, old.name, new.name)
    if old.representative_code != new.representative_code:
        yield Change("remapped", old.code, old.representative_code, new.representative_code)
    if old.category != new.category:
        yield Change("recategorised", old.code, old.category, new.category)
    for kind in ("former_names", "account_templates"):
        was, now = (" ".join(str(each) for each in getattr(side, kind)) for side in (old, new))
        if was != now:
            yield Change("detailed", old.code, was, now)


def _rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each line with cells, with its place; comments and empty lines are passed over."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    delimiter = "\t" if "\t" in first else ","
    for number, line in enumerate(lines, 1):
        if line.startswith("#") or not line.strip(f" \t{delimiter}"):
            continue
        try:
            cells = line.split("\t") if delimiter == "\t" else next(csv.reader([line], strict=True))
        except csv.Error:
            cells = [line]  # fewer than there are columns, so it is refused as a row
        yield f"line {number}", [cell.strip() for cell in cells]


def _columns(place: str, heading: list[str]) -> list[str]:
    columns = [_ALIASES.get(cell, cell) for cell in heading]
    wrong = [cell for cell in columns if cell not in COLUMNS or columns.count(cell) > 1]
    missing = [name for name in COLUMNS[:4] if name not in columns]
    if wrong or missing:
        raise ListRefused("institution_list_columns", place=place, value=", ".join(wrong or missing)[:80])
    return columns


def _institution(place: str, row: Mapping[str, str]) -> Institution:
    code, standing_for = row["code"], row["representative"]
    for value in filter(None, (code or "?", standing_for)):
        if not _CODE.fullmatch(value):
            raise ListRefused("institution_list_code", place=place, value=value)
    for column in ("name", "category"):
        if not row[column] or not row[column].isprintable():
            raise ListRefused("institution_list_row", place=place, value=f"{code} {column} {row[column]!r}")
    return Institution(
        code=code,
        name=row["name"],
        category=row["category"],
        representative_code=standing_for,
        former_names=tuple(name for name in row.get("former_names", "").split("|") if name),
        account_templates=tuple(
            _template(place, form) for form in row.get("account_templates", "").split("|") if form
        ),
    )


def _template(place: str, text: str) -> AccountTemplate:
    if not _TEMPLATE.fullmatch(text):
        raise ListRefused("institution_list_template", place=place, value=text)
    form, _, kind = text.partition(":")
    return AccountTemplate(tuple(len(group) for group in form.split("-")), kind)


def _wrong_representatives(
    found: Mapping[str, Institution], places: Mapping[str, str], refused: Set[str]
) -> Iterator[ListRefused]:
    """A code stands for itself, for one that stands for itself, or for nobody (051, other foreign banks).

    Shape: `refused` holds what may be the codes of lines that were refused; that those are not there is no new fault.
    """
    for each in found.values():
        if not each.representative_code or each.representative_code in refused:
            continue
        leader = found.get(each.representative_code)
        if leader is None or not leader.is_representative:
            value = f"{each.code} -> {each.representative_code}"
            yield ListRefused("institution_list_representative", place=places[each.code], value=value)


def _date_of(text: str) -> date | None:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#"):
            return None
        if found := _DATE.search(line):
            try:
                return date.fromisoformat(found[0])
            except ValueError:
                raise ListRefused("institution_list_date", place=f"line {number}", value=found[0]) from None
    return None
