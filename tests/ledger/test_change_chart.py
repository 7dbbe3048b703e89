"""A chart grows, is renamed and is closed; what is in use stays, and a policy asks for a second person."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from moa.control.approval_acts import SecondPersonNeeded, ask_or_do
from moa.control.approval_subjects import decide, describe
from moa.control.models import ApprovalRequest, AuditLine
from moa.kernel.errors import DomainError, Forbidden
from moa.ledger.models import Book, LedgerAccount, Subject
from moa.ledger.operations.add_subject import SUBJECT, NewSubject, add_subject
from moa.ledger.operations.change_account import change_account
from moa.ledger.operations.close_subject import close_subject
from moa.ledger.operations.rename_subject import rename_subject
from moa.ledger.operations.set_up_book import NewBook, set_up_book
from tests.control.factories import signed_in
from tests.control.policies import House, band


@pytest.fixture
def house(db: None) -> House:
    return House(live=True)


@pytest.fixture
def book(house: House) -> Book:
    with house.machine.open():
        new = NewBook("B", "장부", house.unit.id, "KRW", house.machine.today, is_default=True)
        return set_up_book(house.machine, new=new)


def account_under(house: House, book: Book, code: str, side: int = 1) -> LedgerAccount:
    """`side` is -1 for an account that stands against its subject."""
    with house.machine.open(), transaction.atomic():
        subject = Subject.objects.get(book_id=book.id, code=code)
        return LedgerAccount.objects.create(
            group_id=book.group_id, book_id=book.id, subject_id=subject.id, code="A1", name="계정", currency="KRW",
            normal_side=side * subject.normal_side, opened_on=house.machine.today,
        )  # fmt: skip


def refused(house: House, act: object) -> str:
    ctx = house.now(house.second)
    with pytest.raises(DomainError) as refusal, ctx.open():
        act(ctx)  # type: ignore[operator]
    return refusal.value.code


def test_a_subject_takes_nature_and_side_of_the_one_above(house: House, book: Book) -> None:
    ctx = house.second
    with ctx.open():
        above = Subject.objects.get(book_id=book.id, code="2011")
        made = add_subject(ctx, book, new=NewSubject("201190", "기타예금", "2011", names={"ko": "기타예금"}))
        assert (made.parent_id, made.nature, made.normal_side) == (above.id, above.nature, above.normal_side)
        rename_subject(ctx, book, "201190", name="잡예금", names={"ko": "잡예금", "en": "Sundry"})
        close_subject(ctx, book, "201190")
        lines = AuditLine.objects.filter(subject_type="ledger_subject").order_by("id")
        codes = list(lines.values_list("code", flat=True))
        assert codes[-3:] == ["ledger.subject.added", "ledger.subject.renamed", "ledger.subject.closed"]
        assert Subject.objects.get(book_id=book.id, code="201190").closed_on == ctx.today


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewSubject("2012X", "예금", "2011"), "subject_unfit"),
        (NewSubject("2011", "예금", "2011"), "subject_unfit"),
        (NewSubject("201199", " ", "2011"), "subject_unfit"),
        (NewSubject("9999", "예금", nature="magic"), "subject_unfit"),
        (NewSubject("201101", "예금", "2011"), "subject_exists"),
        (NewSubject("77", "예금", "7777"), "not_found"),
        (NewSubject("20110101", "예금", "201101"), "subject_has_accounts"),
    ],
)
def test_what_does_not_fit_the_chart_is_refused(house: House, book: Book, new: NewSubject, code: str) -> None:
    account_under(house, book, "201101")
    assert refused(house, lambda ctx: add_subject(ctx, book, new=new)) == code


def test_a_subject_in_use_is_not_closed_and_a_closed_one_takes_nothing_new(house: House, book: Book) -> None:
    account = account_under(house, book, "201101")
    assert refused(house, lambda ctx: close_subject(ctx, book, "201101")) == "subject_in_use"
    assert refused(house, lambda ctx: close_subject(ctx, book, "2011")) == "subject_in_use"
    ctx = house.now(house.second)
    with ctx.open():
        change_account(ctx, book, account.code, "close")
        closed = close_subject(ctx, book, "201101")
    below = NewSubject("20110101", "예금", "201101")
    assert refused(house, lambda ctx: add_subject(ctx, book, new=below)) == "subject_closed"
    assert refused(house, lambda ctx: close_subject(ctx, book, "201101")) == "subject_closed"
    # Raw SQL opens no account there either.
    with pytest.raises(DatabaseError, match="closed subject"), house.machine.open(), transaction.atomic():
        LedgerAccount.objects.create(
            group_id=book.group_id, book_id=book.id, subject_id=closed.id, code="A2", name="계정", currency="KRW",
            normal_side=closed.normal_side, opened_on=house.machine.today,
        )  # fmt: skip


def test_the_database_takes_no_account_that_stands_against_its_subject(house: House, book: Book) -> None:
    with pytest.raises(DatabaseError, match="on the side of its subject"):
        account_under(house, book, "201101", side=-1)


def test_who_does_not_set_up_books_changes_no_chart(house: House, book: Book) -> None:
    with pytest.raises(Forbidden), house.maker.open():
        close_subject(house.maker, book, "201101")


def test_with_a_policy_the_page_files_it_and_a_second_person_acts(house: House, book: Book) -> None:
    head = house.person("head")
    house.policy([band("", "head")], subject_type=SUBJECT, currency="")
    asker = house.now(house.second)
    with pytest.raises(SecondPersonNeeded), asker.open():
        close_subject(asker, book, "201101")
    client = signed_in(asker)
    form = {"book": "B", "subject": "2011", "code": "201190", "name": "기타예금", "zh": "其他存款", "en": ""}
    answer = client.post("/books/chart/add", form, follow=True)
    with asker.open():
        request = ApprovalRequest.objects.get(subject_type=SUBJECT)
        assert not Subject.objects.filter(code="201190").exists()
    assert f"/approvals/{request.id}" in answer.content.decode()
    fresh = house.now(head)
    with fresh.open():
        assert describe(fresh, request).title == "201190"
        decide(fresh, request, approve=True, seen_hash=request.content_hash, reason="")
        assert Subject.objects.get(code="201190").names == {"ko": "기타예금", "zh-hans": "其他存款"}


def test_without_a_policy_the_page_acts_and_says_what_it_refuses(house: House, book: Book) -> None:
    account_under(house, book, "201101")
    client = signed_in(house.now(house.second))
    assert "201101" in client.get("/books/chart?subject=201101").content.decode()
    moved = client.post(
        "/books/chart/account", {"book": "B", "subject": "201101", "account": "A1", "move": "freeze"}
    )
    assert moved.status_code == 302
    assert client.post("/books/chart/close", {"book": "B", "subject": "201101"}).status_code == 409
    with house.second.open():
        assert LedgerAccount.objects.get(code="A1").state == "frozen"
        content = {
            "book": str(book.id),
            "act": "close",
            "code": "1001",
            "parent": "",
            "name": "",
            "names": {},
        }
        assert ask_or_do(house.second, SUBJECT, subject_id="x", content=content) is None
