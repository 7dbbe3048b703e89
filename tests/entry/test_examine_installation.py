"""`moa doctor`: well when all is well, and for each thing that can be wrong a line that says so and how to mend it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from moa.entry import cli
from moa.entry.commands.doctor import as_line, examine
from moa.entry.doctor import machine, production, stores
from moa.entry.doctor.findings import Finding, bad, good, run_checks
from tests.control.factories import make_two_groups

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def found(production_too: bool = False) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(production=production_too)}


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
class TestDatabase:
    def test_an_installation_that_was_just_made_is_well(self):
        findings = found()
        assert {
            name: finding for name, finding in findings.items() if not finding.ok and name != "assets"
        } == {}
        assert {"database_version", "roles", "migrations", "korean_search", "disk", "fonts"} <= set(findings)

    def test_it_prints_json_only_and_ends_with_1_when_something_is_bad(self, capsys):
        with override_settings(SECRET_KEY="guess"):
            assert cli.run(["doctor", "--production", "--json"]) == 1
        answer = json.loads(capsys.readouterr().out)
        assert answer["ok"] is False
        assert [
            check["name"] for check in answer["checks"] if not check["ok"] and check["name"] == "secret"
        ] == ["secret"]

    def test_a_missing_migration_is_named(self, as_owner):
        as_owner.execute("delete from django_migrations where app = 'directory'")
        finding = found()["migrations"]
        assert (finding.ok, "directory." in finding.found, finding.mend) == (
            False,
            True,
            "Run moa upgrade.",
        )

    def test_a_table_without_policy_is_named(self, as_owner):
        as_owner.execute("alter table control_unit disable row level security")
        assert "control_unit" in found()["row_security"].found

    @pytest.mark.parametrize(
        ("statement", "words"),
        [
            ("grant create on schema public to moa_app", "may create tables"),
            ("alter table control_unit owner to moa_app", "owns tables"),
        ],
    )
    def test_a_right_too_many_of_the_application_is_named(self, admin, statement, words):
        admin.execute(statement)
        assert words in found()["roles"].found

    def test_keys_wrapped_by_another_master_key_are_named(self, as_owner):
        make_two_groups()
        as_owner.execute(
            "insert into control_groupkey (group_id, purpose, version, wrapped, master_id, created_at)"
            " select id, 'content', 99, '', 'another', now() from control_group limit 1"
        )
        assert "another master key" in found()["document_keys"].found

    def test_an_unknown_time_zone_is_named(self, as_owner):
        make_two_groups()
        as_owner.execute("update control_group set time_zone = 'Asia/Atlantis'")
        assert "Asia/Atlantis" in found()["time_zones"].found


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
class TestProduction:
    NAMES = ("no_demo_users", "no_demo_group", "no_simulated_bank")

    def test_an_empty_system_has_nothing_of_a_demo(self):
        findings = found(production_too=True)
        assert [findings[name].ok for name in self.NAMES] == [True, True, True]

    @pytest.mark.parametrize(
        ("statement", "name"),
        [
            ("update control_identity set is_demo = true", "no_demo_users"),
            ("update control_group set is_demo = true", "no_demo_group"),
        ],
    )
    def test_a_demo_is_found_in_any_group(self, as_owner, statement, name):
        make_two_groups()
        as_owner.execute(statement)
        assert cli.run(["doctor", "--production"]) == 1
        assert found(production_too=True)[name].mend == "Run moa demo remove."

    def test_commits_that_a_power_cut_takes_back_are_named(self):
        # The tests' own server is such a one.
        assert "fsync off" in found(production_too=True)["durable_commits"].found

    def test_a_way_to_simulated_banks_is_named(self, monkeypatch):
        monkeypatch.setenv("MOA_WORLD", "127.0.0.1:9")
        assert found(production_too=True)["no_simulated_bank"].mend == "Unset MOA_WORLD."

    @override_settings(DEBUG=True, ALLOWED_HOSTS=["*"])
    def test_what_is_meant_for_developers_is_named(self):
        findings = found(production_too=True)
        assert [findings[name].ok for name in ("no_debugging", "hosts")] == [False, False]

    @override_settings(ALLOWED_HOSTS=["moa.example.com"], SESSION_COOKIE_SECURE=False)
    def test_an_open_connection_to_other_machines_is_named(self):
        assert "moa.example.com" in found(production_too=True)["encrypted_connection"].found


def test_a_database_that_cannot_be_used_is_one_finding(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    findings = found()
    assert not findings["database"].ok
    assert "migrations" not in findings
    assert "clock" in findings


@pytest.mark.parametrize("secret", ["", "short", "a" * 60, "django-insecure-" + "abcdefghijklmnop" * 4])
def test_a_secret_that_can_be_guessed_is_bad(secret):
    assert not production.secret_finding(secret).ok


def test_a_random_secret_is_good():
    assert production.secret_finding("5dgq8w-k2Jz0yTn4Vb7Xc1Lm9Rf3Hs6PaEuQoIxZtYwBvNdGjKq").ok


@pytest.mark.parametrize(
    ("at", "ok"),
    [(NOW, True), (datetime(1970, 1, 1, tzinfo=UTC), False), (datetime(2106, 2, 7, tzinfo=UTC), False)],
)
def test_a_clock_far_from_our_time_is_bad(at, ok):
    assert machine.clock_finding(at).ok is ok


@pytest.mark.parametrize(("apart", "ok"), [(0, True), (4, True), (-4, True), (6, False), (-6, False)])
def test_two_clocks_may_differ_by_five_seconds(apart, ok):
    assert stores.clocks_finding(NOW, NOW + timedelta(seconds=apart), NOW).ok is ok


@pytest.mark.parametrize(("free", "ok"), [(1_999_999_999, False), (2_000_000_000, True)])
def test_less_than_two_gigabytes_is_too_little(free, ok):
    assert machine.disk_finding(Path("/"), free).ok is ok


def test_a_machine_without_korean_fonts_gets_advice_and_stays_well(tmp_path):
    assert machine.korean_fonts((str(tmp_path),)) == []
    finding = machine.fonts_finding([])
    assert finding.ok
    assert "fonts-noto-cjk" in as_line(finding)


def test_a_font_is_known_by_its_file(tmp_path):
    (tmp_path / "NotoSansCJK-Regular.ttc").touch()
    (tmp_path / "DejaVuSans.ttf").touch()
    assert machine.korean_fonts((str(tmp_path),)) == ["NotoSansCJK-Regular"]


def test_keys_that_others_may_read_are_bad(monkeypatch, open_folder):
    monkeypatch.setenv("MOA_STATE", str(open_folder / "state"))
    from moa.entry.database import state_dir

    folder = state_dir() / "keys"
    folder.mkdir(parents=True)
    (folder / "secret_key").write_text("x")
    (folder / "secret_key").chmod(0o644)
    finding = machine.check_state_rights()
    assert (finding.ok, "chmod 600" in finding.mend) == (False, True)
    (folder / "secret_key").chmod(0o600)
    assert machine.check_state_rights().ok


def test_a_check_that_stumbles_does_not_hide_the_others():
    def check_one() -> Finding:
        raise OSError("the disk is away")

    def check_two() -> Finding:
        return good("", "fine")

    first, second = run_checks([check_one, check_two])
    assert (first.ok, "the disk is away" in first.found, second.ok) == (False, True, True)


def test_a_bad_line_says_how_to_mend_it():
    assert as_line(bad("row_security", "no policy on x", "Put it back.")).splitlines() == [
        "BAD  row security           no policy on x",
        "     " + " " * 22 + " → Put it back.",
    ]
