"""What is wrong and how to mend it, for the codes about values, accounts, balances and rates.

`%(value)s` is the value as it stood in the file, `%(field)s` the field's name.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

ITS_VALUES: dict[str, tuple[Text, Text]] = {
    "changed_meanwhile": (
        _("Somebody else saved something else here meanwhile"),
        _("Open it anew, look at what stands there, and change it again"),
    ),
    "date_missing": (
        _("The date is missing"),
        _("Fill in the date as the bank's screen shows it"),
    ),
    "date_impossible": (
        _("There is no such day"),
        _("Correct it to the date on the bank's screen"),
    ),
    "date_unreadable": (
        _("This cannot be read as a date"),
        _("Correct it to the date on the bank's screen"),
    ),
    "date_adjusted": (
        _("The day does not exist in this month; the month's last day was used"),
        _("Some banks count every month as 30 days. Nothing needs to be done"),
    ),
    "value_date_unreadable": (
        _("This cannot be read as a value date"),
        _("Correct it to the date on the bank's screen"),
    ),
    "date_outside_period": (
        _("A line is dated outside the period that the file names"),
        _("Check that the file is whole"),
    ),
    "booking_date_missing": (
        _("The booking date is missing; the value date was used"),
        _("Nothing needs to be done"),
    ),
    "period_reversed": (
        _("The period ends before it begins"),
        _("Download it from the bank again"),
    ),
    "time_unreadable": (
        _("There is no such time (00:00:00 to 23:59:59)"),
        _("Correct it to the time on the bank's screen"),
    ),
    "moment_unreadable": (
        _("This cannot be read as a date and time"),
        _("Download it from the bank again"),
    ),
    "amount_missing": (
        _("The amount is missing"),
        _("Fill in the amount as the bank's screen shows it"),
    ),
    "amount_unreadable": (
        _("This cannot be read as an amount"),
        _("Letters such as O and l look like digits. We do not correct it ourselves"),
    ),
    "amount_too_fine": (
        _("The amount has more decimals than its currency counts"),
        _("Correct it to the amount on the bank's screen"),
    ),
    "amount_too_large": (
        _("The amount is larger than any account can hold"),
        _("Compare with the bank's own screen"),
    ),
    "date_out_of_range": (
        _("The date lies outside the years that are kept here"),
        _("Correct it to the date on the bank's screen"),
    ),
    "amount_reversed": (
        _("The sign says the opposite of the column; the line was read as a reversal"),
        _("Compare with the bank's screen"),
    ),
    "amount_without_comma": (
        _("The amount has no decimal comma; it was read as a whole amount"),
        _("Nothing needs to be done"),
    ),
    "both_sides": (
        _("One row holds money out and money in at once"),
        _("Split a correction into two rows, else empty one side"),
    ),
    "direction_unknown": (
        _("It is not said whether money came in or went out"),
        _("Use the bank's own words for in and out"),
    ),
    "status_unknown": (
        _("The state “%(value)s” is not known"),
        _("Booked, pending and information are known"),
    ),
    "status_missing": (
        _("The line has no state; it was read as booked"),
        _("Nothing needs to be done"),
    ),
    "status_proprietary": (
        _("The state is the bank's own word (%(value)s)"),
        _("It was read as booked. Compare with the bank's screen"),
    ),
    "reference_missing": (
        _("The statement has no reference"),
        _("Nothing needs to be done"),
    ),
    "floor_limit_unreadable": (
        _("This cannot be read as a floor limit"),
        _("Download it from the bank again"),
    ),
}

ACCOUNT_AND_CURRENCY: dict[str, tuple[Text, Text]] = {
    "currency_missing": (
        _("The currency is not stated"),
        _("Choose the account when you upload, so that its currency is used"),
    ),
    "currency_unknown": (
        _("The currency “%(value)s” does not exist"),
        _("Correct it to the three letters on the bank's screen"),
    ),
    "currency_mismatch": (
        _("Two currencies stand where one belongs (%(value)s)"),
        _("Check that the file belongs to this account"),
    ),
    "account_missing": (
        _("The file does not name its account"),
        _("Choose the account when you upload"),
    ),
    "account_needed": (
        _("The file does not name its account"),
        _("Choose the account when you upload"),
    ),
    "account_mismatch": (
        _("The file belongs to account %(value)s, not to the chosen one"),
        _("Choose the right account, or none"),
    ),
    "account_ambiguous": (
        _("Several accounts have the number %(value)s"),
        _("Choose the account when you upload"),
    ),
    "account_forbidden": (
        _("Account %(value)s belongs to a unit that your roles do not cover"),
        _("A person of that unit can upload it"),
    ),
    "account_number_too_long": (
        _("The account number is longer than any bank's"),
        _("Compare with the bank's own screen"),
    ),
    "account_number_inexact": (
        _("The spreadsheet has rounded this account number"),
        _("Format the column as text and download it again"),
    ),
    "account_number_numeric": (
        _("The account number stands as a number; leading zeros may be lost"),
        _("Compare with the bank's own screen"),
    ),
}

BALANCES: dict[str, tuple[Text, Text]] = {
    "opening_missing": (
        _("The opening balance is missing"),
        _("Without it nothing proves that the file is whole"),
    ),
    "message_cut": (
        _("The file ends in the middle of a line"),
        _("Download it again. The bank's last lines may be missing"),
    ),
    "closing_missing": (
        _("The closing balance is missing"),
        _("The file may be cut off. Download it from the bank again"),
    ),
    "balance_unreadable": (
        _("This cannot be read as a balance"),
        _("Download it from the bank again"),
    ),
    "total_unreadable": (
        _("This cannot be read as a total"),
        _("Download it from the bank again"),
    ),
    "balance_mismatch": (
        _("The balance on this line does not follow from the line before"),
        _("A line is missing, doubled or changed between the two"),
    ),
    "opening_mismatch": (
        _("The opening balance in the file is not that of its first line"),
        _("A line is missing or changed"),
    ),
    "closing_mismatch": (
        _("Opening and movements do not give the closing balance (%(value)s)"),
        _("A line is missing, doubled or changed"),
    ),
    "interim_mismatch": (
        _("The interim balance does not follow from the lines"),
        _("It was not used"),
    ),
    "totals_mismatch": (
        _("The total in the file is not the sum of its lines (%(value)s)"),
        _("A line is missing, doubled or changed"),
    ),
    "summary_mismatch": (
        _("The file's summary does not agree with its lines (%(value)s)"),
        _("A line is missing, doubled or changed"),
    ),
    "summary_unreadable": (
        _("The file's summary cannot be read"),
        _("Download it from the bank again"),
    ),
    "page_missing": (
        _("A page of this statement is not in the file (%(value)s)"),
        _("Upload the other pages too"),
    ),
    "page_mismatch": (
        _("Two pages of the statement do not join (%(value)s)"),
        _("Download all pages from the bank again"),
    ),
    "balance_code_unknown": (
        _("The kind of balance “%(value)s” is not known"),
        _("It was not used"),
    ),
    "batch_sum_differs": (
        _("The payments inside do not add up to the line (%(value)s)"),
        _("The line itself counts"),
    ),
    "detail_amount_missing": (
        _("A payment inside the line has no amount"),
        _("The line itself counts"),
    ),
}

RATES: dict[str, tuple[Text, Text]] = {
    "file_not_csv": (
        _("This is no CSV file"),
        _("Save the sheet as CSV and upload it again"),
    ),
    "file_too_long": (
        _("The file has more than %(value)s lines"),
        _("Split it by year"),
    ),
    "rate_column_missing": (
        _("The column “%(field)s” is missing"),
        _("The first line names the columns date, currency and rate"),
    ),
    "rate_file_empty": (
        _("There is no rate in the file"),
        _("Below the names of the columns every line is one rate"),
    ),
    "rate_twice_in_file": (
        _("The same day and currency stand twice in the file"),
        _("Keep one of the two"),
    ),
    "rate_unreadable": (
        _("This cannot be read as a rate"),
        _("Write digits and one decimal point"),
    ),
    "rate_units_unreadable": (
        _("The number of units must be 1, 10, 100 or 1000"),
        _("Correct it to what the rate is for"),
    ),
    "rate_same_currency": (
        _("A currency has no rate to itself (%(value)s)"),
        _("Correct one of the two currencies"),
    ),
    "rate_date_in_future": (
        _("The day of the rate has not come yet"),
        _("Correct the date"),
    ),
    "rate_not_positive": (
        _("A rate is larger than zero"),
        _("Correct it to the published rate"),
    ),
    "rate_too_large": (
        _("The rate is larger than any published one"),
        _("Check the units and the decimal point"),
    ),
    "rate_too_fine": (
        _("The rate has more decimals than are kept here"),
        _("Use the published number of decimals"),
    ),
}

ACCOUNT_HINTS: dict[str, tuple[Text, Text]] = {
    "account_grouping_unusual": (
        _("The hyphens stand at unusual places for this bank"),
        _("Compare with the bank's own screen. The number can be used as it is"),
    ),
    "account_incoming_only": (
        _("Numbers of this shape usually only receive money"),
        _("Check that it is a full account and not a virtual one"),
    ),
    "account_length_unusual": (
        _("The number has an unusual length for this bank"),
        _("Compare digit by digit with the bank's own screen"),
    ),
    "account_not_digits": (
        _("The number holds more than digits and hyphens"),
        _("Compare with the bank's own screen. The number can be used as it is"),
    ),
}

OF_VALUES = {**ITS_VALUES, **ACCOUNT_AND_CURRENCY, **BALANCES, **RATES, **ACCOUNT_HINTS}
