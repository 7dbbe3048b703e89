"""The reset of lost credentials as the approvals page shows and decides it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import RekeyField, Subject
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.operations.request_reset import decide_reset


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
        note = f"{lost[content['lost']]} · {content['reason']}"
        return Subject(
            kind="credentials", title=f"{content['name']} ({content['login']})", note=note,
            ground_url=f"/people/{content['person']}",
            rekey=(RekeyField("login", _("Login"), content["login"]),),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_reset(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)
