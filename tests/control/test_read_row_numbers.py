"""Numbers of rows in addresses and forms: what a row can have, and nothing else that looks like digits."""

import pytest

from moa.control.web.row_numbers import row_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("", None), ("-1", None), ("1.0", None), ("²", None),
        ("７", None), ("٣", None), (" 7", None), ("7\0", None),
    ],
)  # fmt: skip
def test_a_row_has_a_number_of_plain_digits(text: str, number: int | None) -> None:
    assert row_number(text) == number
