"""The group's jobs: what waits, runs, is done or failed and why, and letting failed ones run again.

What runs every five minutes and ended well would bury the rest, so as long as nothing is asked for it is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from markupsafe import escape

from moa.control.access import require_below
from moa.control.context import Context
from moa.control.jobs import frequent_jobs
from moa.control.operations.retry_job import RETRY, JobNotFailed, retry_job
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number
from moa.control.web.tables import Around, table_view
from moa.ui.job_words import JOB_WORDS
from moa.ui.problems import SENTENCES, problem_text
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.conditions import Links
from moa.ui.tables.spec import CHOICE, MOMENT, NUMBER, STATE, Batch, Column, Empty, Row, Table

VIEW_JOBS = "control.jobs.view"
_MOST_AT_ONCE = 200
# What the list says after jobs were let run again: how many do, did not fail, and were too many at once.
_TOLD = ("again", "kept", "left")
# Asked of the shown rows alone; joined, the names would be looked for before the order is.
_WHO = "(select p.name from control_person p where p.id = (j.args ->> 'person_id')::bigint)"
_FAULT = (
    "case when j.status in ('failed', 'todo') then"
    " (select f.code from control_jobfault f where f.job_id = j.id order by f.id desc limit 1) end"
)

# Of the last try, in whole seconds; of one that runs, until now.
_TOOK = (
    "(select round(extract(epoch from case when j.status = 'doing' then now() else"
    " max(e.at) filter (where e.type in ('succeeded', 'failed', 'deferred_for_retry')) end"
    " - max(e.at) filter (where e.type = 'started')))::bigint from procrastinate_events e where e.job_id = j.id)"
)
_OF_GROUP = "j.task_name = 'moa.run' and (j.args ->> 'group_id')::bigint = %(job_group)s"
# What a person filed is no routine, whatever its name: he looks for it.
_APART_FROM_ROUTINE = (
    "not (j.status = 'succeeded' and j.args ->> 'work' = any(%(routine)s)"
    " and (j.args ->> 'person_id')::bigint in (select id from control_person where kind = 'machine'))"
)
_COUNTS = f"""
select count(*) filter (where j.status = 'failed'), count(*) filter (where j.status in ('todo', 'doing'))
  from procrastinate_jobs j where {_OF_GROUP}
