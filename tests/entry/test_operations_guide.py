"""The guide to running Moa for real names what is there: every variable, every command, every file."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from moa.control.rules import RETENTION_YEARS
from moa.entry.cli import root
from moa.entry.doctor.production import PRODUCTION, code_finding

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "operations.md").read_text("utf-8")
DEPLOY = ROOT / "deploy"
_NAME = re.compile(r"MOA_[A-Z_]+|DATABASE_URL|PORT")
# Told by one process of Moa to another, or only looked for where a secret may be.
INTERNAL = {"MOA_PARENT", "MOA_MASTER_KEY"}
# Django's name of a setting, and a variable of libpq.
NOT_READ_AS_PORT = {"database.py"}


def read_variables() -> set[str]:
    """Every variable that the code of the product reads."""
    found: set[str] = set()
    for file in (ROOT / "src" / "moa").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value):
                if node.value != "PORT" or file.name not in NOT_READ_AS_PORT:
                    found.add(node.value)
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_secret":
                secret = node.args[0]
                # Others have a function of that name too.
                if isinstance(secret, ast.Constant) and str(secret.value).startswith("MOA_"):
                    found.add(f"{secret.value}_FILE")
    return found - INTERNAL


def test_the_table_of_variables_lists_exactly_what_is_read() -> None:
    rows = [
        line.split("|")[1] for line in GUIDE[GUIDE.index("## 7.") :].splitlines() if line.startswith("| `")
    ]
    named = [name for cell in rows for name in re.findall(r"`([A-Z_]+)`", cell)]
    assert len(named) == len(set(named))
    assert set(named) == read_variables()


@pytest.mark.parametrize(("file", "name"), [("moa.env", "MOA_APP_URL"), ("owner.env", "DATABASE_URL")])
def test_the_settings_to_copy_are_known_and_read_alike_by_a_shell(file: str, name: str) -> None:
    text = (DEPLOY / file).read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    values = dict(line.split("=", 1) for line in lines)
    assert set(values) <= read_variables()
    shown = subprocess.run(
        ["sh", "-c", f'. {DEPLOY / file}; printf %s "${name}"'], capture_output=True, text=True, check=True
    )
    assert shown.stdout == values[name].strip("'")


def test_pages_and_jobs_are_not_given_the_owners_login() -> None:
    assert "DATABASE_URL" not in (DEPLOY / "moa.env").read_text("utf-8")
    given = {unit.stem for unit in DEPLOY.glob("*.service") if "owner.env" in unit.read_text("utf-8")}
    assert given == {"moa-backup", "moa-check"}
    assert "-o root -g root -m 0600 deploy/owner.env" in GUIDE


def commands() -> Iterator[list[str]]:
    """Every `moa …` of the guide and of the units."""
    blocks = re.findall(r"```\n(.*?)```", GUIDE, re.S)
    for line in "\n".join(blocks).splitlines():
        if found := re.search(r"(?:^|MOA_SETTINGS=\S+ )moa ([^#]*)", line):
            yield shlex.split(found[1])
    for unit in sorted(DEPLOY.glob("*.service")):
        for line in unit.read_text("utf-8").splitlines():
            if found := re.match(r"ExecStart=/srv/moa/app/\.venv/bin/moa (.*)", line):
                yield shlex.split(found[1])


def test_every_command_of_the_guide_is_one() -> None:
    seen = 0
    for arguments in commands():
        group: click.Command = root
        rest = list(arguments)
        context = click.Context(root)
        while isinstance(group, click.Group):
            found = group.get_command(context, rest.pop(0))
            assert found is not None, arguments
            group = found
        known = {option for parameter in group.params for option in parameter.opts}
        assert {one for one in rest if one.startswith("--")} <= known, arguments
        seen += 1
    assert seen > 12


def test_every_file_that_is_copied_is_there() -> None:
    for pattern in re.findall(r"deploy/[\w.*-]+", GUIDE):
        assert list(ROOT.glob(pattern)), pattern
    for unit in re.findall(r"moa-[a-z]+\.(?:service|timer)", GUIDE):
        assert (DEPLOY / unit).is_file(), unit
    assert os.access(DEPLOY / "moa", os.X_OK)


def test_every_unit_runs_shut_in_and_systemd_understands_it(tmp_path: Path) -> None:
    """Whatever a service writes beside its state folder, and whatever right of the machine it has, it does not need."""
    for unit in sorted(DEPLOY.glob("*.service")):
        lines = unit.read_text("utf-8").splitlines()
        for line in ("User=moa", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "UMask=0077",
                     "SystemCallFilter=@system-service", "PrivateDevices=yes"):  # fmt: skip
            assert line in lines, (unit.name, line)
    if shutil.which("systemd-analyze"):
        for unit in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
            here = unit.read_text("utf-8").replace("/srv/moa/app/.venv/bin/moa", sys.executable)
            (tmp_path / unit.name).write_text(here)
        units = [str(file) for file in sorted(tmp_path.iterdir())]
        said = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
        )
        about_ours = [line for line in said.stderr.splitlines() if "moa-" in line]
        assert about_ours == []


def test_the_proxy_writes_no_address_down_and_passes_no_word_of_a_visitor_on() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    servers = text.split("server {")[1:]
    assert all("access_log off;" in server for server in servers) and "error_log" in servers[1]
    for header in ("Host $host", "X-Forwarded-Proto https", "X-Forwarded-For $remote_addr"):
        assert f"proxy_set_header {header};" in text
    # A body that the product takes is not refused by the proxy.
    allowed = int(re.search(r"client_max_body_size (\d+)m;", text)[1]) * 1024**2  # type: ignore[index]
    assert allowed > int(re.search(r"`MOA_UPLOAD_LIMIT_BYTES` \| `(\d+)`", GUIDE)[1])  # type: ignore[index]


def test_the_code_and_every_folder_above_it_is_closed_to_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 102)
    package = tmp_path / "app" / "moa"
    assert not code_finding(package, lambda path: False).mend
    above = code_finding(package, lambda path: path == tmp_path)
    assert above.ok and str(tmp_path) in above.found and above.mend


def test_times_of_keeping_are_those_of_the_code() -> None:
    words = {"statement_file": "statement files", "attachment": "attachments", "year_backup": "annual backups",
             "rate_file": "files of exchange rates", "column_sample": "samples of statement columns",
             "mail_attachment": "attachments of mails"}  # fmt: skip
    assert set(words) == set(RETENTION_YEARS)
    rows = [line.split("|")[1:3] for line in GUIDE.splitlines() if line.startswith("| ") and " year" in line]
    for kind, word in words.items():
        assert any(word in what and f"{RETENTION_YEARS[kind]} year" in kept for what, kept in rows), kind


def test_the_variables_that_the_doctor_asks_for_are_in_the_table() -> None:
    source = "".join(
        (ROOT / "src" / "moa" / "entry" / "doctor" / name).read_text()
        for name in ("production.py", "exposure.py")
    )
    asked = set(re.findall(r"(MOA_[A-Z_]+)[^A-Z_\"]", source)) - INTERNAL
    assert asked and asked <= read_variables() | {f"{name}_FILE" for name in read_variables()}
    assert len(PRODUCTION) >= 15


@pytest.mark.parametrize("user", ["nobody-of-this-name", ""])
def test_the_wrapper_runs_what_it_is_given_as_the_service(tmp_path: Path, user: str) -> None:
    """As the service's user it runs the command with the settings; as somebody else it changes to that user or refuses."""
    app = tmp_path / ".venv" / "bin"
    app.mkdir(parents=True)
    (app / "moa").write_text('#!/bin/sh\necho "$MOA_STATE|$1|$2"\n')
    (app / "moa").chmod(0o755)
    (tmp_path / "moa.env").write_text("MOA_STATE='/srv/a b&c'\n")
    me = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    environ = {
        "PATH": os.environ["PATH"],
        "MOA_SETTINGS": str(tmp_path / "moa.env"),
        "MOA_APP": str(tmp_path),
        "MOA_USER": user or me,
    }
    done = subprocess.run(
        [DEPLOY / "moa", "backup", "a b"], env=environ, capture_output=True, text=True, check=False
    )
    if user:
        assert done.returncode != 0 and "|" not in done.stdout
    else:
        assert done.stdout == "/srv/a b&c|backup|a b\n"
