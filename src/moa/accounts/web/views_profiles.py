"""Column profiles that the group made: the list, one with its versions, a new sample, retiring, reading a file by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.accounts.lifecycle import FileState, ProfileState
from moa.accounts.models import ColumnProfile
from moa.accounts.operations.keep_sample import SampleUnfit, keep_sample
from moa.accounts.operations.read_again import FileNotRefused, read_again
from moa.accounts.operations.receive_file import FileEmpty, FileTooLarge
from moa.accounts.operations.save_profile import ProfileUnfit, retire_profile
from moa.accounts.own_profiles import access_profile, newest_of
from moa.accounts.permissions import DEFINE, IMPORT, VIEW
from moa.accounts.queries import visible_files
from moa.accounts.samples import LIMIT_BYTES, file_behind
from moa.accounts.web.column_words import OF_FIELDS, ORDERS
from moa.control.access import may, require, require_below, rights
from moa.control.context import Context
from moa.control.documents import DocumentNotKept
from moa.control.jobs import enqueue
from moa.control.models import Document
from moa.control.queries import person_names
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number
from moa.control.web.tables import Around, table_view
from moa.directory.queries import bank_map
from moa.formats.spreadsheets.header import column_letter
from moa.formats.spreadsheets.pointing import from_json
from moa.formats.spreadsheets.profiles import PROFILES as SHIPPED
from moa.ui.formatting import named
from moa.ui.problems import problem_text
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import MOMENT, NUMBER, STATE, TEXT, Column, Empty, Row, Table

_REFUSED_SHOWN = 8
_TABLES = ("csv", "xlsx", "xls", "html", "")


def _bank(facts: PageFacts) -> Callable[[Row], str]:
    banks, language = bank_map(facts.ctx), facts.ctx.language

    def bank(row: Row) -> str:
        found = banks.get((row.bank_country, row.bank_code))
        return found.short_name(language) if found else ""

    return bank


def _shown_bank(facts: PageFacts) -> Callable[[Row], str]:
    plain = _bank(facts)
    return lambda row: named(plain(row))


PROFILES = Table(
    name="accounts.profiles",
    label=_("Column profiles"),
    scope=_("What the columns of a bank's table hold, where Moa does not know it by itself"),
    right=VIEW,
    here="imports",
    source="(select distinct on (name) * from accounts_columnprofile order by name, version desc) p",
    joins={"w": "join control_person w on w.id = p.person_id"},
    key="p.id",
    order="name",
    fields={"bank_country": "p.bank_country", "bank_code": "p.bank_code"},
    search=("p.name",),
    row_url="accounts:profile",
    row_class=lambda row: "is-gone" if row.state == "retired" else "",
    empty=Empty(
        _("No profile of your own yet"), _("Send a table of your bank and point at its columns."),
        "accounts:profile_new", _("Send a sample"), "cols",
    ),
    columns=(
        Column("name", _("Name"), TEXT, "p.name", link=True, sortable=True, not_null=True, filterable=True, css="mo-el"),
        Column("bank", _("Bank"), cell=_shown_bank, plain=_bank),
        Column("version", _("Version"), NUMBER, "p.version", sortable=True),
        Column("lines", _("Lines in the sample"), NUMBER, "(p.checked ->> 'lines')::bigint"),
        Column("unlike", _("Balances that do not run"), NUMBER, "(p.checked ->> 'unlike')::bigint"),
        Column("read", _("Files read by it"), NUMBER, "(select count(*) from accounts_statementfile f where f.profile ="
               " p.name || ' v' || p.version and f.state = 'stored')"),
        Column("state", _("State"), STATE, "p.state", filterable=True,
               states={"active": ("paid", _("In use")), "retired": ("draft", _("Retired"))}),
        Column("who", _("Saved by"), TEXT, "w.name", ("w",)),
        Column("made_at", _("Saved"), MOMENT, "p.made_at", sortable=True, filterable=True),
    ),
)  # fmt: skip


def _around(request: HttpRequest, ctx: Context, **numbers: int) -> Around:
    return Around(
        template="accounts/profiles.html",
        values={"may_define": DEFINE in rights(ctx).everywhere, "shipped": sorted(SHIPPED)},
    )


profiles = table_view(PROFILES, _around)


@require_GET
@page(VIEW)
def profile(request: HttpRequest, ctx: Context, profile_id: int) -> HttpResponse:
    """One version: what it takes each column for, the others of its name, and what can be done with it."""
    one = access_profile(ctx, profile_id)
    versions = list(ColumnProfile.objects.filter(name=one.name).order_by("-version"))
    names = person_names(ctx, {each.person_id for each in versions})
    pointing = from_json(one.pointing)
    sample = Document.objects.filter(id=one.sample_id).first() if one.sample_id else None
    file = file_behind(ctx, sample.id) if sample else None
    bank = bank_map(ctx).get((one.bank_country, one.bank_code))
    return render(
        request,
        "accounts/profile.html",
        {
            "profile": one, "pointing": pointing, "bank": bank.short_name(ctx.language) if bank else "",
            "columns": [
                {"letter": column_letter(at), "name": name, "word": OF_FIELDS.get(field, field), "field": field}
                for at, (name, field) in enumerate(zip(pointing.names, pointing.fields, strict=True))
                if name or field not in ("", "sequence")
            ],
            "order_word": dict(ORDERS)[pointing.date_order], "is_newest": versions[0].id == one.id,
            "versions": [{"id": each.id, "number": each.version, "state": each.state, "at": each.made_at,
                          "who": names.get(each.person_id, "")} for each in versions],
            "sample": sample, "place": f"{column_letter(pointing.account_at[1])}{pointing.account_at[0]}"
            if pointing.account_at else "",
            "refused_file": file if file and file.state == FileState.REFUSED and sample and sample.stored else None,
            "may_define": DEFINE in rights(ctx).everywhere, "may_import": may(ctx, IMPORT),
            "saved": "saved" in request.GET, "refusal": None,
        },
    )  # fmt: skip


class SampleForm(forms.Form):
    """The file is taken from the request, as it came."""

    file = forms.FileField(label=_("A table of your bank"), allow_empty_file=True)


@require_http_methods(["GET", "POST"])
@page(DEFINE)
def profile_new(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Send a sample, or take a file that was refused."""
    require_below(ctx, DEFINE, None)
    posted = request.method == "POST"
    form = SampleForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            with ctx.open():
                document = keep_sample(ctx, source=cast("BinaryIO", upload), name=upload.name or "sample")
            base = row_number(request.GET.get("base", ""))
            query = f"?base={base}" if base is not None else ""
            return HttpResponseRedirect(reverse("accounts:point", args=[document.id]) + query)
        except (SampleUnfit, FileEmpty, FileTooLarge) as refusal:
            told = problem_text(refusal.code)
            form.add_error("file", ". ".join(str(part) for part in (told.what, told.mend) if part))
    refused = (
        visible_files(ctx)
        .filter(state=FileState.REFUSED, format__in=_TABLES, document__stored=True)
        .order_by("-id")[:_REFUSED_SHOWN]
    )
    values = {"form": form, "refused": list(refused), "limit_bytes": LIMIT_BYTES}
    return render(request, "accounts/profile_new.html", values, status=422 if form.errors else 200)


