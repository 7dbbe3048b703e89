"""What an answer proves, and what it does not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.channels.protocol import Answered
from moa.payments.lifecycle import ATTEMPT, AttemptState
from moa.payments.rules.evidence import (
    CLOCKS_DIFFER,
    bank_lets_end,
    judge_inquiry,
    judge_transfer,
    pause_before,
    request_can_arrive,
)

SEOUL = ZoneInfo("Asia/Seoul")
DAY, OPENS = date(2026, 11, 20), time(0, 30)


def at(*parts: int) -> datetime:
    return datetime(2026, 11, *parts, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("answered", "move"),
    [
        (Answered.DONE, "prove_paid"), (Answered.REFUSED, "prove_failed"), (Answered.NOT_SENT, "prove_failed"),
        (Answered.IN_PROCESS, "acknowledge"), (Answered.NO_RECORD, "lose"), (Answered.UNCLEAR, "lose"),
        (Answered.SILENCE, "lose"),
    ],
)  # fmt: skip
def test_only_done_and_refused_end_a_transfer(answered, move):
    assert judge_transfer(answered) == move
    assert ATTEMPT.allows(AttemptState.SENT, move)


@pytest.mark.parametrize(
    ("found", "can_arrive", "move"),
    [
        (Answered.DONE, True, "prove_paid"), (Answered.REFUSED, True, "prove_failed"),
        (Answered.IN_PROCESS, True, "acknowledge"), (Answered.NO_RECORD, True, ""),
        (Answered.NO_RECORD, False, "prove_failed"), (Answered.UNCLEAR, False, ""), (Answered.SILENCE, False, ""),
        (Answered.NOT_SENT, False, ""),
    ],
)  # fmt: skip
def test_an_inquiry_proves_what_it_says_and_its_own_silence_nothing(found, can_arrive, move):
    assert judge_inquiry(found, can_arrive=can_arrive) == move


@pytest.mark.parametrize("answered", list(Answered))
def test_every_answer_has_its_judgement(answered):
    assert judge_transfer(answered) in ("prove_paid", "prove_failed", "acknowledge", "lose")
    if answered not in (Answered.DONE, Answered.REFUSED):
        assert judge_inquiry(answered, can_arrive=True) in ("", "acknowledge")


@given(st.text(max_size=12))
def test_a_word_that_nobody_knows_ends_nothing(word):
    if word not in {one.value for one in Answered}:
        assert judge_transfer(word) == "lose" and judge_inquiry(word, can_arrive=False) == ""


@pytest.mark.parametrize(
    ("now", "can"),
    [
        (at(20, 9, 0), True), (at(20, 23, 29), True), (at(20, 23, 59, 59), True), (at(21, 0, 39, 59), True),
        (at(21, 0, 40), False), (at(21, 9, 0), False), (at(19, 9, 0), True),
    ],
)  # fmt: skip
def test_a_request_can_arrive_until_the_bank_has_surely_opened_its_next_day(now, can):
    assert request_can_arrive(DAY, now, OPENS) is can
    assert timedelta(minutes=10) == CLOCKS_DIFFER


@pytest.mark.parametrize(
    ("banks_day", "lets"),
    [(DAY, False), (DAY - timedelta(days=1), False), (date.min, False), (DAY + timedelta(days=1), True), (None, True)],
)  # fmt: skip
def test_the_banks_own_word_of_its_day_keeps_it_from_being_over(banks_day, lets):
    assert bank_lets_end(DAY, banks_day) is lets


def test_the_pauses_grow_to_an_hour():
    assert [pause_before(n).seconds // 60 for n in range(6)] == [5, 10, 20, 40, 60, 60]


@given(st.integers(0, 10**9))
def test_it_never_gives_up(inquiries):
    pause = pause_before(inquiries)
    assert timedelta(minutes=5) <= pause <= timedelta(hours=1)
    assert pause_before(inquiries + 1) >= pause
