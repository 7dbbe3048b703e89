"""The believable group as data: its companies, units, banks, people and 24 bank accounts. All invented."""

from __future__ import annotations

from typing import NamedTuple

Names = dict[str, str]


class Company(NamedTuple):
    """One company of the group. Shape: `units` are (code, names) of its plants and desks."""

    code: str
    names: Names
    country: str
    units: tuple[tuple[str, Names], ...] = ()


class Bank(NamedTuple):
    """A bank as its own country numbers it: KFTC code in Korea, CNAPS bank code in China."""

    country: str
    code: str
    bic: str
    folder: str
    names: Names


class Person(NamedTuple):
    """A demo user. Shape: `roles` are (role, company code or "")."""

    login: str
    name: str
    title: str
    language: str
    roles: tuple[tuple[str, str], ...]


class Account(NamedTuple):
    """A bank account. Shape: `floor` and `ceiling` in whole units of its currency bound the evening balance that
    the group's treasury keeps there; both 0 where nobody steers it. `bundle` joins accounts sent in one file."""

    printed: str
    bank: str
    currency: str
    kind: str
    company: str
    unit: str
    nickname: str
    opened_on: str
    format: str
    encoding: str
    opening: int
    floor: int = 0
    ceiling: int = 0
    bundle: str = ""

    @property
    def number(self) -> str:
        return self.printed.replace("-", "").replace(" ", "")

    @property
    def tail(self) -> str:
        return self.number[-4:]


def _named(ko: str, zh: str, en: str) -> Names:
    return {"ko": ko, "zh": zh, "en": en}


GROUP_NAMES = _named("해온그룹", "海温集团", "Haeon Group")

COMPANIES = (
    Company(
        "HOLD",
        _named("해온홀딩스", "海温控股", "Haeon Holdings"),
        "KR",
        (("HOLD-TR", _named("자금팀", "资金部", "Treasury")),),
    ),
    Company(
        "PREC",
        _named("해온정밀", "海温精密", "Haeon Precision"),
        "KR",
        (
            ("PREC-CW", _named("창원공장", "昌原工厂", "Changwon Plant")),
            ("PREC-EX", _named("해외영업팀", "海外营业部", "Export Desk")),
        ),
    ),
    Company(
        "FOOD",
        _named("해온푸드", "海温食品", "Haeon Foods"),
        "KR",
        (("FOOD-RT", _named("직영사업부", "直营事业部", "Own Stores")),),
    ),
    Company(
        "LOGI",
        _named("해온로지스", "海温物流", "Haeon Logistics"),
        "KR",
        (("LOGI-IC", _named("인천터미널", "仁川货运站", "Incheon Terminal")),),
    ),
    Company("TRAD", _named("해온트레이딩", "海温贸易", "Haeon Trading"), "KR"),
    Company(
        "LIFE",
        _named("해온라이프케어", "海温生活护理", "Haeon Lifecare"),
        "KR",
        (("LIFE-SV", _named("방문케어센터", "上门护理中心", "Home Care Centre")),),
    ),
    Company("BIO", _named("해온바이오텍", "海温生物科技", "Haeon Biotech"), "KR"),
    Company("SUZH", _named("해온정밀(쑤저우)", "海温精密(苏州)", "Haeon Precision (Suzhou)"), "CN"),
)

