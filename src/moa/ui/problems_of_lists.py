"""What to say about views and columns that could not be kept."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OF_LISTS: dict[str, tuple[str | Promise, str | Promise]] = {
    "view_unfit": (
        _("The view was not kept"),
        _("Give it a name of up to 60 characters, and fewer conditions if there are many."),
    ),
    "too_many_views": (
        _("There are 20 kept views of this list already. This one was not kept"),
        _("Remove one that you no longer use."),
    ),
    "columns_unfit": (
        _("The choice of columns was not kept"),
        _("Open the list again and choose once more."),
    ),
}
