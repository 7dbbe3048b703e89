"""What a request is about, told by the context that owns it: the words for the page, and the act that follows.

Control knows only requests and decisions. An upper context provides one object per subject type; `entry/wiring.py`
registers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

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


@dataclass(frozen=True, slots=True)
class Subject:
    """A request in words and figures. Shape: `kind` is the page's code for it; `amount_minor` None: not one amount."""

    kind: str
    title: str
    amount_minor: int | None = None
    currency: str = ""
    unit: str = ""
    account_name: str = ""
    account_number: str = ""
    lines: tuple[SubjectLine, ...] = ()
    note: str = ""
    ground_url: str | None = None
    due_on: Day | None = None


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


def describe(ctx: Context, request: ApprovalRequest) -> Subject:
    """The request in words; one that nobody knows is named by its type, so that it does not disappear."""
    provider = _providers.get(request.subject_type)
    if provider is None:
        return Subject(kind=request.subject_type, title=request.subject_id)
    return provider.describe(ctx, request)


def decide(
    ctx: Context, request: ApprovalRequest, *, approve: bool, seen_hash: str, reason: str
) -> ApprovalRequest:
    """Raises: subject_unknown, and what the context's operation raises."""
    provider = _providers.get(request.subject_type)
    if provider is None:
        raise SubjectUnknown(subject_type=request.subject_type)
    return provider.decide(ctx, request.id, approve=approve, seen_hash=seen_hash, reason=reason)
