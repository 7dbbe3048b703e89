"""All commands: their path, where they live and one line about them. Listing them imports none of them."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One command. Shape: `target` is "module:attribute" below moa.entry, the attribute a click command."""

    target: str
    help: str
    hidden: bool = False


GROUPS = {
    "demo": "Load or remove the demo group.",
    "statements": "Bank statement files: look into them, import them.",
    "kftc": "KFTC CMS files: look into them, make them, compare them.",
    "ledger": "Books: accounts, vouchers, balances.",
    "ledger books": "The start of books.",
    "ledger orders": "Standing orders: what may be booked by machine.",
    "ledger accounts": "Accounts of a book.",
    "ledger opening": "Opening balances of a book.",
    "ledger voucher": "Vouchers of a book.",
    "day": "Business days of a book: where they stand, opening and closing them.",
    "reconcile": "Bank lines: into the books by rule, links, rules, suspense.",
    "month": "Months of a book: closing them.",
    "year": "Years of a book: closing them.",
    "proof": "What an auditor checks without this system.",
    "channels": "Connections to banks: setting them up, testing and asking over them.",
    "payments": "Payments: entering one, and what is known of it.",
    "people": "The group's persons, their logins and roles.",
    "tokens": "Tokens with which programs use the API.",
    "report": "Reports on paper and in workbooks.",
    "world": "The simulated outside: banks to pay at, and everything that can go wrong there.",
    "simulate": "Runs against the simulated banks, with faults and kills, and whether all came out right.",
    "keys": "Keys that encrypt the stored documents.",
}

