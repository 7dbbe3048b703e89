"""The command line: quick to list, exact in what it refuses."""

from __future__ import annotations

import importlib
import os
import resource
import subprocess
import sys

import click
import psycopg
import pytest

from moa.entry import cli
from moa.entry.command_table import COMMANDS, GROUPS, Entry
from moa.entry.refusal_sentences import sentence_of
from moa.kernel.errors import DomainError, Forbidden, NotFound


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "moa.entry", *arguments],
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def command(monkeypatch):
    """`command(function)`: the table has a command `moa try` that runs it."""

    def register(function) -> None:
        module = sys.modules[__name__]
        monkeypatch.setattr(module, "tried", click.command()(function), raising=False)
        monkeypatch.setitem(sys.modules, "moa.entry.tried", module)
        monkeypatch.setitem(COMMANDS, "try", Entry("tried:tried", "Only for this test."))

    return register


def test_help_lists_every_command_and_imports_none():
    program = (
        "import sys; from moa.entry.cli import run; run(['--help']);"
        "print([name for name in sys.modules if name.startswith(('django', 'psycopg', 'moa.entry.commands'))])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    listed, imported = answer.rsplit("\n[", 1)
    visible = {name.split()[0] for name, entry in COMMANDS.items() if not entry.hidden}
    assert all(f"\n  {name}" in listed for name in visible)
    assert imported.strip() == "]"


def test_help_is_quick():
    took = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    # Processor time: what else the machine does is not the command's fault.
    assert min(took) < 0.4


def test_a_command_without_a_database_does_not_import_django():
    program = (
        "import sys; from moa.entry.cli import run; code = run(['statements', 'inspect', '--help']);"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'psycopg')]); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "[]"), done.stderr


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_of_the_table_exists_and_explains_itself(path, capsys):
    assert cli.run([*path.split(), "--help"]) == 0 or COMMANDS[path].hidden
    module, attribute = COMMANDS[path].target.split(":")
    assert isinstance(getattr(importlib.import_module(f"moa.entry.{module}"), attribute), click.Command)


def test_every_group_of_the_table_has_commands():
    assert all(any(path.startswith(group + " ") for path in COMMANDS) for group in GROUPS)


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["up", "--port", "many"], ["demo", "nonsense"]])
def test_a_wrong_use_ends_with_2(arguments, capsys):
    assert cli.run(arguments) == 2
    assert capsys.readouterr().out == ""


def test_a_refusal_is_one_line_with_code_place_and_value(command, capsys):
    def refuse() -> None:
        raise DomainError("statement.bad_amount", place="line 47", value="12,3x", field="amount")

    command(refuse)
    assert cli.run(["try"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "statement.bad_amount line 47 12,3x field=amount\n")


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (NotFound(os_user="kim"), "No login belongs to the operating-system user kim: name one with --as."),
        (NotFound(login="kim"), "There is no login kim (or not in that group)."),
        (Forbidden(permission="a.b"), "This login lacks the right a.b: name another one with --as."),
        (
            DomainError("group_unclear", asked="", found=2),
            "2 groups fit: name one with --group; a system without a group starts with moa setup.",
        ),
        (DomainError("forbidden"), ""),
        (DomainError("never_heard_of"), ""),
    ],
)
def test_a_refusal_that_a_command_can_meet_has_its_sentence(refusal, sentence):
    assert sentence_of(refusal) == sentence


def test_a_refusal_shows_its_way_only_when_debugging(command, capsys, monkeypatch):
    def refuse() -> None:
        raise DomainError("refused.here")

    command(refuse)
    monkeypatch.setenv("MOA_DEBUG", "1")
    assert cli.run(["try"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_database_that_went_away_is_one_sentence(command, capsys):
    def lose() -> None:
        raise RuntimeError from psycopg.OperationalError("the connection is closed\nmore")

    command(lose)
    assert cli.run(["try"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "database.lost",
        "The database stopped answering: the connection is closed. Run the command again, or run moa doctor.",
    ]


def test_an_error_of_ours_keeps_its_traceback(command):
    def stumble() -> None:
        raise ZeroDivisionError

    command(stumble)
    with pytest.raises(ZeroDivisionError):
        cli.run(["try"])


def test_a_command_may_give_its_exit_code(command):
    def check() -> int:
        return 1

    command(check)
    assert cli.run(["try"]) == 1


def test_a_reader_that_leaves_early_is_no_error_message():
    done = subprocess.run(
        f"{sys.executable} -m moa.entry --help | head -c 1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")
def test_an_output_that_takes_nothing_is_one_sentence():
    done = subprocess.run(
        f"{sys.executable} -m moa.entry kftc codes 0021 > /dev/full",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("file.cannot_write")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (
            FileNotFoundError(2, "No such file or directory", "/proc/nope"),
            "file.unusable /proc/nope\nNo such file",
        ),
        (PermissionError(13, "Permission denied", "/srv/x"), "file.unusable /srv/x\nPermission denied"),
        (
            UnicodeEncodeError("utf-8", "a\udcff", 1, 2, "surrogates not allowed"),
            "text_broken a\\udcff\nThis is no text",
        ),
    ],
)
def test_what_cannot_be_used_is_said_without_a_traceback(problem, said, monkeypatch, capsys):
    def fail(**_: object) -> None:
        raise problem

    monkeypatch.setattr(cli.root, "main", fail)
    monkeypatch.delenv("MOA_DEBUG", raising=False)
    assert cli.run(["backup"]) == 1
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize("content", ["[" * 200_000, '{"from": "a", "memo": "\\ud800"}'])
def test_a_payment_that_is_no_text_is_refused_before_anything_is_asked(tmp_path, capsys, content):
    file = tmp_path / "payment.json"
    file.write_text(content)
    assert cli.run(["payments", "create", str(file)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(("text_broken memo \\ud800\n", "Error: payment.json must hold JSON objects"))
    assert len(said.splitlines()) <= 2
