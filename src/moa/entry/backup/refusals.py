"""Why a backup is not made or not restored."""

from __future__ import annotations

from moa.kernel.errors import DomainError


class BackupFailed(DomainError):
    """A program of PostgreSQL ended with an error; `reason` is what it said."""

    code = "backup_failed"


class BackupToolsMissing(DomainError):
    """There is no pg_dump or pg_restore."""

    code = "backup_tools_missing"


class BackupToolsUnfit(DomainError):
    """The pg_dump at hand is older than the server, or cannot encrypt; facts: `older` or `no_tls`."""

    code = "backup_tools_unfit"


class BackupFileMissing(DomainError):
    """A file of the backup is not there; facts: `place`."""

    code = "backup_file_missing"


class BackupDamaged(DomainError):
    """A file of the backup is not the one that was written; facts: `place`, and `value` where one is known."""

    code = "backup_damaged"


class RestoreTargetNotEmpty(DomainError):
    """There are groups, documents or other keys where the backup should go."""

    code = "restore_target_not_empty"


class BackupTooNew(DomainError):
    """The backup is of a later version of Moa; facts: `place`, `value` (a migration or a format it does not know)."""

    code = "backup_too_new"


class BackupServerNewer(DomainError):
    """The backup is of a later major version of PostgreSQL than the server here; facts: `made_by`, `server`."""

    code = "backup_server_newer"


class RestoreKeyWrong(DomainError):
    """The master key at hand did not wrap the keys of the backup's documents; facts: `place`, `value` (its mark)."""

    code = "restore_key_wrong"


class RestoreUnderWay(DomainError):
    """Another restore works in this state folder."""

    code = "restore_under_way"
