"""What stands around every page: the menu, the business day, the age of the figures, the person.

These are plain values; who fills them knows the person's rights (a context processor above this package).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Job:
    """One entry that a menu can have: its words, its picture and the group it stands in."""

    key: str
    label: Text
    icon: str
    group: str
    short: Text = ""


# The order here is the order on the page. A person sees the jobs that the shell's filler found permitted.
JOBS: tuple[Job, ...] = (
    Job("today", _("Today"), "today", "start"),
    Job("approvals", _("Approvals"), "inbox", "start"),
    Job(
        "requests", pgettext_lazy("menu", "My requests"), "inbox", "start", pgettext_lazy("menu", "Requests")
    ),
    Job("position", _("Position"), "pos", "funds"),
    Job("accounts", pgettext_lazy("menu", "Accounts"), "list", "funds", _("Accounts")),
    Job("imports", _("Import"), "up", "funds"),
    Job("reconciliation", _("Reconciliation"), "match", "funds"),
    Job("payments", pgettext_lazy("menu", "Payments"), "send", "payments"),
    Job("suspense", _("Suspense"), "in", "receipts"),
    Job("kftc", _("KFTC file"), "rec", "receipts"),
    Job("vouchers", _("Vouchers"), "voucher", "records"),
    Job("closing", pgettext_lazy("books", "Closing"), "lock", "records"),
    Job("proof", pgettext_lazy("books", "Proof"), "check", "records"),
    Job("sheets", _("Sheets of the books"), "book", "records", _("Sheets")),
    Job("daily", _("Daily fund report"), "chart", "records"),
    Job("audit", _("Audit trail"), "trail", "records"),
    Job("documents", _("Documents"), "file", "records"),
    Job("people", _("Users and roles"), "people", "system", _("Users")),
    Job("who_may", _("Who may do what"), "matrix", "system", _("Rights")),
    Job("distance", _("Embezzlement distance"), "steps", "system", _("Distance")),
    Job("jobs", _("Jobs"), "clock", "system"),
    Job("units", _("Companies and units"), "tree", "basis", _("Units")),
    Job("banks", _("Banks"), "vault", "basis"),
    Job("lines", _("Connections to banks"), "key", "basis", _("Connections")),
    Job("rates", _("Exchange rates"), "rate", "basis"),
    Job("calendar", _("Calendar"), "day", "basis"),
    Job("chart", _("Chart of accounts"), "indent", "basis"),
    Job("policies", _("Who approves what"), "stamp", "basis"),
    Job("deputies", _("Deputies"), "deputy", "basis"),
)
GROUP_LABELS: dict[str, Text] = {
    "start": "",
    "funds": _("Funds"),
    "payments": pgettext_lazy("menu", "Payments"),
    "receipts": pgettext_lazy("menu", "Receipts"),
    "records": _("Records"),
    "basis": _("Reference"),
    "system": _("System"),
}


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A job with its address; `count` says how many things wait there, `hot` that they wait on this person."""

    key: str
    label: Text
    icon: str
    url: str
    count: int = 0
    hot: bool = False
    short: Text = ""


@dataclass(frozen=True, slots=True)
class MenuGroup:
    label: Text
    entries: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class User:
    name: str
    title: Text = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """Shape: `now` aware, in the group's time zone; `business_day_open` is said only without `book_day`, the day of the default book, with its state in words; `theme` "light", "dark" or "" (follow the system)."""

    now: datetime
    today: date
    group_name: str = ""
    business_day_open: bool = True
    book_day: date | None = None
    book_state: Text = ""
    book_url: str = ""
    as_of: datetime | None = None
    late_banks: int = 0
    user: User | None = None
    language: str = "ko"
    theme: str = ""
    menu: tuple[MenuGroup, ...] = field(default_factory=tuple)
    here: str = ""
    request_id: str = ""
    unread: int = 0

    def has(self, key: str) -> bool:
        """Whether the menu has this job."""
        return any(item.key == key for group in self.menu for item in group.entries)

    @property
    def menu_key(self) -> tuple[tuple[str, str, int, bool], ...]:
        """What tells one menu from another; the words follow from the keys and the language."""
        return tuple(
            (item.key, item.url, item.count, item.hot) for group in self.menu for item in group.entries
        )

    def tabs(self) -> list[MenuItem]:
        """The first four jobs, for the bar at the bottom of a phone."""
        return [item for group in self.menu for item in group.entries][:4]


def menu(
    urls: dict[str, str], counts: dict[str, int], hot: frozenset[str] = frozenset(), *, leads: tuple[str, ...] = ()
) -> tuple[MenuGroup, ...]:  # fmt: skip
    """The menu of a person who may go to `urls` (job key → address): first what leads, then in the order of JOBS."""
    by_key = {job.key: job for job in JOBS}
    first = [by_key[key] for key in leads]
    groups = []
    for group, label in GROUP_LABELS.items():
        own = [job for job in JOBS if job.group == group and job.key not in leads]
        entries = tuple(
            MenuItem(
                job.key, job.label, job.icon, urls[job.key], counts.get(job.key, 0), job.key in hot, job.short
            )
            for job in ([*first, *own] if group == "start" else own)
            if job.key in urls
        )
        if entries:
            groups.append(MenuGroup(label, entries))
    return tuple(groups)
