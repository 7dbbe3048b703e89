"""Whether the name that was asked for and the name that the bank answers are one name. Source: domain.md §2.12.

Legal forms, spaces, width, case and punctuation do not count. Banks cut names to the width of a field and mask letters,
so what agrees only as far as it goes is said to agree in part.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from enum import StrEnum


class NameVerdict(StrEnum):
    MATCH = "match"
    PARTIAL = "partial"
    MISMATCH = "mismatch"
    UNAVAILABLE = "unavailable"


# What is told of a payment whose name the bank does not simply confirm.
FLAWS = {
    NameVerdict.PARTIAL: "payee_name_partial", NameVerdict.MISMATCH: "payee_name_mismatch",
    NameVerdict.UNAVAILABLE: "payee_name_unavailable",
}  # fmt: skip
# One kind of legal form a line, as names say it after NFKC and case folding. Two kinds are two legal persons.
_FORMS: tuple[tuple[str, ...], ...] = (
    ("주식회사", "(주)", "株式会社", "株式會社", "(株)", "股份有限公司"),
    ("유한책임회사", "(유책)"),
    ("유한회사", "(유)", "有限责任公司", "有限責任公司", "有限公司", "有限会社", "(有)"),
    ("합자회사", "(합자)"),
    ("합명회사", "(합명)"),
    ("재단법인", "(재)"),
    ("사단법인", "(사)"),
    ("사회복지법인", "(복)"),
    ("학교법인", "(학)"),
    ("의료법인", "(의)"),
)
# English forms are said loosely (Co., Ltd. for 주식회사 and 有限公司 alike), so they name no kind.
_ENGLISH = r"(?:co(?:mpany)?|corp(?:oration)?|inc(?:orporated)?|ltd|limited|llc|llp|plc|gmbh|ag|sa|bv|pte)"
_ENGLISH_END = re.compile(rf"(?<=[\w)])(?:[\s.,&]+{_ENGLISH})+[\s.,]*$")
_MASK = "*"
# A shorter piece of a name says too little: half of the Koreans share three family names.
_LEAST_PIECE = 2


def compare_names(asked: str, answered: str | None) -> NameVerdict:
    """The verdict on the bank's answer; None or nothing readable in it: unavailable.

    Shape: symmetric but for masked letters, which only the bank writes.
    """
    if answered is None or not plain_name(answered):
        return NameVerdict.UNAVAILABLE
    one, other = plain_name(asked), plain_name(answered)
    if not one:
        return NameVerdict.MISMATCH
    if one == other:
        forms = form_of(asked), form_of(answered)
        differ = forms[0] is not None and forms[1] is not None and forms[0] != forms[1]
        return NameVerdict.PARTIAL if differ else NameVerdict.MATCH
    if _agree_in_part(one, other):
        return NameVerdict.PARTIAL
    return NameVerdict.MISMATCH


def plain_name(name: str) -> str:
    """What of a name counts: without its legal form, spaces, punctuation; one width, one case. A form alone stays."""
    text = _folded(name)
    rest = _ENGLISH_END.sub("", _without_form(text))
    return _letters(rest) or _letters(text)


def differing_letters(asked: str, answered: str) -> tuple[tuple[str, bool], ...]:
    """The bank's name in pieces, True where it says other letters than were asked for. Shape: together the whole name.

    A legal form that only one of them says is no other name; where the names agree, it is what differs.
    """
    if not answered or compare_names(asked, answered) is NameVerdict.MATCH:
        return ((answered, False),) if answered else ()
    pieces = []
    forms = (
        () if plain_name(asked) == plain_name(answered) else tuple(form for kind in _FORMS for form in kind)
    )
    matcher = SequenceMatcher(None, asked, answered, autojunk=False)
    for kind, _from, _to, start, end in matcher.get_opcodes():
        if start < end:
            piece = answered[start:end]
            pieces.append((piece, kind != "equal" and _folded(piece) not in forms))
    return tuple(pieces)


def form_of(name: str) -> int | None:
    """The kind of legal form that the name says, as a number; None without one."""
    text = _folded(name)
    found = _found_form(text)
    return None if found is None else found[0]


def _folded(name: str) -> str:
    # Composed after folding too: ㈜ becomes (주), full width becomes half, and letters of any case one case.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def _found_form(text: str) -> tuple[int, str, bool] | None:
    """(kind, form, at the beginning); the longest form at either end. A name is not eaten up by its form."""
    tight = re.sub(r"\s+", "", text)
    found = [
        (len(form), kind, form, starts)
        for kind, forms in enumerate(_FORMS)
        for form in forms
        for starts, fits in ((True, tight.startswith(form)), (False, tight.endswith(form)))
        if fits and _letters(tight) != _letters(form)
    ]
    if not found:
        return None
    _, kind, form, starts = max(found, key=lambda one: one[0])
    return kind, form, starts


def _without_form(text: str) -> str:
    found = _found_form(text)
    if found is None:
        return text
    _, form, starts = found
    spaced = r"\s*".join(map(re.escape, form))
    return re.sub(rf"^\s*{spaced}" if starts else rf"{spaced}\s*$", "", text, count=1)


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum() or letter == _MASK)


def _agree_in_part(asked: str, answered: str) -> bool:
    if _MASK in answered:
        return (
            len(asked) == len(answered)
            and any(letter != _MASK for letter in answered)
            and all(mine == theirs or theirs == _MASK for mine, theirs in zip(asked, answered, strict=True))
        )
    shorter, longer = sorted((asked, answered), key=len)
    return len(shorter) >= _LEAST_PIECE and longer.startswith(shorter)
