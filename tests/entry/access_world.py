"""Two groups with an object of nearly every kind, a person in each standard role of one of them, and all addresses."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from moa.accounts.models import Conflict, StatementFile, Transaction
from moa.accounts.operations.keep_sample import keep_sample
from moa.accounts.operations.save_profile import NewProfile, save_profile
from moa.control.context import Context
from moa.control.mail import send
from moa.control.models import Assignment, Notice, Passkey, RightsPair, Role
from moa.control.operations.make_token import NewToken, make_token
from moa.control.queries import context_for
from moa.formats.spreadsheets.pointing import Pointing
from moa.ledger.models import Book
from moa.payments.operations.save_order import save_order
from moa.payments.operations.submit_order import submit_order
from moa.payments.rules.typed_orders import TypedOrder
from tests.accounts.bank_files import Line, nov
from tests.control.factories import TODAY, make_person
from tests.reconciliation.scene import make_scene

ROLES = ("treasurer", "teller", "approver", "clerk", "auditor", "admin")
# Of these kinds no object is made here: the address of one that is nowhere stands for it.
NOT_MADE = {
    "seal_id",
    "job_id",
    "closing_id",
    "delegation_id",
    "token",
    "what",
    "name",
    "book",
    "period",
    "code",
    "bank",
}
ABSENT = 10**9


@dataclass(frozen=True, slots=True)
class World:
    """Shape: `persons` by role; `objects` what stands in the address of an object, by the name of the parameter."""

    persons: dict[str, Context]
    objects: dict[str, Any]


def make_world(roles: tuple[str, ...] = ()) -> World:
    scene = make_scene()
    asked = scene.rule("ALL", direction="in")
    scene.statement(Line(nov(20), 500, "words", "REF1"))
    scene.statement(Line(nov(20), 600, "others", "REF2"))
    scene.run()
    machine = scene.journal.machine
    member = make_person(machine, roles=["teller"])
    ctx = context_for(scene.ctx.group_id, scene.ctx.actor.person_id, at=datetime.now(UTC), channel="test")
    line, voucher = scene.lines()[0], scene.vouchers()[0]
    with ctx.open():
        me, group = ctx.actor.person_id, ctx.group_id
        token, _ = make_token(ctx, new=NewToken("sample", ["accounts.view"], 5))
        mail = send(ctx, "kim@example.org", "Words", "Text")
        key = Passkey.objects.create(
            group_id=group,
            person_id=me,
            credential_id=b"id",
            public_key=b"key",
            name="key",
            created_at=ctx.at,
        )
        notice = Notice.objects.create(
            group_id=group, person_id=me, kind="control.mail_failed", key="1", made_at=ctx.at, state_at=ctx.at
        )
        pair = RightsPair.objects.create(
            group_id=group,
            one="control.jobs.retry",
            other="payments.enter",
            reason="words",
            valid_from=TODAY,
            made_by_id=me,
        )
        document = keep_sample(ctx, source=io.BytesIO(b"Day,Sum\n2026-11-20,5\n"), name="sample.csv").id
        pointing = Pointing(1, ("Day", "Sum"), ("date", "amount"), currency="KRW")
        profile = save_profile(ctx, sample_id=document, new=NewProfile("sample", pointing)).id
        objects = {
            "person_id": member.actor.person_id, "role_id": Role.objects.get(code="teller").id,
            "assignment_id": Assignment.objects.get(person_id=member.actor.person_id).id,
            "request_id": asked, "mail_id": mail.id, "token_id": token.id, "passkey_id": key.id, "notice_id": notice.id,
            "pair_id": pair.id,
            "account_id": scene.account.id, "file_id": _newest(StatementFile), "statement_id": _newest(StatementFile), "transaction_id": _newest(Transaction),
            "line_key": str(_newest(Transaction)), "conflict_id": _newest(Conflict), "row_id": line.pk,
            "voucher_id": voucher.id, "period": voucher.period, "book": "SC", "code": "ALL", "what": "close",
            **dict.fromkeys(("order_id", "payment_id"), _payment(ctx, scene.book)), "sample_id": document, "profile_id": profile,
            "name": "trial-balance", "token": "0123456789abcdef.secret",
        }  # fmt: skip
    return World({role: make_person(machine, roles=[role], valid_from=TODAY) for role in roles}, objects)


def _payment(ctx: Context, book: Book) -> int:
    """One that waits for approval."""
    order = save_order(ctx, book, TypedOrder("a", "free", "1", "", "funding"))
    submit_order(ctx, order.id, seen_version=order.version)
    return order.id


def _newest(model: Any) -> int:
    found: int = model.objects.order_by("-id").values_list("id", flat=True)[0]
    return found


@dataclass(frozen=True, slots=True)
class Address:
    """One entry of the URLconf. Shape: `parts` the names of its parameters."""

    route: str
    pattern: str
    parts: tuple[str, ...]

    def filled(self, objects: dict[str, Any]) -> str:
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(objects.get(part[1], ABSENT)), self.pattern)


def addresses() -> list[Address]:
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            # "" is listed by two: who comes first answers.
            name = entry.name or "first_page"
            yield Address(namespace + name, pattern, tuple(entry.pattern.converters))
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, pattern, inner)
