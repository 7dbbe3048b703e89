"""The conditions on the history of imports, as they stand in the address."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moa.accounts.lifecycle import FileState
from moa.accounts.models import StatementFile

STATES: tuple[tuple[str, str | Promise], ...] = (
    (FileState.RECEIVED, _("Waiting")),
    (FileState.READING, _("Reading")),
    (FileState.STORED, _("Stored")),
    (FileState.DUPLICATE, _("Already stored")),
    (FileState.REFUSED, _("Refused")),
)
_NAMES = ("text", "state", "from", "to")
_LONGEST = 200


@dataclass(slots=True)
class HistoryAsked:
    """What was asked of the history. What cannot be read is told beside its field and left out."""

    query: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None

    @property
    def narrowed(self) -> bool:
        return any(self.query.values())


def read_history(given: QueryDict) -> HistoryAsked:
    asked = HistoryAsked({name: given.get(name, "").replace("\0", "").strip()[:_LONGEST] for name in _NAMES})
    asked.first, asked.last = _day(asked, "from"), _day(asked, "to")
    return asked


def narrowed(files: QuerySet[StatementFile], asked: HistoryAsked, zone: ZoneInfo) -> QuerySet[StatementFile]:
    """The files that were asked for. Shape: words are part of the file's name or of an account's number in it."""
    words, state = asked.query["text"], asked.query["state"]
    if words:
        files = files.filter(Q(name__icontains=words) | Q(accounts__icontains=words))
    if state:
        files = files.filter(state=state)
    if asked.first is not None:
        files = files.filter(received_at__gte=datetime.combine(asked.first, time.min, zone))
    if asked.last is not None:
        end = datetime.combine(asked.last + timedelta(days=1), time.min, zone)
        files = files.filter(received_at__lt=end)
    return files


def _day(asked: HistoryAsked, name: str) -> date | None:
    if not asked.query[name]:
        return None
    try:
        day = date.fromisoformat(asked.query[name])
    except ValueError:
        day = date.min
    if not date(1970, 1, 1) <= day <= date(9990, 1, 1):
        asked.errors[name] = gettext("This is not a date. Write it as 2026-06-24.")
        return None
    return day
