"""What stands around every page, as ORM objects make it: the door, the rights, the figures above the page and the menu.

Our own pages ask for the same by prepared statements. Left as they are on both sides: the session, the words of the menu, and
when the banks were last heard of, which is kept for some seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from moa.accounts.newest_word import newest_word
from moa.accounts.permissions import VIEW
from moa.control.access import may, permitted_units, require
from moa.control.context import Actor, Context, new_request_id
from moa.control.inbox import waiting_for
from moa.control.models import Assignment, Group, Person, SavedView, TableChoice
from moa.control.notice_inbox import COUNT_CAP, visible
from moa.directory.models import CalendarOverride
from moa.entry.shell import leads_of, permitted_pages
from moa.kernel.calendar_data import published_calendar
from moa.kernel.calendars import DayOverride
from moa.ledger.lifecycle import UNDER_WAY
from moa.ledger.models import Book, BusinessDay
from moa.ledger.permissions import VIEW as VIEW_BOOKS
from moa.ledger.web.day_words import BooksOfPage
from moa.ui.shell import Shell, User, menu

View = Callable[[HttpRequest, Context], HttpResponse]


def orm_page(right: str) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """As `page`: who asks, in which group, with which rights; the transaction sees the group's rows only."""

    def decorate(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(view)
        def opened(request: HttpRequest) -> HttpResponse:
            identity: Any = request.user
            now = timezone.now()
            opening = Context(
                Actor(identity.person_id, ""), identity.group_id, now, now.date(), new_request_id(), "web"
            )
            with opening.open():
                group = Group.objects.get(id=identity.group_id)
                person = Person.objects.get(id=identity.person_id)
                today = now.astimezone(ZoneInfo(group.time_zone)).date()
                assignments = Assignment.objects.select_related("role").filter(
                    Q(valid_until=None) | Q(valid_until__gt=today), person_id=person.id, valid_from__lte=today
                )
                held = [[one.unit_id, one.role.code, one.role.permissions] for one in assignments]
                ctx = Context(
                    Actor(person.id, person.name, person.kind), group.id, now, today, opening.request_id, "web",
                    language=translation.get_language() or person.language,
                    memo={"group": group, "person": person, "held": held},
                )  # fmt: skip
                if right:
                    require(ctx, right)
                return view(request, ctx)

        return opened

    return decorate


def orm_frame(ctx: Context) -> dict[str, Any]:
    """The values of the base template, `shell` among them."""
    group, person = ctx.memo["group"], ctx.memo["person"]
    language = translation.get_language() or "ko"
    newest = newest_word(ctx) if may(ctx, VIEW) else None
    waiting = waiting_for(ctx).count() if may(ctx, "control.approvals.decide") else 0
    units = tuple(Book.objects.order_by().values_list("unit_id", flat=True).distinct())
    ctx.memo["ledger.books_of_page"] = BooksOfPage(units)
    day = _book_day(ctx) if may(ctx, VIEW_BOOKS) else None
    shell = Shell(
        now=ctx.at.astimezone(ZoneInfo(group.time_zone)), today=ctx.today, book_day=day.business_date if day else None,
        book_state=day.state if day else "", group_name=group.names.get(language) or group.name,
        business_day_open=day is not None or _is_business_day(ctx, group.country),
        as_of=newest.as_of if newest else None, late_banks=newest.late_banks if newest else 0,
        user=User(person.name, person.title), language=language,
        menu=menu(permitted_pages(ctx), {"approvals": waiting}, frozenset({"approvals"}), leads=leads_of(ctx)),
        request_id=ctx.request_id, unread=visible(ctx).filter(state="unread")[: COUNT_CAP + 1].count(),
    )  # fmt: skip
    return {
        "shell": shell, "tabs": shell.tabs(), "now": timezone.localtime(), "here": "",
        "languages": [("ko", "한국어"), ("zh-hans", "简体中文"), ("en", "English")],
    }  # fmt: skip


def _is_business_day(ctx: Context, country: str) -> bool:
    latest = CalendarOverride.objects.filter(country=country).order_by("on_date", "-recorded_at", "-id")
    overrides = {
        one.on_date: DayOverride(one.is_business_day, one.name)
        for one in latest.distinct("on_date")
        if one.is_business_day is not None
    }
    return published_calendar(country, overrides).is_business_day(ctx.today)


def _book_day(ctx: Context) -> BusinessDay | None:
    units = permitted_units(ctx, VIEW_BOOKS)
    books = Book.objects.order_by("-is_default", "code")
    book = (books if units is None else books.filter(unit_id__in=units)).first()
    if book is None:
        return None
    days = BusinessDay.objects.filter(book=book)
    return days.filter(state__in=UNDER_WAY).first() or days.order_by("-business_date").first()


def orm_settings(ctx: Context, table: str) -> dict[str, Any]:
    """What a person keeps for a list: columns, the height of rows, views."""
    own = {"person_id": ctx.actor.person_id, "table_name": table}
    return {
        "chosen": TableChoice.objects.filter(**own).first(),
        "views": list(SavedView.objects.filter(**own).order_by("id")),
    }
