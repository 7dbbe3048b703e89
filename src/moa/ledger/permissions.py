"""Rights of the books as data."""

from moa.control.permissions import declare

VIEW = "ledger.view"
POST = "ledger.post"
CHANGE_ACCOUNTS = "ledger.accounts.change"
SET_UP = "ledger.book.set_up"
OPEN_DAY = "ledger.day.open"
FILE_ORDER = "ledger.standing_order.file"

declare(
    {
        VIEW: "See books, accounts, vouchers and balances",
        POST: "Book vouchers from files",
        CHANGE_ACCOUNTS: "Open and change accounts of the books",
        SET_UP: "Set up books and their charts",
        OPEN_DAY: "Open a business day",
        FILE_ORDER: "File standing orders for automatic booking",
    },
    {
        "treasurer": (VIEW, POST, CHANGE_ACCOUNTS, SET_UP, OPEN_DAY, FILE_ORDER),
        "teller": (VIEW, POST, CHANGE_ACCOUNTS, OPEN_DAY, FILE_ORDER),
        "approver": (VIEW,),
        "clerk": (),
        "auditor": (VIEW,),
        "machine": (VIEW, POST, CHANGE_ACCOUNTS, SET_UP, OPEN_DAY, FILE_ORDER),
    },
)
