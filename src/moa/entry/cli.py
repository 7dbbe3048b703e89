"""The command `moa`: finds the command, runs it, and turns a refusal into one clear line.

Exit code 0 is fine, 1 an invalid input or a failed check, 2 a wrong use of the command. Standard output belongs to
the command's answer (with --json only JSON); refusals go to standard error.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import click

from moa.entry.broken_text import shown_text
from moa.entry.command_table import COMMANDS, GROUPS
from moa.entry.refusal_sentences import SENTENCES, sentence_of
from moa.kernel.errors import DomainError

FAILED, INTERRUPTED = 1, 130
_NO_PLACE = (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError)


class LazyGroup(click.Group):
    """A group that knows its commands from the table and imports one only to run it."""

    def __init__(self, path: str = "", **settings: Any) -> None:
        super().__init__(**settings)
        self.path = path

    def list_commands(self, ctx: click.Context) -> list[str]:
        depth = len(self.path.split())
        below = [name.split() for name in COMMANDS if name.split()[:depth] == self.path.split()]
        return list(dict.fromkeys(parts[depth] for parts in below if len(parts) > depth))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        path = f"{self.path} {cmd_name}".strip()
        if path in GROUPS:
            return LazyGroup(path, name=cmd_name, help=GROUPS[path], no_args_is_help=True)
        if path not in COMMANDS:
            return None
        module, attribute = COMMANDS[path].target.split(":")
        command = getattr(importlib.import_module(f"moa.entry.{module}"), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[path].target} is not a click command")
        command.name = cmd_name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = []
        for name in self.list_commands(ctx):
            path = f"{self.path} {name}".strip()
            if path in GROUPS:
                rows.append((name, GROUPS[path] + " " + _members(path)))
            elif not COMMANDS[path].hidden:
                rows.append((name, COMMANDS[path].help))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def moment() -> datetime:
    """When the command was given; a command finds it as `click.get_current_context().obj`."""
    return datetime.now(UTC)


def _members(group: str) -> str:
    return (
        "("
        + ", ".join(name.removeprefix(group + " ") for name in COMMANDS if name.startswith(group + " "))
        + ")"
    )


root = LazyGroup(
    name="moa",
    help="Moa gathers a group's money: accounts, statements, position.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and give its exit code. A command may return its exit code; None is 0."""
    if arguments[:1] == ["kftc"]:
        # These commands need no settings and no database, so nothing else would tell them of a renewed list.
        importlib.import_module("moa.entry.own_lists").name_own_lists()
    try:
        result = root.main(args=arguments, prog_name="moa", standalone_mode=False, obj=moment())
        sys.stdout.flush()
    except click.ClickException as misuse:
        misuse.show()
        return misuse.exit_code
    except click.Abort:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left (`moa … | head`); nothing more can be said to it.
        _drop_output()
        return FAILED
    except DomainError as refusal:
        _show_refusal(refusal)
        return FAILED
    except Exception as problem:
        sentence = (
            _owner_sentence(problem)
            or _database_sentence(problem)
            or _file_sentence(problem)
            or _text_sentence(problem)
        )
        if sentence is None or _debugging():
            raise
        click.echo(sentence, err=True)
        return FAILED
    return result if isinstance(result, int) else 0


def _show_refusal(refusal: DomainError) -> None:
    if _debugging():
        traceback.print_exception(refusal)
    facts = dict(refusal.facts)
    place, value = facts.pop("place", ""), facts.pop("value", "")
    # An error with a sentence of its own has put its facts there.
    shown = {} if hasattr(refusal, "sentence") else facts
    line = [refusal.code, place, value, *(f"{name}={fact}" for name, fact in shown.items())]
    click.echo(" ".join(str(part) for part in line if part not in ("", None)), err=True)
    if sentence := sentence_of(refusal):
        click.echo(sentence, err=True)


def _debugging() -> bool:
    return os.environ.get("MOA_DEBUG", "") not in ("", "0")


def _drop_output() -> None:
    """What is still to be written goes nowhere, or the interpreter would try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _file_sentence(problem: Exception) -> str | None:
    """One sentence for a place that cannot be used, or a disk that is full; None when the error is not of that kind."""
    if isinstance(problem, _NO_PLACE) and problem.filename is not None:
        return f"file.unusable {problem.filename}\n{problem.strerror}: name another place, or give this user the right to it."
    if not isinstance(problem, OSError) or problem.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return None
    if problem.filename is None:
        _drop_output()
    return f"file.cannot_write {problem.filename or 'output'}\n{problem.strerror}: free some space or write elsewhere."


def _text_sentence(problem: Exception) -> str | None:
    """One sentence for half a character, which JSON and a terminal can hold and no text can; None for all else."""
    if not isinstance(problem, UnicodeEncodeError) or "surrogates" not in problem.reason:
        return None
    return f"text_broken {shown_text(problem.object)[:100]}\n{SENTENCES['text_broken']}"


def _tables_sentence() -> str | None:
    """What to do about tables that are not there or of another version; None when they are of this one."""
    from moa.entry.migrating import pending_migrations

    if not pending_migrations():
        return None
    return (
        "database.not_upgraded\nThe tables are not there or of an earlier version:"
        " begin with moa setup (or make run for the demo), or bring them up to date with moa upgrade."
    )


def _owner_sentence(problem: Exception) -> str | None:
    """One sentence where the owner's connection was asked for and there is none; None for all else."""
    connecting = sys.modules.get("django.utils.connection")
    if connecting is None or not isinstance(problem, connecting.ConnectionDoesNotExist):
        return None
    from moa.entry.postgres.errors import LauncherError

    needed = LauncherError("database.owner_needed")
    return f"{needed.code}\n{needed.sentence}"


def _database_sentence(problem: Exception) -> str | None:
    """One sentence for a database that went away or is full; None when the error is not of that kind.

    psycopg is looked up, not imported: a command that never touched the database must not load it for this.
    """
    driver = sys.modules.get("psycopg")
    if driver is None:
        return None
    seen: BaseException | None = problem
    while seen is not None:
        if isinstance(seen, driver.errors.DiskFull):
            return "database.disk_full\nThe disk of the database server is full: free some space and run the command again."
        if isinstance(
            seen,
            (driver.errors.UndefinedTable, driver.errors.UndefinedColumn, driver.errors.UndefinedFunction),
        ):
            return _tables_sentence()
        if isinstance(seen, driver.OperationalError):
            reason = (str(seen).strip().splitlines() or ["no reason given"])[0]
            return f"database.lost\nThe database stopped answering: {reason}. Run the command again, or run moa doctor."
        seen = seen.__cause__
    return None
