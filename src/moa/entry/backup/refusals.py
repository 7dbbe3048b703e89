"""Why a backup is not made or not restored."""

from __future__ import annotations

from moa.kernel.errors import DomainError


class BackupFailed(DomainError):
    """A program of PostgreSQL ended with an error; `reason` is what it said."""

    code = "backup_failed"


class BackupToolsMissing(DomainError):
    """There is no pg_dump or pg_restore for the database's version."""

    code = "backup_tools_missing"


class BackupDamaged(DomainError):
    """A file of the backup is missing or is not the one that was written."""

    code = "backup_damaged"


class RestoreTargetNotEmpty(DomainError):
    """There are groups, documents or other keys where the backup should go."""

    code = "restore_target_not_empty"


class BackupTooNew(DomainError):
    """The backup has migrations that this version does not know."""

    code = "backup_too_new"
