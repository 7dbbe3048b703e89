"""Options that many commands share, so that they read and behave alike everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from moa.kernel.days import read_day

_GROUP = click.option("--group", default="", help="Act in this group.")
_LOGIN = click.option("--as", "as_login", default="", help="Act as this login.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
_BOOK = click.option("--book", default="", help="The book's code; the default book if left out.")


def acting_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--as` and `--group`: who acts (`as_login`, `group`)."""
    return _LOGIN(_GROUP(command))


def answer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who acts, and `--json` (`as_login`, `group`, `as_json`)."""
    return acting_options(_JSON(command))


def book_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command on one book: `--book`, who acts, `--json` (`book`, `as_login`, `group`, `as_json`)."""
    return _BOOK(answer_options(command))


def date_option(text: str, option: str) -> date | None:
    """The day that an option names; None when it is left out. Raises: click.UsageError."""
    return needed_date(text, option) if text else None


def needed_date(text: str, option: str) -> date:
    """The day that an option names. Raises: click.UsageError."""
    try:
        return read_day(text)
    except ValueError:
        raise click.UsageError(f"{option}: “{text}” is not a date like 2026-06-24.") from None
