"""Rights of reports as data."""

from django.utils.translation import gettext_noop as _

from moa.control.permissions import declare

VIEW_POSITION = "reports.position.view"

CHANGE_MAILINGS = "reports.mailings.change"

declare(
    {
        VIEW_POSITION: _("See the cash position"),
        CHANGE_MAILINGS: _("Choose to whom the daily fund report is mailed"),
    },
    {
        "treasurer": (VIEW_POSITION, CHANGE_MAILINGS),
        "teller": (VIEW_POSITION,),
        "approver": (VIEW_POSITION,),
        "clerk": (VIEW_POSITION,),
        "auditor": (VIEW_POSITION,),
        "machine": (VIEW_POSITION,),
    },
)
