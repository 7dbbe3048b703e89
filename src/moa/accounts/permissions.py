"""Rights of accounts as data."""

from moa.control.permissions import declare

VIEW = "accounts.view"
IMPORT = "accounts.statement.import"
OPEN = "accounts.account.open"
ENTER = "accounts.line.enter"
SETTLE = "accounts.conflict.settle"

declare(
    {
        VIEW: "See bank accounts, statements and transactions",
        IMPORT: "Bring in statement files",
        OPEN: "Open, change and close bank accounts",
        ENTER: "Type balances and lines by hand",
        SETTLE: "Decide between contradicting statements",
    },
    {
        "treasurer": (VIEW, IMPORT, OPEN, ENTER, SETTLE),
        "teller": (VIEW, IMPORT, ENTER),
        "approver": (VIEW, SETTLE),
        "clerk": (VIEW,),
        "auditor": (VIEW,),
        "machine": (VIEW, IMPORT, OPEN),
    },
)
