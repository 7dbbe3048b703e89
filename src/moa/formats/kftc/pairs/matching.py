"""Which rows of two tables share a key, counted once for all: the plain cases as arrays, the doubtful ones one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .columns import Bytes, Flags, Numbers


@dataclass
class Groups:
    """The rows of requests and answers by their key.

    Shape: `request_group` and `answer_group` give each row's group; `requests` and `answers` how many each group has;
    `first_request` one request of the group, -1 where it has none.
    """

    request_group: Numbers
    answer_group: Numbers
    requests: Numbers
    answers: Numbers
    first_request: Numbers

    @property
    def is_plain(self) -> Flags:
        """Answers that are the only one of the only request with their key."""
        return (self.requests[self.answer_group] == 1) & (self.answers[self.answer_group] == 1)

    @property
    def is_orphan(self) -> Flags:
        """Answers without any request."""
        return self.requests[self.answer_group] == 0

    def repeated(self) -> Numbers:
        """Requests whose key an earlier request has."""
        return np.flatnonzero(self.first_request[self.request_group] != np.arange(len(self.request_group)))

    def doubtful(self) -> Iterator[tuple[list[int], list[int]]]:
        """The requests and answers of each answered group that is not plain, in the order of the files."""
        asked = (self.answers > 0) & (self.requests > 0) & ((self.answers > 1) | (self.requests > 1))
        requests = _rows_by_group(self.request_group, asked)
        answers = _rows_by_group(self.answer_group, asked)
        for group in np.flatnonzero(asked).tolist():
            yield requests[group], answers[group]


def grouped(requests: Bytes, answers: Bytes) -> Groups:
    """Shape: two arrays of keys of the same width."""
    _, group = np.unique(np.concatenate([requests, answers]), return_inverse=True)
    request_group, answer_group = group[: len(requests)], group[len(requests) :]
    count = int(group.max()) + 1 if len(group) else 0
    first = np.full(count, -1, dtype=np.int64)
    first[request_group[::-1]] = np.arange(len(requests) - 1, -1, -1)
    return Groups(
        request_group,
        answer_group,
        np.bincount(request_group, minlength=count),
        np.bincount(answer_group, minlength=count),
        first,
    )


def _rows_by_group(group: Numbers, wanted: Flags) -> dict[int, list[int]]:
    """Row numbers of each wanted group, ascending."""
    rows = np.flatnonzero(wanted[group]) if len(wanted) else np.zeros(0, np.int64)
    rows = rows[np.argsort(group[rows], kind="stable")]
    found: dict[int, list[int]] = {}
    for row, its in zip(rows.tolist(), group[rows].tolist(), strict=True):
        found.setdefault(its, []).append(row)
    return found
