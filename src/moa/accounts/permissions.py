"""Rights of accounts as data."""

from django.utils.translation import gettext_noop as _

from moa.control.permissions import AUDIT_APART, INDEPENDENT, declare, keep_apart

VIEW = "accounts.view"
IMPORT = "accounts.statement.import"
OPEN = "accounts.account.open"
ENTER = "accounts.line.enter"
SETTLE = "accounts.conflict.settle"
WATCH_OTHERS = "accounts.watch.others"
DEFINE = "accounts.profile.define"

declare(
    {
        VIEW: _("See bank accounts, statements and transactions"),
        IMPORT: _("Bring in statement files"),
        OPEN: _("Open, change and close bank accounts"),
        ENTER: _("Type balances and lines by hand"),
        SETTLE: _("Decide between contradicting statements"),
        WATCH_OTHERS: _("Choose what others are told of"),
        DEFINE: _("Say what the columns of a bank's table hold"),
    },
    {
        "treasurer": (VIEW, IMPORT, OPEN, ENTER, SETTLE, WATCH_OTHERS, DEFINE),
        "teller": (VIEW, IMPORT, ENTER),
        "approver": (VIEW, SETTLE),
        "clerk": (VIEW,),
        "auditor": (VIEW,),
        "machine": (VIEW, IMPORT, OPEN),
    },
)
keep_apart(INDEPENDENT, IMPORT, AUDIT_APART)
keep_apart(INDEPENDENT, ENTER, AUDIT_APART)
