"""The numbers of the data records: each one more than the last, and one slip is one error.

After a wrong number both counts are followed, the old one and the new, and the next record says which of them holds.
"""

from __future__ import annotations

from moa.formats.fixed_width.finding import Finding, error

_MOST_COUNTS = 4


class Sequence:
    """Shape: `expected` are the numbers that the next record may carry."""

    def __init__(self) -> None:
        self.expected: tuple[int, ...] = (1,)

    def follow(self, raw: bytes) -> bool:
        """Take the next record's eight bytes; whether its number is one that was expected.

        A number that can't be read is another check's finding; after it the count may or may not have gone on.
        """
        if not raw.isdigit():
            self.expected = tuple(dict.fromkeys((*(n + 1 for n in self.expected), *self.expected)))[
                :_MOST_COUNTS
            ]
            return True
        number = int(raw)
        if number in self.expected:
            self.expected = (number + 1,)
            return True
        self.expected = (number + 1, *(n + 1 for n in self.expected))[:_MOST_COUNTS]
        return False


def sequence_error(number: int, raw: bytes) -> Finding:
    return error("0081", number, "seq", raw.decode("latin-1").lstrip("0") or "0")
