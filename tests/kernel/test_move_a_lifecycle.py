"""Lifecycles: every pair of state and move is either in the table or refused."""

from enum import StrEnum

import pytest

from moa.kernel.errors import DomainError
from moa.kernel.lifecycle import Lifecycle, LifecycleInvalid, MoveNotAllowed


class Order(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class Other(StrEnum):
    DRAFT = "draft"


MOVES = {
    (Order.DRAFT, "submit"): Order.WAITING,
    (Order.DRAFT, "cancel"): Order.CANCELLED,
    (Order.WAITING, "return"): Order.DRAFT,
    (Order.WAITING, "approve"): Order.APPROVED,
}
ORDERS = Lifecycle(Order, MOVES)


def test_a_walk_tries_every_pair_and_the_table_decides():
    tried = list(ORDERS.walk())
    assert len(tried) == len(Order) * 4
    for state, move, target in tried:
        assert target == MOVES.get((state, move))
        assert ORDERS.allows(state, move) == (target is not None)
        if target is None:
            with pytest.raises(MoveNotAllowed):
                ORDERS.after(state, move)
        else:
            assert ORDERS.after(state, move) is target


def test_a_refusal_says_from_which_state_which_move():
    with pytest.raises(DomainError) as refusal:
        ORDERS.after("approved", "submit")
    assert (refusal.value.code, refusal.value.facts) == (
        "move_not_allowed",
        {"state": "approved", "move": "submit"},
    )


def test_it_takes_the_value_as_the_database_stores_it():
    assert ORDERS.after("draft", "submit") is Order.WAITING
    with pytest.raises(ValueError, match="gone"):
        ORDERS.after("gone", "submit")


def test_buttons_come_from_the_moves_of_the_state():
    assert ORDERS.moves_from(Order.WAITING) == ("return", "approve")
    assert ORDERS.moves_from("approved") == ()


def test_a_state_without_a_way_out_is_terminal():
    assert [state for state in Order if ORDERS.is_terminal(state)] == [Order.APPROVED, Order.CANCELLED]
    assert ORDERS.initial is Order.DRAFT


def test_it_refuses_a_table_that_leaves_a_state_out_of_reach():
    with pytest.raises(LifecycleInvalid, match="CANCELLED"):
        Lifecycle(Order, {pair: target for pair, target in MOVES.items() if target is not Order.CANCELLED})


def test_it_refuses_a_table_with_a_state_of_another_lifecycle():
    # Both are "draft" as text, so only the type tells them apart.
    with pytest.raises(LifecycleInvalid, match="not a state of Order"):
        Lifecycle(Order, {**MOVES, (Order.APPROVED, "reopen"): Other.DRAFT})
