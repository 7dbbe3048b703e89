"""Notices: each fact once to each who may know, in the inbox and by mail as the person wants it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections
from django.utils.translation import override

from moa.control.context import Context
from moa.control.models import Mail, Notice, NoticePreference, Person
from moa.control.notice_kinds import NoticeKind, kind_of, register_kind, sentence_of
from moa.control.notices import tell
from moa.control.queries import group_zone
from moa.control.right_holders import holders_of
from tests.control.factories import TODAY, make_group, make_person, make_unit

KIND = "test.amount_seen"
if kind_of(KIND) is None:
    register_kind(
        NoticeKind(
            KIND, "An amount was seen", "%(who)s: %(amount)s on %(day)s (%(gone)s)",
            right="control.approvals.decide",
        )
    )  # fmt: skip


def _address(ctx: Context, address: str) -> None:
    with ctx.open():
        Person.objects.filter(id=ctx.actor.person_id).update(email=address)


def _prefer(ctx: Context, channel: str, pace: str = "now") -> None:
    with ctx.open():
        NoticePreference.objects.create(
            group_id=ctx.group_id, person_id=ctx.actor.person_id, kind=KIND, channel=channel, pace=pace
        )


def _told(ctx: Context) -> set[int]:
    with ctx.open():
        return set(Notice.objects.filter(kind=KIND).values_list("person_id", flat=True))


def test_a_fact_is_told_once_to_those_who_hold_the_right(db: None) -> None:
    machine = make_group()
    approver, clerk = make_person(machine, roles=["approver"]), make_person(machine, roles=["clerk"])
    with machine.open():
        assert tell(machine, KIND, key="1") == 1
        assert tell(machine, KIND, key="1") == 0
        assert tell(machine, KIND, key="2", persons=[clerk.actor.person_id, approver.actor.person_id]) == 1
    assert _told(machine) == {approver.actor.person_id}


def test_a_right_in_a_unit_holds_there_and_below_and_nowhere_else(db: None) -> None:
    machine = make_group()
    one, other = make_unit(machine, "C1"), make_unit(machine, "C2")
    below = make_unit(machine, "U1", kind="unit", parent=one)
    in_one = make_person(machine, roles=[("approver", one.id)])
    everywhere = make_person(machine, roles=["approver"])
    found = {}
    with machine.open():
        for name, unit_id in (("one", one.id), ("below", below.id), ("other", other.id), ("group", None)):
            found[name] = holders_of(machine, "control.approvals.decide", unit_id)
    both = {in_one.actor.person_id, everywhere.actor.person_id}
    assert found == {"one": both, "below": both, "other": both - {in_one.actor.person_id},
                     "group": both - {in_one.actor.person_id}}  # fmt: skip


def test_who_has_left_is_not_told(db: None) -> None:
    machine = make_group()
    gone = make_person(machine, roles=["approver"])
    with machine.open():
        Person.objects.filter(id=gone.actor.person_id).update(left_on=TODAY)
        assert tell(machine, KIND, key="1") == 0


@pytest.mark.parametrize(
    ("channel", "pace", "in_app", "mail", "mails"),
    [
        ("app", "now", True, "", 0), ("mail", "now", False, "sent", 1), ("both", "now", True, "sent", 1),
        ("both", "digest", True, "digest", 0), ("mail", "digest", False, "digest", 0),
    ],
)  # fmt: skip
def test_each_person_is_told_in_the_way_she_chose(
    db: None, channel: str, pace: str, in_app: bool, mail: str, mails: int
) -> None:
    machine = make_group()
    approver = make_person(machine, roles=["approver"])
    _address(approver, "kim@example.org")
    _prefer(approver, channel, pace)
    with machine.open():
        assert tell(machine, KIND, key="1", facts={"amount_minor": 5000, "currency": "KRW"}) == 1
        assert tell(machine, KIND, key="1") == 0
        notice = Notice.objects.get(kind=KIND)
        assert (notice.in_app, notice.mail) == (in_app, mail)
        assert Mail.objects.count() == mails
        if mails:
            sent = Mail.objects.get()
            assert (sent.subject, "KRW 5,000" in sent.text) == ("[Moa] An amount was seen", True)


def test_who_wants_nothing_gets_nothing_and_who_has_no_address_reads_it_in_the_inbox(db: None) -> None:
    machine = make_group()
    nothing, addressless = (make_person(machine, roles=["approver"]) for _ in range(2))
    _prefer(nothing, "none")
    _prefer(addressless, "mail")
    with machine.open():
        assert tell(machine, KIND, key="1") == 1
        notice = Notice.objects.get(kind=KIND)
        assert (notice.person_id, notice.in_app, notice.mail) == (addressless.actor.person_id, True, "")


def test_two_workers_with_the_same_fact_tell_it_once(transactional_db: None) -> None:
    machine = replace(make_group(), at=datetime.now(UTC))
    approver = make_person(machine, roles=["approver"])
    _address(approver, "kim@example.org")
    _prefer(approver, "both")
    told: list[int] = []
    together = threading.Barrier(4)

    def work() -> None:
        try:
            together.wait(10)
            with machine.open():
                told.append(tell(machine, KIND, key="same"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(told) == [0, 0, 0, 1]
    with machine.open():
        assert (Notice.objects.filter(kind=KIND).count(), Mail.objects.count()) == (1, 1)


def test_a_sentence_is_made_for_its_reader(db: None) -> None:
    machine = make_group()
    facts: dict[str, Any] = {
        "who": {"ko": "한빛", "zh-hans": "韩光"}, "amount_minor": 123456, "currency": "USD", "day_on": "2026-11-20",
    }  # fmt: skip
    with machine.open(), override("zh-hans"):
        text = sentence_of(KIND, facts, language="zh-hans", zone=group_zone(machine))
    assert text == "韩光: USD 1,234.56 on 2026-11-20 (周五) (—)"


def test_a_link_leads_to_a_page_of_this_site_only(db: None) -> None:
    machine = make_group()
    with machine.open():
        for link in ("https://elsewhere.example", "//elsewhere.example", "javascript:alert(1)"):
            with pytest.raises(ValueError, match="page of this site"):
                tell(machine, KIND, key="1", link=link)
