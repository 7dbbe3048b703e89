"""Imports go one way, and the contracts that say so can break."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from moa.entry.postgres.places import checkout


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """The contracts against the packages below `root`."""
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--config", root / ".importlinter"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The sources and the contracts, to be spoilt."""
    only_python = shutil.ignore_patterns(
        "static", "jinja2", "sources", "__pycache__", "*.egg-info", "*.tsv", "*.json"
    )
    shutil.copytree(checkout() / "src", tmp_path / "src", ignore=only_python)
    shutil.copy(checkout() / ".importlinter", tmp_path)
    return tmp_path


def test_the_product_keeps_every_contract():
    done = lint_imports(checkout())
    assert (done.returncode, "0 broken" in done.stdout) == (0, True), done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("moa/kernel/money.py", "import moa.formats.statements", "The contexts stand in one order"),
        (
            "moa/control/audit.py",
            "def late():\n    from moa.accounts import models",
            "The contexts stand in one order",
        ),
        ("moa/ui/environment.py", "import moa.control.context", "The contexts stand in one order"),
        ("moa/surprise/__init__.py", "", "The contexts stand in one order"),
        ("moa/control/queries.py", "import moa.control.web.urls", "Inside a context"),
        ("moa/accounts/lifecycle.py", "import moa.accounts.permissions", "Inside a context"),
        ("moa/accounts/permissions.py", "import moa.accounts.models", "Inside a context"),
        ("moa/kernel/periods.py", "import django", "Values, formats, rules and lifecycles"),
        ("moa/formats/statements.py", "import psycopg", "Values, formats, rules and lifecycles"),
        ("moa/control/rules.py", "from django.db import models", "Values, formats, rules and lifecycles"),
        (
            "moa/accounts/lifecycle.py",
            "import django.utils.timezone",
            "Values, formats, rules and lifecycles",
        ),
        ("moa/entry/cli.py", "import moa_world", "The product does not know the simulated outside"),
        ("moa_world/names.py", "import moa.control.context", "The simulated outside shares only"),
        ("moa_world/names.py", "import django", "The simulated outside shares only"),
        (
            "moa/payments/queries.py",
            "from moa.channels.open_banking import line",
            "Whoever asks a bank knows no way of speaking",
        ),
    ],
)
def test_a_forbidden_import_breaks_its_contract(copied, file, line, contract):
    spoilt = copied / "src" / file
    spoilt.parent.mkdir(exist_ok=True)
    with spoilt.open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")
    done = lint_imports(copied)
    broken = [said for said in done.stdout.splitlines() if said.endswith("BROKEN")]
    assert done.returncode != 0
    # A package that no layer names is refused before the contracts are told apart.
    assert any(said.startswith(contract) for said in broken) or "surprise" in done.stdout + done.stderr


def test_the_simulated_outside_is_kept_from_every_package_but_formats_and_kernel():
    contracts = configparser.ConfigParser()
    contracts.read(checkout() / ".importlinter")
    forbidden = set(contracts["importlinter:contract:world-outside"]["forbidden_modules"].split())
    packages = {path.parent.name for path in (checkout() / "src" / "moa").glob("*/__init__.py")}
    assert {f"moa.{name}" for name in packages - {"formats", "kernel"}} <= forbidden
