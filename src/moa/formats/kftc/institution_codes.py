"""Korean institution codes: who a code is today, which bank it was, and what its account numbers look like.

The shipped list is that of LIST_DATE. A newer one is read from the file that MOA_KFTC_INSTITUTIONS names, or that
`use_list` was given; of the two the newer holds, so an upgrade of the package is never hidden by an older file.
Source: KFTC list 금융기관 기관코드 부여현황 of 2026-06-25; account templates as the data file's head says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from moa.kernel.errors import DomainError, Problem, warning

from .institution_list import AccountTemplate as AccountTemplate
from .institution_list import Institution as Institution
from .institution_list import InstitutionList, ListRefused, parse_list, read_list

LIST_DATE = date(2026, 6, 25)
LIST_VARIABLE = "MOA_KFTC_INSTITUTIONS"

_SEPARATORS = re.compile(r"[-\s]")
_named_list: Path | None = None


class InstitutionUnknown(DomainError):
    code = "institution_unknown"


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


def institutions() -> Mapping[str, Institution]:
    """All codes of the list in use, in order."""
    return list_in_use().institutions


def use_list(path: Path | None) -> None:
    """Read the codes from this file from now on; None goes back to the variable's file, else the shipped list."""
    global _named_list
    _named_list = path
    list_in_use.cache_clear()


@cache
def list_in_use() -> InstitutionList:
    """The newer of the shipped list and the installation's own; a file that is not there yet counts as none.

    Raises: the refusals of `parse_list`, and institution_list_date for an own list without a date.
    """
    shipped, path = shipped_list(), own_list()
    if path is None or not path.is_file():
        return shipped
    try:
        own = read_list(path)
    except ListRefused as refusal:
        raise ListRefused(
            refusal.code, **refusal.facts | {"place": f"{path} {refusal.facts['place']}"}
        ) from None
    if own.date is None:
        raise ListRefused("institution_list_date", place=str(path))
    return own if own.date >= LIST_DATE else shipped


def own_list() -> Path | None:
    """Where the installation's own list is or would be."""
    named = os.environ.get(LIST_VARIABLE)
    return _named_list or (Path(named) if named else None)


@cache
def shipped_list() -> InstitutionList:
    return parse_list(files(__package__).joinpath("institution_codes.tsv").read_text(encoding="utf-8"))
