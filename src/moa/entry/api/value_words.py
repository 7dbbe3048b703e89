"""What is wrong with one value of a request, in the reader's language; the library's own words are English ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from moa.entry.api.values import AMOUNT
from moa.ui.problems import problem_text

# By the library's type of error, and by ours of `values.py`. Shape: names in %( )s are facts of the error.
_WORDS = {
    "string_type": gettext_lazy("A text is expected, in quotation marks"),
    "int_type": gettext_lazy("A whole number is expected"),
    "int_parsing": gettext_lazy("A whole number is expected"),
    "int_parsing_size": gettext_lazy("A whole number is expected"),
    "int_from_float": gettext_lazy("A whole number is expected"),
    "bool_type": gettext_lazy("true or false is expected"),
    "bool_parsing": gettext_lazy("true or false is expected"),
    "list_type": gettext_lazy("A list is expected"),
    "dict_type": gettext_lazy("An object with named values is expected"),
    "model_type": gettext_lazy("An object with named values is expected"),
    "model_attributes_type": gettext_lazy("An object with named values is expected"),
    "literal_error": gettext_lazy("One of these is expected: %(expected)s"),
    "enum": gettext_lazy("One of these is expected: %(expected)s"),
    "greater_than_equal": gettext_lazy("%(ge)s or more is expected"),
    "less_than_equal": gettext_lazy("%(le)s or less is expected"),
    "string_too_long": gettext_lazy("At most %(max_length)s characters"),
    "string_too_short": gettext_lazy("At least %(min_length)s characters"),
    "too_long": gettext_lazy("At most %(max_length)s items"),
    "too_short": gettext_lazy("At least %(min_length)s items"),
    "extra_forbidden": gettext_lazy("No value of this name is taken"),
    "day_unreadable": gettext_lazy("A date such as 2026-06-24 is expected"),
    "moment_unreadable": gettext_lazy(
        "A moment with its offset is expected, such as 2026-06-24T18:00:00+09:00"
    ),
    "currency_unknown": gettext_lazy("A currency code of ISO 4217 is expected, such as KRW"),
    "string_unicode": gettext_lazy("A character is not one of Unicode"),
}
_AMOUNT_WORDS = gettext_lazy("A decimal string without separators is expected, such as 1234.50")


def value_words(kind: str, facts: Mapping[str, Any], code: str) -> str:
    """The sentence. Shape: `kind` the library's type of error, `facts` its context, `code` our code of it."""
    words = _AMOUNT_WORDS if facts.get("pattern") == AMOUNT else _WORDS.get(kind)
    if words is None:
        return problem_text(code).what
    # The library joins what it expects by an English word.
    expected = str(facts.get("expected", "")).replace(" or ", ", ")
    return str(words) % {**facts, "expected": expected}
