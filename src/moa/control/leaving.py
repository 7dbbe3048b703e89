"""What ends with a person who leaves, and what waits on that person. Upper contexts add theirs in `entry/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from moa.control.context import Context
from moa.control.models import ApprovalRequest, MachineToken


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits on a person. Shape: `kind` a subject type, `count` how many, `url` where they are, or ""."""

    kind: str
    count: int
    url: str = ""


Ending = Callable[[Context, int], int]
Asking = Callable[[Context, int], Sequence[Waiting]]
_endings: dict[str, Ending] = {}
_askings: dict[str, Asking] = {}


def register_ending(name: str, end: Ending) -> None:
    """`end(ctx, person_id)` takes away what a person could act with and returns how many it were."""
    _endings[name] = end


def register_waiting(name: str, ask: Asking) -> None:
    """`ask(ctx, person_id)` tells what waits on a person."""
    _askings[name] = ask


def end_everything(ctx: Context, person_id: int) -> dict[str, int]:
    """Revoke the person's machine tokens and run every registered ending; returns the counts by name."""
    tokens = MachineToken.objects.filter(person_id=person_id, revoked_at=None)
    counts = {"tokens": tokens.update(revoked_at=ctx.at, revoked_by_id=ctx.actor.person_id)}
    return counts | {name: end(ctx, person_id) for name, end in _endings.items()}


def waiting_on(ctx: Context, person_id: int) -> list[Waiting]:
    """What the person left undone: requests that were submitted and not decided, and what upper contexts know."""
    submitted = ApprovalRequest.objects.filter(maker_id=person_id, state="open").count()
    found = [Waiting("request_submitted", submitted)] if submitted else []
    for ask in _askings.values():
        found.extend(ask(ctx, person_id))
    return found
