"""What stands between this installation and others: transport, mail, backups, who may read what is counted and logged."""

from __future__ import annotations

import logging
import os
import re
import smtplib
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from moa.entry.doctor.findings import Finding, advice, bad, good
from moa.entry.doctor.stores import ask
from moa.entry.refusal_sentences import sentence_of
from moa.kernel.errors import DomainError

SHORTEST_TOKEN = 32
OLDEST_BACKUP = timedelta(hours=36)
_BACKUP = re.compile(r"moa-backup-(\d{8}T\d{6}Z)")
# Variables that hold a secret, each of which may be given as NAME_FILE.
_SECRETS = ("MOA_SECRET_KEY", "MOA_METRICS_TOKEN", "MOA_SMTP_URL", "MOA_MASTER_KEY")
_HERE = {"", "localhost", "127.0.0.1", "::1"}


def check_secret_files() -> Finding:
    """Secrets come from files that nobody else reads; a variable shows in the list of processes of its user."""
    open_ones = [
        f"{name}_FILE"
        for name in _SECRETS
        if (path := os.environ.get(f"{name}_FILE")) and _others_read(Path(path))
    ]
    if open_ones:
        return bad(
            "",
            f"others may read the file of {', '.join(open_ones)}",
            "chmod 600, or 640 for a group of its own.",
        )
    plain = [name for name in _SECRETS if os.environ.get(name)]
    if plain:
        return advice(
            "", f"{', '.join(plain)} in the environment", f"Name a file instead, as {plain[0]}_FILE."
        )
    return good("", "from files")


def _others_read(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IROTH)


def check_database_encryption() -> Finding:
    from moa.entry.database import database_url

    url = database_url()
    host = (urlsplit(url).hostname or "") if url else ""
    if host in _HERE or host.startswith("/"):
        return good("", "the database is on this machine")
    ((encrypted,),) = ask("select ssl from pg_stat_ssl where pid = pg_backend_pid()", "default")
    return encryption_finding(encrypted, url or "")


def encryption_finding(encrypted: bool, url: str) -> Finding:
    if not encrypted:
        return bad(
            "", "figures travel to the database unencrypted", "Add ?sslmode=verify-full to DATABASE_URL."
        )
    if "sslmode=verify-full" not in url:
        return advice(
            "", "encrypted, but whose server it is, is not proven", "Use sslmode=verify-full and sslrootcert."
        )
    return good("", "encrypted, and the server is proven")


# What a server writes into its log beside the bare words of an error. Shape: setting → the values that write no row.
_SILENT = {
    "log_min_error_statement": {"panic", "fatal"}, "log_error_verbosity": {"terse"}, "log_statement": {"none"},
    "log_min_duration_statement": {"-1"}, "log_min_duration_sample": {"-1"},
}  # fmt: skip


def check_database_log() -> Finding:
    """Asked of both logins: what a superuser set holds for each by itself."""
    shown = ", ".join(f"current_setting('{setting}')" for setting in _SILENT)
    for alias in ("default", "owner"):
        ((role, *values),) = ask(f"select current_user, {shown}", alias)
        found = database_log_finding(role, dict(zip(_SILENT, values, strict=True)))
        if not found.ok:
            break
    return found


def database_log_finding(role: str, values: dict[str, str]) -> Finding:
    """A statement that fails, or takes long, stands in the server's log with its names and account numbers as they are."""
    open_ones = [name for name, silent in _SILENT.items() if values[name] not in silent]
    if not open_ones:
        return good("", "statements and rows are not written down")
    wanted = {"log_min_error_statement": "panic", "log_error_verbosity": "terse", "log_statement": "none"}
    mend = "; ".join(f"alter role \"{role}\" set {name} = '{wanted.get(name, '-1')}'" for name in open_ones)
    words = f"names and account numbers reach the server's log through {', '.join(open_ones)}"
    return bad("", words, f"As its superuser: {mend}.")


def check_bank_encryption() -> Finding:
    """Over such a connection, which an earlier version let be set up, nothing is said any more."""
    from moa.channels.open_banking.encryption import is_this_machine

    rows = ask(
        "select g.code, c.bank_code, c.host from channels_httpaccess a join channels_connection c on c.id = a.connection_id"
        " join control_group g on g.id = c.group_id where c.in_use and not a.is_tls and not g.is_demo order by 1, 2"
    )
    open_ones = [f"{bank} at {host} of {group}" for group, bank, host in rows if not is_this_machine(host)]
    if open_ones:
        return bad(
            "",
            f"unencrypted, so that nothing is said over them: {', '.join(open_ones)}",
            "Set each up anew with TLS: moa channels set-up-http, without --plain.",
        )
    return good("", "nothing goes to a bank over HTTP unencrypted")


def check_mail() -> Finding:
    from django.conf import settings

    found = mail_finding(settings.SMTP_URL, settings.PUBLIC_URL)
    return greeting_finding(settings.SMTP_URL) if found.ok and not found.mend else found


def greeting_finding(smtp: str) -> Finding:
    """The server is greeted as for a mail, and left again: a wrong password is found now, not when a notice is missed."""
    from moa.control.mail_transport import greet, server_of

    server = server_of(smtp)
    try:
        greet(server)
    except smtplib.SMTPAuthenticationError:
        words, mend = f"{server.host} does not take the user and password", "Correct MOA_SMTP_URL."
    except ssl.SSLError as problem:
        words = f"the certificate of {server.host} is not accepted ({problem.reason or 'unknown'})"
        mend = "Name the host as its certificate does, or install its issuer's."
    except smtplib.SMTPException as problem:
        words, mend = f"{server.host} refuses: {type(problem).__name__}", "See the log of the mail server."
    except OSError as problem:
        words = f"{server.host}:{server.port} does not answer ({problem.strerror or type(problem).__name__})"
        mend = "Correct MOA_SMTP_URL, or let this machine reach it."
    else:
        return good("", f"by {server.host}, which answers")
    return bad("", words, mend)


