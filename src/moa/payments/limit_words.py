"""What the kinds of limits are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCOPES: dict[str, str | Promise] = {
    "single": _("One payment"),
    "daily": _("All payments of a day"),
    "unit": _("Payments of a unit in a day"),
    "payee": _("Payments to one payee in a day"),
}


def scope_word(scope: str) -> str:
    return str(SCOPES.get(scope, scope))
