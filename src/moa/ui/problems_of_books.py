"""What is wrong and how to mend it, for the codes of the books: vouchers, accounts, days, standing orders."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

OF_BOOKS: dict[str, tuple[Text, Text]] = {
    "below_floor": (
        _("The account would fall below its lowest balance"),
        _("Bring money in first, then try again"),
    ),
    "frozen": (
        _("The account is frozen: it takes money in and gives none out"),
        _("Have the freeze lifted, then try again"),
    ),
    "account_closed": (
        _("The account is closed"),
        _("Use an open account"),
    ),
    "account_unknown": (
        _("The book has no such account"),
        _("Correct the account, or open it"),
    ),
    "wrong_currency": (
        _("The account is kept in another currency"),
        _("Correct the currency or the account"),
    ),
    "closed_day": (
        _("The business day is closed"),
        _("Book it on the open day, with the earlier day as value date"),
    ),
    "day_not_open": (
        _("The business day is not open yet"),
        _("Book it when the day is open"),
    ),
    "key_conflict": (
        _("The key was used before with other content"),
        _("Use a new key; what the first one said stands"),
    ),
    "key_invalid": (
        _("The key is empty, too long, or holds signs that cannot be printed"),
        _("Use 1 to 200 printable characters without spaces around them"),
    ),
    "unbalanced": (
        _("Debits and credits differ"),
        _("Make them equal in every currency"),
    ),
    "amount_invalid": (
        _("The amount is not above zero, or is no amount of this currency"),
        _("Write it as a decimal number in major units, without separators"),
    ),
    "balance_too_large": (
        _("The balance would be larger than any that can be kept"),
        _("Check the amount"),
    ),
    "date_invalid": (
        _("This is no date"),
        _("Write it as 2026-06-24"),
    ),
    "memo_invalid": (
        _("The memo is too long or holds signs that cannot be kept"),
        _("Use at most 1,000 characters"),
    ),
    "voucher_too_long": (
        _("The voucher has more than 10,000 legs"),
        _("Enter it as several vouchers"),
    ),
    "row_invalid": (
        _("The row has not the fields that it must have"),
        _("Compare it with the header"),
    ),
    "not_reversible": (
        _("What is to be taken back is not in this book, or was taken back before"),
        _("Look the voucher up"),
    ),
    "reversal_style_unknown": (
        _("A reversal is written negative on the same side, or on the opposite side"),
        _("Choose one of the two"),
    ),
    "standing_order_missing": (
        _("No standing order of the book gives leave for this on the day"),
        _("File one and have another person agree to it"),
    ),
    "standing_order_invalid": (
        _("The standing order cannot be filed so"),
        _("Check its code, its acts and its period"),
    ),
    "standing_order_ended": (
        _("This standing order has ended already"),
        _("No machine books under it; another one is filed under another code"),
    ),
    "standing_order_exists": (
        _("The book has a standing order with this code"),
        _("Choose another code"),
    ),
    "book_exists": (
        _("There is a book with this code, or another default book"),
        _("Choose another code"),
    ),
    "chart_unknown": (
        _("No chart of this name is shipped"),
        _("Choose one of those that are shipped"),
    ),
    "day_under_way": (
        _("Another business day of the book is not closed yet"),
        _("Close it first"),
    ),
    "subject_exists": (_("The chart has a subject with this code already"), _("Take another code")),
    "subject_unfit": (
        _("The subject needs a name, and a code that begins with that of the subject above it"),
        _("Correct the code or the name"),
    ),
    "subject_closed": (_("The subject is closed"), _("Choose an open subject")),
    "subject_has_accounts": (
        _("Accounts hang on this subject, so none comes below it"),
        _("Add it beside this one, or below a subject without accounts"),
    ),
    "subject_in_use": (
        _("Accounts or subjects under this one are still open"),
        _("Close them first; an account closes when its balance is zero"),
    ),
    "account_not_empty": (
        _("The account still has a balance, or an amount set aside"),
        _("Bring it to zero first"),
    ),
    "accounts_refused": (
        _("Rows of the file of accounts cannot be taken; nothing was changed"),
        _("Mend the rows that are named and load the file again"),
    ),
    "voucher_refused": (
        _("The books do not take this voucher now. Nothing was booked and nothing is signed"),
        _("Read why above, mend the cause, or return it to its maker"),
    ),
    "voucher_flawed": (
        _("The voucher cannot be sent yet"),
        _("Mend the fields that are named"),
    ),
    "voucher_kind_unknown": (
        _("There is no such kind of voucher"),
        _("Choose one of the list"),
    ),
    "draft_keeps_its_day": (
        _("The voucher is moved only from a closed day to the open one"),
        _("Open a day first, or leave the voucher where it is"),
    ),
    "draft_changed": (
        _("The draft was saved from another window meanwhile"),
        _("Open what was saved, or save again to put yours in its place"),
    ),
    "draft_too_large": (
        _("The draft holds more than can be kept"),
        _("Shorten the texts, or use at most 200 rows"),
    ),
    "template_flawed": (_("The template cannot be sent yet"), _("Mend the places that are named")),
    "template_changed": (
        _("Another version of this template was agreed to meanwhile"),
        _("Open the template again and change its newest version"),
    ),
    "template_unchanged": (
        _("Nothing is different from the version in force"),
        _("Change something, or leave it"),
    ),
    "template_exists": (_("A template has this code already"), _("Take another code, or change that one")),
    "template_unknown": (
        _("There is no such version of the template"),
        _("Begin with a template of the list"),
    ),
    "template_code_unfit": (
        _("This code cannot be used"),
        _("Use 1 to 32 letters, digits, hyphens and underlines, without spaces"),
    ),
    "template_without_name": (_("The template has no name"), _("Give it the name of its business event")),
    "template_account_unknown": (
        _("The book has no open account and no subject of this code"),
        _("Choose one of the list"),
    ),
    "template_one_sided": (_("All rows are on one side"), _("Put at least one row on the other side")),
    "text_too_long": (
        _("This is longer than can be kept"),
        _("Shorten it"),
    ),
    "too_many_legs": (
        _("There are more rows than a page holds"),
        _("Split it into several vouchers, or post a file"),
    ),
    "too_few_legs": (
        _("A voucher has at least two entries"),
        _("Fill one more row"),
    ),
    "leg_on_both_sides": (
        _("Debit and credit are both filled"),
        _("Leave one of them empty"),
    ),
    "leg_without_amount": (
        _("The amount is missing"),
        _("Write it under debit or credit"),
    ),
    "leg_without_account": (
        _("The account is missing"),
        _("Write its code or its name"),
    ),
    "account_ambiguous": (
        _("More than one account is meant by this"),
        _("Write the code of one of them"),
    ),
    "opening_refused": (
        _("The file of opening balances was not taken; nothing was filed"),
        _("Mend the rows that are named, then give it again"),
    ),
    "opening_too_late": (
        _("The book has vouchers or a closed day already"),
        _("Opening balances come before everything else; correct balances by a voucher"),
    ),
    "opening_exists": (
        _("Opening balances of this currency are filed or booked already"),
        _("Decide on the request that waits, or reverse what was booked"),
    ),
    "opening_empty": (_("Below its head the file has no row"), _("Write one account a row")),
    "opening_forgotten": (
        _("The file that was read is not here any more"),
        _("Choose the file again and have it read"),
    ),
    "opening_unbalanced": (
        _("Debits and credits of the opening balances differ in this currency"),
        _("Complete the file: both sides must be equal"),
    ),
    "side_unknown": (
        _("This is neither debit nor credit"),
        _("Write debit or credit"),
    ),
    "reversal_waits": (
        _("A reversal of this voucher waits for approval already"),
        _("Wait for it, or have it returned"),
    ),
    "attachment_refused": (
        _("The file was not attached"),
        _("Choose a file of up to 20 MB, at most 50 of them, while the draft does not wait for approval"),
    ),
    "reversal_refused": (
        _("The voucher cannot be taken back like this"),
        _("Give a reason; a voucher is taken back once"),
    ),
    "file_unreadable": (
        _("The file is no text in UTF-8, or lacks a column"),
        _("Save it as CSV in UTF-8 with all columns"),
    ),
    "subject_not_in_chart": (
        _("The chart has no such subject"),
        _("Use a code of the book's chart"),
    ),
    "subject_not_lowest": (
        _("The subject has others below it; accounts hang on the lowest"),
        _("Use one of the subjects below it"),
    ),
    "account_subject_fixed": (
        _("The account stands under another subject, which never changes"),
        _("Open a new account under the other subject"),
    ),
    "account_currency_fixed": (
        _("The account is in another currency, which never changes"),
        _("Open a new account in the other currency"),
    ),
    "account_repeated": (
        _("The account stands in the file twice"),
        _("Keep one of the two rows"),
    ),
    "account_code_invalid": (
        _("The code of an account has 1 to 40 printable characters without spaces around them"),
        _("Correct the code"),
    ),
    "account_name_invalid": (
        _("The name is longer than 200 characters or holds signs that cannot be printed"),
        _("Shorten the name"),
    ),
    "moment_in_future": (
        _("The moment asked for has not come yet"),
        _("Ask for a moment that has passed"),
    ),
}
