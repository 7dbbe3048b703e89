"""Writing the demo group's files: the same bytes each time, in the encodings promised, adding up everywhere."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from datetime import date
from io import BytesIO

import pytest

from moa.kernel.masking import mask_text
from moa_world.files import make_files, write_files
from moa_world.troubles import spoil
from moa_world.writers.csv_ import as_bytes
from tests.world.worlds import UNTIL, make


def test_it_gives_the_same_bytes_for_the_same_arguments_in_another_process(made, tmp_path):
    command = [sys.executable, "-m", "moa_world", "files", "--out", str(tmp_path), "--until", str(UNTIL)]
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": "src", "TZ": "America/Lima"}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    written = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert written == made.manifest
    for path, content in made.contents.items():
        assert (tmp_path / path).read_bytes() == content, path


def test_another_seed_gives_another_world(made):
    other = make(seed=8)
    assert other.manifest["expected"]["total_base"] != made.manifest["expected"]["total_base"]


def test_the_manifest_knows_each_file_by_its_hash_and_size(made):
    assert [file["path"] for file in made.manifest["files"]] == list(made.contents)
    for file in made.manifest["files"]:
        content = made.contents[file["path"]]
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert len(content) == file["bytes"]


def test_files_stand_in_the_order_in_which_they_arrive(made):
    moments = [file["received_at"] for file in made.manifest["files"]]
    assert moments == sorted(moments)


def test_all_five_formats_occur_and_the_group_is_as_large_as_told(made):
    formats = {file["format"] for file in made.files(intraday=None)}
    assert formats == {"mt940", "mt942", "camt.053", "csv", "xlsx"}
    manifest = made.manifest
    assert (len(manifest["companies"]), len(manifest["accounts"]), len(manifest["banks"])) == (8, 24, 9)
    assert {account["currency"] for account in manifest["accounts"]} == {"KRW", "USD", "CNY"}
    assert 20_000 < manifest["expected"]["entries"] < 40_000
    assert 135_000_000_000 < int(manifest["expected"]["total_base"]) < 155_000_000_000


def test_each_text_file_is_in_the_encoding_that_the_manifest_names(made):
    for file in made.files(intraday=None):
        content = made.contents[file["path"]]
        if file["format"] == "xlsx":
            assert zipfile.ZipFile(BytesIO(content)).testzip() is None
        else:
            text = content.decode(file["encoding"])
            assert text.isascii() or file["encoding"] == "utf-8" or not _is_utf8(content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def test_a_name_that_does_not_fit_the_encoding_is_refused_not_replaced():
    with pytest.raises(UnicodeEncodeError):
        as_bytes([["苏州宏泰机电"]], "cp949")


def test_each_statement_adds_up_and_its_rows_carry_the_running_balance(made, told):
    for file in made.files():
        for statement in told[file["path"]]:
            balance = statement.opening
            for row in statement.rows:
                balance += row.amount
                assert row.balance is None or row.balance == balance, file["path"]
            assert balance == statement.closing, file["path"]


def test_each_file_holds_the_days_accounts_and_entries_that_the_manifest_tells(made, told):
    for file in made.files(intraday=None):
        statements = told[file["path"]]
        assert {each.account for each in statements} == set(file["accounts"])
        assert sum(len(each.rows) for each in statements) == file["entries"]
        days = {row.day for each in statements for row in each.rows}
        assert all(file["from"] <= day.isoformat() <= file["to"] for day in days)


def test_statements_chain_from_file_to_file_except_over_a_missing_day(made, told):
    missing = {(gap["account"], gap["date"]) for gap in made.manifest["missing"]}
    ends: dict[str, tuple[str, object]] = {}
    broken = set()
    for file in made.files():
        for statement in told[file["path"]]:
            if not statement.rows:
                continue
            first, last = statement.rows[0].day.isoformat(), statement.rows[-1].day.isoformat()
            before = ends.get(statement.account)
            if before and first > before[0] and statement.opening != before[1]:
                between = {
                    gap for gap in missing if gap[0] == statement.account and before[0] < gap[1] < first
                }
                assert between, file["path"]
                broken |= between
            ends[statement.account] = max(
                (last, statement.closing), before or ("", 0), key=lambda end: end[0]
            )
    inside = {gap for gap in missing if gap[0] in ("1005804471320", "475560118841")}
    assert broken == inside


def test_some_files_repeat_whole_days_of_the_file_before(made):
    last_day: dict[str, str] = {}
    overlapping = set()
    for file in made.files():
        key = ",".join(file["accounts"])
        if file["from"] <= last_day.get(key, ""):
            overlapping.add(file["path"].split("/")[1])
        last_day[key] = file["to"]
    assert {"kb", "shinhan", "nh", "icbc"} <= overlapping


def test_batched_entries_of_camt_files_list_payments_that_sum_to_the_entry(made, told):
    batches = [
        row
        for file in made.files()
        if file["format"] == "camt.053"
        for statement in told[file["path"]]
        for row in statement.rows
        if len(row.parts) > 1
    ]
    assert any(len(row.parts) == 412 for row in batches)
    assert len(batches) > 100
    assert all(sum(row.parts) == abs(row.amount) for row in batches)


def test_korean_accounts_have_numbers_of_the_lengths_that_their_banks_use(made):
    lengths = {"004": {11}, "088": {12}, "081": {14}, "020": {13}, "003": {14}, "011": {13}, "002": {14}}
    for account in made.manifest["accounts"]:
        assert re.fullmatch(r"\d+", account["number"])
        if account["bank"]["country"] == "KR":
            assert len(account["number"]) in lengths[account["bank"]["code"]], account["printed"]


def test_the_command_refuses_a_world_too_short_for_its_last_ten_days(tmp_path):
    command = [sys.executable, "-m", "moa_world", "files", "--out", str(tmp_path), "--until", "2026-11-20"]
    environment = {**os.environ, "PYTHONPATH": "src"}
    refused = subprocess.run([*command, "--days", "3"], env=environment, capture_output=True, text=True)
    assert refused.returncode == 2
    assert "--days" in refused.stderr


def test_a_short_world_over_the_turn_of_the_year_is_written_whole(tmp_path):
    manifest = write_files(tmp_path, seed=3, until=date(2027, 1, 4), days=20)
    assert all((tmp_path / file["path"]).stat().st_size == file["bytes"] for file in manifest["files"])
    assert make_files(seed=3, until=date(2027, 1, 4), days=20)[0] == manifest


def test_the_refused_file_gets_its_seven_faults_where_no_money_went_out():
    rows = [
        ["2026-11-23", "10:00", "", "김", "0", str(minor), "9000000", "강남"] for minor in range(1000, 1032)
    ]
    faults = spoil(rows, first=8, day=date(2026, 11, 23))
    assert [fault.field for fault in faults].count("입금금액") == 1
    assert len({fault.line for fault in faults}) == len(faults) == 7


def test_no_number_in_a_text_looks_like_a_person_s_or_a_card(made, told):
    # Such a number would be masked, or would have its file refused; the demo's names and numbers are all invented.
    for file in made.files(intraday=None):
        for statement in told[file["path"]]:
            for row in statement.rows:
                for word in filter(None, row.words):
                    said = re.sub(r"\?\d\d", " ", word)
                    assert mask_text(said) == said, file["path"]
