"""`moa statements inspect`: the JSON, the exit code, what is masked, and what is capped."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from moa.entry.commands.statements_inspect import inspect as command
from moa.formats import inspection
from moa.formats.inspection import inspect
from moa.formats.statements import ReadOptions

GOOD = (
    ":20:R1\n:25:110123456789\n:28C:1/1\n:60F:C261119KRW1000,\n"
    ":61:2611201120C500,NTRFA//1\n:86:first\n:61:2611201120D200,NTRFB//2\n:86:second\n:62F:C261120KRW{closing},\n-\n"
)
PERSON = (
    ":20:R1\n:25:9001011234568\n:28C:1/1\n:60F:C261119KRW1000,\n"
    ":61:2611201120C500,NTRF900101-1234568\n"
    ":86:051?00GEHALT?20card 4111111111111111?311101051949123100?32Kim 900101-1234568\n"
    ":61:bad 11010519491231002X\n:62F:C261120KRW1500,\n-\n"
)


def _run(tmp_path: Path, content: str | bytes, *arguments: str) -> tuple[int, str]:
    path = tmp_path / "file with no telling name"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = CliRunner().invoke(command, [str(path), *arguments], standalone_mode=False)
    assert done.exception is None, done.exception
    return done.return_value, done.stdout


def _json(tmp_path: Path, content: str | bytes, *arguments: str) -> tuple[int, dict[str, Any]]:
    code, text = _run(tmp_path, content, "--json", *arguments)
    return code, json.loads(text)


def test_it_writes_every_key_of_the_interface(tmp_path: Path) -> None:
    code, document = _json(tmp_path, GOOD.format(closing=1300))
    assert code == 0
    assert {"format", "encoding", "profile", "statements", "warnings", "errors"} <= set(document)
    (statement,) = document["statements"]
    assert {
        "account", "currency", "opening", "closing", "from", "to", "entries", "entry_count", "provisional"
    } <= set(statement)  # fmt: skip
    assert statement["entries"][0] == {
        "date": "2026-11-20", "value_date": "2026-11-20", "time": None, "amount": "500", "currency": "KRW",
        "direction": "credit", "status": "booked", "reference": "A", "bank_reference": "1", "description": "first",
        "counterparty": "", "counterparty_account": "", "balance": None, "place": "line 5", "details": [],
    }  # fmt: skip


def test_it_exits_1_with_the_same_json_when_the_file_has_errors(tmp_path: Path) -> None:
    code, document = _json(tmp_path, GOOD.format(closing=1301))
    assert code == 1
    assert document["errors"] == [
        {"code": "closing_mismatch", "place": "line 9", "field": ":62F:", "value": "1301 ≠ 1300"}
    ]
    assert document["statements"][0]["entry_count"] == 2


@pytest.mark.parametrize("content", [b"", b"only words", bytes(range(256))])
def test_it_exits_1_for_a_file_that_nobody_knows(tmp_path: Path, content: bytes) -> None:
    code, document = _json(tmp_path, content)
    assert code == 1
    assert document["statements"] == []
    assert [one["code"] for one in document["errors"]] == ["format_unknown"]


def test_it_reads_a_file_as_the_format_that_is_named(tmp_path: Path) -> None:
    code, document = _json(tmp_path, b"only words", "--format", "mt940")
    assert code == 1
    assert "statement_missing" in [one["code"] for one in document["errors"]]


def test_it_exits_2_for_a_wrong_use(tmp_path: Path) -> None:
    runner = CliRunner()
    (tmp_path / "file").write_text("x")
    for arguments in (
        [str(tmp_path / "absent")],
        [str(tmp_path)],
        [str(tmp_path / "file"), "--format", "mt103"],
        [str(tmp_path / "file"), "--limit", "-1"],
        [str(tmp_path / "file"), "--currency", "XXX"],
        [],
    ):
        assert runner.invoke(command, arguments).exit_code == 2, arguments


@pytest.mark.parametrize(("limit", "printed"), [(0, 0), (1, 1), (2, 2), (9, 2)])
def test_the_limit_caps_only_what_is_printed(tmp_path: Path, limit: int, printed: int) -> None:
    code, document = _json(tmp_path, GOOD.format(closing=1301), "--limit", str(limit))
    assert code == 1
    (statement,) = document["statements"]
    assert (len(statement["entries"]), statement["entry_count"]) == (printed, 2)


def test_it_shows_no_person_s_number_but_every_account_number(tmp_path: Path) -> None:
    code, document = _json(tmp_path, PERSON)
    assert code == 1
    (statement,) = document["statements"]
    (entry,) = statement["entries"]
    assert statement["account"] == "9001011234568"
    assert entry["counterparty_account"] == "1101051949123100"
    assert entry["reference"] == "900101-*******"
    assert entry["counterparty"] == "Kim 900101-*******"
    assert "411111**********" in entry["description"]
    assert document["errors"][0]["value"] == "bad 110105************"
    for secret in ('1234568"', "11010519491231002X", "4111111111111111"):
        assert secret not in json.dumps(document).replace('"9001011234568"', "")


def test_it_lists_the_first_problems_and_counts_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "MOST_LISTED", 5)
    code, document = _json(tmp_path, GOOD.format(closing=1300) + ":61:wrong\n" * 50)
    assert code == 1
    assert len(document["errors"]) == 5
    assert document["error_count"] > 50


def test_a_person_reads_a_table_without_json(tmp_path: Path) -> None:
    code, text = _run(tmp_path, GOOD.format(closing=1300))
    assert code == 0
    assert "110123456789 KRW 2026-11-20 to 2026-11-20: 1000 + 2 entries = 1300" in text
    assert "mt940 utf-8: 2 entries, 0 errors, 0 warnings" in text
    code, _ = _run(tmp_path, GOOD.format(closing=1301))
    assert code == 1
    code, _ = _run(tmp_path, "only words")
    assert code == 1


def test_it_writes_entries_before_it_has_read_the_whole_file() -> None:
    rows = ":61:2611201120C1,NTRFA\n:86:text of the entry\n" * 20_000
    content = GOOD.format(closing=21300).replace(":62F", f"{rows}:62F").encode()
    out = io.StringIO()
    written_at_read: list[int] = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            written_at_read.append(len(out.getvalue()))
            return super().read(size)

    errors = inspect(Watched(content), ReadOptions(), out, format="mt940")
    assert errors == 0
    assert json.loads(out.getvalue())["statements"][0]["entry_count"] == 20_002
    assert written_at_read[-1] > len(out.getvalue()) // 2
