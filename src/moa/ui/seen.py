"""Forms over what others may change too: the hidden field of what was shown, and the refusal that shows both."""

from __future__ import annotations

from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.kernel.seen import ChangedMeanwhile, Shown, fingerprint

_OTHERS = gettext_lazy(
    "Since this page was opened, %(who)s saved something else here. Your values still stand in the form: "
    "send them again to put them in its place, or open the page anew."
)
_OWN = gettext_lazy(
    "Since this page was opened, you saved something else here in another window. These values still stand in the "
    "form: send them again to put them in its place, or open the page anew."
)


class SeenForm(forms.Form):
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @classmethod
    def showing(
        cls, values: Shown, *first: Any, more: dict[str, Any] | None = None, auto_id: str = "id_%s"
    ) -> Self:
        """The form with what stands there, and with `more` that nobody can have changed, such as today."""
        initial = {**values, **(more or {}), "seen": fingerprint(values)}
        options: dict[str, Any] = {"initial": initial, "auto_id": auto_id}
        return cls(*first, **options)

    def was_seen(self) -> str:
        return str(self.cleaned_data["seen"])

    def tell(self, refusal: ChangedMeanwhile, *, by: str = "", seen: str = "", own: bool = False) -> None:
        """What was typed stays; what stands there now is said at its field. Sending again is knowing of it.

        Shape: `own` what nobody but the reader changes.
        """
        now: Shown = refusal.facts["now"]
        data: Any = self.data
        data = data.copy()
        data[self.add_prefix("seen")] = seen or fingerprint(now)
        self.data = data
        self.add_error(None, _OWN if own else _OTHERS % {"who": by or _("somebody else")})
        for name, value in now.items():
            typed = data.getlist(self.add_prefix(name))
            kept = [value] if isinstance(value, str) else list(value)
            if name in self.fields and sorted(typed) != sorted(kept):
                self.add_error(name, _both(self.fields[name], kept, typed))


def _both(field: forms.Field, kept: list[str], typed: list[str]) -> str:
    words = {str(value): str(label) for value, label in getattr(field, "choices", [])}
    if len(kept) == 1 and len(typed) <= 1:
        facts = {
            "now": words.get(kept[0], kept[0]) or "–",
            "typed": "".join(words.get(one, one) for one in typed) or "–",
        }
        return _("Saved meanwhile: “%(now)s”. Yours: “%(typed)s”") % facts
    facts = {
        "more": ", ".join(words.get(one, one) for one in kept if one not in typed) or "–",
        "fewer": ", ".join(words.get(one, one) for one in typed if one not in kept) or "–",
    }
    return _("Only in what was saved meanwhile: %(more)s. Only in yours: %(fewer)s") % facts
