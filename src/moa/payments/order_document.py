"""What an approver reads of payments before signing: the payee as asked for beside the payee as the bank says, what for, from
where, what the account will hold then, and every limit with them added."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from moa.control.approval_subjects import Fact
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.queries import group_zone
from moa.directory.queries import bank_map
from moa.ledger.models import Book
from moa.payments.account_then import AccountThen, Outgoing, accounts_then
from moa.payments.approving import asked_of_orders, weigh_all
from moa.payments.bank_reading import COUNTRY
from moa.payments.limit_words import scope_word
from moa.payments.models import BANK, PaymentOrder
from moa.payments.plan_words import rhythm
from moa.payments.rules.limits import LimitUse
from moa.payments.rules.payee_names import differing_letters
from moa.payments.series import signed_transfers
from moa.payments.web.order_words import HOLIDAYS, PURPOSES, VERDICTS
from moa.reconciliation.models import BankLink
from moa.ui.formatting import amount, day, long_day, moment


def facts_of_request(ctx: Context, request: ApprovalRequest) -> tuple[Fact, ...]:
    """By the kind of what was submitted; what the account and the limits say only while it waits."""
    content: dict[str, Any] = request.content
    is_open = request.state == "open"
    if "series" in content:
        return (*_series(ctx, content), *_who_and_what(ctx, content))
    if "bundle" in content:
        return _bundle(ctx, content, is_open)
    facts = [*_who_and_what(ctx, content), _when(ctx, content)]
    if is_open:
        orders = list(PaymentOrder.objects.select_related("book", "payee").filter(id=int(content["order"])))
        facts += _judged(ctx, int(content["book"]), orders)
    return tuple(facts)


def _who_and_what(ctx: Context, content: dict[str, Any]) -> list[Fact]:
    """Who pays whom, what for: the same of one payment and of each of a series."""
    facts = [Fact(_("Paying account"), content["payer_name"], more=content["payer"])]
    if content["kind"] == BANK:
        facts += _payee_at_bank(ctx, content)
    else:
        facts.append(Fact(_("Payee"), content["payee_name"], more=content["payee"]))
    facts.append(Fact(_("Purpose"), str(PURPOSES.get(content["purpose"], content["purpose"]))))
    facts += [
        Fact(label, content[name])
        for name, label in (("memo", _("Memo")), ("document_no", _("Document number")))
        if content[name]
    ]
    return [*facts, *_twins(content)]


def _twins(content: dict[str, Any]) -> list[Fact]:
    """What may be the same payment, with the maker's reason why it is not."""
    numbers = [one.split()[0] for one in content["duplicates"]]
    links = tuple((one, reverse("payments:order", args=[int(one[1:])])) for one in numbers)
    label, said = _("It may have been entered before"), _("The maker says")
    return (
        [Fact(label, content["duplicate_reason"], tone="pending", word=said, links=links)] if numbers else []
    )


def _payee_at_bank(ctx: Context, content: dict[str, Any]) -> list[Fact]:
    """As asked for, and as the bank says; letters that differ are marked."""
    asked_at = moment(datetime.fromisoformat(content["asked_at"]), ctx.at.astimezone(group_zone(ctx)))
    tone, word = VERDICTS[content["name_verdict"]]
    facts = [
        Fact(_("Payee"), content["payee_name"]),
        Fact(
            _("The bank's word for the holder"), content["bank_name"] or "—", tone=tone, word=str(word),
            pieces=differing_letters(content["payee_name"], content["bank_name"]),
            more=_("as the bank said at %(at)s") % {"at": asked_at},
        ),
    ]  # fmt: skip
    if content["name_reason"]:
        facts.append(
            Fact(
                _("Why it is paid all the same"),
                content["name_reason"],
                tone="pending",
                word=_("The maker says"),
            )
        )
    facts.append(Fact(_("Payee's account"), f"{bank_name(ctx, content['to_bank'])} {content['to_account']}"))
    link = BankLink.objects.select_related("account").filter(id=int(content["via_id"])).first()
    if link is not None:
        facts.append(
            Fact(_("Leaves from"), f"{bank_name(ctx, link.account.bank_code)} {link.account.number}")
        )
    if content["charge_id"] != content["payer_id"]:
        facts.append(Fact(_("Booked to"), content["charge"]))
    return facts


def is_doubted(content: dict[str, Any]) -> bool:
    """Whether it is paid although something speaks against it: the approver is the second person for that, and reads it."""
    return content.get("name_verdict", "match") != "match" or bool(content["duplicates"])


def name_state(content: dict[str, Any]) -> tuple[str, str]:
    """The look and the word for what speaks against a payment; empty where nothing does."""
    if content.get("name_verdict", "match") != "match":
        tone, word = VERDICTS[content["name_verdict"]]
        return tone, str(word)
    return ("pending", _("It may have been entered before")) if content["duplicates"] else ("", "")


def account_of(ctx: Context, content: dict[str, Any]) -> str:
    """The payee's account, with its bank where it is at one."""
    return (
        f"{bank_name(ctx, content['to_bank'])} {content['to_account']}"
        if content["kind"] == BANK
        else str(content["payee"])
    )


