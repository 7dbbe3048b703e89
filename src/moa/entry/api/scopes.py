"""What a machine token may be given: the rights that routes ask for. Kept apart, for commands load it without the API."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCOPES: dict[str, str | Promise] = {
    "accounts.view": _("Read accounts, transactions and imports"),
    "accounts.statement.import": _("Send statement files"),
    "reports.position.view": _("Read the cash position"),
    "payments.view": _("Read payments"),
    "payments.enter": _("Enter payments and send them for approval"),
    "ledger.view": _("Read books and balances"),
    "ledger.post": _("Book vouchers under a standing order"),
    "directory.rates.view": _("Read exchange rates"),
    "directory.calendar.view": _("Read business calendars"),
    "control.units.view": _("Read companies and units"),
    "control.audit.view": _("Read the audit trail"),
}
