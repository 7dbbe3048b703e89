"""The list of messages to and from banks, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moa.channels.models import Connection
from moa.channels.permissions import VIEW
from moa.channels.web.message_words import STATES, kind_word
from moa.control.context import Context
from moa.ui.formatting import named
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import CHOICE, DATE, MOMENT, STATE, Column, Empty, Row, Table

_ANSWERED = (
    "exists (select 1 from channels_channelmessage a where a.group_id = m.group_id and a.answers_id = m.id"
    " and a.direction = 'in')"
)
_STATE = f"""case when m.direction = 'in' then case when m.problem <> '' then 'faulty' when m.understood_at is null then 'waiting'
 else 'understood' end when m.answers_id is not null then 'answered' when {_ANSWERED} then 'answered'
 when m.sent_at is null then 'unsent' else 'silent' end"""


def _kind(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: named(kind_word(row.kind))


def _plain_kind(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: kind_word(row.kind)


def _banks(ctx: Context) -> Sequence[tuple[str, Any]]:
    return [
        (code, code) for code in Connection.objects.order_by("bank_code").values_list("bank_code", flat=True)
    ]


def _directions(ctx: Context) -> Sequence[tuple[str, Any]]:
    return [("out", _("to the bank")), ("in", _("from the bank"))]


MESSAGES = Table(
    name="channels.messages",
    label=_("Messages with banks"),
    right=VIEW,
    here="lines",
    source="channels_channelmessage m",
    joins={"c": "join channels_connection c on c.id = m.connection_id"},
    key="m.id",
    order="-at",
    search=("m.key", "m.resp_code", "m.about_id"),
    empty=Empty(_("No message yet"), _("They come with the first test of a line."), "channels:lines", _("To the connections"), "send"),
    columns=(
        Column("at", _("Recorded at"), MOMENT, "m.recorded_at", sortable=True, not_null=True, filterable=True, term="recorded_at"),
        Column("bank", _("Bank"), CHOICE, "c.bank_code", ("c",), choices=_banks, filterable=True),
        Column("direction", _("Direction"), CHOICE, "m.direction", choices=_directions, filterable=True),
        Column("kind", _("Kind"), sql="m.key", filterable=True, cell=_kind, plain=_plain_kind),
        Column("number", pgettext_lazy("message", "Number"), sql="lpad(coalesce(m.msg_no, 0)::text, 6, '0')", filterable=True, css="mo-nw mo-2"),
        Column("day", _("Day"), DATE, "m.day", filterable=True, shown=False),
        Column("code", _("Answer code"), sql="m.resp_code", filterable=True, css="mo-nw"),
        Column("problem", _("Fault"), sql="m.problem", filterable=True, shown=False),
        Column("about", _("About"), sql="m.about_kind || ' ' || m.about_id", filterable=True, shown=False),
        Column("hash", _("Fingerprint of the content"), sql="m.sha256", filterable=True, shown=False),
        Column("state", _("State"), STATE, _STATE, states=dict(STATES), filterable=True),
    ),
)  # fmt: skip
