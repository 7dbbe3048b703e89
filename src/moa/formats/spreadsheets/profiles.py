"""Column profiles: which header words mean which field, per bank family, as data.

A profile adds its own words to those of its country. A new bank is a new row here, or later one that a person made
on the column-mapping page: nothing else in the reader knows a bank by name.

Source: header words seen in Korean and Chinese banks' own downloads and in public programs that read them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from moa.formats.spreadsheets.amounts import Figures
from moa.formats.spreadsheets.chinese_words import CHINESE_WORDS
from moa.formats.spreadsheets.dates import Order
from moa.formats.spreadsheets.english_words import ENGLISH_WORDS
from moa.formats.spreadsheets.korean_words import KOREAN_WORDS
from moa.kernel.money import CURRENCIES

# Rank and field: within a field, the lowest rank wins the column.
Meaning = tuple[int, str]

# A field that stands in one column only; the words earlier in the profile win over later ones.
SINGLE = frozenset(
    "date time value_date withdrawal deposit amount side kind balance currency own_account own_holder"
    " counterparty_account reference bank_reference".split()
)
# Their text becomes the description, in the order of the columns.
TEXTS = frozenset(("summary", "content", "memo", "kind"))
# Known, but the entry has no place of its own for them: kept in the description under their name.
KEPT = frozenset(("branch", "counterparty_bank", "code"))
# Say nothing about the entry.
IGNORED = frozenset(("sequence",))

_BRACKETS = re.compile(r"[(\[〔【（][^()\[\]【】〔〕]*[)\]〕】）]")
_CURRENCY_WORDS = {
    "원": "KRW", "원화": "KRW", "₩": "KRW", "元": "CNY", "人民币": "CNY", "人民币元": "CNY", "rmb": "CNY",
    "위안": "CNY", "달러": "USD", "미국달러": "USD", "미달러": "USD", "美元": "USD", "$": "USD", "usd": "USD",
    "엔": "JPY", "엔화": "JPY", "日元": "JPY", "유로": "EUR", "欧元": "EUR", "港币": "HKD", "港元": "HKD",
}  # fmt: skip


class Pointed(NamedTuple):
    """A column that a person pointed at. Shape: `name` as compared, `nth` of that name from 0, `at` from 0; a column
    without a name is found by its place alone."""

    name: str
    nth: int
    at: int
    field: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One bank family's table.

    Shape: `words` maps a field to its header words as printed; `signature` are header words that must all stand in
    the header for the profile to be recognised; `signed` says that one amount column carries its own sign.
    A profile with `pointed` columns was made by a person from a sample: its header must hold each of them, and goes
    before the shipped ones; with no `header_rows` its table has none, and it reads only what it is asked for. `account_at` is the title cell (row as the sheet shows it, column from 0) of the account.
    """

    name: str
    country: str
    currency: str
    words: Mapping[str, tuple[str, ...]]
    signature: tuple[str, ...] = ()
    bank: str = ""
    date_order: Order = "ymd"
    signed: bool = False
    pointed: tuple[Pointed, ...] = ()
    header_rows: int = 1
    figures: Figures = "1,234.56"
    credit_words: frozenset[str] = frozenset()
    debit_words: frozenset[str] = frozenset()
    account_at: tuple[int, int] | None = None
    meanings: Mapping[str, tuple[Meaning, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        meanings: dict[str, tuple[Meaning, ...]] = {}
        for name, words in self.words.items():
            for rank, word in enumerate(words):
                key = normal(word)
                meanings[key] = (*meanings.get(key, ()), (rank, name))
        object.__setattr__(self, "meanings", meanings)

    def meanings_of(self, header: str) -> tuple[Meaning, ...]:
        """The fields that a header word may mean, the likeliest first; brackets after the word may differ."""
        key = normal(header)
        return self.meanings.get(key) or self.meanings.get(normal(without_brackets(header)) or key) or ()


@lru_cache(maxsize=4096)
def normal(word: str) -> str:
    """A header word as it is compared: no spaces, one width, lower case."""
    return "".join(unicodedata.normalize("NFKC", word).split()).lower().strip("*:")


def without_brackets(header: str) -> str:
    """A header word without what stands behind it in brackets: its unit, or its name in another language."""
    return _BRACKETS.sub("", header)


def currency_in(header: str) -> str:
    """The currency that a header names in brackets, as in 출금액(원) or 余额[USD]; empty without one."""
    for found in _BRACKETS.findall(header):
        named = currency_named(found[1:-1])
        if named:
            return named
    return ""


def currency_named(text: str) -> str:
    """The ISO code of a currency's code, sign or everyday name; empty when it is none."""
    word = unicodedata.normalize("NFKC", text).strip()
    return word.upper() if word.upper() in CURRENCIES else _CURRENCY_WORDS.get(word.lower(), "")


def _korean(
    name: str, bank: str, signature: tuple[str, ...] = (), signed: bool = False, **own: tuple[str, ...]
) -> Profile:
    return Profile(name, "KR", "KRW", _merged(own, KOREAN_WORDS), signature, bank, signed=signed)


def _chinese(name: str, bank: str, signature: tuple[str, ...] = (), **own: tuple[str, ...]) -> Profile:
    return Profile(name, "CN", "CNY", _merged(own, CHINESE_WORDS), signature, bank)


def _merged(
    own: Mapping[str, tuple[str, ...]], general: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The country's words, less those that mean something else at this bank, after the bank's own."""
    taken = {normal(word) for words in own.values() for word in words}
    merged = {
        name: tuple(word for word in words if normal(word) not in taken) for name, words in general.items()
    }
    return {**merged, **{name: words + merged.get(name, ()) for name, words in own.items()}}


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        _korean("kr", ""),
        _korean("kb", "KB국민은행", ("거래일시", "보낸분/받는분", "송금메모", "출금액", "입금액", "잔액")),
        _korean("kb-passbook", "KB국민은행", ("거래일시", "기재내용", "찾으신금액", "맡기신금액", "거래후잔액")),
        _korean("shinhan", "신한은행", ("거래일자", "거래시간", "적요", "출금(원)", "입금(원)", "내용", "잔액(원)", "거래점")),
        _korean("woori", "우리은행", ("거래일시", "적요", "기재내용", "지급(원)", "입금(원)", "거래후잔액(원)", "취급점")),
        _korean("hana", "하나은행", ("거래일시", "적요", "의뢰인/수취인", "입금", "출금", "거래후잔액", "거래특이사항")),
        _korean(
            "ibk",
            "IBK기업은행",
            ("거래일시", "출금", "입금", "거래후잔액", "거래내용", "상대계좌번호", "상대은행", "상대계좌예금주명"),
            code=("CMS코드", "수표어음금액"),
        ),
        _korean(
            "nh",
            "NH농협은행",
            ("거래일자", "출금금액(원)", "입금금액(원)", "거래후잔액(원)", "거래내용", "거래기록사항", "거래점"),
            sequence=("구분",),
        ),
        _korean("nh-personal", "NH농협은행", ("순번", "거래일시", "출금금액", "입금금액", "거래후잔액", "거래기록사항")),
        _korean("sc", "SC제일은행", ("들어온금액", "나간금액", "남은금액")),
        _korean("kakao", "카카오뱅크", ("거래일시", "구분", "거래금액", "거래후잔액", "거래구분", "내용")),
        _korean(
            "toss",
            "토스뱅크",
            ("거래일시", "적요", "거래유형", "거래기관", "계좌번호", "거래금액", "거래후잔액"),
            signed=True,
            counterparty_account=("계좌번호",),
            counterparty_bank=("거래기관",),
        ),
        # Downloads in English are of any country: the currency must come from the file or the account.
        Profile("en", "", "", ENGLISH_WORDS),
        _chinese("cn", ""),
        _chinese("icbc", "中国工商银行", ("凭证号", "本方账号", "对方账号", "交易时间", "借/贷", "对方单位名称")),
        _chinese("ccb", "中国建设银行", ("交易时间", "借方发生额", "贷方发生额", "余额", "对方户名", "对方账号", "记账日期")),
        _chinese("boc", "中国银行", ("交易日期", "交易时间", "收入金额", "支出金额", "交易后余额")),
    )
}  # fmt: skip
