"""The payment list and the approvals inbox with 1,000,000 payments behind them, against a group that has one page of each.

`python -m moa.entry.bench.payments_lists PAYMENTS` makes a group with a page of payments that wait for a decision in the database
that MOA_DATABASE names, copies a paid one up to PAYMENTS, says "ready", and then opens the page that each line on its standard
input names a few times and prints the milliseconds. The two groups take turns, so that what else the machine does meets both.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from datetime import UTC, date, datetime
from datetime import time as clock
from typing import TYPE_CHECKING, Any

from moa.entry.bench.measure import Result, ask_child, child_in

if TYPE_CHECKING:
    from django.test import Client

    from moa.control.context import Context

PAYMENTS, PAGE, OPENINGS, ROUNDS = 1_000_000, 50, 3, 25
A_PAGE_DONE = 200
EMPTY, FULL = "moa_bench_pay_empty", "moa_bench_pay_full"
# Milliseconds with all the payments may be so many times those without.
ALLOWED = 1.5
GROUP, DAY = "PAYLISTS", date(2026, 11, 20)
PAGES = {
    "list": "/payments", "inbox": "/approvals", "inbox_done": "/approvals?view=done",
    "inbox_submitted": "/approvals?view=submitted",
}  # fmt: skip

# One that was paid, again and again, half a minute before each other, by the same persons.
_COPIES = {
    "control_approvalrequest": {
        "subject_id": "'copy' || n", "made_at": "t.made_at - n * interval '30 seconds'",
        "state_at": "t.state_at - n * interval '30 seconds'",
    },
    "control_approvaldecision": {"request_id": "c.id"},
    "control_approvalcandidate": {"request_id": "c.id"},
    "payments_paymentorder": {
        "request_id": "c.id", "made_at": "t.made_at - n * interval '30 seconds'",
        "state_at": "t.state_at - n * interval '30 seconds'", "pay_on": "t.pay_on - n / 2880", "amount_minor": "1000 + n %% 9973",
    },
}  # fmt: skip


def run() -> list[Result]:
    """Rows `payments.list` and the inbox's views: milliseconds of a page, allowed ÷ measured."""
    empty, full = (
        child_in(EMPTY, __name__, A_PAGE_DONE, fresh=True),
        child_in(FULL, __name__, PAYMENTS, fresh=False),
    )
    took: dict[tuple[str, str], list[Any]] = {}
    for number in range(ROUNDS + 1):
        for page in PAGES:
            for name, process in ((EMPTY, empty), (FULL, full)):
                milliseconds = json.loads(ask_child(process, page))
                if number:
                    took.setdefault((name, page), []).extend(milliseconds)
    for process in (empty, full):
        process.communicate()
    rows = []
    for page in PAGES:
        ours, reference = (round(statistics.median(took[name, page]), 3) for name in (FULL, EMPTY))
        rows.append(Result(f"payments.{page}", ours, reference, round(ALLOWED * reference / ours, 3), 1))
    return rows


def main() -> None:
    from moa.entry.startup import setup_django

    setup_django()
    from moa.entry.migrating import migrate

    migrate()
    wanted = int(sys.argv[1])
    who = _group()
    _copy(who.group_id, wanted)
    client = _client(who)
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(_open_page(client, PAGES[line.strip()])), flush=True)


def _client(who: Context) -> Client:
    """The approver's, signed in."""
    from django.test import Client

    from moa.control.models import Identity

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(Identity.objects.get(person_id=who.actor.person_id))
    return client


def _open_page(client: Client, address: str) -> list[float]:
    """Milliseconds of each opening, as the web server answers it."""
    times = []
    for _ in range(OPENINGS):
        begun = time.perf_counter()
        answer = client.get(address)
        times.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise AssertionError(f"{address} answered {answer.status_code}")
    return times


def _group() -> Context:
    """The approver of a group with one paid payment and a page of those that wait; made when it is not there."""
    from moa.control.models import Person
    from moa.control.queries import context_for, list_groups, machine_context

    known = next((one.id for one in list_groups() if one.code == GROUP), None)
    if known is None:
        known = _make()
    machine = machine_context(known, at=datetime.now(UTC), channel="command")
    with machine.open():
        approver = Person.objects.get(name="approver")
    return context_for(known, approver.id, at=datetime.now(UTC), channel="command")


