"""MOA_APP_URL alone: pages, jobs and commands that work with rows run, and nothing there can change a table."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import quote

import pytest

from moa.control import jobs
from moa.entry import database
from moa.entry.postgres.errors import LauncherError
from tests.control.factories import make_group
from tests.entry.test_bring_up import free_port

MOA = [sys.executable, "-m", "moa.entry"]


@pytest.fixture
def service(moa_environment):
    """The environment of a service, with the application's login of the server that the tests run on."""
    _owner, app = database.database_logins()
    url = f"postgresql://{app.user}:{quote(app.password)}@/{app.database}?host={quote(app.host, safe='')}"
    return {**moa_environment, "MOA_APP_URL": url + (f"&port={app.port}" if app.port else "")}


def run(environment, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MOA, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.django_db(transaction=True)
def test_jobs_are_done_with_the_applications_login_alone(service, as_owner):
    ctx = make_group()
    with ctx.open():
        number = jobs.enqueue(ctx, "control.sweep_documents")
    done = run(service, "worker", "--until-empty")
    assert done.returncode == 0, done.stderr
    as_owner.execute("select status::text from procrastinate_jobs where id = %s", [number])
    assert as_owner.fetchone() == ("succeeded",)


@pytest.mark.django_db(transaction=True)
def test_pages_are_served_and_ready(service):
    port = free_port()
    process = subprocess.Popen([*MOA, "serve", "--port", str(port), "--workers", "1"], env=service)
    try:
        assert _status(f"http://127.0.0.1:{port}/readyz") == 200
        assert _status(f"http://127.0.0.1:{port}/signin") == 200
    finally:
        process.terminate()
        process.wait(timeout=30)


def _status(address: str) -> int:
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as answer:
            return int(answer.code)
        except OSError:
            assert time.monotonic() < end, f"{address} does not answer"
            time.sleep(0.2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("command", [["doctor"], ["upgrade"], ["backup", "here"]])
def test_what_works_on_the_tables_themselves_names_the_login_that_it_needs(
    service, command, tmp_path, as_owner
):
    as_owner.execute(
        "delete from django_migrations where id = (select max(id) from django_migrations where app = 'ledger')"
    )
    done = subprocess.run(
        [*MOA, *command], env=service, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1, done.stdout
    assert "the owner's login" in done.stdout + done.stderr and "DATABASE_URL" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_settings_name_one_login_and_it_is_looked_at(service, monkeypatch):
    monkeypatch.setenv("MOA_APP_URL", service["MOA_APP_URL"])
    assert [*database.database_settings()] == ["default"]
    database.ensure_database()
    with pytest.raises(LauncherError) as refused:
        database.database_logins()
    assert refused.value.code == "database.owner_needed"


def test_an_owners_login_is_no_applications(service, monkeypatch):
    owner, _app = database.database_logins()
    url = f"postgresql://{owner.user}:{quote(owner.password)}@/{owner.database}?host={quote(owner.host, safe='')}"
    monkeypatch.setenv("MOA_APP_URL", url + (f"&port={owner.port}" if owner.port else ""))
    with pytest.raises(LauncherError) as refused:
        database.ensure_database()
    assert refused.value.code == "database.app_role_too_strong"
