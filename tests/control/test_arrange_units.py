"""The tree of companies and units: who stands where on a day, moves, closings, and no circles."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from moa.control.access import may
from moa.control.context import Context
from moa.control.models import AuditLine, Unit, UnitPlace
from moa.control.operations.add_unit import NewUnit, UnitExists, UnitMisplaced, add_unit
from moa.control.operations.close_unit import UnitNotClosable, close_unit
from moa.control.operations.move_unit import move_unit
from moa.control.queries import Standing, list_units, tree_on
from moa.kernel.errors import Forbidden, NotFound
from tests.control.factories import TODAY, TwoGroups, make_group, make_person, make_unit

DAY = timedelta(days=1)
START = date(2020, 1, 1)


@pytest.fixture
def admin(db: None) -> Context:
    return make_person(make_group(), roles=["admin"])


def _add(
    ctx: Context, code: str, *, kind: str = "company", parent: Unit | None = None, start: date = START
) -> Unit:
    with ctx.open():
        return add_unit(ctx, new=NewUnit(kind, code, code, start, parent.id if parent else None))


def _move(ctx: Context, unit: Unit, parent: Unit | None, day: date = TODAY) -> Unit:
    with ctx.open():
        return move_unit(ctx, unit.id, parent_id=parent.id if parent else None, valid_from=day)


def _tree(ctx: Context, day: date) -> dict[int, Standing]:
    with ctx.open():
        _check_now()
        return tree_on(ctx, day)


def _check_now() -> None:
    """Run the deferred constraints, which otherwise wait for a commit that a test never makes."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


class TestAdding:
    def test_a_unit_belongs_to_the_nearest_company_above(self, admin: Context) -> None:
        holding = _add(admin, "H")
        daughter = _add(admin, "D", parent=holding)
        team = _add(admin, "T", kind="unit", parent=daughter)
        desk = _add(admin, "K", kind="unit", parent=team)
        assert (holding.company_id, daughter.company_id) == (None, None)
        assert (team.company_id, desk.company_id) == (daughter.id, daughter.id)
        assert _tree(admin, TODAY)[desk.id] == Standing(team.id, daughter.id)

    @pytest.mark.parametrize(
        ("kind", "parent", "start", "problem"),
        [
            ("unit", None, START, "unit_needs_company"),
            ("company", "team", START, "company_under_unit"),
            ("unit", "company", START - DAY, "parent_not_there_yet"),
            ("unit", "closed", START, "parent_closed"),
        ],
    )
    def test_a_unit_that_cannot_stand_there_is_refused(
        self, admin: Context, kind: str, parent: str | None, start: date, problem: str
    ) -> None:
        company = _add(admin, "C")
        places = {
            "company": company,
            "team": _add(admin, "T", kind="unit", parent=company),
            "closed": _add(admin, "X"),
        }
        with admin.open():
            close_unit(admin, places["closed"].id, valid_until=TODAY)
        with pytest.raises(UnitMisplaced) as caught:
            _add(admin, "N", kind=kind, parent=places[parent] if parent else None, start=start)
        assert caught.value.facts["problem"] == problem

    def test_a_code_is_used_once_in_a_group(self, admin: Context, two_groups: TwoGroups) -> None:
        _add(admin, "C")
        with pytest.raises(UnitExists):
            _add(admin, "C")
        make_unit(two_groups.one, "C")

    def test_a_parent_of_another_group_is_not_found(self, admin: Context, two_groups: TwoGroups) -> None:
        with pytest.raises(NotFound):
            _add(admin, "T", kind="unit", parent=two_groups.foreign_company)

    def test_without_the_right_nothing_is_added(self, admin: Context) -> None:
        with pytest.raises(Forbidden):
            _add(make_person(admin, roles=["treasurer"]), "C")


