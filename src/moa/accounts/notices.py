"""What accounts tells persons of."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moa.accounts.permissions import IMPORT, VIEW
from moa.control.notice_kinds import NoticeKind, register_kind

REFUSED = "accounts.import_refused"
OF_WATCHES: dict[str, tuple[str | Promise, str | Promise, str]] = {
    "incoming": (
        _("Money came in"), _("%(bank)s %(end)s: %(amount)s from “%(counterparty)s”, booked on %(day)s."), "paid",
    ),
    "large": (
        _("A large movement"), _("%(bank)s %(end)s: %(amount)s, “%(counterparty)s”, booked on %(day)s."), "pending",
    ),
    "night": (
        _("A movement at night"), _("%(bank)s %(end)s: %(amount)s at %(time)s on %(day)s, “%(counterparty)s”."), "pending",
    ),
    "unusual": (
        _("An unusual amount"),
        _("%(bank)s %(end)s: %(amount)s on %(day)s, “%(counterparty)s”. Half of the movements of 90 days are at most %(median)s."),
        "pending",
    ),
    "newcomer": (
        _("A new counterparty"),
        _("%(bank)s %(end)s: %(amount)s on %(day)s, “%(counterparty)s”, not seen there in 90 days."), "pending",
    ),
    "below": (_("A balance is low"), _("%(bank)s %(end)s: %(balance)s at the end of %(day)s, below %(amount)s."), "failed"),
    "above": (_("A balance is high"), _("%(bank)s %(end)s: %(balance)s at the end of %(day)s, above %(amount)s."), "pending"),
    "silent": (
        _("Data have not come"), _("Nothing yet for %(day)s at %(hour)s: %(banks)s, %(count)s accounts."), "pending",
    ),
}  # fmt: skip

register_kind(
    NoticeKind(
        REFUSED, _("A file was refused"), _("“%(file)s” was refused with %(count)s errors; nothing of it was stored."),
        right=IMPORT, tone="failed",
    )
)  # fmt: skip
for _name, (_title, _sentence, _tone) in OF_WATCHES.items():
    register_kind(
        NoticeKind(
            f"accounts.watch.{_name}", _title, _sentence, right=VIEW, channel="both", pace="now", tone=_tone
        )
    )