def mail_finding(smtp: str, public_url: str) -> Finding:
    from moa.control.mail_transport import MailServerUnclear, server_of

    if not smtp:
        return advice("", "mails become files of the state folder", "Set MOA_SMTP_URL, or MOA_SMTP_URL_FILE.")
    if not public_url.startswith("https://"):
        return bad(
            "",
            "links in mails lead nowhere, or over an open line",
            "Set MOA_PUBLIC_URL to the https address of this site.",
        )
    try:
        # It refuses what would travel unencrypted.
        server = server_of(smtp)
    except MailServerUnclear as unclear:
        return bad("", str(unclear), "Correct MOA_SMTP_URL.")
    return good("", f"by {server.host}")


def check_backup() -> Finding:
    return backup_finding(os.environ.get("MOA_BACKUPS", ""), datetime.now(UTC))


def backup_finding(folder: str, now: datetime) -> Finding:
    """The newest whole backup of the folder is of last night."""
    if not folder:
        return bad(
            "",
            "nobody knows where the backups are",
            "Name the folder in MOA_BACKUPS, and run moa backup each night.",
        )
    path = Path(folder)
    found = [one.name for one in path.iterdir() if (one / "manifest.json").is_file()] if path.is_dir() else []
    moments = [
        datetime.strptime(match[1], "%Y%m%dT%H%M%SZ") for name in found if (match := _BACKUP.fullmatch(name))
    ]
    if not moments:
        return bad("", f"no backup in {folder}", f"Run moa backup {folder}.")
    newest = max(moments).replace(tzinfo=UTC)
    if now - newest > OLDEST_BACKUP:
        return bad(
            "", f"the newest backup is of {newest:%Y-%m-%d %H:%M} UTC", f"Run moa backup {folder} each night."
        )
    return good("", f"{newest:%Y-%m-%d %H:%M} UTC")


def check_backup_tools() -> Finding:
    """pg_dump can speak with this server, encrypted where that is asked for; found out before the night."""
    from moa.entry.backup.clients import client_for
    from moa.entry.backup.database import owner_login
    from moa.entry.database import database_url

    ((server,),) = ask("select current_setting('server_version_num')::int / 10000")
    try:
        client = client_for(owner_login(), server, is_external=database_url() is not None, environ=os.environ)
    except DomainError as refusal:
        return bad("", sentence_of(refusal), "Then run moa backup.")
    return good("", f"PostgreSQL {client.major} in {client.folder}")


def check_books_counted() -> Finding:
    rows = ask(
        "select g.code || '/' || b.code, v.at, v.differences from ledger_book b join control_group g on g.id = b.group_id"
        " left join lateral (select at, differences from ledger_bookverification v where v.book_id = b.id"
        " order by at desc, id desc limit 1) v on true order by 1"
    )
    return books_finding(rows, datetime.now(UTC))


def books_finding(rows: list[tuple[Any, ...]], now: datetime) -> Finding:
    """Shape: (book, when it was counted last or None, differences). Each was counted last night, and nothing differed."""
    differing = [book for book, _, differences in rows if differences]
    if differing:
        return bad(
            "",
            f"the last count differs in {', '.join(differing)}",
            "Run moa verify and see the closing page.",
        )
    stale = [book for book, at, _ in rows if at is None or now - at > OLDEST_BACKUP]
    if stale:
        return bad(
            "", f"not counted last night: {', '.join(stale)}", "Let moa worker run; it counts each night."
        )
    return good("", f"{len(rows)} last night, no difference" if rows else "no book yet")


def check_metrics() -> Finding:
    from django.conf import settings

    return metrics_finding(settings.METRICS_TOKEN)


def metrics_finding(token: str) -> Finding:
    if not token:
        return good("", "read on this machine only")
    if len(token) < SHORTEST_TOKEN:
        return bad(
            "",
            "the token of the metrics can be guessed",
            f"Give MOA_METRICS_TOKEN {SHORTEST_TOKEN} random letters.",
        )
    return good("", "behind a token")


def check_log_level() -> Finding:
    return log_level_finding(logging.getLogger().level)


def log_level_finding(level: int) -> Finding:
    if level < logging.INFO:
        return bad(
            "", "libraries write what they work with into the log", "Set MOA_LOG_LEVEL to INFO or WARNING."
        )
    if level > logging.WARNING:
        return advice("", "warnings are not logged", "Set MOA_LOG_LEVEL to WARNING or INFO.")
    return good("", logging.getLevelName(level))


def check_second_factors() -> Finding:
    """Whoever gives rights proves himself twice."""
    rows = ask(
        "select g.code, r.name from control_role r join control_group g on g.id = r.group_id"
        """ where r.permissions @> '["control.users.change"]' and not r.needs_second_factor order by 1, 2"""
    )
    if rows:
        words = ", ".join(f"{role} of {group}" for group, role in rows[:3])
        return bad(
            "",
            f"a password alone gives rights: {words}",
            "Users and roles, Roles: demand a second factor of it.",
        )
    return good("", "demanded of everyone who gives rights")


EXPOSURE = [
    check_secret_files,
    check_database_encryption,
    check_database_log,
    check_bank_encryption,
    check_mail,
    check_backup,
    check_backup_tools,
    check_books_counted,
    check_metrics,
    check_log_level,
    check_second_factors,
]
