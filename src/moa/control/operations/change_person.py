"""Correct a person's name, title or e-mail address; what was done before stays under the name of that time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from moa.control.administrators import access_roles
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.control.mail import address_fits
from moa.control.models import AuditLine, Person
from moa.control.notice_kinds import NoticeKind, register_kind
from moa.control.notices import tell
from moa.control.operations.make_reset_link import agreed_reset
from moa.control.operations.request_reset import reset_waits
from moa.control.queries import person_names
from moa.control.rights_guards import guarded
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.seen import check_seen, fingerprint

SUBJECT = "control.person_details"
CHANGED = "control.person.changed"

register_kind(
    NoticeKind(
        "control.person_changed", gettext_lazy("Your name or address was changed"),
        gettext_lazy("%(who)s changed what is entered of you: %(now)s. If you expect nothing of this kind, tell an administrator."),
        channel="both", pace="now", tone="pending", always=True,
    )
)  # fmt: skip


class PersonNameMissing(DomainError):
    """A person has a name."""

    code = "person_name_missing"


class AddressUnfit(DomainError):
    """This is no address that mail could go to; facts: `address`."""

    code = "address_unfit"


class ResetUnderWay(DomainError):
    """A link for a new password would go to another address than the two persons agreed on."""

    code = "reset_under_way"


def details_shown(person: Person) -> dict[str, str]:
    """What the form shows of a person."""
    return {"name": person.name, "title": person.title, "email": person.email}


def change_person(
    ctx: Context, person_id: int, *, name: str, title: str, email: str, seen: str = ""
) -> Person:
    """The person is told in the inbox and at the address that was entered before.

    Raises: forbidden, second_person_needed, not_found, changed_meanwhile, person_name_missing, address_unfit,
    reset_under_way, and what the guards of rights refuse: persons with the same address count as one.
    """
    access_roles(ctx)
    guard(ctx, SUBJECT)
    person = Person.objects.select_for_update().filter(id=person_id, kind=Person.PERSON).first()
    if person is None or (person.left_on is not None and person.left_on <= ctx.today):
        raise NotFound(person=person_id)
    before = details_shown(person)
    check_seen(seen, before)
    after = {"name": name.strip(), "title": title.strip(), "email": email.strip()}
    if not after["name"]:
        raise PersonNameMissing(person=person_id)
    if after["email"] and not address_fits(after["email"]):
        raise AddressUnfit(address=after["email"])
    changed = [field for field in after if after[field] != before[field]]
    if not changed:
        return person
    if "email" in changed and (reset_waits(person_id) or agreed_reset(ctx, person_id)):
        raise ResetUnderWay(person=person_id)
    record(
        ctx, CHANGED, "person", person_id,
        before={field: before[field] for field in changed}, after={field: after[field] for field in changed},
    )  # fmt: skip
    # Before the address is another one: whoever owns the former one learns of it there, also when the change was made under
    # the person's own name, for that is what a thief would do first.
    if person_id != ctx.actor.person_id or "email" in changed:
        said = ", ".join(after[field] or "–" for field in changed)
        who = person_names(ctx, {ctx.actor.person_id}).get(ctx.actor.person_id, "")
        facts = {"who": who, "now": said}
        tell(
            ctx,
            "control.person_changed",
            key=f"{ctx.at:%Y%m%dT%H%M%S%f}-{fingerprint(after)}",
            facts=facts,
            persons=[person_id],
            right="",
            link="/settings",
        )
    with guarded(ctx):
        Person.objects.filter(id=person_id).update(**{field: after[field] for field in changed})
    person.name, person.title, person.email = after["name"], after["title"], after["email"]
    return person


def address_changed(person_id: int) -> AuditLine | None:
    """The line of the trail that says who last changed the person's address, and when."""
    lines = AuditLine.objects.filter(
        code=CHANGED, subject_type="person", subject_id=str(person_id), after__has_key="email"
    )
    return lines.order_by("-recorded_at", "-id").first()
