"""A second person's decision: over exactly what was submitted, once, and never by the maker."""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from moa.control import approvals
from moa.control.context import Context
from moa.control.lifecycle import APPROVAL, ApprovalState
from moa.control.models import ApprovalDecision, ApprovalRequest, AuditLine, Notice
from moa.kernel.errors import Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from tests.control.factories import TwoGroups, make_group, make_person, make_unit

CONTENT = {"amount": "1200.50", "lines": [{"day": "2026-11-20", "text": "급여"}], "count": 2}


class Desk(NamedTuple):
    maker: Context
    checker: Context
    request: ApprovalRequest


def _submit(maker: Context, subject_id: object = 1, **more: Any) -> ApprovalRequest:
    with maker.open():
        return approvals.submit(
            maker, subject_type="test.lines", subject_id=subject_id, content=CONTENT, **more
        )


def _desk() -> Desk:
    group = make_group()
    maker = make_person(group, roles=["teller"])
    return Desk(maker, make_person(group, roles=["approver"]), _submit(maker))


@pytest.fixture
def desk(db: None) -> Desk:
    return _desk()


def _decide(ctx: Context, request: ApprovalRequest, approve: bool = True, **more: Any) -> ApprovalRequest:
    with ctx.open():
        return approvals.decide(
            ctx, request.id, approve=approve, **({"seen_hash": request.content_hash, "reason": "no"} | more)
        )


def test_another_person_approves_what_was_submitted(desk: Desk) -> None:
    decided = _decide(desk.checker, desk.request)
    assert decided.state == ApprovalState.APPROVED
    with desk.maker.open():
        stored = ApprovalRequest.objects.get(id=desk.request.id)
        decision = ApprovalDecision.objects.get(request_id=stored.id)
        codes = list(
            AuditLine.objects.filter(subject_type="test.lines").order_by("id").values_list("code", flat=True)
        )
    assert (stored.state, stored.state_by, stored.content) == (
        "approved",
        desk.checker.actor.person_id,
        CONTENT,
    )
    assert (decision.approved, decision.content_hash) == (True, desk.request.content_hash)
    assert codes == ["control.approval.submitted", "control.approval.approved"]


def test_a_refusal_says_why(desk: Desk) -> None:
    with pytest.raises(approvals.ReasonMissing):
        _decide(desk.checker, desk.request, approve=False, reason="  ")
    assert _decide(desk.checker, desk.request, approve=False, reason=" 금액이 다릅니다 ").state == "refused"
    with desk.maker.open():
        assert ApprovalDecision.objects.get().reason == "금액이 다릅니다"


def test_who_asked_is_told_of_a_refusal_with_its_reason_and_nobody_of_an_approval(desk: Desk) -> None:
    _decide(desk.checker, desk.request, approve=False, reason=" 금액이 다릅니다 ")
    with desk.maker.open():
        notice = Notice.objects.get()
    assert (notice.person_id, notice.link) == (desk.maker.actor.person_id, f"/approvals/{desk.request.id}")
    assert notice.facts["reason"] == "금액이 다릅니다" and notice.facts["person"] == desk.checker.actor.name
    with desk.maker.open():
        again = _submit(desk.maker)
    _decide(desk.checker, again)
    with desk.maker.open():
        assert Notice.objects.count() == 1


def test_the_maker_cannot_decide(desk: Desk) -> None:
    with pytest.raises(approvals.SamePerson):
        _decide(desk.maker, desk.request)


def test_a_second_login_does_not_make_a_second_person(desk: Desk) -> None:
    from moa.control.models import Identity
    from moa.control.queries import context_for_login

    Identity.objects.create(
        login="maker2", group_id=desk.maker.group_id, person_id=desk.maker.actor.person_id, password="!"
    )
    second = context_for_login("maker2", at=desk.maker.at, channel="test")
    with pytest.raises(approvals.SamePerson):
        _decide(second, desk.request)


def test_who_lacks_the_right_cannot_decide(desk: Desk) -> None:
    auditor = make_person(desk.maker, roles=["auditor"])
    with pytest.raises(Forbidden):
        _decide(auditor, desk.request)


