"""Keep how a person likes the pages: language, light or dark, height of table rows."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Person
from moa.kernel.errors import DomainError
from moa.kernel.seen import check_seen

LANGUAGES = ("ko", "zh-hans", "en")
THEMES = ("", "light", "dark")
DENSITIES = ("", "tight", "usual", "wide")


class PreferenceUnknown(DomainError):
    """There is no such language, theme or height."""

    code = "preference_unknown"


def look_shown(person: Person) -> dict[str, str]:
    """What the form shows of a person's look."""
    return {"language": person.language, "theme": person.theme, "density": person.density or "usual"}


def set_preferences(ctx: Context, *, language: str, theme: str, density: str, seen: str = "") -> Person:
    """Raises: preference_unknown, changed_meanwhile."""
    if language not in LANGUAGES or theme not in THEMES or density not in DENSITIES:
        raise PreferenceUnknown(language=language, theme=theme, density=density)
    person = Person.objects.select_for_update().get(id=ctx.actor.person_id)
    check_seen(seen, look_shown(person))
    before = {"language": person.language, "theme": person.theme, "density": person.density}
    after = {"language": language, "theme": theme, "density": density}
    if before != after:
        Person.objects.filter(id=person.id).update(**after)
        record(ctx, "control.person.preferences", "person", person.id, before=before, after=after)
    person.language, person.theme, person.density = language, theme, density
    return person
