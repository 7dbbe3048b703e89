"""Requests and their answers, and what the fault menu does to them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from moa.formats.firm_banking import (
    BALANCE,
    CLOSE,
    LINE_TEST,
    MISSING_NOTICE,
    NAME_INQUIRY,
    NOTICE_TOTALS,
    OPEN,
    RESULT_INQUIRY,
    TRANSFER,
    TRANSFER_TOTALS,
    Message,
    answer,
    encode,
    framed,
)

from . import answers
from .desk import BALANCE_TOO_SMALL, DONE, IN_PROCESS, NO_RECORD, NOT_OFFERED, OTHER_DAY, UNKNOWN_COMPANY
from .faults import Rule
from .population import COMPANY
from .values import Hang, Order, Transfer, TransferState

if TYPE_CHECKING:
    from .world import World

_ONE_SECOND = timedelta(seconds=1)
_WRONG_TOTAL = 1_000_000


class Exchange:
    """Shape: `held` are answers that wait to be overtaken, by bank."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.held: dict[str, list[bytes]] = {}

    def request(self, session: int, bank: str, message: Message, body: bytes, secret_holds: bool) -> None:
        """A sound request of the company at its bank."""
        fault = self.world.faults.choose(bank, message.key, message["msg_no"])
        if fault is not None:
            self.world.note(
                "strikes", fault=fault.number, kind=fault.kind, key=message.key, msg_no=message["msg_no"]
            )
        kind = fault.kind if fault else ""
        if kind == "no_reply":
            return
        if kind == "drop_before":
            self._break(session)
            return
        if fault is not None and kind == "late_apply" and message.key == TRANSFER:
            self._hold_request(session, bank, message, body, secret_holds, fault)
            return
        reply = self._answer(bank, session, message, body, secret_holds, fault)
        self._deliver(bank, session, message, reply, fault)

    def _answer(
        self, bank: str, session: int, message: Message, body: bytes, secret_holds: bool, fault: Rule | None
    ) -> bytes:
        desk = self.world.desks[bank]
        forced = (fault.code or BALANCE_TOO_SMALL) if fault and fault.kind == "refused" else ""
        if message.key == TRANSFER:
            now = self.world.clock(bank)
            closed = desk.line_code(message, now)
            outcome = desk.take(_order(message, body), closed, secret_holds, now, forced)
            if fault and fault.kind == "returned" and isinstance(outcome, Transfer):
                self.plan_return(bank, outcome, fault.delay)
            return answers.of_transfer(message, outcome)
        if forced:
            return answer(message, forced)
        if message["company_no"] != COMPANY:
            return answer(message, UNKNOWN_COMPANY)
        if message.key == OPEN:
            if bank in self.world.slow and message["send_date"] > f"{self.world.clock(bank):%Y%m%d}":
                # A bank that is late lets no day be opened before it is on it.
                return answer(message, OTHER_DAY)
            desk.opened_on = f"{self.world.clock(bank):%Y%m%d}"
            self.world.outboxes[bank].repeat_all(self.world, session)
        elif message.key == CLOSE:
            desk.opened_on = ""
        return self._of_question(bank, message, fault.kind if fault else "")

    def _of_question(self, bank: str, message: Message, fault: str) -> bytes:
        desk = self.world.desks[bank]
        if message.key == RESULT_INQUIRY:
            if fault in ("in_process", "no_record"):
                return answer(message, DONE, {"result": IN_PROCESS if fault == "in_process" else NO_RECORD})
            return answers.of_result_inquiry(message, desk, self.world.clock_error(bank))
        if message.key == TRANSFER_TOTALS:
            wrong = self.world.faults.standing("wrong_totals", bank)
            return answers.of_transfer_totals(message, desk, (wrong.amount or _WRONG_TOTAL) if wrong else 0)
        questions = {
            OPEN: lambda: answer(message, DONE),
            CLOSE: lambda: answer(message, DONE),
            LINE_TEST: lambda: answer(message, DONE),
            NAME_INQUIRY: lambda: answers.of_name_inquiry(message, desk),
            BALANCE: lambda: answers.of_balance(message, desk),
            NOTICE_TOTALS: lambda: answers.of_notice_totals(message, desk),
            MISSING_NOTICE: lambda: answers.of_missing_notice(message, desk),
        }
        asked = questions.get(message.key)
        return asked() if asked else answer(message, NOT_OFFERED)

    # What becomes of an answer ---------------------------------------------------------------------------

    def _deliver(self, bank: str, session: int, message: Message, reply: bytes, fault: Rule | None) -> None:
        kind = fault.kind if fault else ""
        if kind == "applied_no_reply":
            return
        if kind == "drop_after":
            self._break(session)
            return
        if fault is not None and kind in ("late_reply", "out_of_order"):
            self._delay(bank, session, reply, fault)
            return
        if kind == "timeout_reply":
            reply = answer(message, "VTIM")
        self.world.send(bank, session, self._spoilt(framed(reply), message, kind))
        if kind == "duplicate_reply":
            self.world.send(bank, session, framed(reply))
        for overtaken in self.held.pop(bank, []):
            self.world.send(bank, session, framed(overtaken))

    def _spoilt(self, frame: bytes, message: Message, kind: str) -> bytes:
        """Where the bytes suffer is drawn from the seed."""
        rng = self.world.rng
        at = rng.randrange(4, len(frame)) if kind in ("malformed", "short", "long") else 0
        if kind == "malformed":
            return frame[:at] + bytes([frame[at] ^ 0x80]) * min(8, len(frame) - at) + frame[at + 8 :]
        if kind == "short":
            return frame[:at]
        if kind == "long":
            return frame[:at] + b"?" * rng.randrange(1, 60) + frame[at:]
        if kind == "unexpected":
            stranger = f"{(int(message['msg_no']) + 400_000) % 950_000 + 1:06}"
            asked = {name: message[name] for name in ("company_no", "bank_code", "send_date", "send_time")}
            body = {"resp_code": DONE, "msg_no": stranger, "account_no": "0000000000"}
            return framed(encode("7100/200", {**asked, **body})) + frame
        return frame

    def _delay(self, bank: str, session: int, reply: bytes, fault: Rule) -> None:
        due = self.world.now + fault.delay * _ONE_SECOND
        if fault.kind == "out_of_order":
            self.held.setdefault(bank, []).append(reply)
            self.world.schedule(due, "overtaken", {"bank": bank, "session": session})
        else:
            self.world.schedule(due, "send", {"bank": bank, "session": session, "data": reply})

    def _break(self, session: int) -> None:
        self.world.sessions.pop(session, None)
        self.world.effects.append(Hang(session))

    # Later -------------------------------------------------------------------------------------------

    def _hold_request(
        self, session: int, bank: str, message: Message, body: bytes, secret_holds: bool, fault: Rule
    ) -> None:
        """It arrives after all, but never after the bank's day: then it can't have happened any more."""
        latest = self.world.closing(bank) - _ONE_SECOND
        due = max(self.world.now, min(self.world.now + fault.delay * _ONE_SECOND, latest))
        facts = {
            "bank": bank, "session": session, "message": message, "body": body, "secret_holds": secret_holds,
            "reply": fault.reply,
        }  # fmt: skip
        self.world.schedule(due, "arrive", facts)

    def arrive_late(self, facts: dict[str, Any]) -> None:
        bank, message = facts["bank"], facts["message"]
        self.world.note("arrives", bank=bank, key=message.key, msg_no=message["msg_no"])
        reply = self._answer(bank, facts["session"], message, facts["body"], facts["secret_holds"], None)
        if facts["reply"]:
            self.world.send(bank, facts["session"], framed(reply))

    def send_late(self, facts: dict[str, Any]) -> None:
        self.world.send(facts["bank"], facts["session"], framed(facts["data"]))

    def let_go(self, facts: dict[str, Any]) -> None:
        """Nobody overtook it in time."""
        for reply in self.held.pop(facts["bank"], []):
            self.world.send(facts["bank"], facts["session"], framed(reply))

    def plan_return(self, bank: str, transfer: Transfer, delay: int) -> None:
        if transfer.state == TransferState.DONE:
            due = self.world.now + delay * _ONE_SECOND
            self.world.schedule(due, "give_back", {"bank": bank, "transfer": transfer})

    def give_back(self, facts: dict[str, Any]) -> None:
        bank, transfer = facts["bank"], facts["transfer"]
        if not self.world.can_book(bank):
            self.world.schedule(self.world.opening(bank), "give_back", facts)
            return
        if self.world.desks[bank].give_back(transfer, self.world.clock(bank)):
            if transfer.company == COMPANY:
                self.world.outboxes[bank].tell_failure(self.world, transfer)
            self.world.note("returned", bank=bank, msg_no=transfer.msg_no)
        else:
            self.world.note("not_returned", bank=bank, msg_no=transfer.msg_no)


def _order(message: Message, body: bytes) -> Order:
    return Order(
        day=message["send_date"],
        company=message["company_no"],
        number=message["msg_no"],
        debit_account=message["debit_account"],
        credit_bank=message["credit_bank"],
        credit_account=message["credit_account"],
        amount=message.number("amount"),
        memo=message["memo"],
        reference=message["cms_code"],
        body=body,
    )
