"""What a group made by an earlier version lacks: the rights that its standard roles have now, and the demo's books.

An update may bring rights together that a group keeps apart, and declares new pairs itself; it is not refused for that, and the
administrators are told. Runs whenever `moa up` prepares the system, changes nothing where nothing is missing, and so can be cut off anywhere.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from moa.control.meeting_notices import tell_of_meetings
from moa.control.models import Group, Identity, Unit
from moa.control.operations.sync_roles import sync_roles
from moa.control.queries import list_groups, machine_context
from moa.ledger.models import Book

# Who files and who agrees to the standing order of the demo's books.
_ACTORS = {"treasurer", "approver", "teller"}


def upgrade_now() -> list[str]:
    return upgrade_groups(at=datetime.now(UTC))


def upgrade_groups(*, at: datetime) -> list[str]:
    """Bring every group to this version; returns one line for each thing that was done."""
    done = []
    for key in list_groups():
        ctx = machine_context(key.id, at=at, channel="command")
        with ctx.open():
            changed = sync_roles(ctx)
            tell_of_meetings(ctx)
            lacks_books = _lacks_books(key.id)
        if changed:
            done.append(f"Brought {changed} standard roles of {key.code} up to date")
        if lacks_books:
            _make_demo_books(key.id, at)
            done.append(f"Opened the books of the settlement centre of {key.code}")
    return done


def _lacks_books(group_id: int) -> bool:
    """Whether this is a demo group as it was made, its persons included, from before there were books."""
    is_demo = Group.objects.get(id=group_id).is_demo
    return is_demo and not Book.objects.exists() and _demo_logins(group_id) >= _ACTORS


def _demo_logins(group_id: int) -> set[str]:
    active = Identity.objects.filter(group_id=group_id, is_active=True)
    return set(active.values_list("login", flat=True))


def _make_demo_books(group_id: int, at: datetime) -> None:
    """The books as a new demo has them, from the same generated world; all or nothing."""
    from moa.entry.demo.books import begins_on, make_books
    from moa.entry.demo.first_days import close_first_day
    from moa.entry.demo.loading import last_business_day, write_world

    ctx = machine_context(group_id, at=at, channel="command")
    with tempfile.TemporaryDirectory(prefix="moa-demo-", dir=settings.STATE_DIR) as folder:
        manifest = write_world(Path(folder), until=last_business_day(ctx.today))
    with ctx.open():
        units = {unit.code: unit for unit in Unit.objects.all()}
        book = make_books(ctx, manifest, units)
        close_first_day(ctx, book, begins_on(ctx.today))
