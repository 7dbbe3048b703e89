"""Statement files come in by the chooser or dropped on the page; the page of each says what became of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from moa.accounts.models import StatementFile, Transaction
from tests.accounts.bank_files import Line, mt940
from tests.journeys.scene import MAIN, SALES, Scene, ago, main_file, work_off

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
DROP = (
    """([name, text]) => { const t = new DataTransfer(); t.items.add(new File([text], name)); return t; }"""
)


def choose(page: Any, name: str, data: bytes) -> None:
    """Pick the file; the page sends it at once and leads to the page of the file."""
    page.goto("/imports")
    page.set_input_files(
        "[name=files]", {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    page.wait_for_url("**/imports/*")


def drop(page: Any, name: str, text: str) -> None:
    page.goto("/imports")
    transfer = page.evaluate_handle(DROP, [name, text])
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    page.wait_for_url("**/imports/*")


def settled(page: Any, *, by_itself: bool = False) -> str:
    """The words of the file's page once its job is done. It renews itself, but only looks every two seconds."""
    page.locator(".mo-job progress").wait_for()
    work_off()
    if not by_itself:
        page.reload()
    page.locator(".mo-job progress").wait_for(state="detached")
    return page.locator("main").inner_text()


def lines_of(scene: Scene, number: str = MAIN) -> int:
    with scene.treasurer.open():
        return Transaction.objects.filter(account_id=scene.accounts[number].id).count()


def next_day() -> bytes:
    return mt940(
        [Line(ago(0), 290_000, "신한카드"), Line(ago(0), 290_000, "신한카드")], opening=16_710_000, account=MAIN, reference="NEXT"
    )  # fmt: skip


def test_a_chosen_file_is_read_and_its_lines_are_on_the_account(as_person: Open, scene: Scene) -> None:
    page = as_person("haeun", "/imports")
    choose(page, "오늘.sta", next_day())
    words = settled(page, by_itself=True)
    assert "새 거래 2건" in words
    assert "17,290,000" in words
    page.goto(f"/accounts/{scene.accounts[MAIN].id}")
    assert page.locator("tbody tr", has_text="신한카드").count() == 2
    assert "17,290,000" in page.locator(".mo-txh, .mo-head").first.inner_text()


def test_a_dropped_file_that_is_here_already_changes_nothing(as_person: Open, scene: Scene) -> None:
    page = as_person("minjun", "/imports")
    drop(page, "또 하나.sta", main_file().decode())
    words = settled(page)
    assert "이미" in words and "운영.sta" in words
    assert lines_of(scene) == 3


def test_a_bad_file_is_refused_whole_with_all_its_errors(as_person: Open, scene: Scene) -> None:
    day = ago(0)
    text = (
        f"계좌번호,{MAIN}\r\n거래일자,적요,출금액,입금액,잔액\r\n"
        f"{day},정상,0,1000,16711000\r\n2026-02-31x,날짜,0,1000,16712000\r\n{day},금액,12O,0,16711880\r\n"
    )
    page = as_person("haeun", "/imports")
    drop(page, "틀린 파일.csv", text)
    settled(page)
    table = page.locator(".mo-errs")
    assert table.locator("tbody tr", has_text="2026-02-31x").locator("td").first.inner_text() == "4"
    wrong = table.locator("tbody tr", has_text="12O")
    assert wrong.locator("td").first.inner_text() == "5"
    assert "출금" in wrong.inner_text()
    assert page.locator(".mo-src .is-err").count() == 2
    assert "2026-02-31x" in page.locator(".mo-src mark").first.inner_text()
    wrong.get_by_role("link", name="5").click()
    page.wait_for_url("**at=5**")
    assert lines_of(scene) == 3
    page.goto("/")
    assert "틀린 파일.csv" in page.locator("main").inner_text()


def test_an_unknown_account_is_opened_from_its_file(as_person: Open, scene: Scene) -> None:
    unknown = mt940([Line(ago(1), 700_000, "첫 입금")], account="99988877766655", opening=0)
    page = as_person("haeun", "/imports")
    choose(page, "모르는 계좌.sta", unknown)
    words = settled(page)
    assert "99988877766655" in words.replace("-", "").replace(" ", "")
    page.get_by_role("link", name="파일 정보로 등록").click()
    page.wait_for_url("**/accounts/open?parked=*")
    assert page.input_value("[name=number]") == "99988877766655"
    page.select_option("[name=unit]", str(scene.making.id))
    page.select_option("[name=bank]", "KR-004")
    page.get_by_role("button", name="이 계좌 등록").click()
    page.wait_for_url(re.compile(r"/accounts/\d+$"))
    assert page.locator("tbody tr", has_text="첫 입금").count() == 1
    assert "700,000" in page.locator("main").inner_text()