class TestMoving:
    def test_the_tree_of_each_day_stays_as_it_was(self, admin: Context) -> None:
        one, two = _add(admin, "A"), _add(admin, "B")
        team = _add(admin, "T", kind="unit", parent=one)
        desk = _add(admin, "K", kind="unit", parent=team)
        _move(admin, team, two, TODAY - 10 * DAY)
        assert _tree(admin, TODAY - 11 * DAY)[desk.id] == Standing(team.id, one.id)
        assert _tree(admin, TODAY - 10 * DAY)[desk.id] == Standing(team.id, two.id)
        assert _tree(admin, TODAY)[team.id] == Standing(two.id, two.id)
        with admin.open():
            assert set(
                Unit.objects.filter(id__in=[team.id, desk.id]).values_list("company_id", flat=True)
            ) == {two.id}
            line = AuditLine.objects.get(code="control.unit.moved")
        assert (line.before, line.after["parent"]) == ({"parent": one.id, "company": one.id}, two.id)

    def test_before_its_first_day_a_unit_is_not_in_the_tree(self, admin: Context) -> None:
        late = _add(admin, "L", start=TODAY)
        assert late.id not in _tree(admin, TODAY - DAY) and late.id in _tree(admin, TODAY)

    def test_a_move_on_the_same_day_replaces_the_former(self, admin: Context) -> None:
        one, two, three = (_add(admin, code) for code in "ABC")
        team = _add(admin, "T", kind="unit", parent=one)
        _move(admin, team, two)
        _move(admin, team, three)
        assert _tree(admin, TODAY)[team.id].parent_id == three.id
        assert _tree(admin, TODAY - DAY)[team.id].parent_id == one.id

    def test_a_company_can_move_under_another_and_back_under_the_group(self, admin: Context) -> None:
        one, two = _add(admin, "A"), _add(admin, "B")
        assert _move(admin, two, one).company_id is None
        assert _tree(admin, TODAY)[two.id] == Standing(one.id, None)
        _move(admin, two, None)
        assert _tree(admin, TODAY)[two.id] == Standing(None, None)

    @pytest.mark.parametrize(
        ("unit", "parent", "day", "problem"),
        [
            ("A", "A", TODAY, "circle"),
            ("A", "D", TODAY, "circle"),
            ("D", "B", TODAY + DAY, "day_in_future"),
            ("D", "B", START - DAY, "before_last_move"),
            ("T", None, TODAY, "unit_needs_company"),
            ("D", "T", TODAY, "company_under_unit"),
            ("D", "L", TODAY - DAY, "parent_not_there_yet"),
        ],
    )
    def test_a_move_that_cannot_be_is_refused(
        self, admin: Context, unit: str, parent: str | None, day: date, problem: str
    ) -> None:
        units = {code: _add(admin, code) for code in "AB"}
        units["D"] = _add(admin, "D", parent=units["A"])
        units["T"] = _add(admin, "T", kind="unit", parent=units["B"])
        units["L"] = _add(admin, "L", start=TODAY)
        with pytest.raises(UnitMisplaced) as caught:
            _move(admin, units[unit], units[parent] if parent else None, day)
        assert caught.value.facts["problem"] == problem

    def test_rights_follow_the_unit(self, admin: Context) -> None:
        one, two = _add(admin, "A"), _add(admin, "B")
        team = _add(admin, "T", kind="unit", parent=one)
        clerk = make_person(admin, roles=[("clerk", one.id)])
        _move(admin, team, two)
        with clerk.open():
            assert not may(replace(clerk, memo={}), "control.units.view", team.id)

    def test_the_right_is_asked_for_at_both_ends(self, admin: Context) -> None:
        one, two = _add(admin, "A"), _add(admin, "B")
        team = _add(admin, "T", kind="unit", parent=one)
        for place in (one, two):
            local = make_person(admin, roles=[("admin", place.id)])
            with pytest.raises(Forbidden):
                _move(local, team, two)

    def test_a_unit_of_another_group_is_not_found(self, admin: Context, two_groups: TwoGroups) -> None:
        own = _add(admin, "A")
        for unit, parent in ((two_groups.company, own), (own, two_groups.company)):
            with pytest.raises(NotFound):
                _move(admin, unit, parent)


