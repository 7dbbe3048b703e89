"""A group's own pairs of rights: added with a reason unless somebody holds both, held over persons, ended again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.control.approval_acts import SecondPersonNeeded
from moa.control.approval_subjects import decide, describe
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Assignment, AuditLine, Person, RightsPair, Role
from moa.control.operations.change_person import change_person, details_shown
from moa.control.operations.change_role import change_role
from moa.control.operations.delegate_approval import NewDelegation, delegate
from moa.control.operations.give_role import RolesIncompatible, give_role
from moa.control.operations.keep_rights_apart import (
    SUBJECT,
    PairHeld,
    PairKept,
    PairReasonMissing,
    PairReasonTooLong,
    PairUnfit,
    keep_rights_apart,
)
from moa.control.operations.let_rights_meet import SUBJECT as TOGETHER
from moa.control.operations.let_rights_meet import let_rights_meet
from moa.control.operations.make_role import RightUnknown, make_role
from moa.control.operations.retire_person import LeftAlready, retire_person
from moa.control.operations.withdraw_role import withdraw_role
from moa.control.rules_of_meeting import Holding, Meeting, Pair, Span, grown, meetings
from moa.kernel.errors import Forbidden, NotFound
from moa.kernel.seen import fingerprint
from tests.control.factories import TODAY, make_person, signed_in
from tests.control.policies import House, band
from tests.faults import at_once

DAY = timedelta(days=1)
# An approver decides; a clerk enters payments. Nothing built in keeps the two apart.
DECIDE, ENTER, UNITS = "control.approvals.decide", "payments.enter", "control.units.change"
# Rights of the machine user, which nobody else holds both of.
MACHINE = "ledger.day.close", "ledger.post"
WHY = "내부통제 규정 12조"


def kept(admin: Context, one: str = DECIDE, other: str = ENTER) -> RightsPair:
    with admin.open():
        return keep_rights_apart(admin, one, other, reason=WHY)


DAYS = st.integers(0, 12).map(lambda n: TODAY + n * DAY)
RIGHTS = st.sampled_from([frozenset("a"), frozenset("b"), frozenset("ab"), frozenset("c")])
HOLDINGS = st.builds(
    lambda person, login, rights, first, length: Holding(
        person, login, rights, first, None if length == 9 else first + length * DAY
    ),
    st.integers(1, 2), st.integers(1, 2), RIGHTS, DAYS, st.integers(1, 9),
)  # fmt: skip


class TestRule:
    def test_worked_examples(self) -> None:
        pair = [Pair("a", "b", TODAY)]
        until = TODAY + 3 * DAY
        one, other = (
            Holding(1, 1, frozenset("a"), TODAY - DAY, until),
            Holding(1, 2, frozenset("b"), until, None),
        )
        assert meetings([one, other], pair) == {}
        early = Holding(1, 2, frozenset("b"), until - DAY, None)
        assert meetings([one, early], pair) == {Meeting("a", "b", 1, 2): [Span(until - DAY, until)]}
        assert meetings([one, early], [Pair("a", "b", until)]) == {}
        assert meetings([one, Holding(2, 2, frozenset("b"), TODAY, None)], pair) == {}

    def test_a_meeting_may_become_shorter_not_longer(self) -> None:
        met = Meeting("a", "b", 1, 2)
        whole = [Span(TODAY, TODAY + 2 * DAY), Span(TODAY + 2 * DAY, TODAY + 5 * DAY)]
        for first, end, is_new in (
            (0, 5, False),
            (1, 4, False),
            (0, 6, True),
            (0, None, True),
            (-1, 3, True),
        ):
            span = Span(TODAY + first * DAY, None if end is None else TODAY + end * DAY)
            assert grown({met: whole}, {met: [span]}) == ([met] if is_new else []), span
        assert grown(
            {met: [Span(TODAY, None)]}, {met: [Span(TODAY + DAY, None)], Meeting("a", "b", 3, 3): whole}
        ) == [Meeting("a", "b", 3, 3)]

    @settings(deadline=None)
    @given(st.lists(HOLDINGS, max_size=5), st.lists(HOLDINGS, max_size=2), st.integers(0, 2), DAYS)
    def test_it_is_what_each_day_says(
        self, held: list[Holding], added: list[Holding], taken: int, since: date
    ) -> None:
        pair, later = [Pair("a", "b", since)], held[taken:] + added
        before, after = by_day(held, since), by_day(later, since)
        assert {(one.with_one, one.with_other) for one in meetings(held, pair)} == {who for _, who in before}
        new = grown(meetings(held, pair), meetings(later, pair))
        assert {(one.with_one, one.with_other) for one in new} == {who for _, who in after - before}


def by_day(held: list[Holding], since: date) -> set[tuple[date, tuple[int, int]]]:
    """Day by day which logins carry both. Shape: the days go beyond every end of `HOLDINGS`."""
    return {
        (day, (one.login, other.login))
        for day in (TODAY + n * DAY for n in range(24))
        for one in held for other in held
        if day >= since and one.person == other.person and "a" in one.rights and "b" in other.rights
        and all(half.first <= day and (half.end is None or day < half.end) for half in (one, other))
    }  # fmt: skip


class TestKeeping:
    def test_nobody_comes_to_hold_both_any_more(self, group: Context, admin: Context) -> None:
        pair = kept(admin)
        approver = make_person(group, roles=["approver"]).actor.person_id
        with admin.open():
            with pytest.raises(RolesIncompatible) as caught:
                give_role(admin, approver, role_code="clerk", unit_id=None, valid_from=TODAY + DAY)
            assert {caught.value.facts["one"], caught.value.facts["other"]} == {DECIDE, ENTER}
            with pytest.raises(RolesIncompatible):
                make_role(admin, name="둘 다", permissions=[DECIDE, ENTER])
            own = make_role(admin, name="조직", permissions=[UNITS])
            give_role(admin, approver, role_code=own.code, unit_id=None, valid_from=TODAY)
            with pytest.raises(RolesIncompatible):
                change_role(admin, own.id, name="조직", permissions=[UNITS, ENTER])
            line = AuditLine.objects.get(code="control.rights.kept_apart", subject_id=str(pair.id))
            assert line.after == {"rights": [DECIDE, ENTER], "reason": WHY}
        with pytest.raises(DatabaseError, match="incompatible rights"), admin.open():
            Assignment.objects.create(
                group_id=group.group_id,
                person_id=approver,
                valid_from=TODAY,
                role_id=Role.objects.get(code="clerk").id,
            )

    def test_who_holds_both_is_named_and_nothing_is_kept(self, group: Context, admin: Context) -> None:
        make_person(group, roles=["approver", "clerk"], name="김둘다")
        with admin.open():
            with pytest.raises(PairHeld) as caught:
                keep_rights_apart(admin, ENTER, DECIDE, reason=WHY)
            assert caught.value.facts["persons"] == "김둘다"
            assert not RightsPair.objects.exists()
        with pytest.raises(DatabaseError, match="holds both"), admin.open():
            RightsPair.objects.create(
                group_id=group.group_id, one=DECIDE, other=ENTER, reason=WHY, valid_from=TODAY,
                made_by_id=admin.actor.person_id,
            )  # fmt: skip

    def test_what_is_unfit_is_refused(self, group: Context, admin: Context) -> None:
        kept(admin)
        with admin.open():
            for one, other, reason, refusal in (
                (DECIDE, ENTER, " ", PairReasonMissing), (DECIDE, DECIDE, WHY, PairUnfit), (ENTER, DECIDE, WHY, PairKept),
                (UNITS, ENTER, "가" * 301, PairReasonTooLong),
                (DECIDE, "control.users.change", WHY, PairKept), ("no.such", DECIDE, WHY, RightUnknown),
            ):  # fmt: skip
                with pytest.raises(refusal):
                    keep_rights_apart(admin, one, other, reason=reason)
        clerk = make_person(group, roles=["clerk"])
        with pytest.raises(Forbidden), clerk.open():
            keep_rights_apart(clerk, UNITS, ENTER, reason=WHY)

    def test_a_role_given_at_the_same_moment_does_not_slip_in(
        self, transactional_db: None, admin: Context, group: Context
    ) -> None:
        person = make_person(group, roles=["approver"]).actor.person_id

        def pair() -> None:
            kept(admin)

        def role() -> None:
            with admin.open():
                give_role(admin, person, role_code="clerk", unit_id=None, valid_from=TODAY)

        outcomes = at_once(pair, role)
        assert sum(outcome is None for outcome in outcomes) == 1, outcomes
        with admin.open():
            both = Assignment.objects.filter(person_id=person).count() == 2
            assert both != RightsPair.objects.exists()

    def test_the_machine_user_is_under_the_built_in_pairs_alone(self, group: Context, admin: Context) -> None:
        """It does many kinds of work for which nobody else has the rights."""
        machine = group.actor.person_id
        kept(admin, *MACHINE)
        with admin.open():
            for number, right in enumerate(MACHINE):
                own = make_role(admin, name=f"연동 {number}", permissions=[right])
                give_role(admin, machine, role_code=own.code, unit_id=None, valid_from=TODAY)
            change_role(admin, own.id, name="연동", permissions=[MACHINE[1], UNITS])
            audits = make_role(admin, name="점검", permissions=["control.audit.independent"])
            with pytest.raises(RolesIncompatible):
                give_role(admin, machine, role_code=audits.code, unit_id=None, valid_from=TODAY)

    def test_what_begins_after_somebody_has_left_is_held_by_nobody(
        self, group: Context, admin: Context
    ) -> None:
        person = make_person(group, roles=["approver"]).actor.person_id
        with admin.open():
            give_role(admin, person, role_code="clerk", unit_id=None, valid_from=TODAY + 3 * DAY)
            Person.objects.filter(id=person).update(left_on=TODAY + 3 * DAY)
        assert kept(admin).ended_on is None


class TestOverPersons:
    def test_logins_with_one_address_are_one_person(self, group: Context, admin: Context) -> None:
        first, second = (
            make_person(group, roles=[role], name=role).actor.person_id for role in ("approver", "clerk")
        )
        with admin.open():
            for person in (first, second):
                Person.objects.filter(id=person).update(email=f"{person}@haeon.kr")
        kept(admin)
        with admin.open(), pytest.raises(RolesIncompatible) as caught:
            change_person(
                admin, second, name="clerk", title="", email=f"{first}@HAEON.kr",
                seen=fingerprint(details_shown(Person.objects.get(id=second))),
            )  # fmt: skip
        assert caught.value.facts["person"] == "approver, clerk"
        with admin.open():
            let_rights_meet(admin, RightsPair.objects.get().id, reason="조정")
            Person.objects.filter(id=second).update(email=f"{first}@haeon.kr")
            with pytest.raises(PairHeld):
                keep_rights_apart(admin, DECIDE, ENTER, reason=WHY)

    def test_a_deputy_holds_the_right_to_decide_meanwhile(self, group: Context, admin: Context) -> None:
        """Who was an approver until Friday and enters payments from Monday is nobody's deputy next week."""
        kept(admin)
        away = make_person(group, roles=["approver"])
        with group.open():
            deputy = Person.objects.create(group_id=group.group_id, name="새 담당")
            for code, first, end in (
                ("approver", TODAY - DAY, TODAY + 3 * DAY),
                ("clerk", TODAY + 3 * DAY, None),
            ):
                Assignment.objects.create(
                    group_id=group.group_id, person_id=deputy.id, role_id=Role.objects.get(code=code).id,
                    valid_from=first, valid_until=end,
                )  # fmt: skip
        new = NewDelegation(away.actor.person_id, deputy.id, TODAY, TODAY + 3 * DAY)
        with away.open():
            delegate(away, new=new)
        with pytest.raises(RolesIncompatible), away.open():
            delegate(
                away, new=NewDelegation(new.principal_id, deputy.id, new.valid_until, new.valid_until + DAY)
            )

    def test_a_meeting_from_before_is_not_prolonged(self, group: Context, admin: Context) -> None:
        approver, clerk = two_logins(group, admin)
        end = TODAY + 3 * DAY
        with admin.open():
            Assignment.objects.filter(person_id=approver).update(valid_until=end)
            Person.objects.filter(id=clerk).update(email="kim@haeon.kr")
            with pytest.raises(RolesIncompatible):
                give_role(admin, approver, role_code="approver", unit_id=None, valid_from=end)
            give_role(admin, approver, role_code="approver", unit_id=None, valid_from=TODAY, valid_until=end)

    def test_a_leaving_is_not_put_off_into_the_days_of_another_login(
        self, group: Context, admin: Context
    ) -> None:
        approver, clerk = two_logins(group, admin)
        leaves = TODAY + 3 * DAY
        with admin.open():
            retire_person(admin, approver, left_on=leaves)
            Assignment.objects.filter(person_id=clerk).update(valid_from=leaves)
            Person.objects.filter(id=clerk).update(email="kim@haeon.kr")
            with pytest.raises(RolesIncompatible):
                retire_person(admin, approver, left_on=leaves + DAY)
            assert Person.objects.get(id=approver).left_on == leaves
            retire_person(admin, approver, left_on=TODAY)
            with pytest.raises(LeftAlready):
                retire_person(admin, approver, left_on=leaves)


