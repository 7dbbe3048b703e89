"""Each fault of the menu alone, and all of them by chance: a number is booked once, and money stays what it was."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.firm_banking import FAILURE_NOTICE, LINE_TEST, OPEN, RESULT_INQUIRY, TRANSACTION_NOTICE
from moa.formats.recognise import recognise
from moa.formats.statements import FileFacts, ReadOptions
from moa.kernel.errors import Problem
from moa_world.live.faults import MENU, OF_BANK
from moa_world.live.values import TransferState, WorldError
from tests.moa_world.company import BANK, OTHER_BANK, Company


@pytest.fixture
def company():
    made = Company()
    made.open()
    return made


def test_a_lost_request_is_booked_nowhere(company):
    company.fault("no_reply", key="2000/100")
    assert company.transfer("000500") == []
    assert company.inquire("000500")["result"] == "NREC"
    company.step_to(datetime(2026, 11, 20, 23, 30))
    assert company.totals(day="20261120").number("request_count") == 0


def test_a_lost_answer_is_found_by_asking(company):
    company.fault("applied_no_reply", key="2000/100")
    assert company.transfer("000500") == []
    assert company.inquire("000500")["result"] == "0000"
    assert company.totals().number("ok_amount") == 1_000_000
    assert len(company.lines_of("000500")) == 1


def test_a_late_answer_comes_when_its_time_is_there(company):
    company.fault("late_reply", delay=120)
    assert company.transfer("000500") == []
    company.step(119)
    assert not [each for each in company.got if each.key == "2100/100"]
    company.step(1)
    assert [each["msg_no"] for each in company.got if each.key == "2100/100"] == ["000500"]


def test_an_answer_comes_twice(company):
    company.fault("duplicate_reply")
    assert [each["resp_code"] for each in company.transfer()] == ["0000", "0000"]


@pytest.mark.parametrize("reply", [False, True])
def test_a_request_arrives_after_the_bank_has_said_that_there_is_none(company, reply):
    company.fault("late_apply", delay=600, reply=reply)
    assert company.transfer("000500") == []
    assert company.inquire("000500")["result"] == "NREC"
    company.step(600)
    assert company.inquire("000500")["result"] == "0000"
    assert len([each for each in company.got if each.key == "2100/100"]) == int(reply)


def test_a_late_request_never_arrives_after_the_banks_day(company):
    company.fault("late_apply", delay=1_000_000)
    company.transfer("000500")
    company.step_to(datetime(2026, 11, 20, 23, 29, 59))
    assert company.inquire("000500")["result"] == "0000"
    assert company.lines_of("000500")[0].at == datetime(2026, 11, 20, 23, 29, 59)


def test_a_request_that_was_sent_again_is_booked_once_though_the_first_arrives_late(company):
    company.fault("late_apply", delay=600)
    company.transfer("000500")
    assert company.transfer("000500")[0]["resp_code"] == "0000"
    company.step(700)
    assert len(company.lines_of("000500")) == 1


def test_it_refuses_with_the_code_that_was_ordered(company):
    company.fault("refused", key="2000/100", code="0051")
    assert company.transfer("000500")[0]["resp_code"] == "0051"
    assert company.inquire("000500")["result"] == "0051"
    assert company.lines_of("000500") == []


def test_money_comes_back_and_a_notice_says_so(company):
    before = company.ours().balance
    company.fault("returned", delay=300)
    assert company.transfer("000500")[0]["resp_code"] == "0000"
    company.step(300)
    assert company.ours().balance == before - 500
    (failed,) = [each for each in company.got if each.key == FAILURE_NOTICE]
    assert (failed["orig_msg_no"], failed["error_code"], failed.number("failed_amount")) == (
        "000500",
        "0052",
        1_000_000,
    )
    assert company.inquire("000500")["result"] == "0052"
    said = company.totals()
    assert (said.number("ok_count"), said.number("returned_count")) == (1, 1)
    assert [each.amount for each in company.lines_of("000500")] == [-1_000_000, 1_000_000]


def test_a_timeout_is_no_failure(company):
    company.fault("timeout_reply", key="2000/100")
    assert company.transfer("000500")[0]["resp_code"] == "VTIM"
    assert company.inquire("000500")["result"] == "0000"


def test_an_inquiry_is_put_off_or_wrong(company):
    company.transfer("000500")
    company.fault("in_process", key=RESULT_INQUIRY)
    assert company.inquire("000500")["result"] == "0009"
    company.fault("no_record", key=RESULT_INQUIRY)
    assert company.inquire("000500")["result"] == "NREC"
    assert company.inquire("000500")["result"] == "0000"


@pytest.mark.parametrize("kind", ["malformed", "short", "long"])
def test_a_spoilt_answer_costs_only_itself(company, kind):
    for number in range(500, 520):
        company.fault(kind, key="2000/100")
        spoilt = company.transfer(f"{number:06}")
        assert not spoilt or spoilt[0]["resp_code"] == "0000"
        assert company.inquire(f"{number:06}")["result"] == "0000"


def test_an_answer_comes_that_nobody_asked_for(company):
    company.fault("unexpected")
    assert company.transfer("000500")[0]["resp_code"] == "0000"
    assert [each.key for each in company.got][1:3] == ["7100/200", "2100/100"]


def test_an_answer_is_overtaken(company):
    company.fault("out_of_order", key="2000/100")
    assert company.transfer("000500") == []
    company.transfer("000501")
    assert [each["msg_no"] for each in company.got if each.key == "2100/100"] == ["000501", "000500"]


def test_an_answer_that_nothing_overtakes_comes_in_the_end(company):
    company.fault("out_of_order", key="2000/100", delay=30)
    company.transfer("000500")
    company.step(30)
    assert "000500" in [each["msg_no"] for each in company.got if each.key == "2100/100"]


@pytest.mark.parametrize(("kind", "result"), [("drop_before", "NREC"), ("drop_after", "0000")])
def test_the_line_breaks(company, kind, result):
    session = company.lines[BANK]
    company.fault(kind, key="2000/100")
    assert company.transfer("000500") == []
    assert session in company.hung
    company.open()
    assert company.inquire("000500")["result"] == result


def test_a_bank_is_down_all_day(company):
    session = company.lines[BANK]
    company.fault("bank_down", bank=BANK)
    assert session in company.hung
    again = company.connect()
    assert again in company.hung
    company.step_to(datetime(2026, 11, 20, 23, 30))
    assert company.connect() not in company.hung
    company.open(OTHER_BANK)
    assert company.ask(OTHER_BANK, LINE_TEST, {})["resp_code"] == "0000"


def test_a_bank_is_down_for_a_while_and_comes_back_when_told(company):
    company.fault("bank_down", bank=BANK, delay=60)
    company.step(61)
    assert company.connect() not in company.hung
    company.fault("bank_down", bank=BANK)
    company.heed(company.run.do({"do": "clear"}))
    assert company.connect() not in company.hung


def test_a_banks_clock_is_wrong(company):
    company.fault("wrong_clock", bank=BANK, amount=-7200)
    company.transfer("000500")
    told = next(each for each in company.got if each.key == TRANSACTION_NOTICE)
    assert (told["txn_time"], company.inquire("000500")["transfer_time"]) == ("070000", "070000")


@pytest.mark.parametrize("code", ["missing", "extra", "amount"])
def test_a_statement_differs_and_still_adds_up(company, code):
    company.transfer()
    company.fault("statement_differs", bank=BANK, code=code)
    company.step_to(datetime(2026, 11, 21, 23, 30))
    wrong = company.run.statements[f"{BANK}/{BANK}_20261120.sta"]
    honest = Company()
    honest.open()
    honest.transfer()
    honest.step_to(datetime(2026, 11, 21, 23, 30))
    right = honest.run.statements[f"{BANK}/{BANK}_20261120.sta"]
    assert wrong != right
    assert (
        company.run.statements[f"{BANK}/{BANK}_20261121.sta"]
        == honest.run.statements[f"{BANK}/{BANK}_20261121.sta"]
    )
    found = recognise(BytesIO(wrong), ReadOptions())
    said = list(found.reader(BytesIO(wrong), ReadOptions(), FileFacts(format=found.format)))
    assert [each for each in said if isinstance(each, Problem)] == []


@pytest.mark.parametrize(("code", "files"), [("absent", 0), ("short", 1), ("twice", 2)])
def test_a_statement_file_is_missing_cut_or_comes_twice(company, code, files):
    company.transfer()
    company.fault("statement_differs", bank=BANK, code=code)
    company.step_to(datetime(2026, 11, 20, 23, 30))
    made = [content for path, content in company.run.statements.items() if path.startswith(f"{BANK}/")]
    assert len(made) == files
    assert len(set(made)) <= 1
    if code == "short":
        found = recognise(BytesIO(made[0]), ReadOptions())
        said = list(found.reader(BytesIO(made[0]), ReadOptions(), FileFacts(format=found.format)))
        assert any(isinstance(each, Problem) and each.severity == "error" for each in said)


def test_what_comes_back_at_night_is_booked_in_the_morning_so_that_a_statement_has_it(company):
    company.step_to(datetime(2026, 11, 20, 23, 29))
    company.fault("returned", delay=600)
    company.transfer("000500")
    company.step_to(datetime(2026, 11, 21, 0, 29))
    assert len(company.lines_of("000500")) == 1
    company.step_to(datetime(2026, 11, 22, 0, 0))
    assert company.lines_of("000500")[-1].at == datetime(2026, 11, 21, 0, 30)
    assert "타행이체불능".encode() in company.run.statements[f"{BANK}/{BANK}_20261121.sta"]


def test_every_days_opening_is_the_closing_of_the_day_before(company):
    """Also for a bank that rests on holidays and gets money from one that works."""
    ours = next(each for each in company.world.books.of_bank("081") if each.is_ours)
    for day in range(20, 25):
        company.step_to(datetime(2026, 11, day, 10, 0))
        company.ask(BANK, OPEN, {})
        company.transfer(to_bank="081", credit_account=ours.number)
    company.step_to(datetime(2026, 11, 25, 0, 0))
    statements = [
        content.decode() for path, content in company.run.statements.items() if path.startswith("081/")
    ]
    assert len(statements) == 5
    part = [text.split(f":25:{ours.number}")[1].split("-}")[0] for text in statements]
    openings = [text.split("KRW")[1].split(",")[0] for text in part]
    closings = [text.split(":62F:")[1].split("KRW")[1].split(",")[0] for text in part]
    assert openings[1:] == closings[:-1]
    # The day of the opening balance is that of the statement before, on weekends too.
    opened, closed = ([text.split(field)[1][1:7] for text in part] for field in (":60F:", ":62F:"))
    assert opened[1:] == closed[:-1]
    assert int(closings[-1]) == ours.balance


def test_totals_are_wrong_once(company):
    company.transfer()
    company.fault("wrong_totals", bank=BANK, amount=5)
    assert company.totals().number("ok_amount") == 1_000_005
    assert company.totals().number("ok_amount") == 1_000_000


def test_a_notice_stays_out(company):
    company.fault("no_notice", bank=BANK)
    company.transfer()
    told = [each for each in company.got if each.key == TRANSACTION_NOTICE and each["bank_code"] == BANK]
    assert [each["txn_seq"] for each in told] == ["2"]


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "meteor"},
        {"kind": ["no_reply"]},
        {"kind": "no_reply", "bank": "999"},
        {"kind": "no_reply", "key": "9/9"},
        {"kind": "no_reply", "chance": 10_001},
        {"kind": "no_reply", "times": -1},
        {"kind": "no_reply", "delay": "soon"},
        {"kind": "refused", "code": "TOO LONG"},
        {"kind": "statement_differs", "code": "0011"},
        {"kind": "no_reply", "surprise": 1},
    ],
)
def test_it_refuses_a_fault_that_is_not_on_the_menu(company, order):
    with pytest.raises(WorldError):
        company.run.do({"do": "fault", "fault": order})
    assert company.world.faults.rules == []


CHANCES = st.dictionaries(st.sampled_from(sorted(set(MENU) - OF_BANK)), st.integers(500, 4000), max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), CHANCES, st.lists(st.integers(1, 2_000_000), min_size=5, max_size=25))
def test_whatever_goes_wrong_money_stays_and_a_number_is_booked_once(seed, chances, amounts):
    """Transfers are sent up to twice, as a broken line might do it, under random faults, until the day has ended."""
    company = Company(seed)
    company.open()
    company.open(OTHER_BANK)
    for kind, chance in chances.items():
        company.fault(kind, chance=chance, times=0, delay=300)
    for at, amount in enumerate(amounts):
        number = f"{500 + at:06}"
        for _ in range(1 + at % 2):
            if company.lines[BANK] in company.hung:
                company.connect()
                company.send(BANK, company.write(BANK, OPEN, {}))
            company.transfer(number, amount=amount)
        company.step(7)
        assert company.world.books.total() == company.world.books.total_at_start
    company.step_to(datetime(2026, 11, 22, 1, 0))
    assert company.world.books.total() == company.world.books.total_at_start
    for desk in company.world.desks.values():
        for transfer in desk.transfers.values():
            debits = [-each.amount for each in company.lines_of(transfer.msg_no, BANK)]
            expected = {
                TransferState.DONE: [transfer.amount],
                TransferState.REFUSED: [],
                TransferState.RETURNED: [transfer.amount, -transfer.amount],
            }[transfer.state]
            assert debits == expected
    assert all(
        account.balance >= 0 for account in company.world.books.accounts.values() if not account.is_internal
    )
    moved = [each for each in company.ours().movements if each.kind == "transfer"]
    said = company.world.desks[BANK].totals("20261120", company.ours().number)
    assert (said["ok_count"], said["ok_amount"]) == (len(moved), -sum(each.amount for each in moved))
