"""Was this very file stored before? Told by its bytes and by what they were stored as, not by its name."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from moa.accounts.lifecycle import FileState, ParkedState
from moa.accounts.models import Conflict, ParkedStatement, Statement, StatementFile
from moa.control.context import Context

_FEW = 20


def lock_file(ctx: Context, file_id: int) -> StatementFile | None:
    """Hold a file against other readers until the transaction ends, and read its row; None when it is absent.

    The row itself stays free, for the progress of a long reading is written there.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('accounts.file', %s))", [file_id])
    return StatementFile.objects.filter(id=file_id).first()


def asked_before(file: StatementFile) -> StatementFile | None:
    """An earlier file of the same bytes, account and profile asked for, of which every statement was stored."""
    alike = _same_bytes(file).filter(asked_account=file.asked_account, asked_profile=file.asked_profile)
    parked = ParkedStatement.objects.filter(file_id=OuterRef("id")).exclude(state=ParkedState.OPENED)
    return alike.exclude(Exists(parked)).order_by("id").first()


def stored_before(
    file: StatementFile, accounts: Mapping[int, int | None], profile: str
) -> StatementFile | None:
    """An earlier stored file of the same bytes that was read alike and whose statements went to the same accounts.

    Shape: `accounts` by index of the statement, None where nobody has opened the account here.
    """
    for twin in _same_bytes(file).filter(profile=profile).order_by("id")[:_FEW]:
        went = _went_to(twin)
        if all(went.get(index, account) == account for index, account in accounts.items()):
            return twin
    return None


def _same_bytes(file: StatementFile) -> QuerySet[StatementFile]:
    return StatementFile.objects.filter(sha256=file.sha256, state=FileState.STORED).exclude(id=file.id)


def _went_to(twin: StatementFile) -> dict[int, int | None]:
    """What became of each statement of a file. Shape: account by index, None for one that waits parked."""
    parked = ParkedStatement.objects.filter(file_id=twin.id).exclude(state=ParkedState.OPENED)
    went: dict[int, int | None] = dict.fromkeys(parked.values_list("index", flat=True))
    went |= dict(Conflict.objects.filter(file_id=twin.id).values_list("index", "account_id"))
    went |= dict(Statement.objects.filter(file_id=twin.id).values_list("index", "account_id"))
    return went
