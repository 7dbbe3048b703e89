"""Steps, grades, limits and deputies: who decides is found at submission, kept, and held by the database."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from moa.control import approvals
from moa.control.approval_capacity import AboveLimit, NotAnApprover, SignedAlready
from moa.control.approval_route import NobodyCanApprove
from moa.control.context import Context
from moa.control.inbox import count_waiting, list_requests
from moa.control.models import ApprovalCandidate, ApprovalDecision, ApprovalRequest, ApprovalStep, AuditLine
from moa.control.operations.change_policy import NewPolicy, PolicyInvalid, decide_policy, propose_policy
from moa.control.operations.delegate_approval import (
    DelegationInvalid,
    NewDelegation,
    decide_delegation,
    delegate,
    end_delegation,
    read_report,
    request_delegation,
)
from moa.control.operations.set_grades import give_grade
from moa.control.operations.withdraw_role import withdraw_role
from moa.kernel.errors import Forbidden
from moa.kernel.lifecycle import MoveNotAllowed
from tests.control.factories import make_person
from tests.control.policies import House, band

pytestmark = pytest.mark.django_db
MATRIX = [band("1000000", "team"), band("5000000", "head"), band("", "ceo")]


@pytest.fixture
def house() -> House:
    return House()


class TestSteps:
    def test_without_a_policy_one_person_with_the_right_decides(self, house: House) -> None:
        request = house.submit()
        assert (request.steps, request.policy_id) == (1, None)
        assert house.decide(house.person(), request).state == "approved"

    def test_each_step_waits_for_its_grade_and_the_last_one_approves(self, house: House) -> None:
        team, head, ceo = house.person("team"), house.person("head"), house.person("ceo")
        house.policy(MATRIX)
        request = house.submit(9_000_000)
        assert request.steps == 3
        with house.maker.open():
            assert [
                (row.number, row.grade.code, row.review)
                for row in ApprovalStep.objects.select_related("grade").order_by("number")
            ] == [(1, "team", "visual"), (2, "head", "visual"), (3, "ceo", "visual")]
            last = ApprovalCandidate.objects.filter(number=3).values_list("person_id", flat=True)
            assert list(last) == [ceo.actor.person_id]
        first = house.decide(team, request)
        assert (first.state, first.step) == ("open", 2) and not approvals.is_approved(first)
        with pytest.raises(SignedAlready):
            house.decide(team, request)
        assert house.decide(head, request).step == 3
        with pytest.raises(NotAnApprover):
            house.decide(house.person("team"), request)
        done = house.decide(ceo, request)
        assert done.state == "approved" and approvals.is_approved(done)
        with house.maker.open():
            codes = AuditLine.objects.filter(subject_type="test.payment").values_list("code", flat=True)
            assert list(codes.order_by("id")) == [
                "control.approval.submitted", "control.approval.step_approved", "control.approval.step_approved",
                "control.approval.approved",
            ]  # fmt: skip

    def test_the_final_one_only_where_the_policy_says_so(self, house: House) -> None:
        house.person("team"), house.person("head")
        ceo = house.person("ceo")
        house.policy(MATRIX, includes_lower=False)
        assert house.decide(ceo, house.submit(9_000_000)).state == "approved"

    def test_a_return_at_any_step_ends_it(self, house: House) -> None:
        team, head = house.person("team"), house.person("head")
        house.policy(MATRIX)
        request = house.submit(2_000_000)
        house.decide(team, request)
        assert house.decide(head, request, approve=False).state == "refused"
        with pytest.raises(MoveNotAllowed):
            house.decide(head, request)

    def test_nobody_of_the_grade_is_said_at_submission(self, house: House) -> None:
        house.person("team")
        house.policy(MATRIX)
        assert house.submit(1_000_000).steps == 1
        with pytest.raises(NobodyCanApprove) as refusal:
            house.submit(1_000_001, subject_id="2")
        assert refusal.value.facts["grade"] == "head"
        with house.maker.open():
            assert ApprovalRequest.objects.filter(subject_id="2").count() == 0

    def test_one_person_does_not_fill_two_steps(self, house: House) -> None:
        house.person("ceo")
        house.policy([band("", "team", "head")])
        with pytest.raises(NobodyCanApprove):
            house.submit()

    def test_the_maker_is_no_candidate_whatever_the_grade(self, house: House) -> None:
        with house.machine.open():
            give_grade(
                house.machine,
                house.maker.actor.person_id,
                grade_code="ceo",
                valid_from=house.machine.today,
            )
        house.policy([band("", "ceo")])
        with pytest.raises(NobodyCanApprove):
            house.submit()

    def test_who_came_after_the_submission_does_not_decide(self, house: House) -> None:
        house.person("head")
        house.policy([band("", "head")])
        request = house.submit()
        with pytest.raises(NotAnApprover):
            house.decide(house.person("ceo"), request)

    def test_a_lost_grade_or_role_counts_at_the_button(self, house: House) -> None:
        one, other = house.person("head"), house.person("head")
        house.policy([band("", "head")])
        request = house.submit()
        with house.machine.open():
            give_grade(house.machine, one.actor.person_id, grade_code="", valid_from=house.machine.today)
        with pytest.raises(NotAnApprover):
            house.decide(one, request)
        admin = house.now(make_person(house.machine, roles=["admin"]))
        with admin.open():
            from moa.control.models import Assignment

            held = Assignment.objects.get(person_id=other.actor.person_id)
            withdraw_role(admin, held.id, valid_until=admin.today)
        with pytest.raises(Forbidden):
            house.decide(other, request)
        with house.maker.open():
            assert ApprovalRequest.objects.get(id=request.id).state == "open"

    def test_a_nearer_units_policy_wins_and_a_strange_currency_does_not_go_round(self, house: House) -> None:
        house.person("team"), house.person("head"), house.person("ceo")
        house.policy(MATRIX)
        assert house.submit(1, subject_id="usd", currency="USD").steps == 3
        house.policy([band("", "team")], unit=house.unit)
        assert house.submit(9_000_000, subject_id="near").steps == 1
        house.policy([], unit=house.unit)
        assert house.submit(9_000_000, subject_id="again").steps == 3

    def test_editing_the_subject_cancels_its_request(self, house: House) -> None:
        request = house.submit()
        with house.maker.open():
            gone = approvals.cancel(
                house.maker, subject_type="test.payment", subject_id="급여 11월", why="edited"
            )
            assert gone is not None and gone.state == "cancelled"
            assert (
                approvals.cancel(house.maker, subject_type="test.payment", subject_id="급여 11월", why="x")
                is None
            )
        with pytest.raises(MoveNotAllowed):
            house.decide(house.person(), request)


class TestLimits:
    def test_a_roles_limit_is_respected_with_and_without_a_policy(self, house: House) -> None:
        small, large = house.person("head", limit=1_000_000), house.person("head", limit=3_000_000)
        request = house.submit(2_000_000)
        with pytest.raises(AboveLimit):
            house.decide(small, request)
        assert house.decide(small, house.submit(2_000_000, subject_id="r"), approve=False).state == "refused"
        house.policy([band("", "head")])
        kept = house.submit(2_000_000, subject_id="2")
        with house.maker.open():
            able = ApprovalCandidate.objects.filter(request_id=kept.id).values_list("person_id", flat=True)
            assert list(able) == [large.actor.person_id]
        with pytest.raises(NobodyCanApprove):
            house.submit(3_000_001, subject_id="3")

    def test_an_amount_that_no_rate_measures_is_above_every_limit(self, house: House) -> None:
        small = house.person(limit=10**15)
        request = house.submit(1, currency="XAF")
        with pytest.raises(AboveLimit):
            house.decide(small, request)


class TestDeputies:
    def _away(self, house: House, principal: Context, deputy: Context, days: int = 3) -> Any:
        with principal.open():
            return delegate(
                principal,
                new=NewDelegation(
                    principal.actor.person_id, deputy.actor.person_id, principal.today,
                    principal.today + timedelta(days=days), "출장",
                ),
            )  # fmt: skip

    def test_a_deputy_decides_with_the_principals_grade_and_it_is_reported(self, house: House) -> None:
        ceo, deputy = house.person("ceo"), house.person("team")
        house.policy([band("", "ceo")])
        request = house.submit()
        with pytest.raises(NotAnApprover):
            house.decide(deputy, request)
        with deputy.open():
            assert count_waiting(deputy) == len(list_requests(deputy, "mine")) == 0
        self._away(house, ceo, deputy)
        with deputy.open():
            assert count_waiting(deputy) == len(list_requests(deputy, "mine")) == 1
        assert house.decide(deputy, request).state == "approved"
        with ceo.open():
            decision = ApprovalDecision.objects.get(request_id=request.id)
            assert decision.on_behalf_of_id == ceo.actor.person_id
            assert decision.checker_id == deputy.actor.person_id
            assert read_report(ceo, [decision.id]) == 1 and read_report(ceo, [decision.id]) == 0
        with deputy.open():
            assert read_report(deputy, [decision.id]) == 0

    def test_the_maker_as_deputy_and_a_day_outside_are_refused(self, house: House) -> None:
        ceo = house.person("ceo")
        house.policy([band("", "ceo")])
        request = house.submit()
        given = self._away(house, ceo, house.maker)
        with pytest.raises(approvals.SamePerson):
            house.decide(house.maker, request)
        with ceo.open():
            end_delegation(ceo, given.id)
        deputy = house.person()
        given = self._away(house, ceo, deputy)
        with ceo.open():
            end_delegation(ceo, given.id)
        with pytest.raises(NotAnApprover):
            house.decide(deputy, request)

    def test_a_principal_and_the_deputy_are_one_authority(self, house: House) -> None:
        ceo, deputy = house.person("ceo"), house.person("team")
        house.person("ceo"), house.person("ceo")
        house.policy([band("", "head", "ceo")])
        request = house.submit()
        self._away(house, ceo, deputy)
        assert house.decide(deputy, request).step == 2
        with pytest.raises(SignedAlready):
            house.decide(ceo, request)

    def test_an_administrator_needs_a_second_person_and_not_the_deputy(self, house: House) -> None:
        ceo, deputy, other = house.person("ceo"), house.person("team"), house.person("team")
        admin = house.now(make_person(house.machine, roles=["admin"]))
        new = NewDelegation(
            ceo.actor.person_id, deputy.actor.person_id, admin.today, admin.today + timedelta(days=2)
        )
        with admin.open():
            request = request_delegation(admin, new=new)
        with pytest.raises(DelegationInvalid), deputy.open():
            decide_delegation(deputy, request.id, approve=True, seen_hash=request.content_hash)
        with other.open():
            decide_delegation(other, request.id, approve=True, seen_hash=request.content_hash)
        house.policy([band("", "ceo")])
        assert house.decide(deputy, house.submit()).state == "approved"

    def test_two_deputies_at_once_or_one_without_the_right_are_refused(self, house: House) -> None:
        ceo, deputy = house.person("ceo"), house.person("team")
        self._away(house, ceo, deputy)
        with pytest.raises(DelegationInvalid, match="overlaps"):
            self._away(house, ceo, house.person("team"))
        clerk = house.now(make_person(house.machine, roles=["clerk"]))
        with pytest.raises(DelegationInvalid, match="deputy_cannot_approve"):
            self._away(house, deputy, clerk)


class TestPolicies:
    def test_a_policy_is_in_force_only_by_a_second_person(self, house: House) -> None:
        new = NewPolicy("test.payment", None, "KRW", MATRIX, True, house.second.today)
        with house.second.open():
            request = propose_policy(house.second, new=new)
        with pytest.raises(approvals.SamePerson), house.second.open():
            decide_policy(house.second, request.id, approve=True, seen_hash=request.content_hash)
        assert house.submit().steps == 1
        with house.maker.open(), pytest.raises(Forbidden):
            propose_policy(house.maker, new=new)

    @pytest.mark.parametrize(
        ("bands", "problem"),
        [
            ([band("x", "team"), band("", "team")], "amount_unreadable"),
            ([band("1.5", "team"), band("", "team")], "amount_unreadable"),
            ([band("NaN", "team"), band("", "team")], "amount_unreadable"),
            ([band("", "boss")], "grade_unknown"),
        ],
    )
    def test_a_policy_that_cannot_hold_is_refused(
        self, house: House, bands: list[dict[str, Any]], problem: str
    ) -> None:
        with pytest.raises(PolicyInvalid, match=problem), house.second.open():
            propose_policy(
                house.second,
                new=NewPolicy("test.payment", None, "KRW", bands, True, house.second.today),
            )


def test_of_two_approvers_of_one_step_at_the_same_moment_one_wins(transactional_db: None) -> None:
    house = House()
    people = [house.person("team"), house.person("team")]
    house.person("head")
    house.policy([band("", "team", "head")])
    request = house.submit()
    gate, outcomes = threading.Barrier(2), list[Any]()

    def press(ctx: Context) -> None:
        try:
            gate.wait(10)
            outcomes.append(house.decide(ctx, request).step)
        except Exception as refusal:
            outcomes.append(type(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes, key=str) == [2, NotAnApprover]
    with house.maker.open():
        assert ApprovalDecision.objects.filter(request_id=request.id).count() == 1
        assert ApprovalRequest.objects.get(id=request.id).step == 2
