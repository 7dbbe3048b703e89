"""Sealed files: read back exactly from any place, and closed to whoever cut, flipped, joined or exchanged them."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa.control.sealed_files import CHUNK, DocumentDamaged, SealedReader, seal

KEY, LABEL = bytes(range(32)), b"name"
TAG, HEADER = 16, 24
EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK]


def _content(size: int) -> bytes:
    return (b"0123456789abcdef" * (size // 16 + 1))[:size]


def _sealed(content: bytes) -> bytearray:
    target = io.BytesIO()
    seal(io.BytesIO(content), target, key=KEY, key_version=1, size=len(content), label=LABEL)
    return bytearray(target.getvalue())


def _opened(raw: bytes | bytearray, key: bytes = KEY, label: bytes = LABEL) -> bytes:
    return io.BufferedReader(SealedReader(io.BytesIO(bytes(raw)), key, label)).read()


@pytest.mark.parametrize("size", EDGES)
def test_what_was_sealed_is_read_back(size: int) -> None:
    content = _content(size)
    assert _opened(_sealed(content)) == content


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(0, 3 * CHUNK + 5) | st.sampled_from(EDGES),
    places=st.lists(st.tuples(st.integers(0, 4 * CHUNK), st.integers(0, CHUNK + 9)), max_size=6),
)
def test_any_part_can_be_read_in_any_order(size: int, places: list[tuple[int, int]]) -> None:
    content = _content(size)
    reader = io.BufferedReader(SealedReader(io.BytesIO(bytes(_sealed(content))), KEY, LABEL))
    for start, length in places:
        assert reader.seek(start) == start
        assert reader.read(length) == content[start : start + length]
    assert reader.seek(0, os.SEEK_END) == size


@pytest.mark.parametrize("size", [0, 100, CHUNK, 2 * CHUNK + 7])
def test_a_cut_file_does_not_open(size: int) -> None:
    raw = _sealed(_content(size))
    for kept in {0, 3, HEADER, len(raw) - 1, max(0, len(raw) - TAG), len(raw) - CHUNK} - {len(raw)}:
        if kept >= 0:
            with pytest.raises(DocumentDamaged):
                _opened(raw[:kept])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(size=st.sampled_from([0, 1, 70_000]), place=st.floats(0, 0.999999), bit=st.integers(0, 7))
def test_a_flipped_bit_anywhere_does_not_open(size: int, place: float, bit: int) -> None:
    raw = _sealed(_content(size))
    raw[int(place * len(raw))] ^= 1 << bit
    # The version of the key stands in the header; the reader is given the key that it names.
    with pytest.raises(DocumentDamaged):
        _opened(raw)


def test_swapped_chunks_do_not_open() -> None:
    raw = _sealed(_content(3 * CHUNK))
    step = CHUNK + TAG
    one, two = raw[HEADER : HEADER + step], raw[HEADER + step : HEADER + 2 * step]
    raw[HEADER : HEADER + step], raw[HEADER + step : HEADER + 2 * step] = two, one
    with pytest.raises(DocumentDamaged):
        _opened(raw)


def test_a_chunk_of_another_file_does_not_open() -> None:
    raw, other = _sealed(_content(CHUNK)), _sealed(_content(CHUNK))
    raw[HEADER:] = other[HEADER:]
    with pytest.raises(DocumentDamaged):
        _opened(raw)


def test_a_longer_file_does_not_open() -> None:
    with pytest.raises(DocumentDamaged):
        _opened(_sealed(b"abc") + b"x")


def test_neither_another_key_nor_another_name_opens_it() -> None:
    with pytest.raises(DocumentDamaged):
        _opened(_sealed(b"abc"), key=bytes(32))
    with pytest.raises(DocumentDamaged):
        _opened(_sealed(b"abc"), label=b"another")


def test_the_plain_text_is_not_in_it() -> None:
    assert b"0123456789" not in _sealed(_content(1000))


def test_a_source_shorter_than_its_size_is_refused() -> None:
    with pytest.raises(DocumentDamaged):
        seal(io.BytesIO(b"abc"), io.BytesIO(), key=KEY, key_version=1, size=4, label=LABEL)
