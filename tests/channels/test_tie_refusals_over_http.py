"""A refusal over HTTP is believed of the transfer that it is of: by its number, or as the first answer on a connection."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.channels.models import IN, ChannelMessage, Connection
from moa.channels.open_banking.replies import read_reply, whole_reply
from moa.channels.open_banking.requests import NAME, TRANSFER
from moa.channels.operations import ask_bank
from moa.channels.protocol import Answered
from moa.channels.reasons import understood
from tests.channels.bank_world import BankWorld
from tests.channels.test_transfer_over_http import Desk, desk

__all__ = ["desk"]

NUMBER, OTHER = "M202600001U1YI02000A", "M202600001U1YI02000B"
REFUSING = frozenset({400, 401, 403, 404, 429})
Answer = Callable[[str], bytes]


def http(status: int, said: dict[str, object]) -> bytes:
    body = json.dumps(said).encode()
    return b"HTTP/1.1 %d -\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body


def row(number: object, code: str = "011") -> dict[str, object]:
    return {
        "rsp_code": "A0000",
        "res_cnt": "1",
        "res_list": [{"bank_tran_id": number, "bank_rsp_code": code, "tran_amt": "1"}],
    }


@pytest.mark.parametrize(
    ("answer", "first", "later"),
    [
        # Golden: a row refused with the number, with another one, with none.
        (http(200, row(NUMBER)), "0011", "0011"),
        (http(200, row(OTHER)), "nobody_asked", "nobody_asked"),
        (http(200, row(None)), "nobody_asked", "nobody_asked"),
        # The gateway refuses what it was asked.
        (http(200, {"rsp_code": "A0004", "bank_tran_id": NUMBER}), "H400", "H400"),
        (http(200, {"rsp_code": "A0004", "bank_tran_id": OTHER}), "nobody_asked", "nobody_asked"),
        (http(200, {"rsp_code": "A0004"}), "H400", "H500"),
        (http(200, {"rsp_code": "A0007"}), "0009", "H500"),
        (http(401, {"rsp_code": "O0002"}), "H401", "H500"),
        (http(401, {"bank_tran_id": NUMBER}), "H401", "H401"),
        (http(401, {"bank_tran_id": OTHER}), "nobody_asked", "nobody_asked"),
        (http(401, {"bank_tran_id": 7}), "nobody_asked", "nobody_asked"),
        (http(429, row(OTHER)), "nobody_asked", "nobody_asked"),
        (b"HTTP/1.1 429 -\r\nContent-Length: 0\r\n\r\n", "H429", "H500"),
        (http(503, {"rsp_code": "A0002"}), "H503", "H500"),
        (http(502, {}), "H500", "H500"),
    ],
)  # fmt: skip
def test_what_an_answer_to_a_transfer_is_worth(answer, first, later):
    said = [
        read_reply(TRANSFER, answer, number=NUMBER, refusing=REFUSING, is_first=one) for one in (True, False)
    ]
    assert [one.problem or one.code for one in said] == [first, later]


def test_a_question_has_no_such_care_for_its_refusal_ends_nothing():
    assert read_reply(NAME, http(429, {}), number=NUMBER, refusing=REFUSING).code == "H429"


@given(
    st.integers(200, 503),
    st.sampled_from(("A0000", "A0004", "O0001", "O0005", "A0007", "?")),
    st.sampled_from(("000", "011", "014", "REC")),
    st.one_of(st.none(), st.just(""), st.just(OTHER), st.text(max_size=20), st.integers()),
    st.booleans(),
)
def test_nothing_ends_a_transfer_that_does_not_name_it_or_stand_alone(status, rsp, code, named, in_row):
    said: dict[str, object] = {**row(named if in_row else NUMBER, code), "rsp_code": rsp}
    if not in_row:
        said = {"rsp_code": rsp, "bank_tran_id": named}
    reply = read_reply(TRANSFER, http(status, said), number=NUMBER, refusing=REFUSING)
    if named != NUMBER:
        ends = not reply.problem and understood(reply.code) in (Answered.DONE, Answered.REFUSED)
        assert not ends, reply


@dataclass
class Door:
    """Before a bank: passes on what is asked, and in place of the answers to transfers gives those of `answers`, by number.

    Shape: `carried` how many requests went on each connection, `transfers` which of them were transfers.
    """

    bank_port: int
    answers: list[Answer | None] = field(default_factory=list)
    carried: list[list[str]] = field(default_factory=list)

    def __enter__(self) -> Door:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._let_in, daemon=True).start()
        return self

    def __exit__(self, *ended: object) -> None:
        self._listener.close()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def _let_in(self) -> None:
        while True:
            try:
                inside, _ = self._listener.accept()
            except OSError:
                return
            asked: list[str] = []
            self.carried.append(asked)
            threading.Thread(target=self._pass_on, args=(inside, asked), daemon=True).start()

    def _pass_on(self, inside: socket.socket, asked: list[str]) -> None:
        with inside, socket.create_connection(("127.0.0.1", self.bank_port)) as bank:
            try:
                while request := _request(inside):
                    bank.sendall(request)
                    answer = _whole(bank)
                    is_transfer = b"/transfer/deposit/" in request.split(b"\r\n")[0]
                    asked.append("transfer" if is_transfer else "question")
                    instead = self.answers.pop(0) if is_transfer and self.answers else None
                    inside.sendall(instead(_number(request)) if instead else answer)
            except OSError:
                return


def _request(inside: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = inside.recv(65_536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0].split(b":")[1]):
        piece = inside.recv(65_536)
        data, body = data + piece, body + piece
    return data


def _whole(bank: socket.socket) -> bytes:
    data = b""
    while not whole_reply(data):
        data += bank.recv(65_536)
    return data


def _number(request: bytes) -> str:
    return str(json.loads(request.partition(b"\r\n\r\n")[2])["req_list"][0]["bank_tran_id"])


@pytest.fixture
def door(desk: Desk, world: BankWorld):
    with Door(int(world.found["http"].rsplit(":", 1)[1])) as made:
        with desk.ctx.open():
            Connection.objects.update(port=made.port)
        yield made


def another(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "1")


@pytest.mark.parametrize(
    "answer",
    [
        lambda number: http(200, row(another(number))),
        lambda number: http(200, {"rsp_code": "A0004", "bank_tran_id": another(number)}),
        lambda number: http(401, {"rsp_code": "O0002", "bank_tran_id": another(number)}),
        lambda number: http(429, {"rsp_code": "A0429", "bank_tran_id": another(number)}),
    ],
    ids=["row", "rsp_code", "401", "429"],
)
def test_a_refusal_of_another_request_leaves_a_payment_that_was_made_unknown(desk, door, answer):
    ask_bank.test_line(desk.ctx, "020")
    door.answers = [answer]
    (paid,) = desk.pay()
    assert (paid.asked.answered, desk.moved()) == (Answered.SILENCE, 1_000_500)
    with desk.ctx.open():
        stray = ChannelMessage.objects.filter(direction=IN, problem="nobody_asked")
        assert stray.count() == 1
    assert desk.ask(paid).found is Answered.DONE


def test_transfers_go_on_connections_that_carried_nothing_before(desk, door):
    desk.pay(*itertools.repeat(desk.order, 3))
    desk.pay()
    for asked in door.carried:
        assert "transfer" not in asked[1:], asked
    assert [one for asked in door.carried for one in asked].count("transfer") == 4


def test_a_gateway_that_refuses_the_first_thing_it_hears_is_believed(desk, door):
    door.answers = [lambda number: http(401, {"rsp_code": "O0002"})]
    (paid,) = desk.pay()
    assert (paid.asked.answered, paid.asked.code) == (Answered.REFUSED, "H401")


def test_the_simulated_banks_name_what_they_refuse(desk, world):
    (paid,) = desk.pay(*[desk.order.__class__(**{**_fields(desk), "credit_account": "1"})])
    assert (paid.asked.answered, paid.asked.code) == (Answered.REFUSED, "0014")


def _fields(desk: Desk) -> dict[str, object]:
    order = desk.order
    return {name: getattr(order, name) for name in order.__slots__}
