"""Save what a person pointed at as the group's own column profile, or as the next version of one."""

from __future__ import annotations

from dataclasses import dataclass

from moa.accounts.lifecycle import PROFILE, ProfileState
from moa.accounts.models import ColumnProfile
from moa.accounts.own_profiles import active_profiles, as_profile, lock_profiles, newest_of
from moa.accounts.permissions import DEFINE
from moa.accounts.samples import SHEET_LIMIT_BYTES, access_sample
from moa.control.access import require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.control.documents import open_document
from moa.directory.queries import bank_map
from moa.formats.spreadsheets.pointing import Pointing, faults, profile_of, same_signature
from moa.formats.spreadsheets.profiles import PROFILES
from moa.formats.spreadsheets.trial import Trial, try_profile
from moa.formats.statements import ReadOptions
from moa.kernel.errors import DomainError, NotFound

LONGEST_NAME = 34


class ProfileUnfit(DomainError):
    """No profile can be made of what was pointed at. Facts: `field`, what it is about; `trial` where one was made.

    Codes: profile_name_unfit, profile_name_taken, profile_changed, profile_retired, profile_twin, profile_reads_nothing,
    profile_unsound, profile_bank_unknown, sample_holds_persons and those of `pointing.faults`.
    """

    code = "profile_unfit"


@dataclass(frozen=True, slots=True)
class NewProfile:
    """Shape: `based_on` the version that was looked at, 0 for a new name; `sure` says that the person has seen the
    balances that do not run, or the rows that cannot be read, and keeps the profile."""

    name: str
    pointing: Pointing
    bank_country: str = ""
    bank_code: str = ""
    based_on: int = 0
    sure: bool = False


def save_profile(ctx: Context, *, sample_id: int, new: NewProfile) -> ColumnProfile:
    """The new version. The sample is read by it first: what reads nothing is refused, and what does not add up is
    saved only when the person says so, which the audit trail keeps.

    Raises: forbidden, not_found, ProfileUnfit with one of its codes, document_not_kept.
    """
    require_below(ctx, DEFINE, None)
    access_sample(ctx, sample_id)
    lock_profiles(ctx)
    before = newest_of(new.name)
    _check_name(ctx, new, before)
    for code, field in faults(new.pointing):
        raise ProfileUnfit(code, field=field)
    trial = try_sample(ctx, sample_id, new.pointing)
    _check_trial(trial, sure=new.sure)
    profile = ColumnProfile(
        group_id=ctx.group_id, name=new.name, version=before.version + 1 if before else 1, state=ProfileState.ACTIVE,
        bank_country=new.bank_country, bank_code=new.bank_code, pointing=new.pointing.as_json(), sample_id=sample_id,
        checked=_checked(trial), person_id=ctx.actor.person_id, made_at=ctx.at,
    )  # fmt: skip
    _check_twin(ctx, profile)
    profile.save()
    record(
        ctx,
        "accounts.profile.saved",
        "column_profile",
        profile.id,
        before=_said(before),
        after=_said(profile),
    )
    return profile


def retire_profile(ctx: Context, *, name: str, restore: bool = False) -> ColumnProfile:
    """End a profile, or take it up again: a version of its own, so that it is known since when.

    Raises: forbidden, not_found, move_not_allowed, profile_twin (another has its header by now).
    """
    require_below(ctx, DEFINE, None)
    lock_profiles(ctx)
    before = newest_of(name)
    if before is None:
        raise NotFound(profile=name)
    state = ProfileState(PROFILE.after(before.state, "restore" if restore else "retire"))
    profile = ColumnProfile(
        group_id=ctx.group_id, name=name, version=before.version + 1, state=state, bank_country=before.bank_country,
        bank_code=before.bank_code, pointing=before.pointing, checked=before.checked, sample_id=before.sample_id,
        person_id=ctx.actor.person_id, made_at=ctx.at,
    )  # fmt: skip
    if restore:
        _check_twin(ctx, profile)
    profile.save()
    code = "accounts.profile.restored" if restore else "accounts.profile.retired"
    record(ctx, code, "column_profile", profile.id, before=_said(before), after=_said(profile))
    return profile


def try_sample(ctx: Context, sample_id: int, pointing: Pointing) -> Trial:
    """The sample as it would be read. Raises: not_found, document_not_kept, document_damaged."""
    with open_document(ctx, sample_id) as source:
        options = ReadOptions(max_sheet_bytes=SHEET_LIMIT_BYTES)
        return try_profile(source, options, profile_of(pointing, name="trial"))


def _check_name(ctx: Context, new: NewProfile, before: ColumnProfile | None) -> None:
    if (
        not new.name
        or new.name != new.name.strip()
        or len(new.name) > LONGEST_NAME
        or not new.name.isprintable()
    ):
        raise ProfileUnfit("profile_name_unfit", field="name")
    if new.name in PROFILES or (before is not None and not new.based_on):
        raise ProfileUnfit("profile_name_taken", field="name")
    if new.based_on != (before.version if before else 0):
        raise ProfileUnfit("profile_changed", field="name")
    if before is not None and not PROFILE.allows(before.state, "change"):
        raise ProfileUnfit("profile_retired", field="name")
    if (new.bank_code or new.bank_country) and (new.bank_country, new.bank_code) not in bank_map(ctx):
        raise ProfileUnfit("profile_bank_unknown", field="bank")


def _check_trial(trial: Trial, *, sure: bool) -> None:
    if trial.holds_persons:
        raise ProfileUnfit("sample_holds_persons", field="columns")
    if not trial.count:
        raise ProfileUnfit("profile_reads_nothing", field="columns")
    if not trial.is_sound and not sure:
        raise ProfileUnfit("profile_unsound", field="sure")


def _check_twin(ctx: Context, profile: ColumnProfile) -> None:
    """Two profiles of one header would leave it to chance which of them reads a file."""
    own = as_profile(ctx, profile)
    if not own.header_rows:
        # Read only where it is asked for by its name, so nothing is left to chance.
        return
    for other in active_profiles(ctx):
        if other.name != profile.name and same_signature(own, as_profile(ctx, other)):
            raise ProfileUnfit("profile_twin", field="name", value=other.name)


def _checked(trial: Trial) -> dict[str, int | bool]:
    return {
        "lines": trial.count, "balances": trial.balances, "unlike": trial.unlike_count, "errors": trial.error_count,
        "cut": trial.is_cut,
    }  # fmt: skip


def _said(profile: ColumnProfile | None) -> dict[str, object]:
    if profile is None:
        return {}
    return {
        "name": profile.name, "version": profile.version, "state": str(profile.state),
        "bank": profile.bank_country + profile.bank_code, "pointing": profile.pointing, "checked": profile.checked,
    }  # fmt: skip
