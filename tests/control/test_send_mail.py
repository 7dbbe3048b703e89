"""Mails: one plain address, a subject that says no figure, sent once after commit, tried again after faults."""

from __future__ import annotations

import email
import re
import smtplib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from moa.control import mail_sending
from moa.control.context import Context
from moa.control.mail import (
    Attachment,
    MailAddressUnfit,
    MailAttachmentUnfit,
    MailSubjectUnfit,
    address_fits,
    send,
    subject_fits,
)
from moa.control.mail_html import html_of
from moa.control.mail_transport import (
    MailRefusedForGood,
    MailServerUnclear,
    answer_of,
    greet,
    hand_to_server,
    server_of,
)
from moa.control.models import Mail, Notice
from moa.entry.doctor.exposure import greeting_finding
from moa.ui.problems import SENTENCES
from tests.channels.tls_door import Authority, TlsDoor
from tests.control.factories import make_group, make_person, signed_in


@pytest.fixture
def ctx(transactional_db: None, tmp_path: Path, settings: Any) -> Context:
    settings.STATE_DIR = tmp_path
    settings.SMTP_URL = ""
    return replace(make_person(make_group()), at=datetime.now(UTC))


def _file(ctx: Context, **more: Any) -> Mail:
    with ctx.open():
        return send(ctx, "kim@example.org", "자금일보 2026-11-20", "전일 잔액은 첨부를 보십시오.\n", **more)


def _state(ctx: Context, mail: Mail) -> Mail:
    with ctx.open():
        return Mail.objects.get(id=mail.id)


def _deliver(ctx: Context, mail: Mail) -> None:
    mail_sending.send_mail(replace(ctx, at=datetime.now(UTC)), mail_id=mail.id)


def test_a_mail_is_written_to_the_folder_once_with_its_attachment(ctx: Context, tmp_path: Path) -> None:
    with override("zh-hans"):
        mail = _file(ctx, attachments=[Attachment("자금일보.pdf", b"%PDF-1.7", "application/pdf")])
    _deliver(ctx, mail)
    _deliver(ctx, mail)
    (path,) = (tmp_path / "mail").glob("*.eml")
    assert path.stat().st_mode & 0o777 == 0o600
    read = email.message_from_bytes(path.read_bytes(), policy=default)
    assert (read["To"], read["Subject"], read["Message-ID"]) == (
        "kim@example.org", "자금일보 2026-11-20", mail.message_id,
    )  # fmt: skip
    assert '<html lang="zh-Hans">' in read.get_body(("html",)).get_content()  # type: ignore[union-attr]
    bodies = [read.get_body((kind,)) for kind in ("plain", "html")]
    assert [one is not None and "전일 잔액은" in one.get_content() for one in bodies] == [True, True]
    (file,) = read.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("자금일보.pdf", b"%PDF-1.7")
    sent = _state(ctx, mail)
    assert (sent.state, sent.text, sent.attempts) == ("sent", "", 1)


def test_the_html_of_a_mail_has_links_and_lists_and_nothing_that_runs() -> None:
    text = "- <b>KB</b> & 1:\n  https://moa.example/a?b=1&c=2\n- two\nlast\n\n--\nMoa · foot\n"
    made = re.sub(r' style="[^"]*"', "", html_of(text))
    link = "https://moa.example/a?b=1&amp;c=2"
    assert f'<li>&lt;b&gt;KB&lt;/b&gt; &amp; 1:<br><a href="{link}">{link}</a></li><li>two</li></ul>' in made
    assert "<p>last</p><p>Moa · foot</p></body>" in made
    assert "<script" not in html_of("<script>alert(1)</script>") and 'href="javascript' not in html_of(
        "javascript:x"
    )