COMMANDS = {
    "up": Entry("commands.up:up", "Prepare everything, print the position, then serve until Ctrl-C."),
    "down": Entry("commands.down:down", "Stop the embedded database server."),
    "setup": Entry("commands.setup:setup", "Start an empty system: group, two administrators, companies."),
    "people add": Entry("commands.people:add", "Add a person with a login and roles."),
    "tokens make": Entry("commands.tokens:make", "Make a token and print it this once."),
    "tokens list": Entry("commands.tokens:list_", "List tokens, never their secrets."),
    "tokens revoke": Entry("commands.tokens:revoke", "End a token by its number."),
    "demo load": Entry("commands.demo:load", "Make the demo group and import its statement files."),
    "demo remove": Entry("commands.demo:remove", "Remove the demo group and everything in it."),
    "statements inspect": Entry(
        "commands.statements_inspect:inspect", "Show what a statement file says; no database."
    ),
    "statements import": Entry(
        "commands.statements_import:import_", "Import statement files into the accounts."
    ),
    "kftc inspect": Entry(
        "commands.kftc_inspect:inspect", "Say what a CMS file is and what is wrong with it."
    ),
    "kftc records": Entry("commands.kftc_records:records", "Print the data records as JSON lines or CSV."),
    "kftc build": Entry("commands.kftc_build:build", "Make a CMS file from a table of rows."),
    "kftc check-pair": Entry(
        "commands.kftc_check_pair:check_pair", "Compare two files that belong together, record by record."
    ),
    "kftc ruler": Entry(
        "commands.kftc_ruler:ruler", "Show the bytes of a record, its fields and its faults."
    ),
    "kftc shrink": Entry("commands.kftc_shrink:shrink", "Make a picture of a consent small enough for EI13."),
    "kftc codes": Entry("commands.kftc_codes:codes", "List the result codes and what follows from each."),
    "kftc institutions": Entry(
        "commands.kftc_institutions:institutions", "List the institution codes, or take a newer list."
    ),
    "position": Entry("commands.position:position", "Cash position by company, bank, currency or account."),
    "report daily": Entry("commands.report_daily:daily", "The daily fund report as JSON, PDF or workbook."),
    "ledger books set-up": Entry(
        "commands.ledger_books:set_up", "Start a book: its chart and its first day."
    ),
    "ledger books list": Entry("commands.ledger_books:list_", "List the books."),
    "ledger orders file": Entry("commands.ledger_books:file_order", "File a standing order for approval."),
    "ledger orders end": Entry("commands.ledger_books:end_order", "End a standing order."),
    "ledger orders list": Entry("commands.ledger_books:list_orders", "List the standing orders of a book."),
    "ledger accounts load": Entry("commands.ledger_accounts:load", "Open and change accounts from a file."),
    "ledger accounts give": Entry("commands.ledger_accounts:give", "Say for which unit an account is kept."),
    "ledger opening load": Entry("commands.ledger_voucher:load", "File opening balances for approval."),
    "ledger voucher show": Entry("commands.ledger_voucher:show", "One voucher by its key."),
    "ledger post": Entry("commands.ledger_post:post", "Book a file of vouchers."),
    "ledger balances": Entry("commands.ledger_balances:balances", "Balances of accounts on a day."),
    "ledger trial-balance": Entry(
        "commands.ledger_balances:trial_balance", "Debit and credit balances on a day, with totals."
    ),
    "ledger sheet": Entry(
        "commands.ledger_sheet:sheet",
        "Day, balance, month sheets, ledgers, vouchers of a book over any days.",
    ),
    "reconcile run": Entry("commands.reconcile:run", "Bring bank lines into the books by rule."),
    "reconcile link": Entry("commands.reconcile_link:link", "Link a bank account to its account of a book."),
    "reconcile links": Entry("commands.reconcile_link:links", "List the linked bank accounts."),
    "reconcile rules": Entry("commands.reconcile:rules", "List the rules for bank lines."),
    "reconcile suspense": Entry("commands.reconcile:suspense", "List suspense items by age."),
    "channels set-up": Entry("commands.channels:set_up", "Set up the connection to a bank."),
    "channels set-up-http": Entry(
        "commands.channels:set_up_http", "Set up the connection to a bank over HTTP."
    ),
    "channels revoke": Entry("commands.channels:revoke", "End the access token of a bank, as after a theft."),
    "channels movements": Entry("commands.channels:movements", "Ask a bank for the lines of an account."),
    "channels account": Entry("commands.channels:account", "Let an account be debited over a connection."),
    "channels test": Entry("commands.channels:test", "Test the line to a bank."),
    "channels name": Entry("commands.channels:name", "Ask a bank who holds an account."),
    "channels names": Entry(
        "commands.channels:names", "Ask a bank who holds the accounts of a file, and compare the names."
    ),
    "channels balance": Entry("commands.channels:balance", "Ask a bank what is on an account."),
    "payments create": Entry("commands.payments:create", "Enter a payment and send it for approval."),
    "payments show": Entry("commands.payments:show", "What is known of a payment, and on what evidence."),
    "payments accounts": Entry(
        "commands.payments:accounts", "Name the accounts for money in transit and fees."
    ),
    "payments run": Entry(
        "commands.payments:run", "Send what is due and ask what became of what left, once."
    ),
    "day status": Entry("commands.day:status", "The day under way and the checks of its closing."),
    "day close": Entry("commands.day:close", "Close the day and print its seal."),
    "day open": Entry("commands.day:open_", "Open the day that waits."),
    "day reopen": Entry("commands.day:reopen", "Ask for the latest closed day to be reopened."),
    "month close": Entry("commands.period:close_month", "Close the month that is next."),
    "year close": Entry("commands.period:close_year", "Close the year that is next."),
    "proof seals": Entry("commands.proof:seals", "List the seals of closings and how each left the house."),
    "proof export": Entry("commands.proof:export", "Write the proof of closed days to one file."),
    "verify": Entry(
        "commands.verify:verify", "Recompute what the books derive from entries; print differences."
    ),
    "backup": Entry("commands.backup:backup", "Save the whole installation in a folder."),
    "restore": Entry(
        "commands.backup:restore", "Bring a backup back into an empty installation, and prove it."
    ),
    "upgrade": Entry(
        "commands.backup:upgrade", "Back up, bring everything to this version, prove the books."
    ),
    "keys rotate": Entry(
        "commands.keys:rotate", "Give a group a new data key; its documents are encrypted again."
    ),
    "keys rewrap": Entry("commands.keys:rewrap", "Wrap the keys of all groups with another master key."),
    "bench": Entry("commands.bench:bench", "Measure against the reference and say whether the floors hold."),
    "simulate payments": Entry(
        "commands.simulate:payments", "Pay with faults and kills, and check that nothing is lost or doubled."
    ),
    "doctor": Entry("commands.doctor:doctor", "Check the installation and say how to mend what is wrong."),
    "world up": Entry("commands.world:up", "Run the simulated banks until Ctrl-C."),
    "world connect": Entry(
        "commands.world_connect:connect", "Connect the demo group's accounts to the simulated banks."
    ),
    "world fault": Entry(
        "commands.world:fault", "Let something go wrong at the simulated banks, or take it back."
    ),
    "world clock": Entry("commands.world:clock", "Step the clock of the simulated banks, or set its speed."),
    "world state": Entry(
        "commands.world:state", "What the simulated banks hold: accounts, transfers, totals."
    ),
    "worker": Entry("commands.worker:worker", "Run jobs until Ctrl-C."),
    "serve": Entry("commands.serve:serve", "Serve the web application until Ctrl-C."),
    "django": Entry("commands.django:django", "Run one of Django's own commands.", hidden=True),
}
