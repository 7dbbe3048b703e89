"""What every test may ask for: a database under row security, the owner's connection, a browser.

Tests that need no database start no server. `db` and `transactional_db` are pytest-django's; the database behind
them is a copy of a migrated template, reached as the application's role exactly as in the running system.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.places import state_folder

# Before Django's settings load: the tests' state folder is their own, and no variable of the shell leads elsewhere.
for name in ("DATABASE_URL", "MOA_APP_URL", "MOA_DATABASE", "MOA_PG_PORT"):
    os.environ.pop(name, None)
# Tests start some hundreds of processes, and each would compile all that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
STATE = state_folder()
os.environ["MOA_STATE"] = str(STATE)
os.environ["DJANGO_SETTINGS_MODULE"] = "moa.entry.settings"
# Playwright's synchronous interface runs an event loop in the thread of the test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django  # noqa: E402
import pytest  # noqa: E402

django.setup()

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402

from moa.entry.postgres import embedded  # noqa: E402
from tests import database_server, order, second_try  # noqa: E402

# A password's hash is dear on purpose, a quarter of a second of a processor; tests make and check some hundreds of them.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 512, 1

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each file's tests together, the longest files first (ADR 101)."""
    items.sort(key=order.place_of([item.nodeid for item in items]))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The session that started everything (not a worker of it) ends the server, unless another session uses it."""
    if not hasattr(config, "workerinput"):
        database_server.stop_if_last(STATE)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The session that started everything keeps what failed, for the second try."""
    reports = [*terminalreporter.stats.get("failed", ()), *terminalreporter.stats.get("error", ())]
    second_try.note_failures([report.nodeid for report in reports])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The simulated banks, shared by the tests of a module; each makes its own connection to them."""
    from tests.channels.bank_world import BankWorld

    with BankWorld(tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """This process's copy of the template stands behind both aliases."""
    lock = database_server.hold(STATE)
    server = database_server.throwaway(STATE)
    with django_db_blocker.unblock():
        template = database_server.ensure_template(server)
        database_server.renew_copy(server, template)
        with database_server.pointed_at(server, database_server.copy_name()), _renewing(server, template):
            os.environ["MOA_DATABASE"] = database_server.copy_name()
            yield
            del os.environ["MOA_DATABASE"]
        database_server.drop_copy(server)
    lock.close()


@contextlib.contextmanager
def _renewing(server: Any, template: str) -> Iterator[None]:
    """A test that commits gets its database replaced afterwards.

    Django would empty the tables with TRUNCATE; the application's role may not, and append-only tables refuse.
    """
    former = TransactionTestCase._fixture_teardown

    def renew(self: TransactionTestCase) -> None:
        from django.db import connections

        for connection in connections.all(initialized_only=True):
            connection.close()
        database_server.close_pool()
        database_server.renew_copy(server, template)

    TransactionTestCase._fixture_teardown = renew
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = former


@pytest.fixture
def as_owner(django_db_setup: None) -> Iterator[Any]:
    """A cursor of the owner's role on the test's database, in autocommit, outside row security.

    It sees committed rows only: what a test with plain `db` wrote in its own transaction is not there.
    """
    owner, _app = embedded.logins(database_server.throwaway(STATE), database_server.copy_name())
    with database_server.raw_connection(owner) as connection, connection.cursor() as cursor:
        yield cursor


@pytest.fixture
def as_app(django_db_setup: None) -> Iterator[Any]:
    """A cursor of the application's role in autocommit, with no group set: what raw SQL can do to us."""
    _owner, app = embedded.logins(database_server.throwaway(STATE), database_server.copy_name())
    with database_server.raw_connection(app) as connection, connection.cursor() as cursor:
        yield cursor


@pytest.fixture
def admin(django_db_setup: None) -> Iterator[Any]:
    """The server's superuser on the test's database, for what no role of ours may do. Ask for `transactional_db` too."""
    with embedded.admin_connection(
        database_server.throwaway(STATE), database_server.copy_name()
    ) as connection:
        yield connection


@pytest.fixture
def moa_environment(django_db_setup: None) -> dict[str, str]:
    """The environment with which a `moa` command in a process of its own works on this test's database."""
    return {**os.environ, "MOA_STATE": str(STATE), "MOA_DATABASE": database_server.copy_name()}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium when there is one, else the one Playwright installed."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    arguments = {**browser_type_launch_args, "args": BROWSER_ARGUMENTS}
    return {**arguments, "executable_path": found} if found else arguments


@pytest.fixture
def browser_page(live_server: Any, new_context: Any) -> Iterator[Any]:
    """A page of a real browser on the live server; `goto("/path")` works. A script error or a refused script fails the test.

    A response of 4xx is reported by the browser too, but a test of a refusal wants exactly that.
    """
    context = new_context(base_url=live_server.url, locale="ko-KR", timezone_id="Asia/Seoul")
    context.set_default_timeout(20_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    page.close()
    assert [words for words in complaints if not words.startswith("Failed to load resource")] == []


@pytest.fixture
def state_folder() -> Path:
    """The tests' state folder: keys, passwords and documents are below it."""
    return STATE
