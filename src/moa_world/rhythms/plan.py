"""Which account lives by which rhythms. One table, by account number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Protocol

from moa_world.desks import Desk
from moa_world.lines import Line
from moa_world.rhythms.china import ChineseDues, ChineseTrade, ChineseWages
from moa_world.rhythms.dues import BankTerms, Desktop, Payroll, Standing, ValueAddedTax
from moa_world.rhythms.foreign import Remittances
from moa_world.rhythms.retail import CardSettlement, SmallReceipts
from moa_world.rhythms.trade import DoublePayment, Purchases, Sales


class Rhythm(Protocol):
    """Anything that yields an account's lines of a business day."""

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]: ...


_M = 1_000_000

_FACTORY = Standing(
    (
        (20, "한국전력공사", "전기요금", 386 * _M),
        (20, "도시가스", "가스요금", 94 * _M),
        (25, "상수도사업소", "수도요금", 12 * _M),
        (27, "보안용역", "경비용역비", 31 * _M),
    )
)
_STORES = Standing(
    (
        (1, "상가임대", "점포 임차료", 268 * _M),
        (18, "한국전력공사", "전기요금", 88 * _M),
        (22, "통신요금", "회선사용료", 7 * _M),
        (25, "정수기렌탈", "렌탈료", 3 * _M),
    )
)
_OFFICE = Standing(
    (
        (1, "사옥관리", "임차료·관리비", 120 * _M),
        (18, "한국전력공사", "전기요금", 21 * _M),
        (21, "통신요금", "통신비", 5 * _M),
        (25, "법인카드", "법인카드대금", 96 * _M),
    )
)
_DEPOT = Standing(
    (
        (1, "물류센터임대", "창고 임차료", 310 * _M),
        (15, "유류대금", "유류대", 420 * _M),
        (20, "한국전력공사", "전기요금", 54 * _M),
        (25, "도로공사", "통행료", 62 * _M),
    )
)

PLAN: dict[str, tuple[Rhythm, ...]] = {
    "40277011008": (Desktop((1, 2)), BankTerms(330_000, 180)),
    "40277154182": (
        Sales(2 * _M, 322 * _M, (8, 14)),
        Purchases(1 * _M, 235 * _M, (9, 15)),
        Payroll(25, 612, 3_420_000),
        ValueAddedTax(2_900 * _M, 2_400 * _M),
        _FACTORY,
        DoublePayment(3 * _M, 40 * _M, (12,)),
        BankTerms(420_000, 60, 184 * _M),
    ),
    "40277225503": (CardSettlement(6, 4, 8 * _M, 72 * _M), SmallReceipts((14, 26), (), 0), BankTerms()),
    "40277225516": (
        Purchases(_M // 2, 108 * _M, (10, 18)),
        Payroll(10, 538, 2_640_000),
        ValueAddedTax(1_150 * _M, 640 * _M),
        _STORES,
        Desktop(),
        BankTerms(),
    ),
    "40277310964": (
        Sales(1 * _M, 196 * _M, (7, 12)),
        Purchases(_M // 2, 90 * _M, (4, 8)),
        _DEPOT,
        ValueAddedTax(880 * _M, 510 * _M),
        BankTerms(),
    ),
    "40277402271": (
        SmallReceipts((38, 62), (5, 15, 25), 1_200 * _M),
        DoublePayment(1 * _M, 6 * _M, (8, 19)),
        BankTerms(180_000, 90),
    ),
    "140013220018": (
        _OFFICE,
        Purchases(1 * _M, 48 * _M, (3, 7)),
        Payroll(25, 86, 5_150_000),
        Desktop((2, 4)),
        BankTerms(250_000, 210),
    ),
    "140013122207": (
        Sales(3 * _M, 310 * _M, (6, 11)),
        Purchases(1 * _M, 195 * _M, (8, 14)),
        Standing(((9, "세종세관", "수입부가세", 212 * _M), (20, "한국전력공사", "전기요금", 241 * _M))),
        BankTerms(),
    ),
    "140013345190": (
        Sales(5 * _M, 620 * _M, (5, 9)),
        Purchases(4 * _M, 520 * _M, (5, 9)),
        Payroll(25, 74, 4_180_000),
        ValueAddedTax(640 * _M, 720 * _M),
        Desktop(),
        BankTerms(),
    ),
    "140013408857": (
        Purchases(1 * _M, 95 * _M, (6, 11)),
        Payroll(21, 128, 4_360_000),
        _OFFICE,
        Desktop(),
        BankTerms(),
    ),
    "63000812340112": (
        Sales(6 * _M, 540 * _M, (4, 8)),
        Purchases(6 * _M, 640 * _M, (4, 8)),
        Standing(((9, "인천세관", "관세·수입부가세", 460 * _M),)),
        BankTerms(260_000, 150),
    ),
    "63000812366610": (Remittances(800_000, 38_000_000, (2, 5), (1, 3)),),
    "63000812341725": (Remittances(1_500_000, 62_000_000, (3, 6), (2, 5)),),
    "63000812393094": (Remittances(2_000_000, 52_000_000, (1, 3), (1, 2), 12_000),),
    "1005804471320": (
        Sales(1 * _M, 106 * _M, (9, 15)),
        Purchases(_M // 5, 55 * _M, (16, 26)),
        DoublePayment(1 * _M, 9 * _M, (4,)),
        BankTerms(),
    ),
    "1005804533608": (
        Purchases(_M // 2, 46 * _M, (8, 14)),
        Payroll(10, 342, 2_480_000),
        ValueAddedTax(310 * _M, 260 * _M),
        _OFFICE,
        Desktop(),
        BankTerms(210_000, 130),
    ),
    "1005804612945": (Sales(2 * _M, 150 * _M, (6, 11)), Desktop((1, 2)), BankTerms()),
    "14807251904016": (
        Purchases(_M // 2, 74 * _M, (9, 15)),
        Payroll(21, 412, 3_120_000),
        Desktop(),
        BankTerms(),
    ),
    "14807253004023": (CardSettlement(5, 5, 6 * _M, 52 * _M), Sales(1 * _M, 40 * _M, (4, 8)), BankTerms()),
    "3010274150917": (
        Sales(1 * _M, 30 * _M, (3, 6)),
        Purchases(1 * _M, 98 * _M, (9, 16)),
        Desktop((1, 2)),
        BankTerms(),
    ),
    "3010274883358": (
        Sales(1 * _M, 85 * _M, (7, 12)),
        Purchases(_M // 2, 60 * _M, (7, 12)),
        Standing(((15, "항만공사", "부두사용료", 74 * _M),)),
        BankTerms(),
    ),
    "02013579024315": (BankTerms(90_000, 230, 61 * _M),),
    "475560118841": (
        ChineseTrade(200_000, 264_000_000, 140_000_000, (4, 8), (6, 11)),
        ChineseDues(286, 940_000),
    ),
    "1102020109000476532": (ChineseWages(286, 940_000),),
}
