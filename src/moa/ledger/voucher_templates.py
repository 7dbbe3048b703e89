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
from moa.ledger.models import Book, LedgerAccount, Subject, VoucherTemplate
from moa.ledger.rules.templates import TemplateLeg

SIDES = {"D": "debit", "C": "credit"}


class Template(NamedTuple):
    """A version of how a voucher of one business event begins. Shape: `revision` 0 for one that was shipped; `row` the
    stored one; retired it is not offered."""

    code: str
    kind: str
    names: dict[str, str]
    legs: tuple[TemplateLeg, ...]
    memo: str = ""
    revision: int = 0
    is_active: bool = True
    row: VoucherTemplate | None = None

    @property
    def name(self) -> str:
        """In the language that is active, else the one that was given for all."""
        return self.names.get((get_language() or "ko").lower()) or self.names.get("") or self.names["ko"]


@cache
def shipped_templates(chart: str) -> tuple[Template, ...]:
    """Those that came with a chart, in the order of their file."""
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
    found = {one.code: one for one in shipped_templates(book.chart)}
    newest = VoucherTemplate.objects.filter(book_id=book.id).order_by("code", "-revision").distinct("code")
    for row in newest:
        found.pop(row.code, None) if not row.is_active else found.update({row.code: _own(row)})
    return list(found.values())


def named_template(book: Book, code: str) -> Template:
    """With each subject that has one account standing as that account. Raises: not_found, for a retired one too."""
    template = next((one for one in list_templates(book) if one.code == code), None)
    if template is None:
        raise NotFound(template=code[:40])
    return template._replace(legs=tuple(_settled(book, leg) for leg in template.legs))


def template_versions(book: Book, code: str) -> list[Template]:
    """All versions of one template, the newest first; the shipped one is the oldest. Raises: not_found."""
    rows = VoucherTemplate.objects.filter(book_id=book.id, code=code).select_related("request")
    found = [_own(row) for row in rows.order_by("-revision")]
    found += [one for one in shipped_templates(book.chart) if one.code == code]
    if not found:
        raise NotFound(template=code[:40])
    return found


def template_version(book: Book, code: str, revision: str) -> Template | None:
    """One version, as a voucher keeps it; None where there is no such."""
    try:
        versions = template_versions(book, code)
    except NotFound:
        return None
    return next((one for one in versions if str(one.revision) == revision), None)


def nameable(book: Book, language: str = "") -> dict[str, str]:
    """The names of what a leg can stand on, by code: open accounts, and subjects that are not closed."""
    subjects = Subject.objects.filter(book_id=book.id, closed_on=None).values_list("code", "name", "names")
    accounts = LedgerAccount.objects.filter(book_id=book.id).exclude(state="closed")
    found = {code: names.get(language.lower()) or name for code, name, names in subjects}
    return found | dict(accounts.values_list("code", "name"))


def _own(row: VoucherTemplate) -> Template:
    legs = tuple(TemplateLeg(leg["side"], leg["account"], leg.get("memo", "")) for leg in row.legs)
    return Template(
        row.code, row.kind, {"": row.name} | row.names, legs, row.memo, row.revision, row.is_active, row
    )


def _settled(book: Book, leg: TemplateLeg) -> TemplateLeg:
    open_ones = LedgerAccount.objects.filter(book_id=book.id, subject__code=leg.account).exclude(
        state="closed"
    )
    codes = list(open_ones.values_list("code", flat=True)[:2])
    return leg._replace(account=codes[0]) if len(codes) == 1 else leg
