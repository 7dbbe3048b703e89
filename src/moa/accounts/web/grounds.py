"""Where an account's balance comes from: the statement that told it, its file, and the lines of the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from moa.accounts.models import BalancePoint, Transaction
from moa.accounts.overview import AccountRow, list_accounts
from moa.control.context import Context
from moa.control.grounds import AskedFor, provide_ground
from moa.kernel.errors import NotFound
from moa.ui.formatting import account_end
from moa.ui.ground import Fact, Ground, Part, Step, adding_up, why_address

_LINES = """
select t.id, t.booked_on, t.amount_minor, coalesce(nullif(t.counterparty, ''), t.description)
  from accounts_transaction t
 where t.account_id = %(account)s and t.booked_on > %(after)s and t.booked_on <= %(until)s
   and (%(known_at)s::timestamptz is null or t.recorded_at <= %(known_at)s::timestamptz)
   and (%(side)s = 0 or sign(t.amount_minor) = %(side)s)
   and not exists (select 1 from accounts_supersession x where x.transaction_id = t.id
                      and (%(known_at)s::timestamptz is null or x.recorded_at <= %(known_at)s::timestamptz))
 order by t.booked_on desc, t.id desc
"""


def explain_balance(ctx: Context, asked: AskedFor) -> Ground:
    """Shape: `account`, `date` its day, `known_at`. Raises: forbidden, not_found."""
    account = the_account(ctx, asked.number("account"))
    day, known_at = asked.day("date") or ctx.today, asked.moment("known_at")
    points = BalancePoint.objects.filter(account_id=account.id, day__lte=day)
    if known_at is not None:
        points = points.filter(recorded_at__lte=known_at)
    ordered = points.order_by("-day", "-recorded_at", "-id")
    point = ordered.select_related("statement__file__person").first()
    if point is None:
        raise NotFound(balance=account.id)
    steps = [
        *_of_statement(point),
        *_of_lines(account, point, _before(ordered, point), known_at),
    ]
    if point.day < day:
        title = _("Nothing newer is known")
        steps.append(
            Step(
                "clock",
                title,
                facts=[Fact(_("Balance of"), "day", point.day), Fact(_("Asked for"), "day", day)],
            )
        )
    return Ground(
        name_of(account), account.currency, steps, minor=point.balance_minor, on=point.day, known_at=known_at,
        url=reverse("accounts:account", args=[account.id]),
    )  # fmt: skip


def _before(points: QuerySet[BalancePoint], point: BalancePoint) -> BalancePoint | None:
    """The balance before the last day with lines: of a day without any, the one before says nothing new."""
    lines = Transaction.objects.filter(account_id=point.account_id, booked_on__lte=point.day)
    moved_on = lines.order_by("-booked_on").values_list("booked_on", flat=True).first()
    return points.filter(day__lt=moved_on or point.day).first()


def _of_statement(point: BalancePoint) -> list[Step]:
    statement = point.statement
    file = statement.file
    steps = []
    if file is not None:
        steps.append(Step("file", _("File"), _("as the bank gave it"), facts=[
            Fact(_("Name"), "text", file.name, url=reverse("accounts:imported", args=[file.id])),
            Fact(_("Received"), "moment", file.received_at), Fact(_("By"), "text", file.person.name),
            Fact(_("Fingerprint"), "mono", f"sha256 {file.sha256[:16]}…"),
        ]))  # fmt: skip
    elif statement.request_id is not None:
        link = reverse("control:approval", args=[statement.request_id])
        steps.append(
            Step(
                "pen", _("Entered by hand"), facts=[Fact(_("Approval"), "text", _("the decision"), url=link)]
            )
        )
    facts = [Fact(_("From"), "day", statement.from_date), Fact(_("To"), "day", statement.to_date)]
    if statement.reference:
        facts.append(Fact(_("Number"), "mono", statement.reference))
    facts.append(Fact(_("Recorded"), "moment", point.recorded_at))
    note = (
        _(
            "The statement printed no balance; it is worked out from the last one that did, and the lines since."
        )
        if point.derived
        else _("The statement printed this balance for the end of the day.")
    )
    return [*steps, Step("rec", _("Statement"), facts=facts, note=note)]


def _of_lines(
    account: AccountRow, point: BalancePoint, before: BalancePoint | None, known_at: datetime | None
) -> list[Step]:
    """From the balance before through the lines since to this one, so that it adds up on sight."""
    if before is not None:
        after, held = before.day, before.balance_minor
        why = why_address("balance", account=account.id, date=after, known_at=known_at)
    elif point.statement.opening_minor is not None:
        # The account's first statement says itself what was there before it.
        after, held, why = point.statement.from_date - timedelta(days=1), point.statement.opening_minor, ""
    else:
        return []
    parts = line_parts(account, after, point.day, known_at=known_at)
    opening = Part(_("Balance before"), held, account.currency, str(after), why=why)
    step = adding_up("match", _("Balance"), parts, account.currency)
    gap = point.balance_minor - held - (step.sum_minor or 0)
    note = _("The balance before and the lines come to this balance.")
    if gap:
        note = _(
            "The balance before and the lines do not come to this balance: lines of some days are missing."
        )
    return [
        Step(
            step.icon, step.title, facts=step.facts, parts=[opening, *step.parts], left_off=step.left_off,
            rest_minor=step.rest_minor, sum_minor=held + (step.sum_minor or 0), currency=account.currency, note=note,
        )
    ]  # fmt: skip


def explain_moved(ctx: Context, asked: AskedFor) -> Ground:
    """What came or went in some days. Shape: `account`, `after` and `date` the days, `side` in or out. Raises: not_found."""
    account = the_account(ctx, asked.number("account"))
    after, until = asked.day("after"), asked.day("date")
    if after is None or until is None:
        raise NotFound(date="")
    side = {"in": 1, "out": -1}.get(asked.text("side"), 0)
    parts = [
        part._replace(minor=(part.minor or 0) * (side or 1))
        for part in line_parts(account, after, until, side=side)
    ]
    title = {1: _("Came in"), -1: _("Went out")}.get(side, _("Moved"))
    step = adding_up("list", _("Lines of the bank"), parts, account.currency)
    return Ground(
        f"{title} · {name_of(account)}", account.currency, [step], minor=step.sum_minor, on=until,
        url=reverse("accounts:account", args=[account.id]),
    )  # fmt: skip


def the_account(ctx: Context, account_id: int) -> AccountRow:
    """Raises: forbidden, not_found."""
    account = next(iter(list_accounts(ctx, ids=[account_id])), None)
    if account is None:
        raise NotFound(account=account_id)
    return account


def name_of(account: AccountRow) -> str:
    """The account in a panel: company, bank and the number's end."""
    return f"{account.company} · {account.bank} {account_end(account.account_end)}"


def line_parts(
    account: AccountRow, after: date, until: date, *, side: int = 0, known_at: datetime | None = None
) -> list[Part]:
    """The lines of the days after `after` up to `until`, each with its own ground."""
    facts: dict[str, Any] = {
        "account": account.id, "after": after, "until": until, "side": side, "known_at": known_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LINES, facts)
        found = cursor.fetchall()
    return [
        Part(
            name or "—",
            minor,
            account.currency,
            f"{day:%m-%d}",
            why=reverse("accounts:transaction", args=[number]),
        )
        for number, day, minor, name in found
    ]


provide_ground("balance", explain_balance)
provide_ground("moved", explain_moved)