def bank_name(ctx: Context, code: str) -> str:
    found = bank_map(ctx).get((COUNTRY, code))
    return str(found.short_name(ctx.language)) if found is not None else code


def _when(ctx: Context, content: dict[str, Any]) -> Fact:
    pay_on = content["pay_on"]
    asked = content.get("asked_on", pay_on)
    more = ""
    if asked != pay_on:
        more = _("asked for %(day)s, when banks rest") % {"day": day(date.fromisoformat(asked), ctx.at)}
    return Fact(_("Day of payment"), long_day(date.fromisoformat(pay_on)), more=more)


def _series(ctx: Context, content: dict[str, Any]) -> list[Fact]:
    currency = content["currency"]
    return [
        Fact(
            _("Amount of each payment"), f"{amount(int(content['amount_minor']), currency)} {currency}",
            more=_("%(count)s payments, %(rhythm)s")
            % {"count": content["count"], "rhythm": rhythm(content["every"], int(content["on_day"]))},
        ),
        *_transfers(content),
        Fact(
            _("If banks rest on that day"),
            str(HOLIDAYS.get(content["holiday_rule"], _("it waits until they work again"))),
        ),
    ]  # fmt: skip


def _transfers(content: dict[str, Any]) -> list[Fact]:
    """What each payment of a series leaves in, where its bank takes no more at a time."""
    parts, currency = signed_transfers(content), content["currency"]
    if len(parts) == 1:
        return []
    rest = f" + {amount(parts[-1], currency)}" if parts[-1] != parts[0] else ""
    said = f"{amount(parts[0], currency)} × {parts.count(parts[0])}{rest}"
    more = _("The bank takes no more in one. A payment is paid when every one of them is proven.")
    return [Fact(_("Transfers of each payment"), said, more=more)]


def _bundle(ctx: Context, content: dict[str, Any], is_open: bool) -> tuple[Fact, ...]:
    items = content["items"]
    facts = [fact for one in items.values() for fact in _twins(one)]
    doubted = [one for one in items.values() if one.get("name_verdict", "match") != "match"]
    for one in {item["row"]: item for item in doubted}.values():
        tone, word = VERDICTS[one["name_verdict"]]
        facts.append(
            Fact(
                _("Row %(row)s: %(name)s") % {"row": one["row"], "name": one["payee_name"]}, one["bank_name"] or "—", tone=tone,
                word=str(word), pieces=differing_letters(one["payee_name"], one["bank_name"]), more=one["name_reason"],
            )
        )  # fmt: skip
    if is_open:
        orders = PaymentOrder.objects.select_related("book", "payee").filter(
            id__in=[int(one) for one in items]
        )
        facts += _judged(ctx, int(content["book"]), list(orders.order_by("id")))
    return tuple(facts)


def _judged(ctx: Context, book_id: int, orders: list[PaymentOrder]) -> list[Fact]:
    """What the accounts will hold, and every limit of the last one that meets it with all of them added."""
    book = Book.objects.get(id=book_id)
    asked = [Outgoing(one.payer_id or 0, one.amount_minor or 0, one.pay_on) for one in orders]
    then = accounts_then(book, asked, but=[one.id for one in orders])
    facts = [_account(one, many=len(then) > 1) for one in then]
    return [*facts, *_limits(weigh_all(ctx, book, asked_of_orders(orders)), orders[0].currency)]


def _account(one: AccountThen, *, many: bool) -> Fact:
    parts = [f"{amount(one.balance_minor, one.currency)}"]
    for minor, word in ((one.held_minor, _("set aside")), (one.waiting_minor, _("others that wait"))):
        parts += [f"− {amount(minor, one.currency)} {word}"] if minor else []
    parts.append(f"− {amount(one.this_minor, one.currency)}")
    label = _("The paying account at the end of the day")
    return Fact(
        f"{label}: {one.name}" if many else label, f"{amount(one.after_minor, one.currency)} {one.currency}",
        tone="failed" if one.problem or one.is_short else "", word=_("does not suffice") if one.problem or one.is_short else "",
        more=" ".join(parts),
    )  # fmt: skip


def _limits(uses: Iterable[list[LimitUse]], currency: str) -> list[Fact]:
    """Each limit once, where it has the least room."""
    tightest: dict[tuple[int | None, str], LimitUse] = {}
    for use in (one for some in uses for one in some):
        key = (use.limit.limit_id, use.limit.scope.value)
        if key not in tightest or use.rest_minor < tightest[key].rest_minor:
            tightest[key] = use
    found = sorted(tightest.values(), key=lambda one: one.rest_minor)
    return [
        Fact(
            _("Limit: %(scope)s") % {"scope": scope_word(use.limit.scope.value)},
            f"{amount(use.after_minor, currency)} / {amount(use.limit.most_minor, currency)}",
            tone="failed" if use.is_passed else "", word=_("passed") if use.is_passed else "",
            more="" if use.is_passed else _("%(amount)s left") % {"amount": amount(use.rest_minor, currency)},
        )
        for use in found
    ]  # fmt: skip