BANKS = {
    "KB": Bank("KR", "004", "CZNBKRSE", "kb", _named("KB국민", "国民银行", "KB Kookmin")),
    "신한": Bank("KR", "088", "SHBKKRSE", "shinhan", _named("신한", "新韩银行", "Shinhan")),
    "하나": Bank("KR", "081", "KOEXKRSE", "hana", _named("하나", "韩亚银行", "Hana")),
    "우리": Bank("KR", "020", "HVBKKRSE", "woori", _named("우리", "友利银行", "Woori")),
    "IBK": Bank("KR", "003", "IBKOKRSE", "ibk", _named("IBK기업", "企业银行", "IBK")),
    "농협": Bank("KR", "011", "NACFKRSE", "nh", _named("NH농협", "农协银行", "NH Nonghyup")),
    "KDB": Bank("KR", "002", "KODBKRSE", "kdb", _named("KDB산업", "产业银行", "KDB")),
    "BOC": Bank("CN", "104", "BKCHCNBJ", "boc", _named("중국은행", "中国银行", "Bank of China")),
    "ICBC": Bank("CN", "102", "ICBKCNBJ", "icbc", _named("중국공상은행", "工商银行", "ICBC")),
}

PEOPLE = (
    Person("admin", "백이안", "정보시스템팀 팀장", "ko", (("admin", ""),)),
    Person("admin2", "남가람", "정보시스템팀 매니저", "ko", (("admin", ""),)),
    Person("treasurer", "정하은", "자금팀 팀장", "ko", (("treasurer", ""),)),
    Person("teller", "윤가람", "자금팀 출납담당", "ko", (("teller", ""),)),
    Person("approver", "한도윤", "재경본부장", "ko", (("approver", ""),)),
    Person("auditor", "Nora Ellwood", "Internal Audit", "en", (("auditor", ""),)),
    Person("clerk", "오세린", "해온푸드 재무담당", "ko", (("clerk", "FOOD"),)),
    Person("clerk2", "陈雨桐", "海温精密(苏州) 财务", "zh", (("clerk", "SUZH"),)),
)

_E8 = 100_000_000

