"""The password once more, before a second factor is added to a session that somebody may have left open."""

from __future__ import annotations

from datetime import datetime
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity
from moa.control.sessions import SINCE
from moa.control.web.page import View, page

# In the session: the second at which the password was given once more.
PROVEN = "moa_proven"
TRUSTED_SECONDS = 600


class ProveForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Present password"), max_length=500, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


def is_proven(request: HttpRequest, at: datetime) -> bool:
    """Whether this session proved itself in the last ten minutes, by signing in or by the password."""
    newest = max(int(request.session.get(SINCE, 0)), int(request.session.get(PROVEN, 0)))
    return at.timestamp() - newest < TRUSTED_SECONDS


def proven(view: View) -> View:
    """Below `page`: a session that is older gives its password first."""

    @wraps(view)
    def asked(request: HttpRequest, ctx: Context, *args: Any, **kwargs: Any) -> Any:
        if is_proven(request, ctx.at):
            return view(request, ctx, *args, **kwargs)
        if request.content_type == "application/json":
            return JsonResponse(
                {"problem": _("Your password is asked for once more: open this page anew")}, status=403
            )
        return HttpResponseRedirect(reverse("control:prove"))

    return asked


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@page(while_setting_up=True)
def prove(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = ProveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        identity = Identity.objects.get(group_id=ctx.group_id, person_id=ctx.actor.person_id)
        if check_password(form.cleaned_data["password"], identity.password):
            request.session[PROVEN] = int(ctx.at.timestamp())
            return HttpResponseRedirect(reverse("control:factors"))
        record(ctx, "control.identity.not_proven", "identity", identity.id)
        form.add_error("password", _("This is not your present password"))
    return render(request, "control/prove.html", {"form": form}, status=422 if form.errors else 200)
