"""The outcome of every request as arrays, from which they are told one by one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from moa.formats.kftc.codes import CodeUnknown, Giver, ResultCode, result_code

from .columns import Bytes, Numbers, Table, won
from .verdict import Outcome

_PIECE = 4096
NOBODY = -1


class OutcomeTable:
    """One outcome a request.

    Shape: `words` are the outcomes of this pair of files, `state` their index a request; `code` four bytes, spaces for none;
    `answer_record` and `change_with` are records, -1 for none; `debited` won, -1 when not known, None where the requests
    have no amount.
    """

    def __init__(self, requests: Table, words: tuple[str, ...], *, has_amounts: bool = False) -> None:
        count = len(requests)
        self.requests, self.words = requests, words
        self.state = np.zeros(count, dtype=np.int8)
        self.code: Bytes = np.full(count, b"    ", dtype="S4")
        self.answer_record: Numbers = np.full(count, NOBODY, dtype=np.int64)
        self.change_with: Numbers = np.full(count, NOBODY, dtype=np.int64)
        self.amount: Numbers | None = won(requests["amount"]) if has_amounts else None
        self.debited: Numbers = np.full(count, NOBODY, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.requests)

    def __iter__(self) -> Iterator[Outcome]:
        for start in range(0, len(self), _PIECE):
            yield from self._told(slice(start, start + _PIECE))

    def counts(self) -> dict[str, int]:
        """How many requests have each outcome."""
        counted = np.bincount(self.state, minlength=len(self.words)).tolist()
        return dict(zip(self.words, counted, strict=True))

    def codes(self, given_by: Giver | None = None) -> tuple[ResultCode, ...]:
        """The known ones among the codes that occur, as this party gives them."""
        found = []
        for code in sorted(each.decode("ascii", "replace").strip() for each in np.unique(self.code).tolist()):
            try:
                found.append(_code(code, given_by))
            except CodeUnknown:
                continue
        return tuple(found)

    def set(self, rows: Numbers | list[int], word: str) -> None:
        self.state[rows] = self.words.index(word)

    def _told(self, piece: slice) -> Iterator[Outcome]:
        table = self.requests
        amount = self.amount[piece].tolist() if self.amount is not None else None
        types = _texts(table["application_type"][piece]) if amount is None else None
        rows = zip(
            table.records[piece].tolist(),
            _texts(table["payer_no"][piece]),
            _texts(table["account_no"][piece]),
            self.state[piece].tolist(),
            _texts(self.code[piece]),
            self.answer_record[piece].tolist(),
            self.debited[piece].tolist(),
            self.change_with[piece].tolist(),
            strict=True,
        )
        for at, (record, payer, account, state, code, answer, debited, change) in enumerate(rows):
            asked = amount[at] if amount is not None else None
            known = asked is not None and debited != NOBODY
            yield Outcome(
                record,
                payer,
                account,
                types[at] if types is not None else "",
                asked,
                self.words[state],
                code,
                None if answer == NOBODY else answer,
                debited if known else None,
                asked - debited if known and asked is not None else None,
                None if change == NOBODY else change,
            )


def _code(code: str, given_by: Giver | None) -> ResultCode:
    """As the party gives it, or as anybody does: a bank may report a code of the centre's."""
    try:
        return result_code(code, given_by)
    except CodeUnknown:
        return result_code(code)


def _texts(column: Bytes) -> list[str]:
    return [each.decode("cp949", "backslashreplace").strip() for each in column.tolist()]