ACCOUNTS = (
    # KB국민: the group's pool and the big Korean operating accounts, CSV in CP949.
    Account("402-7701-1008", "KB", "KRW", "concentration", "HOLD", "HOLD-TR", "집금 모계좌", "2012-03-05", "csv", "cp949", 190 * _E8),
    Account("402-7715-4182", "KB", "KRW", "operating", "PREC", "", "운영", "2013-06-11", "csv", "cp949", 40 * _E8, 20 * _E8, 58 * _E8),
    Account("402-7722-5503", "KB", "KRW", "collection", "FOOD", "FOOD-RT", "매장 수납", "2014-02-17", "csv", "cp949", 60 * _E8, 25 * _E8, 80 * _E8),
    Account("402-7722-5516", "KB", "KRW", "withdrawal", "FOOD", "", "지급", "2014-02-17", "csv", "cp949", 34 * _E8, 15 * _E8, 50 * _E8),
    Account("402-7731-0964", "KB", "KRW", "operating", "LOGI", "", "운영", "2015-09-01", "csv", "cp949", 44 * _E8, 20 * _E8, 62 * _E8),
    Account("402-7740-2271", "KB", "KRW", "collection", "LIFE", "LIFE-SV", "자동이체 수납", "2017-04-03", "csv", "cp949", 40 * _E8, 20 * _E8, 60 * _E8),
    # 신한: xlsx.
    Account("140-013-220018", "신한", "KRW", "operating", "HOLD", "", "운영", "2012-03-05", "xlsx", "utf-8", 215 * _E8, 195 * _E8, 245 * _E8),
    Account("140-013-122207", "신한", "KRW", "operating", "PREC", "PREC-CW", "창원공장 운영", "2013-06-11", "xlsx", "utf-8", 28 * _E8, 14 * _E8, 45 * _E8),
    Account("140-013-345190", "신한", "KRW", "operating", "TRAD", "", "무역 운영", "2016-01-21", "xlsx", "utf-8", 58 * _E8, 30 * _E8, 80 * _E8),
    Account("140-013-408857", "신한", "KRW", "operating", "BIO", "", "운영", "2019-08-12", "xlsx", "utf-8", 30 * _E8, 15 * _E8, 45 * _E8),
    # 하나: MT940 in one file for the four accounts, foreign currency and its won side together.
    Account("630-00812340-1-12", "하나", "KRW", "operating", "TRAD", "", "수출입 원화", "2016-01-21", "mt940", "utf-8", 165 * _E8, 130 * _E8, 200 * _E8, "hana"),
    Account("630-00812366-6-10", "하나", "USD", "foreign_currency", "PREC", "PREC-EX", "외화 USD", "2013-07-02", "mt940", "utf-8", 1_450_000, bundle="hana"),
    Account("630-00812341-7-25", "하나", "USD", "foreign_currency", "TRAD", "", "수출대금 USD", "2016-01-25", "mt940", "utf-8", 4_700_000, bundle="hana"),
    Account("630-00812393-0-94", "하나", "CNY", "foreign_currency", "PREC", "PREC-EX", "외화 CNY", "2018-11-15", "mt940", "utf-8", 2_600_000, bundle="hana"),
    # 우리: CSV with another set of columns.
    Account("1005-804-471320", "우리", "KRW", "operating", "PREC", "", "구매 지급", "2014-05-20", "csv", "cp949", 22 * _E8, 12 * _E8, 34 * _E8),
    Account("1005-804-533608", "우리", "KRW", "operating", "LIFE", "", "운영", "2017-04-03", "csv", "cp949", 78 * _E8, 55 * _E8, 100 * _E8),
    Account("1005-804-612945", "우리", "KRW", "collection", "BIO", "", "판매대금 수납", "2019-08-12", "csv", "cp949", 46 * _E8, 25 * _E8, 66 * _E8),
    # IBK기업: camt.053 with the salary and card batches opened up.
    Account("148-072519-04-01-6", "IBK", "KRW", "withdrawal", "LOGI", "", "급여·운송료 지급", "2015-09-01", "camt.053", "utf-8", 40 * _E8, 20 * _E8, 56 * _E8, "ibk"),
    Account("148-072530-04-02-3", "IBK", "KRW", "collection", "FOOD", "", "카드매출 수납", "2018-03-08", "camt.053", "utf-8", 52 * _E8, 30 * _E8, 74 * _E8, "ibk"),
    # NH농협: xlsx with one amount column.
    Account("301-0274-1509-17", "농협", "KRW", "operating", "FOOD", "", "산지 구매", "2014-10-06", "xlsx", "utf-8", 38 * _E8, 22 * _E8, 52 * _E8),
    Account("301-0274-8833-58", "농협", "KRW", "operating", "LOGI", "LOGI-IC", "인천터미널 운영", "2016-12-01", "xlsx", "utf-8", 22 * _E8, 12 * _E8, 34 * _E8),
    # KDB산업: a quiet account for the facility loan, MT940 in CP949.
    Account("020-13579024-315", "KDB", "KRW", "special", "HOLD", "", "시설자금", "2020-06-30", "mt940", "cp949", 30 * _E8, 26 * _E8, 34 * _E8),
    # The Chinese company's banks.
    Account("4755 6011 8841", "BOC", "CNY", "operating", "SUZH", "", "基本户", "2011-09-19", "camt.053", "utf-8", 38_000_000),
    Account("1102020109000476532", "ICBC", "CNY", "withdrawal", "SUZH", "", "工资户", "2012-01-10", "xlsx", "utf-8", 11_500_000, 8_000_000, 16_000_000),
)  # fmt: skip

KRW_POOL = ACCOUNTS[0].number
CNY_POOL = "475560118841"
BY_NUMBER = {account.number: account for account in ACCOUNTS}
COMPANY_BY_CODE = {company.code: company for company in COMPANIES}


def holder_of(account: Account) -> str:
    """The holder as the bank prints it: Chinese at a Chinese bank, Korean elsewhere."""
    language = "zh" if BANKS[account.bank].country == "CN" else "ko"
    return COMPANY_BY_CODE[account.company].names[language]


def country_of(account: Account) -> str:
    return BANKS[account.bank].country
