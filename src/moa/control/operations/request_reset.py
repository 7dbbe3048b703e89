"""Ask for the reset of somebody's lost password or second factor: an administrator asks, another person decides."""

from __future__ import annotations

from typing import Literal

from moa.control.administrators import access_roles
from moa.control.approvals import SamePerson, decide, is_approved, submit
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Authenticator, Identity, Passkey, Person, RecoveryCode
from moa.control.one_time_links import withdraw_links
from moa.control.own_access import tell_of_access
from moa.control.second_factors import clear_wrong
from moa.control.sessions import remove_all_sessions
from moa.kernel.errors import DomainError, NotFound

SUBJECT = "control.credentials"
Lost = Literal["password", "second_factor", "both"]


class OwnCredentials(DomainError):
    """Nobody asks for the reset of his or her own: who can ask is signed in and changes them in the settings."""

    code = "own_credentials"


def request_reset(ctx: Context, person_id: int, *, lost: Lost, reason: str) -> ApprovalRequest:
    """Raises: forbidden, not_found, own_credentials, request_already_open, nobody_can_approve."""
    access_roles(ctx)
    # Held, so that the address that the approver sees stays the one that the link goes to.
    person = Person.objects.select_for_update().filter(id=person_id, kind=Person.PERSON).first()
    identity = Identity.objects.filter(group_id=ctx.group_id, person_id=person_id, is_active=True).first()
    if person is None or identity is None:
        raise NotFound(person=person_id)
    if person_id == ctx.actor.person_id:
        raise OwnCredentials(person=person_id)
    content = {
        "person": person_id,
        "name": person.name,
        "login": identity.login,
        "email": "" if lost == "second_factor" else person.email,
        "lost": lost,
        "reason": reason,
    }
    return submit(ctx, subject_type=SUBJECT, subject_id=person_id, content=content)


def reset_waits(person_id: int) -> bool:
    """Whether a reset for this person waits for a decision."""
    return ApprovalRequest.objects.filter(
        subject_type=SUBJECT, subject_id=str(person_id), state="open"
    ).exists()


def decide_reset(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
) -> ApprovalRequest:
    """With the last approval the second factor is gone, or a link for a new password may be made for a day.

    Raises: what `approvals.decide` raises; maker_is_checker also for the person whose credentials they are.
    """
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    person_id, lost = int(request.content["person"]), request.content["lost"]
    if person_id == ctx.actor.person_id:
        raise SamePerson(request=request_id)
    if not is_approved(request):
        return request
    identity = Identity.objects.select_for_update().get(group_id=ctx.group_id, person_id=person_id)
    removed = 0
    if lost != "password":
        for table in (Authenticator, Passkey, RecoveryCode):
            removed += table.objects.filter(person_id=person_id).delete()[0]
        clear_wrong(identity)
    withdraw_links(ctx, person_id)
    facts = {
        "lost": lost,
        "removed": removed,
        "sessions": remove_all_sessions(person_id),
        "request": request.id,
    }
    record(ctx, "control.credentials.reset", "person", person_id, after=facts)
    tell_of_access(ctx, "reset_agreed", person_id=person_id)
    return request