def test_the_right_must_hold_in_the_unit_of_the_request(desk: Desk) -> None:
    here, there = make_unit(desk.maker), make_unit(desk.maker)
    local = make_person(desk.maker, roles=[("approver", here.id)])
    with pytest.raises(Forbidden):
        _decide(local, _submit(desk.maker, 2, unit_id=there.id))
    assert _decide(local, _submit(desk.maker, 3, unit_id=here.id)).state == "approved"


def test_a_request_of_another_group_is_not_found(desk: Desk, two_groups: TwoGroups) -> None:
    with pytest.raises(NotFound):
        _decide(two_groups.person, desk.request)


def test_content_other_than_what_was_seen_is_refused(desk: Desk) -> None:
    with pytest.raises(approvals.ContentChanged):
        _decide(desk.checker, desk.request, seen_hash="0" * 64)


def test_content_changed_behind_our_back_is_refused(transactional_db: None, as_owner: Any) -> None:
    desk = _desk()
    as_owner.execute("""update control_approvalrequest set content = '{"amount": "9999"}'""")
    with pytest.raises(approvals.ContentChanged):
        _decide(desk.checker, desk.request)
    with desk.maker.open():
        assert ApprovalRequest.objects.get().state == "open"


def test_a_subject_has_one_open_request_and_after_a_refusal_another(desk: Desk) -> None:
    with pytest.raises(approvals.AlreadyOpen):
        _submit(desk.maker)
    _decide(desk.checker, desk.request, approve=False)
    assert _submit(desk.maker).state == "open"


def test_the_maker_takes_a_request_back_and_nobody_else_can(desk: Desk) -> None:
    with pytest.raises(NotFound), desk.checker.open():
        approvals.withdraw(desk.checker, desk.request.id)
    with desk.maker.open():
        assert approvals.withdraw(desk.maker, desk.request.id).state == "withdrawn"
    with pytest.raises(MoveNotAllowed):
        _decide(desk.checker, desk.request)


@pytest.mark.parametrize(("state", "move", "target"), list(APPROVAL.walk()))
def test_every_move_of_the_lifecycle(
    desk: Desk, state: ApprovalState, move: str, target: ApprovalState | None
) -> None:
    """Each (state, move) pair through the operations: it leads where the table says, or is refused."""
    moves = {
        "approve": lambda: _decide(desk.checker, desk.request),
        "refuse": lambda: _decide(desk.checker, desk.request, approve=False),
        "withdraw": lambda: _withdraw(desk),
        "cancel": lambda: _cancel(desk),
    }
    into = {
        ApprovalState.APPROVED: "approve",
        ApprovalState.REFUSED: "refuse",
        ApprovalState.WITHDRAWN: "withdraw",
        ApprovalState.CANCELLED: "cancel",
    }
    if state in into:
        moves[into[state]]()
    if target is None:
        with pytest.raises(MoveNotAllowed):
            moves[move]()
    else:
        assert moves[move]().state == target
    with desk.maker.open():
        assert ApprovalRequest.objects.get().state == (target or state)


def _withdraw(desk: Desk) -> ApprovalRequest:
    with desk.maker.open():
        return approvals.withdraw(desk.maker, desk.request.id)


def _cancel(desk: Desk) -> ApprovalRequest:
    """A subject has no open request any more to be cancelled once it is decided."""
    with desk.maker.open():
        request = approvals.cancel(
            desk.maker,
            subject_type=desk.request.subject_type,
            subject_id=desk.request.subject_id,
            why="edited",
        )
    if request is None:
        raise MoveNotAllowed
    return request


