"""`moa day …`: where the days of a book stand, closing one, opening the next, and asking for one to be reopened."""

from __future__ import annotations

import json
from datetime import date

import click

from moa.entry.commands.shared_options import book_options, date_option


@click.command("status", help="The day under way, the last closed one, and each check of a closing.")
@book_options
def status(book: str, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.entry.close_check_sentences import detail_of
    from moa.ledger.day_status import day_status
    from moa.ledger.queries import access_book

    with ctx.open():
        asked = access_book(ctx, book)
        found = day_status(ctx, asked)
    checks = [{"name": one.name, "ok": one.ok, "detail": detail_of(one)} for one in found.findings]
    answer = {
        "book": asked.code, "business_date": _text(found.business_date), "state": found.state,
        "last_closed": _text(found.last_closed), "seal": found.seal.hex if found.seal else None, "checks": checks,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    click.echo(
        f"{asked.code}: {answer['business_date']} is {found.state}; last closed {answer['last_closed']}"
    )
    for check in checks:
        click.echo(f"  {'ok    ' if check['ok'] else 'NOT OK'} {check['name']}: {check['detail']}")


def _text(day: date | None) -> str | None:
    return None if day is None else str(day)


@click.command(
    "close", help="Close the day under way and print its seal; then the next business day is open."
)
@book_options
@click.option(
    "--date",
    "day",
    default="",
    help="Close this day, YYYY-MM-DD, and no other; the day under way if left out.",
)
@click.option("--early", is_flag=True, help="Close the day under way also when it has not come yet.")
@click.option("--wait", is_flag=True, help="Leave the next day waiting until moa day open.")
def close(book: str, as_login: str, group: str, as_json: bool, day: str, early: bool, wait: bool) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.queries import the_group_of
    from moa.entry.cli import moment
    from moa.entry.close_check_sentences import detail_of
    from moa.ledger.operations.ask_closing import check_day_has_come, check_day_was_meant
    from moa.ledger.operations.close_day import CloseRefused, close_day
    from moa.ledger.permissions import CLOSE_DAY
    from moa.ledger.queries import access_book, day_under_way

    try:
        with ctx.open():
            asked = access_book(ctx, book, CLOSE_DAY)
            wanted = date_option(day, "--date")
            if wanted is None and (under_way := day_under_way(asked)) is not None:
                wanted = under_way.business_date
                check_day_was_meant(asked, under_way, asked_at=click.get_current_context().obj, now=moment())
                # The demo is there to try out days, and its own may lie ahead.
                check_day_has_come(ctx, wanted, early=early or the_group_of(ctx).is_demo)
            closed = close_day(ctx, asked, wanted, open_next=False if wait else None)
    except CloseRefused as refusal:
        for one in refusal.findings:
            if not one.ok:
                click.echo(f"close_refused {one.name}: {detail_of(one)}", err=True)
        return 1
    if closed.day > ctx.today:
        click.echo(f"{closed.day} had not come yet: today is {ctx.today}.", err=True)
    answer = {
        "book": asked.code, "closed": str(closed.day), "revision": closed.revision, "seal": closed.hex,
        "closed_at": closed.closed_at.isoformat(), "vouchers": closed.vouchers, "entries": closed.entries,
        "business_date": str(closed.next_day), "state": "open" if closed.next_is_open else "waiting",
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(answer))
        return 0
    click.echo(
        f"{asked.code}: {closed.day} is closed with {closed.vouchers} vouchers. Keep its seal outside this system:"
    )
    click.echo(f"{closed.day}={closed.hex}")
    click.echo(f"The next day is {closed.next_day}, {answer['state']}.")
    return 0


@click.command("open", help="Open the day that waits.")
@book_options
def open_(book: str, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.operations.open_business_day import DayUnderWay, open_business_day
    from moa.ledger.permissions import OPEN_DAY
    from moa.ledger.queries import access_book, day_under_way, waiting_day

    with ctx.open():
        asked = access_book(ctx, book, OPEN_DAY)
        under_way, waiting = day_under_way(asked), waiting_day(asked)
        if under_way is not None:
            raise DayUnderWay(day=under_way.business_date)
        opened = open_business_day(ctx, asked, waiting.business_date if waiting else ctx.today)
    answer = {"book": asked.code, "business_date": str(opened.business_date), "state": str(opened.state)}
    click.echo(json.dumps(answer) if as_json else f"{asked.code}: {opened.business_date} is {opened.state}")


@click.command(
    "reopen",
    help="Ask for the latest closed day to be reopened; another person agrees on the approvals page.",
)
@book_options
@click.option("--reason", default="", help="Why, for the person who decides.")
def reopen(book: str, as_login: str, group: str, as_json: bool, reason: str) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.operations.reopen_day import request_reopening
    from moa.ledger.permissions import REOPEN_DAY
    from moa.ledger.queries import access_book

    with ctx.open():
        asked = access_book(ctx, book, REOPEN_DAY)
        request = request_reopening(ctx, asked, reason=reason)
    answer = {"request": request.id, "book": asked.code, "day": request.content["day"]}
    click.echo(
        json.dumps(answer) if as_json
        else f"Request {request.id}: reopening {answer['day']} of {asked.code} waits for another person's decision."
    )  # fmt: skip
