"""What proofs prove, in words; for the approvals page and for the pages of payments."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROVES: dict[str, str | Promise] = {
    "prove_paid": _("proves that it was paid"), "prove_failed": _("proves that it was not paid"),
    "give_back": _("proves that it was given back"),
}  # fmt: skip
