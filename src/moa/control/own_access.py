"""Tells a person what changed in the ways into the system under his or her name: who did not do it, learns of it in time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from moa.control.context import Context
from moa.control.notice_kinds import NoticeKind, in_each_language, register_kind
from moa.control.notices import tell

ACCESS_CHANGED = "control.access_changed"
register_kind(
    NoticeKind(
        ACCESS_CHANGED, gettext_lazy("How you sign in was changed"),
        gettext_lazy("%(what)s. If it was not you, end all sessions and tell an administrator at once."),
        channel="both", pace="now", tone="pending", always=True,
    )
)  # fmt: skip

_WHAT = {
    "password": gettext_lazy("Your password was changed"),
    "reset_agreed": gettext_lazy("Two persons agreed that your sign-in is lost and begins anew"),
    "reset": gettext_lazy("A new password was set with a one-time link"),
    "authenticator": gettext_lazy("An authenticator app was set up"),
    "authenticator_removed": gettext_lazy("The authenticator app was removed"),
    "passkey": gettext_lazy("A passkey was made"),
    "passkey_removed": gettext_lazy("A passkey was removed"),
    "codes": gettext_lazy("New recovery codes were made"),
    "code_used": gettext_lazy("A recovery code was used to sign in"),
    "token": gettext_lazy("A token that acts as you was made"),
}


def tell_of_access(ctx: Context, what: str, *, person_id: int | None = None) -> None:
    """Told in the transaction of the change, to the actor where nobody else is named. Shape: `what` a key of the words above."""
    tell(
        ctx, ACCESS_CHANGED, key=f"{what}:{ctx.at:%Y%m%dT%H%M%S%f}", facts={"what": in_each_language(_WHAT[what])},
        persons=[ctx.actor.person_id if person_id is None else person_id], right="", link="/settings/sessions",
    )  # fmt: skip
