"""What a person keeps for a list is that person's alone, and files of a list hold no formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from moa.control.context import Context
from moa.control.models import AuditLine, Identity, SavedView, TableChoice
from moa.control.operations.choose_columns import ColumnsUnfit, choose_columns
from moa.control.operations.remove_view import remove_view
from moa.control.operations.save_view import TooManyViews, ViewUnfit, save_view
from moa.control.table_settings import table_settings
from moa.control.web import tables
from moa.kernel.errors import NotFound
from tests.control.factories import TwoGroups, make_person, signed_in
from tests.control.list_of_values import list_of

SCRIPT = "<script>alert(1)</script>"
ATTACKS = [f"{sign}1+1" for sign in "=+-@\t\r"]
ROWS = [
    (number, name, date(2026, 6, 24), datetime(2026, 6, 24, 1, tzinfo=UTC), -1_250, "KRW", Decimal("1.5"), "new")
    for number, name in enumerate([SCRIPT, *ATTACKS], 1)
]  # fmt: skip
LIST = list_of(ROWS, "test.kept", right="control.units.view")


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    tables.TABLES[LIST.name] = LIST
    yield
    del tables.TABLES[LIST.name]


def _view(ctx: Context, name: str = "큰 출금", query: str = "state=new") -> SavedView:
    with ctx.open():
        return save_view(ctx, table=LIST.name, name=name, query=query)


def test_a_view_and_columns_are_kept_and_a_name_is_used_once(two_groups: TwoGroups) -> None:
    ctx = two_groups.person
    first = _view(ctx)
    assert _view(ctx, "  큰   출금 ", "state=done").id == first.id
    with ctx.open():
        choose_columns(ctx, table=LIST.name, columns=["day"], density="tight")
        kept = table_settings(ctx, LIST.name)
    assert ([view.query for view in kept.views], kept.columns, kept.density) == (
        ["state=done"],
        ("day",),
        "tight",
    )


def test_nobody_else_sees_or_removes_a_view_neither_beside_nor_in_another_group(
    two_groups: TwoGroups,
) -> None:
    view = _view(two_groups.person)
    with two_groups.person.open():
        choose_columns(two_groups.person, table=LIST.name, columns=["day"])
    colleague = make_person(two_groups.one, roles=["treasurer"])
    for other in (colleague, two_groups.stranger):
        with other.open():
            assert SavedView.objects.count() == TableChoice.objects.count() == 0
            assert table_settings(other, LIST.name).views == ()
            assert SavedView.objects.filter(id=view.id).update(name="x") == 0
            with pytest.raises(NotFound):
                remove_view(other, view_id=view.id)
    with two_groups.person.open():
        remove_view(two_groups.person, view_id=view.id)
        assert SavedView.objects.count() == 0


def test_the_database_refuses_a_view_for_somebody_else(two_groups: TwoGroups) -> None:
    from django.db import ProgrammingError, transaction

    colleague = make_person(two_groups.one, roles=["treasurer"])
    with (
        two_groups.person.open(),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        SavedView.objects.create(
            group_id=two_groups.one.group_id,
            person_id=colleague.actor.person_id,
            table_name="x",
            name="x",
            query="",
        )


@pytest.mark.parametrize(
    ("name", "query"), [("", ""), ("   ", ""), ("x" * 61, ""), ("x", "q" * 2001), ("\0", "")]
)
def test_a_view_without_a_fit_name_is_refused(two_groups: TwoGroups, name: str, query: str) -> None:
    with pytest.raises(ViewUnfit):
        _view(two_groups.person, name, query)


def test_the_twenty_first_view_is_refused(two_groups: TwoGroups) -> None:
    for number in range(20):
        _view(two_groups.person, f"v{number}")
    with pytest.raises(TooManyViews):
        _view(two_groups.person, "one more")


def test_a_height_of_rows_that_is_none_is_refused(two_groups: TwoGroups) -> None:
    with two_groups.person.open(), pytest.raises(ColumnsUnfit):
        choose_columns(two_groups.person, table=LIST.name, columns=[], density="huge")


def test_the_forms_keep_and_lead_back_and_not_elsewhere(two_groups: TwoGroups) -> None:
    client = signed_in(two_groups.person)
    sent = {"table": LIST.name, "name": SCRIPT, "query": "state=new&after=x", "next": "/transactions"}
    assert client.post("/lists/view", sent)["Location"] == "/transactions?state=new"
    assert (
        client.post("/lists/view", sent | {"next": "https://elsewhere.example/"})["Location"] == "/?state=new"
    )
    assert client.post("/lists/view", sent | {"table": "test.unknown"}).status_code == 404
    assert client.post("/lists/view", sent | {"name": " "}).status_code == 422
    columns = {"table": LIST.name, "column": ["day", "nonsense"], "density": "wide", "next": "/x"}
    assert client.post("/lists/columns", columns)["Location"] == "/x"
    with two_groups.person.open():
        kept = table_settings(two_groups.person, LIST.name)
    assert [view.name for view in kept.views] == [SCRIPT] and kept.columns == ("day",)
    assert client.post("/lists/view/remove", {"view": "x"}).status_code == 404
    assert client.post("/lists/view/remove", {"view": str(kept.views[0].id)}).status_code == 302


def _get(ctx: Context, query: str) -> Any:
    view = tables.table_view(LIST)
    request = RequestFactory().get(f"/values{query}")
    request.user = Identity.objects.get(person_id=ctx.actor.person_id, group_id=ctx.group_id)
    request.session = signed_in(ctx).session
    return view(request)


def test_a_script_in_every_name_and_condition_is_text(two_groups: TwoGroups) -> None:
    ctx = two_groups.person
    _view(ctx, SCRIPT)
    names = [
        "text",
        "name",
        "currency",
        "state",
        "amount.least",
        "day.from",
        "number.most",
        "sort",
        "after",
        "n",
    ]
    for query in ["?", *(f"?{name}={SCRIPT}" for name in names), f"?as=print&name={SCRIPT}"]:
        page = _get(ctx, query)
        assert isinstance(page, HttpResponse) and page.status_code == 200
        words = page.content.decode()
        assert SCRIPT not in words and "<script>" not in words.partition("<main")[2], query
    assert "&lt;script&gt;" in _get(ctx, "").content.decode()


def _sent(response: Any) -> bytes:
    assert isinstance(response, StreamingHttpResponse) and response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[arg-type]


def test_files_hold_figures_days_and_no_formula(two_groups: TwoGroups) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_sent(_get(two_groups.person, "?as=xlsx&sort=name"))))
    rows = list(book.worksheets[0].iter_rows(min_row=2))
    assert sorted(row[1].value for row in rows) == sorted([SCRIPT, *ATTACKS[:-1], "_x000D_1+1"])
    assert {row[1].data_type for row in rows} == {"s"}
    assert rows[0][0].value == datetime(2026, 6, 24) and rows[0][3].value == -1250 and rows[0][5].value == 1.5
    text = _sent(_get(two_groups.person, "?as=csv")).decode("utf-8-sig")
    cells = [row[1] for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert sorted(cells) == sorted([SCRIPT, *(f"'{attack}" for attack in ATTACKS)])
    with two_groups.person.open():
        assert AuditLine.objects.filter(code="control.list.exported").count() == 2


def test_a_list_needs_its_right_as_a_page_and_as_a_file(two_groups: TwoGroups) -> None:
    from django.core.exceptions import PermissionDenied

    nobody = make_person(two_groups.one, roles=[])
    for query in ("", "?as=xlsx", "?part=sums", "?as=print"):
        with pytest.raises(PermissionDenied):
            _get(nobody, query)
