"""What the kinds of limits are called, and what a payment would make of one."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moa.payments.rules.limits import LimitUse
from moa.ui.formatting import figure

SCOPES: dict[str, str | Promise] = {
    "single": _("One payment"),
    "daily": _("All payments of a day"),
    "unit": _("Payments of a unit in a day"),
    "payee": _("Payments to one payee in a day"),
}


def scope_word(scope: str) -> str:
    return str(SCOPES.get(scope, scope))


def figures_of(use: LimitUse, currency: str) -> str:
    """Against the limit with this payment, and the limit itself."""
    return f"{figure(use.after_minor, currency)} / {figure(use.limit.most_minor, currency)} {currency}"
