"""The kinds of notices, registered by the contexts that tell them, and the sentence of a notice for its reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

from moa.ui.formatting import UNKNOWN, figure, long_day

Text = str | Promise


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind. `title` and `sentence` are lazy translations; `sentence` names facts as %(name)s.

    Shape: `right` who may know it (and who is told, when nobody is named); `channel` and `pace` how it is told
    unless the person chose otherwise; `tone` a state of the page's colours; `always` for what nobody turns off, since
    whoever uses a stolen login would (ADR 107).
    """

    code: str
    title: Text
    sentence: Text
    right: str = ""
    channel: str = "app"
    pace: str = "digest"
    tone: str = "sent"
    always: bool = False


_kinds: dict[str, NoticeKind] = {}


def register_kind(kind: NoticeKind) -> None:
    """Once per code, when the context's `notices` module is imported by `entry/wiring.py`."""
    if _kinds.get(kind.code, kind) is not kind:
        raise ValueError(f"two kinds of notices are named {kind.code}")
    _kinds[kind.code] = kind


def registered_kinds() -> list[NoticeKind]:
    return [_kinds[code] for code in sorted(_kinds)]


def kind_of(code: str) -> NoticeKind | None:
    return _kinds.get(code)


class _Shown(dict[str, str]):
    """A fact that an earlier version did not note is not known, and no fault of the page."""

    def __missing__(self, name: str) -> str:
        return UNKNOWN


def sentence_of(code: str, facts: Mapping[str, Any], *, language: str, zone: ZoneInfo) -> str:
    """The notice in the language that is active. Shape: `facts` as stored; `language` picks names given by language."""
    kind = _kinds.get(code)
    if kind is None:
        return code
    return str(kind.sentence) % shown_facts(facts, language=language, zone=zone)


def in_each_language(label: Text) -> dict[str, str]:
    """A lazy translation as a fact: the readers of a notice each have their own."""
    said = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            said[language] = str(label)
    return said


def shown_facts(facts: Mapping[str, Any], *, language: str, zone: ZoneInfo) -> dict[str, str]:
    """Facts as words: `x_minor` with `currency` becomes `x` as money, `x_on` a day, `x_at` a moment, names by language."""
    shown = _Shown()
    for name, value in facts.items():
        if value is None:
            continue
        if name.endswith("_minor"):
            currency = str(facts.get("currency", ""))
            shown[name.removesuffix("_minor")] = f"{currency} {figure(int(value), currency)}"
        elif name.endswith("_on"):
            shown[name.removesuffix("_on")] = long_day(date.fromisoformat(value))
        elif name.endswith("_at"):
            moment = datetime.fromisoformat(value).astimezone(zone)
            shown[name.removesuffix("_at")] = f"{moment:%Y-%m-%d %H:%M}"
        elif isinstance(value, dict):
            shown[name] = str(value.get(language) or next(iter(value.values()), UNKNOWN))
        else:
            shown[name] = re.sub(r"\s+", " ", str(value))
    return shown
