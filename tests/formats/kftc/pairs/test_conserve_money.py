"""Whatever the bank does, the verdict says exactly that or says that it does not know; and no won is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.kftc.pairs.settling import settle

from .pair_files import debit, failed, judged, part, requests_file, results_file


class Debited(NamedTuple):
    """A request and what the bank took of it."""

    payer: str
    asked: int
    form: str
    took: int


@st.composite
def days_of_debits(draw: st.DrawFn, payers: int) -> list[Debited]:
    """Shape: with few payers several requests are of one payer and account."""
    made = []
    for _ in range(draw(st.integers(0, 9))):
        form = draw(st.sampled_from("1100256"))
        asked = draw(st.sampled_from([1_000, 2_000, 3_000, 77_777, 999_999_999_999]))
        some = st.integers(1, asked - 1) | st.sampled_from([500, asked // 2])
        took = draw(st.sampled_from([0, asked]) if form == "1" else st.sampled_from([0, asked]) | some)
        made.append(Debited(f"P{draw(st.integers(1, payers))}", asked, form, took))
    return made


@st.composite
def results(draw: st.DrawFn, payers: int) -> tuple[list[Debited], bytes, str]:
    """What was done, its EB22 under one of the readings and one way to count, and the reading."""
    done = draw(days_of_debits(payers))
    reading = draw(st.sampled_from(["not-debited", "debited"]))
    by_form = draw(st.booleans())
    rows, full, partial = [], [], []
    for one in draw(st.permutations(done)):
        if one.took == one.asked:
            continue
        row = debit(one.payer, one.asked, one.form)
        shown = one.took if reading == "debited" else one.asked - one.took
        rows.append(part(row, shown) if one.took else failed(row))
        counts_as_part = one.form != "1" if by_form else one.took > 0
        (partial if counts_as_part else full).append(one.asked - one.took)
    return done, results_file(rows, full, partial), reading


def _request_file(done: list[Debited]) -> bytes:
    return requests_file(*(debit(one.payer, one.asked, one.form) for one in done))


@given(results(payers=1_000_000))
@settings(deadline=None, max_examples=150)
def test_it_finds_what_was_debited_of_each_request(case):
    done, result, reading = case
    if len({one.payer for one in done}) < len(done):
        return
    verdict = judged(_request_file(done), result, partial_reading=reading)
    assert verdict.accepted, verdict.errors
    assert [outcome.debited for outcome in verdict.outcomes] == [one.took for one in done]
    assert verdict.totals["debited_amount"] == sum(one.took for one in done)
    alone = judged(_request_file(done), result)
    if alone.accepted:
        assert [outcome.debited for outcome in alone.outcomes] == [one.took for one in done]
        assert alone.partial_reading == (reading if alone.totals["partial"] else None)
    else:
        assert {finding.code for _, finding, _ in alone.errors} == {"partial_reading_undecided"}


@given(results(payers=2))
@settings(deadline=None, max_examples=300)
def test_it_never_says_more_than_is_certain(case):
    done, result, reading = case
    verdict = judged(_request_file(done), result, partial_reading=reading)
    totals = verdict.totals
    assert totals["requested_amount"] == sum(one.asked for one in done)
    assert totals["requested_amount"] == (
        totals["debited_amount"] + totals["not_debited_amount"] + totals["undecided_amount"]
    )
    certain = Counter(
        (outcome.payer_no, outcome.amount, outcome.debited)
        for outcome in verdict.outcomes
        if outcome.debited is not None
    )
    assert certain <= Counter((one.payer, one.asked, one.took) for one in done)
    if verdict.accepted:
        assert certain.total() == len(done)
    # A trailer that counts by the result can't be judged while it is not certain which requests failed.
    found = {finding.code for _, finding, _ in verdict.errors}
    assert found <= {"request_ambiguous", "count_mismatch", "amount_mismatch"}
    assert not found or "request_ambiguous" in found


AMOUNTS = st.sampled_from([10, 10, 10, 20, 20, 30])
RESULTS = st.tuples(st.booleans(), st.sampled_from([0, 5, 5, 10, 15, 20, 30]))


@given(st.lists(AMOUNTS, max_size=5), st.lists(RESULTS, max_size=5))
@settings(deadline=None, max_examples=1_500)
def test_certain_is_what_every_way_to_give_the_results_says(asked, shown):
    settled = settle(asked, shown)
    ways = [_told(asked, shown, way) for way in _ways(asked, shown)]
    given_out = [at for _, at in settled.failed + settled.partial]
    doubted = [at for _, results in settled.doubts for at in results]
    everything = given_out + doubted + settled.strangers + settled.impossible
    assert sorted(everything) == list(range(len(shown))), "each result is told once"
    if not ways:
        repeated = any(len(results) > len(requests) for requests, results in settled.doubts)
        assert settled.strangers or settled.impossible or repeated
        return
    assert not settled.strangers and not settled.impossible
    ours = {request: shown[at] for request, at in settled.failed + settled.partial}
    for request in range(len(asked)):
        said = {way[request] for way in ways}
        if request in settled.doubtful:
            assert len(said) > 1
        else:
            assert said == {ours.get(request)}


def _ways(asked: Sequence[int], shown: Sequence[tuple[bool, int]]) -> Iterator[tuple[int, ...]]:
    """Every way to give each result a request of its own."""
    for way in permutations(range(len(asked)), len(shown)):
        fits = (
            0 < amount < asked[request] if is_part else amount == asked[request]
            for request, (is_part, amount) in zip(way, shown, strict=True)
        )
        if all(fits):
            yield way


def _told(
    asked: Sequence[int], shown: Sequence[tuple[bool, int]], way: tuple[int, ...]
) -> list[tuple[bool, int] | None]:
    told: list[tuple[bool, int] | None] = [None] * len(asked)
    for request, result in zip(way, shown, strict=True):
        told[request] = result
    return told