@pytest.mark.parametrize(
    "address",
    ["a@b.kr\nBcc: x@y.kr", "a@b.kr\r", "a@b.kr, c@d.kr", "Kim <a@b.kr>", "a@b", "", "a b@c.kr", "a@b.kr ", "é@b.kr"],
)  # fmt: skip
def test_an_address_that_is_more_than_an_address_is_refused(ctx: Context, address: str) -> None:
    with pytest.raises(MailAddressUnfit), ctx.open():
        send(ctx, address, "Notice", "text")


@pytest.mark.parametrize(
    "subject",
    ["입금\nBcc: x@y.kr", "a\rb", "입금 1,250,000원", "계좌 110-234-567890", "잔액 12345", " ", "x" * 151, "a\u2028b"],
)  # fmt: skip
def test_a_subject_with_a_line_end_an_amount_or_an_account_number_is_refused(
    ctx: Context, subject: str
) -> None:
    with pytest.raises(MailSubjectUnfit), ctx.open():
        send(ctx, "a@b.kr", subject, "text")


@pytest.mark.parametrize("name", ["a\nb.pdf", "../a.pdf", 'a"b.pdf', ""])
def test_an_attachment_with_a_name_that_is_no_file_name_is_refused(ctx: Context, name: str) -> None:
    with pytest.raises(MailAttachmentUnfit), ctx.open():
        send(ctx, "a@b.kr", "Notice", "text", [Attachment(name, b"x")])


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_passes_makes_exactly_the_headers_that_were_meant(address: str, subject: str) -> None:
    if not (address_fits(address) and subject_fits(subject)):
        return
    from email.message import EmailMessage
    from email.policy import SMTP

    message = EmailMessage(policy=SMTP)
    message["To"], message["Subject"] = address, subject
    message.set_content("text")
    read = email.message_from_bytes(message.as_bytes(), policy=default)
    assert set(read.keys()) == {"To", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}


def test_a_mail_of_a_change_that_failed_is_never_sent(ctx: Context) -> None:
    with pytest.raises(ZeroDivisionError), ctx.open():
        send(ctx, "a@b.kr", "Notice", "text")
        _ = 1 // 0
    with ctx.open():
        assert not Mail.objects.exists()


