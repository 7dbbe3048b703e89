"""Frames in a stream of bytes: whole, in pieces, damaged."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.firm_banking import FrameReader, check, framed, poll_answer, poll_request
from tests.formats.firm_banking.golden_messages import NAMES, golden

MESSAGES = [golden(name) for name in NAMES]
POLL = b"0020HDRREQPOLL1120093005"


def read(stream, cuts=()):
    reader = FrameReader()
    frames, before = [], 0
    for cut in [*sorted(cuts), len(stream)]:
        frames += reader.feed(stream[before:cut])
        before = cut
    return [*frames, *reader.finish()]


def messages_of(frames):
    return [frame.payload for frame in frames if frame.kind == "message" and not check(frame.payload)]


def test_a_poll_is_as_the_specification_prints_it():
    assert poll_request(datetime(2026, 11, 20, 9, 30, 5)) == POLL
    assert poll_answer(POLL[4:]) == b"0020HDRRESPOLL1120093005"


def test_polls_and_messages_come_in_order():
    stream = framed(MESSAGES[0]) + POLL + framed(MESSAGES[1]) + b"0020HDRRESPOLL1120093005"
    assert [frame.kind for frame in read(stream)] == ["message", "poll", "message", "poll_answer"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*map(framed, MESSAGES), POLL]), max_size=6), st.data())
def test_pieces_of_any_size_give_the_same_frames(parts, data):
    stream = b"".join(parts)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))
    frames = read(stream, cuts)
    assert [framed(frame.payload) for frame in frames] == parts
    assert "garbled" not in {frame.kind for frame in frames}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(MESSAGES),
    st.sampled_from(MESSAGES),
    st.sampled_from(MESSAGES),
    st.integers(1, 299),
    st.integers(1, 60),
    st.lists(st.integers(0, 1000), max_size=6),
)
def test_a_short_frame_costs_only_itself(first, broken, last, at, gone, cuts):
    """It says 300 bytes and holds fewer; the reader goes back for the head of the next."""
    short = broken[:at] + broken[at + gone :]
    stream = framed(first) + b"0300" + short + framed(last) + framed(first)
    frames = read(stream, [cut for cut in cuts if cut < len(stream)])
    found = messages_of(frames)
    assert found[0] == first
    assert found[-2:] == [last, first]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(MESSAGES),
    st.sampled_from(MESSAGES),
    st.integers(0, 300),
    st.binary(min_size=1, max_size=400),
    st.lists(st.integers(0, 1000), max_size=6),
)
def test_a_long_frame_costs_only_itself(broken, last, at, more, cuts):
    stream = b"0300" + broken[:at] + more + broken[at:] + framed(last) + framed(last)
    frames = read(stream, [cut for cut in cuts if cut < len(stream)])
    assert messages_of(frames)[-2:] == [last, last]


@pytest.mark.parametrize("prefix", [b"0310", b"9999", b"0000", b"03OO", b"\xff\xff\xff\xff", b"GET "])
def test_a_wrong_length_costs_only_its_frame(prefix):
    stream = prefix + MESSAGES[0] + framed(MESSAGES[1]) + POLL
    assert [frame.kind for frame in read(stream)] == ["garbled", "message", "poll"]


def test_a_frame_that_was_cut_is_garbled_at_the_end_of_the_line():
    frames = read(framed(MESSAGES[0])[:120])
    assert [(frame.kind, len(frame.payload)) for frame in frames] == [("garbled", 120)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=900), max_size=8))
def test_noise_is_given_whole_and_not_hoarded(pieces):
    reader = FrameReader()
    frames = []
    for piece in pieces:
        frames += reader.feed(piece)
        assert len(reader._buffer) < 1400
    frames += reader.finish()
    stream = b"".join(pieces)
    if all(frame.kind == "garbled" for frame in frames):
        assert b"".join(frame.payload for frame in frames) == stream


def test_a_frame_has_no_more_bytes_than_four_digits_can_say():
    with pytest.raises(ValueError):
        framed(b"x" * 10_000)
