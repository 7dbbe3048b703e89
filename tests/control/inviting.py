"""What tests of persons share: an administrator who invites, and acts that run at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from moa.control.context import Context
from moa.control.models import Person
from moa.control.one_time_links import MadeLink
from moa.control.operations.invite_person import NewInvitation, NewRole, invite_person
from tests.control.factories import make_group, make_person


def boss_of(group: Context | None = None) -> Context:
    """An administrator, of a new group without one."""
    return make_person(group or make_group(), "boss", ["admin"], name="한지우")


def invited(admin: Context, login: str = "lee.min", role: str = "teller") -> tuple[Person, MadeLink]:
    with admin.open():
        return invite_person(admin, new=NewInvitation(login, "이민서", roles=(NewRole(role),)))


def together(acts: Sequence[Callable[[], object]]) -> None:
    """Each in a thread of its own; ends when all have."""
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
