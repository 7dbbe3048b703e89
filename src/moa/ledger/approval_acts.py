"""Changes of the chart and of accounts that a second person decides when a policy says so."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_acts import Act, Content, register_act
from moa.control.approval_subjects import RekeyField, Subject
from moa.control.context import Context
from moa.ledger.models import Book
from moa.ledger.operations.add_subject import SUBJECT as CHART
from moa.ledger.operations.add_subject import NewSubject, add_subject
from moa.ledger.operations.change_account import SUBJECT, change_account
from moa.ledger.operations.close_subject import close_subject
from moa.ledger.operations.rename_subject import rename_subject

ACCOUNT_MOVES = {
    "freeze": gettext_lazy("Freeze"), "unfreeze": gettext_lazy("Unfreeze"), "close": gettext_lazy("Close the account"),
}  # fmt: skip


def _perform(ctx: Context, content: Content) -> object:
    return change_account(ctx, Book.objects.get(id=int(content["book"])), content["account"], content["move"])


def _describe(ctx: Context, content: Content) -> Subject:
    book = Book.objects.get(id=int(content["book"]))
    return Subject(
        kind="account_change", title=content["account"], account_name=book.names.get(ctx.language) or book.name,
        note=str(ACCOUNT_MOVES[content["move"]]),
        ground_url=f"/books/chart?book={book.code}", rekey=(RekeyField("account", _("Account of the books"), content["account"]),),
    )  # fmt: skip


def _change_chart(ctx: Context, content: Content) -> object:
    book = Book.objects.get(id=int(content["book"]))
    if content["act"] == "close":
        return close_subject(ctx, book, content["code"])
    if content["act"] == "rename":
        return rename_subject(ctx, book, content["code"], name=content["name"], names=content["names"])
    new = NewSubject(
        content["code"], content["name"], content["parent"], content["nature"], int(content["normal_side"]),
        content["names"],
    )  # fmt: skip
    return add_subject(ctx, book, new=new)


def _chart_in_words(ctx: Context, content: Content) -> Subject:
    book = Book.objects.get(id=int(content["book"]))
    act = {"add": _("Add the subject"), "rename": _("Rename the subject"), "close": _("Close the subject")}[
        content["act"]
    ]
    above = _("under %(subject)s") % {"subject": content["parent"]} if content["parent"] else ""
    said = (act, content["name"], above)
    return Subject(
        kind="chart_change", title=content["code"], account_name=book.names.get(ctx.language.lower()) or book.name,
        note=" · ".join(part for part in said if part), ground_url=f"/books/chart?book={book.code}",
        rekey=(RekeyField("code", _("Code"), content["code"]),),
    )  # fmt: skip


register_act(Act(CHART, _change_chart, _chart_in_words, gettext_lazy("Chart of accounts")))
register_act(Act(SUBJECT, _perform, _describe, gettext_lazy("Account of the books")))
