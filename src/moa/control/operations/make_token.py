"""Make a machine token; its secret is given once and kept nowhere."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

from moa.control.access import may, require, require_below, rights
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import MachineToken, Person
from moa.control.own_access import tell_of_access
from moa.control.queries import context_for, machine_context
from moa.control.rights_guards import guarded
from moa.control.rules import TOKEN_DAYS, token_problem
from moa.control.tokens import (
    MAKE_TOKENS,
    MANAGE_TOKENS,
    PREFIX_LENGTH,
    digest_of,
    grantable_scopes,
    new_secret,
)
from moa.kernel.errors import DomainError


class TokenUnfit(DomainError):
    """The name, the scopes or the days will not do; the code says which."""

    code = "token_unfit"


class ScopeNotHeld(DomainError):
    """The token would carry a right that its person, or its maker, does not hold; facts: `scope`."""

    code = "scope_not_held"


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to be. Shape: `for_machine` acts as the group's machine user, else as the maker; `days` until it ends."""

    name: str
    scopes: Collection[str]
    days: int = TOKEN_DAYS
    for_machine: bool = False


def make_token(ctx: Context, *, new: NewToken) -> tuple[MachineToken, str]:
    """The token and its secret. Nobody hands out a right that he does not hold himself.

    Raises: forbidden, scope_not_held, what a guard of rights refuses of one for the machine user, and token_name_unfit, scopes_missing, scope_unknown, token_days_unfit.
    """
    if new.for_machine:
        require_below(ctx, MANAGE_TOKENS, None)
        acting = machine_context(ctx.group_id, at=ctx.at, channel=ctx.channel)
    else:
        require(ctx, MAKE_TOKENS)
        acting = context_for(ctx.group_id, ctx.actor.person_id, at=ctx.at, channel=ctx.channel)
    name = new.name.strip()
    problem = token_problem(name, new.scopes, new.days, grantable=grantable_scopes())
    if problem:
        known = {"grantable": " ".join(sorted(grantable_scopes()))} if problem == "scope_unknown" else {}
        raise TokenUnfit(problem, **known)
    scopes = sorted(set(new.scopes))
    _check_held(ctx, acting, scopes)
    secret = new_secret()
    with guarded(ctx) if new.for_machine else nullcontext():
        token = MachineToken.objects.create(
            group_id=ctx.group_id, person_id=acting.actor.person_id, made_by_id=ctx.actor.person_id, name=name,
            prefix=secret[:PREFIX_LENGTH], digest=digest_of(secret), scopes=scopes, made_at=ctx.at,
            expires_at=ctx.at + timedelta(days=new.days),
        )  # fmt: skip
    facts = {
        "name": name, "prefix": token.prefix, "scopes": scopes, "person": token.person_id,
        "expires_at": token.expires_at.isoformat(),
    }  # fmt: skip
    record(ctx, "control.token.made", "machine_token", token.id, after=facts)
    if not new.for_machine:
        tell_of_access(ctx, "token")
    return token, secret


def _check_held(ctx: Context, acting: Context, scopes: list[str]) -> None:
    """Raises: scope_not_held. What the machine user may do everywhere, its maker must hold everywhere."""
    for scope in scopes:
        held = may(acting, scope)
        if acting.actor.kind == Person.MACHINE:
            held = held and scope in rights(ctx).everywhere
        if not held:
            raise ScopeNotHeld(scope=scope)
