"""`moa bench`: each figure beside its reference, and whether the floor holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

# Where each bench lives, and whether it needs the database.
BENCHES: dict[str, tuple[tuple[str, ...], bool]] = {
    "statements": (("statements_mt940", "statements_camt"), False),
    "xlsx": (("xlsx",), False),
    "export": (("export",), False),
    "evidence": (("evidence_files", "evidence_shrink"), False),
    "import": (("imports",), True),
    "pages": (("pages",), True),
    "position": (("position",), True),
    "payments": (("payments", "payments_release", "payments_lists"), True),
    "kftc": (("kftc_reading", "kftc_writing", "kftc_table"), True),
    "ledger": (("ledger", "ledger_beside", "ledger_growth", "ledger_closing"), True),
}
DATABASE = "moa_bench"
# Books begin anew in every run: what earlier runs booked would be measured too.
FROM_NOTHING = ("ledger",)
_REFERENCES = ("mt940", "pyiso20022", "xsdata", "openpyxl", "achkit")


@click.command("bench", help="Measure against the reference and say whether the floors hold.")
@click.argument("name", type=click.Choice(list(BENCHES)))
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@click.option("--rebuild", is_flag=True, help="Throw the bench database away first.")
@click.option(
    "--lines",
    type=click.IntRange(min=1_000_000),
    help="Transactions of the big group, instead of ten million.",
)
def bench(name: str, as_json: bool, rebuild: bool, lines: int | None) -> None:
    modules, needs_database = BENCHES[name]
    if lines is not None:
        os.environ["MOA_BENCH_LINES"] = str(lines)
    _bring_references()
    if needs_database:
        _set_up_database(name, rebuild)
    results = [result for module in modules for result in import_module(f"moa.entry.bench.{module}").run()]
    rows = [result.as_json() for result in results]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            click.echo(_sentence(row))
    if any(row["floor"] is not None and row["ratio"] < row["floor"] for row in rows):
        sys.exit(1)


def _sentence(row: dict[str, Any]) -> str:
    held = "" if row["floor"] is None else ("  ok" if row["ratio"] >= row["floor"] else "  MISSED")
    floor = "" if row["floor"] is None else f" (floor {row['floor']})"
    return f"{row['name']:<24} ours {row['ours']}  reference {row['reference']}  ratio {row['ratio']}{floor}{held}"


def _bring_references() -> None:
    """Install the packages that are measured against, by the hashes of their lock file, when they are not there."""
    if all(find_spec(name) is not None for name in _REFERENCES):
        return
    lock = Path(__file__).resolve().parents[4] / "requirements" / "bench.lock"
    click.echo("Installing the reference packages", err=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)],
        check=True, stdout=sys.stderr, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def _set_up_database(name: str, rebuild: bool) -> None:
    """A database of its own on the same server, and a folder of its own for what the benches store."""
    from moa.entry.startup import setup_django

    smaller = os.environ.get("MOA_BENCH_LINES", "")
    parts = [DATABASE, *([name] if name in FROM_NOTHING else ()), *([smaller] if smaller else ())]
    os.environ["MOA_DATABASE"] = database = "_".join(parts)
    if rebuild or name in FROM_NOTHING:
        from moa.entry.database import drop_database, ensure_database

        ensure_database()
        drop_database(database)
    setup_django()
    from django.conf import settings

    from moa.entry.migrating import migrate

    settings.STATE_DIR = Path(settings.STATE_DIR) / "bench"
    settings.STATE_DIR.mkdir(exist_ok=True, mode=0o700)
    migrate()
