"""Sample values of the closing page: ready, blocked with a refusal, and a book that was just set up."""

from __future__ import annotations

from types import SimpleNamespace as Values
from typing import Any

from moa.ledger.check_sentences import OF_DAYS, OF_PERIODS
from moa.ledger.web.day_words import STATES
from moa.ledger.web.views_closing import ReopeningForm, SettingsForm
from moa.ledger.web.views_closing_run import STEP_WORDS
from moa.ledger.web.views_proof import ProofForm
from tests.ui.pages.group_values import TODAY, at, june

SEAL = "c38828e1dd177cc07ff333a763428263305518d4b2135647bb0f916d92039d78"


def _checks(words: Any, wrong: str = "", *, later: bool = False) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "ok": name != wrong, "later": later and name == wrong, "url": "/imports" if name == wrong else "",
         "each": [("/ledger/vouchers/drafts/12", "D12")] if name == wrong else [],
         "text": "KB국민 ···4182 계좌의 2026-06-24 거래명세가 없습니다." if name == wrong else one.well}
        for name, one in words.items()
    ]  # fmt: skip


def _seals() -> list[Values]:
    sent = Values(way="mail", state="sent", problem="", dispatch=Values(stamped_at=None))
    stamp = Values(way="timestamp", state="sent", problem="", dispatch=Values(stamped_at=at(23, 18, 3)))
    waits = Values(way="timestamp", state="waiting", problem="TimeoutError", dispatch=Values(stamped_at=None))
    failed = Values(way="mail", state="failed", problem="", dispatch=Values(stamped_at=None))
    return [
        Values(ways=ways, seal=Values(id=number, business_date=june(day), revision=revision, closed_at=at(day, 18, 2, 7),
                                      closed_by=Values(name="정하은"), hex=SEAL))
        for number, day, revision, ways in ((3, 23, 2, [sent, stamp]), (2, 23, 1, [failed, waits]), (1, 22, 1, []))
    ]  # fmt: skip


def closing_run(how: str, failed: list[dict[str, Any]]) -> dict[str, Any] | None:
    """`how`: running, done, lost, or blocked for one that was refused."""
    if how not in ("running", "done", "lost", "blocked"):
        return None
    steps = [
        (words, "done" if n < 3 else "now" if n == 3 else "later")
        for n, words in enumerate(STEP_WORDS.values())
    ]
    return {
        "id": 4, "kind": "day", "target": "2026-06-24", "state": "refused" if how == "blocked" else how, "busy": how == "running",
        "steps": steps, "done": 3, "total": len(steps), "by": "정하은", "asked_at": at(24, 18, 1), "ended_at": at(24, 18, 2),
        "refusal": Values(what="영업일을 아직 마감할 수 없습니다", mend="점검을 바로잡으십시오"), "checks": failed,
        "result": {"seal": SEAL, "vouchers": 41, "entries": 82, "next_day": "2026-06-25", "next_is_open": True},
        "act": "close", "may_again": how != "done",
    }  # fmt: skip


def closing_page(how: str = "") -> dict[str, Any]:
    """`how`: empty when all holds, blocked when a closing was refused, new when no day was closed yet."""
    new, blocked = how == "new", how == "blocked"
    state = "waiting" if new else "open"
    checks = _checks(OF_DAYS, "bank_statements_imported" if blocked else "")
    month = _checks({name: OF_PERIODS[name] for name in ("days_closed",)}, "days_closed", later=True)
    year = _checks(OF_PERIODS, "leave_to_carry" if blocked else "")
    everything = dict.fromkeys(("close", "open", "reopen", "period", "settings", "proof"), True)
    return {
        "here": "closing", "book": Values(code="SC", opens_at=None), "book_name": "그룹 결제센터",
        "books": [{"code": "SC", "name": "그룹 결제센터"}, {"code": "CN", "name": "中国结算中心"}],
        "day": Values(business_date=TODAY, state=state, last_closed=None if new else june(23)),
        "today": june(23), "early": how == "running", "tone": STATES[state][0], "word": STATES[state][1], "checks": checks, "ready": not blocked,
        "refusal": Values(what="마감하지 못했습니다", mend="점검을 바로잡으십시오") if blocked else None,
        "run": closing_run(how, [one for one in checks if not one["ok"]]),
        "periods": [
            {"kind": "month", "name": "2026-06", "ready": False, "checks": month},
            {"kind": "year", "name": "2026", "ready": not blocked, "checks": year},
        ],
        "closed_periods": [] if new else [
            {"name": "2025", "row": Values(id=1, revision=1, closed_at=at(2, 9, 0), closed_by=Values(name="정하은"), hex=SEAL,
                                           document_id=7)},
            {"name": "2026-05", "row": Values(id=2, revision=2, closed_at=at(1, 9, 0), closed_by=Values(name="정하은"), hex=SEAL,
                                              document_id=None)},
        ],
        "seals": [] if new else _seals(), "reopening": ReopeningForm({"reason": ""}) if blocked else ReopeningForm(),
        "settings": SettingsForm({"opens_at": "25시"}) if blocked else SettingsForm(),
        "open_request": Values(id=1) if how == "asked" else None, "verification": None if new else Values(at=at(24, 2, 0), vouchers=1234, entries=5678, differences=2 if blocked else 0),
        "may": everything,
    }  # fmt: skip


def proof_page(how: str) -> dict[str, Any]:
    """`how`: new before the first closing, refused, or empty."""
    seals = [] if how == "new" else _seals()
    day = {"first": "2026-06-23", "last": "x"}
    return {
        "here": "proof", "book": Values(code="SC"), "book_name": "그룹 결제센터", "books": [("SC", "그룹 결제센터"), ("CN", "中国结算中心")],
        "form": ProofForm(day) if how == "refused" else ProofForm(initial={"first": june(23), "last": june(23)}), "seals": seals,
        "refusal": Values(what="마감하지 않은 날이 있습니다", mend="마감하거나 기간을 줄이세요") if how == "refused" else None,
        "beside": ["verify_proof.py", "format.md"],
        "example": f"python verify_proof.py SC-2026-06-23-2026-06-23.proof --seal 2026-06-23={SEAL}" if seals else "",
    }  # fmt: skip
