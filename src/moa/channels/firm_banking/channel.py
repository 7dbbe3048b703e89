"""The channel over firm banking: opens the bank's day, then tests the line, asks for names and balances, pays, asks what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from moa.channels.connected_accounts import secrets_for
from moa.channels.firm_banking.exchange import (
    Exchange,
    exchange,
    exchange_together,
    listen,
    not_sent,
    writer_for,
)
from moa.channels.firm_banking.line import Line, LineDown
from moa.channels.lifecycle import LineState
from moa.channels.line_state import move_line
from moa.channels.message_store import Claim, Wanted, WhenStored
from moa.channels.models import NOW, Connection
from moa.channels.protocol import (
    LINE_DOWN,
    Answered,
    Asked,
    BalanceAnswer,
    BankMovement,
    DebitTold,
    FailedAfterwards,
    HolderAnswer,
    MessageUnwritable,
    MovementsAnswer,
    Question,
    ResultAnswer,
    TotalsAnswer,
    TransferAnswer,
    TransferOrder,
)
from moa.channels.reasons import understood
from moa.channels.transferring import Claimed, write_orders
from moa.control.context import Context
from moa.formats.firm_banking import (
    BALANCE,
    LINE_TEST,
    MISSING_NOTICE,
    NAME_INQUIRY,
    OPEN,
    RESULT_INQUIRY,
    TRANSFER,
    TRANSFER_TOTALS,
    Message,
    MessageRefused,
    decode,
)

SECONDS = 10
_NOT_OPENED = "0032"
# A bank that was heard within that time takes payments without being tested before.
_LATELY = timedelta(minutes=1)
_NAME_BYTES = 12
_LINES_AT_ONCE = 25
# Whether a movement came or went, by its kind; a cancellation is the other way round.
_CAME_IN = ("11", "32")
_WENT_OUT = "21"
T = TypeVar("T")


class FirmBankingChannel:
    """For one command or job; each call is a line of its own. Called in a closed Context."""

    def __init__(self, ctx: Context, connection: Connection, *, seconds: int = SECONDS) -> None:
        self.ctx, self.connection, self.seconds = ctx, connection, seconds

    def test_line(self) -> Asked:
        asked = self._ask(LINE_TEST, {}).asked
        return replace(asked, problem=LINE_DOWN) if asked.answered is Answered.NOT_SENT else asked

    def inquire_payee(self, bank_code: str, account: str, amount_minor: int = 0) -> HolderAnswer:
        return _holder(self._ask(NAME_INQUIRY, _payee_fields(bank_code, account, amount_minor)))

    def inquire_payees(self, payees: Sequence[tuple[str, str]]) -> list[HolderAnswer]:
        wanted = [Wanted(_payee_fields(bank_code, account, 0)) for bank_code, account in payees]
        return [_holder(one) for one in self._ask_together(NAME_INQUIRY, wanted)]

    def balance(self, account: str) -> BalanceAnswer:
        said = self._ask(BALANCE, {"account_no": account})
        if said.message is None or said.asked.answered is not Answered.DONE:
            return BalanceAnswer(said.asked)
        return BalanceAnswer(
            said.asked, _signed(said.message, "ledger_sign", "ledger_balance"),
            _signed(said.message, "available_sign", "available_amount"),
        )  # fmt: skip

    def transfers(
        self,
        orders: Sequence[TransferOrder],
        *,
        claim: Claim | None = None,
        when_stored: WhenStored | None = None,
    ) -> list[TransferAnswer]:
        write = writer_for(self.ctx, self.connection, TRANSFER)

        def fields_of(order: TransferOrder, secrets: dict[str, str]) -> dict[str, str]:
            """Tried before a number is taken: one that no message can carry uses none, and stops no other."""
            fields = secrets | _transfer_fields(order)
            try:
                write(1, fields)
            except MessageRefused as refusal:
                raise _unwritable(refusal) from None
            return fields

        wanted, problems = write_orders(self.ctx, orders, self._secrets_of, fields_of)
        claimed = Claimed(wanted, claim)
        said = self._ask_together(TRANSFER, list(wanted.values()), claim=claimed, when_stored=when_stored)
        exchanges = dict(zip(wanted, said, strict=True))
        answers = []
        for at, order in enumerate(orders):
            one = exchanges.get(at, not_sent(self.ctx))
            is_down = LINE_DOWN if claimed.whose is None else ""
            why = problems.get(at) or claimed.why_not_sent(one.asked, order, is_down)
            done = one.message is not None and one.asked.answered is Answered.DONE
            fee = one.message.number("fee") if done and one.message else None
            answers.append(TransferAnswer(one.asked, fee, why))
        return answers

    def _secrets_of(self, account: str) -> dict[str, str]:
        return secrets_for(self.ctx, self.connection, account)

    def inquire_results(self, questions: Sequence[Question]) -> list[ResultAnswer]:
        wanted = [Wanted(_question_fields(one, self.ctx.today)) for one in questions]
        said = self._ask_together(RESULT_INQUIRY, wanted)
        return [_result(one.order, answer) for one, answer in zip(questions, said, strict=True)]

    def totals(self, day: date, account: str) -> TotalsAnswer:
        said = self._ask(TRANSFER_TOTALS, {"base_date": f"{day:%Y%m%d}", "account_no": account})
        if said.message is None or said.asked.answered is not Answered.DONE:
            return TotalsAnswer(said.asked)
        read = said.message.number
        return TotalsAnswer(
            said.asked, read("ok_count"), read("ok_amount"), read("failed_count"), read("failed_amount"),
            read("returned_count"), read("returned_amount"), read("fee_amount"),
        )  # fmt: skip

    def movements(self, account: str, first: date, last: date) -> MovementsAnswer:
        """Asked for one by one by their numbers of the day, until there is none."""
        found: list[BankMovement] = []
        day, asked = first, not_sent(self.ctx).asked
        while day <= last:
            number, has_more = 1, True
            while has_more:
                wanted = [
                    Wanted({"account_no": account, "txn_date": f"{day:%Y%m%d}", "txn_seq": str(number + n)})
                    for n in range(_LINES_AT_ONCE)
                ]
                for one in self._ask_together(MISSING_NOTICE, wanted):
                    asked = one.asked
                    if one.message is None or one.asked.answered is not Answered.DONE:
                        return MovementsAnswer(asked)
                    if not one.message["txn_kind"].strip():
                        has_more = False
                        break
                    found.append(_movement(one.message, day))
                number += _LINES_AT_ONCE
            day += timedelta(days=1)
        return MovementsAnswer(asked, tuple(found))

    def revoke(self) -> Asked:
        """A line has no token: its secrets are changed where they were made."""
        return not_sent(self.ctx).asked

    def listen(self) -> None:
        try:
            with Line(self.connection.host, self.connection.port, seconds=self.seconds) as line:
                opened = exchange(self.ctx, self.connection, line, OPEN, {})
                self._heard(opened)
                if opened.asked.answered is Answered.DONE:
                    self._opened(self.ctx.today)
                    listen(self.ctx, self.connection, line)
        except LineDown:
            self._move("lose")

    def _ask(self, key: str, fields: Mapping[str, str]) -> Exchange:
        return self._ask_together(key, [Wanted(fields)])[0]

    def _ask_together(
        self,
        key: str,
        wanted: Sequence[Wanted],
        *,
        claim: Claim | None = None,
        when_stored: WhenStored | None = None,
    ) -> list[Exchange]:
        if not wanted:
            return []

        def ask(line: Line) -> list[Exchange]:
            return exchange_together(
                self.ctx, self.connection, line, key, wanted, claim=claim, when_stored=when_stored
            )

        said = self._over_line(ask, is_test=key == LINE_TEST, must_live=key == TRANSFER)
        if isinstance(said, Exchange):
            return [said] * len(wanted)
        asked = [one for one in said if one.asked.message_id]
        if asked:
            self._heard(next((one for one in asked if one.message is not None), asked[-1]))
        if any(one.asked.code == _NOT_OPENED for one in asked):
            self._opened(None)
        return said

    def _over_line(
        self, ask: Callable[[Line], T], *, is_test: bool = False, must_live: bool = False
    ) -> T | Exchange:
        """Over a fresh line; the bank's day is opened first, and once more when the bank says that it is not.

        Shape: an Exchange where nothing was asked; `must_live` that a bank which was silent last, or not heard for a while, is
        tested before. Raises: message_unwritable.
        """
        try:
            with Line(self.connection.host, self.connection.port, seconds=self.seconds) as line:
                if self.connection.opened_on != self.ctx.today:
                    opened = exchange(self.ctx, self.connection, line, OPEN, {})
                    if opened.asked.answered is not Answered.DONE:
                        self._heard(opened)
                        return opened if is_test else not_sent(self.ctx)
                    self._opened(self.ctx.today)
                elif must_live and not self._was_heard() and not self._lives(line):
                    return not_sent(self.ctx)
                if must_live and line.has_ended():
                    raise LineDown("the bank ended the line before anything was stored")
                try:
                    return ask(line)
                except MessageRefused as refusal:
                    raise _unwritable(refusal) from None
        except LineDown:
            self._move("lose")
            return not_sent(self.ctx)

    def _was_heard(self) -> bool:
        """By the database's clock, which stamps what is heard."""
        if self.connection.state == LineState.LOST:
            return False
        with self.ctx.open():
            lately = Connection.objects.filter(id=self.connection.id, heard_at__gt=NOW - _LATELY)
            return lately.exists()

    def _lives(self, line: Line) -> bool:
        """A bank that was silent last, or for a while, is asked first what moves nothing: one that is still out of order costs no payment its
        certainty."""
        tested = self._heard(exchange(self.ctx, self.connection, line, LINE_TEST, {}))
        return tested.asked.answered is Answered.DONE

    def _heard(self, said: Exchange) -> Exchange:
        self._move("lose" if said.message is None else "open")
        return said

    def _opened(self, day: date | None) -> None:
        with self.ctx.open():
            Connection.objects.filter(id=self.connection.id).update(opened_on=day)
        self.connection.opened_on = day

    def _move(self, move: str) -> None:
        move_line(self.ctx, self.connection, move)


