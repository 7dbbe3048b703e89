"""Handing a composed mail over: to an SMTP server under TLS, or to a folder where none is set.

MOA_SMTP_URL: smtp://user:password@host:587 (STARTTLS is demanded) or smtps://user:password@host:465. Without TLS
only to this machine itself: smtp://127.0.0.1:25?tls=none. The user and password are percent-encoded.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS, GREETING_SECONDS = 30, 10
_LOCAL = {"127.0.0.1", "::1", "localhost"}


class MailServerUnclear(ValueError):
    """MOA_SMTP_URL says something that cannot be followed."""


class MailRefusedForGood(Exception):
    """The server will give the same answer to the same mail again; holds its words."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails go. Shape: `tls` is "start", "whole" or "none"."""

    host: str
    port: int
    user: str
    password: str
    tls: str


def server_of(url: str) -> Server:
    """Raises: MailServerUnclear, which names no password."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise MailServerUnclear("MOA_SMTP_URL begins with smtp:// or smtps:// and names a host")
    asked = parse_qs(parts.query).get("tls", [""])[0]
    tls = "whole" if parts.scheme == "smtps" else asked or "start"
    if tls not in {"whole", "start", "none"}:
        raise MailServerUnclear("tls in MOA_SMTP_URL is start or none")
    if tls == "none" and parts.hostname not in _LOCAL:
        raise MailServerUnclear("without TLS, mails go to this machine only")
    try:
        port = parts.port
    except ValueError:
        raise MailServerUnclear("the port in MOA_SMTP_URL is no number") from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise MailServerUnclear("user and password in MOA_SMTP_URL are letters of ASCII, percent-encoded")
    return Server(parts.hostname, port or (465 if tls == "whole" else 587), user, password, tls)


@contextlib.contextmanager
def _session(server: Server, timeout_seconds: int) -> Iterator[smtplib.SMTP]:
    """A connection over which mails may go: encrypted and signed in to, as far as the server's address says."""
    checked = ssl.create_default_context()
    if server.tls == "whole":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=timeout_seconds, context=checked
        )
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=timeout_seconds)
    try:
        if server.tls == "start":
            client.starttls(context=checked)
        if server.user:
            _sign_in(client, server)
        yield client
    finally:
        # A fault in taking leave must not look like one in sending: the mail would go a second time.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            client.quit()
        client.close()


def _sign_in(client: smtplib.SMTP, server: Server) -> None:
    try:
        client.login(server.user, server.password)
    except smtplib.SMTPNotSupportedError as fault:
        raise smtplib.SMTPAuthenticationError(530, str(fault)) from fault


def greet(server: Server) -> None:
    """Everything up to a mail, and leave again. Raises: OSError and SMTPException."""
    with _session(server, GREETING_SECONDS) as client:
        client.noop()


def hand_to_server(server: Server, message: EmailMessage) -> None:
    """Returns once the server has taken the mail. Raises: MailRefusedForGood; OSError and SMTPException to try again."""
    try:
        with _session(server, TIMEOUT_SECONDS) as client:
            client.send_message(message)
    except smtplib.SMTPRecipientsRefused as refusal:
        if next(iter(refusal.recipients.values()))[0] >= 500:
            raise MailRefusedForGood(_of_recipient(refusal)) from refusal
        raise
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as refusal:
        if refusal.smtp_code >= 500:
            raise MailRefusedForGood(f"{refusal.smtp_code} {_text(refusal.smtp_error)}") from refusal
        raise


def hand_to_folder(folder: Path, message: EmailMessage) -> Path:
    """Write the mail as .eml, named by its Message-ID: a second try replaces the first."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = "".join(letter if letter.isalnum() or letter in "-.@" else "_" for letter in message["Message-ID"])
    path = folder / f"{name.strip('_')}.eml"
    draft = folder / f".{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return path


# What a later try may find otherwise; once a mail is given up nothing tries again by itself.
PASSING = frozenset({"mail_server_silent", "mail_put_off"})


def answer_of(fault: Exception) -> tuple[str, str]:
    """What came of a try, as the code of a sentence for people and the words of the server or of this machine."""
    words = str(fault)
    if isinstance(fault, MailRefusedForGood):
        return "mail_refused", words
    if isinstance(fault, MailServerUnclear):
        return "mail_server_unclear", words
    if isinstance(fault, ssl.SSLCertVerificationError):
        return "mail_certificate_refused", fault.verify_message or words
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return "mail_sign_in_refused", f"{fault.smtp_code} {_text(fault.smtp_error)}"
    if isinstance(fault, smtplib.SMTPNotSupportedError | ssl.SSLError):
        return "mail_not_encrypted", words
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return "mail_put_off", _of_recipient(fault)
    if isinstance(fault, smtplib.SMTPConnectError) and fault.smtp_code >= 500:
        return "mail_server_refuses", f"{fault.smtp_code} {_text(fault.smtp_error)}"
    if isinstance(fault, smtplib.SMTPResponseException):
        return "mail_put_off", f"{fault.smtp_code} {_text(fault.smtp_error)}"
    return "mail_server_silent", f"{type(fault).__name__}: {words}"


def _of_recipient(refusal: smtplib.SMTPRecipientsRefused) -> str:
    code, words = next(iter(refusal.recipients.values()))
    return f"{code} {_text(words)}"


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
