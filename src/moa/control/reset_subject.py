"""The reset of lost credentials as the approvals page shows and decides it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import RekeyField, Subject
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.operations.change_person import address_changed
from moa.control.operations.request_reset import decide_reset
from moa.ui.formatting import full_moment


class ResetSubject:
    """Registered in entry/wiring.py for the subject type of `operations.request_reset`."""

    label = gettext_lazy("Reset of a login")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content = request.content
        lost = {
            "password": _("password"),
            "second_factor": _("second factor"),
            "both": _("password and second factor"),
        }
        note = " · ".join([lost[content["lost"]], content["reason"], *_way(ctx, content)])
        return Subject(
            kind="credentials", title=f"{content['name']} ({content['login']})", note=note,
            ground_url=f"/people/{content['person']}",
            rekey=(RekeyField("login", _("Login"), content["login"]),),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_reset(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)


def _way(ctx: Context, content: dict[str, Any]) -> list[str]:
    """Where the link goes, and who entered that address when: who agrees must see an address that is new."""
    if not content.get("email"):
        return []
    said = [_("The link goes to %(address)s") % {"address": content["email"]}]
    changed = address_changed(int(content["person"]))
    if changed is not None:
        said.append(
            _("address entered by %(who)s on %(when)s")
            % {"who": changed.actor_name, "when": full_moment(changed.recorded_at, ctx.at)}
        )
    return said
