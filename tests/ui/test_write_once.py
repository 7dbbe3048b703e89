"""What is the same on many pages is written once, and never mistaken for another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.template import engines
from django.utils import translation

from moa.control.web.views_audit import _subject
from moa.ui import shell
from moa.ui.shell import menu
from moa.ui.tables.shown import Ask
from tests.control.factories import make_group, make_person


def test_the_options_of_a_field_are_escaped_and_the_chosen_one_is_marked():
    def options(chosen: str) -> str:
        return str(Ask("state", "상태", "choice", chosen, choices=[("a", "<가>"), ("b", "나")]).options)

    assert options("") == '<option value="a">&lt;가&gt;</option><option value="b">나</option>'
    assert '<option value="b" selected>나</option>' in options("b")
    assert options("unknown") == options("")


def test_a_menu_is_written_for_its_language_its_entries_and_the_page():
    page = engines["jinja2"].from_string(  # type: ignore[attr-defined]
        '{% import "ui/macros/frame.html" as frame %}{{ fixed(("menu", here, key), frame.side_menu, menu, here) }}'
    )

    def written(waiting: int, here: str) -> str:
        groups = menu({"approvals": "/approvals", "audit": "/audit"}, {"approvals": waiting})
        key = tuple((item.key, item.count) for group in groups for item in group.entries)
        return str(page.render({"menu": groups, "here": here, "key": key}))

    with translation.override("ko"):
        korean, again, elsewhere = written(3, "audit"), written(3, "audit"), written(0, "approvals")
    with translation.override("en"):
        english = written(3, "audit")
    assert korean == again and "감사 이력" in korean and "Audit trail" in english
    assert 'data-go="audit" aria-current="page"' in korean and "mo-ct" in korean
    assert 'data-go="approvals" aria-current="page"' in elsewhere and "mo-ct" not in elsewhere


@dataclass(frozen=True)
class _Line:
    subject_type: str
    subject_id: str


def test_cells_of_a_kind_of_subject_differ_by_the_number_alone_and_other_names_are_escaped(db: None):
    ctx = make_person(make_group(), roles=["treasurer"])
    facts: Any = SimpleNamespace(ctx=ctx, now=ctx.at)
    with ctx.open(), translation.override("ko"):
        write = _subject(facts)
        first, second = write(_Line("statement_file", "7")), write(_Line("statement_file", "81"))
        zeros, other = write(_Line("statement_file", "007")), write(_Line("table", '<a&"b'))
    assert 'href="/imports/7"' in first and "subject=statement_file&amp;number=7" in first
    assert second == first.replace("/7", "/81").replace("=7", "=81").replace(" 7", " 81")
    assert 'href="/imports/7"' in zeros and "number=007" in zeros
    assert "<a&" not in other.replace("<a class", "") and "&lt;a&amp;" in other and "%3Ca%26%22b" in other


def test_every_job_of_a_menu_has_a_picture_of_its_own():
    """Where the menu is narrow the picture stands alone. Approvals and one's own requests are one page."""
    sprite = (Path(shell.__file__).parent / "sources" / "sprite.svg").read_text()
    pictures = [job.icon for job in shell.JOBS if job.key != "requests"]
    assert sorted(set(pictures)) == sorted(pictures)
    assert all(f'id="i-{picture}"' in sprite for picture in pictures)
