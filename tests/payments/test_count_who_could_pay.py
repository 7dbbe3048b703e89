"""The fewest persons who could do all acts of a way: worked examples, and every answer against trying everything."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from moa.payments.rules.distance import Act, Coalition, Hands, Way, edges, fewest


def act(name: str, *able: int | tuple[int, int]) -> Act:
    return Act(name, frozenset(one if isinstance(one, tuple) else (one, one) for one in able))


def own(*persons: int) -> dict[int, frozenset[int]]:
    return {person: frozenset({person}) for person in persons}


def count(way: Way, hands: Mapping[int, frozenset[int]]) -> int | None:
    found = fewest(way, Hands(hands))
    return None if found is None else len(found.persons)


def test_a_maker_and_a_checker_are_two_persons() -> None:
    assert count(((act("enter", 1, 2), act("approve", 1, 2)),), own(1, 2)) == 2
    assert count(((act("enter", 1), act("approve", 1)),), own(1)) is None


def test_it_says_who_does_what() -> None:
    found = fewest(((act("enter", 1, 3), act("approve", 1), act("approve", 2)),), Hands(own(1, 2, 3)))
    assert found is not None and found.persons == (1, 2, 3)
    assert [(deed.name, deed.person) for deed in found.deeds] == [
        ("enter", 3),
        ("approve", 1),
        ("approve", 2),
    ]


def test_one_person_with_two_logins_is_one() -> None:
    way = ((act("enter", 1), act("approve", 2)),)
    assert count(way, {7: frozenset({1, 2})}) == 1
    assert count(way, own(1, 2)) == 2


def test_the_same_persons_serve_in_two_requests() -> None:
    way = ((act("propose", 1), act("agree", 2)), (act("enter", 2), act("approve", 1)))
    assert count(way, own(1, 2)) == 2


def test_an_authority_serves_once_in_a_request() -> None:
    # 3 stands in for 2: the two of them sign one step, not two.
    way = ((act("enter", 1), act("first", 2, (3, 2)), act("second", 2, (3, 2))),)
    assert count(way, own(1, 2, 3)) is None
    assert count(((act("enter", 2), act("first", (3, 2))),), own(2, 3)) is None
    assert count(((act("enter", 1), act("first", (3, 2))),), own(1, 2, 3)) == 2


def test_no_more_than_asked_for_are_looked_for() -> None:
    way = ((act("enter", 1), act("approve", 2)),)
    assert fewest(way, Hands(own(1, 2)), most=1) is None


def test_amounts_are_cut_where_something_changes() -> None:
    assert edges([], None) == [(0, None)]
    assert edges([100, 100, 500], None) == [(0, 100), (100, 500), (500, None)]
    assert edges([100, 900], 500) == [(0, 100), (100, 500)]
    assert edges([100], 0) == []


def _tried_out(way: Way, hands: Mapping[int, frozenset[int]]) -> int | None:
    """Every coalition, every login for every act."""
    acts = [(number, one) for number, request in enumerate(way) for one in request]
    for size in range(1, len(hands) + 1):
        for persons in itertools.combinations(sorted(hands), size):
            logins = frozenset().union(*(hands[one] for one in persons))
            choices = [[pair for pair in one.able if pair[0] in logins] for _, one in acts]
            for picked in itertools.product(*choices):
                signed: dict[int, list[int]] = {}
                for (number, _), pair in zip(acts, picked, strict=True):
                    signed.setdefault(number, []).extend(set(pair))
                if all(len(set(names)) == len(names) for names in signed.values()):
                    return size
    return None


_LOGINS = st.integers(1, 5)
_SIGNATURE = st.one_of(_LOGINS.map(lambda one: (one, one)), st.tuples(_LOGINS, _LOGINS))
_ACT = st.builds(
    Act, st.sampled_from(["enter", "approve"]), st.frozensets(_SIGNATURE, min_size=0, max_size=5)
)
_WAY = st.lists(st.lists(_ACT, min_size=1, max_size=3).map(tuple), min_size=1, max_size=2).map(tuple)
_HANDS = st.dictionaries(
    st.integers(11, 15), st.frozensets(_LOGINS, min_size=1, max_size=3), min_size=1, max_size=5
)


@settings(max_examples=400, deadline=None)
@given(_WAY, _HANDS)
def test_it_equals_trying_everything(way: Way, hands: dict[int, frozenset[int]]) -> None:
    found: Coalition | None = fewest(way, Hands(hands))
    assert (None if found is None else len(found.persons)) == _tried_out(way, hands)
    if found is not None:
        flat = [one for request in way for one in request]
        assert all(
            deed.login in hands[deed.person] and (deed.login, deed.authority) in one.able
            for deed, one in zip(found.deeds, flat, strict=True)
        )
        assert set(found.persons) == {deed.person for deed in found.deeds}
