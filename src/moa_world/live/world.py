"""The world: events in, effects out. It holds no socket and reads no clock, so it can be played again.

An event is a JSON object with `do` and the moment `at`; before it happens, everything that fell due until then does.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from moa.formats.firm_banking import MessageRefused, blank, decode, poll_answer
from moa_world.calendars import bank_calendar

from . import population
from .books import Books, movements_on
from .desk import Desk
from .exchange import Exchange
from .faults import Faults, Rule
from .open_banking import OpenBanking
from .outbox import Outbox
from .statements import statement_files
from .values import Effect, Hang, Note, Send, Store, WorldError

ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Session:
    """One connection of the company. Shape: a receiver only takes what the bank sends."""

    bank: str
    is_receiver: bool


class World:
    """Shape: `now` is the virtual moment, naive, in Korean time."""

    def __init__(self, seed: int, start: datetime, balances: Mapping[str, int] | None = None) -> None:
        self.seed, self.now = seed, start
        self.profiles = population.banks()
        self.books = Books(population.accounts(seed, balances or {}))
        calendar = bank_calendar("KR")
        self.desks = {code: Desk(profile, self.books, calendar) for code, profile in self.profiles.items()}
        self.outboxes = {code: Outbox(code) for code in self.profiles}
        self.faults = Faults(seed)
        self.exchange = Exchange(self)
        self.open_banking = OpenBanking(self)
        self.sessions: dict[int, Session] = {}
        self.down_until: dict[str, datetime] = {}
        self.slow: dict[str, timedelta] = {}
        self.effects: list[Effect] = []
        self._due: list[tuple[datetime, int, str, dict[str, Any]]] = []
        self._scheduled = 0
        self.rng = self.faults.rng
        self._events: dict[str, Callable[[dict[str, Any]], None]] = {
            "connect": self._connect,
            "hang": self._hang,
            "frame": self._frame,
            "step": lambda event: None,
            "fault": self._fault,
            "clear": self._clear,
            "pay": self._pay,
            "http": self._http,
            "revoke": self._revoke,
        }
        self._actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "day_end": self._day_end,
            "send": self.exchange.send_late,
            "arrive": self.exchange.arrive_late,
            "give_back": self.exchange.give_back,
            "overtaken": self.exchange.let_go,
            "http_reply": self.open_banking.reply_late,
            "http_arrive": self.open_banking.arrive_late,
        }
        for code in self.profiles:
            self.schedule(self._closing(code, start.date()), "day_end", {"bank": code})

    # Events ------------------------------------------------------------------------------------------

    def apply(self, event: dict[str, Any]) -> list[Effect]:
        """Let time run to the event, let it happen, and tell what it caused.

        Raises: WorldError; then only time has passed, and what that caused is told with the next event.
        """
        do = self._events.get(event.get("do", ""))
        if do is None:
            raise WorldError(f"no event {event.get('do')!r}")
        self._run_to(max(self.now, datetime.fromisoformat(event["at"])))
        do(event)
        effects, self.effects = self.effects, []
        return effects

    def next_due(self) -> datetime:
        """When something happens by itself next."""
        return self._due[0][0]

    def schedule(self, due: datetime, what: str, facts: dict[str, Any]) -> None:
        self._scheduled += 1
        heapq.heappush(self._due, (due, self._scheduled, what, facts))

    def _run_to(self, moment: datetime) -> None:
        while self._due and self._due[0][0] <= moment:
            due, _number, what, facts = heapq.heappop(self._due)
            self.now = max(self.now, due)
            self._actions[what](facts)
            self.tell_movements()
        self.now = moment

    # Lines ---------------------------------------------------------------------------------------------

    def _connect(self, event: dict[str, Any]) -> None:
        session, bank = event["session"], event["bank"]
        if bank not in self.desks:
            raise WorldError(f"no bank {bank!r}")
        if self.is_down(bank) or not self.profiles[bank].has_lines:
            self.note("refused_line", bank=bank)
            self.effects.append(Hang(session))
            return
        self.sessions[session] = Session(bank, bool(event.get("receiver")))
        if event.get("receiver"):
            self.outboxes[bank].repeat_all(self, session)

    def _hang(self, event: dict[str, Any]) -> None:
        self.sessions.pop(event["session"], None)

    def _frame(self, event: dict[str, Any]) -> None:
        session = self.sessions.get(event["session"])
        if session is None:
            return
        kind, payload = event["kind"], unpacked(event)
        if kind == "poll":
            self.send(session.bank, event["session"], poll_answer(payload))
        elif kind == "message":
            self._message(event["session"], session.bank, payload, bool(event.get("secret_holds")))
        else:
            self.note("unread", bank=session.bank, kind=kind, bytes=len(payload))
        self.tell_movements()

    def _message(self, session: int, bank: str, data: bytes, secret_holds: bool) -> None:
        try:
            message = decode(data)
        except MessageRefused as refused:
            self.note("unreadable", bank=bank, why=str(refused))
            return
        if message["bank_code"] != bank:
            self.note("other_bank", bank=bank, said=message["bank_code"])
        elif message.kind.is_answer:
            self.outboxes[bank].acknowledge(message)
        elif message.kind.sender == "bank":
            self.note("not_for_a_bank", bank=bank, key=message.key)
        else:
            self.exchange.request(session, bank, message, blank(data)[100:], secret_holds)

    def route(self, bank: str, session: int) -> int | None:
        """Where what the bank says goes: its newest receiving line, else the line asked on, else its newest line."""
        lines = [number for number, each in self.sessions.items() if each.bank == bank]
        receivers = [number for number in lines if self.sessions[number].is_receiver]
        if receivers:
            return max(receivers)
        if session in lines:
            return session
        return max(lines, default=None)

    def send(self, bank: str, session: int, data: bytes) -> bool:
        """Bytes with their frame to the company; False when there is no line, and they are lost."""
        line = self.route(bank, session)
        if line is None:
            self.note("lost", bank=bank, bytes=len(data))
            return False
        self.effects.append(Send(line, data))
        return True

    def hang_up(self, bank: str) -> None:
        for number in [number for number, each in self.sessions.items() if each.bank == bank]:
            del self.sessions[number]
            self.effects.append(Hang(number))

    def is_down(self, bank: str) -> bool:
        return bank in self.down_until and self.now < self.down_until[bank]

    # Days and movements ----------------------------------------------------------------------------------

    def _closing(self, bank: str, day: date) -> datetime:
        return datetime.combine(day, self.profiles[bank].closes)

    def clock(self, bank: str) -> datetime:
        """What time this bank believes it to be."""
        return self.now - self.slow.get(bank, timedelta(0))

    def closing(self, bank: str) -> datetime:
        """When this bank's present day ends by its own clock, or the next one when it has ended."""
        believed = self.clock(bank)
        end = self._closing(bank, believed.date())
        return end + (self.now - believed) if believed < end else end + ONE_DAY

    def _day_end(self, facts: dict[str, Any]) -> None:
        bank = facts["bank"]
        day = self.clock(bank).date()
        if self.clock(bank) < self._closing(bank, day):
            self.schedule(self.closing(bank), "day_end", facts)
            return
        self.slow.pop(bank, None)
        self.down_until.pop(bank, None)
        if self._has_day(bank, day):
            rule = self.faults.standing("statement_differs", bank)
            differs = (rule.code or "missing") if rule else ""
            for path, data in statement_files(
                self.books, self.profiles[bank], day, differs, self._day_before(bank, day)
            ):
                self.effects.append(Store(path, data))
            self.note("day_end", bank=bank, day=day.isoformat(), differs=differs)
        self.desks[bank].opened_on = ""
        self.schedule(self._closing(bank, day + ONE_DAY), "day_end", {"bank": bank})

    def _has_day(self, bank: str, day: date) -> bool:
        """Whether there is a statement of the day: also when money came in from banks that work while this one rests."""
        if bank_calendar("KR").is_business(day) or self.profiles[bank].works_on_holidays:
            return True
        return any(movements_on(each, day) for each in self.books.of_bank(bank) if each.is_ours)

    def _day_before(self, bank: str, day: date) -> date:
        """The last one before of which there is a statement."""
        before = day - ONE_DAY
        while not self._has_day(bank, before):
            before -= ONE_DAY
        return before

    def opening(self, bank: str) -> datetime:
        """When this bank begins to book next."""
        opens = datetime.combine(self.now.date(), self.profiles[bank].opens)
        return opens if self.now < opens else opens + ONE_DAY

    def can_book(self, bank: str) -> bool:
        """Between the end of its day and the next morning a bank books nothing, or no statement would have it."""
        profile = self.profiles[bank]
        return profile.opens <= self.clock(bank).time() < profile.closes

    def clock_error(self, bank: str) -> timedelta:
        wrong = self.faults.in_force("wrong_clock", bank)
        return timedelta(seconds=wrong.amount if wrong else 0)

    def tell_movements(self) -> None:
        """Notices of what moved on the company's accounts, by the bank that keeps each."""
        for desk in self.desks.values():
            moved, desk.moved = desk.moved, []
            for account, movement in moved:
                if account.is_ours and self.profiles[account.bank].sends_notices:
                    self.outboxes[account.bank].tell_movement(self, account, movement)

    # Orders ------------------------------------------------------------------------------------------

    def _fault(self, event: dict[str, Any]) -> None:
        added = self.faults.add(dict(event["fault"]), frozenset(self.desks))
        self.note("fault", number=added.number, kind=added.kind, bank=added.bank)
        if added.kind == "bank_down":
            self._take_down(added, event["fault"])
        if added.kind == "slow_clock":
            self._go_slow(added)

    def _go_slow(self, added: Rule) -> None:
        """Only a bank in the midst of its day has one that can end later."""
        for bank in [added.bank] if added.bank else list(self.desks):
            if self.can_book(bank):
                self.slow[bank] = timedelta(seconds=added.amount)
                added.fired += 1

    def _take_down(self, added: Rule, order: dict[str, Any]) -> None:
        for bank in [added.bank] if added.bank else list(self.desks):
            lasts = timedelta(seconds=added.delay)
            self.down_until[bank] = self.now + lasts if "delay" in order else self.closing(bank)
            self.hang_up(bank)
        added.fired += 1

    def _clear(self, event: dict[str, Any]) -> None:
        number = int(event.get("number") or 0)
        for each in self.faults.rules:
            if each.kind == "bank_down" and number in (0, each.number):
                for bank in [each.bank] if each.bank else list(self.desks):
                    self.down_until.pop(bank, None)
        self.note("cleared", count=self.faults.clear(number))

    def _http(self, event: dict[str, Any]) -> None:
        self.open_banking.request(event)
        self.tell_movements()

    def _revoke(self, event: dict[str, Any]) -> None:
        self.note("revoked", tokens=self.open_banking.revoke())

    def _pay(self, event: dict[str, Any]) -> None:
        payer = self.books.find(str(event.get("from_bank")), str(event.get("from_account")))
        account = self.books.find(str(event.get("bank")), str(event.get("account")))
        amount = event.get("amount")
        if (
            payer is None
            or account is None
            or not account.is_ours
            or not isinstance(amount, int)
            or amount <= 0
        ):
            raise WorldError(
                "pay needs a payer's account, one of the company's accounts and an amount of won"
            )
        if not self.can_book(account.bank):
            raise WorldError("the banks rest; pay between 00:30 and 23:30")
        try:
            self.desks[account.bank].pay_in(payer, account, amount, str(event.get("memo", "")), self.now)
        except ArithmeticError:
            raise WorldError("the payer has too little") from None
        self.tell_movements()

    def note(self, what: str, **facts: Any) -> None:
        self.effects.append(Note(what, facts))


def packed(data: bytes) -> dict[str, str]:
    """Bytes as a person can read them where they are EUC-KR, else as hexadecimal digits."""
    try:
        text = data.decode("euc_kr")
    except UnicodeDecodeError:
        return {"hex": data.hex()}
    return {"text": text} if text.encode("euc_kr") == data else {"hex": data.hex()}


def unpacked(said: dict[str, Any]) -> bytes:
    return bytes.fromhex(said["hex"]) if "hex" in said else str(said["text"]).encode("euc_kr")


def secret_holds(data: bytes, world: World, bank: str) -> bool:
    """Whether a message carries the right password and sign code; asked before the log gets its blank copy."""
    try:
        message = decode(data)
    except MessageRefused:
        return False
    if "passbook_pw" not in message.fields or bank not in world.desks:
        return False
    account = world.books.find(bank, message["debit_account"])
    right_code = message["sign_code"] == world.profiles[bank].sign_code
    return account is not None and message["passbook_pw"] == account.password and right_code
