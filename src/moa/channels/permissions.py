"""Rights of channels as data."""

from django.utils.translation import gettext_noop as _

from moa.control.permissions import declare

CHECK = "channels.kftc.check"

declare(
    {CHECK: _("Look into KFTC files")},
    {"treasurer": (CHECK,), "teller": (CHECK,), "machine": (CHECK,)},
)
