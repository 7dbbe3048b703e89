"""What a monitoring system reads: requests, jobs, imports, mails, connections. Format: Prometheus text.

Counts of requests are kept by each process in files of one folder when `moa serve` names it (several workers), else in
memory. Everything about the database's rows is asked when it is read, so it is the same from every worker.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from django.db import connection, connections
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_POOL = {"pool_size": "open", "pool_available": "free", "requests_waiting": "waiting"}
# States of jobs in the queue, in the words of operations.
_JOB_STATES = {"todo": "waiting", "doing": "running", "failed": "failed"}

own = CollectorRegistry()
requests = Counter("moa_requests", "Requests answered", ["method", "route", "status"], registry=own)
durations = Histogram(
    "moa_request_seconds", "Time until the answer begins", ["route"], buckets=_BUCKETS, registry=own
)
pool = Gauge(
    "moa_database_pool", "Connections of the web processes", ["state"], registry=own, multiprocess_mode="livesum"
)  # fmt: skip


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
    durations.labels(route).observe(seconds)
    stats = _pool_stats()
    for figure, state in _POOL.items():
        pool.labels(state).set(stats.get(figure, 0))


def _pool_stats() -> dict[str, int]:
    # Django makes the pool at the first use; asking must not make one.
    pools = getattr(type(connections["default"]), "_connection_pools", {})
    found = pools.get("default")
    return found.get_stats() if found is not None else {}


def exposition() -> bytes:
    """All metrics of this installation, as text."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Own())
    registry.register(_Rows())
    return generate_latest(registry)


class _Own:
    """The registry of this process alone."""

    def collect(self) -> Iterator[Metric]:
        yield from own.collect()


class _Rows:
    """What the database knows."""

    def collect(self) -> Iterator[Metric]:
        facts = GaugeMetricFamily("moa_info", "The version that runs", labels=["version"])
        facts.add_metric([version("moa")], 1)
        yield facts
        yield _by_state("moa_jobs", "Jobs in the queue", _jobs())
        imports, mails = _imports_and_mails()
        yield _by_state("moa_imports", "Statement files received in the last 30 days", imports)
        yield _by_state("moa_mails", "Mails not sent", mails)


def _by_state(name: str, words: str, counts: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=["state"])
    for state, count in sorted(counts.items()):
        family.add_metric([state], count)
    return family


def _jobs() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select status::text, count(*) from procrastinate_jobs where status in ('todo', 'doing', 'failed') group by 1"
        )
        found: dict[str, int] = dict(cursor.fetchall())
    return {word: found.get(status, 0) for status, word in _JOB_STATES.items()}


def _imports_and_mails() -> tuple[dict[str, int], dict[str, int]]:
    """Counted group by group: these rows stand under row security, and no function sees them all."""
    from moa.control.queries import list_groups, machine_context

    imports: dict[str, int] = {}
    mails = {"queued": 0, "failed": 0}
    for group in list_groups():
        ctx = machine_context(group.id, at=datetime.now(UTC), channel="web")
        with ctx.open(), connection.cursor() as cursor:
            _add(cursor, imports, "select state, count(*) from accounts_statementfile"
                 " where received_at > now() - interval '30 days' group by 1")  # fmt: skip
            _add(cursor, mails, "select state, count(*) from control_mail where state <> 'sent' group by 1")
    return imports, mails


def _add(cursor: Any, counts: dict[str, int], statement: str) -> None:
    cursor.execute(statement)
    for state, count in cursor.fetchall():
        counts[state] = counts.get(state, 0) + count
