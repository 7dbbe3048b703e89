"""People and their standing orders for groups that a program makes: benches, simulations and the demo."""

from __future__ import annotations

from datetime import date

from moa.control.context import Context
from moa.control.models import Assignment, Person, Role
from moa.ledger.models import Book
from moa.ledger.operations.agree_standing_order import (
    NewStandingOrder,
    decide_standing_order,
    file_standing_order,
)

_EVER = date(2020, 1, 1)


def hire(machine: Context, name: str, role: Role) -> Person:
    """A person who has the role everywhere and for ever; to be called in the machine's open Context."""
    person = Person.objects.create(group_id=machine.group_id, name=name)
    Assignment.objects.create(
        group_id=machine.group_id, person_id=person.id, role_id=role.id, valid_from=_EVER
    )
    return person


def agree(maker: Context, checker: Context, book: Book, new: NewStandingOrder) -> None:
    """A standing order that one asked for and the other approved; both Contexts are closed."""
    with maker.open():
        request = file_standing_order(maker, book, new=new)
    with checker.open():
        decide_standing_order(checker, request.id, approve=True, seen_hash=request.content_hash)
