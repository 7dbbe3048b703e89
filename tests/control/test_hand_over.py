"""Who leaves hands over: approvals go by the policy or back, what needs a successor gets one, and nothing is orphaned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from moa.control import leaving
from moa.control.approval_capacity import NotAnApprover
from moa.control.approvals import submit
from moa.control.context import Context
from moa.control.inbox import list_requests
from moa.control.leaving import (
    Matter,
    SuccessorMissing,
    SuccessorUnfit,
    Waiting,
    finish_leavings,
    register_matter,
)
from moa.control.models import (
    ApprovalCandidate,
    ApprovalRequest,
    AuditLine,
    Delegation,
    HandOver,
    Identity,
    MachineToken,
    Notice,
    Person,
)
from moa.control.operations.delegate_approval import NewDelegation, delegate
from moa.control.operations.give_role import SUBJECT as ROLE
from moa.control.operations.hand_over import hand_over
from moa.control.operations.make_token import NewToken, make_token
from moa.control.operations.retire_person import retire_person
from moa.control.role_acts import role_given
from moa.kernel.errors import NotFound
from tests.control.factories import TODAY, make_person, signed_in
from tests.control.policies import House, band

DAY = timedelta(days=1)


@pytest.fixture
def house(db: None) -> House:
    return House()


@pytest.fixture
def admin(house: House) -> Context:
    return make_person(house.machine, "boss", ["admin"], name="한지우")


def leaves(admin: Context, person: Context, **more: object) -> None:
    fresh = replace(admin, memo={})
    with fresh.open():
        retire_person(fresh, person.actor.person_id, **({"left_on": TODAY} | more))  # type: ignore[arg-type]


def state_of(house: House, request: ApprovalRequest) -> str:
    with house.machine.open():
        return ApprovalRequest.objects.get(id=request.id).state


class TestApprovals:
    def test_the_others_of_the_step_decide(self, house: House, admin: Context) -> None:
        goes, stays = house.person("team"), house.person("team")
        house.policy([band("", "team")])
        request = house.submit()
        leaves(admin, goes)
        with house.machine.open():
            assert not ApprovalCandidate.objects.exclude(instead_of=None).exists()
        assert house.decide(stays, request).state == "approved"

    def test_a_step_that_is_empty_goes_by_the_policy_to_who_came_later(
        self, house: House, admin: Context
    ) -> None:
        first, head = house.person("team"), house.person("head")
        house.policy([band("", "team", "head")])
        request = house.submit()
        house.decide(first, request)
        came = house.person("ceo", name="늦게 온 이")
        with pytest.raises(NotAnApprover):
            house.decide(came, request)
        with admin.open():
            said = next(
                one
                for one in leaving.waiting_on(admin, head.actor.person_id)
                if one.matter.code == "approvals"
            )
            assert said.waiting.count == 1 and "늦게 온 이" in " ".join(said.waiting.goes)
        leaves(admin, head)
        with house.machine.open():
            assert (
                ApprovalCandidate.objects.get(person_id=came.actor.person_id).instead_of_id
                == head.actor.person_id
            )
            assert AuditLine.objects.filter(code="control.approval.rerouted").count() == 1
        with house.now(came).open():
            assert [one.id for one in list_requests(house.now(came), "mine")] == [request.id]
        assert house.decide(came, request).state == "approved"

    def test_what_nobody_else_could_approve_goes_back_to_its_maker(
        self, house: House, admin: Context
    ) -> None:
        head = house.person("head")
        house.policy([band("", "head")])
        request = house.submit()
        leaves(admin, head)
        assert state_of(house, request) == "cancelled"
        with house.machine.open():
            told = Notice.objects.get(kind="control.approval_without_approver")
            assert told.person_id == house.maker.actor.person_id

    def test_who_is_below_the_limit_does_not_take_the_last_step(self, house: House, admin: Context) -> None:
        head = house.person("head")
        house.policy([band("", "head")])
        request = house.submit(5_000_000)
        house.person("head", limit=1_000_000)
        leaves(admin, head)
        assert state_of(house, request) == "cancelled"

    def test_what_would_be_done_in_the_leavers_name_is_taken_back(self, house: House, admin: Context) -> None:
        other = house.now(make_person(house.machine, roles=["admin"]))
        person = make_person(house.machine, roles=["auditor"])
        with other.open():
            content = role_given(
                person.actor.person_id, role_code="clerk", unit_id=None, valid_from=TODAY, valid_until=None, limit_minor=None,
            )  # fmt: skip
            request = submit(other, subject_type=ROLE, subject_id="x", content=content)
        leaves(admin, other)
        assert state_of(house, request) == "cancelled"

    def test_no_statement_adds_an_approver_in_place_of_one_who_stays(
        self, house: House, admin: Context
    ) -> None:
        goes, stays = house.person("team"), house.person("team")
        house.policy([band("", "team")])
        request = house.submit()
        came = house.person("team")
        row = {
            "group_id": house.machine.group_id,
            "request_id": request.id,
            "number": 1,
            "person_id": came.actor.person_id,
        }
        leaves(admin, goes, left_on=TODAY + DAY)
        with house.machine.open():
            for wrong in (
                {"instead_of_id": stays.actor.person_id}, {"instead_of_id": came.actor.person_id},
                {"instead_of_id": goes.actor.person_id, "person_id": house.maker.actor.person_id},
                {"instead_of_id": goes.actor.person_id, "number": 2},
            ):  # fmt: skip
                with pytest.raises(DatabaseError, match="the route of request"), transaction.atomic():
                    ApprovalCandidate.objects.create(**(row | wrong))
            ApprovalCandidate.objects.create(**(row | {"instead_of_id": goes.actor.person_id}))


class TestSuccessors:
    @pytest.fixture
    def heap(self) -> Iterator[dict[str, object]]:
        """A matter of this test: how much of it waits on whom, and who may have it."""
        held: dict[str, object] = {"of": {}, "heirs": frozenset()}

        def move(ctx: Context, person: int, heir: int) -> int:
            of: dict[int, int] = held["of"]  # type: ignore[assignment]
            moved = of.pop(person, 0)
            of[heir] = of.get(heir, 0) + moved
            return moved

        def ask(ctx: Context, person: int) -> Waiting:
            return Waiting(held["of"].get(person, 0), held["heirs"])  # type: ignore[attr-defined, arg-type]

        register_matter(Matter("heap", "서류 더미", "다른 사람이 맡습니다", ask, hand_over=move))
        yield held
        leaving._matters.pop("heap")

    def test_one_is_chosen_among_those_who_may_and_stay(
        self, house: House, admin: Context, heap: dict[str, object]
    ) -> None:
        goes, heir, gone, stranger = (make_person(house.machine, roles=["teller"]) for _ in range(4))
        numbers = [one.actor.person_id for one in (goes, heir, gone, stranger)]
        heap["of"], heap["heirs"] = {numbers[0]: 3}, frozenset(numbers[:3])
        leaves(admin, gone)
        with pytest.raises(SuccessorMissing):
            leaves(admin, goes)
        for unfit in (numbers[0], numbers[2], numbers[3]):
            with pytest.raises(SuccessorUnfit):
                leaves(admin, goes, heirs={"heap": unfit})
        with admin.open():
            assert Person.objects.get(id=numbers[0]).left_on is None and not HandOver.objects.exists()
        leaves(admin, goes, heirs={"heap": numbers[1]})
        assert heap["of"] == {numbers[1]: 3}
        with admin.open():
            facts = AuditLine.objects.get(code="control.person.left", subject_id=str(numbers[0])).after
        assert (facts["waiting heap"], facts["heap"]) == (3, 3) and "successor heap" in facts

    def test_on_the_day_the_job_does_it_and_later_again(
        self, house: House, admin: Context, heap: dict[str, object]
    ) -> None:
        goes, heir = (
            make_person(house.machine, "goes", ["teller"]),
            make_person(house.machine, roles=["teller"]),
        )
        one, other = goes.actor.person_id, heir.actor.person_id
        heap["of"], heap["heirs"] = {one: 2}, frozenset({other})
        leaves(admin, goes, left_on=TODAY + DAY, heirs={"heap": other})
        finish_leavings(house.machine)
        assert heap["of"] == {one: 2}
        with admin.open():
            assert Identity.objects.get(login="goes").is_active
        tomorrow = replace(house.machine, at=house.machine.at + DAY, today=TODAY + DAY, memo={})
        assert finish_leavings(tomorrow) == 1
        assert heap["of"] == {other: 2}
        heap["of"][one] = 1  # type: ignore[index]
        assert (finish_leavings(tomorrow), finish_leavings(tomorrow)) == (1, 0)
        assert heap["of"] == {other: 3}
        with admin.open():
            assert not Identity.objects.get(login="goes").is_active

    def test_what_nobody_may_have_holds_nobody_and_the_administrators_are_told(
        self, house: House, admin: Context, heap: dict[str, object]
    ) -> None:
        goes, heir = (make_person(house.machine, roles=["teller"]) for _ in range(2))
        heap["of"] = {goes.actor.person_id: 1}
        with pytest.raises(NotFound), admin.open():
            hand_over(admin, goes.actor.person_id, heirs={})
        leaves(admin, goes)
        with admin.open():
            assert Notice.objects.get(kind="control.left_behind").person_id == admin.actor.person_id
        heap["heirs"] = frozenset({heir.actor.person_id})
        client = signed_in(admin)
        address = f"/people/{goes.actor.person_id}"
        assert "heir_heap" in client.get(address).content.decode()
        wrong = client.post(f"{address}/hand-over", {"heir_heap": str(goes.actor.person_id)})
        assert wrong.status_code == 422
        assert (
            client.post(f"{address}/hand-over", {"heir_heap": str(heir.actor.person_id)}).status_code == 302
        )
        assert heap["of"] == {heir.actor.person_id: 1}
        assert "heir_heap" not in client.get(address).content.decode()

    def test_the_page_lists_all_and_asks_for_the_successor(
        self, house: House, admin: Context, heap: dict[str, object]
    ) -> None:
        goes, heir = (make_person(house.machine, roles=["teller"]) for _ in range(2))
        heap["of"] = {goes.actor.person_id: 4}
        heap["heirs"] = frozenset({heir.actor.person_id})
        client, address = signed_in(admin), f"/people/{goes.actor.person_id}"
        assert "서류 더미" in client.get(address).content.decode()
        assert client.post(f"{address}/leave", {"left_on": str(TODAY)}).status_code == 422
        given = {"left_on": str(TODAY), "heir_heap": str(heir.actor.person_id)}
        assert client.post(f"{address}/leave", given).status_code == 302


def test_tokens_and_deputies_end(house: House, admin: Context) -> None:
    goes, deputy = house.person("head"), house.person("head")
    with goes.open():
        make_token(goes, new=NewToken("야간 집계", ("control.units.view",), 30))
        delegate(
            goes, new=NewDelegation(goes.actor.person_id, deputy.actor.person_id, TODAY, TODAY + 9 * DAY)
        )
    with admin.open():
        found = {one.matter.code: one.waiting for one in leaving.waiting_on(admin, goes.actor.person_id)}
        assert found["tokens"].goes == ("야간 집계",) and found["deputies"].count == 1
    leaves(admin, goes)
    with admin.open():
        assert not MachineToken.objects.filter(revoked_at=None).exists()
        assert Delegation.objects.get().ended_on == TODAY


def test_the_list_of_matters_is_whole() -> None:
    """What a person can hold in any context: a new table that names a person joins this list or has a reason not to."""
    assert set(leaving._matters) == {
        "approvals", "submitted", "tokens", "deputies", "drafts", "standing_orders", "suspense", "watches",
        "daily_mailing",
    }  # fmt: skip


def test_a_choice_is_never_edited(house: House, admin: Context) -> None:
    goes, heir = (make_person(house.machine, roles=["teller"]) for _ in range(2))
    with admin.open():
        HandOver.objects.create(
            group_id=admin.group_id, person_id=goes.actor.person_id, matter="x", heir_id=heir.actor.person_id,
            maker_id=admin.actor.person_id,
        )  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update control_handover set matter = 'y'")
