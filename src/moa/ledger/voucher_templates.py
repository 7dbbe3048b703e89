"""Templates of vouchers by business event: those that ship with a chart, and the book's own over them.

Source: domain.md §2.8, posting templates. A template of the book's own with a shipped one's code stands in its place.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from django.utils.translation import get_language

from moa.kernel.errors import NotFound
from moa.ledger.models import Book, LedgerAccount, VoucherTemplate

SIDES = {"D": "debit", "C": "credit"}


class TemplateLeg(NamedTuple):
    """Shape: `side` debit or credit; `account` the code of an account, or of a subject where the person chooses."""

    side: str
    account: str
    memo: str = ""


class Template(NamedTuple):
    """How a voucher of one business event begins. Shape: `revision` 0 for one that was shipped."""

    code: str
    kind: str
    names: dict[str, str]
    legs: tuple[TemplateLeg, ...]
    memo: str = ""
    revision: int = 0

    @property
    def name(self) -> str:
        """In the language that is active; one of the book's own has one name."""
        return self.names.get((get_language() or "ko").lower()) or self.names.get("ko") or self.names[""]


@cache
def _shipped(chart: str) -> tuple[Template, ...]:
    text = files("moa.ledger").joinpath("chart_templates", "vouchers.tsv").read_text(encoding="utf-8")
    return tuple(
        Template(
            row["code"], row["kind"], {language: row[language] for language in ("ko", "zh-hans", "en")},
            tuple(TemplateLeg(SIDES[leg[0]], leg[2:]) for leg in row["legs"].split("|")),
        )
        for row in csv.DictReader(text.splitlines(), delimiter="\t")
        if row["chart"] == chart
    )  # fmt: skip


def list_templates(book: Book) -> list[Template]:
    """Those that can be chosen, in the order of their shipping, the book's further ones after them."""
    found = {one.code: one for one in _shipped(book.chart)}
    newest = VoucherTemplate.objects.filter(book_id=book.id).order_by("code", "-revision").distinct("code")
    for row in newest:
        found.pop(row.code, None) if not row.is_active else found.update({row.code: _own(row)})
    return list(found.values())


def named_template(book: Book, code: str) -> Template:
    """With each subject that has one account standing as that account. Raises: not_found."""
    template = next((one for one in list_templates(book) if one.code == code), None)
    if template is None:
        raise NotFound(template=code[:40])
    return template._replace(legs=tuple(_settled(book, leg) for leg in template.legs))


def _own(row: VoucherTemplate) -> Template:
    legs = tuple(TemplateLeg(leg["side"], leg["account"], leg.get("memo", "")) for leg in row.legs)
    return Template(row.code, row.kind, {"": row.name}, legs, row.memo, row.revision)


def _settled(book: Book, leg: TemplateLeg) -> TemplateLeg:
    open_ones = LedgerAccount.objects.filter(book_id=book.id, subject__code=leg.account).exclude(
        state="closed"
    )
    codes = list(open_ones.values_list("code", flat=True)[:2])
    return leg._replace(account=codes[0]) if len(codes) == 1 else leg
