"""Upload, progress and history of statement files."""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from moa.accounts.lifecycle import ConflictState, FileState
from moa.accounts.models import BankAccount, Conflict, ParkedStatement, StatementFile
from moa.accounts.operations.import_file import import_file
from moa.accounts.operations.receive_file import FileEmpty, FileTooLarge, receive_file
from moa.accounts.overview import list_accounts
from moa.accounts.own_profiles import active_profiles
from moa.accounts.permissions import IMPORT, VIEW
from moa.accounts.queries import access_file, open_conflicts, visible_files, waits_of_page
from moa.accounts.web.forms import UploadForm
from moa.accounts.web.imports_table import IMPORTS
from moa.accounts.web.views_accounts import parked_offers
from moa.control.access import may, permitted_units, require
from moa.control.content_hash import content_hash
from moa.control.context import Context
from moa.control.idempotency import once_within
from moa.control.jobs import enqueue
from moa.control.queries import person_names
from moa.control.web.page import page
from moa.control.web.tables import LISTED, Around, table_answer, table_view
from moa.formats.spreadsheets.profiles import PROFILES

_MOST_CHOICES = 500
_BUSY = (FileState.RECEIVED, FileState.READING)


def _around(request: HttpRequest, ctx: Context, form: UploadForm | None = None) -> Around:
    """The history is for everybody who sees accounts; sending a file needs its own right."""
    busy = visible_files(ctx).filter(state__in=_BUSY).order_by("id")[:20]
    may_upload = may(ctx, IMPORT)
    return Around(
        template="accounts/imports.html",
        fresh=frozenset(request.GET.getlist("new")),
        values={
            "form": form or (upload_form(request, ctx) if may_upload else None),
            "limit_bytes": settings.UPLOAD_LIMIT_BYTES, "running": [job_facts(ctx, one) for one in busy],
            "parked": parked_offers(ctx), "conflicts": conflict_rows(ctx), "may_upload": may_upload,
        },
    )  # fmt: skip


_history = table_view(IMPORTS, _around)


@require_http_methods(["GET", "POST"])
def imports_page(request: HttpRequest) -> HttpResponseBase:
    return _sent(request) if request.method == "POST" else _history(request)


LISTED[imports_page] = LISTED[_history]


@page(VIEW)
def _sent(request: HttpRequest, ctx: Context) -> HttpResponse:
    require(ctx, IMPORT)
    form = upload_form(request, ctx)
    uploaded = _upload_once(request, ctx, form)
    if not uploaded or form.errors:
        answer = table_answer(request, ctx, IMPORTS, _around(request, ctx, form))
        answer.status_code = 422
        return answer
    if len(uploaded) == 1:
        return HttpResponseRedirect(reverse("accounts:imported", args=uploaded))
    query = "&".join(f"new={one}" for one in uploaded)
    return HttpResponseRedirect(f"{reverse('accounts:imports')}?{query}")


def upload_form(request: HttpRequest, ctx: Context) -> UploadForm:
    accounts = _accounts_to_choose(ctx)
    profiles = [(one.name, one.name) for one in active_profiles(ctx)]
    profiles += [(name, name) for name in sorted(PROFILES)]
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return UploadForm(*given, accounts=accounts, profiles=profiles)


def _accounts_to_choose(ctx: Context) -> list[tuple[str, str]] | None:
    """The accounts by number; None where they are so many that a person types the number instead."""
    units = permitted_units(ctx, VIEW)
    found = BankAccount.objects.all() if units is None else BankAccount.objects.filter(unit_id__in=units)
    ids = list(found.values_list("id", flat=True)[: _MOST_CHOICES + 1])
    if len(ids) > _MOST_CHOICES:
        return None
    return [
        (one.number, f"{one.bank} ···{one.account_end} {one.name} {one.currency}")
        for one in list_accounts(ctx, ids=ids)
    ]


def _upload_once(request: HttpRequest, ctx: Context, form: UploadForm) -> list[int]:
    """The same form with the same files sent twice gives the files of the first. A password is tried each time."""
    form.is_valid()
    asked = form.cleaned_data
    if not asked.get("once") or asked.get("password"):
        return _upload(request, ctx, form)
    files = [_digest(one) for one in request.FILES.getlist("files")]
    key = content_hash(
        [ctx.actor.person_id, asked["once"], asked.get("account", ""), asked.get("profile", ""), files]
    )

    def run() -> dict[str, Any] | None:
        received = _upload(request, ctx, form)
        return None if form.errors else {"files": received}

    found: list[int] = once_within(ctx, "accounts.upload", key, run).get("files", [])
    return found


def _digest(upload: UploadedFile) -> list[Any]:
    digest = sha256()
    for piece in upload.chunks():
        digest.update(piece)
    upload.seek(0)
    return [upload.name, digest.hexdigest()]


