"""What to say about a change of the companies and units, or of a job, that was refused."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OF_UNITS: dict[str, tuple[str | Promise, str | Promise]] = {
    "unit_exists": (_("Another company or unit has this code"), _("Choose another code.")),
    "code_unfit": (
        _("This code cannot be used"),
        _("Use capital letters, digits, hyphens and underlines. For example HAEON-2"),
    ),
    "unit_name_missing": (_("The name is missing"), _("Give the name at home.")),
    "unit_needs_company": (
        _("A unit stands under a company or under another unit"),
        _("Choose where it stands."),
    ),
    "company_under_unit": (_("A company cannot stand under a unit"), _("Choose a company, or the group.")),
    "parent_not_there_yet": (_("What it would stand under begins later"), _("Choose a later day.")),
    "parent_closed": (_("What it would stand under ends earlier"), _("Choose another place.")),
    "circle": (_("It would stand under itself"), _("Choose a place that is not below it.")),
    "day_in_future": (
        _("A move is entered on its day or later"),
        _("Choose today or an earlier day. Rights follow the tree of today."),
    ),
    "before_last_move": (_("It was moved after that day already"), _("Choose a day after the last move.")),
    "closed_already": (_("It is closed already"), ""),
    "ends_before_it_begins": (_("It would end before it begins"), _("Choose a later day.")),
    "units_below": (
        _("Units below it last longer: %(value)s"),
        _("Close or move them first."),
    ),
    "job_not_failed": (_("This job did not fail"), _("Only failed jobs run again.")),
}