def test_a_fault_is_tried_again_and_the_mail_keeps_its_message_id(
    ctx: Context, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMTP_URL = "smtp://127.0.0.1:9?tls=none"
    mail = _file(ctx)
    _deliver(ctx, mail)
    waiting = _state(ctx, mail)
    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert waiting.next_at > datetime.now(UTC) + timedelta(seconds=30)
    assert waiting.fault == "mail_server_silent" and "refused" in waiting.problem.lower()
    _deliver(ctx, mail)
    assert _state(ctx, mail).attempts == 1, "its time has not come"
    settings.SMTP_URL = ""
    mail_sending.send_mail(replace(ctx, at=waiting.next_at), mail_id=mail.id)
    sent = _state(ctx, mail)
    assert (sent.state, sent.attempts, sent.message_id) == ("sent", 2, mail.message_id)


def test_a_mail_that_fails_for_good_is_shown_to_the_administrators(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SMTP_URL = "smtp://127.0.0.1:25?tls=none"
    administrator = make_person(ctx, roles=["admin"])

    def refuse(*_: object) -> None:
        raise MailRefusedForGood("550 no such user")

    monkeypatch.setattr(mail_sending, "hand_to_server", refuse)
    mail = _file(ctx)
    _deliver(ctx, mail)
    failed = _state(ctx, mail)
    assert (failed.state, failed.fault, failed.problem) == ("failed", "mail_refused", "550 no such user")
    with ctx.open():
        told = Notice.objects.get(kind="control.mail_failed")
        assert told.person_id == administrator.actor.person_id
        mail_sending.try_again(ctx, failed)
    assert _state(ctx, mail).state == "queued"


def test_a_mail_that_lost_its_job_is_found_and_sent(ctx: Context) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    mail = _file(ctx)
    later = replace(ctx, at=datetime.now(UTC) + timedelta(minutes=11))
    mail_sending.resume_mails(later)
    assert ProcrastinateJob.objects.filter(args__args__mail_id=mail.id).count() == 2


class _Deaf(smtplib.SMTP):
    """A client whose leave-taking fails after the mail was taken."""

    def quit(self) -> Any:
        raise smtplib.SMTPServerDisconnected("gone")


@contextmanager
def _server(answers: dict[str, str]) -> Iterator[tuple[int, list[str]]]:
    """A small SMTP server that writes down what it hears and answers by the first word."""
    heard: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 ready\r\n")
            inside = False
            for line in self.rfile:
                words = line.decode().rstrip("\r\n")
                heard.append(words)
                if inside:
                    if words != ".":
                        continue
                    inside, words = False, "."
                verb = words.split(" ", 1)[0].upper()
                answer = answers.get(verb, "354 go on" if verb == "DATA" else "250 ok")
                inside = answer.startswith("354")
                self.wfile.write(answer.encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], heard
        server.shutdown()


def _message() -> Any:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "moa@localhost", "a@b.kr", "Notice"
    message.set_content("text")
    return message


def test_a_mail_that_the_server_took_is_not_sent_again_for_a_fault_in_taking_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtplib, "SMTP", _Deaf)
    with _server({}) as (port, heard):
        hand_to_server(server_of(f"smtp://127.0.0.1:{port}?tls=none"), _message())
    assert "rcpt TO:<a@b.kr>" in heard


def test_a_refusal_for_good_is_told_from_one_for_now() -> None:
    with _server({"RCPT": "550 no such user"}) as (port, _), pytest.raises(MailRefusedForGood, match="550"):
        hand_to_server(server_of(f"smtp://127.0.0.1:{port}?tls=none"), _message())
    with _server({"RCPT": "451 later"}) as (port, _), pytest.raises(smtplib.SMTPException):
        hand_to_server(server_of(f"smtp://127.0.0.1:{port}?tls=none"), _message())


def test_a_server_without_tls_gets_neither_password_nor_mail() -> None:
    with _server({}) as (port, heard), pytest.raises(smtplib.SMTPNotSupportedError):
        hand_to_server(server_of(f"smtp://u:secret@127.0.0.1:{port}"), _message())
    assert not [line for line in heard if line.upper().startswith(("AUTH", "MAIL", "DATA"))]


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The one whose certificates this machine believes."""
    known = Authority("ours")
    (tmp_path / "known.pem").write_text(known.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "known.pem"))
    return known


def test_a_mail_goes_over_tls_to_a_server_that_proves_its_name(
    ctx: Context, tmp_path: Path, authority: Authority, settings: Any
) -> None:
    with (
        _server({"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "235 in"}) as (port, heard),
        TlsDoor(port, authority.sign("localhost", tmp_path)) as door,
    ):
        settings.SMTP_URL = f"smtps://u:secret@localhost:{door.port}"
        mail = _file(ctx)
        _deliver(ctx, mail)
    assert (_state(ctx, mail).state, _state(ctx, mail).fault) == ("sent", "")
    assert "rcpt TO:<kim@example.org>" in heard and any(line.startswith("AUTH") for line in heard)


@pytest.mark.parametrize(
    ("host", "by_ours", "is_over"),
    [("mail.example.org", True, False), ("localhost", True, True), ("localhost", False, False)],
)
def test_a_server_whose_certificate_does_not_hold_gets_nothing_and_the_page_says_why(
    ctx: Context, tmp_path: Path, authority: Authority, settings: Any, host: str, by_ours: bool, is_over: bool
) -> None:
    signer = authority if by_ours else Authority("theirs")
    with (
        _server({}) as (port, heard),
        TlsDoor(port, signer.sign(host, tmp_path, is_over=is_over)) as door,
    ):
        settings.SMTP_URL = f"smtps://u:secret@localhost:{door.port}"
        mail = _file(ctx)
        _deliver(ctx, mail)
    waiting = _state(ctx, mail)
    assert (waiting.state, waiting.fault, heard) == ("queued", "mail_certificate_refused", [])
    page = signed_in(make_person(ctx, "boss", roles=["admin"])).get("/notices/mails").content.decode()
    assert "메일 서버의 인증서" in page and waiting.problem.partition("'")[0] in page and "secret" not in page


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (smtplib.SMTPAuthenticationError(535, b"no"), "mail_sign_in_refused"),
        (smtplib.SMTPNotSupportedError("STARTTLS"), "mail_not_encrypted"),
        (ssl.SSLError("wrong version number"), "mail_not_encrypted"),
        (smtplib.SMTPRecipientsRefused({"a@b.kr": (450, b"later")}), "mail_put_off"),
        (smtplib.SMTPDataError(451, b"later"), "mail_put_off"),
        (smtplib.SMTPConnectError(421, b"later"), "mail_put_off"),
        (smtplib.SMTPConnectError(554, b"not from there"), "mail_server_refuses"),
        (smtplib.SMTPServerDisconnected("timed out"), "mail_server_silent"),
        (ConnectionRefusedError(111, "refused"), "mail_server_silent"),
        (MailServerUnclear("no host"), "mail_server_unclear"),
        (MailRefusedForGood("550 no"), "mail_refused"),
    ],
)
def test_what_came_of_a_try_has_a_sentence(fault: Exception, code: str) -> None:
    said, words = answer_of(fault)
    assert said == code and said in SENTENCES and words


def test_a_server_that_lets_nobody_sign_in_is_not_said_to_lack_tls() -> None:
    with _server({}) as (port, _), pytest.raises(smtplib.SMTPException) as refused:
        greet(replace(server_of(f"smtp://127.0.0.1:{port}?tls=none"), user="u", password="p"))
    assert answer_of(refused.value)[0] == "mail_sign_in_refused"


def test_a_mail_that_was_given_up_is_not_said_to_be_tried_again(ctx: Context) -> None:
    mail = _file(ctx)
    boss = signed_in(make_person(ctx, "boss", roles=["admin"]))
    for state, is_said in (("queued", True), ("failed", False)):
        with ctx.open():
            Mail.objects.filter(id=mail.id).update(
                state=state, fault="mail_put_off", problem="451 later", attempts=9
            )
        page = boss.get("/notices/mails").content.decode()
        assert "나중에" in page and ("저절로 다시" in page or "자동으로 다시" in page) == is_said


def test_the_doctor_greets_the_server_and_sends_nothing() -> None:
    with _server({}) as (port, heard):
        found = greeting_finding(f"smtp://127.0.0.1:{port}?tls=none")
        assert found.ok and not [line for line in heard if line.upper().startswith(("MAIL", "RCPT", "DATA"))]
        # STARTTLS is demanded, and this server has none.
        assert not greeting_finding(f"smtp://u:secret@127.0.0.1:{port}").ok
    with _server({"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "535 no"}) as (port, heard):
        wrong = greeting_finding(f"smtp://u:secret@127.0.0.1:{port}?tls=none")
        assert not wrong.ok and "password" in wrong.found and "secret" not in str(wrong)
    gone = greeting_finding(f"smtp://127.0.0.1:{port}?tls=none")
    assert not gone.ok and "does not answer" in gone.found


@pytest.mark.parametrize(
    "url",
    [
        "http://x",
        "smtp://",
        "smtps://moa:%EB%B9%84@h",
        "smtp://h:p",
        "smtp://h?tls=none",
        "smtp://h?tls=maybe",
        "mail.example.org",
    ],
)
def test_an_address_of_a_server_that_cannot_be_followed_is_said(url: str) -> None:
    with pytest.raises(MailServerUnclear):
        server_of(url)
