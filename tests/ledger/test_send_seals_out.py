"""Seals leave the house at the closing: by mail, and under a time stamp that may come later."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from moa.control.documents import open_document
from moa.control.models import AuditLine, Mail
from moa.formats.timestamps import StampRefused, check_token, read_reply, request_for
from moa.ledger.models import Seal, SealDispatch
from moa.ledger.operations.change_book_settings import change_book_settings
from moa.ledger.operations.close_day import close_day
from moa.ledger.operations.stamp_seals import stamp_seals
from moa.ledger.seal_list import list_seals
from tests.ledger.journal import Journal
from tests.ledger.proofs import close, reopen
from tests.ledger.tsa import MOMENT, Authority, serving

DIGEST = bytes(range(32))


def test_every_auditor_of_the_book_gets_the_seal_by_mail(journal: Journal) -> None:
    with journal.ctx.open():
        change_book_settings(
            journal.ctx,
            journal.book,
            opens_at=None,
            seal_recipients=["one@audit.example", "two@audit.example"],
        )
    closed = close(journal)
    with journal.ctx.open():
        mails = list(Mail.objects.order_by("id"))
        rows = list_seals(journal.book)
    assert [mail.to_address for mail in mails] == ["one@audit.example", "two@audit.example"]
    assert all(f"2026-11-20={closed.hex}" in mail.text and closed.hex not in mail.subject for mail in mails)
    assert [(way.way, way.state) for way in rows[0].ways] == [("mail", "waiting")]
    assert [[file["name"] for file in mail.attachments] for mail in mails] == [
        ["seal-SC-2026-11-20-1.json", "SC-2026-11-20-1.pdf"]
    ] * 2
    with journal.ctx.open(), open_document(journal.ctx, mails[0].attachments[1]["document"]) as sheet:
        assert sheet.read().startswith(b"%PDF")


def test_a_closing_that_is_undone_sends_nothing(journal: Journal) -> None:
    with journal.ctx.open():
        change_book_settings(journal.ctx, journal.book, opens_at=None, seal_recipients=["one@audit.example"])
    with pytest.raises(RuntimeError), journal.ctx.open():
        close_day(journal.ctx, journal.book)
        raise RuntimeError
    with journal.ctx.open():
        assert not Mail.objects.exists() and not SealDispatch.objects.exists()


def test_a_reopened_day_sends_the_seal_of_its_second_closing(journal: Journal) -> None:
    with journal.ctx.open():
        change_book_settings(journal.ctx, journal.book, opens_at=None, seal_recipients=["one@audit.example"])
    close(journal)
    reopen(journal)
    second = close(journal)
    with journal.ctx.open():
        assert Mail.objects.count() == 2
        assert second.hex in Mail.objects.order_by("-id")[0].text


def test_the_time_stamp_is_asked_after_the_closing_and_kept_with_it(
    journal: Journal, settings: Any, tmp_path: Path
) -> None:
    authority = Authority()
    settings.TSA_CERTIFICATE = str(tmp_path / "tsa.pem")
    (tmp_path / "tsa.pem").write_bytes(authority.pem)
    with serving(authority) as url:
        settings.TSA_URL = url
        closed = close(journal)
        assert authority.asked == 0
        assert stamp_seals(journal.machine) == 1
        assert stamp_seals(journal.machine) == 0
    with journal.ctx.open():
        kept = SealDispatch.objects.get()
        assert AuditLine.objects.filter(code="ledger.seal.stamped").count() == 1
    assert (kept.stamped_at, kept.attempts, authority.asked) == (MOMENT, 1, 1)
    assert (
        check_token(base64.b64decode(kept.answer), bytes.fromhex(closed.hex), trusted=authority.pem) == MOMENT
    )


def test_an_authority_that_is_down_holds_up_nothing_and_is_asked_again(
    journal: Journal, settings: Any
) -> None:
    authority = Authority()
    settings.TSA_URL = "http://127.0.0.1:9/"
    close(journal)
    assert stamp_seals(journal.machine) == 0
    with journal.ctx.open():
        row = SealDispatch.objects.get()
        assert Seal.objects.count() == 1
        assert list_seals(journal.book)[0].ways[0].state == "waiting"
    assert row.attempts == 1 and row.problem and row.sent_at is None
    with serving(authority) as url:
        authority.fault = "http_500"
        settings.TSA_URL = url
        assert stamp_seals(journal.machine) == 0
        authority.fault = ""
        assert stamp_seals(journal.machine) == 1
    with journal.ctx.open():
        assert (SealDispatch.objects.get().problem, SealDispatch.objects.get().attempts) == ("", 3)


@pytest.mark.parametrize("fault", ["refuse", "other_digest", "other_nonce", "broken_signature"])
def test_an_answer_that_is_no_stamp_of_the_seal_is_refused(fault: str) -> None:
    authority = Authority()
    authority.fault = fault
    with pytest.raises(StampRefused):
        read_reply(authority.reply(request_for(DIGEST, 7)), DIGEST, 7, authority.pem)


def test_a_stamp_of_somebody_else_or_of_another_trade_is_refused() -> None:
    authority, other = Authority(), Authority()
    answer = authority.reply(request_for(DIGEST, 7))
    assert read_reply(answer, DIGEST, 7).moment == MOMENT
    with pytest.raises(StampRefused, match="agreed|does not hold"):
        read_reply(answer, DIGEST, 7, other.pem)
    server = Authority(ExtendedKeyUsageOID.SERVER_AUTH)
    with pytest.raises(StampRefused, match="not for time stamping"):
        read_reply(server.reply(request_for(DIGEST, 7)), DIGEST, 7, server.pem)


def test_every_byte_of_a_token_that_is_changed_is_found_or_means_nothing() -> None:
    authority = Authority()
    token = read_reply(authority.reply(request_for(DIGEST, 7)), DIGEST, 7, authority.pem).token
    for at in range(0, len(token), 13):
        changed = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        try:
            assert check_token(changed, DIGEST, 7, authority.pem) == MOMENT, at
        except StampRefused:
            continue


def test_rubbish_is_refused_without_a_fault() -> None:
    for data in (b"", b"hello", bytes(400), request_for(DIGEST, 7)):
        with pytest.raises(StampRefused):
            read_reply(data, DIGEST, 7)
