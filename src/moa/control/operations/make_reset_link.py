"""Make the link with which a person sets a new password after two persons agreed on the reset."""

from __future__ import annotations

from django.db.models import Q

from moa.control.administrators import access_roles
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Identity, OneTimeLink, Person
from moa.control.one_time_links import MadeLink, make_link
from moa.control.operations.request_reset import SUBJECT
from moa.control.second_factor_rules import RESET_TIME
from moa.kernel.errors import DomainError, NotFound


class ResetNotAgreed(DomainError):
    """No reset of this password was agreed on in the last day, or its link was used."""

    code = "reset_not_agreed"


def agreed_reset(ctx: Context, person_id: int) -> ApprovalRequest | None:
    """The reset of a password that was agreed on in the last day and has not been used."""
    agreed = ApprovalRequest.objects.filter(
        Q(content__lost="password") | Q(content__lost="both"),
        subject_type=SUBJECT, subject_id=str(person_id), state="approved", state_at__gt=ctx.at - RESET_TIME,
    )  # fmt: skip
    found = agreed.order_by("-id").first()
    if found is None or OneTimeLink.objects.filter(request_id=found.id, used_at__isnull=False).exists():
        return None
    return found


def make_reset_link(ctx: Context, person_id: int) -> MadeLink:
    """Shown once to the administrator; a former link of the same reset is worth nothing from then on.

    Raises: forbidden, not_found, reset_not_agreed.
    """
    access_roles(ctx)
    identity = Identity.objects.select_for_update().filter(group_id=ctx.group_id, person_id=person_id).first()
    if identity is None or Person.objects.filter(id=person_id, left_on__lte=ctx.today).exists():
        raise NotFound(person=person_id)
    request = agreed_reset(ctx, person_id)
    if request is None or not identity.is_active:
        raise ResetNotAgreed(person=person_id)
    link = make_link(ctx, identity, OneTimeLink.RESET, request)
    facts = {"request": request.id, "expires_at": link.expires_at.isoformat()}
    record(ctx, "control.reset.link_made", "person", person_id, after=facts)
    return link
