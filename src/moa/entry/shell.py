"""What stands around every page: group, moment, person, menu. Filled here, for it draws on every context."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.urls import NoReverseMatch
from django.utils import timezone, translation

from moa.accounts.newest_word import NewestWord, newest_word
from moa.accounts.permissions import ENTER as ENTER_LINES
from moa.accounts.permissions import VIEW
from moa.channels.permissions import CHECK
from moa.channels.permissions import VIEW as VIEW_LINES_TO_BANKS
from moa.control.access import may, rights
from moa.control.asked_together import around_page, ask_together
from moa.control.context import Context
from moa.control.inbox import waiting_of_page
from moa.control.models import Person
from moa.control.notice_inbox import unread_of_page
from moa.control.people import VIEW_USERS
from moa.control.queries import the_group_of
from moa.control.web.kept_input import asked_back, mark
from moa.control.web.policy_rights import MAY_SEE
from moa.directory.permissions import VIEW_CALENDAR, VIEW_RATES
from moa.directory.queries import calendar_for
from moa.ledger.permissions import ENTER as ENTER_VOUCHERS
from moa.ledger.permissions import EXPORT_PROOF
from moa.ledger.permissions import VIEW as VIEW_BOOKS
from moa.ledger.web.day_words import BooksOfPage, books_of_page
from moa.payments.permissions import ENTER as ENTER_PAYMENTS
from moa.payments.permissions import SEE_DISTANCE
from moa.payments.permissions import VIEW as VIEW_PAYMENTS
from moa.reconciliation.permissions import CONFIRM as CONFIRM_LINES
from moa.reconciliation.permissions import VIEW as VIEW_LINES
from moa.reports.permissions import VIEW_POSITION
from moa.ui.environment import page_address
from moa.ui.shell import JOBS, Shell, User, menu

# A job of the menu: its page and the right that it needs, or one of several.
_JOBS: dict[str, tuple[str, str | tuple[str, ...]]] = {
    "today": ("reports:dashboard", VIEW_POSITION),
    "approvals": ("control:approvals", "control.approvals.decide"),
    "requests": ("control:approvals", (ENTER_PAYMENTS, ENTER_VOUCHERS, ENTER_LINES, CONFIRM_LINES)),
    "position": ("reports:position", VIEW_POSITION),
    "daily": ("reports:daily", VIEW_POSITION),
    "accounts": ("accounts:accounts", VIEW),
    "payments": ("payments:orders", VIEW_PAYMENTS),
    "imports": ("accounts:imports", VIEW),
    "reconciliation": ("reconciliation:lines", VIEW_LINES),
    "suspense": ("reconciliation:suspense", VIEW_LINES),
    "kftc": ("channels:kftc", CHECK),
    "vouchers": ("ledger:vouchers", VIEW_BOOKS),
    "closing": ("ledger:closing", VIEW_BOOKS),
    "proof": ("ledger:proof", EXPORT_PROOF),
    "rates": ("directory:rates", VIEW_RATES),
    "calendar": ("directory:calendar", VIEW_CALENDAR),
    "policies": ("control:policies", MAY_SEE),
    "deputies": ("control:deputies", ("control.approvals.decide", "control.users.change")),
    "chart": ("ledger:chart", VIEW_BOOKS),
    "sheets": ("ledger:sheets", VIEW_BOOKS),
    "audit": ("control:audit", "control.audit.view"),
    "banks": ("accounts:banks", VIEW),
    "lines": ("channels:lines", VIEW_LINES_TO_BANKS),
    "units": ("control:units", "control.units.view"),
    "documents": ("control:documents", "control.documents.view"),
    "jobs": ("control:jobs", "control.jobs.view"),
    "people": ("control:people", VIEW_USERS),
    "who_may": ("control:who_may", VIEW_USERS),
    "distance": ("payments:distance", SEE_DISTANCE),
}
# Jobs at a book: offered where the person holds the right at one of the books that there are; and those at which a unit
# answers for its own lines in the book of another: offered where there is a book.
_AT_BOOKS = frozenset({"vouchers", "closing", "proof", "chart", "sheets"})
_BESIDE_BOOKS = frozenset({"reconciliation", "suspense"})
_NO_BOOKS = BooksOfPage(())
# What a person of one role comes for, the first of it being the first page. Who holds several roles begins with today.
_LEADS: dict[str, tuple[str, ...]] = {
    "clerk": ("requests", "payments", "accounts"),
    "approver": ("approvals", "today"),
    "auditor": ("audit", "proof", "who_may"),
    "admin": ("people", "who_may", "jobs"),
}


class _Once:
    """A piece of a page made when it is first printed: Django's own hidden field is made anew at every place."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> str:
        return self._make()

    def __html__(self) -> str:
        return self._made

    __str__ = __html__


