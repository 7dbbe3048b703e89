"""What the database holds of a request's route without our code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from moa.control.context import Context
from moa.control.models import ApprovalCandidate, ApprovalPolicy, ApprovalRequest, Delegation
from tests.control.policies import House, band

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


class TestRawSql:
    """The same rules without our code."""

    def _sign(self, ctx: Context, request: ApprovalRequest, **values: Any) -> None:
        row = {
            "group_id": ctx.group_id, "request_id": request.id, "maker_id": request.maker_id,
            "checker_id": ctx.actor.person_id, "approved": True, "reason": "", "content_hash": request.content_hash,
            "step": 1, "review": "visual", "decided_on": ctx.today,
        } | values  # fmt: skip
        with ctx.open(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"insert into control_approvaldecision ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})",
                list(row.values()),
            )

    def test_a_decision_that_the_route_does_not_know_is_refused(self, house: House) -> None:
        team, head = house.person("team"), house.person("head")
        house.policy([band("", "team", "head!")])
        request = house.submit()
        with pytest.raises(DatabaseError, match="waits for no decision at step 2"):
            self._sign(head, request, step=2, review="rekey")
        with pytest.raises(DatabaseError, match="reviewed otherwise"):
            self._sign(team, request, review="rekey")
        with pytest.raises(DatabaseError, match="waits for others"):
            self._sign(house.person(), request)
        with pytest.raises(DatabaseError, match="made the person a deputy"):
            self._sign(house.person(), request, on_behalf_of_id=team.actor.person_id)
        house.decide(team, request)
        with pytest.raises(DatabaseError, match="not typed again"):
            self._sign(head, request, step=2, review="rekey")
        with pytest.raises(IntegrityError, match="one_decision_per_person"):
            self._sign(team, request, step=2, review="rekey")

    def test_a_step_is_not_passed_over_and_the_route_stands(self, house: House) -> None:
        team = house.person("team")
        house.person("head")
        house.policy([band("", "team", "head")])
        request = house.submit()
        for statement, match in (
            ("update control_approvalrequest set step = 2 where id = %s", "does not stand at step"),
            ("update control_approvalrequest set steps = 1 where id = %s", "permission denied"),
            ("delete from control_approvalcandidate where request_id = %s", "permission denied"),
        ):
            with (
                pytest.raises(DatabaseError, match=match),
                team.open(),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement, [request.id])
        house.decide(team, request)
        with pytest.raises(DatabaseError, match="no such decision"), team.open(), transaction.atomic():
            ApprovalRequest.objects.filter(id=request.id).update(state="approved")
        with pytest.raises(DatabaseError, match="route of request"), team.open(), transaction.atomic():
            ApprovalCandidate.objects.create(
                group_id=team.group_id,
                request_id=request.id,
                number=2,
                person_id=house.second.actor.person_id,
            )

    def test_a_policy_or_a_deputy_without_its_request_is_refused(self, house: House) -> None:
        request = house.submit()
        ctx, second = house.maker, house.second
        with pytest.raises(DatabaseError, match="what two persons decided"), ctx.open(), transaction.atomic():
            ApprovalPolicy.objects.create(
                group_id=ctx.group_id, subject_type="t", bands=[], includes_lower=False, valid_from=ctx.today,
                maker_id=ctx.actor.person_id, checker_id=second.actor.person_id, request_id=request.id,
            )  # fmt: skip
        period = {"valid_from": ctx.today, "valid_until": ctx.today + timedelta(days=1)}
        for given, match in (
            ({"request_id": None}, "delegation_by_the_person_or_by_two"),
            ({"request_id": request.id}, "what two persons decided"),
        ):
            with pytest.raises(DatabaseError, match=match), ctx.open(), transaction.atomic():
                Delegation.objects.create(
                    group_id=ctx.group_id, principal_id=second.actor.person_id, deputy_id=ctx.actor.person_id,
                    maker_id=ctx.actor.person_id, **period, **given,
                )  # fmt: skip
