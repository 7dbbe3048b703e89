"""The log: one JSON object a line, with no account number and no name in it, whoever wrote the line.

A message may be written by a library, and an exception's words may hold whatever a user typed or a row contained. So
numbers and letters beyond ASCII are struck from messages, and an exception is logged by its type, its code and the
places it came through; its words only where they cannot hold values (ADR 64).
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moa.control.log_facts import log_facts
from moa.kernel.errors import DomainError

# Digits enough for an account number, a person's number or a telephone, with what stands between their groups.
_NUMBER = re.compile(r"\d(?:[ .‐‑–—-]?\d){4,}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d)?")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
# One of a kind that is nobody's: what a message of ours says of a fault is code, not data.
_FRAMES_SHOWN = 30
_SOURCES = Path(__file__).resolve().parents[2]


def clear(text: str) -> str:
    """`text` with long numbers as stars and everything beyond ASCII as dots; days and moments stay."""
    return _NUMBER.sub(_starred, _FOREIGN.sub("…", text))


def _starred(found: re.Match[str]) -> str:
    return found[0] if _MOMENT.fullmatch(found[0]) else re.sub(r"\d", "*", found[0])


class JsonLines(logging.Formatter):
    """A line for machines."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(content_of(record), ensure_ascii=True, default=str)


class PlainLines(logging.Formatter):
    """The same content for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        content = content_of(record)
        head = [str(content.pop(name)) for name in ("time", "level", "logger", "said")]
        fault = content.pop("fault", None)
        facts = [f"{name}={value}" for name, value in content.items()]
        below = [
            f"  {one['type']} {one['said']}" + "".join(f"\n    {at}" for at in one["at"])
            for one in fault or ()
        ]
        return "\n".join([" ".join([*head, *facts]), *below])


def content_of(record: logging.LogRecord) -> dict[str, Any]:
    """Shape: time, level, logger, said, then the facts of the request or job and of the line, then `fault`."""
    content: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(), "logger": record.name, "said": _said(record),
    }  # fmt: skip
    facts = {**log_facts(), **getattr(record, "facts", {})}
    content |= {
        name: clear(value) if isinstance(value, str) and name != "request" else value
        for name, value in facts.items()
    }
    if record.exc_info and record.exc_info[1] is not None:
        content["fault"] = list(_faults(record.exc_info[1]))
    return content


def _said(record: logging.LogRecord) -> str:
    if record.name.startswith(("django.request", "django.security")):
        # The rest is the path, and the path of a one-time link is its secret.
        return record.getMessage().partition(":")[0]
    action = getattr(record, "action", None)
    if record.name.startswith("procrastinate") and isinstance(action, str):
        # The message spells out the job's arguments.
        job = getattr(record, "job", None)
        return f"{action} {job['id']}" if isinstance(job, dict) and "id" in job else action
    return clear(record.getMessage())


def _faults(error: BaseException) -> Iterator[dict[str, Any]]:
    """The exception, then what caused it."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)[-_FRAMES_SHOWN:]
        yield {
            "type": f"{type(current).__module__}.{type(current).__qualname__}".removeprefix("builtins."),
            "said": _words_of(current), "at": [f"{_short(one.filename)}:{one.lineno} {one.name}" for one in frames],
        }  # fmt: skip
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _words_of(error: BaseException) -> str:
    """What can be said of an exception without any value that was in work."""
    if isinstance(error, DomainError):
        return error.code
    if isinstance(error, OSError):
        return error.strerror or ""
    diagnosis = getattr(error, "diag", None)
    if diagnosis is not None and getattr(diagnosis, "sqlstate", None):
        # The message and its detail would show the row.
        parts = (diagnosis.sqlstate, diagnosis.table_name, diagnosis.column_name, diagnosis.constraint_name)
        return " ".join(part for part in parts if part)
    return ""


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_SOURCES):
        return str(path.relative_to(_SOURCES))
    return "/".join(path.parts[-3:])


def logging_settings(level: str, *, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING. Everything goes through one handler, so nothing is written past the rules above."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": JsonLines if as_json else PlainLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {
            "django": {"handlers": [], "level": "WARNING"},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # A refusal is an answer, not a fault; what fails here is still logged with its trace.
            "django.request": {"level": "ERROR"},
            # Whoever tries host names or sends too much is refused; the line of the request says so, without a trace.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.security.RequestDataTooBig": {"level": "CRITICAL"},
            # Below this level it writes statements with their values, procrastinate jobs with their arguments.
            "django.db.backends": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "psycopg": {"level": "WARNING"},
        },
        "root": {"handlers": ["stderr"], "level": level},
    }  # fmt: skip


def server_logging() -> dict[str, Any]:
    """What the web server writes itself, in the same form; for Granian's `log_dictconfig`."""
    return {
        "formatters": {"line": {"()": JsonLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
    }
