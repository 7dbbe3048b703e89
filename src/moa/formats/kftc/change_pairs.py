"""Changes of account in EB11 and EB12: the old account leaves (type 3) and the new one enters (type 1), both marked CHNG.

Half a pair makes KFTC refuse the file. In EB11 the old account comes first; nothing says so of EB12, which answers it.
Source: KFTC notice of 2015-07-22 (CHNG; both halves are accepted or both refused); code 0077 as one later source gives
it, 0079 for the institution's answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from moa.formats.fixed_width.finding import Finding, error

from .file_kinds import FileKind

CHANGE = b"CHNG"
_FIELDS = frozenset(("handling_branch", "payer_no"))
_CODES = {"EB11": "0077", "EB12": "0079"}
_ORDERED = "EB11"
_OLD, _NEW = b"3", b"1"
# Halves kept at a time. A pair's halves stand together; without a limit a hostile file would fill the memory.
_MOST_KEPT = 50_000


class ChangeHalf(NamedTuple):
    number: int
    kind: bytes
    account: bytes


class ChangePairs:
    """Takes the records marked CHNG in their order and tells which of them are alone."""

    def __init__(self, kind: FileKind) -> None:
        self.code = _CODES[kind.name]
        self._is_ordered = kind.name == _ORDERED
        self._type, self._payer, self._account = (
            kind.data.field(name) for name in ("application_type", "payer_no", "account_no")
        )
        self._branch = kind.data.field("handling_branch")
        self._open: dict[bytes, ChangeHalf] = {}
        self._alone: list[int] = []
        self._excused: set[int] = set()

    @staticmethod
    def apply_to(kind: FileKind) -> bool:
        return kind.name in _CODES

    def see(self, number: int, record: bytes, findings: Iterable[Finding]) -> list[Finding]:
        """Any record, with what is wrong with it. One whose mark or payer can't be read may be anybody's half."""
        faulty = {finding.field for finding in findings if finding.severity == "error"}
        is_marked = self._branch.cut(record) == CHANGE
        if faulty & _FIELDS or ("record_type" in faulty and not is_marked):
            self.excuse(number)
            return []
        return self.take(number, record) if is_marked else []

    def excuse(self, number: int) -> None:
        """This record may be the other half of the one before it or after it: halves stand together."""
        self._excused |= {number - 1, number + 1}

    def take(self, number: int, record: bytes) -> list[Finding]:
        """A record marked CHNG. What is wrong between two halves is told at the second; which are alone, at the end."""
        payer = self._payer.cut(record)
        half = ChangeHalf(number, self._type.cut(record), self._account.cut(record))
        if half.kind not in (_OLD, _NEW):
            self._alone.append(number)
            return self._make_room()
        former = self._open.pop(payer, None)
        if former is not None and former.kind != half.kind:
            return self._of_pair(former, half, record)
        if former is not None:
            self._alone.append(former.number)
        self._open[payer] = half
        return self._make_room()

    def finish(self) -> list[Finding]:
        """The halves that are alone, in their order."""
        alone = sorted([*self._alone, *(half.number for half in self._open.values())])
        self._open.clear()
        self._alone.clear()
        return self._tell(alone)

    def _of_pair(self, former: ChangeHalf, half: ChangeHalf, record: bytes) -> list[Finding]:
        if former.account == half.account:
            same = self._account.read(record)
            return [error("change_pair_same_account", half.number, "account_no", same)]
        if self._is_ordered and former.kind == _NEW:
            return [error("change_pair_order", half.number, "application_type", half.kind.decode())]
        return []

    def _make_room(self) -> list[Finding]:
        if len(self._alone) + len(self._open) <= _MOST_KEPT:
            return []
        if not self._alone:
            self._alone.append(self._open.pop(next(iter(self._open))).number)
        alone = sorted(self._alone)
        self._alone.clear()
        return self._tell(alone)

    def _tell(self, alone: list[int]) -> list[Finding]:
        return [
            error(self.code, number, "handling_branch", CHANGE.decode())
            for number in alone
            if number not in self._excused
        ]
