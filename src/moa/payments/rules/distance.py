"""The fewest persons who could together get something done that needs several acts: the embezzlement distance.

A way is a list of requests, each a list of acts. Acts of one request are signed by different logins, and an authority
serves once in it; over several requests one login may come again. A person has one login or more in hand. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

# A login, and whose authority it uses: its own, or that of a person it stands in for.
Signature = tuple[int, int]


class Act(NamedTuple):
    """One act. Shape: `able` every login that could do it, with the authority it would use."""

    name: str
    able: frozenset[Signature]


class Deed(NamedTuple):
    """An act done. Shape: `person` who has the login in hand."""

    name: str
    person: int
    login: int
    authority: int


class Coalition(NamedTuple):
    """The persons, and what each does, in the order of the acts."""

    persons: tuple[int, ...]
    deeds: tuple[Deed, ...]


Request = tuple[Act, ...]
# What a person's logins could do: how many of each sort, and those that are like no other.
_Kind = tuple[frozenset[tuple[int, int]], tuple[int, ...]]
Way = tuple[Request, ...]


class Hands:
    """Which persons have which logins in hand."""

    def __init__(self, logins: Mapping[int, frozenset[int]]) -> None:
        self.logins = logins
        self.persons: dict[int, list[int]] = {}
        for person, mine in logins.items():
            for login in mine:
                self.persons.setdefault(login, []).append(person)
        self.shared = frozenset(login for login, persons in self.persons.items() if len(persons) > 1)

    def with_more(self, persons: Iterable[int], logins: frozenset[int]) -> Hands:
        """As if these persons had these logins too."""
        return Hands({**self.logins, **{one: self.logins[one] | logins for one in persons}})


def fewest(way: Way, hands: Hands, *, most: int | None = None) -> Coalition | None:
    """The smallest coalition of up to `most` persons; None when there is none.

    Persons whose logins could do the same are alike, so no more of them are tried than there are acts.
    """
    acts = [(number, act) for number, request in enumerate(way) for act in request]
    if not acts:
        return Coalition((), ())
    search = _Search(acts, *_thinned(acts, hands))
    widest = max((len(logins) for logins in search.hands.values()), default=0)
    if not widest or any(not act.able for _, act in acts):
        return None
    # A request of n acts takes n logins.
    least = max(1, *(-(-len(request) // widest) for request in way))
    for size in range(least, min(len(acts), most or len(acts)) + 1):
        deeds = search.find(size)
        if deeds is not None:
            return Coalition(tuple(sorted({deed.person for deed in deeds})), tuple(deeds))
    return None


def edges(points: Iterable[int], cap: int | None) -> list[tuple[int, int | None]]:
    """Spans of amounts (above, up to and with), cut at the points; None: no end. Nothing above the cap."""
    cuts = sorted({point for point in points if point > 0 and (cap is None or point < cap)})
    ends: list[int | None] = [*cuts, cap] if cap != 0 else []
    return list(zip([0, *cuts], ends, strict=False))


def _thinned(
    acts: Sequence[tuple[int, Act]], hands: Hands
) -> tuple[dict[int, tuple[int, ...]], dict[int, _Kind]]:
    """The persons with the logins that matter, and their kinds: of those that are alike no more than there are acts."""
    does: dict[int, int] = {}
    special = set(hands.shared)
    for number, (_, act) in enumerate(acts):
        for login, authority in act.able:
            does[login] = does.get(login, 0) | 1 << number
            if login != authority:
                special |= {login, authority}
    kept: dict[int, tuple[int, ...]] = {}
    kinds: dict[int, _Kind] = {}
    alike: Counter[_Kind] = Counter()
    for person in sorted({person for login in does for person in hands.persons.get(login, ())}):
        logins, kind = _mattering(hands.logins[person], does, special, len(acts))
        if alike[kind] < len(acts):
            alike[kind] += 1
            kept[person], kinds[person] = logins, kind
    return kept, kinds


def _mattering(
    mine: frozenset[int], does: Mapping[int, int], special: set[int], most: int
) -> tuple[tuple[int, ...], _Kind]:
    """Of a person's logins those that could do something, and of what could do the same no more than `most`."""
    taken: Counter[int] = Counter()
    logins = []
    for login in sorted(mine) if len(mine) > 1 else mine:
        if login in does and (login in special or taken[does[login]] < most):
            logins.append(login)
            if login not in special:
                taken[does[login]] += 1
    return tuple(logins), (frozenset(taken.items()), tuple(one for one in logins if one in special))


class _Search:
    """Depth first over the acts, the narrowest act first."""

    def __init__(
        self, acts: Sequence[tuple[int, Act]], hands: dict[int, tuple[int, ...]], kinds: dict[int, _Kind]
    ) -> None:
        self.acts, self.hands, self.kinds = acts, hands, kinds
        in_hand = {login for logins in hands.values() for login in logins}
        self.choices: list[dict[int, list[int]]] = []
        for _, act in acts:
            by_login: dict[int, list[int]] = {}
            # One's own authority before another's.
            for login, authority in sorted(act.able, key=lambda one: (one[0], one[0] != one[1], one[1])):
                if login in in_hand:
                    by_login.setdefault(login, []).append(authority)
            self.choices.append(by_login)
        self.order = sorted(range(len(acts)), key=lambda at: (len(self.choices[at]), at))

    def find(self, size: int) -> list[Deed] | None:
        done: dict[int, Deed] = {}
        return [done[at] for at in sorted(done)] if self._go(0, size, [], {}, done) else None

    def _go(
        self, depth: int, size: int, chosen: list[int], used: dict[int, set[int]], done: dict[int, Deed]
    ) -> bool:
        if depth == len(self.order):
            return True
        at = self.order[depth]
        request, act = self.acts[at]
        spent = used.setdefault(request, set())
        for person in [*chosen, *(self._others(chosen) if len(chosen) < size else ())]:
            for login in self.hands[person]:
                for authority in self.choices[at].get(login, ()):
                    signed = {login, authority}
                    if spent & signed:
                        continue
                    is_new = person not in chosen
                    chosen.extend([person] * is_new)
                    spent |= signed
                    done[at] = Deed(act.name, person, login, authority)
                    if self._go(depth + 1, size, chosen, used, done):
                        return True
                    del done[at]
                    spent -= signed
                    del chosen[len(chosen) - is_new :]
        return False

    def _others(self, chosen: list[int]) -> list[int]:
        """One of each kind: another of the same would lead to the same."""
        first: dict[_Kind, int] = {}
        for person in self.hands:
            if person not in chosen:
                first.setdefault(self.kinds[person], person)
        return list(first.values())
