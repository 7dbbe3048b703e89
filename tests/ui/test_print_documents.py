"""Documents in print: pages, sums, masks, signs of amounts, and nothing of the data read as markup."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zlib
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from django.utils import translation

from moa.ui import printing
from moa.ui.printing import setting

SEOUL = timezone(timedelta(hours=9))
AT = datetime(2026, 6, 24, 11, 0, 3, tzinfo=SEOUL)


def sheet(rows: list[list[Any]], **options: Any) -> dict[str, Any]:
    columns = [printing.column("적요", width=1), printing.column("금액", "right")]
    return printing.document(
        title="일계표",
        scope="결제센터 · KRW",
        as_of=options.pop("as_of", AT - timedelta(minutes=19)),
        printed_by="김재무",
        printed_at=AT,
        blocks=[printing.table(columns, rows, sums=[["합계", "1"]], **options)],
    )


def shown(data: dict[str, Any]) -> list[str]:
    """The words of each page: what the SVG of the same compiler says in its text runs is glyphs, so pages are counted."""
    pages = setting.compiled("document", json.dumps(setting._masked(data)), format="svg")
    return [page.decode() for page in (pages if isinstance(pages, list) else [pages])]


def test_the_same_data_give_the_same_bytes_with_fonts_inside():
    data = sheet([["货款 결제 payment", printing.amount(-5, "KRW")]])
    first = printing.pdf("document", data)
    assert first.startswith(b"%PDF-") and first == printing.pdf("document", data)
    assert re.search(rb"/FontFile3|/FontFile2", first)


def test_a_long_table_runs_over_pages_and_its_head_is_repeated():
    pages = shown(sheet([[f"row {n}", printing.amount(n, "KRW")] for n in range(120)]))
    assert len(pages) == 3


@pytest.mark.parametrize(
    "text", ['#panic("x")', "= Title", "$x$ *b* _i_ `r` @ref <label>", "\\u{1} // /* ", '"}]']
)
def test_what_a_person_wrote_is_never_markup(text):
    data = sheet([[text, "1"]])
    data["title"] = text
    assert printing.pdf("document", data).startswith(b"%PDF-")


def test_numbers_of_persons_are_masked_and_numbers_of_accounts_are_not():
    masked = json.dumps(setting._masked(sheet([["880101-1234568", printing.account("8801011234568")]])))
    assert "880101-*******" in masked and "880101-1234568" not in masked
    assert '"text": "880101123", "tail": "4568"' in masked


@pytest.mark.parametrize(
    ("negative", "cell"),
    [
        ("minus", "−1,234"),
        ("triangle", "△1,234"),
        ("red", {"text": "−1,234", "tone": "red"}),
        ("brackets", "(1,234)"),
    ],
)
def test_an_amount_below_nothing_stands_as_its_form_asks(negative, cell):
    assert printing.amount(-1234, "KRW", negative) == cell
    assert printing.amount(1234, "KRW", negative) == "1,234"
    assert printing.amount(None, "KRW", negative) is None


def test_the_head_says_the_moment_and_the_foot_who_printed_in_the_language_of_the_page():
    said = {}
    for language in ("ko", "zh-hans", "en"):
        with translation.override(language):
            data = sheet([])
        said[data["language"]] = (data["moment"], data["printed"])
    assert said["en"] == ("As of 2026-06-24 10:41", "Printed by 김재무, 2026-06-24 11:00:03")
    assert said["ko"][0] == "2026-06-24 10:41 기준"
    assert len({moment for moment, _ in said.values()}) == 3


def test_a_long_document_is_set_by_a_child_and_equals_what_is_set_here(monkeypatch):
    data = sheet([["row", printing.amount(n, "KRW")] for n in range(setting.ROWS_HERE + 1)])
    by_child = printing.pdf("document", data)
    monkeypatch.setattr(setting, "ROWS_HERE", setting.MOST_ROWS)
    assert by_child == printing.pdf("document", data)


def test_more_than_anybody_reads_is_refused():
    with pytest.raises(setting.PrintTooLong):
        printing.pdf("document", sheet([["row", "1"]] * (setting.MOST_ROWS + 1)))


def test_the_typesetter_is_not_loaded_before_the_first_document():
    code = "import sys, moa.ui.printing; sys.exit(any(name in sys.modules for name in ('typst', 'noto_cjk_sans_otc')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_boxes_pairs_and_paragraphs_stand_in_one_document():
    blocks = [
        printing.stamps([("작성", "김재무", "10:00"), ("검토", "", "")]),
        printing.pairs([("전표번호", "V-1"), ("계좌", printing.account("110-123-456789"))]),
        printing.text("이상 없음"),
    ]
    data = printing.document(title="전표", blocks=blocks, printed_by="김재무", printed_at=AT, landscape=True)
    assert len(shown(data)) == 1
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", printing.pdf("document", data), re.S)
    assert any(b"BT" in zlib.decompress(stream) for stream in streams if stream[:1] == b"x")
