"""One data folder and its server: make, start, stop, ask."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from moa.entry.postgres import places, processes
from moa.entry.postgres.account import Account, server_account
from moa.entry.postgres.binaries import Binaries, find_binaries, reachable_binaries
from moa.entry.postgres.errors import LauncherError, says_disk_full
from moa.entry.postgres.passwords import keep_password
from moa.entry.postgres.tuning import as_conf, server_settings

SUPERUSER = "postgres"
SOCKET_PORT = 5432
START_SECONDS = 120
# A stop that breaks sessions off is done in one or two; after so many something hangs.
STOP_SECONDS = 20
LOG_LIMIT = 10_000_000
FIRST_BUILTIN_LOCALE = 17


@dataclass(frozen=True)
class Server:
    """A running server and how to reach it."""

    socket_folder: Path
    port: int
    data: Path
    major: int
    pid: int


@dataclass(frozen=True)
class Cluster:
    """The data folder under one state folder; `durable` is false where the data may be thrown away."""

    state: Path
    environ: Mapping[str, str]
    durable: bool = True

    @property
    def home(self) -> Path:
        return self.state / "postgres"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def is_made(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def tcp_port(self) -> int | None:
        asked = self.environ.get("MOA_PG_PORT")
        return int(asked) if asked else None

    def status(self) -> Server | None:
        """The server when it runs, else None; changes nothing and needs no binaries."""
        running = processes.running_server(self.data)
        if running is None:
            return None
        folder = places.socket_folder(self.home, self.data.stat().st_uid)
        return Server(folder, running.port, self.data, _data_version(self.data), running.pid)

    def ensure_running(self) -> Server:
        """The server runs and takes connections; a first call also makes the data folder.

        Raises: LauncherError with any of its codes.
        """
        found = self.status()
        running = processes.running_server(self.data)
        if found is not None and running is not None and running.ready:
            return found
        private = os.geteuid() != 0
        places.make_folder(self.state, mode=0o700 if private else 0o711)
        with self._locked():
            return self._start_under_lock()

    def stop(self) -> bool:
        """End the server when it runs, breaking off its sessions; true when there was one.

        The signal goes to the process itself: pg_ctl would wait for ever on the zombie of a killed server.

        Raises: postgres.stop_failed.
        """
        if processes.running_server(self.data) is None:
            return False
        with self._locked():
            running = processes.running_server(self.data)
            if running is None:
                return False
            try:
                os.kill(running.pid, signal.SIGINT)
            except OSError as problem:
                raise LauncherError("postgres.stop_failed", reason=problem.strerror) from problem
            begun = time.monotonic()
            end, hurry = begun + START_SECONDS, begun + STOP_SECONDS
            while processes.holders(self.data):
                if time.monotonic() > hurry:
                    # Something of it hangs. At once is safe too: the next start replays the log.
                    with suppress(ProcessLookupError):
                        os.kill(running.pid, signal.SIGQUIT)
                    hurry = end
                if time.monotonic() > end:
                    raise LauncherError("postgres.stop_failed", reason=f"process {running.pid} goes on")
                time.sleep(0.02)
            return True

    def wait_for_the_dying(self) -> None:
        """A killed server keeps its place in the process table for a moment; return when it is gone, or after 1 s."""
        end = time.monotonic() + 1
        while processes.running_server(self.data) is not None and time.monotonic() < end:
            time.sleep(0.02)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            lock = (self.state / "postgres.lock").open("w")
        except OSError as problem:
            raise places.as_launcher_error(problem, self.state) from problem
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _tools(self) -> tuple[Binaries, Account]:
        binaries, account = find_binaries(self.environ), server_account()
        return (reachable_binaries(binaries) if account.switch else binaries), account

    def _start_under_lock(self) -> Server:
        running = processes.running_server(self.data)
        if running is not None:
            return self._wait_until_ready()
        binaries, account = self._tools()
        places.make_folder(self.home, mode=0o700, uid=account.uid, gid=account.gid)
        sockets = places.socket_folder(self.home, account.uid)
        places.make_socket_folder(sockets, uid=account.uid, gid=account.gid)
        if not self.is_made():
            self._make_data(binaries, account)
        self._check_version(binaries)
        processes.clear_remains(self.data, sockets)
        self._write_conf(sockets, account)
        self._start(binaries, account)
        return self._wait_until_ready()

    def _check_version(self, binaries: Binaries) -> None:
        made_by = _data_version(self.data)
        if made_by != binaries.major:
            raise LauncherError(
                "postgres.version_mismatch",
                data=self.data,
                made_by=made_by,
                bindir=binaries.bindir,
                binaries=binaries.major,
            )

    def _make_data(self, binaries: Binaries, account: Account) -> None:
        """initdb into a folder beside, renamed when whole: a killed first start leaves no half database."""
        growing = self.home / "data.new"
        shutil.rmtree(growing, ignore_errors=True)
        password = self.home / "password"
        try:
            _write_private(password, keep_password(self.state, SUPERUSER), account)
            with tempfile.TemporaryFile("w+") as said:
                argv = _initdb_arguments(binaries, growing, password)
                argv += [] if self.durable else ["--no-sync"]
                if account.run(*argv, output=said):
                    raise self._initdb_error(said)
            with (growing / "postgresql.conf").open("a", encoding="utf-8") as conf:
                conf.write("\ninclude_if_exists = 'moa.conf'\n")
            growing.rename(self.data)
        except OSError as problem:
            raise places.as_launcher_error(problem, self.home) from problem
        finally:
            password.unlink(missing_ok=True)

    def _initdb_error(self, said: IO[str]) -> LauncherError:
        words = _all_words(said)
        if says_disk_full(words):
            return LauncherError("postgres.disk_full", path=self.home)
        return LauncherError("postgres.initdb_failed", data=self.data, reason=_reason(words))

    def _write_conf(self, sockets: Path, account: Account) -> None:
        settings = server_settings(
            socket_folder=sockets,
            port=self.tcp_port or SOCKET_PORT,
            tcp=self.tcp_port is not None,
            durable=self.durable,
        )
        try:
            _write_private(self.data / "moa.conf", as_conf(settings), account)
            if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".log.old"))
        except OSError as problem:
            raise places.as_launcher_error(problem, self.home) from problem

    def _start(self, binaries: Binaries, account: Account) -> None:
        before = self.log.stat().st_size if self.log.exists() else 0
        with tempfile.TemporaryFile("w+") as said:
            argv = (
                binaries / "pg_ctl",
                "start",
                "-D",
                self.data,
                "-l",
                self.log,
                "-w",
                "-t",
                str(START_SECONDS),
            )
            if account.run(*argv, output=said, timeout=START_SECONDS + 30) == 0:
                return
            words = _all_words(said) + self._log_since(before)
        if says_disk_full(words):
            raise LauncherError("postgres.disk_full", path=self.home)
        if "Address already in use" in words:
            raise LauncherError("postgres.port_taken", port=self.tcp_port or SOCKET_PORT)
        raise LauncherError("postgres.start_failed", reason=_reason(words), log=self.log)

    def _log_since(self, offset: int) -> str:
        try:
            with self.log.open("rb") as log:
                log.seek(offset)
                return log.read(1_000_000).decode("utf-8", "replace")
        except OSError:
            return ""

    def _wait_until_ready(self) -> Server:
        """A server seen under the lock may still replay its log; its starter was killed while waiting."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            running = processes.running_server(self.data)
            if running is None:
                break
            found = self.status()
            if running.ready and found is not None:
                return found
            time.sleep(0.05)
        raise LauncherError("postgres.start_failed", reason="it does not take connections", log=self.log)


