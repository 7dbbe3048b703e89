"""The page of rights names in whom a refused pair lies: by roles, as a deputy, with a token's secret, over two logins."""

from __future__ import annotations

from datetime import timedelta

from moa.channels.permissions import CHANGE
from moa.control.context import Context
from moa.control.models import Assignment, Delegation, MachineToken, Person, Role
from moa.control.operations.make_token import NewToken, make_token
from moa.control.people import who_may_do_what
from moa.control.permissions import DECIDE, INDEPENDENT, PERMISSIONS
from moa.control.rights_apart import BothHeld, apart_lines
from moa.control.rules_of_meeting import By
from moa.control.web.views_roles import MOST_BESIDE, by_area
from tests.control.factories import AT, TODAY, make_person, signed_in

POST = "ledger.post"
DAY = timedelta(days=1)


def held(admin: Context, one: str, other: str) -> tuple[BothHeld, ...]:
    with admin.open():
        return next(line.held for line in apart_lines(admin) if (line.one, line.other) == (one, other))


def stands_in(group: Context, principal: Context, deputy: Context, *, first: int = 0) -> None:
    """Written past the guard, as an update of what roles hold would do it."""
    with group.open():
        Delegation.objects.create(
            group_id=group.group_id, principal_id=principal.actor.person_id, deputy_id=deputy.actor.person_id,
            valid_from=TODAY + first * DAY, valid_until=TODAY + (first + 5) * DAY, maker_id=principal.actor.person_id,
        )  # fmt: skip


def test_nobody_is_named_where_nothing_meets(admin: Context) -> None:
    with admin.open():
        assert [line for line in apart_lines(admin) if line.is_refused and line.held] == []


def test_a_deputy_is_named_with_whom_he_stands_for(group: Context, admin: Context) -> None:
    principal = make_person(group, "han", ["approver"], name="한결재")
    stands_in(group, principal, admin, first=2)
    (met,) = held(admin, CHANGE, DECIDE)
    assert met.one.login == met.other.login == admin.actor.person_id and met.since == TODAY + 2 * DAY
    assert met.one.by[0].kind == "role" and met.other.by == (By("deputy", "한결재"),)
    page = signed_in(admin).get("/people/rights").content.decode()
    assert "한결재의 대결자" in page and 'class="mo-bad"' in page


def test_a_token_is_named_to_whoever_made_it(group: Context, admin: Context) -> None:
    treasurer = make_person(group, "kim", ["treasurer"], name="김자금")
    with treasurer.open():
        make_token(treasurer, new=NewToken("본사 ERP", (POST,), 365, for_machine=True))
    with group.open():
        row = Assignment.objects.filter(person_id=treasurer.actor.person_id)
        row.update(role_id=Role.objects.get(code="auditor").id)
    (met,) = held(admin, INDEPENDENT, POST)
    assert met.other.by == (By("token", "본사 ERP"),) and met.other.name == "김자금" and met.since is None
    assert "토큰 ‘본사 ERP’" in signed_in(admin).get("/people/rights").content.decode()
    with group.open():
        MachineToken.objects.update(revoked_at=AT, revoked_by_id=admin.actor.person_id)
    assert held(admin, INDEPENDENT, POST) == ()


def test_two_logins_of_one_person_are_both_named(group: Context, admin: Context) -> None:
    one = make_person(group, "kim", ["treasurer"], name="김자금")
    other = make_person(group, "kim2", ["auditor"], name="김감사")
    with group.open():
        both = [person.actor.person_id for person in (one, other)]
        Person.objects.filter(id__in=both).update(email="kim@haeon.kr")
    (met,) = held(admin, INDEPENDENT, POST)
    assert {met.one.name, met.other.name} == {"김자금", "김감사"}
    assert "이메일이 같은" in signed_in(admin).get("/people/rights").content.decode()


def test_the_matrix_shows_what_was_lent_with_the_lenders_limits(group: Context, admin: Context) -> None:
    principal = make_person(group, "han", ["approver"], name="한결재")
    deputy = make_person(group, "oh", ["clerk"], name="오대리")
    stands_in(group, principal, deputy)
    with group.open():
        Assignment.objects.filter(person_id=principal.actor.person_id).update(limit_minor=5_000_000)
    with admin.open():
        (grant,) = who_may_do_what(admin).grants[deputy.actor.person_id or 0, DECIDE]
        assert grant.by == By("deputy", "한결재") and grant.limit_minor == 5_000_000
        # A deputy's deputy gets nothing of it.
        assert (admin.actor.person_id or 0, DECIDE) not in who_may_do_what(admin).grants
        assert (deputy.actor.person_id or 0, DECIDE) not in who_may_do_what(admin, on=TODAY - DAY).grants


def test_many_persons_stand_page_by_page_and_one_right_is_asked_for(group: Context, admin: Context) -> None:
    for n in range(MOST_BESIDE):
        make_person(group, f"p{n:02}", ["clerk" if n else "auditor"], name=f"직원{n:02}")
    client = signed_in(admin)

    def shown(query: str) -> int:
        return (
            client.get(f"/people/rights?{query}").content.decode().count('<th scope="col"><a href="/people/')
        )

    everybody = shown("page=1") + shown("page=2")
    assert (
        shown("") == MOST_BESIDE
        and everybody == shown("page=1") + shown("page=999")
        and shown("page=x") == MOST_BESIDE
    )
    assert shown(f"right={INDEPENDENT}") == 1 and shown("right=nothing") == MOST_BESIDE
    assert shown("text=직원07") == 1 and shown("text=직원07&page=9") == 1 and shown("text=nobody") == 0


def test_every_right_stands_under_a_heading_in_words() -> None:
    assert [area for area, _ in by_area(PERMISSIONS) if area.islower()] == []
