"""Changes of accounts that a second person decides when a policy says so."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_acts import Act, Content, register_act
from moa.control.approval_subjects import RekeyField, Subject
from moa.control.context import Context
from moa.ledger.models import Book
from moa.ledger.operations.change_account import SUBJECT, change_account


def _perform(ctx: Context, content: Content) -> object:
    return change_account(ctx, Book.objects.get(id=int(content["book"])), content["account"], content["move"])


def _describe(ctx: Context, content: Content) -> Subject:
    book = Book.objects.get(id=int(content["book"]))
    return Subject(
        kind="account_change", title=content["account"], account_name=book.names.get(ctx.language) or book.name,
        note=content["move"], rekey=(RekeyField("account", _("Account of the books"), content["account"]),),
    )  # fmt: skip


register_act(Act(SUBJECT, _perform, _describe, gettext_lazy("Account of the books")))
