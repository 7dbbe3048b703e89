"""What the page of a payment over a bank says: the payee as the bank knows it, tries, messages, what is known and from where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from moa.channels.banks_day import UNREADABLE
from moa.channels.reasons import reason_words
from moa.channels.web.message_words import kind_word
from moa.control.access import may
from moa.control.context import Context
from moa.control.queries import group_zone
from moa.directory.queries import bank_map
from moa.ledger.permissions import VIEW as VIEW_BOOKS
from moa.payments.bank_days import DEBITED
from moa.payments.bank_reading import COUNTRY
from moa.payments.contradictions import AFTER_RETURN, denied, to_claim_back
from moa.payments.facts import messages_about
from moa.payments.lifecycle import BOOKED, NOT_PAID
from moa.payments.models import BANK, Evidence, PaymentAttempt, PaymentOrder
from moa.payments.operations.ask_again import may_ask
from moa.payments.operations.resend_order import may_resend
from moa.payments.proof_words import PROVES
from moa.payments.queries import attempts_of
from moa.payments.rules.evidence import CONTRADICTS
from moa.payments.rules.typed_orders import from_json
from moa.payments.taking_back import asked_back
from moa.payments.web.order_words import ATTEMPTS, KNOWN, SAID, VERDICTS
from moa.ui.formatting import moment, money_after
from moa.ui.problems import problem_text

Text = str | Promise
# By the state of the order: the look of the box, what stands in it.
_BOXES: dict[str, tuple[str, Text]] = {
    "ready": ("sent", gettext_lazy("Ready to be sent, nothing has left")),
    "sent": ("sent", gettext_lazy("Sent, the bank has not answered yet")),
    "processing": ("sent", gettext_lazy("The bank has it and has not decided")),
    "unknown": ("unknown", gettext_lazy("Not known whether it was paid")),
    "paid": ("paid", gettext_lazy("Paid")),
    "reconciled": ("paid", gettext_lazy("Paid, and on the bank's statement")),
    "failed": ("failed", gettext_lazy("Failed, nothing was paid")),
    "returned_by_bank": ("failed", gettext_lazy("The bank has given the money back")),
}


def bank_parts(ctx: Context, order: PaymentOrder, state: str) -> dict[str, Any] | None:
    """None for a transfer within the books."""
    if order.kind != BANK:
        return None
    typed = from_json(order.form)
    code = order.to_bank or typed.to_bank
    attempts = attempts_of(order)
    evidence = list(Evidence.objects.filter(order_id=order.id).order_by("id"))
    return {
        "to_bank": bank_name(ctx, code),
        "verdict": VERDICTS.get(order.name_verdict), "name_reason": typed.name_reason if order.name_verdict != "match" else "",
        "attempts": [_attempt(one, ctx.language) for one in attempts], "messages": _messages(attempts, ctx.language),
        "known": known_of(evidence, ctx.language, sees_books=may(ctx, VIEW_BOOKS, order.book.unit_id)), "may_resend": may_resend(ctx, order),
        "box": _box(order, state, attempts, ctx),
        "ask": next((one.id for one in attempts[-1:] if one.state not in DEBITED and may_ask(ctx, order, one)), None),
        "via": f"{bank_name(ctx, order.via.account.bank_code)} {order.via.account.number}" if order.via else "",
    }  # fmt: skip


def bank_name(ctx: Context, code: str) -> str:
    bank = bank_map(ctx).get((COUNTRY, code))
    return str(bank.short_name(ctx.language)) if bank is not None else code


def _box(
    order: PaymentOrder, state: str, attempts: list[PaymentAttempt], ctx: Context
) -> SimpleNamespace | None:
    """What holds now, in one line."""
    last = attempts[-1] if attempts else None
    parts: list[str] = []
    if besides := to_claim_back(attempts):
        return _besides(order, besides)
    if any(one.problem == CONTRADICTS for one in attempts):
        return _contradicted(order, state)
    if state in NOT_PAID and any(one.state in DEBITED for one in attempts):
        said = problem_text(order.problem or "payment_waits_for_day")
        return SimpleNamespace(
            tone="unknown",
            what=_("It was paid, and the books have not taken it yet"),
            parts=[said.what, said.mend],
        )
    if state in ("approved", "ready"):
        if not order.problem:
            return (
                None if state == "approved" else SimpleNamespace(tone="sent", what=_BOXES[state][1], parts=[])
            )
        said = problem_text(order.problem)
        return SimpleNamespace(
            tone="sent", what=_("Approved, the amount is set aside"), parts=[said.what, said.mend]
        )
    if state not in _BOXES:
        return None
    if last is not None and last.code:
        parts.append(reason_words(last.code, ctx.language))
    if state in ("unknown", "processing") and last is not None and last.ask_at is not None:
        since = last.ask_at if last.ask_at > ctx.at else None
        parts.append(
            _("asked %(num)s times, next at %(at)s")
            % {"num": last.inquiries, "at": moment(since, ctx.at.astimezone(group_zone(ctx)))}
            if since
            else _("asked %(num)s times, and again in a moment") % {"num": last.inquiries}
        )
    if state == "unknown":
        parts.append(
            _("It is not sent again; the bank is asked until it is known. The amount stays set aside.")
        )
    tone, what = _BOXES[state]
    if order.problem and (why := str(problem_text(order.problem).what)) != str(what):
        parts.append(why)
    return SimpleNamespace(tone=tone, what=what, parts=parts)


def _besides(order: PaymentOrder, tries: list[PaymentAttempt]) -> SimpleNamespace:
    """What was debited and is not what the payment stands for."""
    said = problem_text(tries[0].problem)
    parts: list[str] = [str(said.mend)]
    if tries[0].problem != AFTER_RETURN:
        amount = money_after(sum(one.amount_minor for one in tries), order.currency)
        parts.insert(0, Markup(_("%(amount)s is to be claimed back")) % {"amount": amount})
    if denied([one.id for one in tries]):
        parts.append(_("The bank says that one of the tries failed: decide on its page"))
    return SimpleNamespace(tone="failed", what=said.what, parts=parts)


def _contradicted(order: PaymentOrder, state: str) -> SimpleNamespace:
    said = problem_text(CONTRADICTS)
    until = _("Until then it is not sent, taken back or given up.")
    if state in BOOKED:
        until = _("Until two persons have decided it stands as paid.")
    parts = [said.mend, until]
    if asked_back([order.id]):
        parts.append(_("If it did not leave, it is taken back, as was asked."))
    return SimpleNamespace(tone="unknown", what=said.what, parts=parts)


def _attempt(one: PaymentAttempt, language: str) -> dict[str, Any]:
    message = f"{one.connection.bank_code} · {one.day} · {one.msg_no:06d}" if one.msg_no is not None else "—"
    return {
        "id": one.id, "number": one.number, "stands": ATTEMPTS[one.state], "code": reason_words(one.code, language), "message": message,
        "problem": problem_text(one.problem).what if one.problem else "", "reference": one.reference, "fee": one.fee_minor,
        "ask_at": one.ask_at, "inquiries": one.inquiries,
    }  # fmt: skip


def known_of(
    evidence: Iterable[Evidence], language: str, *, sees_books: bool = False
) -> list[dict[str, Any]]:
    """Each word about a payment: where it came from, what it proves, what it says."""
    return [_known(one, language, sees_books) for one in evidence]


def _known(one: Evidence, language: str, sees_books: bool) -> dict[str, Any]:
    facts = one.facts
    # The bank's code says more than the word for it.
    parts = [reason_words(facts["code"], language)] if facts.get("code") else []
    parts += [str(SAID[facts["said"]])] if not parts and facts.get("said") in SAID else []
    parts += [_("statement's line %(line)s of %(day)s") % facts] if facts.get("line") else []
    parts += _banks_day(facts)
    parts += [_("its files reach to %(until)s") % facts] if facts.get("until") else []
    parts += [_("takes voucher %(reverses)s back") % facts] if facts.get("reverses") else []
    parts += [facts["text"]] if facts.get("text") else []
    return {
        "at": one.recorded_at, "what": _what(one), "proves": PROVES.get(one.says, ""), "parts": parts,
        "voucher": str(facts.get("voucher", "")), "voucher_url": _voucher_url(facts) if sees_books else "", "document": int(facts["document"]) if facts.get("document") else None,
        "attempt": one.attempt_id,
    }  # fmt: skip


def _voucher_url(facts: Mapping[str, Any]) -> str:
    if not (facts.get("book") and facts.get("period") and facts.get("voucher")):
        return ""
    return reverse("ledger:voucher", args=[facts["book"], int(facts["period"]), int(facts["voucher"])])


def _banks_day(facts: Mapping[str, Any]) -> list[str]:
    if not (shown := facts.get("bank_day")):
        return []
    return [
        _("the day of the bank's answer cannot be read")
        if shown == str(UNREADABLE)
        else _("on the bank's day %(bank_day)s") % facts
    ]


def _what(one: Evidence) -> Text:
    """That nothing came is no answer of the bank's."""
    if one.kind == Evidence.ANSWER and one.facts.get("said") == "silence":
        return _("Sent to the bank")
    return KNOWN.get(one.kind, one.kind)


def _messages(attempts: list[PaymentAttempt], language: str) -> list[dict[str, Any]]:
    return [
        {"at": one.recorded_at, "direction": _("to the bank") if one.direction == "out" else _("from the bank"),
         "kind": kind_word(one.key), "number": f"{one.msg_no or 0:06d}", "code": reason_words(one.resp_code, language)}
        for one in messages_about(attempts)
    ]  # fmt: skip
