"""`moa serve`: the web application until Ctrl-C, without a job worker."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator

import click

from moa.entry.children import PARENT, end_with_parent
from moa.kernel.errors import DomainError

HOST = "127.0.0.1"
DEFAULT_PORT = 8000


class PortTaken(DomainError):
    code = "up.port_taken"

    @property
    def sentence(self) -> str:
        return "Port {port} on {host} {reason}: choose another one with PORT=.".format(**self.facts)


def check_port(host: str, port: int) -> None:
    """Raises: up.port_taken, also when another server shares its port with whoever comes."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as problem:
            raise PortTaken(host=host, port=port, reason="is reserved for the administrator") from problem
        except OSError as problem:
            reason = (
                "is used by another program"
                if problem.errno == 98
                else f"cannot be opened ({problem.strerror})"
            )
            raise PortTaken(host=host, port=port, reason=reason) from problem


@click.command(
    help="Serve the web application until Ctrl-C. Jobs need `moa worker` beside it; `moa up` runs both."
)
@click.option("--host", default=HOST, show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, envvar="PORT", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
@click.option(
    "--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Threads of each process."
)
def serve(host: str, port: int, workers: int, threads: int) -> None:
    end_with_parent()
    check_port(host, port)
    from moa.entry.database import ensure_database

    ensure_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moa.entry.settings")
    os.environ.setdefault("MOA_LOG_LEVEL", "INFO")
    with counted_together():
        _serve(host, port, workers, threads)


@contextlib.contextmanager
def counted_together() -> Iterator[None]:
    """The worker processes count requests in files of one folder, which ends with this server."""
    from moa.entry.database import make_state_dir

    with tempfile.TemporaryDirectory(prefix="metrics-", dir=make_state_dir()) as folder:
        # Read by the library when it is loaded, which only the workers do.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


def _serve(host: str, port: int, workers: int, threads: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from moa.entry.logs import server_logging

    # The web server starts its processes itself; each ends with this one.
    os.environ[PARENT] = str(os.getpid())
    Granian(
        target="moa.entry.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        # A request that waits for a row lock must not keep Ctrl-C waiting for ever.
        workers_kill_timeout=10,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=server_logging(),
    ).serve()
