"""Kinds and lives in accounts: accounts, files, column profiles, parked statements, conflicts."""

from __future__ import annotations

from enum import StrEnum

from moa.kernel.lifecycle import Lifecycle


class AccountKind(StrEnum):
    """What an account is for. Source: domain.md glossary (모계좌, 집금계좌, 출금계좌, 전용계좌)."""

    OPERATING = "operating"
    COLLECTION = "collection"
    CONCENTRATION = "concentration"
    WITHDRAWAL = "withdrawal"
    SPECIAL = "special"
    FOREIGN = "foreign"


class FileState(StrEnum):
    RECEIVED = "received"
    READING = "reading"
    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


FILE = Lifecycle(
    FileState,
    {
        (FileState.RECEIVED, "read"): FileState.READING,
        # A reader that was killed leaves the file in reading; the next one starts over.
        (FileState.READING, "read"): FileState.READING,
        (FileState.READING, "store"): FileState.STORED,
        (FileState.READING, "refuse"): FileState.REFUSED,
        (FileState.READING, "find_known"): FileState.DUPLICATE,
    },
)


class ProfileState(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"


PROFILE = Lifecycle(
    ProfileState,
    {
        (ProfileState.ACTIVE, "change"): ProfileState.ACTIVE,
        (ProfileState.ACTIVE, "retire"): ProfileState.RETIRED,
        (ProfileState.RETIRED, "restore"): ProfileState.ACTIVE,
    },
)


class ParkedState(StrEnum):
    WAITING = "waiting"
    OPENED = "opened"
    DISMISSED = "dismissed"


PARKED = Lifecycle(
    ParkedState,
    {
        (ParkedState.WAITING, "open"): ParkedState.OPENED,
        (ParkedState.WAITING, "dismiss"): ParkedState.DISMISSED,
    },
)


class ConflictState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    REPLACED = "replaced"


CONFLICT = Lifecycle(
    ConflictState,
    {
        (ConflictState.OPEN, "keep"): ConflictState.KEPT,
        (ConflictState.OPEN, "replace"): ConflictState.REPLACED,
    },
)
