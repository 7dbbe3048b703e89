"""The shipped list of banks, made of the institution codes and the names people use.

Migrations fill the table with it; a version that changes the list adds a migration that calls `fill_banks` again.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, NamedTuple

from moa.formats.kftc.institution_codes import institutions, legacy_codes

_LANGUAGES = {"ko": "ko", "zh-hans": "zh", "en": "en"}


class BankRow(NamedTuple):
    id: str
    country: str
    code: str
    names: dict[str, str]
    short_names: dict[str, str]
    bic: str
    other_codes: list[str]
    former_names: list[str]


def shipped_banks() -> list[BankRow]:
    """Every Korean institution under its code of today, and the Chinese banks."""
    return [*_korean(), *_chinese()]


def fill_banks(bank_model: Any, alias: str) -> None:
    """Bring the table up to the shipped list; a bank that left the list keeps its row, for accounts point at it."""
    rows = [bank_model(**row._asdict()) for row in shipped_banks()]
    bank_model.objects.using(alias).bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["names", "short_names", "bic", "other_codes", "former_names"],
    )


def _korean() -> Iterator[BankRow]:
    known = _read("banks_kr.tsv")
    for institution in institutions().values():
        if not institution.is_representative:
            continue
        line = known.get(institution.code, {"name_ko": institution.name, "short_ko": institution.name})
        merged = legacy_codes(institution.code)
        former = [
            *institution.former_names,
            *(name for code in merged for name in institutions()[code].former_names),
        ]
        yield BankRow(
            f"KR-{institution.code}", "KR", institution.code, _named(line, "name"), _named(line, "short"),
            line.get("bic", ""), list(merged), list(dict.fromkeys(former)),
        )  # fmt: skip


def _chinese() -> Iterator[BankRow]:
    for code, line in _read("banks_cn.tsv").items():
        others = [line["head_office"]] if line["head_office"] else []
        yield BankRow(
            f"CN-{code}", "CN", code, _named(line, "name"), _named(line, "short"), line["bic"], others, []
        )


def _named(line: dict[str, str], what: str) -> dict[str, str]:
    """The names that the line has, by language."""
    found = {language: line.get(f"{what}_{suffix}", "") for language, suffix in _LANGUAGES.items()}
    return {language: name for language, name in found.items() if name}


def _read(file_name: str) -> dict[str, dict[str, str]]:
    text = files(__package__).joinpath(file_name).read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    head = lines[0]
    return {fields[0]: dict(zip(head, fields, strict=True)) for fields in lines[1:]}
