"""Where the worker's process is killed, what its messages suffer on their way, and the faults that prove the checker.

All of it is put around the product's own calls in the process that does the work; the product knows nothing of it.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any, NamedTuple

from moa.channels.bank_profiles import BankProfile
from moa.channels.firm_banking.line import Line
from moa.entry.commands.world import ask
from moa.entry.simulation.http_troubles import trouble_http_lines
from moa.entry.simulation.plan import LASTING, LIMITS, SILENT, Payment, Plan, fault_of_question
from moa.entry.simulation.wrapping import wrap
from moa.formats.firm_banking import TRANSFER, Frame, Message, decode, envelope

_PAY = "moa.payments.operations"
_RELEASE, _INQUIRE, _NOTICES = f"{_PAY}.release_order", f"{_PAY}.inquire_attempt", f"{_PAY}.take_notices"
_EXCHANGE, _LINE, _STORE = (
    "moa.channels.firm_banking.exchange", "moa.channels.firm_banking.line", "moa.channels.message_store",
)  # fmt: skip
_HTTP, _HTTP_LINE = "moa.channels.open_banking.exchange", "moa.channels.open_banking.line"
_ATTEMPTS, _BOOKING = "moa.payments.attempts", "moa.payments.bank_booking"
_LINES = "moa.reconciliation.operations.reconcile_lines"

# DESIGN §6: module, what is called there, and on which side of it the process dies. The first ones are met by all that is sent.
ALWAYS_MET = (
    (_RELEASE, "begin_attempts", "after"), (_RELEASE, "_mark_stored", "after"), (_EXCHANGE, "store_requests", "after"),
    (_RELEASE, "send_attempts", "before"),
)  # fmt: skip
WINDOWS = (
    *ALWAYS_MET, (_RELEASE, "_make_attempts", "after"), (_RELEASE, "_claim", "after"), (_EXCHANGE, "store_requests", "before"),
    (_LINE, "Line.send", "before"), (_LINE, "Line.send", "after"), (_EXCHANGE, "mark_sent", "after"),
    (_EXCHANGE, "store_received", "before"), (_EXCHANGE, "store_received", "after"),
    (_HTTP, "store_requests", "after"), (_HTTP_LINE, "HttpLine.send", "after"), (_HTTP, "store_heard", "after"),
    (_HTTP, "mark_understood", "after"), (_EXCHANGE, "mark_understood", "after"), (_EXCHANGE, "store_replies", "after"), (_RELEASE, "send_attempts", "after"),
    (_RELEASE, "take_words", "before"), (_RELEASE, "take_words", "after"), (_RELEASE, "take_answers", "after"),
    (_ATTEMPTS, "keep_words", "after"), (_ATTEMPTS, "move_attempts", "after"), (_ATTEMPTS, "settle_orders", "after"),
    (_INQUIRE, "_begin", "after"), (_INQUIRE, "take_results", "before"), (_INQUIRE, "take_words", "after"),
    (_INQUIRE, "take_results", "after"), (_INQUIRE, "_totals_agree", "after"), (_NOTICES, "_take", "before"),
    (_NOTICES, "take_word", "after"), (_NOTICES, "_take", "after"), (_BOOKING, "post_decided", "after"),
    (_BOOKING, "end_holds", "after"), (_BOOKING, "move_orders", "after"), (f"{_PAY}.create_order", "ask_payee", "after"),
    (f"{_PAY}.create_order", "submit_order", "after"), (f"{_PAY}.decide_order", "set_aside", "after"),
    (f"{_PAY}.resend_order", "place_hold", "after"), (f"{_PAY}.submit_bundle", "ask_all", "after"),
    (f"{_PAY}.submit_bundle", "_file", "after"), (f"{_PAY}.submit_series", "_file", "after"),
    (f"{_PAY}.make_occurrence", "_ask_again", "after"), (f"{_PAY}.make_occurrence", "_make", "after"), (_LINES, "_book_claimed", "after"), (_LINES, "register_lines", "after"),
    ("moa.entry.simulation.worker", "import_file", "before"), ("moa.ledger.operations.close_day", "take_seal", "after"),
)  # fmt: skip
# What is sent together passes them once.
_FIRST_IS_SEEN_SOON = 4
# Seconds: for an answer that comes, for one that does not, for what the bank may still say by itself.
_PATIENT, _IMPATIENT, _LISTENING = 8, 0.06, 0.03


class Kill(NamedTuple):
    """Shape: the process dies when it passes `window` for the `passes`-th time."""

    window: tuple[str, str, str]
    passes: int


def kills_of(seed: int, payments: int) -> list[Kill]:
    """Five to twelve, the first one where all that is sent passes."""
    rng = Random(f"moa/{seed}/{payments}/kills")
    kills = [Kill(rng.choice(ALWAYS_MET), 1 + rng.randrange(max(1, min(payments // 6, _FIRST_IS_SEEN_SOON))))]
    others = range(4 + rng.randrange(8))
    return kills + [
        Kill(rng.choice(WINDOWS), 1 + rng.randrange(max(1, min(payments // 10, 6)))) for _ in others
    ]


def arm(kills: Sequence[Kill], told: Callable[[int], None]) -> None:
    """`told` hears which of them it is, just before."""
    for number, kill in enumerate(kills):
        _arm(kill, number, told)


def _arm(kill: Kill, number: int, told: Callable[[int], None]) -> None:
    left = kill.passes

    def pass_by() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            told(number)
            os.kill(os.getpid(), signal.SIGKILL)

    module, name, side = kill.window

    def around(does: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*values: Any, **more: Any) -> Any:
            if side == "before":
                pass_by()
            said = does(*values, **more)
            if side == "after":
                pass_by()
            return said

        return wrapped

    wrap(module, name, around)


class TroubledLine(Line):
    """A line on which each message meets what the plan has for it; whoever waits in vain does not wait long."""

    plan: Plan
    payments: dict[int, Payment]

    def __init__(self, host: str, port: int, *, seconds: Any) -> None:
        super().__init__(host, port, seconds=seconds)
        self._expected: set[tuple[str, str | None]] = set()

    def send(self, payload: bytes) -> None:
        message = decode(payload)
        kind = "" if message.kind.is_answer else self._trouble(message)
        if kind not in SILENT and not message.kind.is_answer:
            self._expected.add((message["msg_no"], message.kind.answer_key))
        self.seconds = _PATIENT if self._expected else _IMPATIENT
        super().send(payload)

    def receive(self, wanted: int = 1) -> list[Frame]:
        frames = super().receive(wanted)
        for frame in frames:
            said = envelope(frame.payload)
            self._expected.discard((said.msg_no, said.key))
        if not self._expected:
            # All that the bank says at once is here at once.
            self._waiting_until = min(self._waiting_until, time.monotonic() + _LISTENING)
        return frames

    def _trouble(self, message: Message) -> str:
        """Order what strikes this very message. Shape: its kind."""
        fault = self._of_transfer(message) if message.key == TRANSFER else self._of_question(message)
        if not fault:
            return ""
        ask(
            "POST", "/faults",
            {**fault, "bank": message["bank_code"], "key": message.key, "msg_no": message["msg_no"], "times": 1},
        )  # fmt: skip
        return str(fault["kind"])

    def _of_transfer(self, message: Message) -> dict[str, Any]:
        """The first try alone is struck, but what the bank says for good it says to each."""
        payment = self.payments.get(message.number("amount"))
        if payment is None or not payment.fault:
            return {}
        is_first = message["cms_code"].strip().endswith("0001")
        return payment.fault if is_first or payment.fault["kind"] in LASTING else {}

    def _of_question(self, message: Message) -> dict[str, Any]:
        day = message["send_date"]
        if day >= f"{self.plan.faulty_until:%Y%m%d}":
            return {}
        return fault_of_question(self.plan.seed, message.key, message["bank_code"], day, message["msg_no"])


def limit_transfers() -> None:
    """What the banks take at a time here, for whoever divides a payment."""

    def around(does: Callable[[str], BankProfile]) -> Callable[[str], BankProfile]:
        return lambda code: replace(does(code), most_minor=LIMITS[code]) if code in LIMITS else does(code)

    for module in ("moa.payments.reading", "moa.payments.bank_reading"):
        wrap(module, "profile_of", around)


def trouble_lines(plan: Plan) -> None:
    TroubledLine.plan, TroubledLine.payments = plan, plan.by_amount
    wrap("moa.channels.firm_banking.channel", "Line", lambda line: TroubledLine)
    trouble_http_lines(plan)
