"""The workbook of the daily report while a bank's file comes in between its sums and its rows; and what a refusal leaves."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from moa.control.context import Context
from moa.control.models import Person
from moa.control.queries import machine_context
from moa.entry.commands.report_daily import daily
from moa.kernel.errors import Forbidden
from moa.reports import daily_workbook, jobs
from moa.reports.operations.set_daily_mailing import set_daily_mailing
from moa.reports.web import views_daily
from tests.accounts.bank_files import Line
from tests.accounts.books import Books
from tests.control.factories import make_person, signed_in
from tests.faults import at_once
from tests.reports.asking import bring_lines
from tests.reports.daily_scene import MONDAY, WON

WORTH = 10
TUESDAY_MORNING = datetime(2026, 11, 17, 0, 0, tzinfo=UTC)


def _rows_and_sum(book: bytes) -> tuple[int, int]:
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()[-6:]
    assert len(rows) == 5 and head[0] == "회사"
    *accounts, below = (round(float(row[WORTH] or 0)) for row in rows)
    return sum(accounts), below


def _by_command(monkeypatch: pytest.MonkeyPatch, ctx: Context, target: Path) -> Result:
    monkeypatch.setattr("moa.entry.acting.acting_context", lambda **_: ctx)
    return CliRunner().invoke(daily, ["--date", str(MONDAY), "-o", str(target)])


@pytest.mark.django_db(transaction=True)
def test_rows_and_sums_are_of_one_moment_on_each_way_out(
    worked: Books, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    worked.open("200000000001", bank="088")
    made: list[bytes] = []
    write = daily_workbook.report_workbook

    def interrupted(ctx: Context, *, day: date) -> Iterator[bytes]:
        """The sums are asked for at the call; then another connection stores a line, then the rows are read."""
        pieces = write(ctx, day=day)
        come = Line(MONDAY, 1_000)
        assert at_once(
            lambda: bring_lines(worked, WON, come, opening=1_450_000, reference=f"L{len(made)}")
        ) == [None]
        made.append(b"".join(pieces))
        return iter(made[-1:])

    for place in (daily_workbook, jobs, views_daily):
        monkeypatch.setattr(place, "report_workbook", interrupted)
    with worked.ctx.open():
        Person.objects.filter(id=worked.ctx.actor.person_id).update(email="kim@example.org")
        set_daily_mailing(worked.ctx, person_id=worked.ctx.actor.person_id, at=time(8), form="xlsx")
    jobs.mail_daily(machine_context(worked.machine.group_id, at=TUESDAY_MORNING, channel="job"))
    assert signed_in(worked.ctx).get(f"/reports/daily.xlsx?date={MONDAY}").getvalue() == made[1]
    assert _by_command(monkeypatch, worked.ctx, tmp_path / "report.xlsx").exit_code == 0
    assert (tmp_path / "report.xlsx").read_bytes() == made[2]
    for way, book in zip(("mail", "page", "command"), made, strict=True):
        rows, below = _rows_and_sum(book)
        assert rows == below, way


def test_a_file_stays_as_it_was_when_the_report_is_refused_or_fails(
    worked: Books, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    target = tmp_path / "report.xlsx"
    target.write_bytes(b"yesterday")
    nobody = make_person(worked.machine)
    assert isinstance(_by_command(monkeypatch, nobody, target).exception, Forbidden)
    assert target.read_bytes() == b"yesterday"

    def fail(*_: Any, **__: Any) -> Iterator[bytes]:
        yield b"PK"
        raise OSError("gone")

    monkeypatch.setattr(daily_workbook, "report_workbook", fail)
    assert isinstance(_by_command(monkeypatch, worked.ctx, target).exception, OSError)
    assert target.read_bytes() == b"yesterday"
