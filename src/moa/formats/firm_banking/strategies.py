"""What the fields of firm-banking messages may say, for property tests. Needs hypothesis, so only tests import it."""

from __future__ import annotations

from hypothesis import strategies as st

from moa.formats.fixed_width.strategies import Texts, texts, wide_signs

from .field_kinds import (
    Identity,
    MessageNumber,
    Moment,
    OptionalDate,
    OptionalNumber,
    Secret,
    StrictText,
    Won,
)

_PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)


@texts.register
def _(kind: StrictText, length: int) -> Texts:
    instead_of_none = "" if kind.blank_code is None else "0"
    either = st.text(_PRINTABLE, max_size=length) | st.text(wide_signs(), max_size=length // 2)
    return either.map(lambda text: text.rstrip(" ") or instead_of_none)


@texts.register
def _(kind: Secret, length: int) -> Texts:
    return st.text(_PRINTABLE, max_size=length).map(lambda text: text.rstrip(" "))


@texts.register
def _(kind: OptionalNumber, length: int) -> Texts:
    return st.just("") | st.integers(0, 10**length - 1).map(str)


@texts.register
def _(kind: Won, length: int) -> Texts:
    return st.integers(1, 10**length - 1).map(str)


@texts.register
def _(kind: MessageNumber, length: int) -> Texts:
    return st.integers(1, kind.highest).map(lambda number: f"{number:0{length}}")


@texts.register
def _(kind: Moment, length: int) -> Texts:
    moments = st.times().map(lambda time: f"{time:%H%M%S}")
    return moments | st.just("") if kind.optional else moments


@texts.register
def _(kind: OptionalDate, length: int) -> Texts:
    return st.sampled_from(["", "00000000"]) | st.dates().map(lambda day: f"{day:%Y%m%d}".rjust(8, "0"))


@texts.register
def _(kind: Identity, length: int) -> Texts:
    births = st.dates().map(lambda day: f"{day:%y%m%d}")
    return st.just("") | births | st.text("0123456789", min_size=10, max_size=10)
