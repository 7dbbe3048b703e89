"""Keep how a person likes the pages: language, light or dark, height of table rows."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Person
from moa.kernel.errors import DomainError

LANGUAGES = ("ko", "zh-hans", "en")
THEMES = ("", "light", "dark")
DENSITIES = ("", "tight", "usual", "wide")


class PreferenceUnknown(DomainError):
    """There is no such language, theme or height."""

    code = "preference_unknown"


def set_preferences(ctx: Context, *, language: str, theme: str, density: str) -> Person:
    """Raises: preference_unknown."""
    if language not in LANGUAGES or theme not in THEMES or density not in DENSITIES:
        raise PreferenceUnknown(language=language, theme=theme, density=density)
    person = Person.objects.select_for_update().get(id=ctx.actor.person_id)
    before = {"language": person.language, "theme": person.theme, "density": person.density}
    after = {"language": language, "theme": theme, "density": density}
    if before != after:
        Person.objects.filter(id=person.id).update(**after)
        record(ctx, "control.person.preferences", "person", person.id, before=before, after=after)
    person.language, person.theme, person.density = language, theme, density
    return person
