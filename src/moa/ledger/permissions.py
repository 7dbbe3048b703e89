"""Rights of the books as data."""

from django.utils.translation import gettext_noop as _

from moa.control.permissions import (
    ADMIN_APART,
    AUDIT_APART,
    INDEPENDENT,
    MAKER_APART,
    USERS,
    declare,
    keep_apart,
)

VIEW = "ledger.view"
POST = "ledger.post"
CHANGE_ACCOUNTS = "ledger.accounts.change"
SET_UP = "ledger.book.set_up"
OPEN_DAY = "ledger.day.open"
CLOSE_DAY = "ledger.day.close"
REOPEN_DAY = "ledger.day.reopen"
CLOSE_PERIOD = "ledger.period.close"
EXPORT_PROOF = "ledger.proof.export"
FILE_ORDER = "ledger.standing_order.file"
ENTER = "ledger.voucher.enter"
CHECK = "ledger.voucher.check"
CHANGE_TEMPLATES = "ledger.template.change"

declare(
    {
        VIEW: _("See books, accounts, vouchers and balances"),
        POST: _("Book vouchers from files"),
        CHANGE_ACCOUNTS: _("Open and change accounts of the books"),
        SET_UP: _("Set up books and their charts"),
        OPEN_DAY: _("Open a business day"),
        CLOSE_DAY: _("Close a business day"),
        REOPEN_DAY: _("Ask for a closed business day to be reopened"),
        CLOSE_PERIOD: _("Close a month or a year"),
        EXPORT_PROOF: _("Write the proof of closed days for an auditor"),
        FILE_ORDER: _("File standing orders for automatic booking"),
        ENTER: _("Enter vouchers and ask for reversals"),
        CHECK: _("Check vouchers of others, so that they are booked"),
        CHANGE_TEMPLATES: _("Change templates of vouchers"),
    },
    {
        "treasurer": (
            VIEW, POST, CHANGE_ACCOUNTS, SET_UP, OPEN_DAY, CLOSE_DAY, REOPEN_DAY, CLOSE_PERIOD, EXPORT_PROOF,
            FILE_ORDER, ENTER, CHECK, CHANGE_TEMPLATES,
        ),
        "teller": (
            VIEW, POST, CHANGE_ACCOUNTS, OPEN_DAY, CLOSE_DAY, REOPEN_DAY, EXPORT_PROOF, FILE_ORDER, ENTER, CHECK,
        ),
        "approver": (VIEW, EXPORT_PROOF, CHECK),
        "clerk": (),
        "auditor": (VIEW, EXPORT_PROOF),
        "machine": (
            VIEW, POST, CHANGE_ACCOUNTS, SET_UP, OPEN_DAY, CLOSE_DAY, CLOSE_PERIOD, EXPORT_PROOF, FILE_ORDER,
        ),
    },
)  # fmt: skip
keep_apart(USERS, POST, ADMIN_APART)
keep_apart(USERS, ENTER, ADMIN_APART)
keep_apart(INDEPENDENT, POST, AUDIT_APART)
keep_apart(INDEPENDENT, ENTER, AUDIT_APART)
keep_apart(INDEPENDENT, CLOSE_DAY, AUDIT_APART)
keep_apart(ENTER, CHECK, MAKER_APART, is_refused=False)
keep_apart(
    POST,
    REOPEN_DAY,
    _("Who books could reopen a closed day to book into it; a second person agrees"),
    is_refused=False,
)
