"""What stands above the header: account, holder, currency, period, bank, and balances carried over."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from moa.formats.spreadsheets.cells import Cell, Row, cell_text, readable
from moa.formats.spreadsheets.dates import read_days
from moa.formats.spreadsheets.profiles import currency_named

_LABELS = {
    "account": r"(?:조회\s*|입출금\s*)?계\s*좌\s*번\s*호|계좌|(?:查询|本方|客户)?[账帐]\s*号|[账帐]户号码?|卡号|account(?:\s*(?:no\.?|number))?",
    "holder": r"예\s*금\s*주\s*명?|고객\s*명|성\s*명|회사\s*명|법인\s*명|상호\s*명?|(?:本方|账户)?户\s*名|[账帐]户名称|客户名称|单位名称|account\s*(?:holder|name)",
    "currency": r"통\s*화(?:\s*코드|\s*종류)?|币\s*[种别]|货币|currency",
    "bank": r"은행\s*명|개설\s*은행|开户行|开户银行|银行名称|bank",
    "period": r"(?:조회|거래|검색)\s*기\s*간|조회\s*(?:시작|종료)\s*일자?|기간|起止日期|查询(?:日期|期间|时间|区间)|交易(?:期间|时间段|区间)|日期范围|起始日期|截止日期|开始日期|结束日期|period",
    "opening": r"(?:전월|전일|전기)?\s*이월\s*(?:잔액|금액)|기초\s*잔액|期初余额|上期余额|上[期页月]结余|opening\s*balance",
    "closing": r"기말\s*잔액|期末余额|closing\s*balance",
    "other": r"조회\s*일시|출력\s*일시?|작성\s*일시?|현재\s*잔액|총?\s*잔액|출금\s*가능\s*(?:금액|잔액)|(?:可用|当前)?余额|打印[日时][期间]|예금\s*(?:종류|과목)|상품\s*명",
}
_ANY_LABEL = "|".join(f"(?:{words})" for words in _LABELS.values())
# A label stands at the start or after a space or bracket, and a colon, a tab (the next cell) or a digit follows it.
_LABEL = re.compile(
    r"(?:^|[\t\s\[(【（|,])(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items())
    + r")\s*(?:[(\[][^()\[\]\t]{0,40}[)\]])?[\])】]?(?:\s*[:：]\s*|\s*\t\s*|\s+(?=[\d*])|$)",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"[0-9A-Z]*\d[\d*\- ]{4,}[\d*](?![\d*])", re.IGNORECASE)


@dataclass(slots=True)
class Titles:
    """What the title rows said. Shape: texts as they stood, empty where nothing was said."""

    account: str = ""
    account_numeric: bool = False
    holder: str = ""
    bank: str = ""
    currency: str = ""
    from_date: date | None = None
    to_date: date | None = None
    opening: str = ""
    closing: str = ""
    place: str = ""

    def add(self, row: Row, place: str) -> None:
        """Take what a title row says; the first saying of a thing stays."""
        texts = [readable(cell_text(cell)) for cell in row.cells]
        line = "\t".join(text.replace("\t", " ") for text in texts).strip()
        if not line:
            return
        line = unicodedata.normalize("NFKC", line)
        found = list(_LABEL.finditer(line))
        ends = [*(label.start() for label in found[1:]), len(line)]
        for label, end in zip(found, ends, strict=False):
            self._take(label.lastgroup or "", line[label.end() : end])
        if self.account and not self.place:
            self.place = place
            self.account_numeric = any(
                not isinstance(cell, str) and cell_text(cell) == self.account for cell in row.cells
            )
        if self.from_date is None and len(days := read_days(line)) == 2 and "~" in line:
            self.from_date, self.to_date = min(days), max(days)

    def take_account(self, cell: Cell, place: str) -> None:
        """The account that stands in this cell, which goes before one that a label names; nothing without a number."""
        text = unicodedata.normalize("NFKC", readable(cell_text(cell)))
        found = account_in(text)
        if found:
            self.account, self.place = found, place
            self.account_numeric = not isinstance(cell, str)

    def _take(self, name: str, value: str) -> None:
        if name == "account":
            found = _ACCOUNT.search(value.strip("\t").split("\t")[0])
            if found is not None and not self.account:
                self.account = found[0].strip(" -")
        elif name == "period":
            self._take_period(value)
        elif name == "currency" and not self.currency:
            self.currency = currency_named(re.split(r"[\t,/]| {2,}", value.strip())[0])
        elif name in ("holder", "bank", "opening", "closing") and not getattr(self, name):
            # The value ends with its cell, or where two spaces part it from the next saying.
            setattr(self, name, re.split(r"\t| {2,}", value.strip(" \t:|,]"))[0].strip(" )）】]"))

    def _take_period(self, value: str) -> None:
        # One label with two days, or two labels with one day each: the earliest and the latest.
        known = [day for day in (self.from_date, self.to_date) if day] + read_days(value)
        if known:
            self.from_date, self.to_date = min(known), max(known)


def account_in(text: str) -> str:
    """The last account number in a text; empty without one. A day or a period is none."""
    found = [one[0].strip(" -") for one in _ACCOUNT.finditer(text)]
    numbers = [one for one in found if not (read_days(one) and sum(sign.isdigit() for sign in one) == 8)]
    return numbers[-1] if numbers else ""


def account_named(row: Row) -> str:
    """The account that a row below a table names, as the titles of the next account's table do; else empty."""
    titles = Titles()
    titles.add(row, "")
    return titles.account