def _csrf_input(request: HttpRequest) -> str:
    """Django's token, and for a signed-in person the mark by which a form that cannot be sent is kept."""
    token = str(csrf_input(request))
    return token + mark(request, request.user.pk or 0) if hasattr(request, "moa") else token


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `shell` for every template, empty before sign-in."""
    ctx: Context | None = getattr(request, "moa", None)
    language = translation.get_language() or "ko"
    theme = request.COOKIES.get("theme", "")
    frame: dict[str, Any] = {
        "language": language,
        "theme": theme,
        "csrf_input": _Once(partial(_csrf_input, request)),
    }
    frame["kept"] = None if ctx is None else asked_back(request, request.user.pk or 0)
    if ctx is None:
        now = timezone.localtime()
        return {"shell": Shell(now=now, today=now.date(), language=language, theme=theme), **frame}
    if connection.in_atomic_block:
        # The page's own Context is open around its template.
        return {"shell": _filled(ctx, language, theme), **frame}
    with ctx.open():
        return {"shell": _filled(ctx, language, theme), **frame}


def _filled(ctx: Context, language: str, theme: str) -> Shell:
    ask_together(ctx, around_page(ctx))
    group = the_group_of(ctx)
    now = ctx.at.astimezone(ZoneInfo(group.time_zone))
    person: Person = ctx.memo["person"]
    newest = newest_word(ctx) if may(ctx, VIEW) else NewestWord(None, 0)
    waiting = waiting_of_page(ctx)
    books = books_of_page(ctx) if may(ctx, VIEW_BOOKS) else _NO_BOOKS
    return Shell(
        now=now, today=ctx.today, book_day=books.day, book_state=books.state, book_url=page_address("ledger:closing"), group_name=group.names.get(language) or group.name,
        # The day of the books stands in its place where there is one.
        business_day_open=books.day is not None or calendar_for(ctx, group.country).is_business_day(ctx.today),
        as_of=newest.as_of, late_banks=newest.late_banks, user=User(person.name, person.title),
        language=language, theme=theme, menu=menu(permitted_pages(ctx), {"approvals": waiting}, frozenset({"approvals"}), leads=leads_of(ctx)),
        here="", request_id=ctx.request_id, unread=unread_of_page(ctx),
    )  # fmt: skip


def permitted_pages(ctx: Context) -> dict[str, str]:
    """The addresses of the jobs that this person may do, in the order of the menu; found once while a page is made."""
    if "shell.pages" not in ctx.memo:
        ctx.memo["shell.pages"] = _permitted_pages(ctx)
    found: dict[str, str] = ctx.memo["shell.pages"]
    return found


def _permitted_pages(ctx: Context) -> dict[str, str]:
    urls: dict[str, str] = {}
    for key, (name, needed) in _JOBS.items():
        if key == "requests" and "approvals" in urls:
            # Who decides finds the own requests beside those of others.
            continue
        wanted = (needed,) if isinstance(needed, str) else needed
        if any(may(ctx, right) and _is_there(ctx, key, right) for right in wanted):
            try:
                urls[key] = page_address(name)
            except NoReverseMatch:
                continue
    if "requests" in urls:
        urls["requests"] += "?view=submitted"
    return urls


def _is_there(ctx: Context, key: str, right: str) -> bool:
    """Whether there is a book for a job at books, and one where the person holds the right if that is needed."""
    if key not in _AT_BOOKS | _BESIDE_BOOKS:
        return True
    return any(key in _BESIDE_BOOKS or may(ctx, right, unit) for unit in books_of_page(ctx).units)


def leads_of(ctx: Context) -> tuple[str, ...]:
    """The jobs that stand first in the menu, by the one role that the person holds; of several roles, none."""
    held = rights(ctx).roles
    return _LEADS.get(next(iter(held)), ()) if len(held) == 1 else ()


def start_page(ctx: Context) -> str:
    """The address of the first job of the menu, "" when there is none."""
    pages = permitted_pages(ctx)
    leading = [*leads_of(ctx), *(job.key for job in JOBS)]
    return next((pages[key] for key in leading if key in pages), "")