@require_POST
@page(DEFINE)
def profile_retire(request: HttpRequest, ctx: Context, profile_id: int) -> HttpResponse:
    """do=restore takes a retired profile up again."""
    one = access_profile(ctx, profile_id)
    restore = request.POST.get("do") == "restore"
    newest = newest_of(one.name)
    wanted = ProfileState.RETIRED if restore else ProfileState.ACTIVE
    if newest is not None and newest.state != wanted:
        # Somebody was quicker; what was asked for holds.
        return HttpResponseRedirect(reverse("accounts:profile", args=[newest.id]))
    try:
        with ctx.open():
            after = retire_profile(ctx, name=one.name, restore=restore)
    except ProfileUnfit as refusal:
        return _told(request, refusal)
    return HttpResponseRedirect(reverse("accounts:profile", args=[after.id]))


def _told(request: HttpRequest, refusal: ProfileUnfit) -> HttpResponse:
    words = problem_text(refusal.code, "", str(refusal.facts.get("value", "")))
    values: dict[str, Any] = {"words": words}
    return render(request, "accounts/profile_refused.html", values, status=422)


@require_POST
@page(IMPORT)
def profile_read(request: HttpRequest, ctx: Context, profile_id: int) -> HttpResponse:
    """Bring the refused file in by this profile; its page shows how it goes."""
    require(ctx, IMPORT)
    file_id = row_number(request.POST.get("file", "")) or 0
    try:
        file_id = read_again(ctx, file_id=file_id, profile_id=profile_id).id
        enqueue(ctx, "accounts.import_file", file_id=file_id)
    except (FileNotRefused, DocumentNotKept):
        # Somebody was quicker, or its bytes are gone: the file's page says how it stands.
        pass
    return HttpResponseRedirect(reverse("accounts:imported", args=[file_id]))
