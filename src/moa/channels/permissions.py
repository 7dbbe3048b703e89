"""Rights of channels as data."""

from django.utils.translation import gettext_noop as _

from moa.control.permissions import AUDIT_APART, DECIDE, INDEPENDENT, declare, keep_apart

CHECK = "channels.kftc.check"
VIEW = "channels.connection.view"
USE = "channels.connection.use"
CHANGE = "channels.connection.change"

declare(
    {
        CHECK: _("Look into KFTC files"),
        VIEW: _("See connections to banks and their messages"),
        USE: _("Test lines and ask banks for names and balances"),
        CHANGE: _("Set up connections to banks"),
    },
    {
        "treasurer": (CHECK, VIEW, USE),
        "teller": (CHECK, VIEW, USE),
        "auditor": (VIEW,),
        "admin": (VIEW, CHANGE),
        "machine": (CHECK, VIEW, USE),
    },
)
keep_apart(CHANGE, DECIDE, _("Who sets up the way to a bank does not decide what goes over it"))
keep_apart(INDEPENDENT, CHANGE, AUDIT_APART)
