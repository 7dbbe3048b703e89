"""Korean institution codes: who a code is today, which bank it was, and what its account numbers look like.

Source: KFTC list 금융기관 기관코드 부여현황 of 2026-06-25; account templates as the data file's head says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from moa.kernel.errors import DomainError, Problem, warning

_COLUMNS = ("code", "name", "category", "representative", "former_names", "account_templates")
_SEPARATORS = re.compile(r"[-\s]")


class InstitutionUnknown(DomainError):
    code = "institution_unknown"


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


def institution(code: str) -> Institution:
    """The institution that a three-digit code was given to. Raises: institution_unknown."""
    found = institutions().get(code)
    if found is None:
        raise InstitutionUnknown(institution=code)
    return found


def representative(code: str) -> Institution:
    """The institution under the code it uses today: 005 and 025 both give 081 하나은행. Raises: institution_unknown."""
    asked = institution(code)
    return institution(asked.representative_code) if asked.representative_code else asked


def successor(code: str) -> Institution | None:
    """The bank in which the merged bank of this code lives on (021 조흥은행 gives 088 신한은행), or None.

    Raises: institution_unknown.
    """
    asked = institution(code)
    if asked.is_representative or not asked.former_names:
        return None
    return representative(code)


def legacy_codes(code: str) -> tuple[str, ...]:
    """The other codes that mean the same institution today, in order. Raises: institution_unknown."""
    today = representative(code).code
    return tuple(
        each.code
        for each in institutions().values()
        if each.representative_code == today and each.code != today
    )


def number_hints(country: str, code: str, number: str) -> list[Problem]:
    """The hints of `account_hint` for a Korean institution that is known; none for any other bank."""
    if country != "KR":
        return []
    try:
        return account_hint(code, number)
    except InstitutionUnknown:
        return []


def account_hint(code: str, number: str, place: str = "account") -> list[Problem]:
    """What looks unusual about an account number of this institution; always warnings, never a refusal.

    Many institutions changed their forms and check digits are not public, so a number that matches nothing known
    may still be right. Without known forms only the characters are looked at. Raises: institution_unknown.
    """
    digits = _SEPARATORS.sub("", number)
    if not (digits.isascii() and digits.isdigit()):
        return [warning("account_not_digits", place, "account", number)]
    templates = institution(code).account_templates or representative(code).account_templates
    same_length = [template for template in templates if template.digits == len(digits)]
    if templates and not same_length:
        return [warning("account_length_unusual", place, "account", number)]
    hints = []
    groups = tuple(len(group) for group in _SEPARATORS.split(number.strip()) if group)
    if same_length and len(groups) > 1 and groups not in {template.groups for template in same_length}:
        hints.append(warning("account_grouping_unusual", place, "account", number))
    if same_length and all(template.kind == "incoming-only" for template in same_length):
        hints.append(warning("account_incoming_only", place, "account", number))
    return hints


@cache
def institutions() -> dict[str, Institution]:
    """All codes in order."""
    text = files(__package__).joinpath("institution_codes.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    if tuple(lines[0]) != _COLUMNS:
        raise ValueError(f"institution_codes.tsv has columns {lines[0]}")
    return {fields[0]: _institution(fields) for fields in lines[1:]}


def _institution(fields: list[str]) -> Institution:
    code, name, category, representative_code, former_names, templates = fields
    return Institution(
        code=code,
        name=name,
        category=category,
        representative_code=representative_code,
        former_names=tuple(former_names.split("|")) if former_names else (),
        account_templates=tuple(_template(text) for text in templates.split("|") if text),
    )


def _template(text: str) -> AccountTemplate:
    form, _, kind = text.partition(":")
    return AccountTemplate(tuple(len(group) for group in form.split("-")), kind)