def two_logins(group: Context, admin: Context) -> tuple[int, int]:
    """An approver and a clerk under a pair that keeps both apart, who are one person once the clerk has the address too."""
    approver, clerk = (make_person(group, roles=[role]).actor.person_id for role in ("approver", "clerk"))
    with admin.open():
        Person.objects.filter(id=approver).update(email="kim@haeon.kr")
    kept(admin)
    return approver, clerk


class TestEnding:
    def test_an_ended_pair_may_meet_again_and_stays_in_the_record(
        self, group: Context, admin: Context
    ) -> None:
        pair = kept(admin)
        approver = make_person(group, roles=["approver"]).actor.person_id
        with admin.open():
            with pytest.raises(PairReasonMissing):
                let_rights_meet(admin, pair.id, reason="")
            with pytest.raises(PairReasonTooLong):
                let_rights_meet(admin, pair.id, reason="가" * 301)
            let_rights_meet(admin, pair.id, reason="사람이 모자람")
            give_role(admin, approver, role_code="clerk", unit_id=None, valid_from=TODAY)
            with pytest.raises(NotFound):
                let_rights_meet(admin, pair.id, reason="또")
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                RightsPair.objects.filter(id=pair.id).update(ended_on=None, ended_by=None)
            line = AuditLine.objects.get(code="control.rights.let_together")
            assert line.after == {"reason": "사람이 모자람"} and line.before["reason"] == WHY

    def test_who_held_both_before_a_pair_was_declared_can_lose_a_role(
        self, group: Context, admin: Context
    ) -> None:
        """As after an update that declares a pair: the trigger does not hold the withdrawal up."""
        person = make_person(group, roles=["approver"]).actor.person_id
        with admin.open():
            pair = kept(admin)
            Role.objects.filter(code="approver").update(permissions=sorted({DECIDE, ENTER}))
            held = Assignment.objects.filter(person_id=person).first()
            assert held is not None and pair.ended_on is None
            withdraw_role(admin, held.id, valid_until=TODAY + DAY)


