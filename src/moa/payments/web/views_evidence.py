"""One try at a bank: what was sent and what is known of it; recording what the bank says outside of messages."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control.access import may
from moa.control.audit import record
from moa.control.context import Context
from moa.control.documents import open_document
from moa.control.models import ApprovalRequest, Document
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ledger.operations.attach_document import AttachmentRefused
from moa.payments.bank_days import may_arrive
from moa.payments.contradictions import has_its_line, to_claim_back
from moa.payments.disproving import is_denied
from moa.payments.models import Evidence, PaymentAttempt
from moa.payments.operations.ask_again import ask_again, may_ask
from moa.payments.operations.propose_evidence import (
    MAY_SAY,
    SUBJECT,
    EvidenceInvalid,
    may_prove,
    propose_evidence,
)
from moa.payments.permissions import RECORD_EVIDENCE, VIEW
from moa.payments.proof_words import PROVES
from moa.payments.queries import access_order
from moa.payments.rules.evidence import CONTRADICTS, PROVE_FAILED
from moa.payments.silent_statements import silent_until
from moa.payments.web.bank_parts import known_of
from moa.payments.web.order_words import ATTEMPTS
from moa.ui.problems import Sentence, problem_text

_TYPED_WRONG = (EvidenceInvalid, AttachmentRefused)


@require_http_methods(["GET", "POST"])
@page(VIEW)
def evidence(request: HttpRequest, ctx: Context, attempt_id: int) -> HttpResponse:
    attempt = _access(ctx, attempt_id)
    refusal: DomainError | None = None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            with ctx.open():
                made = propose_evidence(
                    ctx, attempt.id, says=request.POST.get("says", ""), text=request.POST.get("text", ""),
                    source=cast(BinaryIO, file) if file is not None else _nothing(), name=(file.name or "") if file else "",
                )  # fmt: skip
            return HttpResponseRedirect(reverse("control:approval", args=[made.id]))
        except (NotFound, Forbidden):
            raise
        except DomainError as fault:
            refusal = fault
    return _page(request, ctx, attempt, refusal)


@require_POST
@page(VIEW)
def ask(request: HttpRequest, ctx: Context, attempt_id: int) -> HttpResponse:
    """Have the bank asked now; the answer stands on the payment's page once it is here."""
    attempt = _access(ctx, attempt_id)
    try:
        with ctx.open():
            ask_again(ctx, attempt_id)
    except (NotFound, Forbidden):
        raise
    except DomainError as fault:
        return _page(request, ctx, attempt, fault)
    return HttpResponseRedirect(reverse("payments:order", args=[attempt.order_id]) + "?asked=1")


@require_GET
@page(VIEW)
def evidence_document(request: HttpRequest, ctx: Context, attempt_id: int, document_id: int) -> HttpResponse:
    """Always as a download: what somebody attached is never shown as a page of ours."""
    attempt = _access(ctx, attempt_id)
    recorded = ApprovalRequest.objects.filter(
        subject_type=SUBJECT, subject_id=str(attempt.id), content__document=str(document_id)
    )
    found = Document.objects.filter(id=document_id).first() if recorded.exists() else None
    if found is None:
        raise NotFound(document=document_id)
    with open_document(ctx, found.id) as source:
        response = HttpResponse(source.read(), content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    record(ctx, "control.document.read", "document", found.id, after={"attempt": attempt.id})
    return response


def _access(ctx: Context, attempt_id: int) -> PaymentAttempt:
    found = PaymentAttempt.objects.select_related("connection", "message").filter(id=attempt_id).first()
    if found is None:
        raise NotFound(attempt=attempt_id)
    found.order = access_order(ctx, found.order_id)
    return found


def _nothing() -> BinaryIO:
    from io import BytesIO

    return BytesIO(b"")


def _page(
    request: HttpRequest, ctx: Context, attempt: PaymentAttempt, refusal: DomainError | None
) -> HttpResponse:
    order = attempt.order
    heard, doubted = Evidence.objects.filter(attempt_id=attempt.id).order_by("id"), is_denied(attempt)
    values: dict[str, Any] = {
        "attempt": attempt, "order": order, "stands": ATTEMPTS[attempt.state], "known": known_of(heard, ctx.language),
        "message": f"{attempt.connection.bank_code} · {attempt.day or '—'} · {attempt.msg_no or 0:06d}",
        "waiting": list(ApprovalRequest.objects.filter(subject_type=SUBJECT, subject_id=str(attempt.id), state="open")),
        "may_ask": may_ask(ctx, order, attempt), "may_record": may(ctx, RECORD_EVIDENCE, order.unit_id),
        "may_say": [(code, PROVES[code]) for code in MAY_SAY if _may_say(ctx, attempt, code)], "is_denied": doubted,
        "silent_until": silent_until(ctx, attempt) if attempt.state == "paid" and not has_its_line(attempt) else None,
        "typed": {"says": request.POST.get("says", ""), "text": request.POST.get("text", "")},
        "refusal": _refused(refusal) if refusal is not None else None, "arrival": may_arrive(ctx, attempt), "problem": _problem(attempt, doubted),
    }  # fmt: skip
    status = 200 if refusal is None else 422 if isinstance(refusal, _TYPED_WRONG) else 409
    return render(request, "payments/evidence.html", values, status=status)


def _problem(attempt: PaymentAttempt, doubted: bool) -> Sentence | None:
    """What persons are to look at, besides that its bank denies it, which has words of its own."""
    if (attempt.problem == CONTRADICTS and not doubted) or to_claim_back([attempt]):
        return problem_text(attempt.problem)
    return None


def _may_say(ctx: Context, attempt: PaymentAttempt, code: str) -> bool:
    """What the bank's line closed is not offered to be called unpaid."""
    return not (code == PROVE_FAILED and has_its_line(attempt)) and may_prove(ctx, attempt, code)


def _refused(refusal: DomainError) -> Sentence:
    said = refusal.facts["problem"] if isinstance(refusal, AttachmentRefused) else refusal.code
    return problem_text(str(said))
