"""Where the server's files live: the state folder, what another user can reach, and the socket folder."""

from __future__ import annotations

import errno
import hashlib
import os
import pwd
import stat
from collections.abc import Mapping
from pathlib import Path

from moa.entry.postgres.errors import LauncherError

SHARED_STATE = Path("/var/lib/moa")
# A socket's whole path may have 107 bytes; the file name takes up to 16 of them.
LONGEST_SOCKET_FOLDER = 90


def checkout() -> Path:
    """The folder that holds pyproject.toml, or the working folder when Moa is installed without its sources."""
    root = Path(__file__).resolve().parents[4]
    return root if (root / "pyproject.toml").is_file() else Path.cwd()


def path_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def choose_state(environ: Mapping[str, str], *, as_root: bool) -> Path:
    """MOA_STATE or `var/` of the checkout; for root a place in /var/lib/moa when others cannot pass the parents.

    The server runs as another user when root starts it, and that user cannot enter a private home. Opening the
    home for it would show the rest of the home too, so the data move instead.
    """
    named = environ.get("MOA_STATE")
    wanted = Path(named).absolute() if named else checkout() / "var"
    if as_root and not others_can_pass(wanted.parent):
        return SHARED_STATE / path_hash(wanted)
    return wanted


def others_can_pass(folder: Path) -> bool:
    """True when every existing folder from `folder` up to the root may be entered by any user."""
    return all(
        step.stat().st_mode & stat.S_IXOTH
        for step in (folder.resolve(), *folder.resolve().parents)
        if step.exists()
    )


def make_folder(path: Path, *, mode: int, uid: int | None = None, gid: int = -1) -> Path:
    """The folder exists with this mode and, for root, this owner.

    Raises: postgres.not_yours, postgres.not_writable, postgres.disk_full.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        if uid is not None and path.stat().st_uid != uid:
            os.chown(path, uid, gid)
        if stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)
    except OSError as problem:
        raise as_launcher_error(problem, path) from problem
    return path


def as_launcher_error(problem: OSError, path: Path) -> LauncherError:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return LauncherError("postgres.disk_full", path=path)
    if problem.errno in (errno.EACCES, errno.EPERM):
        return LauncherError("postgres.not_yours", path=path, owner=_owner_name(path))
    return LauncherError("postgres.not_writable", path=path, reason=problem.strerror)


def socket_folder(home: Path, uid: int) -> Path:
    """`home/sock`, or a short private folder in /tmp when that path is too long for a socket."""
    near = home / "sock"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER:
        return near
    return Path("/tmp") / f"moa-{uid}-{path_hash(home)}"


def make_socket_folder(folder: Path, *, uid: int, gid: int) -> None:
    """The folder exists, is private, and belongs to the server's user; in /tmp anyone could have made it first."""
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, gid)
    except FileExistsError:
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != uid:
            raise LauncherError("postgres.not_yours", path=folder, owner=_name_of(facts.st_uid)) from None
    except OSError as problem:
        raise as_launcher_error(problem, folder) from problem
    folder.chmod(0o700)


def _owner_name(path: Path) -> str:
    for step in (path, *path.parents):
        try:
            return _name_of(step.stat().st_uid)
        except OSError:
            continue
    return "unknown"


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
