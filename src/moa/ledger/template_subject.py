"""Versions of templates as the approvals page shows and decides them: what is, and what would be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import Change, Hold, RekeyField, Subject
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.ledger.models import Book
from moa.ledger.operations.decide_template import decide_template, stands_on_newest
from moa.ledger.operations.propose_template import names_of
from moa.ledger.web.voucher_words import KINDS

Content = dict[str, Any]


class TemplateSubject:
    """Registered in entry/wiring.py for the subject type of `operations.propose_template`."""

    label = gettext_lazy("Template of vouchers")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content: Content = request.content
        book = Book.objects.get(id=int(content["book"]))
        unit = Unit.objects.filter(id=book.unit_id).first()
        page = reverse("ledger:template", args=[content["code"]])
        return Subject(
            kind="voucher_template", title=f"{name_in(content, ctx.language)} ({content['code']})",
            unit=(unit.names.get(ctx.language) or unit.name) if unit else "",
            account_name=book.names.get(ctx.language) or book.name, note=_note(content),
            ground_url=f"{page}?book={book.code}" if content["before"] else None, changes=tuple(_changes(content)),
            rekey=tuple(_rekey(content)), holds=_holds(book, request),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_template(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)


def name_in(content: Content, language: str) -> str:
    """What the proposal calls it in a language, else for all."""
    return names_of(content).get(language.lower()) or str(content["name"])


def leg_words(leg: dict[str, str] | None) -> str:
    """One row in words; empty where there is none."""
    if leg is None:
        return ""
    side = _("Debit") if leg["side"] == "debit" else _("Credit")
    said = f"{side} {leg['account']} {leg['called']}".strip()
    return f"{said} · {leg['memo']}" if leg["memo"] else said


def _note(content: Content) -> str:
    if content["is_active"] == "no":
        act = _("Retire the template")
    else:
        act = _("Change the template") if content["before"] else _("Make a template")
    return f"{act} · {_('version %(number)s') % {'number': content['revision']}}"


def _changes(content: Content) -> list[Change]:
    """Every field, those that differ marked by themselves: what is the same on both sides says what stays."""
    before: Content | None = content["before"]
    fields: list[tuple[str, Callable[[Content], str]]] = [
        (_("Name of the template"), lambda one: one["name"]),
        (_("Korean name"), lambda one: names_of(one).get("ko", "")),
        (_("Chinese name"), lambda one: names_of(one).get("zh-hans", "")),
        (_("English name"), lambda one: names_of(one).get("en", "")),
        (_("Kind of voucher"), lambda one: str(KINDS.get(one["kind"], one["kind"]))),
        (_("Memo"), lambda one: one["memo"]),
        (_("Offered"), lambda one: _("yes") if one["is_active"] == "yes" else _("no")),
    ]  # fmt: skip
    found = [Change(label, read(before) if before else "", read(content)) for label, read in fields]
    # A language without a name of its own on either side says nothing.
    found = [one for one in found if one.before or one.after]
    old, new = (before["legs"] if before else []), content["legs"]
    for n in range(max(len(old), len(new))):
        one, other = (legs[n] if n < len(legs) else None for legs in (old, new))
        found.append(Change(_("Row %(row)s") % {"row": n + 1}, leg_words(one), leg_words(other)))
    return found


def _rekey(content: Content) -> list[RekeyField]:
    fields = [RekeyField("code", _("Code"), content["code"])]
    for n, leg in enumerate(content["legs"], 1):
        label = _("Row %(row)s, account on the debit side") if leg["side"] == "debit" else _("Row %(row)s, account on the credit side")  # fmt: skip
        fields.append(RekeyField(f"account.{n}", label % {"row": n}, leg["account"]))
    return fields


def _holds(book: Book, request: ApprovalRequest) -> tuple[Hold, ...]:
    if request.state != "open" or stands_on_newest(book, request):
        return ()
    return (
        Hold(
            _("Another version was agreed to after this one was written"),
            _("Return it to its maker, who writes it anew from the newest version."),
        ),
    )
