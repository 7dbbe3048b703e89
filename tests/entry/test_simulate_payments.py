"""`moa simulate payments`: nothing is lost, doubled or guessed through faults and kills, and what is wrong on purpose is found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from moa.entry.simulation.checking import awaits
from moa.entry.simulation.plan import (
    HTTP_BANK,
    LASTING,
    OVER_HTTP,
    UNTIL_ITS_CLOSING,
    fault_of_question,
    plan_of,
)
from moa.entry.simulation.plants import CAUGHT_AS, PLANTS
from moa.entry.simulation.windows import ALWAYS_MET, WINDOWS, kills_of
from moa.entry.simulation.wrapping import wrap

NUMBERS = ("seeds", "payments", "kills", "faults", "lost", "doubled", "guessed", "stuck", "book_differences")


def simulate(
    environment: dict[str, str], seeds: int, payments: int, *more: str
) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "moa.entry", "simulate", "payments", "--seeds", str(seeds), "--payments", str(payments),
         "--here", "--json", *more],
        env=environment, stdout=subprocess.PIPE, text=True, timeout=600,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)


@pytest.mark.django_db(transaction=True)
def test_eight_seeds_end_as_the_banks_have_it(moa_environment):
    status, said = simulate(moa_environment, 8, 2)
    assert (status, said["failures"]) == (0, [])
    assert set(said) == {*NUMBERS, "failures"} and all(isinstance(said[name], int) for name in NUMBERS)
    assert (said["seeds"], said["payments"]) == (8, 16) and said["kills"] >= 8 and said["faults"] > 0
    assert sum(said[name] for name in ("lost", "doubled", "guessed", "stuck", "book_differences")) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("plant", "names"),
    [
        ("double-send", {"doubled"}),
        ("timeout-as-failed", {"guessed", "lost"}),
        ("lost-hold", {"book_differences"}),
        ("nrec-as-failed", {"doubled", "guessed"}),
    ],
)
def test_what_is_wrong_on_purpose_is_found(moa_environment, plant, names):
    status, said = simulate(moa_environment, 1, 10, "--first-seed", "31", "--plant", plant)
    assert status == 1 and any(said[name] for name in names), said
    assert said["failures"][0]["replay"].endswith(f"--first-seed 31 --payments 10 --plant {plant}")


def test_a_seed_is_the_same_plan_each_time_and_another_one_is_another():
    assert plan_of(5, 40) == plan_of(5, 40) and kills_of(5, 40) == kills_of(5, 40)
    assert plan_of(5, 40).payments != plan_of(6, 40).payments


def test_each_payment_is_told_apart_by_its_amount_and_is_entered_in_a_round():
    for seed in range(20):
        plan = plan_of(seed, 60)
        assert len({one.amount for one in plan.payments}) == 60
        assert [one.number for one in plan.steps] == list(range(len(plan.steps)))
        assert [one.at for one in plan.steps] == sorted({one.at for one in plan.steps})
        assert sum(len(some) for one in plan.steps for some in plan.entered_at(one.number)) == 60


def test_every_kind_of_fault_and_every_window_has_its_turn():
    payments = [one for seed in range(20) for one in plan_of(seed, 60).payments]
    faults = Counter(one.fault.get("kind", "") for one in payments)
    assert set(LASTING) < set(faults) and len(faults) == 21
    assert {one.via for one in payments if one.fault.get("kind", "") in OVER_HTTP} == {HTTP_BANK}
    assert {kill.window for seed in range(300) for kill in kills_of(seed, 60)} == set(WINDOWS)
    assert all(kills_of(seed, 60)[0].window in ALWAYS_MET for seed in range(50))


def test_every_window_is_a_name_that_is_called():
    assert set(PLANTS) == set(CAUGHT_AS)
    for module, name, _ in WINDOWS:
        wrap(module, name, lambda does: does)


def test_bundles_series_and_split_payments_are_in_the_mixture():
    plans = [plan_of(seed, 60) for seed in range(20)]
    payments = [one for plan in plans for one in plan.payments]
    assert {one.times for one in payments} == {0, 1, 2} and any(
        one.later and not one.times for one in payments
    )
    for plan in plans:
        together = [one for step in plan.steps for one in plan.entered_at(step.number)]
        assert sum(map(len, together)) == 60 and any(len(one) > 1 for one in together)
        # Every transfer is told by its amount, and no day of faults has a payee's name asked without anybody beside.
        assert set(plan.by_amount) == set(plan.wanted)
        assert sum(plan.wanted.values()) == sum(one.transfers.total() for one in plan.payments)
        assert all(one.later >= plan.faulty_until.date() for one in plan.payments if one.later)
        full = [one.via for one in plan.payments if one.is_split]
        assert len(full) == len(set(full))
    assert any(one.is_split and not one.times for one in payments)
    assert any(one.is_split and one.times for one in payments)


def test_a_run_goes_on_until_what_the_bank_gives_back_is_on_a_statement():
    payments = plan_of(1, 60).payments
    (returned, refused, other) = (
        next(one.amount for one in payments if one.fault.get("kind", "") == kind)
        for kind in ("returned", "refused", "")
    )
    ends = [
        (state, amount)
        for state in ("reconciled", "returned_by_bank", "failed", "paid", "unknown") for amount in (returned, refused, other)
        if not awaits(plan_of(1, 60), state, amount)
    ]  # fmt: skip
    assert ends == [
        ("reconciled", refused), ("reconciled", other),
        ("returned_by_bank", returned), ("returned_by_bank", refused), ("returned_by_bank", other), ("failed", refused),
    ]  # fmt: skip


def test_in_about_half_of_the_seeds_a_bank_closes_late_with_transfers_that_arrive_only_then():
    plans = [plan_of(seed, 60) for seed in range(40)]
    assert 10 < sum(bool(one.slow) for one in plans) < 30
    for plan in plans:
        late = [one for one in plan.payments if one.fault.get("delay") == UNTIL_ITS_CLOSING]
        assert all(one.via in plan.slow for one in late)
    assert sum(one.fault.get("delay") == UNTIL_ITS_CLOSING for plan in plans for one in plan.payments) > 20


def test_what_strikes_a_question_hangs_on_the_question():
    struck = [fault_of_question(3, "7000/100", "004", "20250901", f"{number:06}") for number in range(200)]
    assert struck == [
        fault_of_question(3, "7000/100", "004", "20250901", f"{number:06}") for number in range(200)
    ]
    assert 40 < sum(bool(one) for one in struck) < 100