def _upload(request: HttpRequest, ctx: Context, form: UploadForm) -> list[int]:
    """Keep each file and file the job that reads it; a file that cannot be taken is an error of the form."""
    form.is_valid()
    chosen = form.cleaned_data
    received: list[int] = []
    files = request.FILES.getlist("files")
    if not files:
        form.add_error("files", _("Choose at least one file."))
    for upload in files:
        try:
            with ctx.open():
                file = receive_file(
                    ctx, source=cast("BinaryIO", upload), name=upload.name or "file", account=chosen.get("account", ""),
                    profile=chosen.get("profile", ""), limit_bytes=settings.UPLOAD_LIMIT_BYTES,
                )  # fmt: skip
                if chosen.get("password"):
                    # At once, not by a job: a job's arguments are stored, and a password must not be.
                    import_file(
                        ctx,
                        file_id=file.id,
                        password=chosen["password"],
                        sheet_limit=settings.SHEET_LIMIT_BYTES,
                    )
                else:
                    enqueue(ctx, "accounts.import_file", file_id=file.id)
            received.append(file.id)
        except FileTooLarge as refusal:
            form.add_error(
                "files",
                _("%(name)s has %(size)s bytes; the limit is %(limit)s. Nothing of it was stored.")
                % {
                    "name": upload.name,
                    "size": f"{refusal.facts['size']:,}",
                    "limit": f"{refusal.facts['limit']:,}",
                },
            )
        except FileEmpty:
            form.add_error("files", _("%(name)s is empty.") % {"name": upload.name})
    return received


@require_GET
@page(VIEW)
def import_status(request: HttpRequest, ctx: Context, file_id: int) -> HttpResponse:
    """The job line of one file; when it is done htmx stops asking. A page of the file itself is loaded anew, and that of
    all files once none is being read any more: what they left to do stands there."""
    file = access_file(ctx, file_id)
    response = render(request, "accounts/fragments/job.html", {"job": job_facts(ctx, file)})
    if file.state not in _BUSY:
        here = urlsplit(request.headers.get("HX-Current-URL", "")).path.rstrip("/")
        of_itself = here.endswith(f"/imports/{file.id}")
        response["HX-Refresh" if of_itself else "HX-Trigger"] = "true" if of_itself else "moa:read"
    return response


def job_facts(ctx: Context, file: StatementFile) -> dict[str, Any]:
    done, started = file.entries_read, file.state_at or file.received_at
    seconds = max(1, int((ctx.at - started).total_seconds()))
    reading = file.state == FileState.READING
    return {
        "id": file.id, "name": file.name, "state": {"received": "waiting"}.get(file.state, str(file.state)),
        "done": done, "total": None, "unit": "entries", "per_second": done // seconds if reading and done else None,
        "ends_at": None, "started_at": started, "import": None if file.state in _BUSY else import_rows(ctx, [file])[0],
    }  # fmt: skip


def import_rows(ctx: Context, files: list[StatementFile]) -> list[dict[str, Any]]:
    names = person_names(ctx, {file.person_id for file in files})
    ids = [file.id for file in files]
    parked: dict[int, int] = defaultdict(int)
    for file_id in ParkedStatement.objects.filter(file_id__in=ids, state="waiting").values_list(
        "file_id", flat=True
    ):
        parked[file_id] += 1
    conflicts: dict[int, int] = defaultdict(int)
    for file_id in Conflict.objects.filter(file_id__in=ids, state=ConflictState.OPEN).values_list(
        "file_id", flat=True
    ):
        conflicts[file_id] += 1
    provisional = set(
        StatementFile.objects.filter(id__in=ids, statements__provisional=True).values_list("id", flat=True)
    )
    twins = StatementFile.objects.in_bulk([file.duplicate_of_id for file in files if file.duplicate_of_id])
    return [
        {
            "id": file.id, "name": file.name, "bytes": file.size_bytes, "received_at": file.received_at,
            "by": names.get(file.person_id, ""), "channel": file.channel, "format": file.format,
            "profile": file.profile, "encoding": file.encoding, "accounts": file.accounts, "from_date": file.from_date,
            "to_date": file.to_date, "entries_new": file.entries_new, "entries_known": file.entries_known,
            "errors": file.error_count, "parked": parked[file.id], "conflicts": conflicts[file.id],
            "state": _shown_state(file, parked[file.id], conflicts[file.id], file.id in provisional),
            "duplicate_of": _twin(twins.get(file.duplicate_of_id)) if file.duplicate_of_id else None,
        }
        for file in files
    ]  # fmt: skip


def _shown_state(file: StatementFile, parked: int, conflicts: int, provisional: bool) -> str:
    if file.state != FileState.STORED:
        return {"received": "waiting"}.get(file.state, str(file.state))
    if conflicts:
        return "conflict"
    if parked:
        return "parked"
    return "provisional" if provisional else "stored"


def _twin(file: StatementFile | None) -> dict[str, Any] | None:
    return None if file is None else {"id": file.id, "name": file.name, "received_at": file.received_at}


def conflict_rows(ctx: Context, file_id: int | None = None) -> list[dict[str, Any]]:
    if not waits_of_page(ctx, since=ctx.at).conflicts:
        return []
    found = open_conflicts(ctx)
    if file_id is not None:
        found = found.filter(file_id=file_id)
    return [
        {
            "id": one.id, "account_name": one.account.nickname or one.account.number,
            "account_end": one.account.number_key[-4:], "date": one.from_date, "count": one.line_count,
            "url": reverse("accounts:conflict", args=[one.id]),
        }
        for one in found[:50]
    ]  # fmt: skip
