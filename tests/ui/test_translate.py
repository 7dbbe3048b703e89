"""The catalogues are complete, and the check that says so sees every kind of fault."""

from __future__ import annotations

import multiprocessing
import shutil

import pytest
from babel.messages.catalog import Catalog

from moa.entry import translations
from moa.entry.translations import compare, extracted, faults


def test_every_message_is_translated_in_every_language():
    assert list(faults()) == []


def test_messages_of_templates_modules_and_plurals_are_found():
    found = {(message.id, message.context) for message in extracted() if message.id}
    assert ("Total balance", None) in found
    assert ("The file is empty", None) in found
    assert (("%(num)s acct", "%(num)s accts"), "short") in found
    assert ("Accounts", "menu") in found


def _catalogs(message_id, text, **options):
    wanted, held = Catalog(), Catalog(locale="ko")
    wanted.add(message_id)
    held.add(message_id, text, **options)
    return held, wanted


@pytest.mark.parametrize(
    ("message_id", "text", "options", "fault"),
    [
        ("Total", "", {}, "not translated"),
        ("Total", "합계", {"flags": ["fuzzy"]}, "marked unsure"),
        ("by %(day)s", "%(date)s까지", {}, "placeholder"),
        (("%(num)s day", "%(num)s days"), ("",), {}, "not translated"),
        ("Total of %(x)s", "%(x)s은 합계", {}, "a particle hangs on a variable"),
    ],
)
def test_a_spoiled_message_is_reported(message_id, text, options, fault):
    found = list(compare(*_catalogs(message_id, text, **options)))
    assert len(found) == 1 and fault in found[0]


def test_a_message_that_is_missing_and_one_without_use_are_reported():
    wanted, held = Catalog(), Catalog(locale="ko")
    wanted.add("New words")
    held.add("Old words", "옛 낱말")
    assert [line.split(":")[0] for line in compare(held, wanted)] == [
        "not in the catalogue",
        "no longer used",
    ]


def test_a_complete_message_passes():
    assert list(compare(*_catalogs("by %(day)s", "%(day)s까지"))) == []


def test_two_that_start_at_once_compile_without_harm(tmp_path, monkeypatch):
    shutil.copytree(translations.LOCALES, tmp_path / "locale", ignore=shutil.ignore_patterns("*.mo*"))
    monkeypatch.setattr(translations, "LOCALES", tmp_path / "locale")
    forked = multiprocessing.get_context("fork")
    both = [forked.Process(target=translations.compile_changed) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert [one.exitcode for one in both] == [0, 0]
    assert len(list(tmp_path.rglob("*.mo"))) == 3 and not list(tmp_path.rglob("*.mo.*"))
