"""A group's own column profiles: saved from a sample, tried by imports, versioned, retired, of one group only."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction

from moa.accounts.models import ColumnProfile, StatementFile
from moa.accounts.operations.keep_sample import SampleUnfit, keep_sample
from moa.accounts.operations.read_again import FileNotRefused, read_again
from moa.accounts.operations.save_profile import NewProfile, ProfileUnfit, retire_profile, save_profile
from moa.accounts.own_profiles import active_profiles
from moa.accounts.reading import stage_again
from moa.control.context import Context
from moa.control.models import AuditLine, Document
from moa.formats.spreadsheets.pointing import Pointing
from moa.kernel.errors import Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from tests.accounts.books import Books, make_books
from tests.control.factories import make_person

NUMBER = "110-432-889901"
POINTED = Pointing(
    1, ("일", "말", "나감", "들어옴", "남음", "우리번호"),
    ("date", "summary", "withdrawal", "deposit", "balance", "own_account"), date_order="dmy", currency="KRW",
)  # fmt: skip


def table(*rows: tuple[str, str, str, str, str]) -> bytes:
    lines = ["일,말,나감,들어옴,남음,우리번호", *(",".join((*row, NUMBER)) for row in rows)]
    return "\n".join(lines).encode()


GOOD = table(("16.11.2026", "하나", "", "500", "500"), ("17.11.2026", "둘", "200", "", "300"))
LATER = table(("18.11.2026", "셋", "", "50", "350"), ("19.11.2026", "넷", "100", "", "250"))


def keep(books: Books, data: bytes = GOOD, ctx: Context | None = None) -> int:
    ctx = ctx or books.ctx
    with ctx.open():
        return keep_sample(ctx, source=io.BytesIO(data), name="sample.csv").id


def save(books: Books, sample: int, pointing: Pointing = POINTED, **more: object) -> ColumnProfile:
    with books.ctx.open():
        new = NewProfile(str(more.pop("name", "우리 은행")), pointing, **more)  # type: ignore[arg-type]
        return save_profile(books.ctx, sample_id=sample, new=new)


def refused(books: Books, code: str, *given: object, **more: object) -> ProfileUnfit:
    with pytest.raises(ProfileUnfit) as caught:
        save(books, *given, **more)  # type: ignore[arg-type]
    assert caught.value.code == code
    return caught.value


def test_a_file_that_nobody_knew_comes_in_after_its_columns_were_pointed_out(books: Books) -> None:
    account = books.open(NUMBER)
    before = books.bring(GOOD)
    assert (before.stored, [one.code for one in before.errors]) == (False, ["header_not_found"])
    with books.ctx.open():
        sample = StatementFile.objects.get(id=before.file_id).document_id
    save(books, sample)
    result = books.bring(LATER)
    assert (result.stored, books.amounts(account)) == (True, [50, -100])
    with books.ctx.open():
        assert StatementFile.objects.get(id=result.file_id).profile == "우리 은행 v1"
        assert AuditLine.objects.filter(code="accounts.profile.saved").count() == 1


def test_the_refused_file_itself_is_brought_in_by_the_new_profile(books: Books) -> None:
    account = books.open(NUMBER)
    before = books.bring(GOOD)
    with books.ctx.open():
        sample = StatementFile.objects.get(id=before.file_id).document_id
    profile = save(books, sample)
    with books.ctx.open():
        file = read_again(books.ctx, file_id=before.file_id, profile_id=profile.id)
        assert (file.asked_profile, file.document_id) == ("우리 은행 v1", sample)
    from moa.accounts.operations.import_file import import_file

    assert import_file(books.ctx, file_id=file.id).entries_new == 2
    assert books.amounts(account) == [500, -200]
    with books.ctx.open(), pytest.raises(FileNotRefused):
        read_again(books.ctx, file_id=file.id, profile_id=profile.id)


def test_a_profile_that_would_add_up_wrongly_is_saved_only_by_somebody_who_is_sure(books: Books) -> None:
    sample = keep(books)
    turned = replace(POINTED, fields=("date", "summary", "deposit", "withdrawal", "balance", "own_account"))
    refused(books, "profile_unsound", sample, turned)
    profile = save(books, sample, turned, sure=True)
    assert profile.checked == {"lines": 2, "balances": 2, "unlike": 1, "errors": 0, "cut": False}
    with books.ctx.open():
        assert AuditLine.objects.get(code="accounts.profile.saved").after["checked"]["unlike"] == 1


def test_what_reads_no_line_is_never_saved(books: Books) -> None:
    sample = keep(books, table(("nothing", "", "", "", "")))
    refused(books, "profile_reads_nothing", sample, sure=True)


def test_a_change_is_a_new_version_and_nobody_overwrites_anothers(books: Books) -> None:
    sample = keep(books)
    save(books, sample)
    refused(books, "profile_name_taken", sample)
    assert save(books, sample, replace(POINTED, currency="CNY"), based_on=1).version == 2
    refused(books, "profile_changed", sample, based_on=1)
    with books.ctx.open():
        assert [one.key for one in active_profiles(books.ctx)] == ["우리 은행 v2"]


def test_a_file_is_read_again_as_it_was_read_the_first_time(books: Books) -> None:
    save(books, keep(books))
    parked = books.bring(GOOD)
    assert parked.parked == [NUMBER]
    later = replace(books.ctx, at=books.ctx.at + timedelta(minutes=1))
    with later.open():
        retire_profile(later, name="우리 은행")
        assert active_profiles(later) == []
        file = StatementFile.objects.get(id=parked.file_id)
        assert stage_again(books.ctx, file).entry_count == 2


def test_a_retired_profile_reads_nothing_until_it_is_restored(books: Books) -> None:
    books.open(NUMBER)
    save(books, keep(books))
    with books.ctx.open():
        retire_profile(books.ctx, name="우리 은행")
    assert not books.bring(GOOD).stored
    with books.ctx.open(), pytest.raises(MoveNotAllowed):
        retire_profile(books.ctx, name="우리 은행")
    with books.ctx.open():
        assert retire_profile(books.ctx, name="우리 은행", restore=True).version == 3
    assert books.bring(LATER).stored


def test_two_profiles_of_one_header_are_refused(books: Books) -> None:
    sample = keep(books)
    save(books, sample)
    refusal = refused(
        books, "profile_twin", sample, replace(POINTED, figures="1.234,56"), name="다른 이름", sure=True
    )
    assert refusal.facts["value"] == "우리 은행"


@pytest.mark.parametrize("name", ["", " kb", "x" * 35, "a\nb"])
def test_a_name_must_fit(books: Books, name: str) -> None:
    refused(books, "profile_name_unfit", keep(books), name=name)


def test_a_shipped_name_is_taken(books: Books) -> None:
    refused(books, "profile_name_taken", keep(books), name="kb")


def test_a_bank_must_be_known(books: Books) -> None:
    refused(books, "profile_bank_unknown", keep(books), bank_country="KR", bank_code="999")


def test_a_sample_with_persons_numbers_is_not_kept(books: Books) -> None:
    data = "거래일자,금액,주민등록번호\n2026-11-02,500,9001011234568\n".encode()
    with pytest.raises(SampleUnfit) as caught, books.ctx.open():
        keep_sample(books.ctx, source=io.BytesIO(data), name="x.csv")
    assert caught.value.code == "sample_holds_persons"


def test_a_file_that_is_no_table_is_no_sample(books: Books) -> None:
    with pytest.raises(SampleUnfit), books.ctx.open():
        keep_sample(books.ctx, source=io.BytesIO(b"PK\x03\x04broken"), name="x.xlsx")
    with books.ctx.open():
        assert Document.objects.count() == 0


def test_who_may_not_define_can_neither_save_nor_retire(books: Books) -> None:
    sample = keep(books)
    save(books, sample)
    teller = make_person(books.machine, roles=["teller"])
    with teller.open(), pytest.raises(Forbidden):
        save_profile(teller, sample_id=sample, new=NewProfile("x", POINTED))
    with teller.open(), pytest.raises(Forbidden):
        retire_profile(teller, name="우리 은행")
    with teller.open(), pytest.raises(Forbidden):
        keep_sample(teller, source=io.BytesIO(GOOD), name="x")


def test_profiles_are_of_one_group(books: Books) -> None:
    sample = keep(books)
    save(books, sample)
    other = make_books("other")
    other.open(NUMBER)
    assert not other.bring(GOOD).stored
    with other.ctx.open(), pytest.raises(NotFound):
        save_profile(other.ctx, sample_id=sample, new=NewProfile("x", POINTED))


def test_no_version_is_ever_changed(books: Books) -> None:
    save(books, keep(books))
    for statement in ("update accounts_columnprofile set name = 'x'", "delete from accounts_columnprofile"):
        with pytest.raises(Exception) as caught, books.ctx.open(), transaction.atomic():  # noqa: PT011
            connection.cursor().execute(statement)
        assert "permission denied" in str(caught.value) or isinstance(caught.value, InternalError)
