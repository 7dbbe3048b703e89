"""Reads of reconciliation: links, rules in force, lines under way, suspense with its age."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.kernel.errors import NotFound
from moa.ledger.models import Book, StandingOrder
from moa.ledger.rules.acts import RULE
from moa.reconciliation.lifecycle import LineState, SuspenseState
from moa.reconciliation.models import BankLine, BankLink, RuleVersion, SuspenseItem
from moa.reconciliation.permissions import VIEW
from moa.reconciliation.rules.ageing import BUCKETS, bucket_of
from moa.reconciliation.rules.matching import Conditions, Rule, in_force


def list_links(book: Book) -> list[BankLink]:
    """The linked accounts of a book, by name."""
    found = BankLink.objects.filter(book_id=book.id).select_related("account", "ledger_account", "suspense")
    return list(found.order_by("name"))


def rule_of(version: RuleVersion) -> Rule:
    return Rule(
        version.id, version.code, version.number, version.position, version.valid_from, version.is_on,
        conditions_of(version.content["conditions"]), version.mode, version.counter, version.content["memo"], version.unit_id,
    )  # fmt: skip


def conditions_of(content: dict[str, str]) -> Conditions:
    """From what was approved; numbers stand there as text."""
    numbers = ("account_id", "least_minor", "most_minor")
    return Conditions(**{name: int(value) if name in numbers else value for name, value in content.items()})  # type: ignore[arg-type]


def rules_of(book: Book, day: date) -> list[Rule]:
    """The rules in force on a day, in their order."""
    return in_force(map(rule_of, RuleVersion.objects.filter(book_id=book.id).order_by("code", "number")), day)


def list_rules(ctx: Context, book: Book) -> list[RuleVersion]:
    """The newest version of every rule of the book, in their order. Raises: forbidden."""
    permitted_units(ctx, VIEW)
    newest = RuleVersion.objects.filter(book_id=book.id).order_by("code", "-number").distinct("code")
    return sorted(newest, key=lambda one: (not one.is_on, one.position, one.code))


def lines_of_day(ctx: Context, book: Book, day: date) -> QuerySet[BankLine]:
    """Bank lines whose bank day is `day`, or that were booked on it, of the units that the actor may see."""
    found = BankLine.objects.filter(book_id=book.id).select_related("link", "rule", "unit", "link__account")
    units = permitted_units(ctx, VIEW)
    if units is not None and book.unit_id not in units:
        found = found.filter(unit_id__in=units)
    return (found.filter(bank_day=day) | found.filter(business_date=day) | found.filter(due_on=day)).order_by(
        "booked_on", "id"
    )


def access_line(ctx: Context, row_id: int, permission: str) -> BankLine:
    """The bank line, locked, if the actor has `permission` in its unit or its book's. Raises: not_found, forbidden."""
    units = permitted_units(ctx, permission)
    line = BankLine.objects.select_for_update().filter(id=row_id).first()
    if line is None:
        raise NotFound(line=row_id)
    if units is not None and not {line.unit_id, Book.objects.get(id=line.book_id).unit_id} & units:
        raise NotFound(line=row_id)
    return line


def under_way(book: Book, day: date) -> QuerySet[BankLine]:
    """Lines that are due by `day` and neither booked nor ignored."""
    states = (LineState.UNPOSTED, LineState.WAITING)
    return BankLine.objects.filter(book_id=book.id, due_on__lte=day, state__in=states)


@dataclass(frozen=True, slots=True)
class SuspenseRow:
    """A suspense item with its age on a day. Shape: `bucket` one of rules/ageing.BUCKETS."""

    item: SuspenseItem
    days: int
    bucket: str
    overdue: bool


def list_suspense(ctx: Context, book: Book, day: date, *, cleared: bool = False) -> list[SuspenseRow]:
    """Open items, the oldest first; with `cleared` those that were cleared as well. Raises: forbidden."""
    units = permitted_units(ctx, VIEW)
    found = SuspenseItem.objects.filter(book_id=book.id).select_related("line", "line__link", "unit", "owner")
    found = found.exclude(state=SuspenseState.REVERSED) if cleared else found.filter(state=SuspenseState.OPEN)
    if units is not None and book.unit_id not in units:
        found = found.filter(unit_id__in=units)
    return [_aged(one, day) for one in found.order_by("opened_on", "id")]


def _aged(item: SuspenseItem, day: date) -> SuspenseRow:
    days = max((day - item.opened_on).days, 0)
    return SuspenseRow(item, days, bucket_of(days), item.due_on < day and item.state == SuspenseState.OPEN)


def ageing(rows: Iterable[SuspenseRow]) -> dict[str, dict[str, tuple[int, int]]]:
    """Number and sum of the items by currency and bucket, every bucket told."""
    sums: dict[str, dict[str, tuple[int, int]]] = {}
    for row in rows:
        of_currency = sums.setdefault(row.item.currency, {name: (0, 0) for name, _ in BUCKETS})
        count, minor = of_currency[row.bucket]
        of_currency[row.bucket] = (count + 1, minor + row.item.amount_minor)
    return sums


def book_of_line(row_id: int) -> Book:
    """The book of a bank line, which is locked before the line. Raises: not_found."""
    book = Book.objects.filter(id__in=BankLine.objects.filter(id=row_id).values("book_id")).first()
    if book is None:
        raise NotFound(line=row_id)
    return book


def standing_order_for_rules(book: Book, day: date) -> str:
    """The code of the standing order that lets rules book on a day; empty without one."""
    orders = StandingOrder.objects.filter(book_id=book.id, valid_from__lte=day, acts__contains=[RULE])
    orders = orders.filter(
        Q(valid_until=None) | Q(valid_until__gt=day), Q(ended_on=None) | Q(ended_on__gt=day)
    )
    return orders.order_by("id").values_list("code", flat=True).first() or ""
