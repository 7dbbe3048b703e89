"""The audit page: every line of the group once, by pages, with conditions, and what came beside the application."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from moa.control import trail
from moa.control.audit import record
from moa.control.context import Context
from moa.control.trail import Place, TrailFilter, list_trail
from moa.kernel.errors import Forbidden
from moa.ui.tables.spec import PAGE_SIZE
from tests.control.factories import TwoGroups, make_group, make_person, make_unit, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> Context:
    return make_person(make_group(), roles=["auditor"], name="감사인")


def _write(ctx: Context, count: int, code: str = "test.done") -> None:
    with ctx.open():
        for number in range(count):
            record(ctx, code, "thing", number, before={"amount": "1"}, after={"amount": str(number)})


def _codes(page: str) -> list[str]:
    return re.findall(r'<span data-code="([^"]+)">', page)


def _subjects(
    ctx: Context, wanted: TrailFilter = TrailFilter(code="test."), **place: Place | None
) -> list[str]:
    with ctx.open():
        return [row.subject_id for row in list_trail(ctx, wanted, **place).rows]


class TestPaging:
    def test_forwards_and_backwards_every_line_comes_once_and_in_order(self, auditor: Context) -> None:
        size = trail.PAGE_SIZE
        _write(auditor, 2 * size + 7)
        wanted, pages, place = TrailFilter(code="test."), [], None
        with auditor.open():
            while True:
                found = list_trail(auditor, wanted, older=place)
                pages.append(found)
                assert found.has_newer == (place is not None)
                if not found.has_older:
                    break
                place = found.rows[-1].place
            assert [int(row.subject_id) for page in pages for row in page.rows] == list(range(2 * size + 7))[
                ::-1
            ]
            back = list_trail(auditor, wanted, newer=pages[2].rows[0].place)
            assert back.rows == pages[1].rows and back.has_newer and back.has_older
            assert not list_trail(auditor, wanted, newer=pages[1].rows[0].place).has_newer

    def test_lines_of_the_same_moment_are_neither_lost_nor_doubled(self, auditor: Context) -> None:
        with auditor.open(), connection.cursor() as cursor:
            cursor.execute(
                "insert into control_auditline (group_id, recorded_at, person_id, actor_name, channel, request_id, code,"
                " subject_type, subject_id) select %s, '2026-11-20 01:02:03.123457Z', %s, 'x', 'test', '', 'test.same',"
                " 'thing', n from generate_series(0, %s) n",
                [auditor.group_id, auditor.actor.person_id, trail.PAGE_SIZE + 4],
            )
            first = list_trail(auditor, TrailFilter(code="test."))
            rest = list_trail(auditor, TrailFilter(code="test."), older=first.rows[-1].place)
        numbers = [int(row.subject_id) for row in [*first.rows, *rest.rows]]
        assert numbers == list(range(trail.PAGE_SIZE + 5))[::-1]

    def test_a_place_is_read_back_as_written_and_nonsense_is_no_place(self) -> None:
        assert Place.read(str(Place(1_700_000_000_000_001, 42))) == Place(1_700_000_000_000_001, 42)
        for text in ("", "1", "_", "a_1", "1_b", "-1_2", "²_1", "1_" + "9" * 30):
            assert Place.read(text) is None


class TestConditions:
    def test_by_person_operation_and_day(self, auditor: Context) -> None:
        _write(auditor, 2, "test.one")
        _write(make_person(auditor, name="다른 사람"), 1, "test.two")
        now = datetime.now(UTC)
        assert _subjects(auditor, TrailFilter(code="test.one")) == ["1", "0"]
        assert _subjects(auditor, TrailFilter(who="다른")) == ["0"]
        day = timedelta(days=1)
        assert len(_subjects(auditor, TrailFilter(code="test.", from_at=now - day, until_at=now + day))) == 3
        assert _subjects(auditor, TrailFilter(code="test.", from_at=now + day)) == []
        assert _subjects(auditor, TrailFilter(code="test.", until_at=now - day)) == []

    def test_by_the_thing_it_was_done_to_with_before_and_after_side_by_side(self, auditor: Context) -> None:
        _write(auditor, 3)
        assert _subjects(auditor, TrailFilter(subject="thing", subject_id="2")) == ["2"]
        assert _subjects(auditor, TrailFilter(code="test.", subject="other")) == []
        page = signed_in(auditor).get("/audit", {"subject": "thing", "number": "2"}).content.decode()
        assert '<s class="mo-3">1</s></td><td>2</td>' in page
        # Nothing differs on the line of number 1, where 1 became 1.
        same = signed_in(auditor).get("/audit", {"subject": "thing", "number": "1"}).content.decode()
        assert "thing 1" in same and '<s class="mo-3">' not in same

    def test_a_percent_sign_is_a_percent_sign(self, auditor: Context) -> None:
        _write(auditor, 1)
        assert _subjects(auditor, TrailFilter(who="%")) == []


class TestWhoReads:
    def test_no_line_of_another_group_is_there(self, auditor: Context, two_groups: TwoGroups) -> None:
        _write(two_groups.person, 3)
        assert _subjects(auditor) == []

    def test_the_right_must_hold_in_the_whole_group(self, auditor: Context) -> None:
        unit = make_unit(auditor)
        local = make_person(auditor, roles=[("auditor", unit.id)])
        with pytest.raises(Forbidden), local.open():
            list_trail(local, TrailFilter())
        assert signed_in(local).get("/audit").status_code == 403

    def test_without_the_right_there_is_no_page(self, auditor: Context) -> None:
        assert signed_in(make_person(auditor, roles=["teller"])).get("/audit").status_code == 403


class TestBesideTheApplication:
    def test_a_change_by_raw_sql_stands_in_the_trail(self, transactional_db: None, as_owner: Any) -> None:
        auditor = make_person(make_group(), roles=["auditor"])
        unit = make_unit(auditor, name="before")
        as_owner.execute("update control_unit set name = 'by hand' where id = %s", [unit.id])
        with auditor.open():
            [row] = [row for row in list_trail(auditor, TrailFilter()).rows if row.kind == "system"]
        assert (row.who, row.code, row.subject_type) == ("moa_owner", "database.update", "control_unit")
        assert row.before and row.after and (row.before["name"], row.after["name"]) == ("before", "by hand")

    def test_the_applications_own_changes_are_not_shown_twice(self, auditor: Context) -> None:
        make_unit(auditor)
        with auditor.open():
            assert {row.kind for row in list_trail(auditor, TrailFilter()).rows} == {"machine"}


class TestThePage:
    def test_it_shows_lines_and_pages(self, auditor: Context) -> None:
        _write(auditor, PAGE_SIZE + 3)
        client = signed_in(auditor)
        page = client.get("/audit?code=test.").content.decode()
        assert _codes(page) == ["test.done"] * PAGE_SIZE and "감사인" in page
        following = re.search(r'rel="next" href="([^"]+)"', page)
        assert following is not None
        second = client.get(following[1].replace("&amp;", "&")).content.decode()
        assert len(_codes(second)) == 3
        former = re.search(r'rel="prev" href="([^"]+)"', second)
        assert former is not None
        first_again = client.get(former[1].replace("&amp;", "&")).content.decode()
        assert len(_codes(first_again)) == PAGE_SIZE

    def test_changes_beside_the_application_stand_in_their_order(
        self, transactional_db: None, as_owner: Any
    ) -> None:
        auditor = make_person(make_group(), roles=["auditor"])
        unit = make_unit(auditor, name="before")
        as_owner.execute("update control_unit set name = 'by hand' where id = %s", [unit.id])
        _write(auditor, 1)
        client = signed_in(auditor)
        page = client.get("/audit").content.decode()
        assert _codes(page)[:2] == ["test.done", "database.update"]
        assert "moa_owner" in page and '<s class="mo-3">before</s></td><td>by hand</td>' in page
        assert _codes(client.get("/audit?channel=sql").content.decode()) == ["database.update"]

    def test_files_hold_what_changed(self, auditor: Context) -> None:
        _write(auditor, 3)
        answer = signed_in(auditor).get("/audit?code=test.&as=csv")
        sent = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert "금액: 1 → 2" in sent and sent.count(",test.done,test.done,") == 3

    @pytest.mark.parametrize(
        ("language", "word"), [("en", "amount: 1 → 2"), ("zh-hans", "金额: 1 → 2"), ("ko", "금액: 1 → 2")]
    )
    def test_files_are_in_the_language_of_the_page(self, auditor: Context, language: str, word: str) -> None:
        """They are made while they are sent, after the page's language is gone."""
        _write(auditor, 3)
        client = signed_in(auditor)
        client.cookies["moa_language"] = language
        answer = client.get("/audit?code=test.&as=csv")
        assert b"".join(answer.streaming_content).decode("utf-8-sig").count(word) == 1

    def test_a_day_is_a_day_of_the_groups_time_zone(self, auditor: Context) -> None:
        with auditor.open(), connection.cursor() as cursor:
            for number, at in enumerate(
                ("2026-11-19T14:59:59Z", "2026-11-19T15:00:00Z", "2026-11-20T15:00:00Z")
            ):
                cursor.execute(
                    "insert into control_auditline (group_id, recorded_at, person_id, actor_name, channel, request_id,"
                    " code, subject_type, subject_id) values (%s, %s, %s, 'x', 'test', '', 'test.day', 'thing', %s)",
                    [auditor.group_id, at, auditor.actor.person_id, number],
                )
        page = signed_in(auditor).get("/audit?from=2026-11-20&to=2026-11-20&code=test.").content.decode()
        assert re.findall(r"thing (\d)<", page) == ["1"]

    @pytest.mark.parametrize(
        "query", ["from=yesterday", "to=2026-02-30", "from=9999-12-31", "older=x", "n=x&newer=1_1"]
    )
    def test_what_cannot_be_read_is_left_out_and_said(self, auditor: Context, query: str) -> None:
        page = signed_in(auditor).get(f"/audit?{query}")
        assert page.status_code == 200
        assert (b"2026-06-24" in page.content) == query.startswith(("from", "to"))

    def test_what_a_person_typed_is_shown_as_text(self, auditor: Context) -> None:
        page = signed_in(auditor).get("/audit", {"who": "<script>alert(1)</script>"}).content.decode()
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page
