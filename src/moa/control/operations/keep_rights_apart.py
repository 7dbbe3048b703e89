"""Keep two rights apart in one's own group, beside the pairs that are built in."""

from __future__ import annotations

from moa.control.administrators import access_roles
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import RightsPair
from moa.control.operations.make_role import RightUnknown
from moa.control.own_pairs import refused_pairs
from moa.control.permissions import PERMISSIONS
from moa.control.rights_meet import names_of, tokens_in, who_holds_both
from moa.control.rules_of_meeting import Pair
from moa.kernel.errors import DomainError

SUBJECT = "control.rights_apart"
LONGEST_REASON = 300


class PairUnfit(DomainError):
    """A pair is two different rights."""

    code = "rights_pair_unfit"


class PairKept(DomainError):
    """The two are kept apart already, by the product or by the group."""

    code = "rights_pair_kept"


class PairReasonMissing(DomainError):
    """Whoever reads the pair later must find why it stands."""

    code = "rights_pair_reason_missing"


class PairReasonTooLong(DomainError):
    """What is kept is what was written, or nothing; facts: `most` characters."""

    code = "rights_pair_reason_too_long"


class PairHeld(DomainError):
    """Somebody holds both today or on a later day; facts: `one`, `other`, `persons` by name, and `tokens` if a
    token of the machine user carries one of them."""

    code = "rights_pair_held"


def pair_reason(typed: str) -> str:
    """Raises: rights_pair_reason_missing, rights_pair_reason_too_long."""
    why = typed.strip()
    if not why:
        raise PairReasonMissing()
    if len(why) > LONGEST_REASON:
        raise PairReasonTooLong(most=LONGEST_REASON)
    return why


def keep_rights_apart(ctx: Context, one: str, other: str, *, reason: str) -> RightsPair:
    """From today nobody may come to hold both, whichever roles, logins or deputies they come by.

    Raises: forbidden, second_person_needed, rights_pair_reason_missing, rights_pair_reason_too_long, right_unknown,
    rights_pair_unfit, rights_pair_kept, rights_pair_held.
    """
    access_roles(ctx)
    guard(ctx, SUBJECT)
    why = pair_reason(reason)
    for code in (one, other):
        if code not in PERMISSIONS:
            raise RightUnknown(right=code)
    if one == other:
        raise PairUnfit(right=one)
    one, other = sorted((one, other))
    if {(one, other), (other, one)} & set(refused_pairs()):
        raise PairKept(one=one, other=other)
    both = who_holds_both(ctx, [Pair(one, other, ctx.today)])
    if both:
        raise PairHeld(one=one, other=other, persons=names_of(both), **tokens_in(ctx, both))
    kept = RightsPair.objects.create(
        group_id=ctx.group_id,
        one=one,
        other=other,
        reason=why,
        valid_from=ctx.today,
        made_by_id=ctx.actor.person_id,
    )
    record(
        ctx,
        "control.rights.kept_apart",
        "rights_pair",
        kept.id,
        after={"rights": [one, other], "reason": why},
    )
    return kept
