"""A billing clerk's file does not pass: the treasurer drops it on the page and sees which byte is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.scene import Scene
from tests.ui.pages.channel_values import debits, spoilt

pytestmark = pytest.mark.browser

DROP = """([name, bytes]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([new Uint8Array(bytes)], name));
  document.dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""


def test_a_dropped_file_shows_its_fault_under_the_ruler(bare: Scene, as_person: Callable[..., Any]) -> None:
    page = as_person("haeun", "/kftc")
    with page.expect_navigation():
        page.evaluate(DROP, ["EB210716", list(spoilt())])
    assert page.locator("#verdict").inner_text() == "이 파일의 오류 4건"
    page.get_by_role("link", name="3", exact=True).click()
    assert page.url.endswith("#record-3")
    marked = page.locator("#record-2 .mo-ruler .is-bad").first
    assert marked.inner_text().startswith("1234 678901234")
    # One byte is one column, Korean text takes two of them: the last byte of each row ends below its number.
    ends = page.locator("#record-3 .mo-ruler .r").evaluate_all(
        "rows => rows.map(r => r.querySelector('.f:last-of-type').getBoundingClientRect().right"
        " - r.querySelector('.s').getBoundingClientRect().right)"
    )
    assert [round(end) for end in ends] == [0, 0, 0]
    assert Axe().run(page).response["violations"] == []


def test_the_page_works_with_the_keyboard_and_without_scripts(
    bare: Scene, as_person: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "EB210716").write_bytes(debits())
    page = as_person("minjun", "/kftc", java_script_enabled=False)
    page.set_input_files("[name=file]", tmp_path / "EB210716")
    page.get_by_text("특정 레코드 보기").focus()
    page.keyboard.press("Enter")
    page.fill("[name=record]", "4")
    page.keyboard.press("Enter")
    page.wait_for_selector("#record-4")
    assert page.locator("#verdict").inner_text() == "오류 없음"
    assert page.locator("#record-2").count() == 0
