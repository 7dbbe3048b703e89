"""Jobs of the own group alone are shown, failed ones run again, and each has words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from moa.control.audit import record
from moa.control.context import Context
from moa.control.jobs import enqueue, job, keep_fault, registered_jobs, run_now
from moa.control.models import AuditLine
from moa.control.operations.retry_job import JobNotFailed, retry_job
from moa.control.queries import machine_context
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ui.job_words import JOB_WORDS
from tests.control.factories import make_group, make_person, signed_in


@job("test.file_and_record")
def file_and_record(ctx: Context) -> None:
    with ctx.open():
        enqueue(ctx, "control.sweep_documents")
        record(ctx, "test.job.recorded", "job", 0)


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
    trail = client.get("/audit?operation=control.job.retried").content.decode()
    assert str(JOB_WORDS["control.sweep_documents"]) in trail and "control.sweep_documents" not in trail


def test_a_fault_without_a_sentence_says_what_it_is_and_where_it_stands(admin: Context) -> None:
    keep_fault(admin.group_id, filed(admin, "failed"), OSError())
    assert "Moa 안의 오류(OSError)" in signed_in(admin).get("/jobs").content.decode()


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


def of(ctx: Context, work: str, status: str) -> int:
    number = filed(ctx, status)
    with connection.cursor() as cursor:
        cursor.execute(
            "update procrastinate_jobs set args = jsonb_set(args, '{work}', to_jsonb(%s::text)) where id = %s",
            [work, number],
        )
    return number


def test_routine_that_ended_well_does_not_bury_the_rest(admin: Context) -> None:
    machine = machine_context(admin.group_id, at=admin.at, channel="job")
    routine, broken, nightly, asked = (
        of(*one)
        for one in (
            (machine, "reports.mail_daily", "succeeded"), (machine, "reports.mail_daily", "failed"),
            (machine, "control.sweep_documents", "succeeded"), (admin, "reports.mail_daily", "succeeded"),
        )
    )  # fmt: skip
    client = signed_in(admin)

    def shown(query: str) -> list[int]:
        page = client.get(f"/jobs{query}").content.decode()
        return [number for number in (routine, broken, nightly, asked) if f'data-row="{number}"' in page]

    assert shown("") == [broken, nightly, asked], "what a person filed is there"
    assert shown("?every=1") == [routine, broken, nightly, asked]
    assert shown("?state=succeeded") == [routine, nightly, asked], "who asks for it gets it all"
    page = client.get("/jobs").content.decode()
    views = page[page.index('<nav class="mo-views') :]
    assert 'href="/jobs?state=failed">실패 <b class="mo-bad">1</b>' in views[: views.index("</nav>")]
    assert 'href="/jobs" aria-current="page"' in views


def test_the_longest_job_stands_first_where_that_is_asked(admin: Context) -> None:
    quick, slow = filed(admin, "succeeded"), filed(admin, "succeeded")
    with connection.cursor() as cursor:
        for number, took in ((quick, 1), (slow, 95)):
            cursor.execute(
                "insert into procrastinate_events (job_id, type, at) values (%s, 'started', now() - %s * interval '1 second'),"
                " (%s, 'succeeded', now())",
                [number, took, number],
            )
    page = signed_in(admin).get("/jobs?every=1&sort=-took").content.decode()
    assert page.index(f'data-row="{slow}"') < page.index(f'data-row="{quick}"')
    assert f'data-row="{quick}"' not in signed_in(admin).get("/jobs?took.least=60").content.decode()


def test_what_a_job_does_for_a_token_names_the_token(admin: Context) -> None:
    """From the request through the queue to the lines of the audit trail, also where the job files another."""
    by_token = replace(admin, token="moa_AbCd", request_id="r-77")
    with by_token.open():
        number = enqueue(by_token, "test.file_and_record")
    held = ProcrastinateJob.objects.get(id=number)
    assert held.args["token"] == "moa_AbCd"
    run_now(**held.args)
    with admin.open():
        line = AuditLine.objects.get(code="test.job.recorded")
    assert (line.channel, line.request_id, line.after) == ("job", "r-77", {"by_token": "moa_AbCd"})
    further = ProcrastinateJob.objects.filter(args__work="control.sweep_documents").latest("id")
    assert further.args["token"] == "moa_AbCd"
    with admin.open():
        plain = enqueue(admin, "test.file_and_record")
    assert "token" not in ProcrastinateJob.objects.get(id=plain).args
    page = signed_in(admin).get("/jobs?token=AbCd").content.decode()
    assert f'data-row="{number}"' in page and f'data-row="{plain}"' not in page


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
