"""A command that acts sets Django up before it imports what stands on models; the tests themselves would never notice."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import moa.entry.commands

COMMANDS = sorted(Path(moa.entry.commands.__file__).parent.glob("*.py"))
SETTING_UP = {"acting_context", "setup_django"}
# These stand on no model.
FREE = ("moa.entry", "moa.kernel", "moa.formats", "moa.ui.formatting")


def too_early(function: ast.FunctionDef) -> list[str]:
    """Modules of ours that the function imports before the call that sets Django up."""
    calls = [
        node.lineno for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SETTING_UP
    ]  # fmt: skip
    if not calls:
        return []
    imports = [node for node in ast.walk(function) if isinstance(node, ast.ImportFrom)]
    return [
        node.module for node in imports
        if node.module and node.module.startswith("moa.") and not node.module.startswith(FREE) and node.lineno < min(calls)
    ]  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_it_sets_up_before_it_imports(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert {one.name: too_early(one) for one in functions if too_early(one)} == {}


def test_the_rule_sees_what_it_is_for() -> None:
    code = "def daily():\n    from moa.reports.daily import x\n    ctx = acting_context()\n"
    (function,) = ast.parse(code).body
    assert isinstance(function, ast.FunctionDef)
    assert too_early(function) == ["moa.reports.daily"]
