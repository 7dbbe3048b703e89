"""Probes for machines: alive, ready, counted; the counts only for those who may read them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import ProgrammingError
from django.test import Client, override_settings

from moa.control.mail import send
from moa.entry import probes
from tests.control.factories import make_group, make_person, signed_in


def read(client: Client, **asked: object) -> dict[str, str]:
    answer = client.get("/metrics", **asked)
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return dict(line.rsplit(" ", 1) for line in lines)


def test_the_process_answers_without_a_database():
    # No database mark: asking it would fail this test.
    assert Client().get("/healthz").json() == {"alive": True}


@pytest.mark.django_db
class TestReady:
    def test_it_is_ready_when_tables_and_files_are_there(self):
        answer = Client().get("/readyz")
        assert (answer.status_code, answer.json()) == (
            200,
            {"ready": True, "database": True, "migrations": True, "assets": True},
        )

    def test_it_is_not_ready_while_a_migration_is_missing(self, monkeypatch):
        from moa.entry import probes

        known = probes._known_migrations()
        monkeypatch.setattr(probes, "_known_migrations", lambda: known | {"control.9999_to_come"})
        answer = Client().get("/readyz")
        assert (answer.status_code, answer.json()["migrations"]) == (503, False)

    def test_it_is_not_ready_where_the_database_does_not_say_what_it_has(self, monkeypatch):
        def refused() -> list[str]:
            raise ProgrammingError("permission denied")

        monkeypatch.setattr(probes, "missing_migrations", refused)
        answer = Client().get("/readyz")
        assert (answer.status_code, answer.json()["migrations"]) == (503, False)

    def test_it_is_not_ready_without_its_style_sheets(self, monkeypatch, tmp_path):
        monkeypatch.setattr("moa.entry.assets.dist", lambda: tmp_path)
        assert Client().get("/readyz").json() == {
            "ready": False,
            "database": True,
            "migrations": True,
            "assets": False,
        }


@pytest.mark.django_db
class TestMetrics:
    def test_a_request_is_counted_by_page_and_status(self):
        before = read(Client())
        Client().get("/signin")
        Client().get("/nowhere")
        after = read(Client())
        for name in (
            'moa_requests_total{method="GET",route="control:signin",status="200"}',
            'moa_requests_total{method="GET",route="none",status="404"}',
            'moa_request_seconds_count{route="control:signin"}',
        ):
            assert int(float(after[name])) == int(float(before.get(name, "0"))) + 1
        assert not [name for name in after if "metrics" in name]

    def test_jobs_and_mails_of_all_groups_are_counted(self):
        before = read(Client())
        for _ in range(2):
            ctx = make_person(make_group(), roles=["treasurer"])
            with ctx.open():
                send(ctx, "kim@example.org", "Words", "Text")
        after = read(Client())
        for name in ('moa_mails{state="queued"}', 'moa_jobs{state="waiting"}'):
            assert int(float(after[name])) == int(float(before[name])) + 2
        assert any(name.startswith('moa_info{version="') for name in after)

    @pytest.mark.parametrize(
        "asked", [{"REMOTE_ADDR": "192.0.2.7"}, {"headers": {"X-Forwarded-For": "192.0.2.7"}}]
    )
    def test_another_machine_is_not_told_that_it_exists(self, asked):
        assert Client().get("/metrics", **asked).status_code == 404

    def test_with_a_token_set_only_the_token_counts(self):
        with override_settings(METRICS_TOKEN="m" * 40):
            assert Client().get("/metrics").status_code == 404
            assert Client().get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
            right = {"Authorization": f"Bearer {'m' * 40}"}
            assert Client().get("/metrics", REMOTE_ADDR="192.0.2.7", headers=right).status_code == 200

    def test_a_session_opens_nothing_there(self):
        client = signed_in(make_person(make_group(), roles=["admin"]))
        assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404


COUNT = """
import sys
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
import django; django.setup()
from moa.entry import metrics
metrics.requests.labels("GET", "page", "200").inc()
"""


def test_processes_are_counted_together(tmp_path):
    """Two processes count one request each; a third adds them up."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNT], env=environment, check=True)
    script = COUNT + "r = CollectorRegistry(); MultiProcessCollector(r); print(generate_latest(r).decode())"
    said = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    assert 'moa_requests_total{method="GET",route="page",status="200"} 3.0' in said.stdout
