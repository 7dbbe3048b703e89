"""The log is JSON lines that lead from a request to the audit trail, and no line holds a number or a name."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import path

from moa.control.audit import record
from moa.control.jobs import _work, run_now
from moa.control.models import AuditLine
from moa.control.web.page import page
from moa.entry import error_pages
from moa.entry.logs import JsonLines, PlainLines, clear, content_of, logging_settings
from moa.entry.urls import urlpatterns as real_urls
from tests.control.factories import make_group, make_person, signed_in

NUMBER, RESIDENT, NAME, LATIN = "110-234-567890", "900101-1234568", "홍길동", "Hong Gildong"
SECRETS = (NUMBER, "110234567890", "234-567890", RESIDENT, "1234568", NAME, LATIN)


@page()
def failing(request: Any, ctx: Any) -> None:
    holder, account = NAME, NUMBER
    logging.getLogger("moa.sample").warning("no balance of %s (%s) for %s", account, holder, RESIDENT)
    try:
        raise ValueError(f"{LATIN} {account} cannot be read")
    except ValueError as cause:
        raise RuntimeError(f"{holder} {RESIDENT}") from cause


@page()
def acting(request: Any, ctx: Any) -> Any:
    from django.http import HttpResponse

    record(ctx, "sample.done", "sample", 1)
    return HttpResponse("done")


handler500 = error_pages.failed
urlpatterns = [
    *real_urls,
    path("sample/fails", failing, name="fails"),
    path("sample/acts", acting, name="acts"),
]


@pytest.fixture
def lines() -> Iterator[Any]:
    """What the product's own handler would write, read back."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    root, former = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)

    def read() -> list[dict[str, Any]]:
        whole = written.getvalue()
        assert [secret for secret in SECRETS if secret in whole or json.dumps(secret)[1:-1] in whole] == []
        return [json.loads(line) for line in whole.splitlines()]

    yield read
    root.removeHandler(handler)
    root.setLevel(former)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
class TestRequests:
    def test_a_failing_page_is_logged_with_its_place_and_without_its_values(self, lines):
        person = make_person(make_group(), roles=["treasurer"], name=LATIN)
        client = signed_in(person)
        client.raise_request_exception = False
        answer = client.get("/sample/fails", headers={"X-Request-Id": "caller-0001"})
        assert (answer.status_code, answer.headers["X-Request-Id"]) == (500, "caller-0001")
        assert "caller-0001" in answer.content.decode()
        warning, fault, request = (
            line for line in lines() if line["logger"] in {"moa.sample", "django.request", "moa.request"}
        )
        assert (warning["level"], warning["said"]) == (
            "warning",
            "no balance of ***-***-****** (…) for ******-*******",
        )
        assert [one["type"] for one in fault["fault"]] == ["RuntimeError", "ValueError"]
        assert fault["fault"][0]["at"][-1].endswith(" failing")
        assert {name: request[name] for name in ("request", "person", "route", "status", "method")} == {
            "request": "caller-0001", "person": person.actor.person_id, "route": "fails", "status": 500, "method": "GET",
        }  # fmt: skip
        assert request["ms"] > 0
        assert warning["request"] == fault["request"] == "caller-0001"

    def test_an_answer_leads_to_its_lines_in_the_audit_trail(self, lines):
        person = make_person(make_group(), roles=["treasurer"])
        given = signed_in(person).get("/sample/acts").headers["X-Request-Id"]
        with person.open():
            assert AuditLine.objects.get(code="sample.done").request_id == given
        assert [line["request"] for line in lines() if line["logger"] == "moa.request"] == [given]

    def test_an_id_that_is_none_is_replaced(self):
        for unfit in ("short", "x" * 65, "with blank in it", "line%0Abreak"):
            given = Client().get("/signin", headers={"X-Request-Id": unfit}).headers["X-Request-Id"]
            assert given != unfit
            assert len(given) == 16

    def test_the_secret_of_a_link_is_in_no_line(self, lines):
        assert Client().get("/link/0123456789abcdef.very-secret").status_code == 410
        assert [line["route"] for line in lines() if line["logger"] == "moa.request"] == ["control:link"]
        assert all("very-secret" not in json.dumps(line) for line in lines())


@pytest.mark.django_db
class TestJobs:
    def test_a_failing_job_is_logged_with_its_request_and_without_its_values(self, lines, monkeypatch):
        ctx = make_person(make_group(), roles=["treasurer"])

        def fail(ctx: Any, number: str) -> None:
            raise KeyError(f"{NAME} {number} {LATIN}")

        monkeypatch.setitem(_work, "sample.fail", fail)
        with pytest.raises(KeyError):
            run_now("sample.fail", ctx.group_id, ctx.actor.person_id, "request-of-it", {"number": NUMBER})
        (line,) = lines()
        assert (line["said"], line["job"], line["request"], line["person"]) == (
            "job failed", "sample.fail", "request-of-it", ctx.actor.person_id,
        )  # fmt: skip
        assert line["fault"][0]["said"] == ""

    def test_a_row_that_the_database_refuses_is_named_by_its_constraint(self, lines):
        make_person(make_group(), "taken")
        with pytest.raises(IntegrityError) as refused, connection.cursor() as cursor:
            cursor.execute(
                "insert into control_identity select * from control_identity where login = 'taken'"
            )
        logging.getLogger("moa.sample").error("refused", exc_info=refused.value)
        (line,) = lines()
        words = [one["said"] for one in line["fault"]]
        assert any(said.startswith("23505 control_identity") for said in words)
        assert "taken" not in json.dumps(line)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("account 110-234-567890", "account ***-***-******"), ("1002345678901", "*" * 13),
        ("２００２ 홍길동 x", "… … x"), ("on 2026-11-20 at 10:41", "on 2026-11-20 at 10:41"),
        ("job 1234 done", "job 1234 done"), ("6225 8812 3456 7890", "**** **** **** ****"),
    ],
)  # fmt: skip
def test_numbers_and_foreign_letters_are_struck(text, shown):
    assert clear(text) == shown


def test_a_library_that_spells_out_arguments_is_cut_short():
    line = logging.LogRecord(
        "procrastinate.worker", logging.ERROR, "x", 1, f"Job moa.run[7](x={LATIN})", (), None
    )
    line.action, line.job = "job_error", {"id": 7, "task_kwargs": {"x": LATIN}}
    said = json.loads(JsonLines().format(line))
    assert (said["said"], LATIN in json.dumps(said)) == ("job_error 7", False)
    assert "job_error 7" in PlainLines().format(line)


def test_no_logger_writes_past_the_one_handler():
    made = logging_settings("INFO", as_json=True)
    assert made["root"]["handlers"] == ["stderr"]
    assert [name for name, how in made["loggers"].items() if how.get("handlers")] == []


@pytest.mark.parametrize("logger", ["django.security.csrf", "django.request"])
def test_the_path_of_a_refused_request_is_not_told(logger: str) -> None:
    record = logging.LogRecord(
        logger,
        logging.WARNING,
        "",
        0,
        "Forbidden (%s): %s",
        ("CSRF cookie not set.", "/link/AbCdSecret"),
        None,
    )
    assert content_of(record)["said"] == "Forbidden (CSRF cookie not set.)"
