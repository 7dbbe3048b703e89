"""Every code that a reader, the import or a file of rates can report has its sentences."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from moa.ui.formatting import ended
from moa.ui.problems import SENTENCES, problem_text

SOURCES = Path(__file__).resolve().parents[2] / "src" / "moa"
READERS = [
    SOURCES / "formats", SOURCES / "accounts", SOURCES / "directory" / "rules", SOURCES / "ledger",
    SOURCES / "reconciliation",
]  # fmt: skip
REPORTERS = {
    "error",
    "warning",
    "_error",
    "_warning",
    "Problem",
    "Unreadable",
    "_said",
    "WorkbookRefused",
    "Fault",
    "_Unreadable",
    "Refusal",
}
CODE = re.compile(r"[a-z]+(_[a-z]+)+")


def reported_codes(tree: ast.AST) -> Iterator[str]:
    """The codes in calls that report a finding, and those put into a variable named code first."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in REPORTERS:
            given = node.args[1:2] if _name(node.func) == "Problem" else node.args[:1]
            yield from (text for value in given for text in _texts(value))
        elif isinstance(node, ast.keyword) and node.arg == "problem" and isinstance(node.value, ast.Tuple):
            yield from _texts(node.value.elts[0])
        elif isinstance(node, ast.Assign) and any(_name(target) == "code" for target in node.targets):
            yield from _texts(node.value)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _files() -> list[Path]:
    found = [path for folder in READERS for path in sorted(folder.rglob("*.py"))]
    return [path for path in found if "web" not in path.parts and "migrations" not in path.parts]


def _speaks_for_itself(path: Path) -> bool:
    """KFTC files have sentences and a test of their own (formats/kftc/faults.tsv); accounts use their hints about numbers.
    A bank's message is written and read by machines alone: its faults stand by code beside the stored message."""
    return (
        not {"kftc", "fixed_width", "firm_banking"}.isdisjoint(path.parts)
        and path.name != "institution_codes.py"
    )


def _class_bodies_removed(tree: ast.Module) -> ast.Module:
    """Without the class attribute `code` of refusals: those are raised, not found in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            node.body = [part for part in node.body if not isinstance(part, ast.Assign)] or [ast.Pass()]
    return tree


def test_every_reported_code_has_its_sentences():
    lacking = {
        code: path.name
        for path in _files()
        if not _speaks_for_itself(path)
        for code in reported_codes(_class_bodies_removed(ast.parse(path.read_text(encoding="utf-8"))))
        if code not in SENTENCES
    }
    assert lacking == {}


def test_the_search_for_codes_sees_a_code_that_has_no_sentence():
    sample = 'def read():\n    yield error("never_heard_of" if late else "date_missing", "line 1")\n'
    assert set(reported_codes(ast.parse(sample))) == {"never_heard_of", "date_missing"}


def test_no_sentence_is_left_of_a_code_that_nobody_reports():
    used = {
        node.value
        for path in SOURCES.rglob("*.py")
        if not (path.parent.name == "ui" and path.name.startswith("problems"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(SENTENCES) - used) == []


@pytest.mark.parametrize("language", ["ko", "zh-hans", "en"])
def test_every_sentence_can_be_said_with_its_value(language):
    with translation.override(language):
        for code in SENTENCES:
            words = problem_text(code, "출금액", "100% O")
            assert words.what and "%(" not in words.what + words.mend


def test_a_code_without_a_sentence_is_named_rather_than_hidden():
    assert "brand_new" in problem_text("brand_new").what


@pytest.mark.parametrize(("language", "stop"), [("ko", ". "), ("en", ". "), ("zh-hans", "。")])
def test_two_sentences_have_the_full_stop_of_their_language(language: str, stop: str) -> None:
    """Said of an administrator who would be the last one to go."""
    with translation.override(language):
        words = problem_text("last_administrator")
        assert words.whole == f"{words.what}{stop}{words.mend}"
        assert ended(ended(words.what)) == words.what + stop.strip()
        assert problem_text("no such code").whole == problem_text("no such code").what
