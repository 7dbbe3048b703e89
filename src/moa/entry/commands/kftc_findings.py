"""What the kftc commands share: the person's language, the lines that say a finding, and findings kept aside."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

import click

from moa.formats.fixed_width.finding import Finding, Severity
from moa.formats.kftc.codes import LANGUAGES, Language
from moa.formats.kftc.evidence_reasons import reason_text
from moa.formats.kftc.faults import Place, fault_text, field_label

# Findings beyond this many bytes go to a temporary file: a broken file has more of them than memory should hold.
_KEPT = 1 << 20
_NO_ROOM = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG])

KFTC_FILE = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True, path_type=Path)


def language_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        help="Language of the sentences; else that of the terminal.",
    )(command)


def language_of(chosen: str | None, environment: Mapping[str, str] = os.environ) -> Language:
    """The language asked for, else the terminal's, else English."""
    if chosen is not None:
        return cast(Language, chosen)
    named = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return "ko" if named.startswith("ko") else "zh-hans" if named.startswith("zh") else "en"


def finding_line(finding: Finding, language: Language, place: Place = "record") -> str:
    """`0088 row 3 account_no "12-34": 계좌번호: …`: what a program reads is the same in every language."""
    parts = [finding.code, "file" if finding.record is None else f"{place} {finding.record}"]
    if finding.field:
        parts += [finding.field, f'"{finding.value}"']
    elif finding.value:
        parts.append(f'"{finding.value}"')
    label = field_label(finding.field, language) if finding.field else ""
    told = fault_text(finding.code, language, finding.field, finding.value)
    if finding.code == "0105" and (reason := reason_text(finding.value, language)) != finding.value:
        label = f"{label}, {reason}"
    return f"{' '.join(parts)}: {label}: {told}" if label else f"{' '.join(parts)}: {told}"


def show_finding(finding: Finding, language: Language, place: Place = "record") -> None:
    kind = "" if finding.severity == "error" else f"{finding.severity} "
    click.echo(kind + finding_line(finding, language, place), err=True)


class FindingStore:
    """Findings in the order they came, as JSON, on disk once they are many."""

    def __init__(self) -> None:
        self.counts: Counter[Severity] = Counter()
        self.warning_counts: Counter[str] = Counter()
        self._texts: dict[Severity, TextIO] = {"error": _spool(), "warning": _spool()}

    def __call__(self, finding: Finding) -> None:
        text = self._texts[finding.severity]
        text.write(",\n" if self.counts[finding.severity] else "")
        json.dump(finding.as_json(), text, ensure_ascii=False)
        self.counts[finding.severity] += 1
        if finding.severity == "warning":
            self.warning_counts[finding.code] += 1

    def copy(self, severity: Severity, out: TextIO) -> None:
        self._texts[severity].seek(0)
        shutil.copyfileobj(self._texts[severity], out)


def _spool() -> TextIO:
    return cast(TextIO, tempfile.SpooledTemporaryFile(_KEPT, "w+", encoding="utf-8", newline="\n"))  # noqa: SIM115


def write_json(facts: Mapping[str, Any], store: FindingStore, out: TextIO) -> None:
    """One object: the facts, then the warnings and the errors, which are never all in memory."""
    told = json.dumps(facts, ensure_ascii=False)
    out.write(told[:-1] + (", " if facts else "") + '"warnings": [')
    store.copy("warning", out)
    out.write('],\n"errors": [')
    store.copy("error", out)
    out.write("]}\n")


def speak_utf8() -> None:
    """JSON and CSV are UTF-8 on every terminal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def speak_to_person() -> None:
    """Korean and Chinese on a terminal that has no such letters must not end the command."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


@contextmanager
def opened(file: Path, *, seekable: bool = False) -> Iterator[BinaryIO]:
    """The file, or standard input for "-"; a pipe goes to disk first where the reader must go back in it.

    Raises: click.ClickException when the system refuses to read it.
    """
    with ExitStack() as closing:
        try:
            source: BinaryIO = (
                sys.stdin.buffer if str(file) == "-" else closing.enter_context(file.open("rb"))
            )
            if seekable and not source.seekable():
                spool = closing.enter_context(tempfile.TemporaryFile())
                shutil.copyfileobj(source, spool, 1 << 20)
                spool.seek(0)
                source = cast(BinaryIO, spool)
            yield source
        except BrokenPipeError:
            raise
        except OSError as refused:
            # Reading never lacks room: then it is the answer that could not be written.
            place = "output" if refused.errno in _NO_ROOM else refused.filename or file
            raise click.ClickException(f"{place}: {refused.strerror or refused}") from None
