"""Why the content of evidence is refused, in the reader's language; a program reads the English reason itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from .codes import Language

# What the content is instead goes by its own name (PNG, PDF) in every language, but for those in the table.
_INSTEAD = "content is "
_INSTEAD_IN: dict[Language, str] = {"ko": "실제 내용은 {name}", "zh-hans": "实际内容是{name}"}


def reason_text(value: str, language: Language) -> str:
    """The reason in this language; a value that is none of ours stays as it is."""
    known = _reasons().get(value)
    if known is not None:
        return known.get(language, value)
    if value.startswith(_INSTEAD) and language in _INSTEAD_IN:
        return _INSTEAD_IN[language].format(name=value.removeprefix(_INSTEAD))
    return value


@cache
def _reasons() -> Mapping[str, Mapping[Language, str]]:
    text = files(__package__).joinpath("evidence_reasons.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]
    return {reason: {"ko": korean, "zh-hans": chinese} for reason, korean, chinese in rows}
