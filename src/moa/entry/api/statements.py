"""Statement files: send one, see what became of it, read what was wrong with it."""

from __future__ import annotations

from typing import Annotated, Any, BinaryIO, Literal, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from moa.accounts.models import Conflict, ParkedStatement, StatementFile
from moa.accounts.operations.receive_file import receive_file
from moa.accounts.permissions import IMPORT, VIEW
from moa.accounts.queries import access_file, visible_files
from moa.control.context import Context
from moa.control.documents import measure
from moa.control.idempotency import once
from moa.control.jobs import enqueue
from moa.control.moments import Clock
from moa.entry.api.paging import Paged, read_cursor, write_cursor
from moa.entry.api.problems import ValuesUnfit, unfit
from moa.entry.api.routes import IdempotencyKey, reads, writes
from moa.entry.api.values import DayText, MomentText, Number, day_text
from moa.ui.problems import problem_text

router = Router(tags=["statements"])
_FIELDS = {"file", "account", "profile"}
StateWord = Literal["waiting", "reading", "stored", "duplicate", "refused"]


class Import(Schema):
    id: int
    name: str
    sha256: str
    size_bytes: int
    received_at: MomentText
    channel: str
    state: StateWord = Field(description="waiting and reading become one of the others by themselves")
    state_at: MomentText | None
    format: str
    profile: str
    encoding: str
    accounts: list[str]
    from_date: DayText | None
    to_date: DayText | None
    entries_read: int
    entries_new: int
    entries_known: int
    errors: int
    warnings: int
    parked: int = Field(description="Statements whose account nobody has opened here; they wait")
    conflicts: int = Field(description="Contradictions that wait for a person")
    duplicate_of: int | None


class ImportPage(Schema):
    items: list[Import]
    next: str | None


class Received(Schema):
    id: int
    state: StateWord
    sha256: str
    job: int = Field(description="The job that reads the file, at /jobs/{id}")


class FileProblem(Schema):
    severity: Literal["error", "warning"]
    code: str
    place: str
    field: str
    value: str
    message: str
    mend: str


class FileProblemPage(Schema):
    items: list[FileProblem]
    next: str | None
    errors: int = Field(description="All that there are; of very many the first thousand are kept")
    warnings: int


class ImportsAsked(Paged):
    state: StateWord | None = None


SHA = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
EXAMPLE: dict[str, Any] = {
    "id": 311, "name": "20261120.sta", "sha256": SHA, "size_bytes": 48211, "received_at": "2026-11-21T07:02:11+09:00",
    "channel": "api", "state": "stored", "state_at": "2026-11-21T07:02:12+09:00", "format": "mt940", "profile": "",
    "encoding": "utf-8", "accounts": ["63000812340112"], "from_date": "2026-11-20", "to_date": "2026-11-20",
    "entries_read": 212, "entries_new": 212, "entries_known": 0, "errors": 0, "warnings": 0, "parked": 0, "conflicts": 0,
    "duplicate_of": None,
}  # fmt: skip
PROBLEM_EXAMPLE = {
    "severity": "error", "code": "amount_unreadable", "place": "line 47", "field": "amount", "value": "1O0",
    "message": "This cannot be read as an amount", "mend": "Letters such as O and l look like digits.",
}  # fmt: skip


@writes(
    router, "/statements", scope=IMPORT, takes="multipart/form-data", status=202, answer=Received,
    summary="Send a statement file", example={"id": 311, "state": "waiting", "sha256": SHA, "job": 5120},
)  # fmt: skip
def send_statement(
    request: HttpRequest,
    ctx: Context,
    response: HttpResponse,
    key: IdempotencyKey,
    file: Annotated[UploadedFile, File(description="MT940, MT942, camt.052/.053/.054, CSV or Excel")],
    account: str = Form(
        "",
        max_length=40,
        pattern=r"^[0-9A-Za-z -]*$",
        description="Account number, where the file names none",
    ),
    profile: str = Form(
        "",
        max_length=40,
        pattern=r"^[0-9A-Za-z_-]*$",
        description="Column profile, where it cannot be found out",
    ),
) -> Status:
    """The raw file is kept at once and read by a job: ask for its state at `Location`. It is stored whole or refused
    with all its errors. A workbook with a password is sent on the page, for no job may hold one."""
    _check_form(request)
    source = cast("BinaryIO", file)
    name = file.name or "file"
    _, digest = measure(source)

    def run() -> dict[str, Any]:
        row = receive_file(
            ctx, source=source, name=name, account=account, profile=profile,
            limit_bytes=settings.UPLOAD_LIMIT_BYTES,
        )  # fmt: skip
        job = enqueue(ctx, "accounts.import_file", file_id=row.id)
        return {"id": row.id, "state": "waiting", "sha256": row.sha256, "job": job}

    content = {"sha256": digest, "name": name, "account": account, "profile": profile}
    answer = once(ctx, "api.statements", key, content, run)
    response.headers["Location"] = reverse("api:read_statement", args=[answer["id"]])
    return Status(202, answer)


