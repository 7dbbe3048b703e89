"""What a company can do at the world's banks: open, ask names and balances, pay, ask what became of it, count the day."""

from __future__ import annotations

import json
from datetime import datetime
from io import BytesIO

import pytest

from moa.formats.firm_banking import (
    BALANCE,
    CLOSE,
    LINE_TEST,
    MISSING_NOTICE,
    NAME_INQUIRY,
    NOTICE_TOTALS,
    OPEN,
    TRANSACTION_NOTICE,
)
from moa.formats.recognise import recognise
from moa.formats.statements import Entry, FileFacts, ReadOptions, StatementEnd
from moa.kernel.errors import Problem
from moa_world.live.run import replayed
from moa_world.live.values import WorldError
from tests.moa_world.company import BANK, OTHER_BANK, Company


@pytest.fixture
def company():
    made = Company()
    made.open()
    return made


def test_a_line_opens_and_is_tested(company):
    assert company.ask(BANK, LINE_TEST, {})["resp_code"] == "0000"
    assert company.ask(BANK, CLOSE, {})["resp_code"] == "0000"
    assert company.transfer()[0]["resp_code"] == "0032"
    assert company.ask(BANK, OPEN, {})["resp_code"] == "0000"


def test_it_says_who_holds_an_account(company):
    payee = company.payee()
    said = company.ask(BANK, NAME_INQUIRY, {"account_bank": OTHER_BANK, "account_no": payee.number})
    assert (said["resp_code"], said["state"]) == ("0000", "N")
    assert payee.holder.startswith(said["holder_name20"]) and len(said["holder_name"].encode("euc_kr")) <= 12
    nobody = company.ask(BANK, NAME_INQUIRY, {"account_bank": OTHER_BANK, "account_no": "1"})
    assert nobody["resp_code"] == "0014"
    closed = next(each for each in company.world.books.of_bank(OTHER_BANK) if each.is_closed)
    said = company.ask(BANK, NAME_INQUIRY, {"account_bank": OTHER_BANK, "account_no": closed.number})
    assert (said["resp_code"], said["state"]) == ("0015", "C")


def test_a_transfer_moves_the_amount_and_the_fee_once(company):
    ours, payee = company.ours(), company.payee()
    before, had = ours.balance, payee.balance
    (said,) = company.transfer()
    assert (said["resp_code"], said.number("fee"), said.number("balance")) == (
        "0000",
        500,
        before - 1_000_500,
    )
    assert (ours.balance, payee.balance) == (before - 1_000_500, had + 1_000_000)
    assert company.world.books.total() == company.world.books.total_at_start
    balance = company.ask(BANK, BALANCE, {"account_no": ours.number})
    assert balance.number("ledger_balance") == ours.balance


def test_within_a_bank_there_is_no_fee(company):
    assert company.transfer(to_bank=BANK)[0].number("fee") == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"amount": 90_000_000_000}, "0021"),
        ({"debit_account": "1"}, "0012"),
        ({"passbook_pw": "0000x"}, "0013"),
        ({"sign_code": "wrong"}, "0013"),
        ({"credit_account": "1"}, "0014"),
        ({"credit_bank": "999"}, "0014"),
        ({"company_no": "SOMEBODY"}, "0042"),
        ({"send_date": "20261119"}, "0034"),
    ],
)
def test_it_refuses_with_a_reason_and_moves_nothing(company, more, code):
    before = company.ours().balance
    assert company.transfer(**more)[0]["resp_code"] == code
    assert company.ours().balance == before


def test_nobody_is_overdrawn(company):
    ours = company.ours()
    for _ in range(30):
        company.transfer(amount=9_000_000_000)
    assert 0 <= ours.balance < 9_000_000_500
    assert company.got[-1]["resp_code"] == "0011"


def test_the_same_number_is_booked_once(company):
    first = company.transfer("000500")[0]
    again = company.transfer("000500")[-1]
    assert (first["resp_code"], again["resp_code"]) == ("0000", "0000")
    assert again.number("balance") == first.number("balance")
    assert len(company.lines_of("000500")) == 1
    assert company.transfer("000500", amount=2)[-1]["resp_code"] == "0101"
    assert len(company.lines_of("000500")) == 1


def test_the_number_is_free_again_the_next_day(company):
    company.transfer("000500")
    company.step_to(datetime(2026, 11, 21, 9, 0))
    company.ask(BANK, OPEN, {})
    assert company.transfer("000500")[-1]["resp_code"] == "0000"
    assert len(company.lines_of("000500")) == 2


def test_an_inquiry_tells_what_became_of_it(company):
    company.transfer("000500")
    said = company.inquire("000500")
    assert (said["resp_code"], said["result"], said.number("ok_amount")) == ("0000", "0000", 1_000_000)
    assert company.inquire("000501")["result"] == "NREC"
    assert company.inquire("000500", amount=5)["result"] == "0101"
    company.transfer("000502", credit_account="1")
    refused = company.inquire("000502")
    assert (refused["result"], refused.number("failed_amount")) == ("0014", 1_000_000)
    company.step_to(datetime(2026, 11, 21, 9, 0))
    assert company.inquire("000500")["result"] == "NREC"
    assert company.inquire("000500", reserved1="20261120")["result"] == "0000"


