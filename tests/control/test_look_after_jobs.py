"""Jobs of the own group alone are shown, failed ones run again, and each has words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from moa.control.context import Context
from moa.control.jobs import enqueue, keep_fault, registered_jobs
from moa.control.models import AuditLine
from moa.control.operations.retry_job import JobNotFailed, retry_job
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ui.job_words import JOB_WORDS
from tests.control.factories import make_group, make_person, signed_in


class Refused(DomainError):
    code = "job_not_failed"


@pytest.fixture
def admin(db: None) -> Context:
    return make_person(make_group(), "boss", roles=["admin"])


def filed(ctx: Context, status: str = "todo") -> int:
    with ctx.open(), connection.cursor() as cursor:
        number = enqueue(ctx, "control.sweep_documents")
        cursor.execute("update procrastinate_jobs set status = %s where id = %s", [status, number])
    return number


def status(number: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select status::text from procrastinate_jobs where id = %s", [number])
        return str(cursor.fetchone()[0])


def test_every_registered_job_has_words() -> None:
    ours = {name for name in registered_jobs() if name.split(".")[0] != "test"}
    assert {
        name for name in ours if name.startswith(("accounts.", "control.", "ledger.", "reports."))
    } <= set(JOB_WORDS)


def test_a_failed_job_says_why_and_runs_again(admin: Context) -> None:
    number = filed(admin, "failed")
    keep_fault(admin.group_id, number, Refused())
    client = signed_in(admin)
    page = client.get("/jobs").content.decode()
    assert f'data-row="{number}"' in page and "실패한 작업이 아닙니다" in page
    assert client.post("/jobs/again", {"row": [str(number)]}).status_code == 302
    assert status(number) == "todo"
    with admin.open():
        assert AuditLine.objects.filter(code="control.job.retried", subject_id=str(number)).count() == 1


def test_a_job_that_did_not_fail_stays_as_it_is(admin: Context) -> None:
    number = filed(admin)
    with admin.open(), pytest.raises(JobNotFailed):
        retry_job(admin, number)
    assert signed_in(admin).post("/jobs/again", {"row": [str(number), "x"]}).status_code == 302
    assert status(number) == "todo"


def test_the_list_says_how_many_run_again_and_how_many_did_not_fail(admin: Context) -> None:
    failed, waiting = filed(admin, "failed"), filed(admin)
    client = signed_in(admin)
    only = client.post("/jobs/again", {"row": [str(waiting)]}, follow=True).content.decode()
    assert "실패하지 않아 그대로 둡니다" in only and "다시 실행합니다" not in only
    both = client.post("/jobs/again", {"row": [str(failed), str(waiting)]}, follow=True).content.decode()
    assert "1건을 다시 실행합니다" in both and "1건은 실패하지 않아 그대로 둡니다" in both
    assert "mo-ev mo-box" not in client.get("/jobs?again=x&kept=-1").content.decode()


def test_jobs_of_another_group_are_neither_shown_nor_run_again(admin: Context) -> None:
    stranger = make_person(make_group(), "stranger", roles=["admin"])
    number = filed(stranger, "failed")
    assert f'data-row="{number}"' not in signed_in(admin).get("/jobs").content.decode()
    with admin.open(), pytest.raises(NotFound):
        retry_job(admin, number)


def test_who_only_reads_lets_nothing_run_again(admin: Context) -> None:
    auditor = make_person(replace(admin), "auditor", roles=["auditor"])
    number = filed(admin, "failed")
    with auditor.open(), pytest.raises(Forbidden):
        retry_job(auditor, number)
    assert signed_in(auditor).post("/jobs/again", {"row": [str(number)]}).status_code == 403
