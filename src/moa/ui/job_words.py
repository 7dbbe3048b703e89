"""What each job does, in words. A test holds this list against the jobs that are registered."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

JOB_WORDS: Mapping[str, str | Promise] = {
    "accounts.import_file": _("Import of a statement file"),
    "accounts.read_words": _("Words of new lines for the search"),
    "accounts.watch_file": _("Notices about imported lines"),
    "accounts.watch_silence": _("Notices about data that did not come"),
    "control.escalate_approvals": _("Approvals that are overdue"),
    "control.finish_leavings": _("What persons who have left leave behind"),
    "control.mail_digests": _("Daily mails of notices"),
    "control.resume_mails": _("Mails that wait to be sent"),
    "control.send_mail": _("Sending of a mail"),
    "control.sweep_documents": _("Removal of documents whose time is over"),
    "ledger.close": _("Closing of the books"),
    "ledger.make_months": _("Months made ahead in the books"),
    "ledger.open_days": _("Opening of the books' day"),
    "ledger.stamp_seals": _("Seals given to the outside"),
    "ledger.verify": _("Nightly verification of the books"),
    "payments.carry_out_due": _("Approved payments on their day"),
    "payments.compare_totals": _("Totals of payments compared with banks"),
    "payments.inquire_due": _("What became of payments at banks"),
    "payments.make_due": _("Payments of series on their day"),
    "payments.release_due": _("Payments sent to banks"),
    "reconciliation.run": _("Bank lines into the books"),
    "reports.mail_daily": _("Mailing of the daily fund report"),
}
