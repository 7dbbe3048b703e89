"""The house rules hold in every file, and each of them can fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from moa.entry.postgres.places import checkout
from tests.architecture.tidy import RULES, findings

# Text a person wrote. What a program made from other sources (lock files, catalogues, data) is not read here.
SUFFIXES = {".py", ".js", ".mjs", ".css", ".html", ".sh", ".md", ".toml", ".cfg"}
FOLDERS = ("src", "tests", "scripts", "docs", "assets", ".ci")
FILES = ("Makefile", "README.md", "CHANGELOG.md", "pyproject.toml", ".importlinter", ".gitignore")
BUILT = {"node_modules", "dist", "__pycache__", "golden", "test-results"}
# These write about the rules and so contain what they forbid.
ABOUT_THE_RULES = "tests/architecture/"


def texts() -> Iterator[tuple[PurePosixPath, str]]:
    root = checkout()
    named = [root / name for name in FILES]
    found = (path for folder in FOLDERS for path in (root / folder).rglob("*"))
    for path in sorted([*named, *found]):
        relative = PurePosixPath(path.relative_to(root).as_posix())
        wanted = path.suffix in SUFFIXES or path.name in FILES or relative.parts[0] == ".ci"
        if wanted and path.is_file() and not BUILT & set(relative.parts) and ".egg-info" not in str(relative):
            yield relative, path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def everything() -> list[tuple[PurePosixPath, str]]:
    return list(texts())


@pytest.fixture(scope="module")
def broken(everything) -> dict[str, list[str]]:
    """What each rule finds in all files."""
    found: dict[str, list[str]] = {name: [] for name in RULES}
    for path, text in everything:
        if not str(path).startswith(ABOUT_THE_RULES):
            for name, more in findings(RULES, path, text).items():
                found[name] += more
    return found


def test_it_reads_the_product_and_the_tests(everything):
    paths = {str(path) for path, _text in everything}
    assert {"src/moa/kernel/money.py", "tests/conftest.py", "Makefile", ".ci/run"} <= paths


@pytest.mark.parametrize("name", RULES)
def test_every_file_keeps_the_rule(name, broken):
    assert broken[name] == []


@pytest.mark.parametrize(
    ("name", "path", "text"),
    [
        ("file_length", "src/moa/control/models.py", "x = 1\n" * 401),
        ("file_length", "src/moa/ui/sources/js/app.js", "x = 1;\n" * 401),
        ("function_length", "src/moa/control/queries.py", "def long():\n" + "    x = 1\n" * 70),
        ("function_length", "tests/test_x.py", "async def long():\n" + "    x = 1\n" * 70),
        ("module_name", "src/moa/control/utils.py", ""),
        ("module_name", "src/moa/services/__init__.py", ""),
        ("no_float", "src/moa/reports/position.py", "amount = float('1.5')\n"),
        ("nothing_unfinished", "src/moa/control/audit.py", "# TODO: the other half\n"),
        ("prints_at_the_edge", "src/moa/control/audit.py", "print('saved')\n"),
        ("status_moves", "src/moa/accounts/operations/close.py", "account.status = 'closed'\n"),
        (
            "status_moves",
            "src/moa/accounts/operations/close.py",
            "rows.filter(id=1).update(status='closed')\n",
        ),
        ("no_machine_path", "docs/architecture.md", "Look into /home/kim/moa for more.\n"),
        ("no_machine_path", "src/moa/entry/x.py", "STATE = '/root/moa'\n"),
        ("no_signals", "src/moa/control/apps.py", "from django.db.models.signals import post_save\n"),
        ("no_signals", "src/moa/control/apps.py", "from django import dispatch\nimport django.dispatch\n"),
        (
            "no_hidden_saving",
            "src/moa/control/models.py",
            "class A(models.Model):\n    def save(self): ...\n",
        ),
        ("no_hidden_saving", "src/moa/control/web/forms.py", "class A(forms.ModelForm): ...\n"),
        ("time_is_an_argument", "src/moa/accounts/rules.py", "late = datetime.now(UTC) > due\n"),
        ("time_is_an_argument", "src/moa/kernel/calendars.py", "today = date.today()\n"),
        ("no_mocks", "tests/control/test_x.py", "from unittest import mock\n"),
        ("no_mocks", "tests/control/test_x.py", "from unittest.mock import patch\n"),
    ],
)
def test_a_sample_that_breaks_the_rule_is_found(name, path, text):
    assert findings([name], PurePosixPath(path), text)[name] != []


@pytest.mark.parametrize(
    ("name", "path", "text"),
    [
        ("file_length", "src/moa/control/models.py", "x = 1\n" * 400),
        ("function_length", "src/moa/control/queries.py", "def short():\n" + "    x = 1\n" * 69),
        ("module_name", "src/moa/control/services_fee.py", ""),
        ("no_float", "tests/test_x.py", "float('1.5')\n"),
        ("prints_at_the_edge", "src/moa/entry/commands/up.py", "print('ready')\n"),
        ("status_moves", "src/moa/accounts/models.py", "def move(self, name):\n    self.status = name\n"),
        ("no_machine_path", "docs/architecture.md", "Open http://127.0.0.1:8000/work/ and moa/root/x.\n"),
        ("time_is_an_argument", "src/moa/entry/acting.py", "at = datetime.now(UTC)\n"),
    ],
)
def test_a_sample_that_keeps_the_rule_passes(name, path, text):
    assert findings([name], PurePosixPath(path), text)[name] == []


def test_every_rule_has_a_sample_that_must_fail():
    samples = Path(__file__).read_text(encoding="utf-8").split("def test_a_sample_that_breaks", 1)[0]
    assert [name for name in RULES if f'("{name}", ' not in samples] == []
