"""The page behind a one-time link: a person sets the first password, or a new one after a reset."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from moa.control.one_time_links import LinkWorthless, look_at_link
from moa.control.operations.add_person import PasswordWeak
from moa.control.operations.use_link import use_link
from moa.control.password_rules import PASSWORD_GOOD_LENGTH, PASSWORD_MIN_LENGTH
from moa.control.web.letting_in import SET_FOR
from moa.control.web.sentences_people import refusal_words


class NewPasswordForm(forms.Form):
    """Shape: `least` and `good` the lengths by which the page says how good a password is while it is typed."""

    least, good = PASSWORD_MIN_LENGTH, PASSWORD_GOOD_LENGTH
    password = forms.CharField(
        label=gettext_lazy("New password"), max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False,
    )  # fmt: skip
    again = forms.CharField(
        label=gettext_lazy("The same password again"), max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False,
    )  # fmt: skip

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["password"].help_text = _(
            "%(least)s characters or more. A sentence that only you know is better than signs that you forget. Not your name, not your login, nothing that others use too."
        ) % {"least": PASSWORD_MIN_LENGTH}

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("This differs from the password above"))
        return given


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        facts = look_at_link(token, at=now)
        form = NewPasswordForm(request.POST or None)
        form.fields["password"].widget.attrs["autofocus"] = not form.is_bound
        if request.method == "POST" and form.is_valid():
            use_link(token=token, password=form.cleaned_data["password"], at=now)
            request.session[SET_FOR] = facts.login
            return HttpResponseRedirect(reverse("control:signin") + "?set=1")
    except PasswordWeak as refusal:
        form.add_error("password", refusal_words(refusal))
    except LinkWorthless:
        return render(request, "control/link_worthless.html", {"home_url": "/", "request_id": ""}, status=410)
    values = {"facts": facts, "form": form, "now": timezone.localtime()}
    return render(request, "control/link.html", values, status=422 if form.errors else 200)
