"""What the command line says about a refusal: one sentence for the codes that a command can meet.

The pages have their own sentences, in three languages (moa.ui); a terminal speaks English and must not load them.
"""

from __future__ import annotations

from moa.kernel.errors import DomainError

# A code, or a code with the fact that tells its cases apart.
SENTENCES: dict[str, str] = {
    "forbidden": "This login lacks the right {permission}: name another one with --as.",
    "not_found login": "There is no login {login} (or not in that group).",
    "not_found os_user": "No login belongs to the operating-system user {os_user}: name one with --as.",
    "not_found person": "The person of this login has left.",
    "not_found account": "There is no account {account}, or this login may not see it.",
    "not_found unit": "There is no company or unit {unit}, or this login may not see it.",
    "not_found book": "There is no book {book}, or this login may not see it.",
    "standing_order_missing": "No standing order of the book {book} gives leave for “{act}” today: one person files it, another agrees.",
    "book_exists": "There is a book {book} already, or another default book: moa ledger books list.",
    "code_unfit book": "The code of a book has 1 to 32 characters and no space.",
    "currency_unknown": "There is no such currency; KRW is one.",
    "not_found standing_order": "The book has no standing order {standing_order}: moa ledger orders list.",
    "standing_order_ended": "The standing order {order} has ended on {day} already.",
    "standing_order_exists": "The book has a standing order {order} already: choose another code.",
    "standing_order_invalid": "The standing order cannot be filed ({problem}): look at its code, its acts and its days.",
    "link_invalid": "{account} cannot be linked so ({problem}): a free account of the book in its currency, a business day, and the bank's"
    " balance before it are needed.",
    "file_unreadable": "The file is no text in UTF-8, or lacks a column: save it as CSV in UTF-8 with all columns.",
    "not_found group": "There is no group {group}.",
    "group_unclear": "{found} groups fit: name one with --group; a system without a group starts with moa setup.",
    "group_exists": "There is a group with this code already.",
    "one_could_pay_alone": "One person alone could then pay money out: {path}",
    "login_taken": "The login {login} is taken.",
    "time_zone_unknown": "There is no such time zone; Asia/Seoul is one.",
    "master_key_wrong": "Another master key encrypted the documents of this group: bring it back, or name it in MOA_MASTER_KEY_FILE.",
    "master_key_too_short": "The file of a master key holds at least {least} bytes, this one {bytes}.",
    "backup_failed": "{program} ended with an error: {reason}",
    "backup_tools_missing": "There is no {program} in {folder}: name a folder that has it in MOA_PG_BINDIR.",
    "backup_tools_unfit older": "The pg_dump of {folder} is of version {found} and the server of version {server}: install the client"
    " of the server's version (Debian: postgresql-client-{server}) and name its folder in MOA_PG_BINDIR.",
    "backup_tools_unfit no_tls": "The pg_dump of {folder} has no TLS, which sslmode asks for: install the client of the server's version"
    " (Debian: postgresql-client-{server}) and name its folder in MOA_PG_BINDIR.",
    "backup_file_missing": "The backup has no {place}: bring the file back, or use another backup.",
    "backup_damaged": "{place} is not the file that was written, so the backup cannot be trusted: use another one.",
    "backup_too_new": "The backup is of a later version of Moa than this: install that version, then restore.",
    "backup_server_newer": "The backup is of PostgreSQL {made_by} and this server is of {server}: restore on one of {made_by} or later.",
    "restore_key_wrong": "This master key does not open the backup's documents: put its keys.tar beside it, or name the key that was in"
    " use then in MOA_MASTER_KEY_FILE.",
    "restore_under_way": "Another restore works in this state folder: wait for its end.",
    "restore_target_not_empty database": "The database holds tables already: restore into a new one (another MOA_STATE or DATABASE_URL).",
    "restore_target_not_empty documents": "The state folder holds documents already: restore into a new one (another MOA_STATE).",
    "restore_target_not_empty keys": "The state folder holds other keys: restore into a new one (another MOA_STATE).",
    "payment_flawed": "The payment cannot be sent as it stands ({flaws} to mend), and nothing was kept.",
    "not_found role": "There is no role {role}: treasurer, teller, approver, clerk, auditor and admin are the standard ones.",
    "not_found key": "There is no voucher with the key {key} in this book.",
    "not_found connection": "There is no connection to the bank {connection}: set it up with moa channels set-up.",
    "not_found order": "There is no payment {order}, or this login may not see it.",
    "not_found token": "There is no token {token}, or it is another person's: moa tokens list shows yours.",
    "token_name_unfit": "The name of a token has 1 to 100 printable characters, none of them a space at either end.",
    "token_days_unfit": "A token lives 1 to 366 days.",
    "scopes_missing": "Say with --scope what the token may do.",
    "scope_unknown": "No such scope; there are: {grantable}.",
    "scope_not_held": "The right {scope} is not held by whoever the token would act as, or by this login; nobody hands out more than he holds.",
    "text_broken": "This is no text in UTF-8, for it holds half a character: save or type it as UTF-8.",
    "moment_in_future": "The moment asked for has not come yet.",
    "no_day_open": "No day of {book} is open: open the one that waits with moa day open.",
    "closing_overtaken": "{target} cannot be closed: the day under way is {now} now.",
    "day_not_come": "{day} has not come yet, today is {today}: wait for it, or close it now with --early.",
    "day_under_way": "{day} is open already: close it first with moa day close.",
    "day_is_reopened": "{day} is open again already.",
    "not_the_last_day": "Only {last}, the latest closed day, can be reopened.",
    "next_day_has_vouchers": "Vouchers are booked on {day} already, so the day before stays closed: correct with a reversal.",
    "request_already_open": "This waits for a decision already: it is on the approvals page.",
    "day_not_closed": "{day} is not closed, and only closed days are proven: close it, or end the range before it.",
    "nothing_closed": "No day from {first} to {last} is closed.",
    "not_found day": "No day of the book is closed yet.",
    "sheet_unknown": "There is no sheet {sheet}: {known}.",
    "range_backwards": "The range ends on {last}, before it begins on {first}.",
    "sheet_needs": "This sheet needs --{field}.",
    "file_empty": "The file is empty.",
}


def sentence_of(refusal: DomainError) -> str:
    """The error's own sentence, else the table's, else nothing."""
    own = getattr(refusal, "sentence", "")
    if own:
        return str(own)
    for key in (*(f"{refusal.code} {fact}" for fact in refusal.facts), refusal.code):
        if key in SENTENCES:
            try:
                return SENTENCES[key].format(**refusal.facts)
            except KeyError:
                continue
    return ""
