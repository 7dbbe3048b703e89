"""Whether a rule takes a bank line: conditions on values, in their order, and the first that fits."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

IN, OUT = "in", "out"
POST, CONFIRM = "post", "confirm"
MODES = (POST, CONFIRM)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a bank line says. Shape: `amount_minor` signed, receipts positive; `text` description and reference."""

    account_id: int
    bank: str
    amount_minor: int
    text: str = ""
    kind: str = ""
    counterparty: str = ""
    counterparty_account: str = ""


@dataclass(frozen=True, slots=True)
class Conditions:
    """All that are given must hold; one left empty asks nothing.

    Shape: `bank` country and code ("KR004"); `direction` in or out; `text`, `kind` and `counterparty` are patterns of
    `fits`, of which several stand between bars; amounts unsigned minor units, both ends included.
    """

    bank: str = ""
    account_id: int | None = None
    direction: str = ""
    kind: str = ""
    text: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    least_minor: int | None = None
    most_minor: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Only what is asked."""
        asked = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in asked.items() if value not in ("", None)}


@dataclass(frozen=True, slots=True)
class Rule:
    """A version of a rule. Shape: in force from `valid_from` until a later version is; the lower position goes first."""

    id: int
    code: str
    number: int
    position: int
    valid_from: date
    is_on: bool
    conditions: Conditions
    mode: str
    counter: str
    memo: str = ""
    unit_id: int | None = None

    @property
    def name(self) -> str:
        return f"{self.code}.{self.number}"


def matches(asked: Conditions, line: LineFacts) -> bool:
    amount = abs(line.amount_minor)
    return (
        (not asked.bank or asked.bank == line.bank)
        and (asked.account_id is None or asked.account_id == line.account_id)
        and (not asked.direction or (asked.direction == IN) == (line.amount_minor > 0))
        and (asked.least_minor is None or amount >= asked.least_minor)
        and (asked.most_minor is None or amount <= asked.most_minor)
        and (not asked.counterparty_account or _bare(asked.counterparty_account) == _bare(line.counterparty_account))
        and (not asked.kind or fits(asked.kind, line.kind))
        and (not asked.text or fits(asked.text, line.text))
        and (not asked.counterparty or fits(asked.counterparty, line.counterparty))
    )  # fmt: skip


def in_force(rules: Iterable[Rule], day: date) -> list[Rule]:
    """The rules of a day in their order: of each the last version that began by then, if it is on."""
    newest: dict[str, Rule] = {}
    for rule in rules:
        known = newest.get(rule.code)
        if rule.valid_from <= day and (
            known is None or (known.valid_from, known.number) < (rule.valid_from, rule.number)
        ):
            newest[rule.code] = rule
    return sorted((one for one in newest.values() if one.is_on), key=lambda one: (one.position, one.code))


def first_match(rules: Sequence[Rule], line: LineFacts) -> Rule | None:
    """Shape: `rules` in their order, as `in_force` gives them."""
    return next((rule for rule in rules if matches(rule.conditions, line)), None)


def fits(pattern: str, text: str) -> bool:
    """Whether `text` contains the pattern: `*` stands for any signs, `?` for one, `|` between alternatives.

    Case, full-width forms and spaces do not count. No regular expression, so no pattern takes longer than the product
    of both lengths.
    """
    folded = folded_text(text)
    asked = [folded_text(one) for one in pattern.split("|")]
    return any(_wild(f"*{one}*", folded) for one in asked if one)


def folded_text(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _wild(pattern: str, text: str) -> bool:
    """Greedy with one place to go back to, so its time is bounded."""
    at = place = 0
    star, since = -1, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, since = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at += 1
            place += 1
        elif star >= 0:
            since += 1
            at, place = star + 1, since
        else:
            return False
    return all(sign == "*" for sign in pattern[at:])


def _bare(number: str) -> str:
    return "".join(sign for sign in number if sign.isalnum())