def _make() -> int:
    from moa.control.models import Identity, Role
    from moa.control.operations.add_unit import NewUnit, add_unit
    from moa.control.operations.set_up_group import NewGroup, set_up_group
    from moa.control.queries import context_for
    from moa.entry.staff import agree, hire
    from moa.ledger.operations.agree_standing_order import NewStandingOrder
    from moa.ledger.operations.load_accounts import AccountRow, load_accounts
    from moa.ledger.operations.set_up_book import NewBook, set_up_book
    from moa.ledger.rules.acts import FILE, LOAD_ACCOUNTS
    from moa.payments.models import PaymentOrder
    from moa.payments.operations.create_order import create_order
    from moa.payments.operations.decide_order import decide_order
    from moa.payments.rules.typed_orders import TypedOrder

    at = datetime.combine(DAY, clock(3), UTC)
    machine = set_up_group(NewGroup(GROUP, "Payments bench", "KRW", is_demo=True), at=at)
    people = {}
    with machine.open():
        unit = add_unit(machine, new=NewUnit("company", "C", "Company", date(2020, 1, 1)))
        for name, role in (
            ("treasurer", "treasurer"),
            ("second", "treasurer"),
            ("teller", "teller"),
            ("approver", "approver"),
        ):
            people[name] = hire(machine, name, Role.objects.get(code=role)).id
            Identity.objects.create(
                login=f"bench.{name}", group_id=machine.group_id, person_id=people[name], password="!"
            )
        book = set_up_book(machine, new=NewBook("SC", "Centre", unit.id, "KRW", DAY, is_default=True))
    treasurer, second, teller, approver = (
        context_for(machine.group_id, number, at=at, channel="command") for number in people.values()
    )
    agree(treasurer, second, book, NewStandingOrder("ACCOUNTS", "Accounts", (LOAD_ACCOUNTS, FILE), DAY))
    with treasurer.open():
        rows = [AccountRow(f"row {code}", code, f"Account {code}", "201101", "KRW", None) for code in "ab"]
        load_accounts(treasurer, book, rows)
    for number in range(PAGE + 1):
        typed = TypedOrder(
            "a", "b", str(1_000 + number), str(teller.today), "funding", document_no=f"D{number}"
        )
        made = create_order(teller, typed)
        if not number:
            with approver.open():
                asked = PaymentOrder.objects.get(id=made["id"]).request
                decide_order(approver, asked.id, approve=True, seen_hash=asked.content_hash)
    return machine.group_id


def _copy(group_id: int, wanted: int) -> None:
    """Copies of the paid payment, of its request and of what was decided on it; the guards of each row rest."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from payments_paymentorder where group_id = %s", [group_id])
        if cursor.fetchone()[0] >= wanted:
            return
        cursor.execute("begin")
        for table, changes in _COPIES.items():
            cursor.execute(f"alter table {table} disable trigger user")
            cursor.execute(_copying(cursor, table, changes), {"group": group_id, "count": wanted})
            cursor.execute(f"alter table {table} enable trigger user")
        cursor.execute("commit")
        cursor.execute("vacuum analyze")
    connections["owner"].close()


def _copying(cursor: Any, table: str, changes: dict[str, str]) -> str:
    """Shape: the statement that copies the rows of the paid payment's request in this table, once for each n."""
    cursor.execute(
        "select column_name from information_schema.columns where table_name = %s and column_name <> 'id'"
        " and is_generated = 'NEVER'",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall()]
    values = ", ".join(changes.get(name, f"t.{name}") for name in columns)
    own = "t.id" if table == "control_approvalrequest" else "t.request_id"
    copies = (
        "generate_series(1, %(count)s) n"
        if table == "control_approvalrequest"
        else "control_approvalrequest c cross join lateral (select substr(c.subject_id, 5)::int as n) x"
    )
    which = (
        ""
        if table == "control_approvalrequest"
        else " and c.group_id = %(group)s and c.subject_id like 'copy%%'"
    )
    return (
        f"insert into {table} ({', '.join(columns)}) select {values} from {table} t cross join {copies}"
        f" where {own} = (select min(request_id) from payments_paymentorder where group_id = %(group)s and state = 'paid'){which}"
    )


if __name__ == "__main__":
    main()
