"""Ask for a new version of a template of vouchers: a first one, a change, or its retirement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moa.control.access import require
from moa.control.approvals import submit
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.masking import mask_text
from moa.ledger.models import Book
from moa.ledger.models.draft import ENTERED
from moa.ledger.permissions import CHANGE_TEMPLATES
from moa.ledger.rules.templates import NAME_LANGUAGES, NewTemplate, TemplateLeg, template_flaws
from moa.ledger.rules.typed_vouchers import Flaw
from moa.ledger.voucher_templates import Template, nameable, template_versions

SUBJECT = "ledger.voucher_template"
NONE_YET = -1


class TemplateFlawed(DomainError):
    """It cannot be submitted yet. Facts: the first flaw; `flaws` holds all."""

    code = "template_flawed"

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__(None, field=flaws[0].field, problem=flaws[0].code, flaws=len(flaws))
        self.flaws = list(flaws)


class TemplateChanged(DomainError):
    """Another version was agreed to meanwhile. Facts: `template`, `revision` the newest."""

    code = "template_changed"


class TemplateUnchanged(DomainError):
    """The proposal says what the version in force says. Facts: `template`."""

    code = "template_unchanged"


def propose_template(ctx: Context, book: Book, *, new: NewTemplate, seen_revision: int) -> ApprovalRequest:
    """File a version; it is offered once another person has agreed.

    Shape: `seen_revision` the newest version that its maker saw, 0 the shipped one, `NONE_YET` for a new template.
    Raises: forbidden, template_flawed, template_changed, template_unchanged, request_already_open, nobody_can_approve.
    """
    require(ctx, CHANGE_TEMPLATES, book.unit_id)
    named = nameable(book)
    # A retired one may stand on accounts that are closed by now.
    if flaws := template_flaws(new, named, ENTERED) if new.is_active else []:
        raise TemplateFlawed(flaws)
    new = _masked(new.tidied())
    former = newest_version(book, new.code)
    if (former.revision if former else NONE_YET) != seen_revision:
        raise TemplateChanged(template=new.code, revision=former.revision if former else NONE_YET)
    if former and as_new(former) == new:
        raise TemplateUnchanged(template=new.code)
    content: dict[str, Any] = {
        "book": str(book.id), "code": new.code, "revision": str(former.revision + 1 if former else 1),
        **_pinned(new, named), "before": _pinned(as_new(former), named) if former else None,
    }  # fmt: skip
    return submit(
        ctx, subject_type=SUBJECT, subject_id=f"{book.id}:{new.code}", content=content, unit_id=book.unit_id
    )


def newest_version(book: Book, code: str) -> Template | None:
    try:
        return template_versions(book, code)[0]
    except NotFound:
        return None


def as_new(version: Template) -> NewTemplate:
    """A version as the page begins with it, whatever language it is read in."""
    said = version.names
    names = {field: said.get(language, "") for field, language in NAME_LANGUAGES.items()}
    new = NewTemplate(
        version.code, said.get("") or said["ko"], version.kind, version.memo, version.legs, version.is_active, **names
    )  # fmt: skip
    return new.tidied()


def read_pinned(content: dict[str, Any]) -> NewTemplate:
    """What was decided on."""
    legs = tuple(TemplateLeg(leg["side"], leg["account"], leg["memo"]) for leg in content["legs"])
    return NewTemplate(
        content["code"],
        content["name"],
        content["kind"],
        content["memo"],
        legs,
        content["is_active"] == "yes",
        **{field: names_of(content).get(language, "") for field, language in NAME_LANGUAGES.items()},
    )


def names_of(content: dict[str, Any]) -> dict[str, str]:
    """The names by language that a proposal pins; one filed before there were such has none."""
    found: dict[str, str] = content.get("names", {})
    return found


def _pinned(new: NewTemplate, named: dict[str, str]) -> dict[str, Any]:
    return {
        "name": new.name, "names": new.names, "kind": new.kind, "memo": new.memo, "is_active": "yes" if new.is_active else "no",
        "legs": [{**leg._asdict(), "called": named.get(leg.account, "")} for leg in new.legs],
    }  # fmt: skip


def _masked(new: NewTemplate) -> NewTemplate:
    """Numbers of persons in free texts are not kept, as nowhere else."""
    legs = tuple(leg._replace(memo=mask_text(leg.memo)) for leg in new.legs)
    name, memo, ko, zh, en = map(mask_text, (new.name, new.memo, new.ko, new.zh, new.en))
    return new._replace(name=name, memo=memo, legs=legs, ko=ko, zh=zh, en=en)
