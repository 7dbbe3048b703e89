"""A day is written 2026-06-24; what only a programming language takes for one is none."""

from __future__ import annotations

from datetime import date

import pytest

from moa.kernel.days import read_day, read_typed_day


def test_days_are_read() -> None:
    assert (
        read_day("2026-06-24")
        == read_typed_day(" 2026.06.24 ")
        == read_typed_day("2026/06/24")
        == date(2026, 6, 24)
    )


@pytest.mark.parametrize(
    "text",
    ["", "20260624", "2026-W26-3", "2026-06-31", "2026-6-24", "２０２６-06-24", "2026-06-24 ", "26-06-24"],
)
def test_nothing_else_is_a_day(text: str) -> None:
    with pytest.raises(ValueError):
        read_day(text)