def _unwritable(refusal: MessageRefused) -> MessageUnwritable:
    return MessageUnwritable(fields=", ".join(sorted({one.field for one in refusal.findings})))


def _payee_fields(bank_code: str, account: str, amount_minor: int) -> dict[str, str]:
    fields = {"account_no": account, "account_bank": bank_code}
    return fields | ({"amount": str(amount_minor)} if amount_minor else {})


def _transfer_fields(order: TransferOrder) -> dict[str, str]:
    fields = {
        "debit_account": order.debit_account, "amount": str(order.amount_minor), "credit_bank": order.credit_bank,
        "credit_account": order.credit_account, "memo": order.memo, "cms_code": order.reference,
    }  # fmt: skip
    # The field is optional and narrow; a cut name would be another one.
    return fields | ({"credit_holder_name": order.name} if _fits(order.name) else {})


def _question_fields(asked: Question, today: date) -> dict[str, str]:
    order = asked.order
    fields = {
        "orig_msg_no": str(asked.msg_no), "debit_account": order.debit_account, "credit_bank": order.credit_bank,
        "credit_account": order.credit_account, "request_amount": str(order.amount_minor),
    }  # fmt: skip
    return fields | ({} if asked.day == today else {"reserved1": f"{asked.day:%Y%m%d}"})


