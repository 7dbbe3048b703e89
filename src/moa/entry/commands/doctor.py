"""`moa doctor`: is this installation well, and if not, what mends it."""

from __future__ import annotations

import json

import click

from moa.entry.doctor.findings import Finding, bad, run_checks
from moa.kernel.errors import DomainError


@click.command(
    help="Check the installation and say how to mend what is wrong. Exit code 1 when something is."
)
@click.option(
    "--production", is_flag=True, help="Also check that it is fit for real money: no demo, no weak secret."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def doctor(production: bool, as_json: bool) -> int:
    findings = examine(production=production)
    well = all(finding.ok for finding in findings)
    if as_json:
        answer = {"ok": well, "checks": [finding.as_json() for finding in findings]}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(as_line(finding))
        bad_ones = sum(not finding.ok for finding in findings)
        click.echo("All is well." if well else f"{bad_ones} of {len(findings)} checks are bad.")
    return 0 if well else 1


def examine(*, production: bool) -> list[Finding]:
    """All findings, the machine's first. A database that cannot be used is one bad finding in place of its checks."""
    from moa.entry.database import need_owner
    from moa.entry.doctor.machine import MACHINE
    from moa.entry.startup import setup_django

    try:
        setup_django()
        need_owner()
    except DomainError as refusal:
        sentence = getattr(refusal, "sentence", str(refusal))
        return [
            *run_checks(MACHINE),
            bad("database", sentence, "Everything that needs the database was not checked."),
        ]
    from moa.entry.doctor.production import PRODUCTION
    from moa.entry.doctor.stores import STORES

    return list(run_checks([*MACHINE, *STORES, *(PRODUCTION if production else [])]))


def as_line(finding: Finding) -> str:
    name = finding.name.replace("_", " ")
    word = "BAD" if not finding.ok else "see" if finding.mend else "ok"
    line = f"{word:<3}  {name:<22} {finding.found}"
    return f"{line}\n     {'':<22} → {finding.mend}" if finding.mend else line
