"""Files of opening balances: CSV or Excel with account, currency, side and amount. All that is wrong is told at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from moa.formats.named_columns import FileUnreadable
from moa.formats.spreadsheets.cells import cell_text
from moa.formats.spreadsheets.reader import open_sheets
from moa.formats.spreadsheets.refusals import WorkbookRefused
from moa.formats.statements import FileFacts, ReadOptions
from moa.kernel.errors import Problem, error
from moa.kernel.money import CURRENCIES, to_text
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.rules.amounts import is_amount, read_minor
from moa.ledger.rules.sides import CREDIT, DEBIT
from moa.ledger.rules.typed_vouchers import Sum, sums_of
from moa.ledger.rules.vouchers import MOST_MINOR

COLUMNS = ("account", "currency", "side", "amount")
# As the three languages of the product write them at the head of a column, and in it.
_HEADS = {
    "account": "account", "code": "account", "계정": "account", "계정코드": "account", "科目": "account", "账户": "account",
    "currency": "currency", "통화": "currency", "币种": "currency", "side": "side", "차대": "side", "구분": "side",
    "方向": "side", "借贷": "side", "amount": "amount", "금액": "amount", "金额": "amount",
}  # fmt: skip
_SIDES = {
    "debit": DEBIT, "d": DEBIT, "dr": DEBIT, "차변": DEBIT, "차": DEBIT, "借": DEBIT, "借方": DEBIT,
    "credit": CREDIT, "c": CREDIT, "cr": CREDIT, "대변": CREDIT, "대": CREDIT, "贷": CREDIT, "贷方": CREDIT,
}  # fmt: skip
MOST_ROWS = 100_000


class OpeningRow(NamedTuple):
    """One balance. Shape: `minor` signed, debits positive."""

    place: str
    account: LedgerAccount
    minor: int
    side: int


@dataclass(slots=True)
class OpeningFile:
    """What a file says, and what is wrong with it; the rows are all that could be read."""

    rows: list[OpeningRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def sums(self) -> list[Sum]:
        return sums_of((row.account.currency, row.minor, row.side) for row in self.rows)


def read_opening_file(book: Book, source: BinaryIO) -> OpeningFile:
    """Every row with its account, and every fault with its row. Raises: file_unreadable (no table of the columns)."""
    try:
        sheets = open_sheets(source, ReadOptions(), FileFacts(), ())
        rows = list(sheets[0].rows) if sheets else []
    except WorkbookRefused as refusal:
        raise FileUnreadable(place="file", value=refusal.code) from None
    found = OpeningFile()
    found.problems += [row for row in rows if isinstance(row, Problem)]
    lines = [
        (row.number, [cell_text(cell) for cell in row.cells]) for row in rows if not isinstance(row, Problem)
    ]
    heads = [_HEADS.get(cell.casefold().replace(" ", "")) for cell in lines[0][1]] if lines else []
    missing = [name for name in COLUMNS if name not in heads]
    if missing or len(lines) > MOST_ROWS + 1:
        raise FileUnreadable(place="row 1", value=", ".join(missing) or str(len(lines)))
    at = {name: heads.index(name) for name in COLUMNS}
    accounts = {one.code: one for one in LedgerAccount.objects.filter(book_id=book.id)}
    seen: set[str] = set()
    for number, cells in lines[1:]:
        if any(cells):
            _read(f"row {number}", cells, at, accounts, seen, found)
    for one in found.sums:
        if one.missing and not found.problems:
            found.problems.append(
                error("opening_unbalanced", one.currency, "amount", to_text(one.missing, one.currency))
            )
    return found


def _read(
    place: str, cells: list[str], at: dict[str, int], accounts: dict[str, LedgerAccount], seen: set[str], found: OpeningFile
) -> None:  # fmt: skip
    code, currency, side, amount = (cells[at[name]] if at[name] < len(cells) else "" for name in COLUMNS)
    account, known = accounts.get(code), _SIDES.get(side.casefold())
    flaws = []
    if account is None:
        flaws.append(error("account_unknown", place, "account", code))
    elif account.state == "closed":
        flaws.append(error("account_closed", place, "account", code))
    elif code in seen:
        flaws.append(error("account_repeated", place, "account", code))
    seen.add(code)
    if account is not None and account.currency != currency.upper():
        flaws.append(error("wrong_currency", place, "currency", currency))
    if known is None:
        flaws.append(error("side_unknown", place, "side", side))
    # An amount is judged by the currency that its row names, else by the account's; with neither, its decimals are unknown.
    unit = currency.upper() if currency.upper() in CURRENCIES else account.currency if account else ""
    minor = read_minor(amount.replace(",", ""), unit)
    if unit and (minor is None or not 0 < minor <= MOST_MINOR):
        fine = minor is None and is_amount(amount.replace(",", ""))
        flaws.append(error("amount_too_fine" if fine else "amount_unreadable", place, "amount", amount))
    found.problems += flaws
    if account is not None and known is not None and minor is not None and not flaws:
        found.rows.append(OpeningRow(place, account, minor * known, known))
