"""What is wrong and how to mend it, for column profiles that a person makes from a sample."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

OF_PROFILES: dict[str, tuple[Text, Text]] = {
    "profile_header_unfit": (
        _("This row holds no column names"),
        _("Choose the row in which the names of the columns stand; it holds words only"),
    ),
    "sample_locked": (
        _("This workbook is locked with a password, so its columns cannot be shown"),
        _(
            "Open it in Excel, save a copy without the password and send that. Files read by the profile later may be locked"
        ),
    ),
    "profile_date_missing": (_("No column holds the date yet"), _("Choose it over the column of the dates")),
    "profile_amount_missing": (
        _("No column holds an amount yet"),
        _("Choose money out and money in, or the one amount column"),
    ),
    "profile_amount_twice": (
        _("There is an amount column beside money out or money in"),
        _("Choose either the two columns or the one"),
    ),
    "profile_field_twice": (
        _("Two columns hold the same: %(field)s"),
        _("Choose one of them; the other may be kept under its name"),
    ),
    "profile_side_alone": (
        _("There is a column for the direction and no amount that it belongs to"),
        _("Choose the amount column, or leave the direction out"),
    ),
    "profile_words_both": (
        _("“%(field)s” stands for money in and for money out"),
        _("Remove it from one of the two"),
    ),
    "profile_name_unfit": (
        _("The profile needs a name of at most 34 characters"),
        _("Write the bank and what the file is, such as “Sparkasse online”"),
    ),
    "profile_name_taken": (
        _("There is a profile of this name already"),
        _("Choose another name, or change that profile from its own page"),
    ),
    "profile_changed": (
        _("Somebody else has changed this profile meanwhile"),
        _("Look at its newest version and change that"),
    ),
    "profile_retired": (_("This profile is retired"), _("Use it again first, from its own page")),
    "profile_bank_unknown": (_("This bank is not in the list"), _("Choose a bank of the list, or none")),
    "profile_twin": (
        _("The profile “%(value)s” knows the same header"),
        _("Change that profile; with two nobody could say which of them reads a file"),
    ),
    "profile_reads_nothing": (
        _("Not one line of the sample can be read by it"),
        _("Look at the row of the column names, the dates and the figures"),
    ),
    "profile_unsound": (
        _("Read like this, the sample does not add up or has rows that cannot be read"),
        _(
            "Look at the places below and point elsewhere; if the file itself is wrong there, say that you have looked"
        ),
    ),
    "sample_unfit": (
        _("There is no table in this file"),
        _("Send Excel, CSV or the table page as the bank's site gives it"),
    ),
    "sample_holds_persons": (
        _("The table holds numbers of persons, and was not kept"),
        _("Remove that column, or ask the bank for a file without it"),
    ),
    "file_not_refused": (_("This file was not refused"), _("There is nothing to read again")),
}
