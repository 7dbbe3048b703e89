"""Which pg_dump and pg_restore do the work: those of the embedded server for its database, else the house's own.

A server of the house may be newer than what is at hand, and may be reached over TLS only; the programs of the
embedded package have no TLS.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from moa.entry.backup.refusals import BackupToolsMissing, BackupToolsUnfit
from moa.entry.postgres.binaries import DEBIAN, find_binaries
from moa.entry.postgres.embedded import Login
from moa.entry.postgres.errors import LauncherError

PROGRAMS = ("pg_dump", "pg_restore")
_OVER_TLS = {"require", "verify-ca", "verify-full"}


@dataclass(frozen=True)
class Client:
    """A folder with pg_dump and pg_restore. Shape: `major` their version, `has_tls` whether they can encrypt."""

    folder: Path
    major: int
    has_tls: bool


def client_for(login: Login, server: int, *, is_external: bool, environ: Mapping[str, str]) -> Client:
    """The first client at hand that can speak with the server. Raises: backup_tools_missing, backup_tools_unfit."""
    if not is_external:
        return _read(find_binaries(environ).bindir)
    needs_tls = needs_encryption(login, environ)
    found = [_read(folder) for folder in client_folders(environ) if _has_programs(folder)]
    if not found:
        folders = ", ".join(map(str, client_folders(environ)))
        raise BackupToolsMissing(program=PROGRAMS[0], folder=folders or "PATH")
    for client in found:
        if client.major >= server and (client.has_tls or not needs_tls):
            return client
    # What is said is said of the first: it is the one that was meant.
    first = found[0]
    fault = "older" if first.major < server else "no_tls"
    raise BackupToolsUnfit(**{fault: True}, folder=str(first.folder), found=first.major, server=server)


def needs_encryption(login: Login, environ: Mapping[str, str]) -> bool:
    return (dict(login.extra).get("sslmode") or environ.get("PGSSLMODE", "")) in _OVER_TLS


def client_folders(environ: Mapping[str, str]) -> list[Path]:
    """MOA_PG_BINDIR alone where it is named; else PATH, Debian's folders from the newest on, the embedded package."""
    named = environ.get("MOA_PG_BINDIR")
    if named:
        return [Path(named).absolute()]
    return list(dict.fromkeys(_usual_folders(environ)))


def _usual_folders(environ: Mapping[str, str]) -> Iterator[Path]:
    program = shutil.which(PROGRAMS[0], path=environ.get("PATH"))
    if program:
        yield Path(program).parent
    numbered = [folder for folder in DEBIAN.glob("*/bin") if folder.parent.name.isdigit()]
    yield from sorted(numbered, key=lambda folder: int(folder.parent.name), reverse=True)
    try:
        yield find_binaries(environ).bindir
    except LauncherError:
        return


def _has_programs(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in PROGRAMS)


def _read(folder: Path) -> Client:
    """Raises: backup_tools_missing."""
    if not _has_programs(folder):
        raise BackupToolsMissing(program=PROGRAMS[0], folder=str(folder))
    said = _say(folder, "--version")
    version = re.search(r"\(PostgreSQL\) (\d+)", said)
    return Client(folder, int(version[1]) if version else 0, _has_tls(folder))


def _has_tls(folder: Path) -> bool:
    """Asked for an encrypted connection to a place where nothing is, a client without TLS says that it has none."""
    return "SSL support is not compiled in" not in _say(folder, "--dbname=sslmode=require host=/nonexistent")


def _say(folder: Path, argument: str) -> str:
    done = subprocess.run(
        [folder / PROGRAMS[0], argument], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        env={**os.environ, "LC_ALL": "C"}, timeout=60, errors="replace",
    )  # fmt: skip
    return done.stdout + done.stderr
