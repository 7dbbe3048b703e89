"""The pages of column profiles with plain forms: a sample, choices over its columns, saving, versions, a refused file."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.test import Client

from moa.accounts.models import ColumnProfile, StatementFile, Transaction
from tests.accounts.books import Books
from tests.accounts.test_own_profiles import GOOD, LATER, NUMBER
from tests.control.factories import signed_in
from tests.formats.spreadsheets.locked import locked_xlsx
from tests.formats.spreadsheets.tables import HEADER, ROWS, TITLES, xlsx

FIELDS = ("date", "summary", "withdrawal", "deposit", "balance", "own_account")
GIVEN = {
    "sheet": "0", "header_row": "1", "header_rows": "1", "date_order": "dmy", "figures": "1,234.56", "currency": "KRW",
    "name": "우리 은행", "based_on": "0", **{f"col-{at}": field for at, field in enumerate(FIELDS)},
}  # fmt: skip


def upload(client: Client, data: bytes = GOOD) -> str:
    sample = io.BytesIO(data)
    sample.name = "sample.csv"
    return client.post("/imports/profiles/new", {"file": sample}).headers["Location"]


@pytest.fixture
def client(books: Books) -> Client:
    return signed_in(books.ctx)


def test_a_sample_is_shown_with_what_is_guessed_and_how_it_reads(client: Client) -> None:
    page = client.get(upload(client)).content.decode()
    chosen = re.findall(r'name="col-\d".*?<option value="(\w+)" selected>', page, re.DOTALL)
    assert chosen == list(FIELDS[:5]) + ["code"]
    assert "잔액 2개가 이어집니다" in page
    assert "2026-11-16" in page


def test_it_is_saved_only_when_its_balances_run_or_somebody_is_sure(client: Client, books: Books) -> None:
    address = upload(client)
    turned = GIVEN | {"col-2": "deposit", "col-3": "withdrawal", "do": "save"}
    refused = client.post(address, turned)
    assert refused.status_code == 422
    assert "잔액 1개가 이어지지 않습니다" in refused.content.decode()
    assert "300 ≠ 700" in refused.content.decode()
    with books.ctx.open():
        assert not ColumnProfile.objects.exists()
    saved = client.post(address, turned | {"sure": "yes"})
    assert saved.status_code == 302
    assert "맞지 않는 것이 있는 채로" in client.get(saved.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"col-0": "sequence"}, "날짜 열이 아직 없습니다"),
        ({"col-2": "code", "col-3": "code"}, "금액 열이 아직 없습니다"),
        ({"col-1": "date"}, "같은 항목을 두 열에 지정했습니다"),
        ({"header_row": "2"}, "이 줄에는 열 이름이 없습니다"),
        ({"header_row": "x' or 1=1"}, "이 줄에는 열 이름이 없습니다"),
    ],
)
def test_it_says_what_is_still_missing(client: Client, change: dict[str, str], words: str) -> None:
    page = client.post(upload(client), GIVEN | change | {"do": "look"})
    assert (page.status_code, words in page.content.decode()) == (200, True)


def test_a_fragment_is_given_to_a_page_that_asks_for_one(client: Client) -> None:
    address = upload(client)
    for target in ("trial", "pointing"):
        page = client.post(
            address, GIVEN, headers={"HX-Request": "true", "HX-Target": target}
        ).content.decode()
        assert page.strip().startswith(f'<div id="{target}"')


def test_another_header_row_is_guessed_at_anew(client: Client) -> None:
    data = "\n".join(["한국 은행,,,,,", *GOOD.decode().splitlines()]).encode()
    asked = {**GIVEN, "header_row": "2", "seen_header": "1:1", "col-0": "sequence", "col-1": "sequence"}
    page = client.post(upload(client, data), asked).content.decode()
    assert re.findall(r'name="col-\d".*?<option value="(\w+)" selected>', page, re.DOTALL)[0] == "date"


def test_a_refused_file_leads_to_the_page_and_is_read_from_there(client: Client, books: Books) -> None:
    books.open(NUMBER)
    file_id = books.bring(GOOD).file_id
    page = client.get(f"/imports/{file_id}").content.decode()
    address = re.search(r'href="(/imports/profiles/sample/\d+)"', page)
    assert address is not None
    saved = client.post(address[1], GIVEN | {"do": "save"}).headers["Location"]
    button = re.search(
        r'action="(/imports/profiles/\d+/read)".*?name="file" value="(\d+)"',
        client.get(saved).content.decode(),
    )
    assert button is not None
    assert button[2] == str(file_id)
    target = client.post(button[1], {"file": button[2]}).headers["Location"]
    with books.ctx.open():
        assert StatementFile.objects.get(id=int(target.rsplit("/", 1)[1])).asked_profile == "우리 은행 v1"
    # What cannot be read again leads back to the file, and nothing new is made.
    assert books.bring(LATER).stored
    with books.ctx.open():
        before = StatementFile.objects.count()
        good = StatementFile.objects.get(state="stored").id
    client.post(button[1], {"file": str(good)})
    with books.ctx.open():
        assert StatementFile.objects.count() == before


def test_a_profile_is_changed_retired_and_used_again(client: Client, books: Books) -> None:
    address = upload(client)
    saved = client.post(address, GIVEN | {"do": "save"}).headers["Location"].split("?")[0]
    page = client.get(f"{address}?base={saved.rsplit('/', 1)[1]}").content.decode()
    assert 'name="based_on" value="1"' in page
    second = client.post(address, GIVEN | {"based_on": "1", "currency": "CNY", "do": "save"}).headers[
        "Location"
    ]
    assert "2판" in client.get(second).content.decode()
    number = second.split("?")[0]
    for do, word in (("retire", "그만 쓰는 구성입니다"), ("restore", "그만 쓰기")):
        number = client.post(f"{number}/retire", {"do": do}).headers["Location"]
        assert word in client.get(number).content.decode()
    listed = client.get("/imports/profiles").content.decode()
    assert listed.count('data-row="') == 1


def test_a_file_without_a_table_says_so(client: Client, books: Books) -> None:
    file_id = books.bring(b"PK\x03\x04broken").file_id
    with books.ctx.open():
        document = StatementFile.objects.get(id=file_id).document_id
    answer: Any = client.get(f"/imports/profiles/sample/{document}")
    assert (answer.status_code, "다른 견본 올리기" in answer.content.decode()) == (200, True)


def test_a_script_in_a_cell_stays_text(client: Client) -> None:
    data = GOOD.replace("하나".encode(), b"<script>alert(1)</script>")
    page = client.get(upload(client, data)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_table_whose_first_row_is_data_is_pointed_at_saved_and_read_where_it_is_chosen(
    client: Client, books: Books
) -> None:
    books.open("110432889901")
    bare = GOOD.split(b"\n", 1)[1]
    address = upload(client, bare)
    page = client.get(address).content.decode()
    assert '<option value="0" selected>' in page and "자료가 시작되는 행" in page
    assert re.findall(r'name="col-\d".*?<option value="(\w+)" selected>', page, re.DOTALL)[:5] == list(
        FIELDS[:5]
    )
    saved = client.post(address, GIVEN | {"header_rows": "0", "do": "save"})
    assert saved.status_code == 302, re.findall(r"<li>(.*?)</li>", saved.content.decode())
    with books.ctx.open():
        assert ColumnProfile.objects.get().pointing["names"] == list("ABCDEF")
    assert books.bring(bare).entries_new == 0
    assert books.bring(bare + b"\n", profile="우리 은행").entries_new == 2


def test_a_locked_workbook_is_told_in_a_sentence_of_its_own(client: Client) -> None:
    sample = io.BytesIO(locked_xlsx(xlsx([["a", "b"]]), "secret"))
    sample.name = "locked.xlsx"
    answer = client.post("/imports/profiles/new", {"file": sample})
    assert answer.status_code == 422
    assert (
        "비밀번호로 잠긴" in answer.content.decode()
        and "비밀번호 없이 사본을 저장해" in answer.content.decode()
    )


def test_the_panel_of_a_line_from_a_workbook_shows_its_cells(client: Client, books: Books) -> None:
    books.open("40277011008")
    brought = books.bring(xlsx([*TITLES, HEADER, *ROWS]), "거래.xlsx")
    assert brought.entries_new == 3
    with books.ctx.open():
        line = Transaction.objects.get(amount_minor=50000)
    panel = client.get(f"/transactions/{line.id}", headers={"HX-Request": "true"}).content.decode()
    for word in ("거래.xlsx", "입금액", "2026.11.03 10:30:15", "판매대금", "50000", "750000"):
        assert word in panel.partition("mo-chain")[2], word
