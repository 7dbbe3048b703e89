"""The printed layout pages say what the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

from moa.formats.kftc.documentation import STATUS, kind_markdown, layout_markdown, main, pages
from moa.formats.kftc.file_kinds import file_kinds

PAGES = Path(__file__).resolve().parents[3] / "docs" / "kftc" / "layouts"


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_printed_page_is_the_one_that_its_table_makes(name: str) -> None:
    assert (PAGES / name).read_text(encoding="utf-8") == pages()[name]


def test_there_is_a_page_for_every_kind_and_no_other() -> None:
    assert {path.name for path in PAGES.iterdir()} == {"README.md"} | {f"{kind}.md" for kind in file_kinds()}


def test_a_page_counts_bytes_from_one_and_names_every_field() -> None:
    layout = file_kinds()["EB13"].data
    page = layout_markdown(layout)
    assert "| 54–69 | 16 | `account_no` | 계좌번호 |" in page
    assert "| 26 | 1 | `application_type` |" in page
    assert all(f"| `{field.name}` |" in page for field in layout)


def test_a_page_says_how_many_digits_a_day_or_a_bank_has() -> None:
    assert "| `application_date` | 신청일자 | a day, YYMMDD |" in layout_markdown(file_kinds()["EB13"].data)
    page = layout_markdown(file_kinds()["EI13"].data)
    assert "| `application_date` | 신청일자 | a day, YYYYMMDD |" in page
    assert "| `bank_code` | 참가기관(은행) 코드 | bank code of three digits |" in page


def test_a_page_says_where_a_table_comes_from_and_how_sure_it_is() -> None:
    page = kind_markdown(file_kinds()["EB22"])
    assert "partly inferred: known from one program" in page
    assert "| `center_error_count` | 센터 불능건수 |" in page
    assert "a fault here is a warning" in page


def test_every_status_of_a_table_has_words() -> None:
    for kind in file_kinds().values():
        for layout in (kind.header, kind.data, kind.trailer):
            assert layout.status in STATUS


def test_it_says_what_is_written_when_nothing_is_given() -> None:
    cells = {
        line.split(" | ")[2].strip("`"): line.split(" | ")[5]
        for line in layout_markdown(file_kinds()["EB21"].data).splitlines()
        if " | `" in line
    }
    assert cells["passbook_text"] == "A1A1"
    assert cells["debit_form"] == '"1"'
    assert cells["amount"] == "–"
    assert cells["bank_branch_code"] == "–"
    assert cells["filler"] == "spaces"


def test_it_writes_the_pages_into_a_folder(tmp_path: Path) -> None:
    main(tmp_path)
    assert (tmp_path / "layouts" / "EI13.md").read_text(encoding="utf-8") == pages()["EI13.md"]
