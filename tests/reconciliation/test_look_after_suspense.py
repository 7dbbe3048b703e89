"""Who clears a suspense item and by when is said on its page; the lists show it and are narrowed by it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from moa.control.models import AuditLine
from moa.kernel.errors import Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.reconciliation.models import BankLine, SuspenseItem
from moa.reconciliation.operations.change_suspense_item import SuspenseChangeInvalid, change_suspense_item
from moa.reconciliation.operations.change_suspense_items import change_suspense_items
from moa.reconciliation.operations.suspend_lines import suspend_lines
from tests.accounts.bank_files import Line
from tests.control.factories import TODAY, make_person, signed_in
from tests.ledger.proofs import close
from tests.reconciliation.scene import MONDAY, Scene

LATER = date(2026, 12, 1)


@pytest.fixture
def suspended(scene: Scene) -> Scene:
    scene.statement(Line(TODAY, 100, "WHO IS IT"), Line(TODAY, 200, "AND THIS"))
    scene.run()
    suspend_lines(scene.journal.machine, scene.book)
    return scene


def changed(scene: Scene, row: int, ctx: Any = None, **what: Any) -> SuspenseItem:
    ctx = ctx or scene.ctx
    with ctx.open():
        return change_suspense_item(ctx, row, **({"owner_id": None, "due_on": LATER} | what))


def test_owner_and_day_are_said_with_an_audit_line(suspended: Scene) -> None:
    row, due = suspended.lines()[0].id, suspended.items()[0].due_on
    owner = make_person(suspended.journal.machine, roles=["clerk"]).actor.person_id
    item = changed(suspended, row, owner_id=owner)
    assert (item.owner_id, item.due_on) == (owner, LATER)
    changed(suspended, row, owner_id=owner)
    with suspended.ctx.open():
        said = AuditLine.objects.get(code="reconciliation.suspense.changed")
    assert said.before == {"owner": None, "due_on": str(due)}
    assert said.after == {"owner": owner, "due_on": str(LATER), "item": item.id}


def test_what_cannot_be_is_refused(suspended: Scene) -> None:
    row = suspended.lines()[0].id
    machine = suspended.journal.machine
    admin = make_person(machine, roles=["admin"])
    for what, problem in (
        ({"owner_id": admin.actor.person_id}, "owner_unfit"), ({"due_on": date(2026, 11, 19)}, "due_before_opening"),
    ):  # fmt: skip
        with pytest.raises(SuspenseChangeInvalid) as refused:
            changed(suspended, row, **what)
        assert refused.value.facts["problem"] == problem
    with pytest.raises(Forbidden):
        changed(suspended, row, make_person(machine, roles=["auditor"]))
    with pytest.raises(NotFound):
        changed(suspended, 10**9)
    suspended.decided(row, action="clear", counter="free")
    with pytest.raises(MoveNotAllowed):
        changed(suspended, row)


def test_the_page_changes_it_and_the_list_is_narrowed_by_owner_and_overdue(suspended: Scene) -> None:
    first, second = (one.id for one in suspended.lines())
    owner = make_person(suspended.journal.machine, roles=["treasurer"], name="최가람").actor.person_id
    client = signed_in(suspended.ctx)
    assert "최가람" in client.get(f"/reconciliation/lines/{first}").content.decode()
    sent = {"owner": str(owner), "due_on": "2026-11-20"}
    assert client.post(f"/reconciliation/lines/{first}/suspense", sent).status_code == 302
    wrong = client.post(f"/reconciliation/lines/{first}/suspense", sent | {"due_on": "2026-11-01"})
    assert wrong.status_code == 422 and "가수금" in wrong.content.decode()
    close(suspended.journal)

    def listed(query: str) -> list[bool]:
        page = client.get(f"/reconciliation/suspense?{query}").content.decode()
        return [f'data-row="{row}"' in page for row in (first, second)]

    assert listed("") == [True, True]
    assert listed("state=overdue") == [True, False]
    assert listed(f"owner={owner}") == [True, False]
    assert listed("owner=0") == [False, True]
    assert listed("age.least=3") == [True, True] and listed("age.least=4") == [False, False]
    assert listed("state=cleared") == [False, False]
    file = client.get("/reconciliation/suspense?as=csv&owner=" + str(owner))
    text = b"".join(file).decode()
    assert "최가람" in text and "WHO IS IT" in text and "AND THIS" not in text
    assert str(MONDAY - TODAY)[0] == "3"


def test_the_responsible_unit_reaches_its_own_lines_in_the_book_of_another(suspended: Scene) -> None:
    from tests.control.factories import make_unit

    machine = suspended.journal.machine
    unit = make_unit(machine)
    clerk = signed_in(make_person(machine, roles=[("clerk", unit.id)]))
    with machine.open():
        BankLine.objects.filter(suspense__isnull=False).update(unit_id=unit.id)
        SuspenseItem.objects.update(unit_id=unit.id)
    for address in ("/reconciliation?days=all", "/reconciliation/suspense"):
        page = clerk.get(address)
        assert page.status_code == 200 and "WHO IS IT" in page.content.decode()
        assert "/reconciliation/rules" not in page.content.decode()


def test_a_clerk_of_another_company_sees_nothing_of_it(suspended: Scene) -> None:
    from tests.control.factories import make_unit

    other = make_unit(suspended.journal.machine)
    stranger = signed_in(make_person(suspended.journal.machine, roles=[("clerk", other.id)]))
    page = stranger.get("/reconciliation/suspense")
    assert page.status_code in (200, 403, 404) and "WHO IS IT" not in page.content.decode()
    lines = stranger.get("/reconciliation?days=all")
    assert "WHO IS IT" not in lines.content.decode()


def test_several_are_given_to_one_person_from_the_list(suspended: Scene) -> None:
    first, second = (one.id for one in suspended.lines())
    owner = make_person(suspended.journal.machine, roles=["treasurer"], name="최가람").actor.person_id
    client = signed_in(suspended.ctx)
    assert "/reconciliation/suspense/assign" in client.get("/reconciliation/suspense").content.decode()
    chosen = client.post("/reconciliation/suspense/assign", {"row": [first, second]}).content.decode()
    assert "최가람" in chosen and "300" in chosen and chosen.count('name="row"') == 2
    said = {"row": [first, second], "step": "save", "owner": str(owner), "due_on": ""}
    dues = [one.due_on for one in suspended.items()]
    done = client.post("/reconciliation/suspense/assign", said)
    assert done["Location"].endswith("?given=2") and "2건" in client.get(done["Location"]).content.decode()
    assert [(one.owner_id, one.due_on) for one in suspended.items()] == [(owner, due) for due in dues]
    later = client.post("/reconciliation/suspense/assign", said | {"owner": "keep", "due_on": str(LATER)})
    assert later.status_code == 302
    assert [(one.owner_id, one.due_on) for one in suspended.items()] == [(owner, LATER)] * 2
    with suspended.ctx.open():
        assert AuditLine.objects.filter(code="reconciliation.suspense.changed").count() == 4


def test_several_are_given_wholly_or_not_at_all(suspended: Scene) -> None:
    first, second = (one.id for one in suspended.lines())
    dues = [one.due_on for one in suspended.items()]
    client = signed_in(suspended.ctx)
    early = {"row": [first, second], "step": "save", "owner": "nobody", "due_on": "2026-11-01"}
    refused = client.post("/reconciliation/suspense/assign", early)
    assert refused.status_code == 422 and 'value="2026-11-01"' in refused.content.decode()
    suspended.decided(second, action="clear", counter="free")
    # What was cleared meanwhile is said, and not offered; who sends it all the same changes nothing.
    shown = client.post("/reconciliation/suspense/assign", {"row": [first, second]}).content.decode()
    assert shown.count('name="row"') == 1
    with pytest.raises(MoveNotAllowed), suspended.ctx.open():
        change_suspense_items(suspended.ctx, [first, second], due_on=LATER)
    assert [one.due_on for one in suspended.items()] == dues
    auditor = signed_in(make_person(suspended.journal.machine, roles=["auditor"]))
    assert auditor.post("/reconciliation/suspense/assign", {"row": [first]}).status_code == 403
    assert client.get("/reconciliation/suspense/assign").status_code == 200
