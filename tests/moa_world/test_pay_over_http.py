"""The banks over HTTP with a token: names, balances, lines, transfers and their results, and what goes wrong there."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime, timedelta
from io import BytesIO

import pytest

from moa_world.live.open_banking import CLIENT_ID, INSTITUTION
from moa_world.live.run import Run, replayed
from moa_world.live.values import Hang, Send

START = datetime(2026, 11, 20, 9, 0)
TRANSFER, RESULT = "/v2.0/transfer/deposit/acnt_num", "/v2.0/transfer/result"
NAME, BALANCE = "/v2.0/inquiry/real_name", "/v2.0/account/balance/fin_num"
LINES, ACCOUNTS = "/v2.0/account/transaction_list/fin_num", "/v2.0/account/list"


class Client:
    """Shape: `replies` are (status, body) by session; a body that is no JSON stays bytes."""

    def __init__(self):
        self.log = BytesIO()
        self.run = Run(7, START, self.log)
        self.world = self.run.world
        self.replies = {}
        self.hung = set()
        self._sessions = self._numbers = 0
        self.token = self.ask("POST", "/oauth/2.0/token", self.credentials())[1]["access_token"]

    def credentials(self, **more):
        secret = self.world.open_banking.client_secret
        return {"client_id": CLIENT_ID, "client_secret": secret, "scope": "oob", **more}

    def heed(self, effects):
        for effect in effects:
            if isinstance(effect, Hang):
                self.hung.add(effect.session)
            elif isinstance(effect, Send):
                head, _, body = effect.data.partition(b"\r\n\r\n")
                with contextlib.suppress(ValueError):
                    body = json.loads(body)
                self.replies[effect.session] = (int(head.split()[1]), body)

    def ask(self, method, path, asked, token=None):
        """The reply that came at once, or None."""
        self._sessions += 1
        token = getattr(self, "token", "") if token is None else token
        self.heed(self.run.receive_http(self._sessions, method, path, asked, token))
        return self.replies.get(self._sessions)

    def said(self, method, path, asked):
        status, body = self.ask(method, path, asked)
        assert status == 200
        return body

    def fault(self, kind, **order):
        self.heed(self.run.do({"do": "fault", "fault": {"kind": kind, **order}}))

    def step(self, seconds):
        moment = self.world.now + timedelta(seconds=seconds)
        self.heed(self.run.do({"do": "step", "at": moment.isoformat()}))

    def ours(self):
        return next(each for each in self.world.books.of_bank("004") if each.is_ours)

    def payee(self):
        return next(
            each for each in self.world.books.of_bank("088") if not each.is_ours and not each.is_internal
        )

    def tran_id(self):
        self._numbers += 1
        return f"{INSTITUTION}U{self._numbers:09}"

    def order(self, number, amount="1000000", **more):
        payee = self.payee()
        row = {
            "tran_no": "1", "bank_tran_id": number, "bank_code_std": "088", "account_num": payee.number,
            "account_holder_name": payee.holder, "print_content": "해온정밀", "tran_amt": amount, "transfer_purpose": "TR",
        }  # fmt: skip
        return {
            "cntr_account_type": "N", "cntr_account_num": self.ours().number, "wd_pass_phrase": self.ours().password,
            "wd_print_content": "원자재대금", "name_check_option": "on", "tran_dtime": "20261120090000", "req_cnt": "1",
            "req_list": [{**row, **more}],
        }  # fmt: skip

    def pay(self, number, **more):
        reply = self.ask("POST", TRANSFER, self.order(number, **more))
        return reply and reply[1]

    def result(self, number, amount="1000000"):
        row = {
            "tran_no": "1",
            "org_bank_tran_id": number,
            "org_bank_tran_date": "20261120",
            "org_tran_amt": amount,
        }
        asked = {"check_type": "2", "tran_dtime": "20261120090000", "req_cnt": "1", "req_list": [row]}
        return self.said("POST", RESULT, asked)

    def code(self, said):
        return said["res_list"][0]["bank_rsp_code"]


@pytest.fixture
def client():
    return Client()


def test_a_token_is_needed_and_ends(client):
    assert client.ask("GET", ACCOUNTS, {}, token="")[1]["rsp_code"] == "O0002"
    assert client.ask("POST", "/oauth/2.0/token", client.credentials(client_secret="guess"))[0] == 401
    narrow = client.ask("POST", "/oauth/2.0/token", client.credentials(scope="inquiry"))[1]["access_token"]
    assert (
        client.ask("POST", TRANSFER, client.order(client.tran_id()), token=narrow)[1]["rsp_code"] == "O0005"
    )
    assert client.ask("GET", ACCOUNTS, {}, token=narrow)[0] == 200
    client.step(90 * 86_400)
    assert client.ask("GET", ACCOUNTS, {})[1]["rsp_code"] == "O0003"


def test_stolen_tokens_are_revoked(client):
    client.run.do({"do": "revoke"})
    assert client.ask("GET", ACCOUNTS, {})[1]["rsp_code"] == "O0002"


def test_it_lists_accounts_and_tells_balances_and_names(client):
    listed = client.said("GET", ACCOUNTS, {"user_seq_no": "1", "include_cancel_yn": "N", "sort_order": "D"})
    mine = next(each for each in listed["res_list"] if each["bank_code_std"] == "004")
    assert mine["account_num_masked"] == client.ours().number[:-3] + "***"
    asked = {
        "bank_tran_id": client.tran_id(),
        "fintech_use_num": mine["fintech_use_num"],
        "tran_dtime": "20261120090000",
    }
    assert client.said("GET", BALANCE, asked)["balance_amt"] == str(client.ours().balance)
    name = {"bank_tran_id": client.tran_id(), "bank_code_std": "088", "account_num": client.payee().number}
    assert client.said("POST", NAME, name)["account_holder_name"] == client.payee().holder
    assert client.said("POST", NAME, {**name, "account_num": "1"})["bank_rsp_code"] == "014"


def test_a_transfer_moves_money_once_and_its_lines_are_told(client):
    before, number = client.ours().balance, client.tran_id()
    assert client.code(client.pay(number)) == "000"
    assert client.code(client.pay(number)) == "000"
    assert client.code(client.pay(number, amount="5")) == "101"
    assert client.ours().balance == before - 1_000_500
    assert client.code(client.result(number)) == "000"
    assert client.world.books.total() == client.world.books.total_at_start
    asked = {
        "bank_tran_id": client.tran_id(), "fintech_use_num": next(n for n, a in client.world.open_banking.calls.ours() if a is client.ours()),
        "inquiry_type": "O", "inquiry_base": "D", "from_date": "20261120", "to_date": "20261120", "sort_order": "A",
    }  # fmt: skip
    lines = client.said("GET", LINES, asked)
    assert [each["tran_amt"] for each in lines["res_list"]] == ["1000000", "500"]
    assert lines["res_list"][0]["print_content"] == "해온정밀"


def test_lines_come_in_pages(client):
    for _ in range(20):
        client.pay(client.tran_id(), amount="1000")
    number = next(n for n, a in client.world.open_banking.calls.ours() if a is client.ours())
    asked = {
        "bank_tran_id": client.tran_id(), "fintech_use_num": number, "inquiry_type": "A", "from_date": "20261120",
        "to_date": "20261120", "sort_order": "D",
    }  # fmt: skip
    first = client.said("GET", LINES, asked)
    second = client.said(
        "GET", LINES, {**asked, "befor_inquiry_trace_info": first["befor_inquiry_trace_info"]}
    )
    assert (len(first["res_list"]), first["next_page_yn"]) == (25, "Y")
    assert (len(second["res_list"]), second["next_page_yn"]) == (15, "N")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"account_num": "1"}, "014"),
        ({"account_holder_name": "다른이름"}, "016"),
        ({"tran_amt": "90000000000"}, "021"),
    ],
)
def test_it_refuses_with_the_banks_code(client, more, code):
    before = client.ours().balance
    assert client.code(client.pay(client.tran_id(), **more)) == code
    assert client.ours().balance == before


@pytest.mark.parametrize(
    "more",
    [
        {"tran_amt": "0"},
        {"tran_amt": 5},
        {"bank_tran_id": "1"},
        {"bank_tran_id": "M202600009U000000001"},
        {"bank_code_std": ""},
    ],
)
def test_it_names_the_field_that_is_wrong(client, more):
    said = client.pay(client.tran_id(), **more)
    assert (said["rsp_code"], said["field"]) == ("A0004", next(iter(more)))
    assert client.ask("POST", TRANSFER, {"req_list": [1, 2]})[1]["rsp_code"] == "A0004"
    assert client.ask("GET", "/v2.0/nothing", {})[0] == 404


def test_a_lost_answer_is_found_by_asking(client):
    number = client.tran_id()
    client.fault("applied_no_reply", key="http/transfer", bank="004")
    assert client.pay(number) is None
    assert client.code(client.result(number)) == "000"
    lost = client.tran_id()
    client.fault("no_reply", key="http/transfer")
    assert client.pay(lost) is None
    assert client.code(client.result(lost)) == "REC"


def test_a_request_arrives_after_the_bank_has_said_that_there_is_none(client):
    number = client.tran_id()
    client.fault("late_apply", key="http/transfer", delay=600)
    assert client.pay(number) is None
    assert client.code(client.result(number)) == "REC"
    client.step(600)
    assert client.code(client.result(number)) == "000"


def test_money_comes_back(client):
    before, number = client.ours().balance, client.tran_id()
    client.fault("returned", key="http/transfer", delay=60)
    assert client.code(client.pay(number)) == "000"
    client.step(60)
    assert client.code(client.result(number)) == "052"
    assert client.ours().balance == before - 500


@pytest.mark.parametrize(
    "kind", ["malformed", "short", "long", "unexpected", "timeout_reply", "drop_after", "late_reply"]
)
def test_a_spoilt_answer_leaves_the_transfer_to_be_asked_for(client, kind):
    number = client.tran_id()
    client.fault(kind, key="http/transfer")
    client.pay(number)
    client.step(60)
    assert client.code(client.result(number)) == "000"
    assert len([each for each in client.ours().movements if each.kind == "transfer"]) == 1


def test_a_wrong_pass_phrase_moves_nothing(client):
    asked = {**client.order(client.tran_id()), "wd_pass_phrase": "0000000"}
    assert client.code(client.said("POST", TRANSFER, asked)) == "013"
    assert client.ours().movements == []


@pytest.mark.parametrize(
    ("kind", "status", "booked"),
    [
        ("error_before", 503, 0),
        ("error_after", 503, 1),
        ("rate_limited", 429, 0),
        ("token_revoked", 401, 0),
        ("token_expired", 401, 0),
    ],
)
def test_statuses_that_are_no_answer(client, kind, status, booked):
    client.fault(kind, key="2000/100", bank="004")
    number = client.tran_id()
    assert client.ask("POST", TRANSFER, client.order(number))[0] == status
    assert len([each for each in client.ours().movements if each.kind == "transfer"]) == booked
    assert client.ask("GET", ACCOUNTS, {})[0] == (401 if status == 401 else 200)


def test_a_token_is_ended_by_whoever_has_the_secret(client):
    ended = {name: value for name, value in client.credentials().items() if name != "scope"} | {
        "access_token": client.token
    }
    assert client.ask("POST", "/oauth/2.0/revoke", {**ended, "client_secret": "guess"})[0] == 401
    assert client.ask("GET", ACCOUNTS, {})[0] == 200
    assert client.ask("POST", "/oauth/2.0/revoke", ended)[0] == 200
    assert client.ask("GET", ACCOUNTS, {})[1]["rsp_code"] == "O0002"
    assert client.token.encode() not in client.log.getvalue()


def test_a_banks_own_door_shows_its_own_accounts_and_its_totals(client):
    listed = client.said("GET", "/banks/004" + ACCOUNTS, {})
    assert {each["bank_code_std"] for each in listed["res_list"]} == {"004"}
    client.pay(client.tran_id())
    client.pay(client.tran_id(), account_num="1")
    asked = {
        "cntr_account_num": client.ours().number,
        "tran_date": "20261120",
        "bank_tran_id": client.tran_id(),
    }
    said = client.said("POST", "/banks/004/v2.0/transfer/totals", asked)
    assert (said["ok_count"], said["ok_amount"], said["failed_count"]) == ("1", "1000000", "1")
    client.fault("wrong_totals", bank="004")
    assert client.said("POST", "/banks/004/v2.0/transfer/totals", asked)["ok_count"] == "2"
    assert (
        client.ask("POST", "/banks/088" + TRANSFER, client.order(client.tran_id()))[1]["field"]
        == "cntr_account_num"
    )
    assert client.ask("GET", "/banks/999" + ACCOUNTS, {})[0] == 404


def test_a_bank_that_is_down_says_so_and_books_nothing(client):
    client.fault("bank_down", bank="004")
    assert client.pay(client.tran_id())["rsp_code"] == "A0002"
    client.fault("in_process", key="http/result")
    assert client.result(client.tran_id())["rsp_code"] == "A0007"


def test_no_secret_is_in_the_log_and_it_plays_again(client, tmp_path):
    client.pay(client.tran_id())
    log = client.log.getvalue()
    kept = client.world.open_banking
    for secret in (client.token, kept.client_secret, f'"wd_pass_phrase": "{client.ours().password}"'):
        assert secret.encode() not in log
    path = tmp_path / "events.jsonl"
    path.write_bytes(log)
    run = replayed(path)
    assert run.world.books.total() == client.world.books.total()
    assert run.world.books.find("004", client.ours().number).balance == client.ours().balance
