"""The house rules that a program can check, one function each: it gives the lines that break the rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath

LONGEST_FILE, LONGEST_FUNCTION = 400, 70
EMPTY_NAMES = {"util", "helper", "common", "misc", "base", "manager", "service"}
PURE = re.compile(
    r"src/moa/(kernel|formats)/|src/moa/\w+/(rules|lifecycle)(\.py|/)|src/moa/\w+/(operations/|queries)"
)
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("timezone", "now"),
    ("time", "time"),
}
MACHINE_PATH = re.compile(r"(?<![\w./-])(/(?:work|root|home/\w+|Users/\w+)/|[A-Z]:\\\w)")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")

Finding = tuple[int, str]
Rule = Callable[[PurePosixPath, str, ast.Module], Iterator[Finding]]


def in_product(path: PurePosixPath) -> bool:
    return path.parts[:1] == ("src",)


def file_length(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    lines = text.count("\n")
    # Django writes migrations, and the list of errors has a line for each: nobody edits them.
    if lines > LONGEST_FILE and "migrations" not in path.parts and str(path) != "docs/errors.md":
        yield 1, f"the file has {lines} lines, more than {LONGEST_FILE}"


def function_length(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {lines} lines, more than {LONGEST_FUNCTION}"


def module_name(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    for part in path.with_suffix("").parts:
        if path.suffix == ".py" and part.rstrip("s") in EMPTY_NAMES:
            yield 1, f"the name {part} says nothing"


def no_float(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    for node in _calls(tree):
        if in_product(path) and isinstance(node.func, ast.Name) and node.func.id == "float":
            yield node.lineno, "float is called; amounts are integers or Decimal"


def nothing_unfinished(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield number, "a note of unfinished work; finish it or file it as an issue"


def prints_at_the_edge(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    if path.parts[:2] != ("src", "moa") or path.parts[2:3] == ("entry",):
        return
    for node in _calls(tree):
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno, "print outside entry; only a command speaks to the terminal"


def status_moves(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    """A status changes in a function named move, in a migration, or in the type that moves are made of."""
    if not in_product(path) or "migrations" in path.parts or path.name == "lifecycle.py":
        return
    allowed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "move"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) not in allowed and (_assigns_status(node) or _updates_status(node)):
            yield node.lineno, "a status changes outside move"  # type: ignore[attr-defined]


def _assigns_status(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    is_assignment = isinstance(node, ast.Assign | ast.AugAssign)
    return is_assignment and any(
        isinstance(target, ast.Attribute) and target.attr == "status" for target in targets
    )


def _updates_status(node: ast.AST) -> bool:
    if (
        not isinstance(node, ast.Call)
        or not isinstance(node.func, ast.Attribute)
        or node.func.attr != "update"
    ):
        return False
    return any(keyword.arg == "status" for keyword in node.keywords)


def no_machine_path(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield number, "a path of one machine"


def no_signals(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    for node, name in _imports(tree):
        if name.startswith(
            ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.db.signals")
        ):
            yield node.lineno, "Django signals; news travels as a typed event of entry/wiring.py"


def no_hidden_saving(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef) or not in_product(path):
            continue
        if any(ast.unparse(parent).endswith("ModelForm") for parent in node.bases):
            yield node.lineno, "a model-form; an operation writes, a form only reads what was typed"
        is_table = any(ast.unparse(parent).endswith("Model") for parent in node.bases)
        for inner in node.body:
            if is_table and isinstance(inner, ast.FunctionDef) and inner.name in ("save", "delete"):
                yield inner.lineno, f"{inner.name} is overridden; bulk writes would go past it"


def time_is_an_argument(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    if not PURE.match(str(path)):
        return
    for node in _calls(tree):
        asked = node.func
        if not isinstance(asked, ast.Attribute) or not isinstance(asked.value, ast.Name):
            continue
        if (asked.value.id, asked.attr) in CLOCKS:
            yield node.lineno, "a clock is read; time is an argument here"


def no_mocks(path: PurePosixPath, text: str, tree: ast.Module) -> Iterator[Finding]:
    for node, name in _imports(tree):
        if name.startswith(("unittest.mock", "mock", "pytest_mock")):
            yield node.lineno, "a mock; tests run the real thing"


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        file_length,
        function_length,
        module_name,
        no_float,
        nothing_unfinished,
        prints_at_the_edge,
        status_moves,
        no_machine_path,
        no_signals,
        no_hidden_saving,
        time_is_an_argument,
        no_mocks,
    )
}


def findings(names: Iterable[str], path: PurePosixPath, text: str) -> dict[str, list[str]]:
    """What the rules of these names find in a file, which is parsed once for all of them."""
    tree = ast.parse(text) if path.suffix == ".py" else ast.Module(body=[], type_ignores=[])
    return {
        name: [f"{path}:{line}: {words}" for line, words in RULES[name](path, text, tree)] for name in names
    }


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _imports(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"
