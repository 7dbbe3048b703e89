"""The daily fund report leaves the house: as a workbook that is sent while it is read, on paper, and by mail at its hour."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from moa.control.context import Context
from moa.control.models import Assignment, Mail, Notice, Person
from moa.control.queries import machine_context
from moa.kernel.errors import Forbidden
from moa.reports.daily_words import report_pdf
from moa.reports.jobs import mail_daily
from moa.reports.models import DailyMailing
from moa.reports.operations.set_daily_mailing import MailingNotPossible, set_daily_mailing
from tests.accounts.bank_files import Line, nov
from tests.accounts.books import Books
from tests.control.factories import make_person, signed_in
from tests.reports.asking import bring_lines
from tests.reports.daily_scene import DOLLAR, MONDAY, WON


def _mailing(books: Books, at: str = "08:30") -> None:
    with books.ctx.open():
        Person.objects.filter(id=books.ctx.actor.person_id).update(email="kim@example.org")
        set_daily_mailing(
            books.ctx, person_id=books.ctx.actor.person_id, at=time.fromisoformat(at), form="both"
        )


def _mails(books: Books) -> list[Mail]:
    with books.ctx.open():
        return list(Mail.objects.order_by("id"))


def _at(books: Books, moment: datetime) -> Context:
    return machine_context(books.machine.group_id, at=moment, channel="job")


def test_the_workbook_reads_few_rows_at_once(worked: Books, monkeypatch: Any) -> None:
    """It is sent while it is read: the list of all accounts is never made."""

    def refuse(*_: Any, **more: Any) -> Any:
        assert more.get("most") == 0, "every account at once"
        return []

    monkeypatch.setattr("moa.reports.daily.list_accounts", refuse)
    answer = signed_in(worked.ctx).get(f"/reports/daily.xlsx?date={MONDAY}")
    assert answer.streaming and len(answer.getvalue()) > 1_000


def test_paper_has_the_largest_accounts_the_sums_of_all_and_says_so(worked: Books, monkeypatch: Any) -> None:
    set_in: list[dict[str, Any]] = []

    def keep(template: str, data: dict[str, Any]) -> bytes:
        set_in.append(data)
        return b"%PDF"

    monkeypatch.setattr("moa.reports.daily_words.printing.pdf", keep)
    worked.open("200000000001", bank="088")

    def blocks(printed: int) -> list[dict[str, Any]]:
        monkeypatch.setattr("moa.reports.daily_words.PRINTED", printed)
        with worked.ctx.open():
            report_pdf(worked.ctx, day=MONDAY)
        found: list[dict[str, Any]] = set_in[-1]["blocks"]
        return found

    whole, cut = blocks(4), blocks(2)
    assert not [one for one in whole if "4계좌" in str(one.get("text"))]
    assert [one["text"] for one in cut if "4계좌" in str(one.get("text"))] == [
        "모두 4계좌 가운데 잔액이 큰 2계좌만 인쇄했습니다. 합계는 전체 기준이며, Excel에는 모든 계좌가 있습니다."
    ]
    tables = [one for one in cut if one["kind"] == "table"]
    assert [row[2]["text"] + row[2]["tail"] for row in tables[-1]["rows"]] == [WON, DOLLAR], "by worth"
    assert tables[0]["sums"] == next(one for one in whole if one.get("title") == tables[0]["title"])["sums"]
    said = [one["text"] for one in cut if "인쇄하기에 너무 많" in str(one.get("text"))]
    assert len(said) == 1 and "은행" in said[0], (
        "by bank there are three sums: two currencies and another bank"
    )


def test_paper_without_the_account_that_does_not_add_up_says_where_its_gap_stands(
    worked: Books, monkeypatch: Any
) -> None:
    small = "300000000001"
    worked.open(small)
    bring_lines(worked, small, Line(nov(13), 10), reference="G1")
    bring_lines(worked, small, Line(MONDAY, 5), opening=100, reference="G2")
    said: list[list[str]] = []

    def keep(_template: str, data: dict[str, Any]) -> bytes:
        said.append([str(one.get("text")) for one in data["blocks"]])
        return b"%PDF"

    monkeypatch.setattr("moa.reports.daily_words.printing.pdf", keep)
    for printed in (4, 2):
        monkeypatch.setattr("moa.reports.daily_words.PRINTED", printed)
        with worked.ctx.open():
            report_pdf(worked.ctx, day=MONDAY)
    whole, cut = said
    assert [one for one in whole if "차이를 함께" in one] and not [
        one for one in whole if "차이는 Excel" in one
    ]
    assert [one for one in cut if "차이는 Excel" in one] and not [one for one in cut if "차이를 함께" in one]


def test_one_report_that_fails_stops_no_other(worked: Books, monkeypatch: Any) -> None:
    other = make_person(worked.machine, roles=["treasurer"])
    _mailing(worked)
    with worked.ctx.open():
        Person.objects.filter(id=other.actor.person_id).update(email="lee@example.org")
        set_daily_mailing(worked.ctx, person_id=other.actor.person_id, at=time(8), form="pdf")

    def fail_first(ctx: Context, *, day: date) -> bytes:
        if ctx.actor.person_id == worked.ctx.actor.person_id:
            raise OSError("no paper")
        return b"%PDF"

    monkeypatch.setattr("moa.reports.jobs.report_pdf", fail_first)
    with pytest.raises(OSError):
        mail_daily(_at(worked, datetime(2026, 11, 17, 0, 0, tzinfo=UTC)))
    assert [mail.to_address for mail in _mails(worked)] == ["lee@example.org"]


def test_it_is_mailed_once_at_its_hour_of_a_business_day(worked: Books) -> None:
    _mailing(worked)
    tuesday = datetime(2026, 11, 16, 23, 0, tzinfo=UTC)
    for moment, mails in (
        (tuesday, 0), (tuesday + timedelta(minutes=35), 1), (tuesday + timedelta(hours=2), 1),
        (datetime(2026, 11, 21, 5, 0, tzinfo=UTC), 1),
    ):  # fmt: skip
        mail_daily(_at(worked, moment))
        assert len(_mails(worked)) == mails, moment
    (mail,) = _mails(worked)
    assert (mail.subject, [file["name"] for file in mail.attachments]) == (
        "[Moa] 자금일보 2026-11-16", ["daily-2026-11-16.pdf", "daily-2026-11-16.xlsx"],
    )  # fmt: skip


def test_who_may_not_see_the_position_any_more_is_mailed_nothing_and_that_is_said(worked: Books) -> None:
    other = make_person(worked.machine, roles=["treasurer"])
    _mailing(worked)
    with worked.ctx.open():
        Assignment.objects.filter(person_id=worked.ctx.actor.person_id).update(valid_until=nov(15))
    mail_daily(_at(worked, datetime(2026, 11, 17, 0, 0, tzinfo=UTC)))
    assert _mails(worked) == []
    with worked.machine.open():
        assert Notice.objects.get().person_id == other.actor.person_id


def test_only_who_may_sets_a_mailing_and_only_to_who_may_read_it(worked: Books) -> None:
    clerk = make_person(worked.machine, roles=["clerk"])
    with clerk.open(), pytest.raises(Forbidden):
        set_daily_mailing(clerk, person_id=clerk.actor.person_id, at=time(8), form="pdf")
    with worked.ctx.open(), pytest.raises(MailingNotPossible):
        set_daily_mailing(worked.ctx, person_id=clerk.actor.person_id, at=time(8), form="pdf")


def test_a_mailing_that_another_changed_is_neither_set_nor_ended_unseen(worked: Books) -> None:
    _mailing(worked)
    other = make_person(worked.machine, roles=["treasurer"], name="윤가람")
    with other.open():
        Person.objects.filter(id=other.actor.person_id).update(email="yun@example.org")
    here, there = signed_in(worked.ctx), signed_in(other)
    opened = here.get("/reports/daily").content.decode()
    row, whole = re.findall(r'name="seen" value="([^"]+)"', opened)
    person = str(worked.ctx.actor.person_id)
    given = {"person": person, "at": "07:10", "form": "pdf"}
    assert there.post("/reports/daily/mailings", given | {"seen": whole}).status_code == 302
    late = here.post("/reports/daily/mailings", given | {"at": "09:00", "seen": whole})
    said = late.content.decode()
    assert late.status_code == 422 and "윤가람" in said and "07:10" in said and 'value="09:00"' in said
    ended = here.post("/reports/daily/mailings", {"person": person, "do": "end", "seen": row})
    assert ended.status_code == 422 and "윤가람" in ended.content.decode()
    with worked.ctx.open():
        assert DailyMailing.objects.get().at == time(7, 10)
    # Of a person of whom the page showed nothing there is nothing to overwrite; sent again, it is known.
    mine = {"person": str(other.actor.person_id), "at": "06:00", "form": "xlsx", "seen": whole}
    assert here.post("/reports/daily/mailings", mine).status_code == 302
    assert there.post("/reports/daily/mailings", mine | {"at": "06:30"}).status_code == 422
    row, *_, renewed = re.findall(r'name="seen" value="([^"]+)"', said)
    assert here.post("/reports/daily/mailings", given | {"at": "09:00", "seen": renewed}).status_code == 302


def test_the_pages_and_files_open(worked: Books) -> None:
    _mailing(worked)
    client = signed_in(worked.ctx)
    page = client.get("/reports/daily?date=2026-11-16").content.decode()
    assert "1,450,000" in page
    assert client.get("/reports/daily.pdf?date=2026-11-16").content.startswith(b"%PDF-")
    assert client.get("/reports/daily.xlsx?date=2026-11-16").getvalue().startswith(b"PK")
    for day in ("2030-01-01", "9999-12-31"):
        for kind in ("pdf", "xlsx"):
            assert client.get(f"/reports/daily.{kind}?date={day}").status_code == 404
    for page_of in ("/reports/daily", "/position"):
        assert client.get(f"{page_of}?date=0001-01-01").status_code == 200
    assert client.get("/reports/daily.pdf?date=x").status_code == 404
    person = worked.ctx.actor.person_id
    form = {"person": str(person), "at": "07:10", "form": "pdf"}
    assert client.post("/reports/daily/mailings", form).status_code == 302
    assert client.post("/reports/daily/mailings", form | {"at": "late"}).status_code == 422
    assert client.post("/reports/daily/mailings", form | {"do": "end"}).status_code == 302
    with worked.ctx.open():
        assert not DailyMailing.objects.exists()
