"""What an amount in another currency is worth in the book's own: at which rate, of which day, and who said so."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from moa.control.access import may
from moa.control.context import Context
from moa.directory.permissions import VIEW_RATES
from moa.directory.queries import rate_on_or_before
from moa.ledger.models import Book
from moa.ledger.sheets.turnover import Turnover
from moa.ledger.sheets.vouchers import VoucherLeg
from moa.ui.formatting import rate
from moa.ui.ground import Fact, Step, why_address

# The columns of the sheets that are in the book's own currency.
WORTHS = ("closing_worth", "debit_worth", "credit_worth")


def worth_of(one: Turnover, what: str, side: int) -> int | None:
    """The column's figure as the sheet shows it; None where an entry has no worth."""
    closing = one.worth.closing
    if closing is None:
        return None
    # The two columns hold the whole balance on one side: its accounts add up with their signs.
    return closing * {"debit_worth": 1, "credit_worth": -1}.get(what, side)


def worth_of_leg(ctx: Context, book: Book, facts: dict[str, Any], leg: VoucherLeg) -> list[Step]:
    """Nothing for an amount in the book's own currency."""
    own = book.functional_currency
    if leg.currency == own:
        return []
    if leg.worth is None:
        return [
            Step(
                "rate",
                _("In %(currency)s") % {"currency": own},
                note=_("No rate was known when it was booked."),
            )
        ]
    said = [Fact(_("In %(currency)s") % {"currency": own}, "amount", leg.worth * leg.side, own)]
    held = rate_on_or_before(ctx, leg.currency, own, facts["day"], facts["recorded_at"])
    if held is not None:
        words = f"1 {leg.currency} = {rate(held.rate.value)} {own} ({held.on_date})"
        address = why_address("rate", currency=leg.currency, date=facts["day"], known_at=facts["recorded_at"])
        said.append(Fact(_("Rate of the day"), "why", words, url=address if may(ctx, VIEW_RATES) else ""))
    note = _("A voucher that takes back another, or carries a year over, keeps what it was worth then.")
    return [Step("rate", _("In %(currency)s") % {"currency": own}, facts=said, note=note)]