def _result(order: TransferOrder, said: Exchange) -> ResultAnswer:
    """What the bank says of a transfer; of another amount it says nothing."""
    message, asked = said.message, said.asked
    if message is None or asked.answered is not Answered.DONE:
        # The inquiry itself came to nothing, but that the bank knows of none can stand in its head too.
        nothing = asked.answered is Answered.NO_RECORD
        return ResultAnswer(asked, Answered.NO_RECORD if nothing else Answered.UNCLEAR, asked.code)
    code = message["result"]
    found = understood(code)
    if found is Answered.DONE and message.number("ok_amount") != order.amount_minor:
        found = Answered.UNCLEAR
    return ResultAnswer(asked, found, code, message.number("fee") if found is Answered.DONE else None)


def _holder(said: Exchange) -> HolderAnswer:
    """What the bank says of an account: only done names its holder."""
    if said.message is None or said.asked.answered is not Answered.DONE:
        return HolderAnswer(said.asked, None, said.message is not None and said.message["state"] == "C")
    longer, shorter = said.message["holder_name20"].strip(), said.message["holder_name"].strip()
    return HolderAnswer(said.asked, longer or shorter or None, said.message["state"] == "C")


def _movement(message: Message, day: date) -> BankMovement:
    amount = message.number("amount") * (1 if message["io_cancel"] in _CAME_IN else -1)
    return BankMovement(
        day, message["txn_time"], amount, _signed(message, "balance_sign", "balance"), memo=message["counterparty_name"].strip()
    )  # fmt: skip


def fee_in(body: bytes) -> int | None:
    """Of a stored answer to a transfer that was done."""
    return decode(body).number("fee")


def failed_in(body: bytes) -> FailedAfterwards:
    """Of a stored notice that a transfer has failed afterwards."""
    said = decode(body)
    return FailedAfterwards(
        said.number("orig_msg_no"), said.number("request_amount"), said.number("failed_amount"),
        said["debit_account"].strip(), said["credit_bank"], said["credit_account"].strip(), said["error_code"].strip(),
    )  # fmt: skip


def debited_in(body: bytes) -> DebitTold | None:
    """Of a stored notice of a movement; None where it is no debit."""
    said = decode(body)
    if said["io_cancel"] != _WENT_OUT:
        return None
    # The movement's own day may be left out; what a bank sends has happened by the day on which it sends it.
    day = said["txn_date"] if said["txn_date"].strip(" 0") else said["send_date"]
    return DebitTold(said["account_no"].strip(), said.number("amount"), date.fromisoformat(day))


def _fits(name: str) -> bool:
    try:
        return len(name.encode("euc_kr")) <= _NAME_BYTES
    except UnicodeEncodeError:
        return False


def _signed(message: Message, sign: str, name: str) -> int:
    return -message.number(name) if message[sign] == "-" else message.number(name)