def _check_form(request: HttpRequest) -> None:
    """Raises: values_unfit for a field that nobody reads, or two files."""
    given = [*request.POST, *request.FILES]
    errors = [unfit("form", name, "parameter_unknown", name) for name in given if name not in _FIELDS]
    if len(request.FILES.getlist("file")) > 1:
        errors.append(unfit("form", "file", "parameter_repeated", "file"))
    name = request.FILES["file"].name or ""  # type: ignore[union-attr]
    if not name.isprintable():
        errors.append(unfit("form", "file", "value_invalid", name))
    if errors:
        raise ValuesUnfit(*errors)


@reads(
    router, "/statements", scope=VIEW, answer=ImportPage, summary="Imports",
    example={"items": [EXAMPLE], "next": None},
)  # fmt: skip
def list_statements(request: HttpRequest, ctx: Context, asked: Query[ImportsAsked]) -> dict[str, Any]:
    """Newest first, whatever way they came."""
    question = ["statements", asked.state]
    place = read_cursor(question, asked.cursor, int)
    found = visible_files(ctx).order_by("-id")
    if asked.state:
        found = found.filter(state="received" if asked.state == "waiting" else asked.state)
    if place:
        found = found.filter(id__lt=place[0])
    rows = list(found[: asked.limit + 1])
    shown = rows[: asked.limit]
    more = write_cursor(question, [shown[-1].id]) if len(rows) > asked.limit else None
    return {"items": _imports(ctx, shown), "next": more}


@reads(
    router, "/statements/{int:statement_id}", scope=VIEW, answer=Import, summary="One import", example=EXAMPLE
)
def read_statement(request: HttpRequest, ctx: Context, statement_id: Number) -> dict[str, Any]:
    return _imports(ctx, [access_file(ctx, statement_id)])[0]


@reads(
    router, "/statements/{int:statement_id}/problems", scope=VIEW, answer=FileProblemPage,
    summary="What is wrong with a file",
    example={"items": [PROBLEM_EXAMPLE], "next": None, "errors": 1, "warnings": 0},
)  # fmt: skip
def list_problems(
    request: HttpRequest, ctx: Context, statement_id: Number, asked: Query[Paged]
) -> dict[str, Any]:
    """Errors first, then warnings, each with its place and value."""
    file = access_file(ctx, statement_id)
    question = ["problems", statement_id]
    place = read_cursor(question, asked.cursor, int)
    first = max(0, place[0]) if place else 0
    last = first + asked.limit
    more = write_cursor(question, [last]) if last < len(file.problems) else None
    items = [_problem(one) for one in file.problems[first:last]]
    return {"items": items, "next": more, "errors": file.error_count, "warnings": file.warning_count}


def _problem(one: dict[str, str]) -> dict[str, str]:
    words = problem_text(one["code"], one["field"], one["value"])
    return {**one, "message": words.what, "mend": words.mend}


def _imports(ctx: Context, files: list[StatementFile]) -> list[dict[str, Any]]:
    clock, ids = Clock(ctx), [file.id for file in files]
    parked = ParkedStatement.objects.filter(file_id__in=ids, state="waiting").values_list(
        "file_id", flat=True
    )
    conflicts = Conflict.objects.filter(file_id__in=ids, state="open").values_list("file_id", flat=True)
    waiting, contradicted = list(parked), list(conflicts)
    return [
        {
            "id": file.id, "name": file.name, "sha256": file.sha256, "size_bytes": file.size_bytes,
            "received_at": clock(file.received_at), "channel": file.channel,
            "state": "waiting" if file.state == "received" else str(file.state), "state_at": clock.maybe(file.state_at),
            "format": file.format, "profile": file.profile, "encoding": file.encoding, "accounts": file.accounts,
            "from_date": day_text(file.from_date), "to_date": day_text(file.to_date), "entries_read": file.entries_read,
            "entries_new": file.entries_new, "entries_known": file.entries_known, "errors": file.error_count,
            "warnings": file.warning_count, "parked": waiting.count(file.id), "conflicts": contradicted.count(file.id),
            "duplicate_of": file.duplicate_of_id,
        }
        for file in files
    ]  # fmt: skip
