"""What a template of vouchers must have before two persons agree to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from moa.ledger.rules.typed_vouchers import Flaw

MOST_LEGS_OF_TEMPLATE = 20
LONGEST_NAME, LONGEST_MEMO = 100, 200
# It stands in addresses.
_CODE = re.compile(r"[\w.-]{1,32}")
# The fields of names in one language, and what the language is called everywhere else.
NAME_LANGUAGES = {"ko": "ko", "zh": "zh-hans", "en": "en"}
DEBIT_SIDE, CREDIT_SIDE = "debit", "credit"


class TemplateLeg(NamedTuple):
    """Shape: `side` debit or credit; `account` the code of an account, or of a subject where the person chooses."""

    side: str
    account: str
    memo: str = ""


class NewTemplate(NamedTuple):
    """A version as it is proposed. Shape: empty legs stand for empty rows of the page; `is_active` False retires it; `name`
    is shown where its language has none of its own (`ko`, `zh`, `en`)."""

    code: str
    name: str
    kind: str
    memo: str = ""
    legs: tuple[TemplateLeg, ...] = ()
    is_active: bool = True
    ko: str = ""
    zh: str = ""
    en: str = ""

    @property
    def names(self) -> dict[str, str]:
        """By language; only those that are given."""
        given = {language: getattr(self, field) for field, language in NAME_LANGUAGES.items()}
        return {language: name for language, name in given.items() if name}

    def tidied(self) -> NewTemplate:
        """Without the rows and names that say nothing further, and without spaces around the texts."""
        legs = (TemplateLeg(leg.side, leg.account.strip(), leg.memo.strip()) for leg in self.legs)
        kept = tuple(leg for leg in legs if leg.account or leg.memo)
        name = self.name.strip()
        ko, zh, en = ("" if one.strip() == name else one.strip() for one in (self.ko, self.zh, self.en))
        return self._replace(
            code=self.code.strip(), name=name, memo=self.memo.strip(), legs=kept, ko=ko, zh=zh, en=en
        )


def template_flaws(new: NewTemplate, named: Mapping[str, str], kinds: Collection[str]) -> list[Flaw]:
    """All that is wrong, each at its field. Shape: `named` the names of open accounts and subjects by their code; `kinds`
    of vouchers that a person can enter."""
    flaws = []
    if not _CODE.fullmatch(new.code):
        flaws.append(Flaw("code", "template_code_unfit", new.code))
    if not new.name.strip():
        flaws.append(Flaw("name", "template_without_name"))
    if new.kind not in kinds:
        flaws.append(Flaw("kind", "voucher_kind_unknown", new.kind))
    flaws += [
        Flaw(field, "text_too_long")
        for field, text, most in (
            ("name", new.name, LONGEST_NAME),
            *((field, getattr(new, field), LONGEST_NAME) for field in NAME_LANGUAGES),
            ("memo", new.memo, LONGEST_MEMO),
        )
        if len(text.strip()) > most
    ]
    return flaws + _flaws_of_legs(new.legs, named)


def _flaws_of_legs(legs: tuple[TemplateLeg, ...], named: Mapping[str, str]) -> list[Flaw]:
    flaws, sides = [], set()
    filled = 0
    for n, leg in enumerate(legs, 1):
        account = leg.account.strip()
        if not account and not leg.memo.strip():
            continue
        filled += 1
        sides.add(leg.side)
        if leg.side not in (DEBIT_SIDE, CREDIT_SIDE):
            flaws.append(Flaw(f"side.{n}", "side_unknown", leg.side))
        if not account:
            flaws.append(Flaw(f"account.{n}", "leg_without_account"))
        elif account not in named:
            flaws.append(Flaw(f"account.{n}", "template_account_unknown", account))
        if len(leg.memo.strip()) > LONGEST_MEMO:
            flaws.append(Flaw(f"memo.{n}", "text_too_long"))
    if filled > MOST_LEGS_OF_TEMPLATE:
        flaws.append(Flaw("account.1", "too_many_legs", str(MOST_LEGS_OF_TEMPLATE)))
    if filled < 2:
        flaws.append(Flaw(f"account.{filled + 1}", "too_few_legs"))
    elif not flaws and len(sides) < 2:
        flaws.append(Flaw("side.1", "template_one_sided"))
    return flaws
