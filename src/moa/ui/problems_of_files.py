"""What is wrong and how to mend it, for the codes about a file as a whole, its columns and workbooks.

`%(value)s` is the value as it stood in the file, `%(field)s` the field's name.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

THE_FILE: dict[str, tuple[Text, Text]] = {
    "storing_failed": (
        _("The file could not be stored, for a fault of ours"),
        _("The file is kept. Upload it once more; if it fails again, send us its name and the time"),
    ),
    "file_empty": (
        _("The file is empty"),
        _("Download it from the bank again"),
    ),
    "format_unknown": (
        _("The content is no statement format that is known here"),
        _("Upload MT940, MT942, camt.052 to 054, Excel or CSV as the bank's site gives it"),
    ),
    "statement_missing": (
        _("There is no statement in the file"),
        _("Check that the right report was downloaded"),
    ),
    "camt_missing": (
        _("This XML file is no camt.052, .053 or .054"),
        _("Check that the right report was downloaded"),
    ),
    "encoding_unknown": (
        _("The character set “%(value)s” is not known"),
        _("Save it as UTF-8 and upload it again"),
    ),
    "encoding_wrong": (
        _("The file is not in the character set that it declares (%(value)s)"),
        _("Save it as UTF-8 and upload it again"),
    ),
    "encoding_guessed": (
        _("The character set was recognised from the text: %(value)s"),
        _("Look at a few names; if they read well, nothing needs to be done"),
    ),
    "encoding_mixed": (
        _("This line is in another character set than the rest"),
        _("Look at the names in it"),
    ),
    "character_unreadable": (
        _("There are bytes that the file's character set cannot read"),
        _("Download it from the bank again, or save it as UTF-8"),
    ),
    "resident_number_refused": (
        _("There is a resident number in a field for identities. It is not stored anywhere"),
        _("Remove the column, or ask the bank for a file without it"),
    ),
    "xml_broken": (
        _("The XML is broken here: %(value)s"),
        _("Download it from the bank again"),
    ),
    "xml_too_deep": (
        _("The XML is nested deeper than any statement is"),
        _("Download it from the bank again"),
    ),
    "xml_part_too_large": (
        _("One element is larger than any statement's (%(value)s)"),
        _("Download it from the bank again"),
    ),
    "xml_doctype_refused": (
        _("The file declares a DOCTYPE, and no bank's statement needs one"),
        _("Such files can be made to attack. Download it from the bank again"),
    ),
    "version_untested": (
        _("This version of the format has not been met before"),
        _("It was read like the nearest known one. Compare the sums"),
    ),
    "content_unknown": (
        _("This part belongs to no field"),
        _("Download it from the bank again"),
    ),
    "tag_unknown": (
        _("The tag %(field)s does not exist in this format"),
        _("Download it from the bank again"),
    ),
    "field_too_long": (
        _("The field is longer than the format allows"),
        _("Download it from the bank again"),
    ),
    "line_unreadable": (
        _("The line does not follow the format"),
        _("Download it from the bank again"),
    ),
    "reader_failed": (
        _("Our reader could not finish this file. That is our fault, not the file's"),
        _("The file is kept; nothing of it was stored. Give support the name of the file"),
    ),
    "line_unexpected": (
        _("A description stands where no transaction precedes it"),
        _("It was set aside"),
    ),
    "xml_instruction_refused": (
        _("The file carries an instruction for programs (%(value)s)"),
        _("Download it from the bank again"),
    ),
}

ITS_COLUMNS: dict[str, tuple[Text, Text]] = {
    "header_missing": (
        _("There is a table here without a row of column names"),
        _("Upload the file as the bank gives it, with its header"),
    ),
    "column_count": (
        _("The row has %(value)s columns, other than its header"),
        _('A comma inside a description must stand in "quotes"'),
    ),
    "column_unknown": (
        _("The meaning of the column “%(field)s” is not known"),
        _("Its text is kept in the description"),
    ),
    "row_ignored": (
        _("This row is no transaction"),
        _("It was set aside. Check that it is a note or a sum"),
    ),
    "title_unread": (
        _("A title above the table could not be read"),
        _("The figures of the table were used alone"),
    ),
    "totals_unread": (
        _("The totals line could not be read"),
        _("It was not compared"),
    ),
    "header_not_found": (
        _("No row with column names was found"),
        _("Choose the bank's column profile, or upload the file as the bank gives it"),
    ),
    "profile_unknown": (
        _("The column profile “%(value)s” does not exist"),
        _("Choose one of the list, or none"),
    ),
    "sheet_ignored": (
        _("This sheet holds no table of transactions"),
        _("It was skipped. The other sheets were read"),
    ),
    "problems_omitted": (
        _("There are %(value)s more errors of the same kind"),
        _("Mend the first ones and upload it again"),
    ),
    "columns_missing": (
        _("The line has fewer than three columns"),
        _("Write date, amount and description, with tabs or commas between them"),
    ),
    "quote_unclosed": (
        _("A quotation mark is opened and never closed"),
        _("Download it from the bank again"),
    ),
    "line_too_long": (
        _("The line is longer than any statement's"),
        _("Download it from the bank again"),
    ),
    "cell_too_long": (
        _("A cell is longer than any statement's"),
        _("Download it from the bank again"),
    ),
    "page_unreadable": (
        _("The table in this page cannot be read"),
        _("Download it from the bank again"),
    ),
}

WORKBOOKS: dict[str, tuple[Text, Text]] = {
    "password_needed": (
        _("The workbook is locked"),
        _("Upload it again together with its password"),
    ),
    "password_wrong": (
        _("The password does not open this workbook"),
        _("Often it is the birth date or the business number"),
    ),
    "cell_too_long": (
        _("A text is longer than a cell of a workbook holds. No file was made"),
        _("Download the list as CSV instead."),
    ),
    "workbook_broken": (
        _("The workbook is damaged (%(value)s)"),
        _("Download it from the bank again"),
    ),
    "workbook_too_large": (
        _("Unpacked, the workbook is larger than the limit, so it was not opened"),
        _("Ask the bank for a shorter period"),
    ),
    "workbook_unsupported": (
        _("This kind of workbook is not read here (%(value)s)"),
        _("Save it as .xlsx or CSV and upload it again"),
    ),
    "workbook_entities": (
        _("The workbook declares XML entities, and no bank's needs them"),
        _("Such files can be made to attack. Download it from the bank again"),
    ),
}

OF_FILES = {**THE_FILE, **ITS_COLUMNS, **WORKBOOKS}
