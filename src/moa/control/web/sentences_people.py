"""What the pages of users, roles and settings say about a refusal."""

from __future__ import annotations

from django.utils.translation import gettext as _

from moa.control.permissions import PERMISSIONS
from moa.control.rules_of_meeting import By
from moa.kernel.errors import DomainError
from moa.ui.problems import problem_text


def right_words(code: str) -> str:
    """A right as a person reads it; one without words by its code."""
    label = PERMISSIONS.get(code, "")
    return _(label) if label else code


def carrier_words(by: By) -> str:
    """By what somebody holds a right: the role, or what was lent."""
    if by.kind == "deputy":
        return _("as deputy of %(person)s") % {"person": by.name}
    if by.kind == "token":
        return _("with the token “%(token)s”") % {"token": by.name}
    return by.name


def refusal_words(refusal: DomainError) -> str:
    """One sentence: what is wrong, and what to do."""
    facts = refusal.facts
    if refusal.code == "roles_incompatible":
        pair = {"one": right_words(str(facts["one"])), "other": right_words(str(facts["other"]))}
        if facts.get("person"):
            return _(
                "%(person)s would hold “%(one)s” and “%(other)s” at the same time. One person must not hold both."
            ) % (pair | {"person": facts["person"]}) + _of_tokens(refusal)
        return _("“%(one)s” and “%(other)s” must not lie in one hand at the same time.") % pair
    if refusal.code == "rights_pair_held":
        return _(
            "%(persons)s: holds both “%(one)s” and “%(other)s”, today or on a later day. Withdraw one of the roles first."
        ) % {
            "persons": facts["persons"], "one": right_words(str(facts["one"])), "other": right_words(str(facts["other"])),
        } + _of_tokens(refusal)  # fmt: skip
    if refusal.code == "password_weak":
        return problem_text(str(facts["problem"])).what
    words = problem_text(refusal.code, value=str(facts.get("path", "")))
    return words.whole


def _of_tokens(refusal: DomainError) -> str:
    """Why somebody holds a right that none of his or her roles gives."""
    if not refusal.facts.get("tokens"):
        return ""
    return " " + _("Tokens of the machine user count as held by whoever made them: %(tokens)s.") % {
        "tokens": refusal.facts["tokens"]
    }
