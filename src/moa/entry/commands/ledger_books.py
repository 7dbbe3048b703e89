"""`moa ledger books …` and `moa ledger orders …`: the start of a book, and what a machine may do on it."""

from __future__ import annotations

import json

import click

from moa.entry.commands.shared_options import answer_options, book_options, date_option, needed_date
from moa.ledger.charts import COMPANY, TEMPLATES
from moa.ledger.rules.acts import ACTS


@click.command(
    "set-up",
    help="Start the book CODE of a company or unit: its chart from a template, its first business day open. The first book is the default one.",
)
@click.argument("code")
@click.option("--name", required=True, help="The book's name, as it stands on pages.")
@click.option("--unit", required=True, help="The code of the company or unit whose book it is.")
@click.option("--currency", required=True, help="The book's own currency, such as KRW.")
@click.option(
    "--first-day",
    required=True,
    help="The first business day, YYYY-MM-DD; opening balances are booked on the day before.",
)
@click.option(
    "--chart",
    type=click.Choice(TEMPLATES),
    default=TEMPLATES[0],
    show_default=True,
    help="The chart of accounts to start with.",
)
@click.option(
    "--calendar",
    type=click.Choice(["KR", "CN"]),
    default="KR",
    show_default=True,
    help="Whose holidays count.",
)
@answer_options
def set_up(
    code: str,
    name: str,
    unit: str,
    currency: str,
    first_day: str,
    chart: str,
    calendar: str,
    as_login: str,
    group: str,
    as_json: bool,
) -> None:
    day = needed_date(first_day, "--first-day")
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.queries import unit_by_code
    from moa.ledger.models import Book
    from moa.ledger.operations.set_up_book import NewBook, set_up_book

    with ctx.open():
        new = NewBook(
            code, name, unit_by_code(ctx, unit).id, currency, day, chart=chart, calendar=calendar,
            kind=Book.COMPANY if chart == COMPANY else Book.SETTLEMENT_CENTRE,
            is_default=not Book.objects.filter(is_default=True).exists(),
        )  # fmt: skip
        made = set_up_book(ctx, new=new)
    answer = {"book": made.code, "business_date": str(day), "chart": chart, "is_default": made.is_default}
    click.echo(
        json.dumps(answer) if as_json
        else f"{made.code} is set up, {day} is open. Next: a standing order for files (moa ledger orders file), then accounts."
    )  # fmt: skip


@click.command("list", help="The books that this login may see, the default one first.")
@answer_options
def list_(as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.queries import list_books

    with ctx.open():
        rows = [
            {"book": one.code, "name": one.name, "currency": one.functional_currency, "is_default": one.is_default}
            for one in list_books(ctx)
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"rows": rows}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(
            f"{row['book']} {row['currency']} {row['name']}{' (default)' if row['is_default'] else ''}"
        )


@click.command(
    "file",
    help="File the standing order CODE: what may be booked by machine. Another person agrees on the approvals page.",
)
@click.argument("code")
@click.option("--title", required=True, help="What it is for, as the person reads it who decides.")
@click.option(
    "--act", "acts", multiple=True, required=True, type=click.Choice(sorted(ACTS)),
    help="accounts and vouchers from files, bank lines by rule, interest, fees, the year's profit carried; once for each.",
)  # fmt: skip
@click.option("--from", "since", default="", help="The first day, YYYY-MM-DD; today if left out.")
@click.option("--until", default="", help="In force before this day, YYYY-MM-DD; without end if left out.")
@book_options
def file_order(
    code: str,
    title: str,
    acts: tuple[str, ...],
    since: str,
    until: str,
    book: str,
    as_login: str,
    group: str,
    as_json: bool,
) -> None:
    first, end = date_option(since, "--from"), date_option(until, "--until")
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.operations.agree_standing_order import NewStandingOrder, file_standing_order
    from moa.ledger.permissions import FILE_ORDER
    from moa.ledger.queries import access_book

    with ctx.open():
        asked = access_book(ctx, book, FILE_ORDER)
        new = NewStandingOrder(code, title, acts, first or ctx.today, end)
        request = file_standing_order(ctx, asked, new=new)
    click.echo(
        json.dumps({"request": request.id, "book": asked.code, "order": code}) if as_json
        else f"Request {request.id}: the standing order {code} of {asked.code} waits for another person's decision."
    )  # fmt: skip


@click.command("list", help="What may be booked by machine on a book, and since when.")
@book_options
def list_orders(book: str, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.models import StandingOrder
    from moa.ledger.queries import access_book

    with ctx.open():
        asked = access_book(ctx, book)
        rows = [
            {
                "order": one.code, "title": one.title, "acts": one.acts, "from": str(one.valid_from),
                "until": str(one.ended_on or one.valid_until or ""),
            }
            for one in StandingOrder.objects.filter(book_id=asked.id).order_by("valid_from", "code")
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"book": asked.code, "rows": rows}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['order']} {', '.join(row['acts'])} {row['from']}–{row['until']} {row['title']}")


@click.command(
    "end", help="End the standing order CODE: no machine books under it any more. What was booked stays."
)
@click.argument("code")
@book_options
def end_order(code: str, book: str, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.operations.end_standing_order import end_standing_order
    from moa.ledger.permissions import FILE_ORDER
    from moa.ledger.queries import access_book

    with ctx.open():
        ended = end_standing_order(ctx, access_book(ctx, book, FILE_ORDER), code)
    answer = {"order": ended.code, "ended_on": str(ended.ended_on)}
    click.echo(
        json.dumps(answer)
        if as_json
        else f"{ended.code} is ended: nothing is booked under it from {ended.ended_on} on"
    )
