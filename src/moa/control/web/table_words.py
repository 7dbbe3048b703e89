"""The conditions of a list as words that can be removed, and as the fields of its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from markupsafe import Markup, escape

from moa.kernel.money import minor_digits
from moa.ui.formatting import amount, named, period
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.conditions import WORDS, Asked, Condition, Links
from moa.ui.tables.shown import Ask, Word
from moa.ui.tables.spec import AMOUNT, CHOICE, DATE, MOMENT, RANGES, STATE, Column, Table

# Choices that a sentence names before it stops.
_MOST_TOLD = 12


def words_of(links: Links, table: Table, asked: Asked, facts: PageFacts) -> list[Word]:
    """The words in the order of the columns, the words searched for first."""
    words = []
    if asked.words and table.search:
        words.append(Word(_("Words"), named(asked.words), links.to(without=(WORDS,))))
    for condition in asked.conditions:
        remove = links.to(without=condition.column.names)
        words.append(Word(condition.column.label, _value(condition, facts), remove))
    return words


def asks_of(table: Table, asked: Asked, facts: PageFacts, hidden: frozenset[str]) -> list[Ask]:
    """The fields of the form of conditions, filled as they were typed."""
    asks = []
    if table.search:
        asks.append(Ask(WORDS, _("Words"), "search", asked.words))
    for column in table.conditions:
        if column.key in hidden or not column.in_form:
            continue
        if column.kind in RANGES:
            kind = "date" if column.kind in (DATE, MOMENT) else "text"
            labels = (
                (_("%(what)s from"), _("%(what)s to"))
                if kind == "date"
                else (pgettext("figures", "%(what)s from"), pgettext("figures", "%(what)s to"))
            )
            for name, label in zip(column.names, labels, strict=True):
                text = label % {"what": column.label}
                asks.append(Ask(name, text, kind, asked.query.get(name, ""), asked.errors.get(name, "")))
            continue
        (name,) = column.names
        value = asked.query.get(name, "")
        if column.kind == "text":
            hints = column.hints(facts.ctx) if callable(column.hints) else column.hints
            asks.append(Ask(name, column.label, "search", value, hints=hints))
        else:
            error = asked.errors.get(name, "")
            asks.append(Ask(name, column.label, "choice", value, error, [*_choices(column, facts).items()]))
    return asks


def leave_out_unknown(asked: Asked, facts: PageFacts) -> None:
    """Codes that are none of a column's choices are told as other conditions that cannot be read, and left out."""
    for at, condition in enumerate(asked.conditions):
        column = condition.column
        known = {**_choices(column, facts), **_shown_states(column)}
        if not condition.codes or column.word is not None or not (known or column.in_form):
            continue
        unknown = [code for code in condition.codes if code not in known]
        if unknown:
            asked.errors[column.names[0]] = _not_among(unknown, known)
            codes = tuple(code for code in condition.codes if code in known)
            asked.conditions[at] = replace(condition, codes=codes)
    asked.conditions[:] = [
        one for one in asked.conditions if one.codes or one.column.kind not in (CHOICE, STATE)
    ]


def _shown_states(column: Column) -> dict[str, Any]:
    """States that a row can be shown in are asked for by links, though the form has no choice of them."""
    return {code: look[1] for code, look in column.states.items()}


def _not_among(unknown: Sequence[str], known: Mapping[str, Any]) -> str:
    possible = ", ".join(f"{code} ({word})" for code, word in list(known.items())[:_MOST_TOLD])
    told = ", ".join(f"“{code}”" for code in unknown[:_MOST_TOLD])
    if not known:
        return _("%(value)s is not known here.") % {"value": told}
    if len(known) > _MOST_TOLD:
        possible += " …"
    return _("%(value)s is not known. Possible are: %(possible)s.") % {"value": told, "possible": possible}


def _choices(column: Column, facts: PageFacts) -> Mapping[str, Any]:
    return facts.choices.get(column.key, {})


def _value(condition: Condition, facts: PageFacts) -> Markup:
    column = condition.column
    if column.kind in (DATE, MOMENT):
        return escape(period(condition.low, condition.high, facts.today))
    if column.kind in RANGES:
        return _range(condition)
    if condition.text:
        return named(column.word(facts.ctx, condition.text) if column.word is not None else condition.text)
    if column.word is not None:
        return Markup(", ").join(named(column.word(facts.ctx, code)) for code in condition.codes)
    words = _choices(column, facts)
    return Markup(", ").join(named(str(words.get(code, code))) for code in condition.codes)


def _range(condition: Condition) -> Markup:
    low, high = (_figure(condition, bound) for bound in (condition.low, condition.high))
    if low and high:
        return Markup("{} – {}").format(low, high)
    if low:
        return escape(_("%(least)s or more") % {"least": low})
    return escape(_("%(most)s or less") % {"most": high})


def _figure(condition: Condition, bound: Decimal | None) -> str:
    if bound is None:
        return ""
    if condition.column.kind == AMOUNT and condition.currency:
        minor = int(bound.scaleb(minor_digits(condition.currency)))
        return f"{amount(minor, condition.currency)}"
    return f"{bound:,f}".replace("-", "\u2212")
