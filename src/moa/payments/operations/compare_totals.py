"""At the end of a bank's day: its totals of our transfers beside what we know, and each transfer asked about where they differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from moa.channels.bank_profiles import profile_of
from moa.channels.operations.ask_bank import channel_of
from moa.channels.protocol import Answered, Channel, ResultAnswer, TotalsAnswer
from moa.control import notices
from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.queries import group_zone
from moa.kernel.errors import DomainError
from moa.payments.bank_days import DEBITED, debited_on
from moa.payments.contradictions import denied, has_its_line, stood_by
from moa.payments.lifecycle import AttemptState
from moa.payments.models import BankDayTotals, PaymentAttempt
from moa.payments.notices import TOTALS
from moa.payments.operations.inquire_attempt import Result, ask_results, take_results
from moa.payments.permissions import CARRY_OUT
from moa.payments.rules.evidence import bank_lets_end, request_can_arrive
from moa.reconciliation.models import BankLink


def compare_totals(ctx: Context, link_id: int, day: date, *, seconds: int = 10) -> BankDayTotals | None:
    """None while the bank's day is not over, by our clock or by its own, or when the bank does not say. Asked again it is a new row.

    Called in a closed Context, for the machine user. Raises: forbidden.
    """
    with ctx.open():
        require(ctx, CARRY_OUT)
        account = BankLink.objects.select_related("account").get(id=link_id).account
        bank, number, zone = account.bank_code, account.number_key, group_zone(ctx)
    if request_can_arrive(day, ctx.at.astimezone(zone), profile_of(bank).opens):
        return None
    with ctx.open():
        found = PaymentAttempt.objects.filter(order__via_id=link_id, day=day)
        attempts = list(found.select_related("order__via__account", "connection").order_by("id"))
    # Where the way to a bank was changed in the midst of a day, each way has its own totals.
    ways: dict[int, list[PaymentAttempt]] = {}
    for one in attempts:
        ways.setdefault(one.connection_id, []).append(one)
    told = _told(ctx, ways, day, number, seconds)
    if told is None:
        return None
    with ctx.open():
        known = {way: debited_on(link_id, day, way) for way in ways}
    items: list[dict[str, Any]] = []
    for way, (channel, said) in told.items():
        if (said.ok_count, said.ok_minor) != known[way]:
            answers = ask_results(channel, ways[way])
            items += _differing(answers, ways[way])
            _take_contradictions(ctx, link_id, day, way, answers, ways[way], said)
    theirs = (
        sum(said.ok_count or 0 for _, said in told.values()), sum(said.ok_minor or 0 for _, said in told.values())
    )  # fmt: skip
    ours = (sum(count for count, _ in known.values()), sum(minor for _, minor in known.values()))
    agrees = all((said.ok_count, said.ok_minor) == known[way] for way, (_, said) in told.items())
    last = next(reversed(told.values()))[1]
    with ctx.open():
        row = BankDayTotals.objects.create(
            group_id=ctx.group_id, via_id=link_id, day=day, asked_at=ctx.at, agrees=agrees, items=items,
            bank_count=theirs[0], bank_minor=theirs[1], bank_fee_minor=sum(said.fee_minor for _, said in told.values()),
            our_count=ours[0], our_minor=ours[1], message_id=last.asked.message_id or None,
        )  # fmt: skip
        record(
            ctx,
            "payments.totals.compared",
            "bank_account",
            account.id,
            after={"day": str(day), "agrees": agrees},
        )
        if not agrees:
            facts = {"bank": bank, "day_on": str(day), "theirs": theirs[0], "ours": ours[0]}
            notices.tell(ctx, TOTALS, key=f"{link_id}:{day}", facts=facts, link="/payments/unknowns")
    return row


def _take_contradictions(
    ctx: Context, link_id: int, day: date, way: int, answers: Mapping[int, ResultAnswer], attempts: list[PaymentAttempt],
    said: TotalsAnswer,
) -> None:  # fmt: skip
    """What has failed here and was carried out there is a matter for persons at once, and once; and what was paid here and not there.

    That the bank knows of none is believed where its totals come to what is left without those.
    """
    failed = {
        one.id for one in attempts if one.state == AttemptState.FAILED and _has_left(one, answers[one.id])
    }
    paid = {
        one.id for one in attempts
        if one.state == AttemptState.PAID
        and answers[one.id].found in (Answered.REFUSED, Answered.NO_RECORD) and not _has_left(one, answers[one.id])
    }  # fmt: skip
    with ctx.open():
        paid -= {one.id for one in attempts if one.id in paid and has_its_line(one)}
        left = debited_on(link_id, day, way, without=paid)
        failed -= stood_by(failed)
        paid -= stood_by(paid, paid=True) | denied(paid)
    is_final = (said.ok_count, said.ok_minor) == left
    # That the bank knows of none proves nothing before its totals have room for none.
    paid = {number for number in paid if is_final or answers[number].found is Answered.REFUSED}
    results = {number: Result(answers[number]) for number in sorted(failed)}
    take_results(ctx, results | {number: Result(answers[number], is_final, True) for number in sorted(paid)})


def _told(
    ctx: Context, ways: Collection[int], day: date, number: str, seconds: int
) -> dict[int, tuple[Channel, TotalsAnswer]] | None:
    """What each way to the bank tells; None where one of them says nothing or is on that day still, or there is none."""
    told: dict[int, tuple[Channel, TotalsAnswer]] = {}
    for way in sorted(ways):
        try:
            channel = channel_of(ctx, way, seconds=seconds)
            said = channel.totals(day, number)
        except DomainError:
            return None
        if said.ok_count is None or said.ok_minor is None or not bank_lets_end(day, said.asked.bank_day):
            return None
        told[way] = (channel, said)
    return told or None


def _differing(answers: Mapping[int, ResultAnswer], attempts: list[PaymentAttempt]) -> list[dict[str, Any]]:
    """The transfers of which the bank says another thing than we know, item by item. What it says here proves nothing by
    itself: inquiries and statements do."""
    items = []
    for one in attempts:
        said = answers[one.id]
        if _has_left(one, said) != (one.state in DEBITED):
            items.append(
                {"attempt": one.id, "order": one.order_id, "reference": one.reference, "amount_minor": one.amount_minor,
                 "ours": one.state, "bank": said.found.value, "code": said.code}
            )  # fmt: skip
    return items


def _has_left(attempt: PaymentAttempt, said: ResultAnswer) -> bool:
    """Whether it was debited by what the bank says, given back or not."""
    return said.found is Answered.DONE or said.code in profile_of(channel_bank(attempt)).returned_codes


def channel_bank(attempt: PaymentAttempt) -> str:
    assert attempt.order.via is not None
    return attempt.order.via.account.bank_code