class TestClosing:
    def test_a_closed_unit_is_there_until_the_day_before(self, admin: Context) -> None:
        company = _add(admin, "C")
        with admin.open():
            close_unit(admin, company.id, valid_until=TODAY)
            assert [unit.code for unit in list_units(admin, on=TODAY - DAY)] == ["C"]
            assert list_units(admin, on=TODAY) == []
        assert company.id not in _tree(admin, TODAY)

    def test_a_company_with_units_that_last_longer_is_not_closed(self, admin: Context) -> None:
        company = _add(admin, "C")
        team = _add(admin, "T", kind="unit", parent=company)
        with admin.open():
            with pytest.raises(UnitNotClosable) as caught:
                close_unit(admin, company.id, valid_until=TODAY)
            assert caught.value.facts == {"unit": "C", "problem": "units_below", "units": "T"}
            close_unit(admin, team.id, valid_until=TODAY)
            close_unit(admin, company.id, valid_until=TODAY)

    @pytest.mark.parametrize(
        ("days", "problem"), [([START], "ends_before_it_begins"), ([TODAY, TODAY], "closed_already")]
    )
    def test_a_closing_that_cannot_be_is_refused(
        self, admin: Context, days: list[date], problem: str
    ) -> None:
        company = _add(admin, "C")
        with pytest.raises(UnitNotClosable) as caught, admin.open():
            for day in days:
                close_unit(admin, company.id, valid_until=day)
        assert caught.value.facts["problem"] == problem

    def test_nothing_moves_under_a_closed_unit(self, admin: Context) -> None:
        company, closed = _add(admin, "C"), _add(admin, "X")
        with admin.open():
            close_unit(admin, closed.id, valid_until=TODAY + DAY)
        with pytest.raises(UnitMisplaced, match="parent_closed"):
            _move(admin, company, closed)


class TestRawSql:
    """The same without our code: a deferred constraint of the database."""

    def _refused(self, admin: Context, statement: str, parameters: list[Any], message: str) -> None:
        with pytest.raises(DatabaseError, match=message), admin.open():
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
            _check_now()

    def test_a_parent_without_a_place_is_refused(self, admin: Context) -> None:
        one, two = _add(admin, "A"), _add(admin, "B")
        statement = "update control_unit set parent_id = %s where id = %s"
        self._refused(admin, statement, [one.id, two.id], "stands elsewhere than its last place")

    def test_a_false_company_is_refused(self, admin: Context) -> None:
        one, two = _add(admin, "A"), _add(admin, "B")
        team = _add(admin, "T", kind="unit", parent=one)
        statement = "update control_unit set company_id = %s where id = %s"
        self._refused(admin, statement, [two.id, team.id], "names another company")

    def test_a_circle_is_refused(self, admin: Context) -> None:
        one = _add(admin, "A")
        two = _add(admin, "B", parent=one)
        with pytest.raises(DatabaseError, match="stands under itself"), admin.open():
            UnitPlace.objects.create(
                group_id=admin.group_id, unit_id=one.id, parent_id=two.id, valid_from=TODAY
            )
            Unit.objects.filter(id=one.id).update(parent_id=two.id)
            _check_now()

    def test_a_unit_without_a_parent_is_refused(self, admin: Context) -> None:
        with (
            pytest.raises(DatabaseError, match="unit_stands_under_a_company"),
            admin.open(),
            transaction.atomic(),
        ):
            Unit.objects.create(group_id=admin.group_id, kind="unit", code="Z", name="Z", valid_from=START)


def test_two_moves_at_the_same_moment_cannot_close_a_circle(transactional_db: None) -> None:
    admin = make_person(make_group(), roles=["admin"])
    one, two = _add(admin, "A"), _add(admin, "B")
    start, outcomes = threading.Barrier(2), list[str]()

    def move(unit: Unit, parent: Unit) -> None:
        try:
            start.wait(10)
            _move(admin, unit, parent)
            outcomes.append("moved")
        except UnitMisplaced as refusal:
            outcomes.append(str(refusal.facts["problem"]))
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["circle", "moved"]
