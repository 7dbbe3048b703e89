"""What real files are full of: banks, accounts, names, numbers of persons and companies."""

from __future__ import annotations

from random import Random

# Bank code, digits of an account there. From KFTC's list of 2026-06-25 and the table of account lengths.
BANKS = (
    ("002", 14),
    ("003", 14),
    ("004", 12),
    ("007", 12),
    ("011", 13),
    ("012", 13),
    ("020", 13),
    ("023", 14),
    ("027", 11),
    ("031", 12),
    ("032", 13),
    ("034", 12),
    ("037", 13),
    ("039", 13),
    ("045", 13),
    ("071", 14),
    ("081", 14),
    ("088", 12),
    ("089", 12),
    ("090", 13),
)
# Codes of merged banks that old customer files still hold, with the code that stands for them now.
LEGACY_BANKS = (
    ("005", "081", 14),
    ("010", "011", 13),
    ("021", "088", 12),
    ("026", "088", 12),
    ("072", "071", 14),
)
TEXTS = (
    "전기요금",
    "관리비",
    "신문구독료",
    "월회비",
    "가나다라마바사아",
    "수도요금１１월",
    "（주）한빛",
    "後援金",
    "ＡＢＣ학원",
    "보험료　２회",
    "",
)
DEBIT_FORMS = "1111102345"
# 6 is the last form that takes part of a debit; it is rare enough to be listed on its own.
PARTIAL_FORMS = "023456"


def bank_and_account(rng: Random) -> tuple[str, str]:
    """Seven digits of bank and branch, and an account of a length that bank has."""
    if rng.random() < 0.15:
        code, _representative, digits = rng.choice(LEGACY_BANKS)
    else:
        code, digits = rng.choice(BANKS)
    branch = rng.choice(("0000", "0000", "0000", f"{rng.randrange(1, 10_000):04d}"))
    return code + branch, digits_of(rng, digits)


def digits_of(rng: Random, length: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(length))


def birth_date(rng: Random) -> str:
    """YYMMDD without its century; the 29th of February is left to its own test."""
    return f"{rng.randrange(100):02d}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"


def business_number(rng: Random) -> str:
    nine = f"{rng.randrange(100, 1000)}{rng.randrange(1, 100):02d}{rng.randrange(10_000):04d}"
    return nine + check_digit(nine)


def check_digit(nine: str) -> str:
    """Of a business number: digits by 1 3 7 1 3 7 1 3 5, the tens of the ninth product added once more."""
    products = [int(digit) * weight for digit, weight in zip(nine, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True)]
    return str((10 - (sum(products) + products[8] // 10) % 10) % 10)


def holder(rng: Random) -> str:
    return business_number(rng) if rng.random() < 0.3 else birth_date(rng)


def payer(rng: Random, number: int) -> str:
    """Unique in its file: the number stands in it."""
    style = rng.randrange(3)
    if style == 0:
        return f"{number:08d}"
    if style == 1:
        return f"C{number:06d}{rng.choice('ABCXYZ')}"
    return f"{rng.randrange(10**11):011d}{number:09d}"


def phone(rng: Random) -> str:
    return rng.choice(("", f"010{rng.randrange(10**8):08d}", f"02{rng.randrange(10**7):07d}"))


def passbook(text: str) -> bytes:
    """Eight two-byte characters; the rest is the two-byte space A1A1."""
    made = b""
    for letter in text:
        code = letter.encode("cp949")
        assert len(code) == 2 and min(code) >= 0xA1, letter
        made += code
    assert len(made) <= 16
    while len(made) < 16:
        made += b"\xa1\xa1"
    return made
