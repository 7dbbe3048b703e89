"""The channel over firm banking: opens the bank's day, then tests the line, asks for names and balances."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from moa.channels.firm_banking.exchange import Exchange, exchange
from moa.channels.firm_banking.line import Line, LineDown
from moa.channels.lifecycle import LINE
from moa.channels.models import Connection
from moa.channels.protocol import Answered, Asked, BalanceAnswer, HolderAnswer
from moa.control.audit import record
from moa.control.context import Context
from moa.formats.firm_banking import BALANCE, LINE_TEST, NAME_INQUIRY, OPEN, Message

SECONDS = 10
_NOT_OPENED = "0032"


class FirmBankingChannel:
    """For one command or job; each call is a line of its own. Called in a closed Context."""

    def __init__(self, ctx: Context, connection: Connection, *, seconds: int = SECONDS) -> None:
        self.ctx, self.connection, self.seconds = ctx, connection, seconds

    def test_line(self) -> Asked:
        return self._ask(LINE_TEST, {}).asked

    def inquire_payee(self, bank_code: str, account: str, amount_minor: int = 0) -> HolderAnswer:
        fields = {"account_no": account, "account_bank": bank_code}
        said = self._ask(NAME_INQUIRY, fields | ({"amount": str(amount_minor)} if amount_minor else {}))
        if said.message is None or said.asked.answered is not Answered.DONE:
            return HolderAnswer(said.asked, None, said.message is not None and said.message["state"] == "C")
        longer, shorter = said.message["holder_name20"].strip(), said.message["holder_name"].strip()
        return HolderAnswer(said.asked, longer or shorter or None, said.message["state"] == "C")

    def balance(self, account: str) -> BalanceAnswer:
        said = self._ask(BALANCE, {"account_no": account})
        if said.message is None or said.asked.answered is not Answered.DONE:
            return BalanceAnswer(said.asked)
        return BalanceAnswer(
            said.asked, _signed(said.message, "ledger_sign", "ledger_balance"),
            _signed(said.message, "available_sign", "available_amount"),
        )  # fmt: skip

    def _ask(self, key: str, fields: Mapping[str, str]) -> Exchange:
        """Over a fresh line; the bank's day is opened first, and once more when the bank says that it is not."""
        try:
            with Line(self.connection.host, self.connection.port, seconds=self.seconds) as line:
                if self.connection.opened_on != self.ctx.today:
                    opened = exchange(self.ctx, self.connection, line, OPEN, {})
                    if opened.asked.answered is not Answered.DONE:
                        return self._heard(opened)
                    self._opened(self.ctx.today)
                said = exchange(self.ctx, self.connection, line, key, fields)
                if said.asked.code == _NOT_OPENED:
                    self._opened(None)
                return self._heard(said)
        except LineDown:
            self._move("lose")
            return Exchange(Asked(Answered.NOT_SENT, 0, 0, self.ctx.today))

    def _heard(self, said: Exchange) -> Exchange:
        self._move("lose" if said.message is None else "open")
        return said

    def _opened(self, day: date | None) -> None:
        with self.ctx.open():
            Connection.objects.filter(id=self.connection.id).update(opened_on=day)
        self.connection.opened_on = day

    def _move(self, move: str) -> None:
        """The connection's state, with a line of the trail when it changes."""
        with self.ctx.open():
            row = Connection.objects.select_for_update().get(id=self.connection.id)
            after = LINE.after(row.state, move).value
            if after == row.state:
                return
            before, row.state, row.state_at = row.state, after, self.ctx.at
            row.save(update_fields=["state", "state_at"])
            record(
                self.ctx, f"channels.connection.{after}", "connection", row.id, before={"state": before},
                after={"state": after},
            )  # fmt: skip


def _signed(message: Message, sign: str, name: str) -> int:
    return -message.number(name) if message[sign] == "-" else message.number(name)
