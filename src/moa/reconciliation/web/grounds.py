"""Where the amount of a bank line comes from, the whole walk: file, record, rule, voucher, and what stands in suspense."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from moa.accounts.explanation import explained
from moa.accounts.permissions import VIEW as VIEW_ACCOUNTS
from moa.control.access import may, require
from moa.control.context import Context
from moa.control.grounds import AskedFor, provide_ground
from moa.control.queries import person_names
from moa.kernel.errors import NotFound
from moa.ledger.models import Book
from moa.ledger.permissions import VIEW as VIEW_BOOKS
from moa.ledger.queries import access_book
from moa.reconciliation.models import BankLine, SuspenseItem
from moa.reconciliation.permissions import VIEW
from moa.reconciliation.queries import access_line, list_suspense
from moa.reconciliation.stored_lines import what_they_say
from moa.ui.ground import Fact, Ground, Part, Step, adding_up, why_address


def explain_bank_line(ctx: Context, asked: AskedFor) -> Ground:
    """Shape: `line` the bank line's number. Raises: forbidden, not_found."""
    number = asked.number("line")
    access_line(ctx, number, VIEW)
    line = BankLine.objects.select_related("link__account", "rule").get(id=number)
    said = explained(ctx, str(line.line_id)) if may(ctx, VIEW_ACCOUNTS) else None
    steps: list[Step] = []
    title = line.link.name
    if said is not None:
        title = f"{said['bank']} · {said['counterparty'] or said['description'] or line.link.name}"
        steps += _of_file(said)
    steps += [*_of_rule(ctx, line), *_of_voucher(ctx, line), *_of_suspense(line)]
    return Ground(
        title, line.link.account.currency, steps, minor=line.amount_minor, on=line.booked_on,
        url=reverse("reconciliation:line", args=[line.id]),
    )  # fmt: skip


def _of_file(said: dict[str, object]) -> list[Step]:
    steps: list[Step] = []
    file, record = said["file"], said["record"]
    if isinstance(file, dict):
        steps.append(Step("file", _("File"), _("as the bank gave it"), facts=[
            Fact(_("Name"), "text", file["name"], url=file["url"]), Fact(_("Received"), "moment", file["received_at"]),
            Fact(_("By"), "text", file["by"]),
        ]))  # fmt: skip
    if isinstance(record, dict):
        link = reverse("accounts:transaction", args=[said["id"]])
        steps.append(Step("rec", _("Record"), facts=[Fact(_("Place"), "place", record["place"], url=link)], raw=record["text"] or "",
                          marks=record["marks"]))  # fmt: skip
    return steps


def _of_rule(ctx: Context, line: BankLine) -> list[Step]:
    if line.rule is None:
        return [Step("rule", _("Rule"), note=_("No rule has answered for this line."))]
    names = person_names(ctx, {line.rule.maker_id, line.rule.checker_id})
    link = reverse("reconciliation:rule", args=[line.rule.code])
    facts = [
        Fact(_("Rule"), "text", f"{line.rule.code}.{line.rule.number} {line.rule.title}", url=link),
        Fact(_("Maker"), "text", names.get(line.rule.maker_id, "")), Fact(_("Checker"), "text", names.get(line.rule.checker_id, "")),
    ]  # fmt: skip
    if line.confirmed_by_id is not None:
        who = person_names(ctx, {line.confirmed_by_id})
        facts.append(Fact(_("Confirmed by"), "text", who.get(line.confirmed_by_id, "")))
    return [Step("rule", _("Rule"), facts=facts)]


def _of_voucher(ctx: Context, line: BankLine) -> list[Step]:
    if line.voucher_id is None or line.period is None:
        return [Step("book", _("Voucher"), note=_("It is not in the books yet."))]
    code = Book.objects.get(id=line.book_id).code
    link = (
        reverse("ledger:voucher", args=[code, line.period, line.voucher_id]) if may(ctx, VIEW_BOOKS) else ""
    )
    facts = [
        Fact(_("Voucher"), "mono", str(line.voucher_id), url=link),
        Fact(_("Business day"), "day", line.business_date),
    ]
    return [Step("book", _("Voucher"), facts=facts)]


def _of_suspense(line: BankLine) -> list[Step]:
    item = SuspenseItem.objects.filter(line_id=line.id).order_by("-id").select_related("owner").first()
    if item is None:
        return []
    facts = [
        Fact(pgettext("suspense", "Since"), "day", item.opened_on),
        Fact(_("Clear by"), "day", item.due_on),
    ]
    if item.owner is not None:
        facts.append(Fact(_("Responsible"), "text", item.owner.name))
    if item.cleared_on is not None:
        facts.append(Fact(_("Cleared from suspense"), "day", item.cleared_on))
    return [Step("match", _("Suspense"), facts=facts)]


def explain_suspense(ctx: Context, asked: AskedFor) -> Ground:
    """A sum of the ageing. Shape: `book`, `date`, `currency`, `bucket` its age (all without). Raises: forbidden, not_found."""
    require(ctx, VIEW)
    book, day = access_book(ctx, asked.text("book"), VIEW), asked.day("date") or ctx.today
    currency, bucket = asked.text("currency"), asked.text("bucket")
    found = [
        row for row in list_suspense(ctx, book, day)
        if row.item.currency == currency and bucket in {"", row.bucket}
    ]  # fmt: skip
    if not found:
        raise NotFound(suspense=bucket)
    said = what_they_say([row.item.line_id for row in found])
    parts = [
        Part(
            said[row.item.line_id].facts.counterparty or said[row.item.line_id].description or "—",
            row.item.amount_minor, currency,
            f"{row.item.opened_on} · " + ngettext("%(num)s day", "%(num)s days", row.days) % {"num": row.days},
            why=why_address("bank-line", line=row.item.line_id),
        )
        for row in found
    ]  # fmt: skip
    aged = Step("clock", _("Age"), facts=[
        Fact(_("Counted on"), "day", day), Fact(_("Oldest since"), "day", min(row.item.opened_on for row in found)),
    ], note=_("Days from the business date of the voucher that put it into suspense."))  # fmt: skip
    title = f"{_('Suspense')} · {bucket}" if bucket else _("Suspense")
    step = adding_up("list", _("Open items"), parts, currency)
    name = book.names.get(ctx.language) or book.name
    return Ground(
        title, currency, [aged, step], minor=step.sum_minor, on=day, about=name,
        url=reverse("reconciliation:suspense") + f"?book={book.code}",
    )  # fmt: skip


provide_ground("bank-line", explain_bank_line)
provide_ground("suspense", explain_suspense)
