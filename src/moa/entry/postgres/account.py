"""Which operating-system user the server runs as."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from moa.entry.postgres.errors import LauncherError

SYSTEM_USER = "moa-postgres"


@dataclass(frozen=True)
class Account:
    """The user of the server's processes; `switch` is true when root starts them for another user."""

    uid: int
    gid: int
    switch: bool

    def run(self, *argv: str | Path, output: IO[Any], timeout: int = 180) -> int:
        """Run one server binary as this user and give its exit code; all it says goes to `output`.

        The output is a file, never a pipe: a server started by the binary would keep a pipe open and block us.
        """
        becoming: dict[str, Any] = {}
        if self.switch:
            becoming = {"user": self.uid, "group": self.gid, "extra_groups": []}
        done = subprocess.run(
            [os.fspath(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            timeout=timeout,
            check=False,
            **becoming,
        )
        return done.returncode


def server_account() -> Account:
    """This user, or for root the system user `moa-postgres`, made when it is missing.

    Raises: postgres.no_system_user.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _make_system_user()
        entry = pwd.getpwnam(SYSTEM_USER)
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _make_system_user() -> None:
    argv = [
        "useradd",
        "--system",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/usr/sbin/nologin",
        SYSTEM_USER,
    ]
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError as problem:
        raise LauncherError("postgres.no_system_user", user=SYSTEM_USER, reason=str(problem)) from problem
    # 9 is "name already in use": another start made the user a moment ago.
    if done.returncode not in (0, 9):
        reason = done.stderr.strip() or f"useradd ended with {done.returncode}"
        raise LauncherError("postgres.no_system_user", user=SYSTEM_USER, reason=reason)