def _initdb_arguments(binaries: Binaries, data: Path, password: Path) -> list[str | Path]:
    # With lc_ctype C the trigram extension would find nothing in Hangul or Hanzi, so the character type is C.UTF-8
    # everywhere; the builtin provider, which does not depend on the system's libraries, came with version 17.
    if binaries.major >= FIRST_BUILTIN_LOCALE:
        locale = [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--lc-collate=C",
            "--lc-ctype=C.UTF-8",
        ]
    else:
        locale = ["--locale-provider=libc", "--locale=C.UTF-8"]
    return [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        SUPERUSER,
        "--encoding=UTF8",
        *locale,
        "--lc-messages=C",
        "--data-checksums",
        "--auth=scram-sha-256",
        f"--pwfile={password}",
    ]


def _write_private(path: Path, text: str, account: Account) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        if account.switch:
            os.fchown(descriptor, account.uid, account.gid)


def _data_version(data: Path) -> int:
    return int((data / "PG_VERSION").read_text(encoding="ascii").strip())


def _all_words(said: IO[str]) -> str:
    said.seek(0)
    return said.read()


def _reason(words: str) -> str:
    """The one line that says why: the first FATAL, else the first error, else the last line."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    for mark in ("FATAL:", "PANIC:", "error:"):
        for line in lines:
            if mark in line:
                return line.split(mark, 1)[1].strip().rstrip(".")
    return lines[-1].rstrip(".") if lines else "it said nothing"
