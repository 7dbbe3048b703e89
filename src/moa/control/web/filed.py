"""What a page says after `ask_or_do` filed a request instead of acting: the number, and a link to it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect

from moa.control.context import Context
from moa.control.models import ApprovalRequest


def back_with(address: str, filed: ApprovalRequest | None) -> HttpResponseRedirect:
    """Back to the page, which names the request that was filed, if one was."""
    if filed is None:
        return HttpResponseRedirect(address)
    return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}filed={filed.id}")


def filed_of(request: HttpRequest, ctx: Context) -> ApprovalRequest | None:
    """The open request of this person that the address names; none that was made up."""
    asked = request.GET.get("filed", "")
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 18:
        return None
    return ApprovalRequest.objects.filter(id=int(asked), maker_id=ctx.actor.person_id, state="open").first()