def test_after_several_files_the_page_says_by_itself_what_is_left_to_do(
    as_person: Open, scene: Scene
) -> None:
    page = as_person("haeun", "/imports")
    unknown = mt940([Line(ago(1), 700_000, "첫 입금")], account="99988877766655", opening=0)
    files = [("다음.sta", next_day()), ("모르는 계좌.sta", unknown)]
    page.set_input_files(
        "[name=files]",
        [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files],
    )
    page.wait_for_url("**/imports?new=*")
    page.locator(".mo-job progress").first.wait_for()
    work_off()
    page.get_by_role("link", name="파일 정보로 등록").wait_for()
    assert page.locator(".mo-job").count() == 0
    rows = page.locator("tbody tr").all_inner_texts()
    assert "계좌 미등록" in next(row for row in rows if "모르는 계좌" in row)
    assert "저장함" in next(row for row in rows if "다음.sta" in row)


def test_a_line_of_a_file_that_waits_for_its_account_does_not_say_stored(
    as_person: Open, scene: Scene
) -> None:
    page = as_person("haeun", "/imports")
    unknown = mt940([Line(ago(1), 700_000, "첫 입금")], account="99988877766655", opening=0)
    choose(page, "모르는 계좌.sta", unknown)
    number = page.url.rpartition("/")[2]
    work_off()
    said = page.request.get(f"/imports/{number}/status").text()
    assert "계좌 미등록" in said and "저장함" not in said


def test_a_file_above_the_limit_is_refused_with_the_limit(as_person: Open, scene: Scene, settings) -> None:
    settings.UPLOAD_LIMIT_BYTES = 100
    page = as_person("haeun", "/imports")
    page.set_input_files("[name=files]", {"name": "큰.sta", "mimeType": "text/plain", "buffer": b"x" * 101})
    page.get_by_role("alert").get_by_text("큰.sta").wait_for()
    # Past the page's own check the server says it too.
    page.evaluate("document.querySelector('[data-upload]').dataset.limit = ''")
    page.set_input_files(
        "[name=files]", {"name": "더 큰.sta", "mimeType": "text/plain", "buffer": b"x" * 102}
    )
    page.locator("[data-errors]").wait_for()
    said = page.locator("[data-errors]").inner_text()
    assert "102" in said and "100" in said and "더 큰.sta" in said
    with scene.treasurer.open():
        assert not StatementFile.objects.filter(name__contains="큰").exists()


def test_the_same_file_of_two_persons_at_once_is_stored_once(as_person: Open, scene: Scene) -> None:
    first, second = as_person("haeun", "/imports"), as_person("minjun", "/imports")
    choose(first, "오늘.sta", next_day())
    choose(second, "오늘.sta", next_day())
    work_off(at_once=2)
    for page in (first, second):
        page.reload()
    words = [page.locator("main").inner_text() for page in (first, second)]
    assert sorted("새 거래 2건" in each for each in words) == [False, True]
    assert sorted("이미" in each for each in words) == [False, True]
    assert lines_of(scene) == 5


def test_a_reissued_statement_waits_for_a_decision_and_then_counts(as_person: Open, scene: Scene) -> None:
    page = as_person("haeun", "/imports")
    choose(page, "재발행.sta", main_file("AGAIN", second=-1_200_000))
    assert "16,710,000" not in settled(page).replace("16,760,000", "")
    page.goto("/position")
    assert "19,610,000" in page.locator("tfoot .is-total").inner_text()
    page.goto("/imports")
    page.locator('a[href^="/conflicts/"]').first.click()
    page.wait_for_url("**/conflicts/*")
    assert "1,250,000" in page.locator(".mo-pairs").inner_text()
    assert "1,200,000" in page.locator(".mo-pairs").inner_text()
    page.check("input[value=replace]")
    page.get_by_role("button", name="이 판단 남기기").click()
    page.locator("[data-errors]").wait_for()  # without a reason
    page.check("input[value=replace]")
    page.fill("[name=reason]", "은행에 확인")
    page.get_by_role("button", name="이 판단 남기기").click()
    page.get_by_text("은행에 확인").first.wait_for()
    page.goto(f"/accounts/{scene.accounts[MAIN].id}")
    gone = page.locator("tr.is-gone")
    assert "1,250,000" in gone.inner_text()
    page.goto("/position")
    assert "19,660,000" in page.locator("tfoot .is-total").inner_text()
    assert lines_of(scene, SALES) == 2
