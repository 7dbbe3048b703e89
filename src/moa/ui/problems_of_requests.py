"""What is wrong and how to mend it, for the codes of the API and of machine tokens."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

OF_REQUESTS: dict[str, tuple[Text, Text]] = {
    "token_missing": (
        _("The request shows no token"),
        _("Send the header Authorization: Bearer with a machine token"),
    ),
    "token_refused": (
        _("This token is not valid, or no more"),
        _("Make a new one on the page of machine tokens"),
    ),
    "too_many_requests": (
        _("This token was used too often in this minute"),
        _("Wait for the seconds that Retry-After names"),
    ),
    "too_many_wrong_tokens": (
        _("Too many tokens that are not valid came from this address"),
        _("Correct the token; then wait for the seconds that Retry-After names"),
    ),
    "forbidden": (
        _("The right for this is missing"),
        _("Ask for the right, or use a token that has it"),
    ),
    "not_found": (
        _("There is nothing here, or it is not yours to see"),
        _("Check the number"),
    ),
    "text_not_utf8": (
        _("Letters of this form are lost: its text did not come in UTF-8"),
        _("Send it in UTF-8, or remove the signs � that stand for the lost letters"),
    ),
    "method_not_allowed": (
        _("This cannot be done with that method"),
        _("The header Allow names what can be done"),
    ),
    "not_acceptable": (
        _("Answers are JSON only"),
        _("Ask for application/json"),
    ),
    "media_type_unsupported": (
        _("This type of content is not taken here"),
        _("Send the type that the description of the API names"),
    ),
    "request_malformed": (
        _("The request cannot be read"),
        _("Compare it with the description of the API"),
    ),
    "request_too_large": (
        _("The request is larger than this installation takes"),
        _("Send less at once"),
    ),
    "file_too_large": (
        _("The file is larger than this installation takes"),
        _("Download a shorter period"),
    ),
    "failed": (
        _("Something went wrong on our side"),
        _("Try again with the same Idempotency-Key; if it stays, tell support the request id"),
    ),
    "idempotency_key_missing": (
        _("A write needs a key, so that it cannot happen twice"),
        _("Send the header Idempotency-Key with a text of your own, new for each write"),
    ),
    "in_progress": (
        _("A request with this key is at work now"),
        _("Ask again in a moment with the same key"),
    ),
    "values_unfit": (
        _("Some values of the request cannot be used"),
        _("Each is named with its place"),
    ),
    "value_missing": (_("A value is missing"), ""),
    "value_invalid": (_("This value does not fit its place"), ""),
    "parameter_unknown": (_("There is no such parameter"), ""),
    "parameter_repeated": (_("This parameter can stand once only"), ""),
    "cursor_unfit": (
        _("This cursor was not given for this question"),
        _("Begin again without a cursor"),
    ),
    "cursor_unknown": (_("Nobody gave this cursor"), _("Begin again without a cursor")),
    "token_name_unfit": (_("A name has 1 to 100 characters"), ""),
    "scopes_missing": (_("Choose what the token may do"), ""),
    "scope_unknown": (_("There is no such right for a token"), ""),
    "scope_not_held": (
        _("The token would get a right that you or its person does not hold"),
        _("Leave the right out"),
    ),
    "token_days_unfit": (_("A token lives 1 to 366 days"), ""),
}
