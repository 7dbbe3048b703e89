"""Links with a secret that work once: made for one person, kept as a hash, worth nothing after their time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from moa.control.context import Context
from moa.control.models import ApprovalRequest, Identity, OneTimeLink, Person
from moa.control.queries import machine_context, the_group_of
from moa.control.second_factor_rules import INVITATION_TIME, RESET_TIME, link_hash, new_link_secret
from moa.kernel.errors import DomainError, NotFound


class LinkWorthless(DomainError):
    """The link was used, has run out, was withdrawn or never existed; which of them is not said."""

    code = "link_worthless"


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that was just made. The token is shown this once and kept nowhere."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What the page behind a link says."""

    kind: str
    login: str
    name: str
    group_name: str
    language: str
    expires_at: datetime


def make_link(
    ctx: Context, identity: Identity, kind: str, request: ApprovalRequest | None = None
) -> MadeLink:
    """A new link for the person of a login; one that was open before is worth nothing from now on."""
    withdraw_links(ctx, identity.person_id)
    secret = new_link_secret()
    expires_at = ctx.at + (INVITATION_TIME if kind == OneTimeLink.INVITATION else RESET_TIME)
    OneTimeLink.objects.create(
        group_id=ctx.group_id, person_id=identity.person_id, kind=kind, hash=link_hash(ctx.group_id, secret),
        made_by_id=ctx.actor.person_id, request=request, made_at=ctx.at, expires_at=expires_at,
    )  # fmt: skip
    return MadeLink(f"{identity.handle.hex}.{secret}", expires_at)


def withdraw_links(ctx: Context, person_id: int) -> int:
    """Links of the person that are still open are worth nothing any more."""
    open_ones = OneTimeLink.objects.filter(person_id=person_id, used_at=None, withdrawn_at=None)
    return open_ones.update(withdrawn_at=ctx.at)


def door_of(token: str, *, at: datetime) -> tuple[Context, Identity, str]:
    """Context of the group's machine user, login and secret that a token names. Raises: link_worthless."""
    handle, _, secret = token.partition(".")
    try:
        wanted = uuid.UUID(handle)
    except ValueError:
        raise LinkWorthless() from None
    identity = Identity.objects.filter(handle=wanted).first()
    if identity is None:
        raise LinkWorthless()
    try:
        return machine_context(identity.group_id, at=at, channel="web"), identity, secret
    except NotFound:
        raise LinkWorthless() from None


def find_in(ctx: Context, identity: Identity, secret: str) -> OneTimeLink:
    """The open link, locked; the Context is open. Raises: link_worthless."""
    link = (
        OneTimeLink.objects.select_for_update()
        .filter(hash=link_hash(ctx.group_id, secret), person_id=identity.person_id)
        .first()
    )
    person = Person.objects.filter(id=identity.person_id).first()
    if link is None or link.used_at is not None or link.withdrawn_at is not None or link.expires_at <= ctx.at:
        raise LinkWorthless()
    if person is None or (person.left_on is not None and person.left_on <= ctx.today):
        raise LinkWorthless()
    return link


def look_at_link(token: str, *, at: datetime) -> LinkFacts:
    """What the page behind the link shows. Raises: link_worthless."""
    ctx, identity, secret = door_of(token, at=at)
    with ctx.open():
        link = find_in(ctx, identity, secret)
        person = Person.objects.get(id=identity.person_id)
        group = the_group_of(ctx)
        name = group.names.get(person.language) or group.name
        return LinkFacts(link.kind, identity.login, person.name, name, person.language, link.expires_at)
