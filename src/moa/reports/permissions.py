"""Rights of reports as data."""

from django.utils.translation import gettext_noop as _

from moa.control.permissions import declare

VIEW_POSITION = "reports.position.view"

declare(
    {VIEW_POSITION: _("See the cash position")},
    {
        "treasurer": (VIEW_POSITION,),
        "teller": (VIEW_POSITION,),
        "approver": (VIEW_POSITION,),
        "clerk": (VIEW_POSITION,),
        "auditor": (VIEW_POSITION,),
        "machine": (VIEW_POSITION,),
    },
)
