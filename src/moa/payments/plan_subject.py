"""Bundles and series as the approvals page shows them: what is signed with one decision over several payments."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from moa.control.approval_subjects import Hold, RekeyField, Subject, SubjectLine
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.ledger.holds import facts_of
from moa.ledger.models import Balance, Book
from moa.ledger.rules.holding import hold_problem
from moa.payments.approving import asked_of_orders, weigh_all
from moa.payments.models import PaymentOrder
from moa.payments.order_document import account_of, is_doubted, name_state
from moa.payments.plan_words import rhythm
from moa.payments.series import signed_transfers
from moa.ui.problems import problem_text


def describe_series(ctx: Context, request: ApprovalRequest, unit: str) -> Subject:
    """The total of all its days is what bounds who may decide."""
    content: dict[str, Any] = request.content
    tone, word = name_state(content)
    lines = tuple(
        SubjectLine(
            date=date.fromisoformat(day), description=f"{account_of(ctx, content)} · {_('Payment %(number)s') % {'number': number}}",
            counterparty=content["payee_name"], debit_minor=int(content["amount_minor"]), tone=tone, word=word,
        )
        for number, day in sorted(content["days"].items(), key=lambda one: int(one[0]))
    )  # fmt: skip
    count, transfers = int(content["count"]), len(signed_transfers(content))
    said = [
        rhythm(content["every"], int(content["on_day"])),
        ngettext("%(num)s payment", "%(num)s payments", count) % {"num": count},
        *([_("Each payment leaves in %(num)s transfers") % {"num": transfers}] if transfers > 1 else ()),
    ]  # fmt: skip
    return Subject(
        kind="payment_series", title=content["payee_name"], amount_minor=int(content["total_minor"]),
        currency=content["currency"], unit=unit, account_name=content["payer_name"], account_number=content["payer"],
        lines=lines, lines_are="payments", must_read=is_doubted(content), note=" · ".join(said), due_on=date.fromisoformat(content["days"]["1"]),
        ground_url=reverse("payments:series_one", args=[int(content["series"])]),
        rekey=(
            RekeyField("payee", _("Payee's account"), content["payee"]),
            RekeyField("amount", _("Amount of each payment"), content["amount"]),
            RekeyField("count", _("Number of payments"), content["count"]),
            RekeyField("name", _("Name of the payee"), content["payee_name"]),
        ),
    )  # fmt: skip


def describe_bundle(ctx: Context, request: ApprovalRequest, unit: str) -> Subject:
    """Each payment is a line; number and total are typed again where a step asks for it."""
    content: dict[str, Any] = request.content
    items = sorted(content["items"].items(), key=lambda one: int(one[0]))
    lines = tuple(
        SubjectLine(
            date=date.fromisoformat(one["pay_on"]), counterparty=one["payee_name"],
            description=" · ".join(part for part in (account_of(ctx, one), f"P{number}", one["memo"]) if part),
            debit_minor=int(one["amount_minor"]), tone=name_state(one)[0], word=name_state(one)[1],
        )
        for number, one in items
    )  # fmt: skip
    payers = {one["payer"]: one["payer_name"] for _number, one in items}
    code, name = next(iter(payers.items()))
    count = int(content["count"])
    title = ngettext("%(num)s payment", "%(num)s payments", count) % {"num": count}
    said = [_("It leaves in %(num)s transfers") % {"num": len(items)}] if len(items) != count else []
    return Subject(
        kind="payment_bundle", title=f"B{content['bundle']} · {title}", amount_minor=int(content["total_minor"]),
        currency=content["currency"], unit=unit, account_name=name if len(payers) == 1 else _("several accounts"),
        account_number=code if len(payers) == 1 else "", lines=lines, lines_are="payments", note=" · ".join(said),
        must_read=any(is_doubted(one) for _number, one in items),
        due_on=min(line.date for line in lines), ground_url=reverse("payments:bundle", args=[int(content["bundle"])]),
        rekey=(
            RekeyField("count", pgettext("bundle", "Number of payments"), content["count"]),
            RekeyField("amount", _("Total"), content["total"]),
        ),
        holds=_holds(ctx, content) if request.state == "open" else (),
    )  # fmt: skip


def _holds(ctx: Context, content: dict[str, Any]) -> tuple[Hold, ...]:
    """Why approving would be refused now: accounts that cannot spare their sum, limits that would be passed."""
    numbers = [int(one) for one in content["items"]]
    orders = list(PaymentOrder.objects.select_related("payee").filter(id__in=numbers).order_by("id"))
    sums: dict[int, int] = {}
    for order in orders:
        assert order.payer_id is not None and order.amount_minor is not None
        sums[order.payer_id] = sums.get(order.payer_id, 0) + order.amount_minor
    balances = Balance.objects.select_related("account").filter(account_id__in=sums).order_by("account_id")
    found = [
        (problem_text(problem).what, one.account.code)
        for one in balances
        if (problem := hold_problem(facts_of(one), sums[one.account_id]))
    ]
    book = Book.objects.get(id=int(content["book"]))
    codes = {
        use.code: None
        for uses in weigh_all(ctx, book, asked_of_orders(orders))
        for use in uses
        if use.is_passed
    }
    found += [(problem_text(code).what, "") for code in codes]
    return tuple(
        Hold(f"{what}: {account}" if account else what, _("Mend the cause, or return it to its maker with the reason."))
        for what, account in found
    )  # fmt: skip
