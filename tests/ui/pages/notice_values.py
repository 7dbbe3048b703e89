"""Sample values of the pages of notices and mails."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from moa.control.mail_transport import PASSING
from moa.control.models import Mail
from moa.control.notice_inbox import Choice
from moa.control.web.notices_table import NOTICES
from moa.control.web.views_notices import CHANNEL_WORDS, PACE_WORDS
from tests.ui.pages.group_values import at
from tests.ui.pages.list_values import sample


def inbox(empty: bool = False) -> dict[str, Any]:
    told = [
        _row(3, "accounts.incoming", {"bank": "신한"}, "/transactions/1", "unread", at(24, 10, 41)),
        _row(2, "accounts.import_refused", {"file": "KB_0623.csv"}, "/imports/1", "read", at(23, 9, 2)),
        _row(1, "control.mail_failed", {}, "", "done", at(22, 8, 0)),
    ]  # fmt: skip
    table = sample(NOTICES, [] if empty else told, at(24, 10, 41))
    return {"view": "open", "table": table, "unread": 0 if empty else 3}


def _row(number: int, kind: str, facts: dict[str, Any], link: str, state: str, made_at: datetime) -> Any:
    return NOTICES.row_type(
        id=number, facts=json.dumps(facts), link=link, made_at=made_at, kind=kind, state=state
    )


def settings() -> dict[str, Any]:
    choices = [
        Choice("accounts.incoming", "큰 입금", "both", "now", True),
        Choice("accounts.import_refused", "거부된 파일", "app", "digest", False),
        Choice("control.access_changed", "로그인 방법이 바뀌었습니다", "both", "now", False, True),
    ]
    return {
        "choices": choices, "channels": CHANNEL_WORDS, "paces": PACE_WORDS, "email": "jung@haeon.example", "saved": True,
    }  # fmt: skip


def mails() -> dict[str, Any]:
    common = {"to_address": "jung@haeon.example", "subject": "자금일보 2026-06-23", "made_at": at(24, 8, 0)}
    found = [
        Mail(
            id=3,
            state="failed",
            attempts=9,
            fault="mail_refused",
            problem="550 no such user",
            next_at=at(24, 8, 0),
            **common,
        ),
        Mail(
            id=2,
            state="queued",
            attempts=2,
            fault="mail_server_silent",
            problem="TimeoutError",
            next_at=at(24, 12, 0),
            **common,
        ),
        Mail(id=1, state="sent", sent_at=at(24, 8, 1), attempts=1, next_at=at(24, 8, 0), **common),
    ]
    return {"mails": found, "passing": PASSING}