class TestByTwo:
    @pytest.fixture
    def house(self, db: None) -> Iterator[House]:
        yield House(live=True)

    def test_under_a_policy_it_waits_for_a_second_person(self, house: House) -> None:
        head = house.person("head")
        for subject in (SUBJECT, TOGETHER):
            house.policy([band("", "head")], subject_type=subject, currency="")
        admin = house.now(make_person(house.machine, roles=["admin"]))
        with pytest.raises(SecondPersonNeeded), admin.open():
            keep_rights_apart(admin, UNITS, ENTER, reason=WHY)
        client = signed_in(admin)
        page = client.post("/people/rights/apart", {"one": ENTER, "other": UNITS, "reason": WHY}, follow=True)
        assert "/approvals/" in page.content.decode()
        head = house.now(head)
        with head.open():
            assert not RightsPair.objects.exists()
            request = ApprovalRequest.objects.get(subject_type=SUBJECT, state="open")
            subject = describe(head, request)
            assert subject.rekey and WHY in subject.note
            decide(head, request, approve=True, seen_hash=request.content_hash, reason="")
            pair = RightsPair.objects.get()
        assert pair.made_by_id == admin.actor.person_id
        client.post(f"/people/rights/apart/{pair.id}", {"reason": "끝"})
        with head.open():
            assert RightsPair.objects.get().ended_on is None
            assert ApprovalRequest.objects.get(subject_type=TOGETHER).state == "open"


