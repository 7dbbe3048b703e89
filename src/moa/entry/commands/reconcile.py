"""`moa reconcile …`: bring bank lines into the books, list the rules, list what stands in suspense."""

from __future__ import annotations

import json

import click

from moa.entry.commands.shared_options import book_options


@click.command("run", help="Bring what is due into the books by rule; name what is left and why.")
@book_options
@click.option("--retry", is_flag=True, help="Try lines again that were parked with an error.")
@click.option(
    "--to-suspense",
    is_flag=True,
    help="Then send what is unconfirmed or unknown to suspense, as at business end.",
)
def run(book: str, as_login: str, group: str, as_json: bool, retry: bool, to_suspense: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from dataclasses import asdict

    from moa.ledger.queries import access_book
    from moa.reconciliation.lifecycle import LineState
    from moa.reconciliation.models import BankLine
    from moa.reconciliation.operations.reconcile_lines import reconcile_lines
    from moa.reconciliation.operations.suspend_lines import suspend_lines
    from moa.reconciliation.permissions import RUN

    with ctx.open():
        asked = access_book(ctx, book, RUN)
    done = reconcile_lines(ctx, asked, retry=retry)
    suspended = suspend_lines(ctx, asked) if to_suspense else 0
    with ctx.open():
        left = BankLine.objects.filter(book_id=asked.id, state__in=(LineState.UNPOSTED, LineState.WAITING))
        rows = [
            {
                "line": one.line_id, "account": one.link.name, "booked_on": str(one.booked_on), "due_on": str(one.due_on),
                "state": str(one.state), "problem": one.problem,
            }
            for one in left.select_related("link").order_by("due_on", "id")[:200]
        ]  # fmt: skip
        answer = {
            "book": asked.code,
            **asdict(done),
            "suspended": suspended,
            "open": left.count(),
            "lines": rows,
        }
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    click.echo(
        f"{asked.code}: {done.new} new lines, {done.posted} posted, {done.waiting} wait for a unit, {done.parked} parked,"
        f" {done.taken_back} taken back, {done.cleared} cleared, {suspended} to suspense; {answer['open']} left"
    )
    for row in rows:
        click.echo(
            f"  {row['booked_on']} {row['account']} line {row['line']}: {row['state']} {row['problem']}".rstrip()
        )


@click.command("rules", help="The newest version of every rule, in the order in which they are asked.")
@book_options
def rules(book: str, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.queries import access_book
    from moa.reconciliation.permissions import VIEW
    from moa.reconciliation.queries import list_rules

    with ctx.open():
        asked = access_book(ctx, book, VIEW)
        rows = [
            {
                "code": one.code, "version": one.number, "title": one.title, "position": one.position, "is_on": one.is_on,
                "valid_from": str(one.valid_from), "mode": one.mode, "counter": one.counter,
                "conditions": one.content["conditions"], "memo": one.content["memo"], "template": one.content.get("template", ""),
            }
            for one in list_rules(ctx, asked)
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"book": asked.code, "rows": rows}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        asked_for = ", ".join(f"{name} {value}" for name, value in row["conditions"].items())
        mark = "" if row["is_on"] else " (off)"
        click.echo(
            f"{row['position']:>5} {row['code']}.{row['version']}{mark} {asked_for} → {row['counter']} {row['mode']}"
        )


@click.command("suspense", help="What stands in suspense, the oldest first, and its sums by age.")
@book_options
def suspense(book: str, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.kernel.money import to_text
    from moa.ledger.queries import access_book, day_under_way
    from moa.reconciliation.permissions import VIEW
    from moa.reconciliation.queries import ageing, list_suspense

    with ctx.open():
        asked = access_book(ctx, book, VIEW)
        under_way = day_under_way(asked)
        day = under_way.business_date if under_way else ctx.today
        found = list_suspense(ctx, asked, day)
        rows = [
            {
                "item": one.item.id, "line": one.item.line.line_id, "account": one.item.line.link.name,
                "currency": one.item.currency, "amount": to_text(one.item.amount_minor, one.item.currency),
                "opened_on": str(one.item.opened_on), "due_on": str(one.item.due_on), "days": one.days,
                "bucket": one.bucket, "overdue": one.overdue, "cause": one.item.cause,
                "unit": one.item.unit.code if one.item.unit else "", "owner": one.item.owner.name if one.item.owner else "",
            }
            for one in found
        ]  # fmt: skip
        sums = {
            currency: {
                name: {"count": count, "amount": to_text(minor, currency)}
                for name, (count, minor) in of.items()
            }
            for currency, of in ageing(found).items()
        }
    if as_json:
        click.echo(
            json.dumps(
                {"book": asked.code, "day": str(day), "rows": rows, "ageing": sums},
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    for row in rows:
        click.echo(
            f"{row['opened_on']} {row['days']:>4}d {row['account']} {row['currency']} {row['amount']:>18} {row['cause']}"
            f" due {row['due_on']}{' OVERDUE' if row['overdue'] else ''}"
        )
    click.echo(f"{len(rows)} items in suspense on {day}")
