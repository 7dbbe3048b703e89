"""Which day a bank shows to be on: by the moment of its answers over HTTP, by the opened line and the time of its answers on it."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from moa.channels.banks_day import UNREADABLE, day_of_line, day_of_moment
from moa.channels.firm_banking.exchange import _exchanged
from moa.channels.message_store import Stored
from moa.channels.models import Connection
from moa.channels.open_banking.replies import read_reply
from moa.channels.open_banking.requests import RESULT
from moa.formats.firm_banking import decode
from moa.payments.models import Evidence
from moa.payments.web.bank_parts import known_of
from tests.formats.firm_banking.golden_messages import golden

OPENS = time(0, 30)
DAY, BEFORE, NEXT = date(2026, 11, 20), date(2026, 11, 19), date(2026, 11, 21)
NUMBER = "M202600001U1YI02000A"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("20261120223000123", DAY), ("20261120003000", DAY), ("20261120002959999", BEFORE), ("20261121004500000", NEXT),
        (None, None), ("", UNREADABLE), ("2026-11-20 22:30", UNREADABLE), ("20261320223000", UNREADABLE),
        ("00010101001000", UNREADABLE), ("00010101223000", UNREADABLE),
        (20261120223000, UNREADABLE), ("２０２６１１２０２２３０００", UNREADABLE),
    ],
)  # fmt: skip
def test_an_answer_over_http_shows_the_day_that_the_bank_has_opened(said, day):
    assert day_of_moment(said, OPENS) == day


@pytest.mark.parametrize(
    ("day", "words"),
    [(UNREADABLE, "the day of the bank's answer cannot be read"), (DAY, "on the bank's day 2026-11-20")],
)
def test_a_day_that_could_not_be_read_is_shown_as_none(day, words):
    told = Evidence(kind=Evidence.INQUIRY, facts={"said": "no_record", "bank_day": str(day)})
    with override("en"):
        (known,) = known_of([told], "en")
    assert [str(part) for part in known["parts"]][-1] == words


def http_answer(moment: bytes) -> bytes:
    """Written byte by byte: the bank knows of none."""
    body = (
        b'{"api_tran_id":"1",' + moment + b'"rsp_code":"A0000","rsp_message":"","res_cnt":"1","res_list":[{"tran_no":"1",'
        b'"bank_tran_id":"' + NUMBER.encode() + b'","bank_tran_date":"20261120","bank_rsp_code":"REC","tran_amt":"1000"}]}'
    )  # fmt: skip
    return b"HTTP/1.1 200 OK\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (b'"api_tran_dtm":"20261120214500007",', DAY), (b'"api_tran_dtm":"20261121004500007",', NEXT), (b"", None),
        (b'"api_tran_dtm":null,', None), (b'"api_tran_dtm":"?",', UNREADABLE),
    ],
)  # fmt: skip
def test_the_moment_is_that_of_the_answer_itself(moment, day):
    reply = read_reply(RESULT, http_answer(moment), number=NUMBER, refusing=frozenset())
    assert reply.code == "0000" and day_of_moment(reply.told_at, OPENS) == day


def on_line(sent: tuple[str, str], told: str, opened_on: date | None) -> date | None:
    """What a bank of the golden messages shows that was asked then, and has written that time into its answer."""
    date_at, time_at = slice(38, 46), slice(46, 52)
    asked, answered = bytearray(golden("7000_100_result_inquiry")), bytearray(golden("7100_100_no_record"))
    asked[date_at] = answered[date_at] = sent[0].encode()
    asked[time_at], answered[time_at] = sent[1].encode(), told.encode()
    request = Stored(1, NEXT, 21, bytes(asked))
    said = _exchanged(Connection(bank_code="004", opened_on=opened_on), request, decode(bytes(answered)))
    return said.asked.bank_day


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("004500", NEXT),  # the time of the question, repeated: that the bank let us open the day is what it shows
        ("224500", DAY), ("215000", DAY), ("002900", DAY), ("003100", NEXT), ("014500", NEXT),
    ],
)  # fmt: skip
def test_on_a_line_it_is_the_opened_day_and_none_that_the_banks_own_time_denies(told, day):
    assert on_line(("20261121", "004500"), told, NEXT) == day


def test_a_line_that_was_not_opened_shows_no_day():
    assert on_line(("20261121", "004500"), "004500", None) is None


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.times(), st.text("0123456789 ?", max_size=6))
def test_the_time_of_an_answer_never_makes_the_day_later_than_the_opened_one(opened, at, told):
    shown = day_of_line(opened, (f"{opened:%Y%m%d}", f"{at:%H%M%S}"), told, OPENS)
    assert shown is not None and shown <= opened and (opened - shown).days <= 2
