"""DATABASE_URL: Moa makes or checks the two roles there, and never runs as a superuser."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from moa.entry import database
from moa.entry.postgres import embedded
from moa.entry.postgres.errors import LauncherError
from moa.entry.postgres.passwords import read_password


@pytest.fixture
def outside(make_cluster):
    """A superuser's connection to a server that stands for the user's own."""
    cluster = make_cluster("outside")
    with embedded.admin_connection(cluster) as admin:
        yield Outside(cluster, admin)


class Outside:
    def __init__(self, cluster, admin) -> None:
        self.cluster, self.admin = cluster, admin

    def url(self, user: str = "postgres", password: str = "", name: str = "treasury") -> str:
        password = password or read_password(self.cluster.state, "postgres")
        return f"postgresql://{user}:{password}@/{name}?host={self.cluster.status().socket_folder}"

    def make_role(self, name: str, rights: str) -> None:
        self.admin.execute(f"create role {name} login password 'secret' {rights}")


@pytest.fixture
def use(monkeypatch, open_folder):
    """`use(url)`: the environment of a command with that DATABASE_URL and a state folder of its own."""

    def set_up(url: str, *, state: str = "ours", app_url: str = "", name: str = "") -> None:
        monkeypatch.setenv("MOA_STATE", str(open_folder / state))
        for variable, value in (("DATABASE_URL", url), ("MOA_APP_URL", app_url), ("MOA_DATABASE", name)):
            monkeypatch.setenv(variable, value) if value else monkeypatch.delenv(variable, raising=False)

    return set_up


def connect(login: embedded.Login) -> psycopg.Connection:
    return psycopg.connect(
        host=login.host, user=login.user, password=login.password, dbname=login.database, autocommit=True
    )


def refusal() -> LauncherError:
    with pytest.raises(LauncherError) as caught:
        database.ensure_database()
    assert "\n" not in caught.value.sentence
    return caught.value


def test_a_superusers_url_gets_an_owner_and_an_application_role(outside, use):
    use(outside.url())
    database.ensure_database()
    owner, app = database.database_logins()
    assert (owner.user, app.user) == ("moa_owner_treasury", "moa_app_treasury")
    with connect(owner) as connection:
        connection.execute("create extension pg_trgm")
        connection.execute("create table facts (n int)")
    with connect(app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("create table more (n int)")


def test_a_role_that_may_create_roles_owns_the_tables_itself(outside, use):
    outside.make_role("treasurer", "createrole createdb")
    use(outside.url("treasurer", "secret"))
    database.ensure_database()
    owner, app = database.database_logins()
    assert (owner.user, app.user) == ("treasurer", "moa_app_treasury")
    with connect(app) as connection:
        assert connection.execute("select current_user").fetchone() == ("moa_app_treasury",)


def test_a_role_without_rights_is_told_to_name_the_application_role(outside, use):
    outside.make_role("clerk", "")
    outside.admin.execute("create database treasury owner clerk")
    use(outside.url("clerk", "secret"))
    found = refusal()
    assert found.code == "database.cannot_make_role"
    assert "MOA_APP_URL" in found.sentence


def test_a_named_application_role_is_used(outside, use):
    outside.make_role("clerk", "")
    outside.make_role("runner", "")
    outside.admin.execute("create database treasury owner clerk")
    use(outside.url("clerk", "secret"), app_url=outside.url("runner", "secret"))
    database.ensure_database()
    assert database.database_settings()["default"]["USER"] == "runner"
    assert database.database_settings()["owner"]["USER"] == "clerk"


@pytest.mark.parametrize(
    ("rights", "words"),
    [
        ("superuser", "is a superuser"),
        ("bypassrls", "bypasses row security"),
        ("createrole", "may create roles"),
    ],
)
def test_an_application_role_that_could_step_around_row_security_is_refused(outside, use, rights, words):
    outside.make_role("runner", rights)
    use(outside.url(), app_url=outside.url("runner", "secret"))
    found = refusal()
    assert found.code == "database.app_role_too_strong"
    assert words in found.sentence


def test_the_owner_itself_is_refused_as_application_role(outside, use):
    outside.make_role("clerk", "createdb")
    use(outside.url("clerk", "secret"), app_url=outside.url("clerk", "secret"))
    assert refusal().code == "database.app_role_too_strong"


def test_a_lost_state_folder_gets_new_passwords_while_nobody_works(outside, use):
    use(outside.url(), state="first")
    database.ensure_database()
    use(outside.url(), state="second")
    database.ensure_database()
    with connect(database.database_logins()[1]) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_second_installation_does_not_lock_the_first_one_out(outside, use):
    use(outside.url(), state="first")
    database.ensure_database()
    first = database.database_logins()[1]
    with connect(first):
        use(outside.url(), state="second")
        assert refusal().code == "database.role_in_use"
    with connect(first):
        pass


def test_an_installation_that_lost_its_url_begins_with_no_empty_database(
    outside, use, open_folder, monkeypatch
):
    use(outside.url())
    database.ensure_database()
    monkeypatch.delenv("DATABASE_URL")
    found = refusal()
    assert found.code == "database.url_missing" and "MOA_APP_URL" in found.sentence
    assert not (open_folder / "ours" / "postgres").exists()


def test_another_database_on_the_same_server_is_made_by_name(outside, use):
    use(outside.url(), name="bench")
    database.ensure_database()
    assert database.database_settings()["default"]["NAME"] == "bench"
    database.drop_database("bench")
    assert outside.admin.execute("select 1 from pg_database where datname = 'bench'").fetchone() is None


def test_a_missing_database_that_may_not_be_made_is_named(outside, use):
    outside.make_role("clerk", "")
    use(outside.url("clerk", "secret"))
    assert refusal().code == "database.missing"


def test_a_server_that_does_not_answer_is_named_without_the_password(use):
    use("postgresql://someone:very-secret@127.0.0.1:1/treasury")
    found = refusal()
    assert found.code == "database.unreachable"
    assert "very-secret" not in found.sentence


def test_settings_load_before_the_server_ever_ran_and_fail_closed(outside, use):
    use(outside.url())
    app = database.database_logins()[1]
    assert app.user == "moa_app_treasury"
    with pytest.raises(psycopg.OperationalError):
        connect(replace(app, database="postgres"))
