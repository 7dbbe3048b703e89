"""Every pair of state and move of an order and of an attempt is in the tables below, or is refused."""

from __future__ import annotations

import pytest

from moa.kernel.lifecycle import MoveNotAllowed
from moa.payments.lifecycle import (
    ATTEMPT,
    BEFORE_SENDING,
    HOLDING,
    IN_FLIGHT,
    ORDER,
    AttemptState,
    OrderState,
)

# state: move → state. Written from domain.md §4, not from the code.
ORDER_TABLE = """
draft:            edit draft, submit pending, withdraw withdrawn
pending:          edit draft, return returned, approve approved, withdraw withdrawn
returned:         edit draft, submit pending, withdraw withdrawn
approved:         book paid, refuse failed, release ready, withdraw withdrawn
ready:            send sent, prove_failed failed, put_right paid, withdraw withdrawn
sent:             acknowledge processing, lose unknown, prove_paid paid, prove_failed failed
processing:       lose unknown, prove_paid paid, prove_failed failed
unknown:          acknowledge processing, prove_paid paid, prove_failed failed
paid:             match reconciled, give_back returned_by_bank, disprove failed
reconciled:       give_back returned_by_bank, disprove failed
failed:           resend ready, cancel cancelled, put_right paid
returned_by_bank:
withdrawn:        put_right paid
cancelled:        put_right paid
"""
ATTEMPT_TABLE = """
prepared:   send sent, lose unknown, prove_failed failed
sent:       acknowledge processing, lose unknown, prove_paid paid, prove_failed failed
processing: lose unknown, prove_paid paid, prove_failed failed
unknown:    acknowledge processing, prove_paid paid, prove_failed failed
paid:       give_back returned, disprove failed
failed:     put_right paid
returned:
"""


def read(table: str) -> dict[tuple[str, str], str]:
    moves = {}
    for line in table.strip().splitlines():
        state, _, rest = line.partition(":")
        for pair in filter(None, (part.strip() for part in rest.split(","))):
            move, after = pair.split()
            moves[state, move] = after
    return moves


@pytest.mark.parametrize(("lifecycle", "table"), [(ORDER, ORDER_TABLE), (ATTEMPT, ATTEMPT_TABLE)])
def test_every_pair_of_state_and_move_is_as_in_the_table(lifecycle, table):
    allowed = read(table)
    states = [line.partition(":")[0] for line in table.strip().splitlines()]
    assert sorted(states) == sorted(state.value for state in lifecycle.states)
    walked = {(state.value, move): after for state, move, after in lifecycle.walk()}
    assert {move for _, move in walked} == {move for _, move in allowed}
    for (state, move), after in walked.items():
        assert (after.value if after else None) == allowed.get((state, move)), (state, move)
        if after is None:
            with pytest.raises(MoveNotAllowed):
                lifecycle.after(state, move)


def test_from_unknown_only_what_is_known_leads_out():
    assert set(ORDER.moves_from("unknown")) == {"acknowledge", "prove_paid", "prove_failed"}
    assert not ORDER.allows("unknown", "withdraw") and not ORDER.allows("unknown", "resend")


def test_a_payment_is_sent_again_after_a_proven_failure_alone():
    assert [state for state, move, after in ORDER.walk() if move == "resend" and after] == [OrderState.FAILED]
    assert [state for state, move, after in ORDER.walk() if move == "send" and after] == [OrderState.READY]


def test_nothing_that_may_have_left_is_taken_back():
    assert not set(BEFORE_SENDING) & set(IN_FLIGHT)
    assert all(ORDER.allows(state, "withdraw") == (state in BEFORE_SENDING) for state in OrderState)


def test_the_amount_is_set_aside_from_approval_to_outcome():
    outcome = {OrderState.PAID, OrderState.FAILED, OrderState.WITHDRAWN}
    for state in HOLDING:
        after = {ORDER.after(state, move) for move in ORDER.moves_from(state)}
        assert after <= outcome | set(HOLDING), state


def test_a_prepared_attempt_that_may_have_left_can_be_lost():
    assert ATTEMPT.after(AttemptState.PREPARED, "lose") is AttemptState.UNKNOWN
