"""The inbox: one's own notices while one may know them, their states, and the digest."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict

from moa.control.context import Context
from moa.control.models import Assignment, Mail, Notice, NoticePreference, Person
from moa.control.notice_digest import mail_digests
from moa.control.notice_inbox import choices_of, count_unread, list_notices, visible
from moa.control.notices import tell
from moa.control.operations.choose_notices import NoticeChoiceUnknown, choose_notices
from moa.control.operations.mark_notices import mark_notices
from moa.control.queries import context_for, group_zone
from moa.control.table_rows import read_page
from moa.control.web.notices_table import NOTICES
from moa.ui.tables.conditions import read_asked
from tests.control.factories import AT, TODAY, make_group, make_person, make_unit, signed_in
from tests.control.test_tell import KIND


@pytest.fixture
def approver(db: None) -> Context:
    return make_person(make_group(), roles=["approver"])


def _tell(ctx: Context, *keys: str, unit_id: int | None = None) -> None:
    with ctx.open():
        for key in keys:
            tell(ctx, KIND, key=key, facts={"who": key}, unit_id=unit_id, link="/accounts")


def _titles(ctx: Context, view: str = "open") -> list[str]:
    with ctx.open():
        return [one.sentence.split(":")[0] for one in list_notices(ctx, view)]  # type: ignore[arg-type]


def test_notices_are_read_done_and_taken_up_again(approver: Context) -> None:
    _tell(approver, "a", "b")
    with approver.open():
        first = list_notices(approver, "open")[-1]
        assert (count_unread(approver), mark_notices(approver, "read", ids=[first.id])) == (2, 1)
        assert mark_notices(approver, "read", ids=[first.id]) == 0, "read already"
        assert mark_notices(approver, "finish", ids=[first.id]) == 1
        assert count_unread(approver) == 1
    assert (_titles(approver), _titles(approver, "done")) == (["b"], ["a"])
    with approver.open():
        assert mark_notices(approver, "take_up", ids=[first.id]) == 1
    assert _titles(approver) == ["b", "a"]


def test_nobody_marks_the_notices_of_another(approver: Context) -> None:
    _tell(approver, "a")
    other = make_person(approver, roles=["approver"])
    with other.open():
        number = Notice.objects.get(person_id=approver.actor.person_id).id
        assert mark_notices(other, "finish", ids=[number]) == 0
        assert mark_notices(other, "read") == 0
    page = signed_in(other).post(f"/notices/{number}/open")
    assert page.status_code == 404
    with approver.open():
        assert count_unread(approver) == 1


def test_who_loses_the_right_no_longer_sees_what_it_showed(db: None) -> None:
    machine = make_group()
    unit = make_unit(machine, "C1")
    person = make_person(machine, roles=[("approver", unit.id)])
    _tell(machine, "a", unit_id=unit.id)
    assert _titles(person) == ["a"]
    with machine.open():
        Assignment.objects.filter(person_id=person.actor.person_id).update(valid_until=TODAY)
    later = context_for(machine.group_id, person.actor.person_id, at=AT, channel="test")
    assert _titles(later) == []


def test_a_kind_that_does_not_exist_cannot_be_chosen(approver: Context) -> None:
    with approver.open():
        choose_notices(approver, kind=KIND, channel="both", pace="now")
        assert {one.channel for one in choices_of(approver) if one.kind == KIND} == {"both"}
        for choice in ({"kind": "x"}, {"channel": "pigeon"}, {"pace": "yearly"}):
            with pytest.raises(NoticeChoiceUnknown):
                choose_notices(approver, **{"kind": KIND, "channel": "app", "pace": "now"} | choice)


def test_the_digest_is_one_mail_with_all_that_came_before_the_morning(approver: Context) -> None:
    with approver.open():
        Person.objects.filter(id=approver.actor.person_id).update(email="kim@example.org")
        NoticePreference.objects.create(
            group_id=approver.group_id, person_id=approver.actor.person_id, kind=KIND, channel="both", pace="digest"
        )  # fmt: skip
    _tell(approver, "a", "b")
    night = replace(approver, at=datetime(2026, 11, 20, 22, 0, tzinfo=UTC))
    morning = replace(approver, at=night.at + timedelta(hours=1))
    for moment, mails in ((night, 0), (morning, 1), (morning, 1)):
        mail_digests(moment)
        with approver.open():
            assert Mail.objects.count() == mails
    with approver.open():
        text = Mail.objects.get().text
    assert ("a: " in text, "b: " in text) == (True, True)


def test_the_pages_answer_and_save(approver: Context) -> None:
    _tell(approver, "a")
    client = signed_in(approver)
    assert "a: " in client.get("/notices").content.decode()
    assert "mo-vh" in client.get("/notices/count").content.decode()
    assert client.get("/notices/mails").status_code == 403
    assert (
        client.post("/settings/notices", {f"channel-{KIND}": "none", f"pace-{KIND}": "now"}).status_code
        == 302
    )
    # What no page offers is refused with a page that says so, and nothing of the form is kept.
    forged = client.post("/settings/notices", {f"channel-{KIND}": "both", f"pace-{KIND}": "<script>"})
    assert forged.status_code == 422
    assert "<script>" not in (said := forged.content.decode()) and "알림" in said
    with approver.open():
        assert NoticePreference.objects.get().channel == "none"
        number = Notice.objects.get().id
    assert client.post(f"/notices/{number}/open")["Location"] == "/accounts"
    assert client.post("/notices/finish", {"only": str(number)}).status_code == 302
    with approver.open():
        assert Notice.objects.get().state == "done"


def test_the_chosen_notices_are_marked_and_no_others(approver: Context) -> None:
    _tell(approver, "a", "b", "c")
    client = signed_in(approver)
    with approver.open():
        numbers = {one.facts["who"]: one.id for one in Notice.objects.all()}
    assert client.post("/notices/finish", {"row": [numbers["a"], numbers["b"], "x"]}).status_code == 302
    assert client.post("/notices/read", {}).status_code == 302
    with approver.open():
        states = {one.facts["who"]: one.state for one in Notice.objects.all()}
    assert states == {"a": "done", "b": "done", "c": "unread"}, "with nothing chosen nothing is marked"
    shown = client.get("/notices").content.decode()
    assert ("c: " in shown, "a: " in shown) == (True, False)
    assert "a: " in client.get("/notices?tab=done").content.decode()
    client.post("/notices/take-up", {"only": str(numbers["a"]), "row": [numbers["b"]]})
    client.post("/notices/read", {"all": "1"})
    with approver.open():
        states = {one.facts["who"]: one.state for one in Notice.objects.all()}
    assert states == {"a": "read", "b": "done", "c": "read"}


def test_the_list_holds_what_the_inbox_counts(db: None) -> None:
    machine = make_group()
    unit, other = make_unit(machine, "C1"), make_unit(machine, "C2")
    person = make_person(machine, roles=[("approver", unit.id)])
    _tell(machine, "a", unit_id=unit.id)
    with machine.open():
        notice = Notice.objects.get(person_id=person.actor.person_id)
        for number, (unit_id, right, in_app) in enumerate(
            [
                (other.id, notice.right, True),
                (unit.id, "control.audit.view", True),
                (unit.id, notice.right, False),
                (None, "", True),
            ]
        ):
            Notice.objects.create(
                group_id=person.group_id, person_id=person.actor.person_id, kind=KIND, key=f"k{number}", right=right,
                facts={"who": f"k{number}"}, unit_id=unit_id, in_app=in_app, state_at=AT, made_at=AT,
            )  # fmt: skip
    with person.open():
        asked = read_asked(NOTICES, QueryDict("sort=made_at"), zone=group_zone(person))
        shown = {json.loads(row.facts)["who"] for row in read_page(person, NOTICES, asked).rows}
        assert shown == {"a", "k3"} == {one.facts["who"] for one in visible(person)}
        assert count_unread(person) == 2
