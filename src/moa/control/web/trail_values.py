"""What a line of the audit trail holds, as a person reads it: fields in words, names for numbers, figures and days."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any

from django.utils.translation import get_language, gettext, pgettext
from markupsafe import escape

from moa.control.context import Context
from moa.control.leaving import matter_called
from moa.control.models import Identity, Person, Role, Unit
from moa.control.permissions import PERMISSIONS
from moa.control.queries import the_group_of
from moa.control.web.tables import TABLES
from moa.kernel.money import CURRENCIES
from moa.ui.formatting import MINUS, UNKNOWN, exact_moment, figure, named, shorter
from moa.ui.job_words import JOB_WORDS
from moa.ui.trail_codes import CODES, code_words
from moa.ui.trail_fields import FIELDS, STATES
from moa.ui.trail_words import OPERATIONS, SUBJECTS

_PERSONS = {"person", "told", "owner", "maker", "heir", "deputy", "principal"}
_UNITS = {"unit", "parent", "company"}
_LANGUAGES = {"ko": "한국어", "zh-hans": "简体中文", "en": "English"}
_COUNTS = {
    "accepted", "accounts", "bytes", "cleared", "codes", "created", "days", "differing", "errors", "files", "known", "lines",
    "new", "notices", "parked", "posted", "sessions", "steps", "subjects", "taken_back", "tries", "unknown", "updated",
    "vouchers", "waiting",
}  # fmt: skip
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_HEX = re.compile(r"[0-9a-f]{40,}")
_DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,6})?")
_WHOLE = re.compile(r"-?\d{1,18}")
# What is shorter is neither a moment nor a hash.
_LEAST_READ = 16
# What stands before the code of what waits on a person who leaves, and the field whose word says it.
_OF_LEAVING = {"": "", "waiting": "was_waiting", "successor": "successor"}


def operation_words(code: str) -> str:
    """The operation as a person calls it; a code that this version does not know is named as it is."""
    return _operation_in(get_language(), code)


def subject_words(kind: str) -> str:
    return _subject_in(get_language(), kind)


def field_words(name: str) -> str:
    return _field_in(get_language(), name)


# A page says the same few words hundreds of times, and asking the catalogue for each is what would cost most of it.
@lru_cache(maxsize=2048)
def _operation_in(language: str | None, code: str) -> str:
    return str(OPERATIONS.get(code, code))


@lru_cache(maxsize=2048)
def _subject_in(language: str | None, kind: str) -> str:
    return str(SUBJECTS.get(kind, kind))


@lru_cache(maxsize=4096)
def _field_in(language: str | None, name: str) -> str:
    if name in FIELDS:
        return str(FIELDS[name])
    prefix, _, code = name.rpartition(" ")
    label = matter_called(code)
    if label is not None and prefix in _OF_LEAVING:
        return f"{FIELDS[_OF_LEAVING[prefix]]}: {label}" if prefix else label
    return name.replace("_", " ")


def all_operations() -> Sequence[tuple[str, str]]:
    """Code and words of every operation, in the order of the words."""
    return _operations_in(get_language())


@lru_cache(maxsize=8)
def _operations_in(language: str | None) -> Sequence[tuple[str, str]]:
    return tuple(sorted(((code, str(words)) for code, words in OPERATIONS.items()), key=itemgetter(1)))


class TrailReader:
    """Reads values for one page or file. Names are read at once, for a file must not ask while its rows stream."""

    def __init__(self, ctx: Context, now: datetime) -> None:
        self.ctx, self.now = ctx, now

    def read_names(self) -> TrailReader:
        _ = self.persons, self.logins, self.units, self.roles, self.base_currency
        return self

    @cached_property
    def persons(self) -> dict[str, str]:
        return {str(number): name for number, name in Person.objects.values_list("id", "name")}

    @cached_property
    def logins(self) -> dict[str, str]:
        """Whose login it is."""
        found = Identity.objects.filter(group_id=self.ctx.group_id).values_list("id", "person_id")
        return {str(number): self.persons.get(str(person), "") for number, person in found}

    @cached_property
    def units(self) -> dict[str, str]:
        found = Unit.objects.values_list("id", "name", "names")
        return {str(number): names.get(self.ctx.language) or name for number, name, names in found}

    @cached_property
    def roles(self) -> dict[str, str]:
        found = Role.objects.values_list("code", "name", "names")
        return {code: names.get(self.ctx.language) or name for code, name, names in found}

    @cached_property
    def base_currency(self) -> str:
        return the_group_of(self.ctx).base_currency

    def said(self, name: str, value: Any, beside: Mapping[str, Any]) -> str:
        """One value as plain text. Shape: `beside` the other fields of the line, for the currency of an amount."""
        if value is None or value in ("", [], {}):
            return UNKNOWN
        if isinstance(value, bool):
            return str(STATES["yes" if value else "no"])
        if isinstance(value, Mapping):
            return self._pairs(name, value)
        if isinstance(value, list | tuple):
            return ", ".join(self.said(name, one, beside) for one in value)
        return self._text(name, str(value), beside)

    def shown(self, name: str, value: Any, beside: Mapping[str, Any]) -> str:
        """One value as escaped text."""
        said = self.said(name, value, beside)
        if len(said) >= _LEAST_READ and _HEX.fullmatch(str(value)):
            return f'<span class="mo-mono">{escape(said)}</span>'
        return str(named(said))

    def _pairs(self, name: str, value: Mapping[str, Any]) -> str:
        words = _LANGUAGES if name == "names" else {}
        said = [
            f"{words.get(key) or field_words(key)}: {self.said(key, one, value)}"
            for key, one in value.items()
        ]
        return "; ".join(said)

    def _text(self, name: str, text: str, beside: Mapping[str, Any]) -> str:
        read = _BY_FIELD.get(name)
        known = read(self, text) if read is not None else ""
        if known:
            return known
        if text in {"yes", "no"}:
            return str(STATES[text])
        if name.endswith("_minor"):
            return self._amount(text, str(beside.get("currency") or self.base_currency))
        if name == "amount" and _DECIMAL.fullmatch(text):
            return f"{Decimal(text):,}".replace("-", MINUS)
        if name in _COUNTS and _WHOLE.fullmatch(text):
            return f"{int(text):,}"
        if len(text) < _LEAST_READ:
            return text
        if _HEX.fullmatch(text):
            return shorter(text)
        if _MOMENT.match(text):
            return self._moment(text)
        return text

    def _amount(self, text: str, currency: str) -> str:
        if not _WHOLE.fullmatch(text) or currency not in CURRENCIES:
            return text
        return f"{currency} {figure(int(text), currency)}"

    def _moment(self, text: str) -> str:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return text
        return exact_moment(at, self.now) if at.tzinfo else f"{at:%Y-%m-%d %H:%M}"


def _table_label(reader: TrailReader, name: str) -> str:
    return str(TABLES[name].label) if name in TABLES else ""


# Subjects that people know by a name; all others are called by their number.
NAMED: Mapping[str, Callable[[TrailReader, str], str]] = {
    "person": lambda reader, number: reader.persons.get(number, ""),
    "identity": lambda reader, number: reader.logins.get(number, ""),
    "unit": lambda reader, number: reader.units.get(number, ""),
    "table": _table_label,
}


def subject_named(kind: str, number: str, reader: TrailReader) -> str:
    name = NAMED[kind](reader, number) if kind in NAMED else ""
    return f"{subject_words(kind)} {name or number}"


def _subject_of(reader: TrailReader, text: str) -> str:
    return subject_words(text) if text in SUBJECTS else ""


def _read_code(field: str) -> Callable[[TrailReader, str], str]:
    return lambda reader, text: code_words(field, text)


# Fields whose values are numbers or codes of something that has a name.
_BY_FIELD: Mapping[str, Callable[[TrailReader, str], str]] = {
    **dict.fromkeys(_PERSONS, lambda reader, text: reader.persons.get(text, "")),
    **dict.fromkeys(_UNITS, lambda reader, text: reader.units.get(text, "")),
    "role": lambda reader, text: reader.roles.get(text, ""),
    **dict.fromkeys(
        ("rights", "permissions", "one", "other"),
        lambda reader, text: gettext(PERMISSIONS[text]) if text in PERMISSIONS else "",
    ),
    "table": _table_label,
    "work": lambda reader, text: str(JOB_WORDS.get(text, "")),
    "language": lambda reader, text: _LANGUAGES.get(text, ""),
    **{field: _read_code(field) for field in CODES},
    **dict.fromkeys(("subject", "item"), _subject_of),
    "kind": lambda reader, text: code_words("kind", text) or _subject_of(reader, text),
    **dict.fromkeys(
        ("state", "is_on", "is_business_day", "agrees", "demanded"),
        lambda reader, text: str(STATES.get(text.lower(), "")),
    ),
}


def side_by_side(found: list[tuple[str, Any, Any]], reader: TrailReader, beside: Mapping[str, Any]) -> str:
    """Field, before and after as a small table, in escaped text; on a narrow screen one below the other."""
    language = get_language()
    lines = [_diff_head(language)]
    for name, was, now in found:
        before = "" if was is None else f'<s class="mo-3">{reader.shown(name, was, beside)}</s>'
        after = UNKNOWN if now is None else reader.shown(name, now, beside)
        lines.append(
            f'<tr><th scope="row">{_head_of(language, name)}</th><td>{before}</td><td>{after}</td></tr>'
        )
    lines.append("</tbody></table>")
    return "".join(lines)


@lru_cache(maxsize=4096)
def _head_of(language: str | None, name: str) -> str:
    return str(escape(_field_in(language, name)))


@lru_cache(maxsize=8)
def _diff_head(language: str | None) -> str:
    words = (gettext("Field"), pgettext("audit", "Before"), pgettext("audit", "After"))
    cells = "".join(f'<th scope="col">{escape(word)}</th>' for word in words)
    return f'<table class="mo-diff"><thead class="mo-vh"><tr>{cells}</tr></thead><tbody>'
