"""What is wrong and how to mend it, for the codes of payments: orders, limits, holds."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

OF_PAYMENTS: dict[str, tuple[Text, Text]] = {
    "one_could_pay_alone": (
        _("One person alone could then pay money out — %(value)s"),
        _("Leave one of these rights with another person, or let two decide"),
    ),
    "payment_field_missing": (_("This field is empty"), _("Fill it in")),
    "purpose_missing": (_("The purpose is not chosen"), _("Choose what the payment is for")),
    "payer_of_others": (
        _("The account belongs to another unit"),
        _("Choose an account of your own unit"),
    ),
    "account_no_party": (
        _("The account holds nobody's money"),
        _("Choose a deposit or cash account; costs and equity are booked by voucher"),
    ),
    "account_at_bank": (
        _("The account follows a bank's statement"),
        _("Choose an account of the books; money at a bank moves when the bank moves it"),
    ),
    "payee_is_payer": (_("Both accounts are the same"), _("Choose another payee")),
    "accounts_of_two_sides": (
        _("The two accounts stand on different sides of the books, so one cannot pay the other"),
        _("Choose two deposit accounts, or enter a voucher"),
    ),
    "holiday_rule_unknown": (_("There is no such holiday rule"), _("Choose one of the list")),
    "payment_of_bundle": (
        _("The payment is decided on with others"),
        _("Take all of them back, or wait for the decision"),
    ),
    "bundle_empty": (_("There is no payment yet"), _("Fill in a row, paste rows or read a file")),
    "bundle_too_large": (
        _("One decision covers at most %(value)s"),
        _("Divide them into several requests"),
    ),
    "bundle_rows_unreadable": (
        _("These rows cannot be read: %(value)s"),
        _("Have bank, account and amount in the order that is named, or name the columns in the first row"),
    ),
    "interval_unknown": (_("There is no such interval"), _("Choose every month or every week")),
    "series_day_invalid": (
        _("This is no day of the interval"),
        _("Write 1 to 31, where 31 is the last day of each month, or of a week 1, Monday, to 7"),
    ),
    "series_end_missing": (_("The series has no end"), _("Write until when, or how many payments")),
    "series_times_invalid": (_("This is no number of payments"), _("Write a number above zero")),
    "series_without_days": (_("No day of payment is before the end"), _("Choose a later end")),
    "series_too_long": (
        _("A series has at most %(value)s payments"),
        _("Choose an earlier end; it can be entered again"),
    ),
    "pay_day_over": (_("The day of payment is over"), _("Choose today or a later day")),
    "pay_day_far": (_("The day of payment is more than a year away"), _("Choose an earlier day")),
    "payment_perhaps_twice": (
        _("It may have been entered before: %(value)s"),
        _("Look at those payments; if this is another one, say why"),
    ),
    "limit_passed_single": (
        _("The amount passes the limit of one payment"),
        _("Lower the amount, or have the limit changed by two persons"),
    ),
    "limit_passed_daily": (
        _("The amount passes the limit of the day"),
        _("Lower the amount, choose another day, or have the limit changed by two persons"),
    ),
    "limit_passed_unit": (
        _("The amount passes the unit's limit of the day"),
        _("Lower the amount, choose another day, or have the limit changed by two persons"),
    ),
    "limit_passed_payee": (
        _("The amount passes the day's limit for this payee"),
        _("Lower the amount, choose another day, or have the limit changed by two persons"),
    ),
    "hold_refused": (
        _("The account cannot spare the amount now"),
        _("Bring money in, or wait until other payments are over"),
    ),
    "payment_refused": (
        _("The payment cannot be made as it stands, so nothing was decided"),
        _("Mend the cause, or return it to its maker with the reason"),
    ),
    "payment_flawed": (_("The payment cannot be submitted yet"), _("Mend the fields that are named")),
    "order_changed": (
        _("The payment was saved meanwhile from another window"),
        _("Look at what was saved, then save again if yours is to stand"),
    ),
    "order_too_long": (_("A field holds more than can be kept"), _("Shorten it")),
    "withdrawal_reason_missing": (
        _("Who takes back another person's payment says why"),
        _("Write the reason"),
    ),
    "payment_accounts_missing": (
        _("The book does not say yet where money in transit to banks stands"),
        _("A treasurer names the accounts for money in transit and for fees"),
    ),
    "bank_unknown": (
        _("There is no such bank"),
        _("Write its three digits, such as 004, or its name"),
    ),
    "bank_account_number_invalid": (
        _("This is no account number"),
        _("Write 6 to 15 digits; spaces and hyphens do not matter"),
    ),
    "via_unknown": (
        _("No account of ours at a bank is meant by this"),
        _("Write its number, nickname or code in the books"),
    ),
    "bank_not_connected": (
        _("No account of ours may be debited over a connection to its bank"),
        _("An administrator sets up the connection and the account"),
    ),
    "above_bank_limit": (
        _("The bank takes no transfer as large as this"),
        _("Divide it into several payments"),
    ),
    "payee_account_closed": (
        _("The bank says that the account is closed"),
        _("Ask the payee for another account"),
    ),
    "payee_account_unknown": (
        _("The bank says that there is no such account"),
        _("Compare bank and number with the payee's own paper"),
    ),
    "payee_not_asked": (
        _("The bank was not asked whose account it is"),
        _("Ask for the payee's name first"),
    ),
    "payee_name_missing": (
        _("Nobody says whose account it is: neither you nor the bank"),
        _("Write the payee's name"),
    ),
    "payee_name_partial": (
        _("The bank's name agrees only in part: %(value)s"),
        _("Correct the name, or say why it is paid all the same; the approver reads it"),
    ),
    "payee_name_mismatch": (
        _("The bank says another name: %(value)s"),
        _("Correct the payee, or say why it is paid all the same; the approver reads it"),
    ),
    "payee_name_unavailable": (
        _("The bank did not say whose account it is"),
        _("Ask again, or say why it is paid without; the approver reads it"),
    ),
    "attempt_not_askable": (
        _("There is nothing to ask about it now"),
        _("Its outcome is known, or its own answer is still waited for. Look at the payment again"),
    ),
    "asked_a_moment_ago": (
        _("The bank was asked a moment ago"),
        _("Look at the payment again in a minute"),
    ),
    "attempt_not_sendable": (
        _("Another try of this payment is open or has succeeded"),
        _("Wait for its outcome"),
    ),
    "payment_accounts_invalid": (
        _("These accounts cannot be named"),
        _(
            "Choose two open accounts of the book in its currency that follow no bank's statement; while money is under way, in transit stays"
        ),
    ),
    "payment_waits_for_its_day": (
        _("The day of payment has not come"),
        _("It leaves by itself on its day"),
    ),
    "payment_waits_for_day": (
        _("No day of the books is open"),
        _("It goes on when the books' day is opened"),
    ),
    "bank_rests_today": (
        _("The bank takes no transfers today"),
        _("It leaves on the bank's next day"),
    ),
    "bank_closed_now": (
        _("The bank takes no transfers at this hour"),
        _("It leaves when the bank opens"),
    ),
    "bank_line_down": (
        _("The line to the bank is down, and nothing left"),
        _("It is tried again by itself"),
    ),
    "bank_certificate_refused": (
        _(
            "Whoever answers at the bank's address has no certificate that proves it to be the bank, so it was told nothing"
        ),
        _(
            "It is tried again by itself; an administrator checks the address and the certificates of the connection"
        ),
    ),
    "bank_asks_for_patience": (
        _("The bank takes no more requests for now, and nothing left"),
        _("It is tried again by itself when the bank's pause is over"),
    ),
    "bank_gives_no_token": (
        _("The bank gives us no access token, and nothing left"),
        _("It is tried again by itself; an administrator checks the client's number and secret"),
    ),
    "bank_refused_payment": (
        _("The bank refused it, and no money moved"),
        _("See the bank's reason; then send it again, or leave it"),
    ),
    "payment_never_arrived": (
        _("It never arrived at the bank, and no money moved"),
        _("Send it again, or leave it"),
    ),
    "payment_not_made": (
        _("Two persons proved with a document that it was not paid"),
        _("See the document; then send it again, or leave it"),
    ),
    "returned_by_bank": (
        _("The bank has given the money back"),
        _("Ask the payee for the right account and enter a new payment"),
    ),
    "returned_in_part": (
        _("The bank tells of a return of a part"),
        _("Ask the bank, and record what it says with its document"),
    ),
    "evidence_contradicts": (
        _("What is known of it contradicts itself"),
        _("Ask the bank, and record what it says with its document"),
    ),
    "debited_twice": (
        _("The bank has debited it twice"),
        _("Claim the second amount back; its line stands in suspense until it is here"),
    ),
    "paid_after_return": (
        _("It was paid after all, after the payer was given the money back"),
        _("Its line stands in suspense: clear it to the payer's account, or claim it back"),
    ),
    "payment_has_its_line": (
        _("A line of the bank's statement is this payment, so its money has moved"),
        _("If the bank has given it back since, record that with its document"),
    ),
    "next_try_is_open": (
        _("Another try of the payment is on its way"),
        _("Wait until it is known how that one ends, and decide then"),
    ),
    "voucher_not_taken_back": (
        _("The books cannot take its voucher back now, so nothing was decided"),
        _("Mend what hinders it, such as a frozen account, and decide again"),
    ),
    "attachment_empty": (
        _("The document is missing, or empty"),
        _("Choose a file of up to 20 MB"),
    ),
    "attachment_too_large": (
        _("The document is too large"),
        _("Choose a file of up to 20 MB"),
    ),
    "evidence_invalid": (
        _("This evidence cannot be recorded so"),
        _("Say what it proves in words, and attach its document; what is proven already needs none"),
    ),
    "connection_invalid": (
        _("The connection cannot be set up so"),
        _("Correct the field that is marked"),
    ),
    "connection_unencrypted": (
        _("Without encryption Moa speaks only with banks on this machine"),
        _(
            "Set the connection up with Encrypted (TLS), and with the certificates of the bank's own authority if it has one"
        ),
    ),
    "account_not_connected": (
        _("The account may not be debited over the connection to its bank"),
        _("An administrator connects it with its password"),
    ),
    "message_unwritable": (
        _("The bank's message cannot carry this, so nothing was sent"),
        _("Shorten the text, or use characters that the bank knows"),
    ),
    "message_numbers_used_up": (
        _("The message numbers of the day with this bank are used up"),
        _("Go on tomorrow, or ask the operator for a second company number"),
    ),
    "payment_limit_invalid": (
        _("This limit cannot be proposed"),
        _("Choose what it counts, its unit and currency, an amount, and a day from today on"),
    ),
}
