"""Facts that are kept for ever (audit, requests, refusals) hold no person's number in their free text."""

from __future__ import annotations

import re
from typing import Any

from moa.kernel.masking import mask_residents, mask_text

# A value in an account-number field is an account number, whatever it looks like; a hash must stay whole.
_AS_IT_IS = re.compile(r"(?:^|_)(?:account|number|hash|sha256|fingerprint|id|key)$")
_REFERENCE = re.compile(r"(?:^|_)reference$")


def masked(facts: Any, name: str = "") -> Any:
    """`facts` with resident, passport and card numbers of every text reduced to six digits and stars.

    Shape: what JSON can hold, of the same shape; `name` is the field that a value stands in.
    """
    if isinstance(facts, dict):
        return {key: masked(value, str(key)) for key, value in facts.items()}
    if isinstance(facts, list | tuple):
        return [masked(value, name) for value in facts]
    if not isinstance(facts, str) or _AS_IT_IS.search(name):
        return facts
    return mask_residents(facts) if _REFERENCE.search(name) else mask_text(facts)
