"""What a bank says of its own accord: notices, kept until the company has confirmed them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moa.formats.firm_banking import FAILURE_NOTICE, TRANSACTION_NOTICE, Message, answer_to, framed

from .answers import failure_fields, notice, notice_fields
from .population import COMPANY
from .values import Account, Movement, Transfer

if TYPE_CHECKING:
    from .world import World

FIRST_NUMBER = 950_001


class Outbox:
    """Shape: `waiting` holds the bytes of each notice by day and number, oldest first, until its answer comes."""

    def __init__(self, bank: str) -> None:
        self.bank = bank
        self.waiting: dict[tuple[str, str], bytes] = {}
        self._day, self._number = "", FIRST_NUMBER - 1

    def tell_movement(self, world: World, account: Account, movement: Movement) -> None:
        if world.faults.standing("no_notice", self.bank):
            world.note("no_notice", bank=self.bank, account=account.number, number=movement.number)
            return
        fields = notice_fields(account, movement)
        at = movement.at + world.clock_error(self.bank)
        fields |= {"txn_time": f"{at:%H%M%S}", "txn_date": f"{at:%Y%m%d}"}
        self._begin(world, TRANSACTION_NOTICE, fields)

    def tell_failure(self, world: World, transfer: Transfer) -> None:
        self._begin(world, FAILURE_NOTICE, failure_fields(transfer))

    def _begin(self, world: World, key: str, fields: dict[str, str]) -> None:
        day = f"{world.clock(self.bank):%Y%m%d}"
        if day != self._day:
            self._day, self._number = day, FIRST_NUMBER - 1
        self._number += 1
        at = world.clock(self.bank) + world.clock_error(self.bank)
        data = notice(key, self.bank, COMPANY, self._number, at, fields)
        self.waiting[data[38:46].decode(), f"{self._number:06}"] = data
        world.send(self.bank, 0, framed(data))

    def repeat_all(self, world: World, session: int) -> None:
        """Everything unconfirmed again, when the company opens a line; the count of sendings rises."""
        for place, data in list(self.waiting.items()):
            count = min(int(data[31:32]) + 1, 9)
            self.waiting[place] = data = data[:31] + str(count).encode() + data[32:]
            world.send(self.bank, session, framed(data))

    def acknowledge(self, message: Message) -> None:
        if message.key in (answer_to(TRANSACTION_NOTICE), answer_to(FAILURE_NOTICE)):
            self.waiting.pop((message["send_date"], message["msg_no"]), None)
