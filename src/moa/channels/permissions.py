"""Rights of channels as data."""

from moa.control.permissions import declare

CHECK = "channels.kftc.check"

declare(
    {CHECK: "Look into KFTC files"},
    {"treasurer": (CHECK,), "teller": (CHECK,), "machine": (CHECK,)},
)
