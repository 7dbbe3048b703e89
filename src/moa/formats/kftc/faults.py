"""What a finding says to a person: where, which field and value, what is wrong and how to mend it; in three languages.

The sentence of a code stands in faults.tsv. A code of KFTC without one there says the reason of codes.tsv, so every
code that a bank may give has a sentence. Where a field, or a value in it, needs another sentence than its code has,
faults_narrower.tsv gives it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from moa.formats.fixed_width.finding import Finding

from .codes import LANGUAGES, CodeUnknown, Language, result_codes
from .evidence_reasons import reason_text

Place = Literal["record", "row"]

_PLACES: dict[Place, dict[Language, str]] = {
    "record": {"ko": "{number}번 레코드", "en": "record {number}", "zh-hans": "第{number}条记录"},
    "row": {"ko": "{number}번 행", "en": "row {number}", "zh-hans": "第{number}行"},
}
_FIELDS: dict[Language, str] = {
    "ko": "{label}({name})",
    "en": "{label} ({name})",
    "zh-hans": "{label}（{name}）",
}
_VALUES: dict[Language, str] = {"ko": "“{value}”", "en": '"{value}"', "zh-hans": "“{value}”"}
_JOINTS: dict[Language, tuple[str, str]] = {"ko": (", ", ": "), "en": (", ", ": "), "zh-hans": ("，", "：")}


def sentence(finding: Finding, language: Language, place: Place = "record") -> str:
    """The whole line: `Record 3, account number (account_no), "12 34": There is a space …`.

    Shape: `place` is "row" where the records are rows of a table that somebody wrote. The finding's value is shown as
    it is: whoever made the finding has masked it. Raises: code_unknown.
    """
    comma, colon = _JOINTS[language]
    parts = []
    if finding.record is not None:
        parts.append(_PLACES[place][language].format(number=finding.record))
    if finding.field:
        parts.append(_named(finding.field, language))
    if finding.value:
        shown = reason_text(finding.value, language) if finding.code == "0105" else finding.value
        parts.append(_VALUES[language].format(value=shown))
    what = fault_text(finding.code, language, finding.field, finding.value)
    if not parts:
        return what
    where = comma.join(parts)
    return f"{where[0].upper()}{where[1:]}{colon}{what}"


def _named(field: str, language: Language) -> str:
    """Label and name both: a person knows the one, the column of the table is called the other."""
    label = field_label(field, language)
    return field if label == field else _FIELDS[language].format(label=label, name=field)


def fault_text(code: str, language: Language, field: str = "", value: str = "") -> str:
    """What is wrong and how to mend it, without place and value; with the field it may be said more exactly.

    Raises: code_unknown.
    """
    narrower = _narrower()
    found = narrower.get(f"{code} {field} {value}") or narrower.get(f"{code} {field}") or faults().get(code)
    if found is None:
        raise CodeUnknown(value=code)
    return found[language]


def field_label(name: str, language: Language) -> str:
    """The field as a person calls it; its own name where the table has none (a column that somebody misspelt)."""
    labels = _field_labels().get(name)
    return labels[language] if labels else name


@cache
def faults() -> Mapping[str, Mapping[Language, str]]:
    """Every code that a finding may have, KFTC's included, with its text in each language."""
    given = {
        each.code: {language: each.reason(language) for language in LANGUAGES} for each in result_codes()
    }
    return {**given, **_read("faults.tsv")}


@cache
def _narrower() -> Mapping[str, Mapping[Language, str]]:
    """By code and field, or by code, field and value."""
    return _read("faults_narrower.tsv")


@cache
def _field_labels() -> Mapping[str, Mapping[Language, str]]:
    return _read("faults_fields.tsv")


def _read(name: str) -> dict[str, dict[Language, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]
    read: dict[str, dict[Language, str]] = {}
    for key, *texts in rows:
        if key in read:
            raise ValueError(f"{name} has {key} twice")
        read[key] = dict(zip(LANGUAGES, texts, strict=True))
    return read
