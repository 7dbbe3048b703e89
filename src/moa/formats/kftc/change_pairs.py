"""Changes of account in EB11 and EB12: the old account leaves (type 3) and the new one enters (type 1), both marked CHNG.

Half a pair makes KFTC refuse the file. Source: KFTC notice of 2015-07-22 (CHNG; both halves are accepted or both
refused); code 0077 as one later source gives it, 0079 for the institution's answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from moa.formats.fixed_width.finding import Finding, error

from .file_kinds import FileKind

CHANGE = b"CHNG"
_FIELDS = frozenset(("handling_branch", "payer_no"))
_CODES = {"EB11": "0077", "EB12": "0079"}
# Old halves kept open at a time. A pair's halves stand together; without a limit a hostile file would fill the memory.
_MOST_OPEN = 50_000


class ChangeHalf(NamedTuple):
    number: int
    payer: bytes
    account: bytes


class ChangePairs:
    """Takes the records marked CHNG in their order and tells which of them are alone."""

    def __init__(self, kind: FileKind) -> None:
        self.code = _CODES[kind.name]
        self._type, self._payer, self._account = (
            kind.data.field(name) for name in ("application_type", "payer_no", "account_no")
        )
        self._branch = kind.data.field("handling_branch")
        self._open: dict[bytes, ChangeHalf] = {}
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
        """A record marked CHNG. A new half without its old one is told at once, an old half when it is clear."""
        half = ChangeHalf(number, self._payer.cut(record), self._account.cut(record))
        told = self._type.cut(record)
        if told == b"3":
            return self._open_half(half)
        former = self._open.pop(half.payer, None) if told == b"1" else None
        return self._alone(number) if former is None or former.account == half.account else []

    def finish(self) -> list[Finding]:
        """The old halves that no new one followed."""
        alone = [finding for half in self._open.values() for finding in self._alone(half.number)]
        self._open.clear()
        return alone

    def _open_half(self, half: ChangeHalf) -> list[Finding]:
        alone: list[Finding] = []
        former = self._open.pop(half.payer, None)
        if former is None and len(self._open) == _MOST_OPEN:
            former = self._open.pop(next(iter(self._open)))
        if former is not None:
            alone += self._alone(former.number)
        self._open[half.payer] = half
        return alone

    def _alone(self, number: int) -> list[Finding]:
        if number in self._excused:
            return []
        return [error(self.code, number, "handling_branch", CHANGE.decode())]
