"""The one small type for states: a table of moves, and the refusal of every move that is not in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Generic, TypeVar

from moa.kernel.errors import DomainError

State = TypeVar("State", bound=Enum)


class MoveNotAllowed(DomainError):
    """The lifecycle has no such move from this state."""

    code = "move_not_allowed"


class LifecycleInvalid(Exception):
    """The table itself is wrong; raised where it is declared, never while the program serves."""


class Lifecycle(Generic[State]):
    """The states of one kind of row and the moves between them.

    `Lifecycle(OrderState, {(OrderState.DRAFT, "submit"): OrderState.WAITING, …})`: the first state declared in the
    enum is the one a new row has. Raises: LifecycleInvalid when a state cannot be reached from it.
    """

    def __init__(self, states: type[State], moves: Mapping[tuple[State, str], State]) -> None:
        self.states = states
        self.initial: State = next(iter(states))
        self._moves = dict(moves)
        strangers = [
            s for (source, _), target in moves.items() for s in (source, target) if type(s) is not states
        ]
        if strangers:
            raise LifecycleInvalid(f"not a state of {states.__name__}: {strangers}")
        unreachable = set(states) - self._reachable()
        if unreachable:
            raise LifecycleInvalid(f"{states.__name__} never comes to {sorted(s.name for s in unreachable)}")

    def _reachable(self) -> set[State]:
        found, waiting = {self.initial}, [self.initial]
        while waiting:
            here = waiting.pop()
            for (source, _), target in self._moves.items():
                if source == here and target not in found:
                    found.add(target)
                    waiting.append(target)
        return found

    def after(self, state: State | str, move: str) -> State:
        """The state that `move` leads to. Shape: `state` is the member or its stored value. Raises: move_not_allowed."""
        target = self._moves.get((self.states(state), move))
        if target is None:
            raise MoveNotAllowed(state=str(self.states(state).value), move=move)
        return target

    def allows(self, state: State | str, move: str) -> bool:
        return (self.states(state), move) in self._moves

    def moves_from(self, state: State | str) -> tuple[str, ...]:
        """The moves that this state has, in the order of the table; a page makes its buttons from them."""
        here = self.states(state)
        return tuple(move for source, move in self._moves if source == here)

    def is_terminal(self, state: State | str) -> bool:
        """Whether no move leads out of this state."""
        return not self.moves_from(state)

    def walk(self) -> Iterator[tuple[State, str, State | None]]:
        """Every (state, move) pair there could be, with the state it leads to or None where it is refused.

        Tests walk it, so that a forbidden move is tried as surely as an allowed one.
        """
        names = dict.fromkeys(move for _, move in self._moves)
        for state in self.states:
            for move in names:
                yield state, move, self._moves.get((state, move))
