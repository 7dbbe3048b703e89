import numpy as np
import pytest

from moa.formats.fixed_width.accept import RecordFilter
from moa.formats.fixed_width.block import Block
from moa.formats.fixed_width.hangul import Hangul, wide_characters
from moa.formats.fixed_width.kinds import Unwritable
from moa.formats.fixed_width.layout import Field, Layout

PASSBOOK = Hangul("0068", "0087")
# KS X 1001: 986 signs and letters, 2,350 syllables, 4,888 hanja; the Hangul filler is no character of a text, and the
# euro and registered signs came in 1998.
CHARACTERS = 986 + 2_350 + 4_888


def test_it_knows_the_characters_of_ks_x_1001():
    assert CHARACTERS - 1 <= len(wide_characters()) <= CHARACTERS + 1


def test_every_character_comes_back():
    for pair in sorted(wide_characters()):
        text = pair.decode("euc_kr")
        assert PASSBOOK.write(text, 2) == pair
        assert PASSBOOK.read(pair) == text.rstrip("\u3000")


@pytest.mark.parametrize("text", ["뷁", "똠방각하", "☃", "가😀", "\u1100"])
def test_it_refuses_to_write_what_ks_x_1001_has_not(text):
    with pytest.raises(Unwritable) as refused:
        PASSBOOK.write(text, 16)
    assert refused.value.code == "0087"


def test_it_writes_half_width_letters_as_full_width_and_pads_with_full_width_spaces():
    assert PASSBOOK.write("A-1 가", 16) == "Ａ－１　가　　　".encode("euc_kr")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("관리비　".encode("euc_kr"), None),
        ("관리비".encode("euc_kr") + b"  ", "0087"),
        ("뷁관리비".encode("cp949"), "0087"),
        (b"\xb0" + "관리".encode("euc_kr") + b"\xa1\xa1\xa1", "0087"),
        ("관리비".encode("euc_kr") + b"A1", "0087"),
        ("관리비".encode("euc_kr") + b"\xa1\x1f", "0068"),
        (b"\0" * 8, "0068"),
        (b"\xa4\xd4" + "관리비".encode("euc_kr"), "0087"),
        (b"\xc9\xa1" + "관리비".encode("euc_kr"), "0087"),
    ],
)
def test_a_passbook_text_is_full_width_characters_only(raw, code):
    assert PASSBOOK.fault(raw) == code


def test_the_filter_tells_every_two_bytes_as_the_field_does():
    layout = Layout("X.data", 8, (Field("text", 1, 8, PASSBOOK),), "none", "made up")
    pairs = [bytes((lead, trail)) for lead in range(256) for trail in range(256)]
    raw = np.frombuffer(b"".join("가".encode("euc_kr") * 3 + pair for pair in pairs), np.uint8).reshape(-1, 8)
    doubts = RecordFilter(layout).doubts(Block(raw))
    assert doubts.tolist() == [pair not in wide_characters() for pair in pairs]
