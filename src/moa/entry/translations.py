"""Message catalogues: take new messages from the sources, compile, and say what is missing in which language.

`python -m moa.entry.translations` compiles what changed; `extract` brings locale/*.po up to date with the sources;
`--check` reports every message that is missing, unsure, damaged or no longer used, and exits 1.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCES = Path(__file__).resolve().parents[2]
LOCALES = SOURCES.parent / "locale"
LANGUAGES = ("ko", "zh_Hans", "en")
# English stands in the sources, so its catalogue is filled by the tool; the others by people.
SOURCE_LANGUAGE = "en"

_KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_PARTICLE = re.compile(r"%\(\w+\)s(?:은|는|이|가|을|를|과|와|으로|로)(?![가-힣])")
# Lines of a catalogue's head that would change with every run and say nothing.
_IDLE_HEADERS = re.compile(
    rb'^"(?:Project-Id|Report-Msgid|POT-|PO-|Last-|Language-Team|Generated-)[^"]*"\n', re.M
)
_METHODS = [("moa/**/jinja2/**.html", "jinja2"), ("moa/**.py", "python")]
_OPTIONS = {
    "moa/**/jinja2/**.html": {
        "extensions": "jinja2.ext.i18n",
        "trimmed": "true",
        "silent": "false",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
    }
}


def po_path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def extracted() -> Catalog:
    """All messages that the templates and modules use now, in the order of the files."""
    catalog = Catalog(project="moa", charset="utf-8")
    found = extract_from_dir(SOURCES, _METHODS, _OPTIONS, _KEYWORDS, ("Translators:",))
    for file, _line, message, comments, context in found:
        catalog.add(message, None, [(f"src/{file}", 0)], auto_comments=comments, context=context)
    return catalog


def read(language: str) -> Catalog:
    with po_path(language).open("rb") as stream:
        return read_po(stream, locale=language)


def extract() -> None:
    """Bring every catalogue up to date: new messages empty, unused ones gone, the source language filled."""
    template = extracted()
    for language in LANGUAGES:
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        old = read(language) if path.exists() else Catalog(locale=language)
        fresh = Catalog(locale=language, project="moa", version="", charset="utf-8", fuzzy=False)
        fresh.header_comment = f"# Moa: {language}. Kept by `python -m moa.entry.translations extract`."
        for message in template:
            if message.id:
                _carry_over(fresh, message, old.get(message.id, message.context), language)
        text = BytesIO()
        write_po(text, fresh, width=110, sort_by_file=True, include_lineno=False, include_previous=False)
        path.write_bytes(_IDLE_HEADERS.sub(b"", text.getvalue()))


def _carry_over(fresh: Catalog, message: Message, known: Message | None, language: str) -> None:
    text = known.string if known is not None else ""
    if language == SOURCE_LANGUAGE:
        text = message.id
    fresh.add(
        message.id, text, message.locations, auto_comments=message.auto_comments, context=message.context
    )


def compile_changed() -> list[str]:
    """Compile the catalogues that are newer than their compiled form, for Django to read. Returns their languages."""
    done = []
    for language in LANGUAGES:
        source, target = po_path(language), po_path(language).with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        # Two that start at once each write their own.
        partial = target.with_suffix(f".mo.{os.getpid()}")
        with partial.open("wb") as stream:
            write_mo(stream, read(language))
        partial.replace(target)
        done.append(language)
    return done


def faults() -> Iterator[str]:
    """Every message that a language lacks or spoils, one line each."""
    wanted = extracted()
    for language in LANGUAGES:
        for fault in compare(read(language), wanted):
            yield f"{language}: {fault}"


def compare(catalog: Catalog, wanted: Catalog) -> Iterator[str]:
    """What `catalog` lacks, leaves unsure, spoils or has no use for, against the messages that the sources hold."""
    asked = {(message.id, message.context) for message in wanted if message.id}
    held = {(message.id, message.context): message for message in catalog if message.id}
    for message_id, _context in sorted(asked - held.keys(), key=str):
        yield f"not in the catalogue: {_name(message_id)}"
    for key, message in held.items():
        if key not in asked:
            yield f"no longer used: {_name(key[0])}"
        elif message.fuzzy:
            yield f"marked unsure: {_name(key[0])}"
        elif not _complete(message, catalog.num_plurals):
            yield f"not translated: {_name(key[0])}"
        else:
            yield from (f"{error}: {_name(key[0])}" for error in message.check(catalog))
            yield from (
                f"a particle hangs on a variable: {_name(key[0])}" for _ in _particles(message, catalog)
            )


def _particles(message: Message, catalog: Catalog) -> list[str]:
    """Korean particles after a variable: which one is right depends on the value (the josa filter knows)."""
    if str(catalog.locale) != "ko":
        return []
    return [found for text in _texts(message) for found in _PARTICLE.findall(text)]


def _complete(message: Message, plurals: int) -> bool:
    texts = _texts(message)
    return len(texts) == (plurals if message.pluralizable else 1) and all(text.strip() for text in texts)


def _texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _name(message_id: str | tuple[str, ...] | list[str]) -> str:
    return repr(message_id if isinstance(message_id, str) else message_id[0])


def main(arguments: list[str]) -> int:
    if arguments == ["extract"]:
        extract()
        return 0
    if arguments == ["--check"]:
        found = list(faults())
        for line in found:
            print(line, file=sys.stderr)
        if found:
            print(
                f"{len(found)} to mend. `python -m moa.entry.translations extract` adds new ones.",
                file=sys.stderr,
            )
        return 1 if found else 0
    if arguments:
        print("usage: python -m moa.entry.translations [extract | --check]", file=sys.stderr)
        return 2
    compile_changed()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