class TestRawSql:
    """The same rules without our code: constraints of the database."""

    def _insert(self, ctx: Context, desk: Desk, **values: Any) -> None:
        row = {
            "maker_id": desk.maker.actor.person_id, "checker_id": desk.checker.actor.person_id,
            "content_hash": desk.request.content_hash, "approved": True,
        } | values  # fmt: skip
        with ctx.open(), connection.cursor() as cursor:
            cursor.execute(
                "insert into control_approvaldecision (group_id, request_id, maker_id, checker_id, approved, reason,"
                " content_hash) values (%s, %s, %s, %s, %s, '', %s)",
                [
                    ctx.group_id,
                    desk.request.id,
                    row["maker_id"],
                    row["checker_id"],
                    row["approved"],
                    row["content_hash"],
                ],
            )

    def test_the_maker_as_checker_is_refused(self, desk: Desk) -> None:
        with pytest.raises(IntegrityError, match="maker_is_not_checker"):
            self._insert(desk.maker, desk, checker_id=desk.maker.actor.person_id)

    def test_a_false_maker_is_refused(self, desk: Desk) -> None:
        other = make_person(desk.maker, roles=["teller"])
        with pytest.raises(IntegrityError, match="decision_repeats_maker_and_content"):
            self._insert(
                desk.maker, desk, maker_id=other.actor.person_id, checker_id=desk.maker.actor.person_id
            )

    def test_a_decision_over_other_content_is_refused(self, desk: Desk) -> None:
        with pytest.raises(IntegrityError, match="decision_repeats_maker_and_content"):
            self._insert(desk.checker, desk, content_hash="0" * 64)

    def test_a_second_decision_is_refused(self, desk: Desk) -> None:
        _decide(desk.checker, desk.request)
        with pytest.raises(IntegrityError, match="one_decision_per_request"):
            self._insert(desk.checker, desk)

    @pytest.mark.parametrize("column", ["maker_id = maker_id + 1", "content = '{}'", "content_hash = ''"])
    def test_what_was_submitted_cannot_be_changed(self, desk: Desk, column: str) -> None:
        with pytest.raises(DatabaseError, match="permission denied"), desk.maker.open():
            _execute(f"update control_approvalrequest set {column}")

    @pytest.mark.parametrize("state", ["approved", "refused"])
    def test_a_state_without_its_decision_is_refused(self, desk: Desk, state: str) -> None:
        with pytest.raises(DatabaseError, match="has no such decision"), desk.maker.open():
            _execute(f"update control_approvalrequest set state = '{state}'")

    def test_an_approval_is_not_turned_into_a_refusal(self, desk: Desk) -> None:
        _decide(desk.checker, desk.request)
        for state in ("refused", "open", "withdrawn"):
            with pytest.raises(DatabaseError, match="is decided already"), desk.maker.open():
                _execute(f"update control_approvalrequest set state = '{state}'")

    def test_a_request_is_not_born_approved(self, desk: Desk) -> None:
        with pytest.raises(DatabaseError, match="has no such decision"), desk.maker.open():
            ApprovalRequest.objects.create(
                group_id=desk.maker.group_id, subject_type="t", subject_id="9", content={}, content_hash="",
                maker_id=desk.maker.actor.person_id, state="approved",
            )  # fmt: skip


def _execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_of_two_deciders_at_the_same_moment_one_wins(transactional_db: None, as_owner: Any) -> None:
    """The second comes while the first has decided and not yet committed; it waits, and then finds it done."""
    desk = _desk()
    second = make_person(desk.maker, roles=["approver"])
    outcomes = list[Any]()

    def decide_second() -> None:
        try:
            outcomes.append(_decide(second, desk.request, approve=False))
        except Exception as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    thread = threading.Thread(target=decide_second)
    with desk.checker.open():
        approvals.decide(desk.checker, desk.request.id, approve=True, seen_hash=desk.request.content_hash)
        thread.start()
        _wait_for_a_lock(as_owner)
        assert outcomes == []
    thread.join(20)
    assert [type(outcome) for outcome in outcomes] == [MoveNotAllowed]
    with desk.maker.open():
        assert ApprovalRequest.objects.get().state == "approved"
        assert ApprovalDecision.objects.get().checker_id == desk.checker.actor.person_id


def _wait_for_a_lock(cursor: Any) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        cursor.execute(
            "select count(*) from pg_locks l join pg_stat_activity a using (pid)"
            " where not l.granted and a.datname = current_database()"
        )
        if cursor.fetchone()[0]:
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits for a lock")
