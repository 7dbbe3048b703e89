"""What the first page weighs, and how long it takes beside the sign-in page with sixteen clients at once."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpResponse
from django.utils import timezone

from moa.control.models import Identity
from moa.control.sessions import SEEN, SINCE
from moa.control.web.session_store import SessionStore
from moa.entry.bench.measure import Result
from moa.ui.environment import DIST

CLIENTS = 16
REQUESTS = 20
ROUNDS = 3
ALLOWED_BYTES = 350_000
# Fonts are named by their style sheet, not by the page; the pictures are one file.
_REFERENCES = re.compile(r"/static/dist/([A-Za-z0-9._-]+\.(?:js|css|svg))")


def first_load(page: HttpResponse) -> Result:
    """The page, its style sheets, scripts and pictures, the chart with all that scripts load, each as gzip; fonts not counted."""
    names = set(_REFERENCES.findall(page.content.decode()))
    if not all(any(name.endswith(kind) for name in names) for kind in (".js", ".css", ".svg")):
        raise AssertionError(f"the page names only {sorted(names)}")
    # Scripts load others by their names: the chart, and what both share.
    names |= {path.name for path in DIST.glob("*.js") if path.name.startswith(("chart-", "chunk-"))}
    weight = len(gzip.compress(page.content, 6)) + sum(
        (DIST / f"{name}.gz").stat().st_size for name in sorted(names)
    )
    return Result(
        "pages.first_load",
        ours=weight,
        reference=ALLOWED_BYTES,
        ratio=round(ALLOWED_BYTES / weight, 2),
        floor=1,
    )


def dashboard_p95(identity: Identity) -> Result:
    """Shape: milliseconds at the 95th percentile, in turns on one server; three times the sign-in page is allowed."""
    cookie = f"moa_session={_signed_in(identity)}"
    times: dict[str, list[Any]] = {"/signin": [], "/": []}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moa.entry", "serve", "--port", str(port)],
        env={**os.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _until_it_answers(port, server)
        for path in times:
            _together(port, path, cookie if path == "/" else "", 2)
        for _ in range(ROUNDS):
            for path, found in times.items():
                found.extend(_together(port, path, cookie if path == "/" else "", REQUESTS))
    finally:
        server.terminate()
        server.wait(20)
    signin, dashboard = (_p95(times[path]) for path in ("/signin", "/"))
    return Result(
        "pages.dashboard_p95",
        ours=dashboard,
        reference=signin,
        ratio=round(3 * signin / dashboard, 2),
        floor=1,
    )


def _signed_in(identity: Identity) -> str:
    """The key of a session as signing in makes it."""
    session = SessionStore()
    session[SESSION_KEY] = str(identity.pk)
    session[BACKEND_SESSION_KEY] = "moa.control.web.signing_in.IdentityBackend"
    session[HASH_SESSION_KEY] = identity.get_session_auth_hash()
    session[SINCE] = session[SEEN] = int(timezone.now().timestamp())
    session.save()
    return str(session.session_key)


def _until_it_answers(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise AssertionError("the server ended")
        try:
            _ask(port, "/signin", "")
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def _ask(port: int, path: str, cookie: str) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    client.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = client.getresponse()
    answer.read()
    client.close()
    if answer.status != 200:
        raise AssertionError(f"{path} answered {answer.status} {answer.headers.get('Location', '')}")


def _together(port: int, path: str, cookie: str, requests: int) -> list[Any]:
    """Seconds of each of the requests of all clients."""
    found: list[Any] = []
    faults: list[BaseException] = []

    def client() -> None:
        try:
            for _ in range(requests):
                begun = time.perf_counter()
                _ask(port, path, cookie)
                found.append(time.perf_counter() - begun)
        except BaseException as fault:
            faults.append(fault)

    _run_all([client] * CLIENTS)
    if faults:
        raise faults[0]
    return found


def _run_all(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _p95(seconds: list[Any]) -> Any:
    return round(sorted(seconds)[int(len(seconds) * 0.95)] * 1000, 2)
