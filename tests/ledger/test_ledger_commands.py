"""`moa ledger …` and `moa verify` as a person types them."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from moa.entry.cli import run
from moa.ledger.models import VoucherAttachment
from moa.ledger.operations.agree_standing_order import NewStandingOrder
from moa.ledger.rules.acts import FILE, LOAD_ACCOUNTS
from moa.ledger.rules.vouchers import Leg, NewVoucher
from tests.control.factories import TODAY, make_person
from tests.ledger.journal import Journal, agree, make_journal, voucher

pytestmark = pytest.mark.django_db(transaction=True)
DAY = str(TODAY)
HEADER = "key,business_date,value_date,debit_account,credit_account,amount,currency,memo"


@pytest.fixture
def journal(transactional_db: None) -> Journal:
    journal = make_journal(acts=())
    make_person(journal.machine, "kim", roles=["teller"], os_user=getpass.getuser())
    agree(journal, NewStandingOrder("FILES", "Files", (FILE, LOAD_ACCOUNTS), TODAY))
    return journal


@pytest.fixture
def moa(journal: Journal, capsys: Any) -> Callable[..., Any]:
    """Run a command line with --json; gives what it printed. `code` is the exit code that it must have."""

    def command(*arguments: object, code: int = 0) -> Any:
        capsys.readouterr()
        assert run([*map(str, arguments), "--json"]) == code, capsys.readouterr().err
        printed = capsys.readouterr()
        return json.loads(printed.out) if printed.out else printed.err.splitlines()

    return command


def write(folder: Path, name: str, *lines: str) -> Path:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / name


@pytest.fixture
def accounts(moa: Callable[..., Any], tmp_path: Path) -> None:
    file = write(
        tmp_path, "accounts.csv", "code,name,subject,currency,floor", "bank,은행,1002,KRW,", "a,갑,201101,KRW,0",
        "b,을,201101,KRW,-500", "u,USD,1002,USD,", "v,USD,201101,USD,0.50",
    )  # fmt: skip
    assert moa("ledger", "accounts", "load", file, "--book", "SC") == {"created": 5, "updated": 0}


def test_accounts_are_opened_once_and_then_changed(
    accounts: None, moa: Callable[..., Any], tmp_path: Path
) -> None:
    file = write(
        tmp_path,
        "again.csv",
        "code,name,subject,currency,floor",
        "a,갑,201101,KRW,0",
        "b,병,201101,KRW,-600",
        "c,정,201101,KRW,",
    )
    assert moa("ledger", "accounts", "load", file) == {"created": 1, "updated": 1}
    assert moa("ledger", "accounts", "load", file) == {"created": 0, "updated": 0}


def test_a_file_of_accounts_tells_all_that_is_wrong_and_changes_nothing(
    accounts: None, moa: Callable[..., Any], tmp_path: Path
) -> None:
    file = write(
        tmp_path, "bad.csv", "code,name,subject,currency,floor", "n1,x,201101,KRW,0", "n2,x,2011,KRW,0", "n3,x,9999,KRW,0",
        "n4,x,201101,XXX,0", "n5,x,201101,KRW,1.5", "a,x,1002,KRW,0", "a,x,201101,USD,0", "n6,x,201101", " n7,x,201101,KRW,",
    )  # fmt: skip
    said = moa("ledger", "accounts", "load", file, code=1)
    assert (said["created"], said["updated"]) == (0, 0)
    assert [tuple(one[name] for name in ("code", "row", "field", "value")) for one in said["errors"]] == [
        ("currency_unknown", 5, "currency", "XXX"), ("amount_unreadable", 6, "floor", "1.5"), ("row_invalid", 9, "currency", ""),
        ("account_code_invalid", 10, "code", " n7"), ("subject_not_lowest", 3, "subject", "2011"),
        ("subject_not_in_chart", 4, "subject", "9999"), ("account_subject_fixed", 7, "subject", "1002"),
        ("account_currency_fixed", 8, "currency", "USD"), ("account_repeated", 8, "code", "a"),
    ]  # fmt: skip
    rows = moa("ledger", "balances")["rows"]
    assert {row["account"] for row in rows} == {"bank", "a", "b", "u", "v"}


def test_a_file_of_accounts_without_a_column_or_leave_says_so_as_values(
    accounts: None, moa: Callable[..., Any], tmp_path: Path
) -> None:
    file = write(tmp_path, "none.csv", "code,name", "n1,x")
    assert moa("ledger", "accounts", "load", file, code=1) == {
        "created": 0, "updated": 0,
        "errors": [{"code": "file_unreadable", "place": "line 1", "row": 1, "field": "", "value": "subject, currency, floor"}],
    }  # fmt: skip
    whole = write(tmp_path, "whole.csv", "code,name,subject,currency,floor", "n1,x,201101,KRW,0")
    refused = moa("ledger", "accounts", "load", whole, "--book", "ZZ", code=1)["errors"]
    assert refused == [{"code": "not_found", "place": "file", "row": None, "field": "", "value": ""}]


def test_what_was_booked_before_a_fault_of_the_file_is_told_with_it(
    accounts: None, moa: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moa.ledger.operations.post_file.FIRST", 2)
    rows = [f"k{n},{DAY},,bank,a,{n},KRW,row" for n in range(1, 4)]
    (tmp_path / "cut.csv").write_bytes("\n".join([HEADER, *rows, ""]).encode() + b"k4,\xff\n")
    said = moa("ledger", "post", tmp_path / "cut.csv", code=1)
    assert (said["accepted"], said["known"], said["rejected"]) in ((0, 0, []), (2, 0, []))
    assert said["errors"][0]["code"] == "file_unreadable"
    (tmp_path / "cut.csv").write_text("\n".join([HEADER, *rows, "k4,open", 'k5,"', ""]))
    said = moa("ledger", "post", tmp_path / "cut.csv", code=1)
    assert said["accepted"] + said["known"] == 3 and said["errors"][0]["place"] == "line 6"


def test_a_file_of_vouchers_is_answered_row_by_row_and_again_the_same(
    accounts: None, moa: Callable[..., Any], tmp_path: Path
) -> None:
    file = write(
        tmp_path, "vouchers.csv", HEADER,
        f"k1,{DAY},{DAY},bank,a,1000,KRW,first", f"k2,{DAY},,a,b,1001,KRW,too much", f"k3,{DAY},2026-11-01,a,b,600,KRW,",
        f"k4,2026-11-19,{DAY},a,b,1,KRW,", f"k1,{DAY},{DAY},bank,a,1001,KRW,first", f"k1,{DAY},{DAY},bank,a,1000.0,KRW,first",
        f"k5,{DAY},{DAY},u,v,12.34,USD,\"a, memo\"", f"k6,{DAY},{DAY},u,v,12.345,USD,", f"k7,{DAY},{DAY},u,a,1,KRW,",
        f"k8,{DAY},{DAY},b,bank,1100,KRW,down to the floor", f"k9,{DAY},{DAY},b,bank,1,KRW,below", "k10,x",
        f"k11,20261120,{DAY},bank,a,1,KRW,", f"k12,{DAY},{DAY},bank,a,\"1,000\",KRW,", f",{DAY},{DAY},bank,a,1,KRW,",
    )  # fmt: skip
    refused = {
        "k2": "below_floor", "k4": "closed_day", "k1": "key_conflict", "k6": "amount_invalid", "k7": "wrong_currency",
        "k9": "below_floor", "k10": "row_invalid", "k11": "date_invalid", "k12": "amount_invalid", "": "key_invalid",
    }  # fmt: skip
    first = moa("ledger", "post", file, "--book", "SC")
    assert (first["accepted"], first["known"], first["seconds"] > 0) == (4, 1, True)
    assert {one["key"]: one["code"] for one in first["rejected"]} == refused
    assert first["rejected"][0] == {"key": "k2", "code": "below_floor", "place": "line 3", "account": "a"}
    again = moa("ledger", "post", file)
    assert (again["accepted"], again["known"]) == (0, 5)
    assert again["rejected"] == first["rejected"]
    rows = {row["account"]: row["balance"] for row in moa("ledger", "balances", "--date", DAY)["rows"]}
    assert rows == {"bank": "-100", "a": "400", "b": "-500", "u": "12.34", "v": "12.34"}
    assert moa("verify")["ok"] is True


def test_json_lines_have_as_many_legs_as_they_like(
    accounts: None, moa: Callable[..., Any], tmp_path: Path
) -> None:
    def line(key: str, *entries: dict[str, str], **more: str) -> str:
        return json.dumps({"key": key, "business_date": DAY, "memo": "급여", "entries": entries} | more)

    legs = (
        {"account": "bank", "debit": "100", "currency": "KRW"}, {"account": "a", "credit": "60", "currency": "KRW"},
        {"account": "b", "credit": "40", "currency": "KRW"},
    )  # fmt: skip
    file = write(
        tmp_path, "vouchers.jsonl", line("j1", *legs), line("j2", *legs[:2]), line("j3", *legs, value_date="nonsense"),
        line("j4", legs[0], {"account": "a", "credit": "1", "debit": "1", "currency": "KRW"}), "not json", "",
        '{"key": "j\\ud800", "business_date": "' + DAY + '", "entries": []}', "[" * 100_000,
        '{"key": "j5", "business_date": "' + DAY + '", "entries": [{"account": "a", "debit": 5, "currency": "KRW"}]}',
        '{"key": "j6", "key": "j7", "business_date": "' + DAY + '", "entries": []}', line("j7", *legs, value_date="2026-W48-1"),
    )  # fmt: skip
    said = moa("ledger", "post", file)
    assert said["accepted"] == 1
    assert [(one["key"], one["code"], one["place"]) for one in said["rejected"]] == [
        ("j2", "unbalanced", "line 2"), ("j3", "date_invalid", "line 3"), ("j4", "row_invalid", "line 4"),
        ("", "row_invalid", "line 5"), ("j\ud800", "key_invalid", "line 7"), ("", "row_invalid", "line 8"),
        ("j5", "row_invalid", "line 9"), ("", "row_invalid", "line 10"), ("j7", "date_invalid", "line 11"),
    ]  # fmt: skip


def test_a_file_goes_in_several_batches_and_on_where_it_was_cut_off(
    accounts: None, moa: Callable[..., Any], tmp_path: Path
) -> None:
    rows = [f"m{n},{DAY},{DAY},bank,{'ab'[n % 2]},{n},KRW,row {n}" for n in range(1, 3501)]
    part = write(tmp_path, "part.csv", HEADER, *rows[:1700])
    whole = write(tmp_path, "whole.csv", HEADER, *rows)
    assert moa("ledger", "post", part)["accepted"] == 1700
    assert {name: n for name, n in moa("ledger", "post", whole).items() if name != "seconds"} == {
        "accepted": 1800, "known": 1700, "rejected": [],
    }  # fmt: skip
    trial = moa("ledger", "trial-balance")
    assert (trial["balanced"], trial["totals"][0]) == (
        True, {"currency": "KRW", "debit": str(3500 * 3501 // 2), "credit": str(3500 * 3501 // 2)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEADER.replace("memo", "key").encode() + b"\n", "file_unreadable line 1 key, memo"),
        (b"key,amount\n1,2\n", "file_unreadable line 1 business_date, value_date"),
        (b"", "file_unreadable line 1 key"),
        (HEADER.encode() + b"\nk,\xff\xfe\n", "file_unreadable line 2"),
        # A quotation mark that nothing closes would make one memo of all that follows.
        (
            f'{HEADER}\nk,{DAY},,bank,a,1,KRW,"open\nk2,{DAY},,bank,a,1,KRW,\n'.encode(),
            "file_unreadable line 2",
        ),
    ],
)
def test_a_file_that_is_none_is_refused(
    accounts: None, moa: Callable[..., Any], tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "v.csv").write_bytes(content)
    answer = moa("ledger", "post", tmp_path / "v.csv", code=1)
    fault = answer["errors"][0]
    assert f"{fault['code']} {fault['place']} {fault['value']}".startswith(said)
    assert (answer["accepted"], answer["known"], answer["rejected"]) == (0, 0, [])


def test_a_balance_as_known_at_a_moment_never_changes(
    accounts: None, moa: Callable[..., Any], tmp_path: Path
) -> None:
    def told(known_at: datetime) -> dict[str, str]:
        answer = moa("ledger", "balances", "--date", DAY, "--known-at", known_at.isoformat())
        return {row["account"]: row["balance"] for row in answer["rows"]}

    opened = datetime.now(UTC)
    moa("ledger", "post", write(tmp_path, "1.csv", HEADER, f"k1,{DAY},{DAY},bank,a,1000,KRW,"))
    between = datetime.now(UTC)
    moa("ledger", "post", write(tmp_path, "2.csv", HEADER, f"k2,{DAY},{DAY},bank,a,500,KRW,"))
    assert (told(between)["a"], told(datetime.now(UTC) - timedelta(milliseconds=1))["a"]) == ("1000", "1500")
    assert (told(opened)["a"], told(opened - timedelta(hours=1)).get("a")) == ("0", None)
    assert moa("ledger", "balances", "--known-at", "2999-01-01T00:00:00", code=1)[0].startswith(
        "moment_in_future"
    )
    assert {row["balance"] for row in moa("ledger", "balances", "--date", "2026-11-19")["rows"]} == {
        "0",
        "0.00",
    }


def test_verify_finds_what_was_altered_behind_the_triggers(
    accounts: None, moa: Callable[..., Any], tmp_path: Path, as_owner: Any
) -> None:
    moa(
        "ledger",
        "post",
        write(tmp_path, "1.csv", HEADER, f"k1,{DAY},{DAY},bank,a,1000,KRW,", f"k2,{DAY},{DAY},a,b,1,KRW,"),
    )
    assert moa("verify")["differences"] == []
    kept = "select entries, differences from ledger_bookverification order by id desc limit 1"
    assert as_owner.execute(kept).fetchone() == (4, 0)
    spoilt = {
        "update ledger_entry set amount_minor = -999 where n = 1 and amount_minor = -1000 and leg = 2": {"chain", "balance", "voucher"},
        "update ledger_balance set current_minor = 7 where version = 2": {"balance"},
        "update ledger_balance set product = 7 where version = 1": {"interest_product"},
        "update ledger_voucher set legs = 3 where key = 'k1'": {"voucher"},
        "delete from ledger_entry where voucher_id = (select id from ledger_voucher where key = 'k2')": {"balance", "voucher"},
        "delete from ledger_voucher where key = 'k2'": {"entry_without_voucher", "key"},
        "delete from ledger_postingkey where key = 'k1'": {"key"},
        "update ledger_standingorder set ended_on = '2026-11-20', ended_by_id = maker_id": {"authority"},
        "delete from ledger_businessday": {"day"},
    }  # fmt: skip
    for statement, checks in spoilt.items():
        found = tampered(as_owner, moa, statement)
        assert {one["check"] for one in found} >= checks, statement
        assert as_owner.execute(kept).fetchone()[1] == len(found)


def tampered(owner: Any, moa: Callable[..., Any], statement: str) -> list[dict[str, str]]:
    """What verify says after the owner switched the guards off and changed something; then it is put back."""
    table = next(word for word in statement.split() if word.startswith("ledger_"))
    owner.execute(f"create table kept as select * from {table}")
    owner.execute(f"alter table {table} disable trigger user")
    owner.execute(statement)
    found = moa("verify", code=1)["differences"]
    owner.execute(f"delete from {table}")
    owner.execute(f"insert into {table} select * from kept")
    owner.execute(f"alter table {table} enable trigger user")
    owner.execute("drop table kept")
    return found


def test_a_sheet_prints_its_rows_totals_and_columns(moa: Callable[..., Any], journal: Journal) -> None:
    journal.load(("bank", "1002", "KRW", None), ("a", "201101", "KRW", 0), ("b", "201101", "KRW", 0))
    journal.post(voucher("1", "bank", "a", 1000), voucher("2", "a", "b", 300))
    day = moa("ledger", "sheet", "day", "--from", DAY, "--to", DAY)
    assert [(row["subject"], row["debit"], row["credit"], row["closing"]) for row in day["rows"]] == [
        ("1002", "1000", "0", "1000"), ("2011", "300", "1300", "1000"), ("201101", "300", "1300", "1000"),
    ]  # fmt: skip
    assert day["totals"] == [{"currency": "KRW", "debit": "1300", "credit": "1300", "entries": 4}]
    of_a = moa("ledger", "sheet", "account-ledger", "--account", "a", "--to", DAY)
    assert of_a["opening"] == {"KRW": "0"} and of_a["rows"][-1]["closing"] == "700"
    large = moa("ledger", "sheet", "large", "--currency", "KRW", "--least", "1000", "--to", DAY)
    assert [row["account"] for row in large["rows"]] == ["bank", "a"]
    assert "weather" in moa("ledger", "sheet", "weather", code=1)[0]
    assert "--currency" in moa("ledger", "sheet", "large", "--least", "5", code=2)[-1]


def test_a_trial_balance_is_worth_on_each_side_what_stands_there(
    accounts: None, moa: Callable[..., Any], journal: Journal
) -> None:
    journal.post(voucher("1", "bank", "a", 1000), voucher("2", "b", "bank", 400))
    usd = (Leg("u", 500, 1, "USD", 6000), Leg("v", -500, -1, "USD", -6000))
    journal.post(NewVoucher("3", TODAY, TODAY, usd))
    found = moa("ledger", "sheet", "trial-balance", "--from", DAY, "--to", DAY)
    keys = ("subject", "currency", "debit_balance", "credit_balance", "debit_worth", "credit_worth")
    told = {tuple(row[key] for key in keys) for row in found["rows"] if row["subject"] in ("1002", "201101")}
    assert told == {
        ("1002", "KRW", "600", "0", "600", "0"), ("201101", "KRW", "400", "1000", "400", "1000"),
        ("1002", "USD", "5.00", "0.00", "6000", "0"), ("201101", "USD", "0.00", "5.00", "0", "6000"),
    }  # fmt: skip


def test_a_voucher_is_shown_by_its_key_and_a_refused_one_by_its_answer(
    moa: Callable[..., Any], accounts: None, tmp_path: Path, capsys: Any
) -> None:
    file = write(
        tmp_path, "v.csv", HEADER, f"k1,{DAY},{DAY},u,v,12.34,USD,수출 대금", f"k2,{DAY},{DAY},a,b,1,KRW,"
    )
    assert moa("ledger", "post", file, "--book", "SC")["accepted"] == 1
    shown = moa("ledger", "voucher", "show", "k1", "--book", "SC")
    assert (shown["memo"], shown["day"], shown["origin"]) == ("수출 대금", DAY, "file")
    assert [(one["account"], one.get("debit"), one.get("credit")) for one in shown["entries"]] == [
        ("u", "12.34", None), ("v", None, "12.34"),
    ]  # fmt: skip
    assert moa("ledger", "voucher", "show", "k2", "--book", "SC") == {
        "key": "k2", "code": "below_floor", "account": "a",
    }  # fmt: skip
    assert any("not_found" in line for line in moa("ledger", "voucher", "show", "k3", "--book", "SC", code=1))
    assert run(["ledger", "voucher", "show", "k1", "--book", "SC"]) == 0
    assert "u USD 12.34 |" in capsys.readouterr().out


def test_opening_balances_are_read_told_and_filed(
    journal: Journal, moa: Callable[..., Any], accounts: None, tmp_path: Path, capsys: Any
) -> None:
    head, good = "account,currency,side,amount", ("bank,KRW,debit,1000", "a,KRW,credit,1000")
    wrong = write(tmp_path, "wrong.csv", head, *good, "none,KRW,left,1", "u,USD,debit,0.5")
    told = moa("ledger", "opening", "load", wrong, "--book", "SC", code=1)
    assert told["requests"] == [] and [(one["place"], one["code"]) for one in told["problems"]] == [
        ("row 4", "account_unknown"), ("row 4", "side_unknown"),
    ]  # fmt: skip
    file = write(tmp_path, "opening.csv", head, *good, "u,USD,debit,0.5", "v,USD,credit,0.50")
    seen = moa("ledger", "opening", "load", file, "--book", "SC", "--preview")
    assert (seen["rows"], seen["requests"], seen["problems"]) == (4, [], [])
    assert seen["sums"] == [
        {"currency": "KRW", "debit": "1000", "credit": "1000"}, {"currency": "USD", "debit": "0.50", "credit": "0.50"},
    ]  # fmt: skip
    filed = moa("ledger", "opening", "load", file, "--book", "SC")
    with journal.ctx.open():
        assert (
            sorted(VoucherAttachment.objects.values_list("draft__request_id", flat=True)) == filed["requests"]
        )
    again = moa("ledger", "opening", "load", file, "--book", "SC", code=1)
    assert any("opening_exists" in line for line in again)
    assert run(["ledger", "opening", "load", str(wrong), "--book", "SC"]) == 1
    assert "row 4: account_unknown none" in capsys.readouterr().out
