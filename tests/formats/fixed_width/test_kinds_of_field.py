import pytest

from moa.formats.fixed_width.kinds import (
    ALPHANUMERICS,
    DIGITS,
    Blank,
    Choice,
    Date,
    Digits,
    LeftAligned,
    Literal,
    Number,
    Text,
    Unwritable,
    Zeros,
)

ACCOUNT = LeftAligned(DIGITS, "0088", "0098", "0012")
PAYER = LeftAligned(ALPHANUMERICS, "0088", "0098")


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        (Literal(b"R", "0081"), b"R", None),
        (Literal(b"R", "0081"), b"r", "0081"),
        (Blank("0089"), b"   ", None),
        (Blank("0089"), b" 0 ", "0089"),
        (Blank("0089"), b"\0\0\0", "0089"),
        (Zeros("0090"), b"000", None),
        (Zeros("0090"), b"00 ", "0090"),
        (Number("0088"), b"007", None),
        (Number("0088"), b" 07", "0088"),
        (Number("0088"), b"-07", "0088"),
        (Digits("0088"), "٣٣".encode(), "0088"),
        (ACCOUNT, b"123   ", None),
        (ACCOUNT, b"      ", "0012"),
        (ACCOUNT, b"12 45 ", "0098"),
        (ACCOUNT, b" 12345", "0098"),
        (ACCOUNT, b"12-45 ", "0088"),
        (ACCOUNT, b"12A45 ", "0088"),
        (PAYER, b"aZ09  ", None),
        (PAYER, b"      ", None),
        (PAYER, b"a@    ", "0088"),
        (PAYER, b"a[    ", "0088"),
        (PAYER, b"a` {  ", "0088"),
        (Choice((b"1", b"3", b"7"), "A012"), b"3", None),
        (Choice((b"1", b"3", b"7"), "A012"), b"2", "A012"),
        (Text("0088"), "가 b".encode("cp949"), None),
        (Text("0088"), b"ab\xb0", "0088"),
        (Text("0088"), b"a\x7fb", "0088"),
        (Text("0088"), b"a\tb", "0088"),
        (Date("A011"), b"000229", None),
        (Date("A011"), b"010229", "A011"),
        (Date("A011"), b"260230", "A011"),
        (Date("A011"), b"      ", "A011"),
        (Date("A011"), b"20260716", None),
        (Date("A011"), b"20261316", "A011"),
    ],
)
def test_a_field_holds_what_its_kind_allows(kind, raw, code):
    assert kind.fault(raw) == code


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (Number("0088"), "1234", "value_too_long"),
        (Number("0088"), "1.5", "0088"),
        (Number("0088"), "１２", "0088"),
        (Digits("0088"), "12", "0088"),
        (ACCOUNT, "12 4", "0098"),
        (ACCOUNT, "", "0012"),
        (Text("0088"), "가나", "value_too_long"),
        (Text("0088"), "😀", "0088"),
        (Date("A011"), "260230", "A011"),
        (Choice((b"1",), "A012"), "2", "A012"),
    ],
)
def test_it_refuses_to_write_what_does_not_fit(kind, text, code):
    with pytest.raises(Unwritable) as refused:
        kind.write(text, 6 if isinstance(kind, Date) else 3)
    assert refused.value.code == code


def test_a_number_loses_its_leading_zeros_and_a_code_keeps_them():
    assert Number("0088").read(b"0010") == "10"
    assert Number("0088").read(b"0000") == "0"
    assert Digits("0088").read(b"0010") == "0010"
