"""What the benches measure with: the memory of a process, and rates of works taken in turns."""

from __future__ import annotations

import subprocess

import pytest

from moa.entry.bench.measure import Result, peak_megabytes, rates_in_turns
from moa.entry.bench.statements_mt940 import _read_ours, write_statement


def test_it_measures_the_child_and_not_the_process_that_asks() -> None:
    # The asking process holds more than the child ever does.
    ballast = b"x" * 150_000_000
    printed, small = peak_megabytes("print('hello', __import__('sys').argv[1])", "there")
    _, large = peak_megabytes("size = 80_000_000; kept = b'x' * size")
    assert printed == "hello there"
    assert small < 60
    assert 70 <= large - small <= 110
    del ballast


def test_it_fails_with_the_program_that_it_measures() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        peak_megabytes("raise SystemExit(3)")


def test_it_takes_works_in_turns_and_refuses_one_that_does_less() -> None:
    order: list[str] = []

    def work(name: str, things: int) -> int:
        order.append(name)
        sum(range(50_000))
        return things

    fast, slow = rates_in_turns(10, [lambda: work("a", 10), lambda: work("b", 10)], rounds=2)
    assert order == ["a", "b", "a", "b"]
    assert fast > 0
    assert slow > 0
    with pytest.raises(AssertionError, match="9 done instead of 10"):
        rates_in_turns(10, [lambda: work("a", 9)])


def test_a_row_has_the_five_keys_and_a_number_as_ratio() -> None:
    row = Result("statements.mt940", 150_000, 25_000, 150_000 / 25_000, 5).as_json()
    assert row == {"name": "statements.mt940", "ours": 150_000, "reference": 25_000, "ratio": 6.0, "floor": 5}
    assert Result("x", 1, None, 2 / 3).as_json()["ratio"] == 0.6667


def test_the_bench_file_is_a_good_statement_of_about_190_bytes_an_entry(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "statement.sta"
    write_statement(path, 3_000)
    assert _read_ours(path) == 3_000
    assert 180 <= path.stat().st_size / 3_000 <= 200
