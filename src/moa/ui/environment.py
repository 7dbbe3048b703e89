"""The Jinja2 environment of all pages: translations, filters, addresses, built assets, pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from moa.ui.formatting import FILTERS, chart_unit, month_names, page_language, weekdays
from moa.ui.glossary import term, term_mark
from moa.ui.ground import why
from moa.ui.problems import field_name, problem_text

LANGUAGES = (("ko", "ko", "한국어"), ("zh-hans", "zh-Hans", "简体中文"), ("en", "en", "English"))
DIST = Path(__file__).parent / "static" / "dist"


@cache
def _manifest() -> dict[str, str]:
    try:
        return json.loads((DIST / "manifest.json").read_text())
    except FileNotFoundError:
        raise ImproperlyConfigured(
            "The style sheets and scripts are not built. Run `make assets` (python -m moa.entry.assets)."
        ) from None


def asset(name: str) -> str:
    """The address of a built file, with its hash: asset("app.css")."""
    return f"{settings.STATIC_URL}dist/{_manifest()[name]}"


@cache
def icon(name: str) -> Markup:
    """A 16 px line picture; decoration, the word stands beside it."""
    return Markup('<svg class="mo-i" aria-hidden="true"><use href="{}#i-{}"/></svg>').format(
        asset("sprite.svg"), name
    )


@cache
def glyph(name: str) -> Markup:
    """The 13 px shape of a state."""
    return Markup('<svg class="mo-g" aria-hidden="true"><use href="{}#g-{}"/></svg>').format(
        asset("sprite.svg"), name
    )


def state(kind: str, word: object, *, shape: str = "", boxed: bool = False) -> Markup:
    """A state as glyph and word, coloured third. `shape` replaces the kind's own glyph (hold, stale)."""
    box = " is-box" if boxed else ""
    return Markup(f'<span class="mo-st{box} is-{escape(kind)}">{glyph(shape or kind)}{escape(word)}</span>')  # noqa: S704


def theme_attributes(request: HttpRequest) -> Markup:
    """The html element's theme: the person's choice from its cookie, else the system's (theme.js looks it up)."""
    chosen = request.COOKIES.get("theme", "")
    if chosen not in {"light", "dark"}:
        return Markup('data-bs-theme="light" data-theme="system"')
    return Markup(f'data-bs-theme="{chosen}" data-theme="{chosen}"')


def _with_separators(plural_form: Callable[..., Any], place: int) -> Callable[..., Any]:
    """The plural function with its number shown as figures are: `place` is where the number stands."""

    @pass_context
    def counted(context: Context, *arguments: Any, **variables: Any) -> Any:
        variables.setdefault("num", f"{arguments[place]:,}")
        return plural_form(context, *arguments, **variables)

    return counted


@lru_cache(maxsize=20_000)
def _translated(language: str | None, message: str) -> str:
    return gettext(message)


@lru_cache(maxsize=20_000)
def _said(language: str | None, message: str) -> Markup:
    # As the extension says it: a text without facts still has its signs of per cent doubled.
    return Markup(gettext(message)) % {}  # noqa: S704


def say(message: str, **facts: Any) -> Markup:
    """What `_()` is in templates: Jinja's own passes through five calls, and a page says about a hundred words."""
    if not facts:
        return _said(get_language(), message)
    return Markup(_remembered_gettext(message)) % facts  # noqa: S704


@lru_cache(maxsize=2000)
def _fixed_address(name: str, urls: str) -> str:
    return reverse(name)


def page_address(name: str) -> str:
    """The address of a page without numbers in it; looked up once, for every page names about thirty."""
    return _fixed_address(name, settings.ROOT_URLCONF)


def _address(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None) if args or kwargs else page_address(name)


# Parts of the frame as they were written, by language and what they are made of. A few hundred menus stand at most.
_FIXED: dict[tuple[str | None, Hashable], Markup] = {}
_MOST_FIXED = 1000


def fixed(key: Hashable, make: Callable[..., str], *facts: Any) -> Markup:
    """A macro's text, written once for each language and `key`, which tells apart all that it writes of `facts`."""
    known = (get_language(), key)
    written = _FIXED.get(known)
    if written is None:
        if len(_FIXED) >= _MOST_FIXED:
            _FIXED.clear()
        written = _FIXED[known] = Markup(make(*facts))  # noqa: S704
    return written


def _remembered_gettext(message: str) -> str:
    """Django's gettext, looked up once a language: a page says about a hundred words, always the same ones."""
    return _translated(get_language(), message)


def environment(**options: Any) -> Environment:
    """Django's Jinja2 backend calls this once. A name that a view forgot is an error, not an empty place."""
    options["undefined"] = StrictUndefined
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    env = Environment(extensions=["jinja2.ext.i18n"], **options)
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        _remembered_gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    words: dict[str, Any] = dict(env.globals)
    env.globals["_"] = say
    env.globals["ngettext"] = _with_separators(words["ngettext"], 2)
    env.globals["npgettext"] = _with_separators(words["npgettext"], 3)
    env.filters.update(FILTERS, field_name=field_name)
    env.globals.update(
        asset=asset,
        fixed=fixed,
        icon=icon,
        glyph=glyph,
        state=state,
        url=_address,
        chart_unit=chart_unit,
        weekdays=weekdays,
        month_names=month_names,
        language=get_language,
        languages=LANGUAGES,
        page_language=page_language,
        theme_attributes=theme_attributes,
        problem_text=problem_text,
        figure_of=why,
        term=term,
        term_mark=term_mark,
    )
    return env
