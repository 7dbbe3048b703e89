"""Records for property tests: sound ones from a layout, and what a disk, a cable or a person may make of them.

Needs hypothesis, so only tests import it. A package registers what its own kinds of field may say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache, singledispatch
from typing import Any

from hypothesis import strategies as st

from .hangul import Hangul, wide_characters
from .kinds import Blank, Choice, Date, Digits, LeftAligned, Literal, Number, Text, Zeros
from .layout import Layout

Texts = st.SearchStrategy[str]
# What stands beside the right bytes: just below and above digits and letters, halves of characters, line ends.
_TELLING_BYTES = (
    b" 09/:-@AZ[`az{R\x00\x01\x0a\x0d\x1a\x1f\x7f\x80\xa1\xa2\xa4\xb0\xc8\xc9\xca\xd4\xfd\xfe\xff"
)


@singledispatch
def texts(kind: Any, length: int) -> Texts:
    """Texts that a field of this kind can say, as it reads them back."""
    raise NotImplementedError(type(kind).__name__)


@texts.register
def _(kind: Literal, length: int) -> Texts:
    return st.just(kind.value.decode("ascii"))


@texts.register
def _(kind: Blank, length: int) -> Texts:
    return st.just("")


@texts.register
def _(kind: Zeros, length: int) -> Texts:
    return st.just("0")


@texts.register
def _(kind: Number, length: int) -> Texts:
    return st.integers(0, 10**length - 1).map(str)


@texts.register
def _(kind: Digits, length: int) -> Texts:
    return st.text("0123456789", min_size=length, max_size=length)


@texts.register
def _(kind: LeftAligned, length: int) -> Texts:
    signs = "".join(map(chr, sorted(kind.characters)))
    return st.text(signs, min_size=0 if kind.blank_code is None else 1, max_size=length)


@texts.register
def _(kind: Choice, length: int) -> Texts:
    return st.sampled_from([value.decode("ascii").rstrip() for value in kind.values])


@texts.register
def _(kind: Text, length: int) -> Texts:
    signs = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
    korean = st.text("가힝伽 1a", max_size=length // 2)
    return (st.text(signs, max_size=length) | korean).map(str.rstrip)


@texts.register
def _(kind: Date, length: int) -> Texts:
    days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
    return days.map(lambda day: f"{day:%Y%m%d}"[-length:])


@cache
def wide_signs() -> Texts:
    """One full-width character; made once, since thousands are looked through to make it."""
    return st.sampled_from(sorted(pair.decode("euc_kr") for pair in wide_characters()))


@texts.register
def _(kind: Hangul, length: int) -> Texts:
    return st.text(wide_signs(), max_size=length // 2).map(lambda text: text.rstrip("\u3000"))


def values(layout: Layout, **said: Texts) -> st.SearchStrategy[dict[str, str]]:
    """All fields of a sound record; `said` replaces what a field may say."""
    return st.fixed_dictionaries(
        {field.name: said.get(field.name, texts(field.kind, field.length)) for field in layout}
    )


def records(layout: Layout, **said: Texts) -> st.SearchStrategy[bytes]:
    return values(layout, **said).map(layout.encode)


def _put(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


@st.composite
def mutated(draw: Callable[..., Any], data: bytes, keep_length: bool = True, first: int = 0) -> bytes:
    """The bytes with one to three changes. Shape: `first` bytes stay; without `keep_length` some may come or go."""
    changes = ["byte", "telling", "swap", "run"] + ([] if keep_length else ["gone", "more"])
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(first, len(data) - 2))
        change = draw(st.sampled_from(changes))
        if change == "byte":
            data = _put(data, at, bytes([draw(st.integers(0, 255))]))
        elif change == "telling":
            data = _put(data, at, bytes([draw(st.sampled_from(_TELLING_BYTES))]))
        elif change == "swap":
            data = _put(data, at, data[at : at + 2][::-1])
        elif change == "run":
            length = min(draw(st.integers(1, 20)), len(data) - at)
            data = _put(data, at, draw(st.sampled_from([b" ", b"0", b"1", b"A"])) * length)
        elif change == "gone":
            data = data[:at] + data[at + 1 :]
        else:
            data = data[:at] + bytes([draw(st.sampled_from(_TELLING_BYTES))]) + data[at:]
    return data