class TestPages:
    def test_an_administrator_adds_and_ends_a_pair(self, group: Context, admin: Context) -> None:
        make_person(group, roles=["approver", "clerk"], name="김둘다")
        client = signed_in(admin)
        refused = client.post("/people/rights/apart", {"one": DECIDE, "other": ENTER, "reason": WHY})
        assert (
            refused.status_code == 422
            and "김둘다" in refused.content.decode()
            and WHY in refused.content.decode()
        )
        assert (
            client.post("/people/rights/apart", {"one": UNITS, "other": UNITS, "reason": WHY}).status_code
            == 422
        )
        done = client.post(
            "/people/rights/apart", {"one": UNITS, "other": ENTER, "reason": "<b>규정</b>"}, follow=True
        )
        assert done.status_code == 200 and "&lt;b&gt;규정" in done.content.decode()
        assert "&lt;b&gt;규정" in client.get("/people/rights").content.decode()
        with admin.open():
            pair = RightsPair.objects.get().id
        ended = client.post(f"/people/rights/apart/{pair}", {"reason": "끝"}, follow=True)
        assert "&lt;b&gt;" not in ended.content.decode()
        assert client.get(f"/people/rights/apart/{pair}").status_code == 200
        assert client.post(f"/people/rights/apart/{pair}", {"reason": "끝"}).status_code == 404
