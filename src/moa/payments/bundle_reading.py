"""What the rows of a bundle mean together: each read as a payment, limits counted one after the other, twins among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from moa.control.approvers import path_of
from moa.control.context import Context
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.rules.vouchers import MOST_MINOR
from moa.payments.approving import Asked as AskedOfLimits
from moa.payments.approving import weigh_all
from moa.payments.limit_words import figures_of
from moa.payments.queries import duplicates_of_parts
from moa.payments.reading import ABOVE_LIMIT, Flaw, Reading, name_flaws, read_order
from moa.payments.rules.duplicates import Asked, Duplicate, find_duplicates
from moa.payments.rules.limits import LimitUse
from moa.payments.rules.several import MOST_ROWS, MOST_TRANSFERS
from moa.payments.rules.typed_orders import TypedOrder


@dataclass(slots=True)
class ReadRow:
    """Shape: `number` from 1 as it was entered; `amounts` of its transfers; `twins` what may be the same payment."""

    number: int
    typed: TypedOrder
    reading: Reading
    amounts: tuple[int, ...] = ()
    twins: list[Duplicate] = field(default_factory=list)


@dataclass(slots=True)
class BundleReading:
    """Shape: flaws of a row have its number behind the field: "amount.3"; `uses` of limits with all rows above added, the one
    with the least room first."""

    rows: list[ReadRow] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    uses: list[LimitUse] = field(default_factory=list)

    @property
    def total_minor(self) -> int:
        return sum(row.reading.amount_minor or 0 for row in self.rows)

    @property
    def transfers(self) -> int:
        return sum(len(row.amounts) for row in self.rows)

    @property
    def currency(self) -> str:
        return self.rows[0].reading.currency if self.rows else ""


def unit_of(book: Book, payer: LedgerAccount | None) -> int | None:
    """Whose payment it is: the unit of the account that pays, else that of the book."""
    return (payer.unit_id if payer else None) or book.unit_id


def read_bundle(
    ctx: Context, book: Book, rows: Sequence[TypedOrder], *, with_names: bool = True
) -> BundleReading:
    """Everything that can be understood, and every flaw with its row. Without `with_names` nothing is said of names that no
    bank was asked for yet."""
    found = BundleReading()
    if not rows:
        found.flaws.append(Flaw("payee.1", "bundle_empty"))
    if len(rows) > MOST_ROWS:
        found.flaws.append(Flaw(f"payee.{MOST_ROWS + 1}", "bundle_too_large", str(MOST_ROWS)))
        return found
    for number, typed in enumerate(rows, 1):
        reading = read_order(ctx, book, typed)
        row = ReadRow(number, typed, reading, reading.transfers)
        found.rows.append(row)
        flaws = [one for one in reading.flaws if one.code != ABOVE_LIMIT]
        flaws += name_flaws(reading, typed) if with_names else []
        if found.currency and reading.currency not in ("", found.currency):
            flaws.append(Flaw("payer", "wrong_currency", typed.payer))
        found.flaws += [one._replace(field=f"{one.field}.{number}") for one in flaws]
    if found.transfers > MOST_TRANSFERS:
        found.flaws.append(Flaw("amount.1", "bundle_too_large", str(MOST_TRANSFERS)))
    if found.total_minor > MOST_MINOR:
        found.flaws.append(Flaw("amount.1", "amount_invalid"))
    _find_twins(book, found)
    _weigh(ctx, book, found)
    return found


def common_unit(book: Book, found: BundleReading) -> int | None:
    """The lowest unit above all that pay, whose approvers may see each of them; None is the whole group."""
    units = {unit_of(book, row.reading.payer) for row in found.rows}
    if None in units:
        return None
    paths = [path_of(unit) for unit in sorted(one for one in units if one is not None)]
    return next((unit for unit in paths[0] if all(unit in path for path in paths)), None)


def _whole(found: BundleReading) -> list[ReadRow]:
    return [row for row in found.rows if row.reading.is_whole]


def _find_twins(book: Book, found: BundleReading) -> None:
    """Among payments that there are, and among the rows above."""
    before: list[Asked] = []
    for row in _whole(found):
        reading = row.reading
        assert reading.payer and reading.paid and reading.amount_minor and reading.pay_on
        asked = Asked(
            reading.payer.code, reading.paid.key, reading.amount_minor, reading.currency, reading.pay_on, row.typed.document_no
        )  # fmt: skip
        row.twins = duplicates_of_parts(asked, row.amounts, reading.paid, book)
        above = find_duplicates(asked, before)
        if (row.twins or above) and not row.typed.duplicate_reason.strip():
            said = [f"P{one.order_id}" for one in row.twins] + [f"#{-one.order_id}" for one in above]
            found.flaws.append(
                Flaw(f"duplicate_reason.{row.number}", "payment_perhaps_twice", ", ".join(said))
            )
        # Rows have no number of a payment yet; below zero none can be meant.
        before.append(asked._replace(order_id=-row.number))


def _weigh(ctx: Context, book: Book, found: BundleReading) -> None:
    rows = _whole(found)
    asked = []
    for row in rows:
        reading = row.reading
        assert reading.paid and reading.amount_minor and reading.pay_on
        asked.append(
            AskedOfLimits(
                unit_of(book, reading.payer), reading.paid, reading.currency, reading.pay_on, reading.amount_minor
            )
        )  # fmt: skip
    for row, uses in zip(rows, weigh_all(ctx, book, asked), strict=True):
        found.uses += uses
        passed = [use for use in uses if use.is_passed]
        currency = row.reading.currency
        found.flaws += [Flaw(f"amount.{row.number}", use.code, figures_of(use, currency)) for use in passed]
    found.uses.sort(key=lambda use: use.rest_minor)
