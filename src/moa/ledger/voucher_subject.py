"""Vouchers as the approvals page shows and decides them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import Hold, RekeyField, Subject, SubjectLine
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.kernel.money import to_minor
from moa.ledger.models import Book
from moa.ledger.models.draft import OPENING, VoucherDraft
from moa.ledger.operations.decide_voucher import decide_voucher
from moa.ledger.operations.move_draft import day_to_move_to
from moa.ledger.pinned_vouchers import foretell, size_of, to_post
from moa.ledger.rules.rekeying import Decisive, decisive_fields
from moa.ui.formatting import figure
from moa.ui.problems import problem_text


class VoucherSubject:
    """Registered in entry/wiring.py for the subject type of `operations.save_draft`."""

    label = gettext_lazy("Voucher")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content: dict[str, Any] = request.content
        book = Book.objects.get(id=int(content["book"]))
        unit = Unit.objects.filter(id=book.unit_id).first()
        amount, currency = size_of(content)
        return Subject(
            kind=f"voucher_{content['kind']}", title=content["memo"] or content["legs"][0]["name"], amount_minor=amount,
            currency=currency, unit=(unit.names.get(ctx.language) or unit.name) if unit else "",
            account_name=book.names.get(ctx.language) or book.name, note=content.get("reason", ""),
            lines=tuple(_line(content, leg, currency) for leg in content["legs"]), lines_are="legs",
            ground_url=reverse("ledger:draft", args=[int(content["draft"])]), rekey=_rekey(content),
            holds=_holds(ctx, book, request) if request.state == "open" else (),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_voucher(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)


def _line(content: dict[str, Any], leg: dict[str, str], currency: str) -> SubjectLine:
    """Where there are several currencies the figure stands in words, with its own."""
    minor = to_minor(Decimal(leg["amount"]), leg["currency"])
    said = leg["memo"]
    if not currency:
        side = _("Debit") if leg["side"] == "debit" else _("Credit")
        said = f"{side} {leg['currency']} {figure(minor, leg['currency'])} {said}".strip()
    return SubjectLine(
        date=date.fromisoformat(content["business_date"]), value_date=date.fromisoformat(content["value_date"]),
        description=said, counterparty=f"{leg['account']} {leg['name']}",
        debit_minor=minor if currency and leg["side"] == "debit" else None,
        credit_minor=minor if currency and leg["side"] == "credit" else None,
    )  # fmt: skip


def _rekey(content: dict[str, Any]) -> tuple[RekeyField, ...]:
    legs = content["legs"]
    several = len({leg["currency"] for leg in legs}) > 1
    return tuple(
        RekeyField(one.code, _label(one, one.currency if several else ""), one.value)
        for one in decisive_fields(legs)
    )


def _label(one: Decisive, currency: str) -> str:
    """What the field is called: its row on the paper, or the side that it is of."""
    words = {
        ("account", "debit"): _("Row %(row)s, account on the debit side"),
        ("account", "credit"): _("Row %(row)s, account on the credit side"),
        ("amount", "debit"): _("Row %(row)s, amount on the debit side"),
        ("amount", "credit"): _("Row %(row)s, amount on the credit side"),
        ("name", "credit"): _("Row %(row)s, name of the account"),
        ("sum", "debit"): _("Sum of the debit side"),
        ("sum", "credit"): _("Sum of the credit side"),
        ("largest_amount", "debit"): _("Amount of the largest debit"),
        ("largest_amount", "credit"): _("Amount of the largest credit"),
        ("largest_account", "debit"): _("Account of the largest debit"),
        ("largest_account", "credit"): _("Account of the largest credit"),
        ("largest_name", "credit"): _("Name of the account of the largest credit"),
    }
    said = words[one.what, one.side] % {"row": one.row}
    return f"{said} ({currency})" if currency else said


def _holds(ctx: Context, book: Book, request: ApprovalRequest) -> tuple[Hold, ...]:
    """Why the books would refuse it now: it is said before somebody signs."""
    if request.content["kind"] == OPENING:
        # Its day is made by the decision itself.
        return ()
    code, account = foretell(ctx, book, to_post(request.content, request.id))
    if not code:
        return ()
    what = problem_text(code).what
    draft = VoucherDraft.objects.filter(id=int(request.content["draft"])).first()
    if code == "closed_day" and draft is not None and (day := day_to_move_to(book, draft)):
        return (_moving(ctx, request, draft, day, what),)
    return (
        Hold(
            f"{what}: {account}" if account else what,
            _("Mend the cause, or return it to its maker with the reason."),
        ),
    )


def _moving(ctx: Context, request: ApprovalRequest, draft: VoucherDraft, day: date, what: str) -> Hold:
    """Its maker moves it here at once; the others are told who can."""
    if request.maker_id != ctx.actor.person_id:
        mend = _("Its maker can move it to the open day %(day)s; or return it with the reason.") % {
            "day": day
        }
        return Hold(what, mend)
    return Hold(
        what, _("Moved, it is sent for approval again; its value date stays."),
        act_url=f"{reverse('ledger:draft_act', args=[draft.id, 'move'])}",
        act_fields={"version": str(draft.version)}, act=_("Move it to %(day)s") % {"day": day},
    )  # fmt: skip
