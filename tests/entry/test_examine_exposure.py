"""`moa doctor --production`: what stands between the installation and others, each with a line that says how to mend it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from moa.channels.operations.set_up_connection import NewHttpConnection, set_up_http_connection
from moa.entry.commands.doctor import examine
from moa.entry.doctor import exposure
from moa.entry.postgres.tuning import server_settings
from tests.control.factories import make_group, make_person

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
SITE = "https://moa.example.kr"


def told(finding: Any) -> tuple[bool, bool]:
    """Whether it is well, and whether something is to do."""
    return finding.ok, bool(finding.mend)


GOOD, ADVICE, BAD = (True, False), (True, True), (False, True)


@pytest.mark.parametrize(
    ("smtp", "site", "finding"),
    [
        ("smtps://a:b@mail.example.kr", SITE, GOOD), ("", SITE, ADVICE), ("smtps://mail.example.kr", "", BAD),
        ("smtps://mail.example.kr", "http://moa.example.kr", BAD), ("smtp://mail.example.kr?tls=none", SITE, BAD),
        ("ftp://mail.example.kr", SITE, BAD),
    ],
)  # fmt: skip
def test_mails_leave_encrypted_and_lead_back(smtp, site, finding):
    assert told(exposure.mail_finding(smtp, site)) == finding
    assert "a:b" not in str(exposure.mail_finding(smtp, site))


@pytest.mark.parametrize(
    ("encrypted", "url", "finding"),
    [
        (True, "postgresql://db/moa?sslmode=verify-full", GOOD), (True, "postgresql://db/moa?sslmode=require", ADVICE),
        (False, "postgresql://db/moa", BAD),
    ],
)  # fmt: skip
def test_the_way_to_the_database_is_encrypted(encrypted, url, finding):
    assert told(exposure.encryption_finding(encrypted, url)) == finding


QUIET = {
    name: server_settings(socket_folder=Path("/run"), port=1, tcp=False, durable=True).get(name, usual)
    for name, usual in (
        ("log_min_error_statement", "error"), ("log_error_verbosity", "default"), ("log_statement", "none"),
        ("log_min_duration_statement", "-1"), ("log_min_duration_sample", "-1"),
    )
}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({}, GOOD), ({"log_min_error_statement": "error"}, BAD), ({"log_error_verbosity": "default"}, BAD),
        ({"log_statement": "mod"}, BAD), ({"log_min_duration_statement": "1s"}, BAD),
    ],
)  # fmt: skip
def test_the_log_of_the_database_holds_no_row(values, finding):
    """Our own server writes none either."""
    found = exposure.database_log_finding("moa", QUIET | values)
    assert told(found) == finding
    assert all(f'alter role "moa" set {name} = \'' in found.mend for name in values)


@pytest.mark.django_db(databases=["default", "owner"])
def test_what_the_database_logs_is_asked_of_it():
    assert exposure.check_database_log().found


@pytest.mark.parametrize(
    ("made", "finding"),
    [
        (["moa-backup-20261119T180000Z"], GOOD), (["moa-backup-20261101T180000Z", "moa-backup-20261119T180000Z"], GOOD),
        (["moa-backup-20261118T120000Z"], BAD), ([], BAD), (["moa-backup-20261119T180000Z.partial"], BAD),
    ],
)  # fmt: skip
def test_the_newest_whole_backup_is_of_last_night(tmp_path, made, finding):
    for name in made:
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    assert told(exposure.backup_finding(str(tmp_path), NOW)) == finding


def test_a_backup_without_its_manifest_is_none(tmp_path):
    (tmp_path / "moa-backup-20261119T180000Z").mkdir()
    assert told(exposure.backup_finding(str(tmp_path), NOW)) == BAD
    assert told(exposure.backup_finding(str(tmp_path / "away"), NOW)) == BAD
    assert told(exposure.backup_finding("", NOW)) == BAD


@pytest.mark.parametrize(("token", "finding"), [("", GOOD), ("x" * 31, BAD), ("x" * 32, GOOD)])
def test_a_token_of_the_metrics_is_long(token, finding):
    assert told(exposure.metrics_finding(token)) == finding


@pytest.mark.parametrize(
    ("level", "finding"),
    [(logging.DEBUG, BAD), (logging.INFO, GOOD), (logging.WARNING, GOOD), (logging.ERROR, ADVICE)],
)
def test_the_log_tells_enough_and_not_too_much(level, finding):
    assert told(exposure.log_level_finding(level)) == finding


def test_secrets_stand_in_files_that_nobody_else_reads(monkeypatch, tmp_path):
    for name in exposure._SECRETS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    assert told(exposure.check_secret_files()) == GOOD
    monkeypatch.setenv("MOA_SECRET_KEY", "x" * 60)
    assert told(exposure.check_secret_files()) == ADVICE
    monkeypatch.delenv("MOA_SECRET_KEY")
    file: Path = tmp_path / "key"
    file.write_text("x" * 60)
    monkeypatch.setenv("MOA_SECRET_KEY_FILE", str(file))
    for mode, finding in ((0o644, BAD), (0o640, GOOD), (0o600, GOOD)):
        file.chmod(mode)
        assert told(exposure.check_secret_files()) == finding


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_whoever_gives_rights_proves_himself_twice(as_owner):
    make_group("ONE")
    as_owner.execute("update control_role set needs_second_factor = (code = 'admin')")
    assert told(exposure.check_second_factors()) == GOOD
    as_owner.execute("update control_role set needs_second_factor = false")
    finding = exposure.check_second_factors()
    assert (told(finding), "ONE" in finding.found) == (BAD, True)
    names = {one.name for one in examine(production=True)}
    assert {
        "mail",
        "backup",
        "metrics",
        "log_level",
        "secret_files",
        "second_factors",
        "database_encryption",
    } <= names
    assert "mail" not in {one.name for one in examine(production=False)}


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([], GOOD), ([("HB/SC", NOW - timedelta(hours=7), 0)], GOOD), ([("HB/SC", NOW - timedelta(hours=7), 2)], BAD),
        ([("HB/SC", NOW - timedelta(hours=40), 0)], BAD), ([("HB/SC", None, None)], BAD),
    ],
)  # fmt: skip
def test_every_book_was_counted_last_night_without_a_difference(rows, finding):
    assert told(exposure.books_finding(rows, NOW)) == finding


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_bank_elsewhere_that_was_connected_unencrypted_is_named(as_owner):
    for code, is_demo in (("REAL", False), ("SHOW", True)):
        admin = make_person(make_group(code, is_demo=is_demo), roles=["admin"])
        for bank, is_tls in (("020", False), ("088", True)):
            new = NewHttpConnection(
                bank, "M202600001", "127.0.0.1", 80, "client", "a-secret-of-ours", is_tls=is_tls
            )
            with admin.open():
                set_up_http_connection(admin, new=new)
    assert exposure.check_bank_encryption().ok
    as_owner.execute("update channels_connection set host = '10.0.0.7'")
    finding = exposure.check_bank_encryption()
    assert (finding.ok, finding.found.rpartition(": ")[2]) == (False, "020 at 10.0.0.7 of REAL")
