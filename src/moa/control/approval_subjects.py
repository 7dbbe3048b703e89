"""What a request is about, told by the context that owns it: the words for the page, and the act that follows.

Control knows only requests and decisions. An upper context provides one object per subject type; `entry/wiring.py`
registers it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError


class SubjectUnknown(DomainError):
    """No context of this version knows what the request is about; it can be read but not decided."""

    code = "subject_unknown"


# A line has a field of the name `date`, which would hide the type.
Day = date


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """One line of what was submitted. Shape: minor units of the subject's currency; one of debit and credit is None."""

    date: Day
    value_date: Day | None = None
    description: str = ""
    counterparty: str = ""
    debit_minor: int | None = None
    credit_minor: int | None = None
    balance_minor: int | None = None
    tone: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class RekeyField:
    """A decisive field that a reviewer types blind. Shape: `value` as the paper shows it; digits are compared without
    separators, other text letter by letter."""

    code: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field of what is changed, as it is and as it would be, in words; `before` is empty where there was nothing."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an approver should know, in words.

    Shape: `tone` and `word` of a state that it is in, empty where it is plain; `pieces` of the text, True where letters differ
    from what it is compared with; `more` in small beside it; `links` as word and address.
    """

    label: str
    text: str = ""
    tone: str = ""
    word: str = ""
    pieces: tuple[tuple[str, bool], ...] = ()
    more: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Why it cannot be approved now, and who clears that and how; `url` where.

    Shape: `act` the words of a button that clears it, which posts `act_fields` to `act_url`.
    """

    reason: str
    mend: str
    url: str = ""
    act: str = ""
    act_url: str = ""
    act_fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """A request in words and figures. Shape: `kind` is the page's code for it; `amount_minor` None: not one amount.

    `rekey` the fields typed again where a step asks for it; a subject without any cannot stand under such a step.
    `holds` while there are any, nobody approves: the subject's state is not what it was, say. `changes` stand side by side
    where something that exists is changed. `lines_are` "legs" of a voucher, "payments" that go out, or "bank" lines
    with a balance after each; a line's `tone` and `word` say how it stands. `must_read`: nobody signs it in a batch unread.
    """

    kind: str
    title: str
    amount_minor: int | None = None
    currency: str = ""
    unit: str = ""
    account_name: str = ""
    account_number: str = ""
    lines: tuple[SubjectLine, ...] = ()
    lines_are: Literal["bank", "legs", "payments"] = "bank"
    note: str = ""
    ground_url: str | None = None
    due_on: Day | None = None
    rekey: tuple[RekeyField, ...] = ()
    holds: tuple[Hold, ...] = ()
    changes: tuple[Change, ...] = ()
    must_read: bool = False


class OnHold(DomainError):
    """Something has to be cleared first; facts: `holds` how many."""

    code = "approval_on_hold"


class SubjectProvider(Protocol):
    """What an upper context implements for one subject type."""

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        """The request for the page, from its pinned content."""
        ...

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        """The context's own operation: it calls `approvals.decide` and acts on what was approved."""
        ...


_providers: dict[str, SubjectProvider] = {}


def register(subject_type: str, provider: SubjectProvider) -> None:
    """Once per subject type, from `entry/wiring.py`. A second provider of one type is a fault of ours."""
    if _providers.get(subject_type, provider) is not provider:
        raise ValueError(f"two providers for {subject_type}")
    _providers[subject_type] = provider


def registered_subjects() -> list[str]:
    return sorted(_providers)


def label_of(subject_type: str) -> str:
    """What the type of subject is called: the provider's `label`, else the code."""
    return str(getattr(_providers.get(subject_type), "label", subject_type))


def describe(ctx: Context, request: ApprovalRequest) -> Subject:
    """The request in words; one that nobody knows is named by its type, so that it does not disappear."""
    provider = _providers.get(request.subject_type)
    if provider is None:
        return Subject(kind=request.subject_type, title=request.subject_id)
    return provider.describe(ctx, request)


def facts_of(ctx: Context, request: ApprovalRequest) -> tuple[Fact, ...]:
    """What its page says beside the description; of a provider with `facts` of its own."""
    facts = getattr(_providers.get(request.subject_type), "facts", None)
    return facts(ctx, request) if facts else ()


def describe_all(ctx: Context, requests: Sequence[ApprovalRequest]) -> list[Subject]:
    """The same of many, in their order; a provider with a `describe_all` of its own reads for all of its requests at once."""
    by_type: dict[str, list[ApprovalRequest]] = {}
    for request in requests:
        by_type.setdefault(request.subject_type, []).append(request)
    found: dict[int, Subject] = {}
    for subject_type, alike in by_type.items():
        together = getattr(_providers.get(subject_type), "describe_all", None)
        subjects = together(ctx, alike) if together else [describe(ctx, one) for one in alike]
        found.update(zip((one.id for one in alike), subjects, strict=True))
    return [found[request.id] for request in requests]


def decide(
    ctx: Context, request: ApprovalRequest, *, approve: bool, seen_hash: str, reason: str
) -> ApprovalRequest:
    """Raises: subject_unknown, approval_on_hold, and what the context's operation raises."""
    provider = _providers.get(request.subject_type)
    if provider is None:
        raise SubjectUnknown(subject_type=request.subject_type)
    holds = provider.describe(ctx, request).holds if approve else ()
    if holds:
        raise OnHold(request=request.id, holds=len(holds))
    return provider.decide(ctx, request.id, approve=approve, seen_hash=seen_hash, reason=reason)
