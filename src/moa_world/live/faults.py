"""The fault menu: what may go wrong with a message, with a bank, by chance, and how often.

A rule is data; `choose` draws from the world's own seed, so the same rules and messages give the same faults.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from moa.formats.firm_banking import (
    BALANCE,
    LINE_TEST,
    MESSAGES,
    NAME_INQUIRY,
    RESULT_INQUIRY,
    TRANSFER,
    TRANSFER_TOTALS,
)

from .statements import WAYS
from .values import WorldError

CERTAIN = 10_000

# What happens to one message.
MENU = {
    "no_reply": "the request is lost on the way; nothing is booked and nothing comes back",
    "applied_no_reply": "the request is booked or answered, and the answer is lost",
    "late_reply": "the answer comes after `delay` seconds",
    "duplicate_reply": "the answer comes twice",
    "late_apply": "the request arrives only after `delay` seconds, at the latest before the bank's day ends; asked until then, the bank knows nothing; `reply` yes or no",
    "refused": "the bank refuses with `code`",
    "returned": "the transfer is answered as done, and fails after `delay` seconds: the money comes back and 3000/100 says so",
    "timeout_reply": "the request is booked, and the answer says VTIM",
    "in_process": "a result inquiry is answered with 'still in process'",
    "no_record": "a result inquiry is answered with 'no such transaction' although there is one",
    "malformed": "bytes of the answer are broken",
    "short": "the answer is cut, and its frame still says 300 bytes",
    "long": "the answer has bytes too many",
    "unexpected": "before the answer comes one that nobody asked for",
    "out_of_order": "the answer waits until another one has overtaken it, for `delay` seconds at most",
    "drop_before": "the line breaks before the request is read",
    "drop_after": "the request is booked, and the line breaks instead of an answer",
    "no_notice": "the notice of a movement is not sent",
    # Over HTTP alone.
    "error_before": "HTTP: 503 instead of an answer, and nothing is booked",
    "error_after": "HTTP: the request is booked, and 503 comes instead of its answer",
    "rate_limited": "HTTP: 429, to be asked again after `delay` seconds; nothing is booked",
    "token_revoked": "HTTP: all tokens end, and the request that brought one is refused with 401",
    "token_expired": "HTTP: the same, and the bank says that the token is too old",
    # Of a whole bank.
    "bank_down": "the bank takes no line until its day ends, or for `delay` seconds",
    "wrong_clock": "the bank's clock is `amount` seconds off in what it sends",
    "slow_clock": "the bank's clock is `amount` seconds slow until its day has ended, so that it takes transfers and writes its statement so much later; it is not taken back",
    "statement_differs": "the next statement lacks a line (`code` missing), has one that never was (extra) or another amount (amount), does not come (absent), is cut (short) or comes twice (twice)",
    "wrong_totals": "totals of transfers count one transfer of `amount` won too many",
}
OF_BANK = frozenset({"bank_down", "wrong_clock", "slow_clock", "statement_differs", "wrong_totals"})
OF_HTTP = frozenset({"error_before", "error_after", "rate_limited", "token_revoked", "token_expired"})
# What these do makes sense for one kind of message; it is meant when none is named.
_USUAL_KEY = {
    "late_apply": TRANSFER, "returned": TRANSFER, "in_process": RESULT_INQUIRY, "no_record": RESULT_INQUIRY,
}  # fmt: skip
# Messages of the HTTP interface, beside those of firm banking.
HTTP_KEYS = (
    "http/transfer",
    "http/result",
    "http/name",
    "http/balance",
    "http/transactions",
    "http/accounts",
    "http/totals",
    "http/token",
)
# A fault of a message of firm banking strikes its counterpart at a bank that speaks HTTP.
_OVER_HTTP = {
    TRANSFER: "http/transfer", RESULT_INQUIRY: "http/result", NAME_INQUIRY: "http/name", BALANCE: "http/balance",
    TRANSFER_TOTALS: "http/totals", LINE_TEST: "http/accounts",
}  # fmt: skip
DEFAULT_DELAY = 60
MOST_SLOW = 10_800


@dataclass(slots=True)
class Rule:
    """Shape: `bank`, `key`, `msg_no` empty for any; `chance` of 10000; `times` left, 0 for without end."""

    number: int
    kind: str
    bank: str = ""
    key: str = ""
    msg_no: str = ""
    chance: int = CERTAIN
    times: int = 1
    delay: int = DEFAULT_DELAY
    code: str = ""
    amount: int = 0
    reply: bool = False
    fired: int = 0

    def fits(self, bank: str, key: str, msg_no: str) -> bool:
        return (
            self.bank in ("", bank)
            and (self.key in ("", key) or _OVER_HTTP.get(self.key) == key)
            and (self.kind not in OF_HTTP or key.startswith("http/"))
            and self.msg_no in ("", msg_no)
            and not self.is_spent
        )

    @property
    def is_spent(self) -> bool:
        return self.times > 0 and self.fired >= self.times


def rule(number: int, order: dict[str, Any], banks: frozenset[str]) -> Rule:
    """A rule from what a person or a test ordered. Raises: WorldError for what the menu does not have."""
    known = set(Rule.__dataclass_fields__) - {"number", "fired"}
    if unknown := set(order) - known:
        raise WorldError(f"a fault has no {', '.join(sorted(unknown))}")
    for name in ("kind", "bank", "key", "msg_no", "code"):
        if not isinstance(order.get(name, ""), str):
            raise WorldError(f"{name} is a text")
    kind = order.get("kind", "")
    if kind not in MENU:
        raise WorldError(f"no fault {kind!r}; there are {', '.join(MENU)}")
    made = Rule(number, **order)
    made.reply = bool(made.reply)
    if made.kind == "statement_differs":
        if made.code not in ("", *WAYS):
            raise WorldError(f"a statement differs by {', '.join(WAYS)}")
    elif made.code and not (made.code.isascii() and made.code.isalnum() and len(made.code) <= 4):
        raise WorldError("code is up to four letters and digits")
    if made.bank and made.bank not in banks:
        raise WorldError(f"no bank {made.bank!r}")
    if made.key and made.key not in MESSAGES and made.key not in HTTP_KEYS:
        raise WorldError(f"no message {made.key!r}")
    numbers = {"chance": made.chance, "times": made.times, "delay": made.delay, "amount": made.amount}
    for name, value in numbers.items():
        if not isinstance(value, int) or isinstance(value, bool) or (value < 0 and name != "amount"):
            raise WorldError(f"{name} is a whole number")
    if made.kind == "slow_clock" and not 0 < made.amount <= MOST_SLOW:
        raise WorldError(f"a slow clock is up to {MOST_SLOW} seconds slow")
    if made.chance > CERTAIN:
        raise WorldError(f"chance is of {CERTAIN}")
    made.key = made.key or _USUAL_KEY.get(made.kind, "")
    if made.msg_no:
        made.msg_no = made.msg_no.zfill(6)
    return made


class Faults:
    """The rules in force, and the dice."""

    def __init__(self, seed: int) -> None:
        self.rules: list[Rule] = []
        self.rng = Random(f"{seed}/faults")
        self._given = 0

    def add(self, order: dict[str, Any], banks: frozenset[str]) -> Rule:
        made = rule(self._given + 1, order, banks)
        self._given += 1
        self.rules.append(made)
        return made

    def clear(self, number: int = 0) -> int:
        """Take one rule back, or all. Shape: how many went."""
        before = len(self.rules)
        self.rules = [each for each in self.rules if number not in (0, each.number)]
        return before - len(self.rules)

    def choose(self, bank: str, key: str, msg_no: str) -> Rule | None:
        """The first rule that fits and whose dice fall, counted as fired."""
        for each in self.rules:
            if each.kind in OF_BANK or not each.fits(bank, key, msg_no):
                continue
            if (
                each.kind == "no_notice"
                or each.chance < CERTAIN
                and self.rng.randrange(CERTAIN) >= each.chance
            ):
                continue
            each.fired += 1
            return each
        return None

    def standing(self, kind: str, bank: str) -> Rule | None:
        """A rule of a whole bank, or for notices; counted as fired."""
        for each in self.rules:
            if each.kind == kind and each.fits(bank, "", ""):
                if each.chance < CERTAIN and self.rng.randrange(CERTAIN) >= each.chance:
                    continue
                each.fired += 1
                return each
        return None

    def in_force(self, kind: str, bank: str) -> Rule | None:
        """A rule of a whole bank that lasts until it is cleared."""
        return next((each for each in self.rules if each.kind == kind and each.bank in ("", bank)), None)

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(each) for each in self.rules]
