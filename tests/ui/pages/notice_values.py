"""Sample values of the pages of notices and mails."""

from __future__ import annotations

from typing import Any

from moa.control.models import Mail
from moa.control.notice_inbox import Choice, ShownNotice
from moa.control.web.views_notices import CHANNEL_WORDS, PACE_WORDS
from tests.ui.pages.group_values import at

SENTENCE = "신한 ···4182: 6/24 동해제강(주)에서 KRW 350,000,000 입금"


def inbox(empty: bool = False) -> dict[str, Any]:
    told = [
        ShownNotice(3, "accounts.incoming", "큰 입금", SENTENCE, "paid", "/transactions/1", "unread", at(24, 10, 41)),
        ShownNotice(2, "accounts.import_refused", "거부된 파일", "KB_0623.csv: 오류 3건", "failed", "/imports/1", "read", at(23, 9, 2)),
        ShownNotice(1, "control.mail_failed", "전달되지 않은 메일", "자금일보", "failed", "", "done", at(22, 8, 0)),
    ]  # fmt: skip
    return {
        "view": "open",
        "notices": [] if empty else told,
        "unread": 0 if empty else 3,
        "older_url": "?before=1",
    }


def settings() -> dict[str, Any]:
    choices = [
        Choice("accounts.incoming", "큰 입금", "both", "now", True),
        Choice("accounts.import_refused", "거부된 파일", "app", "digest", False),
    ]
    return {
        "choices": choices, "channels": CHANNEL_WORDS, "paces": PACE_WORDS, "email": "jung@haeon.example", "saved": True,
    }  # fmt: skip


def mails() -> dict[str, Any]:
    common = {"to_address": "jung@haeon.example", "subject": "자금일보 2026-06-23", "made_at": at(24, 8, 0)}
    found = [
        Mail(id=3, state="failed", attempts=9, problem="550 no such user", next_at=at(24, 8, 0), **common),
        Mail(id=2, state="queued", attempts=2, problem="TimeoutError", next_at=at(24, 12, 0), **common),
        Mail(id=1, state="sent", sent_at=at(24, 8, 1), attempts=1, next_at=at(24, 8, 0), **common),
    ]
    return {"mails": found}
