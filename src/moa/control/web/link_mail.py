"""A one-time link on its way by mail, where this house has set mail; then nobody but the person has seen it."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from moa.control.context import Context
from moa.control.mail import address_fits, send
from moa.control.models import Person
from moa.control.one_time_links import MadeLink
from moa.control.queries import group_zone


def mail_link(ctx: Context, person: Person, link: MadeLink) -> bool:
    """File the mail in the person's language; False where mail is not set or the person has no address."""
    if not (settings.SMTP_URL and settings.PUBLIC_URL and address_fits(person.email)):
        return False
    address = settings.PUBLIC_URL + reverse("control:link", args=[link.token])
    with translation.override(person.language):
        until = f"{link.expires_at.astimezone(group_zone(ctx)):%Y-%m-%d %H:%M}"
        text = "\n\n".join([
            _("%(name)s, this link lets you set your password. It works once, until %(until)s.") % {"name": person.name, "until": until},
            address,
            _("If you expect nothing of this kind, do not open it, and tell your administrator."),
        ])  # fmt: skip
        send(ctx, person.email, _("Your way into Moa"), text)
    return True