def test_totals_agree_with_what_the_accounts_did(company):
    company.transfer()
    company.transfer(amount=250_000, to_bank=BANK)
    company.transfer(credit_account="1")
    said = company.totals()
    moved = [each for each in company.ours().movements if each.kind == "transfer"]
    fees = [each for each in company.ours().movements if each.kind == "fee"]
    assert (said.number("request_count"), said.number("failed_count")) == (3, 1)
    assert (said.number("ok_count"), said.number("ok_amount")) == (
        len(moved),
        -sum(each.amount for each in moved),
    )
    assert said.number("fee_amount") == -sum(each.amount for each in fees)
    notices = company.ask(BANK, NOTICE_TOTALS, {"base_date": "20261120"})
    assert notices.number("out_amount") == 1_250_500


def test_movements_are_told_until_they_are_confirmed(company):
    company.transfer()
    told = [each for each in company.got if each.key == TRANSACTION_NOTICE]
    assert [each.number("amount") for each in told if each["account_no"] == company.ours().number] == [
        1_000_000,
        500,
    ]
    for each in told:
        company.confirm(each)
    before = len(company.got)
    company.ask(BANK, OPEN, {})
    assert [each.key for each in company.got[before:]] == ["1100/100"]


def test_unconfirmed_notices_come_again_with_their_number(company):
    company.transfer()
    first = [each["msg_no"] for each in company.got if each.key == TRANSACTION_NOTICE]
    before = len(company.got)
    company.ask(BANK, OPEN, {})
    again = [each for each in company.got[before:] if each.key == TRANSACTION_NOTICE]
    assert [each["msg_no"] for each in again] == first
    assert {each["send_count"] for each in again} == {"2"}


def test_a_missing_notice_can_be_asked_for(company):
    company.transfer()
    said = company.ask(
        BANK, MISSING_NOTICE, {"account_no": company.ours().number, "txn_date": "20261120", "txn_seq": "1"}
    )
    assert (said["resp_code"], said.number("amount"), said["io_cancel"]) == ("0000", 1_000_000, "21")


def test_a_receiving_line_gets_everything_the_bank_says(company):
    receiver = company.connect(receiver=True)
    before = len(company.came_on)
    company.transfer()
    assert set(company.came_on[before:]) == {receiver}
    assert {"2100/100", TRANSACTION_NOTICE} <= {each.key for each in company.got[before:]}


def test_banks_rest_at_night_and_some_on_holidays(company):
    company.step_to(datetime(2026, 11, 20, 23, 45))
    assert company.transfer()[0]["resp_code"] == "0031"
    company.step_to(datetime(2026, 11, 21, 10, 0))  # a Saturday
    company.open("081")
    assert company.transfer(bank="081")[0]["resp_code"] == "0033"
    assert company.transfer()[0]["resp_code"] == "0032"


def test_the_days_statement_has_every_line_and_adds_up(company):
    company.transfer()
    company.transfer(to_bank=BANK, cms_code="", memo="회비")
    company.step_to(datetime(2026, 11, 20, 23, 30))
    content = company.run.statements[f"{BANK}/{BANK}_20261120.sta"]
    found = recognise(BytesIO(content), ReadOptions())
    said = list(found.reader(BytesIO(content), ReadOptions(), FileFacts(format=found.format)))
    assert [each for each in said if isinstance(each, Problem)] == []
    assert sum(isinstance(each, Entry) for each in said) == len(company.ours().movements) == 3
    assert len([each for each in said if isinstance(each, StatementEnd)]) == len(
        [each for each in company.world.books.of_bank(BANK) if each.is_ours]
    )
    assert b"NTRFP2611200001" in content
    assert "원자재대금".encode() in content


def test_somebody_can_pay_us(company):
    payer = max(company.world.books.of_bank(OTHER_BANK), key=lambda each: each.balance * (not each.is_ours))
    order = {
        "from_bank": OTHER_BANK,
        "from_account": payer.number,
        "bank": BANK,
        "account": company.ours().number,
    }
    before = company.ours().balance
    company.heed(company.run.do({"do": "pay", **order, "amount": 1000, "memo": "납품대금"}))
    assert company.ours().balance == before + 1000
    assert company.world.books.total() == company.world.books.total_at_start
    with pytest.raises(WorldError):
        company.run.do({"do": "pay", **order, "amount": 10**15})


def test_the_same_events_give_the_same_log_and_passwords_are_not_in_it(tmp_path):
    logs = []
    for _ in range(2):
        company = Company()
        company.open()
        company.fault("malformed", times=0, chance=3000)
        for _ in range(20):
            company.transfer()
        company.step(100_000)
        logs.append(company.log.getvalue())
    assert logs[0] == logs[1]
    other = Company(seed=8)
    assert other.ours().balance == company.ours().opening
    assert other.payee().number != company.payee().number
    sent = [json.loads(line) for line in logs[0].splitlines() if b'"frame"' in line]
    assert all(each["text"][115:129].strip() == "" for each in sent if each["text"][24:28] == "2000")
    path = tmp_path / "events.jsonl"
    path.write_bytes(logs[0])
    again = BytesIO()
    run = replayed(path, again)
    assert again.getvalue() == logs[0]
    assert run.world.books.total() == company.world.books.total()
    assert run.world.desks[BANK].totals("20261120", "") == company.world.desks[BANK].totals("20261120", "")
