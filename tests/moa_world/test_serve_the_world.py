"""The world as a process: lines over TCP, orders over its control API, and a log that plays again after a kill."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from moa.formats.firm_banking import OPEN, RESULT_INQUIRY, TRANSFER, FrameReader, decode, encode, framed

BANK, OTHER_BANK = "004", "088"


class Process:
    """A running world. Shape: it starts on 2026-11-20 at 09:00 and its clock stands."""

    def __init__(self, folder, *options, start="2026-11-20T09:00"):
        self.folder = folder
        command = [
            sys.executable,
            "-m",
            "moa_world",
            "live",
            "--out",
            str(folder),
            "--start",
            start,
        ]
        self.process = subprocess.Popen(
            [*command, "--speed", "0", *options], stdout=subprocess.PIPE, text=True
        )
        self.found = json.loads(self.process.stdout.readline())

    def ask(self, method, path, body=None, **headers):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.found["control"] + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read() if answer.headers["Content-Type"].startswith("text") else json.load(answer)

    def line(self, bank=BANK, role="send"):
        return Line(self.found["banks"][bank][role])

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(30)
        self.process.stdout.close()


class Line:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.reader = FrameReader()
        self.frames = []

    def send(self, data):
        self.socket.sendall(data)

    def next(self):
        """The next frame; None when the bank ended the line."""
        while not self.frames:
            piece = self.socket.recv(4096)
            if not piece:
                return None
            self.frames += self.reader.feed(piece)
        return self.frames.pop(0)

    def answer(self, key):
        while (frame := self.next()) is not None:
            if frame.kind == "message" and decode(frame.payload).key == key:
                return decode(frame.payload)
        return None


@pytest.fixture
def fresh(tmp_path):
    """For a test that steps days or kills."""
    running = Process(tmp_path / "world")
    yield running
    if running.process.poll() is None:
        running.end()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """For all tests that leave its clock nearly where it was."""
    running = Process(tmp_path_factory.mktemp("world"))
    yield running
    running.end()


def written(number, key, fields):
    header = {"company_no": "HAEON0000001", "bank_code": BANK, "msg_no": number, "send_date": "20261120",
              "send_time": "090000"}  # fmt: skip
    return framed(encode(key, {**header, **fields}))


def accounts(world, bank, ours):
    state = world.ask("GET", "/state")
    found = next(each for each in state["banks"] if each["code"] == bank)
    return [each for each in found["accounts"] if each["is_ours"] == ours and not each["is_internal"]]


def payment(world, amount):
    debit, credit = accounts(world, BANK, True)[0], accounts(world, OTHER_BANK, False)[0]
    return {
        "debit_account": debit["number"], "passbook_pw": debit["number"][-4:], "sign_code": "S00401",
        "amount": str(amount), "credit_bank": OTHER_BANK, "credit_account": credit["number"], "cms_code": "P1",
    }  # fmt: skip


def test_a_lost_answer_is_found_by_asking_and_the_day_agrees(fresh):
    line = fresh.line()
    line.send(written("1", OPEN, {}))
    assert line.answer("1100/100")["resp_code"] == "0000"
    fresh.ask("POST", "/faults", {"kind": "applied_no_reply", "key": TRANSFER, "bank": BANK})
    order = payment(fresh, 1_000_000)
    line.send(written("2", TRANSFER, order))
    line.send(written("3", RESULT_INQUIRY, {"orig_msg_no": "2", "debit_account": order["debit_account"]}))
    said = line.answer("7100/100")
    assert (said["result"], said.number("ok_amount")) == ("0000", 1_000_000)
    fresh.ask("POST", "/clock", {"day_end": True})
    line.send(written("4", "7000/300", {"base_date": "20261120"}))
    totals = line.answer("7100/300")
    account = fresh.ask("GET", f"/accounts/{BANK}/{order['debit_account']}")
    moved = [each for each in account["ledger"] if each["kind"] == "transfer"]
    assert totals.number("ok_amount") == -sum(each["amount"] for each in moved) == 1_000_000
    assert [(each["reference"], each["msg_no"]) for each in moved] == [("P1", "000002")]
    assert (fresh.folder / "statements" / BANK / f"{BANK}_20261120.sta").exists()
    assert [each["state"] for each in fresh.ask("GET", f"/transfers/{BANK}")] == ["done"]
    page = fresh.ask("GET", "/").decode()
    assert "unchanged since the start" in page
    assert ">1,000,000<" in fresh.ask("GET", f"/ledger/{BANK}/{order['debit_account']}").decode()


def test_whoever_is_connected_finds_the_next_run_at_the_same_ports(fresh):
    before = fresh.found["ports"]
    fresh.end()
    again = Process(fresh.folder)
    assert again.found["ports"] == before
    assert again.line().socket.getpeername()[1] == before["004.send"]
    again.end()
    with socket.socket() as other:
        other.bind(("127.0.0.1", before["004.send"]))
        other.listen()
        moved = Process(fresh.folder)
        differing = {name for name, port in moved.found["ports"].items() if port != before[name]}
        assert differing == {"004.send"} and moved.line().socket.getpeername()[1] != before["004.send"]
        moved.end()
    anew = Process(fresh.folder, "--fresh")
    assert anew.found["ports"]["control"] != before["control"]
    anew.end()


def test_polls_are_answered_and_pieces_are_put_together(world):
    line = world.line()
    data = b"0020HDRREQPOLL1120090000" + written("1", OPEN, {})
    for at in range(0, len(data), 50):
        line.send(data[at : at + 50])
        time.sleep(0.005)
    assert line.next().payload == b"HDRRESPOLL1120090000"
    assert line.answer("1100/100")["resp_code"] == "0000"


def test_one_way_lines_bring_everything_to_the_receiving_one(world):
    out, back = world.line(), world.line(role="receive")
    # The system takes both connections before the world has: a poll tells that the receiving one stands.
    back.send(b"0020HDRREQPOLL1120090000")
    assert back.next().kind == "poll_answer"
    out.send(written("1", OPEN, {}))
    assert back.answer("1100/100")["resp_code"] == "0000"


def test_a_bank_that_is_down_hangs_up(world):
    line = world.line()
    world.ask("POST", "/faults", {"kind": "bank_down", "bank": BANK})
    assert line.next() is None
    assert world.line().next() is None
    world.ask("DELETE", "/faults")
    again = world.line()
    again.send(written("1", OPEN, {}))
    assert again.answer("1100/100") is not None


def test_after_a_kill_the_log_brings_everything_back(fresh):
    line = fresh.line()
    line.send(written("1", OPEN, {}))
    order = payment(fresh, 5_000)
    line.send(written("2", TRANSFER, order))
    assert line.answer("2100/100")["resp_code"] == "0000"
    fresh.ask("POST", "/clock", {"seconds": 60})
    before = fresh.ask("GET", "/state")
    fresh.end(signal.SIGKILL)
    again = Process(fresh.folder)
    try:
        after = again.ask("GET", "/state")
        assert after["now"] == before["now"]
        assert [each["accounts"] for each in after["banks"]] == [each["accounts"] for each in before["banks"]]
        line = again.line()
        line.send(written("2", TRANSFER, order))
        assert line.answer("2100/100")["resp_code"] == "0000"
        assert again.ask("GET", f"/accounts/{BANK}/{order['debit_account']}")["movements"] == 2
    finally:
        again.end()
    command = [
        sys.executable,
        "-m",
        "moa_world",
        "live",
        "--out",
        str(fresh.folder),
        "--start",
        "2026-11-20",
        "--replay",
    ]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert said["differences"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/nowhere", None, {}, 404),
        ("GET", "/accounts/004/1", None, {}, 404),
        ("GET", "/transfers/999", None, {}, 404),
        ("POST", "/faults", {"kind": "meteor"}, {}, 422),
        ("POST", "/clock", {"to": "2020-01-01T00:00:00"}, {}, 422),
        ("POST", "/clock", {"seconds": "soon"}, {}, 422),
        ("POST", "/pay", {"amount": 5}, {}, 422),
        ("POST", "/clock", {"seconds": 1}, {"Host": "world.example"}, 403),
        ("POST", "/clock", {"seconds": 1}, {"Origin": "http://elsewhere.example"}, 403),
    ],
)
def test_it_refuses_orders_it_does_not_understand(world, method, path, body, headers, status):
    before = world.ask("GET", "/state")["now"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        world.ask(method, path, body, **headers)
    assert refused.value.code == status
    refused.value.close()
    assert world.ask("GET", "/state")["now"] == before


def test_two_worlds_do_not_share_a_folder(world):
    command = [
        sys.executable,
        "-m",
        "moa_world",
        "live",
        "--out",
        str(world.folder),
        "--start",
        "2026-11-20T09:00",
    ]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (second.returncode, "another world runs" in second.stderr) == (1, True)
    assert world.ask("GET", "/clock")["speed"] == 0


def test_the_commands_find_the_running_world(world):
    environment = {**os.environ, "MOA_WORLD": world.found["control"]}

    def moa(*arguments):
        command = [sys.executable, "-m", "moa.entry", "world", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    made = moa(
        "fault",
        "no_reply",
        "--bank",
        BANK,
        "--message",
        TRANSFER,
        "--percent",
        "25",
        "--times",
        "0",
        "--json",
    )
    assert json.loads(made.stdout)["chance"] == 2500
    assert json.loads(moa("clock", "--step", "90", "--json").stdout)["now"] == "2026-11-20T09:01:30"
    assert "all money" in moa("state").stdout
    refused = moa("fault", "meteor")
    assert (refused.returncode, "meteor" in refused.stderr) == (1, True)
    assert json.loads(moa("fault", "--clear", "--json").stdout) == {"faults": []}


def test_the_banks_answer_over_http(world):
    known = world.ask("GET", "/state")["open_banking"]
    order = {"client_id": known["client_id"], "client_secret": known["client_secret"], "scope": "oob"}

    def ask(path, body=None, **headers):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(world.found["http"] + path, data, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    token = ask("/oauth/2.0/token", order)["access_token"]
    listed = ask("/v2.0/account/list?user_seq_no=1", Authorization=f"Bearer {token}")
    assert listed["rsp_code"] == "A0000"
    assert {each["bank_code_std"] for each in listed["res_list"]} >= {BANK, OTHER_BANK}
    place = world.found["http"].removeprefix("http://")
    with contextlib.closing(http.client.HTTPConnection(place, timeout=20)) as kept:
        for _ in range(2):
            kept.request("GET", "/banks/020/v2.0/account/list", headers={"Authorization": f"Bearer {token}"})
            assert json.load(kept.getresponse())["res_list"]
            assert kept.sock is not None
    assert world.found["banks"]["020"] == {}
    world.ask("POST", "/faults", {"kind": "applied_no_reply", "key": "http/accounts"})
    with pytest.raises(TimeoutError):
        request = urllib.request.Request(
            world.found["http"] + "/v2.0/account/list", headers={"Authorization": f"Bearer {token}"}
        )
        urllib.request.urlopen(request, timeout=0.5)
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask("/v2.0/account/list?user_seq_no=1", Authorization="Bearer guessed")
    assert refused.value.code == 401
    refused.value.close()


def test_it_begins_anew_in_its_place(fresh):
    line = fresh.line()
    line.send(written("1", OPEN, {}))
    assert line.answer("1100/100")["resp_code"] == "0000"
    said = fresh.ask("POST", "/fresh", {"seed": 9, "start": "2026-12-01T08:00", "speed": 0})
    assert (said["seed"], said["now"]) == (9, "2026-12-01T08:00:00")
    assert line.next() is None
    state = fresh.ask("GET", "/state")
    assert (state["events"], state["seed"]) == (0, 9)
    assert fresh.ask("GET", "/clock") == {"now": "2026-12-01T08:00:00", "speed": 0}
    again = fresh.line()
    again.send(written("1", OPEN, {}))
    assert again.answer("1100/100")["resp_code"] == "0000"


def test_our_accounts_begin_with_given_balances_and_go_on_after_days_that_it_stood(tmp_path):
    (tmp_path / "balances.json").write_text('{"40277011008": "12345"}')
    (tmp_path / "events.jsonl").write_text(
        '{"world": 1, "seed": 7, "start": "2026-11-20T09:00:00", "balances": {}}\nnonsense\n'
    )
    options = ["--balances", str(tmp_path / "balances.json"), "--renew"]
    running = Process(tmp_path, *options)
    try:
        assert running.ask("GET", f"/accounts/{BANK}/40277011008")["balance"] == 12_345
        assert (tmp_path / "events.old").exists()
    finally:
        running.end()
    again = Process(tmp_path, start="2026-11-23T10:00")
    try:
        assert again.ask("GET", f"/accounts/{BANK}/40277011008")["balance"] == 12_345
        assert again.ask("GET", "/clock")["now"] == "2026-11-23T10:00:00"
        assert sorted(each.name for each in (tmp_path / "statements" / BANK).iterdir()) == [
            f"{BANK}_20261120.sta",
            f"{BANK}_20261121.sta",
            f"{BANK}_20261122.sta",
        ]
    finally:
        again.end()


def test_days_pass_in_seconds(tmp_path):
    command = [
        sys.executable,
        "-m",
        "moa_world",
        "live",
        "--out",
        str(tmp_path),
        "--start",
        "2026-11-20T09:00",
    ]
    process = subprocess.Popen([*command, "--speed", "86400"], stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    wanted = tmp_path / "statements" / BANK / f"{BANK}_20261121.sta"
    end = time.monotonic() + 30
    while not wanted.exists() and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    process.stdout.close()
    assert wanted.exists()
