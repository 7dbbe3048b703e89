"""The group's own column profiles: which hold, which held at a moment, and as the reader takes them."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import connection

from moa.accounts.lifecycle import ProfileState
from moa.accounts.models import ColumnProfile
from moa.control.context import Context
from moa.directory.queries import bank_map
from moa.formats.spreadsheets.pointing import from_json, profile_of
from moa.formats.spreadsheets.profiles import Profile
from moa.kernel.errors import NotFound

_VERSION = re.compile(r"(.+) v(\d{1,6})", re.DOTALL)


def newest_profiles(ctx: Context, at: datetime | None = None) -> list[ColumnProfile]:
    """The newest version of each name, retired ones too, or the newest at a moment; by name."""
    found = ColumnProfile.objects.all() if at is None else ColumnProfile.objects.filter(made_at__lte=at)
    return list(found.order_by("name", "-version").distinct("name"))


def active_profiles(ctx: Context, at: datetime | None = None) -> list[ColumnProfile]:
    """Those that a file is held against."""
    return [one for one in newest_profiles(ctx, at) if one.state == ProfileState.ACTIVE]


def own_profiles(
    ctx: Context, asked: str = "", at: datetime | None = None
) -> tuple[str, tuple[Profile, ...]]:
    """The name of the profile that was asked for as the reader knows it, and the group's own profiles.

    `asked` may be a name, then its version of the moment counts, or a version's key, which is found retired too.
    """
    held = active_profiles(ctx, at)
    if not asked:
        return "", tuple(as_profile(ctx, one) for one in held)
    named = next((one for one in held if one.name == asked), None) or _version(asked)
    return (named.key, (as_profile(ctx, named),)) if named else (asked, ())


def _version(key: str) -> ColumnProfile | None:
    found = _VERSION.fullmatch(key)
    if found is None:
        return None
    return ColumnProfile.objects.filter(name=found[1], version=int(found[2])).first()


def as_profile(ctx: Context, one: ColumnProfile) -> Profile:
    """A version as the reader takes it; its bank by the code or BIC that finds an account."""
    bank = bank_map(ctx).get((one.bank_country, one.bank_code))
    word = "" if bank is None else bank.code if bank.country == "KR" else bank.bic or bank.code
    return profile_of(from_json(one.pointing), name=one.key, country=one.bank_country, bank=word)


def access_profile(ctx: Context, profile_id: int) -> ColumnProfile:
    """A version by its id. Raises: not_found."""
    found = ColumnProfile.objects.filter(id=profile_id).first()
    if found is None:
        raise NotFound(profile=profile_id)
    return found


def newest_of(name: str) -> ColumnProfile | None:
    return ColumnProfile.objects.filter(name=name).order_by("-version").first()


def lock_profiles(ctx: Context) -> None:
    """Hold the group's profiles against other changes until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('accounts.profiles', %s))", [ctx.group_id]
        )