"""
# In the address: all jobs, also what runs every five minutes.
_EVERY = "every"


def _limits(ctx: Context) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """The queue has no policy: the group is asked for by name. A job carries no unit, so the right must hold everywhere."""
    require_below(ctx, VIEW_JOBS, None)
    return [(_OF_GROUP, {"job_group": ctx.group_id})]


def _why(facts: PageFacts) -> Callable[[Row], str]:
    plain = _plain_why(facts)
    return lambda row: str(escape(plain(row)))


def _plain_why(facts: PageFacts) -> Callable[[Row], str]:
    def why(row: Row) -> str:
        if not row.fault:
            return ""
        if row.fault in SENTENCES:
            return problem_text(row.fault).what
        return gettext("A fault inside Moa (%(code)s); the log has it under the request number") % {
            "code": row.fault
        }

    return why


JOBS = Table(
    name="control.jobs",
    label=_("Jobs"),
    scope=_("What the system does by itself, of the last 30 days"),
    right=VIEW_JOBS,
    here="jobs",
    source="procrastinate_jobs j",
    key="j.id",
    order="-number",
    further=(_EVERY,),
    said=_TOLD,
    limits=_limits,
    row_class=lambda row: "is-gone" if row.state in ("cancelled", "aborting", "aborted") else "",
    empty=Empty(_("No job yet"), _("Imports, mails and nightly work stand here.")),
    batch=(Batch("again", _("Run again"), "control:jobs_again", RETRY),),
    columns=(
        Column("number", _("Number"), NUMBER, "j.id", sortable=True, not_null=True, width=10),
        Column("work", _("Work"), CHOICE, "j.args ->> 'work'", choices=tuple(JOB_WORDS.items()), filterable=True,
               css="mo-el w-who", width=36),
        Column("who", _("Filed by"), sql=_WHO, filterable=True, css="mo-nw mo-2"),
        Column("filed", _("Filed"), MOMENT, "(select min(e.at) from procrastinate_events e where e.job_id = j.id)",
               filterable=True),
        Column("changed", _("Last change"), MOMENT,
               "(select max(e.at) from procrastinate_events e where e.job_id = j.id)"),
        Column("took", _("Seconds"), NUMBER, _TOOK, sortable=True, filterable=True, width=10),
        Column("attempts", _("Tried"), NUMBER, "j.attempts", filterable=True, width=8),
        Column("fault", _("Why it failed"), sql=_FAULT, cell=_why, plain=_plain_why, css="mo-s", width=40),
        Column("request", _("Request number"), sql="j.args ->> 'request_id'", shown=False, filterable=True),
        Column("token", _("Machine token"), sql="j.args ->> 'token'", shown=False, filterable=True),
        Column("state", _("State"), STATE, "j.status::text", filterable=True, css="w-st",
               choices=(("todo", _("Waiting")), ("doing", _("Running")), ("succeeded", pgettext_lazy("job", "Done")), ("failed", _("Failed"))),
               states={"todo": ("pending", _("Waiting")), "doing": ("sent", _("Running")), "succeeded": ("paid", pgettext_lazy("job", "Done")),
                       "failed": ("failed", _("Failed")), "cancelled": ("draft", _("Taken out")),
                       "aborting": ("draft", _("Taken out")), "aborted": ("draft", _("Taken out"))}),
    ),
)  # fmt: skip


def _settle(request: HttpRequest, ctx: Context, **numbers: int) -> Around:
    told = {name: _number(request.GET.get(name, "")) for name in _TOLD}
    narrowed = any(request.GET.get(name) for column in JOBS.conditions for name in column.names)
    whole = narrowed or bool(request.GET.get(_EVERY))
    links = Links(request.path, request.GET)
    return Around(
        template="control/jobs.html",
        given=() if whole else [(_APART_FROM_ROUTINE, {"routine": frequent_jobs()})],
        values={
            "told": told if any(told.values()) else None,
            "views": _views(ctx, links.query(without=_TOLD)),
        },
    )


class _View(NamedTuple):
    """Shape: `number` None where nothing is counted; `is_bad` when there should be none."""

    label: Any
    query: str
    here: bool
    number: int | None = None
    is_bad: bool = False


def _views(ctx: Context, query: str) -> list[_View]:
    """What a person comes here for, each one press away. Raises: forbidden."""
    require_below(ctx, VIEW_JOBS, None)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"job_group": ctx.group_id})
        failed, waiting = cursor.fetchone()
    views = (
        (_("Without routine work that went well"), "", None, False),
        (_("Failed"), "state=failed", failed, failed > 0),
        (_("Waiting or running"), "state=todo&state=doing", waiting, False),
        (_("Longest first"), f"{_EVERY}=1&sort=-took", None, False),
        (pgettext_lazy("jobs", "All"), f"{_EVERY}=1", None, False),
    )
    return [_View(label, asked, asked == query, number, is_bad) for label, asked, number, is_bad in views]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


jobs = table_view(JOBS, _settle)


@require_POST
@page(RETRY)
def again(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Those of the chosen jobs that failed run again; the others stay as they are, and the list says how many."""
    chosen = [key for key in map(row_number, request.POST.getlist("row")) if key is not None]
    told = dict.fromkeys(_TOLD, 0)
    for job_id in chosen[:_MOST_AT_ONCE]:
        try:
            retry_job(ctx, job_id)
        except JobNotFailed:
            told["kept"] += 1
        else:
            told["again"] += 1
    told["left"] = len(chosen[_MOST_AT_ONCE:])
    return HttpResponseRedirect(f"{reverse('control:jobs')}?{urlencode(told)}")
