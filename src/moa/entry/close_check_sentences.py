"""What the command line says about the checks of a closing, in English: that each holds, or how to mend it."""

from __future__ import annotations

from django.utils.translation import override

from moa.ledger.check_sentences import sentence_of
from moa.ledger.close_checks import Finding


def detail_of(finding: Finding) -> str:
    """One sentence; a check without one says its facts."""
    with override("en"):
        return sentence_of(finding)
