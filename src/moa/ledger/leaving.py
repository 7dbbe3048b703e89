"""What of the books waits on a person who leaves: drafts of vouchers, and standing orders that he or she agreed to."""

from __future__ import annotations

from functools import reduce

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from moa.control.access import may
from moa.control.audit import record
from moa.control.context import Context
from moa.control.leaving import Matter, Waiting, register_matter
from moa.control.right_holders import holders_of
from moa.ledger.models import StandingOrder, VoucherAttachment
from moa.ledger.models.draft import VoucherDraft
from moa.ledger.permissions import ENTER, VIEW


def _drafts(person_id: int) -> QuerySet[VoucherDraft]:
    """Those in the person's hands; what waits for a decision is in the hands of others."""
    own = VoucherDraft.objects.filter(maker_id=person_id, voucher_id=None, discarded_at=None)
    return own.exclude(request__state__in=("open", "approved")).select_related("book").order_by("id")


def _ask_drafts(ctx: Context, person_id: int) -> Waiting:
    drafts = list(_drafts(person_id))
    units = {draft.book.unit_id for draft in drafts}
    able = [frozenset(holders_of(ctx, ENTER, unit)) for unit in units]
    heirs = reduce(frozenset.intersection, able) if able else frozenset()
    return Waiting(len(drafts), heirs - {person_id}, url="/ledger/vouchers" if may(ctx, VIEW) else "")


def _hand_over_drafts(ctx: Context, person_id: int, heir_id: int) -> int:
    """A draft stays its maker's; the heir gets one that begins with what was typed, and its attachments."""
    drafts = list(_drafts(person_id).select_for_update(of=("self",)))
    for old in drafts:
        new = VoucherDraft.objects.create(
            group_id=ctx.group_id, book_id=old.book_id, maker_id=heir_id, kind=old.kind, form=old.form, memo=old.memo,
            business_date=old.business_date, amount_minor=old.amount_minor, currency=old.currency, made_at=ctx.at,
            saved_at=ctx.at, reverses_id=old.reverses_id, reverses_period=old.reverses_period,
        )  # fmt: skip
        VoucherAttachment.objects.bulk_create(
            VoucherAttachment(
                group_id=ctx.group_id, book_id=one.book_id, document_id=one.document_id, name=one.name, draft_id=new.id,
                person_id=one.person_id, attached_at=one.attached_at,
            )
            for one in VoucherAttachment.objects.filter(draft_id=old.id, removed_at=None).order_by("id")
        )  # fmt: skip
        VoucherDraft.objects.filter(id=old.id).update(discarded_at=ctx.at)
        facts = {"from": person_id, "to": heir_id, "draft": new.id}
        record(ctx, "ledger.draft.handed_over", "voucher_draft", old.id, after=facts)
        record(ctx, "ledger.draft.made", "voucher_draft", new.id, after={"book": old.book.code, "of": old.id})
    return len(drafts)


def _ask_orders(ctx: Context, person_id: int) -> Waiting:
    running = Q(ended_on=None) & (Q(valid_until=None) | Q(valid_until__gt=ctx.today))
    agreed = Q(maker_id=person_id) | Q(checker_id=person_id)
    titles = tuple(
        StandingOrder.objects.filter(running, agreed).order_by("id").values_list("title", flat=True)
    )
    return Waiting(len(titles), goes=titles)


register_matter(
    Matter(
        "drafts", gettext_lazy("Drafts of vouchers, begun or returned"),
        gettext_lazy("Another person goes on with them"), _ask_drafts, hand_over=_hand_over_drafts,
    )
)  # fmt: skip
register_matter(
    Matter(
        "standing_orders", gettext_lazy("Standing orders that this person agreed to"),
        gettext_lazy("They are the book's and stay in force until somebody ends them"), _ask_orders,
    )
)  # fmt: skip
