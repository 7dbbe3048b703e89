"""What a line of the audit trail holds, as a person reads it: fields in words, names for numbers, figures and days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext, pgettext
from markupsafe import Markup

from moa.control.context import Context
from moa.control.models import Person, Role, Unit
from moa.control.permissions import PERMISSIONS
from moa.control.queries import the_group_of
from moa.kernel.money import CURRENCIES
from moa.ui.formatting import MINUS, UNKNOWN, exact_moment, figure, named, shorter
from moa.ui.trail_fields import FIELDS, STATES
from moa.ui.trail_words import OPERATIONS, SUBJECTS

_PERSONS = {"person", "by", "told", "owner", "maker", "heir"}
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


def operation_words(code: str) -> str:
    """The operation as a person calls it; a code that this version does not know is named as it is."""
    return str(OPERATIONS.get(code, code))


def subject_words(kind: str) -> str:
    return str(SUBJECTS.get(kind, kind))


def field_words(name: str) -> str:
    return str(FIELDS.get(name, name.replace("_", " ")))


class TrailReader:
    """Reads values for one page or file. Names are read at once, for a file must not ask while its rows stream."""

    def __init__(self, ctx: Context, now: datetime) -> None:
        self.ctx, self.now = ctx, now

    def read_names(self) -> TrailReader:
        _ = self.persons, self.units, self.roles, self.base_currency
        return self

    @cached_property
    def persons(self) -> dict[str, str]:
        return {str(number): name for number, name in Person.objects.values_list("id", "name")}

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

    def shown(self, name: str, value: Any, beside: Mapping[str, Any]) -> Markup:
        said = self.said(name, value, beside)
        if _HEX.fullmatch(str(value)):
            return Markup('<span class="mo-mono">{}</span>').format(said)
        return named(said)

    def _pairs(self, name: str, value: Mapping[str, Any]) -> str:
        words = _LANGUAGES if name == "names" else {}
        said = [
            f"{words.get(key) or field_words(key)}: {self.said(key, one, value)}"
            for key, one in value.items()
        ]
        return "; ".join(said)

    def _text(self, name: str, text: str, beside: Mapping[str, Any]) -> str:
        known = self._named(name, text)
        if known:
            return known
        if name.endswith("_minor"):
            return self._amount(text, str(beside.get("currency") or self.base_currency))
        if name == "amount" and _DECIMAL.fullmatch(text):
            return f"{Decimal(text):,}".replace("-", MINUS)
        if _WHOLE.fullmatch(text) and name in _COUNTS:
            return f"{int(text):,}"
        if _HEX.fullmatch(text):
            return shorter(text)
        if _MOMENT.match(text):
            return self._moment(text)
        return text

    def _named(self, name: str, text: str) -> str:
        if name in _PERSONS:
            return self.persons.get(text, "")
        if name in _UNITS:
            return self.units.get(text, "")
        if name == "role":
            return self.roles.get(text, "")
        if name in {"rights", "permissions", "one", "other"} and text in PERMISSIONS:
            return gettext(PERMISSIONS[text])
        if name == "language":
            return _LANGUAGES.get(text, "")
        if name in {"kind", "subject", "item"} and text in SUBJECTS:
            return str(SUBJECTS[text])
        if name in {"state", "is_on", "is_business_day", "agrees", "demanded"} or text in {"yes", "no"}:
            return str(STATES.get(text.lower(), ""))
        return ""

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


def side_by_side(found: list[tuple[str, Any, Any]], reader: TrailReader, beside: Mapping[str, Any]) -> Markup:
    """Field, before and after as a small table; on a narrow screen one below the other."""
    words = {
        "field": gettext("Field"), "was": pgettext("audit", "Before"), "now": pgettext("audit", "After"),
    }  # fmt: skip
    head = Markup(
        '<table class="mo-diff"><thead class="mo-vh"><tr><th scope="col">{field}</th><th scope="col">{was}</th>'
        '<th scope="col">{now}</th></tr></thead><tbody>'
    ).format(**words)
    lines = [
        Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>').format(
            field_words(name),
            "" if was is None else Markup('<s class="mo-3">{}</s>').format(reader.shown(name, was, beside)),
            UNKNOWN if now is None else reader.shown(name, now, beside),
        )
        for name, was, now in found
    ]
    return head + Markup("").join(lines) + Markup("</tbody></table>")
