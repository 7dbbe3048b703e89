"""What the fields that only KFTC files have may say, for property tests. Needs hypothesis, so only tests import it."""

from __future__ import annotations

from hypothesis import strategies as st

from moa.formats.fixed_width.strategies import Texts, texts

from .field_kinds import BankCode, FileName, HandlingBranch, HolderId, InstitutionCode
from .institution_codes import institutions

_DIGITS = "0123456789"


def _digits(length: int) -> Texts:
    return st.text(_DIGITS, min_size=length, max_size=length)


def _days() -> Texts:
    return st.dates().map(lambda day: f"{day:%m%d}")


@texts.register
def _(kind: FileName, length: int) -> Texts:
    return _days().map(lambda day: kind.kind + day)


@texts.register
def _(kind: InstitutionCode, length: int) -> Texts:
    return _digits(8).map(lambda rest: "99" + rest)


@texts.register
def _(kind: BankCode, length: int) -> Texts:
    return st.builds(str.__add__, st.sampled_from(sorted(institutions())), _digits(length - 3))


@texts.register
def _(kind: HandlingBranch, length: int) -> Texts:
    return st.sampled_from(["CHNG", "CNCL"]) | _digits(4)


@texts.register
def _(kind: HolderId, length: int) -> Texts:
    return st.just("") | st.builds(str.__add__, _digits(2), _days()) | _digits(10)
