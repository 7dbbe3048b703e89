"""The channel over a bank's HTTP interface: the same words as every other, behind them open banking's requests and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from moa.channels.connected_accounts import AccountNotConnected, find_account, password_of
from moa.channels.message_store import Claim, Wanted, WhenStored
from moa.channels.models import ConnectedAccount, Connection
from moa.channels.open_banking.access import REVOKED, forget_token
from moa.channels.open_banking.exchange import Exchange, not_sent
from moa.channels.open_banking.replies import ours
from moa.channels.open_banking.requests import (
    ACCOUNTS,
    BALANCE,
    NAME,
    RESULT,
    TOTALS,
    TRANSACTIONS,
    TRANSFER,
    tran_id,
)
from moa.channels.open_banking.session import ACCOUNTS_ASKED, SECONDS, Session
from moa.channels.protocol import (
    Answered,
    Asked,
    BalanceAnswer,
    BankMovement,
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
from moa.control.audit import record
from moa.control.context import Context
from moa.control.queries import group_zone

_CLOSED = "0015"
_MOST_PAGES = 400
# Bytes of EUC-KR that the bank prints, and that it takes of a name.
_PRINTED, _NAMED = 20, 60


class OpenBankingChannel:
    """For one command or job. Called in a closed Context."""

    def __init__(self, ctx: Context, connection: Connection, *, seconds: int = SECONDS) -> None:
        self.ctx, self.connection = ctx, connection
        self.session = Session(ctx, connection, seconds=seconds)

    def test_line(self) -> Asked:
        asked = self._ask(ACCOUNTS, ACCOUNTS_ASKED).asked
        return replace(asked, problem=self.session.problem) if asked.answered is Answered.NOT_SENT else asked

    def inquire_payee(self, bank_code: str, account: str, amount_minor: int = 0) -> HolderAnswer:
        return self.inquire_payees([(bank_code, account)])[0]

    def inquire_payees(self, payees: Sequence[tuple[str, str]]) -> list[HolderAnswer]:
        wanted = [
            Wanted({"bank_code_std": bank_code, "account_num": account, "tran_dtime": self._now()})
            for bank_code, account in payees
        ]
        return [_holder(one) for one in self.session.ask(NAME, wanted)]

    def balance(self, account: str) -> BalanceAnswer:
        handle, asked = self._handle(account)
        if asked is not None:
            return BalanceAnswer(asked)
        said = self._ask(BALANCE, {"fintech_use_num": handle, "tran_dtime": self._now()})
        if not said.is_done or said.reply is None:
            return BalanceAnswer(said.asked)
        return BalanceAnswer(said.asked, said.reply.number("balance_amt"), said.reply.number("available_amt"))

    def movements(self, account: str, first: date, last: date) -> MovementsAnswer:
        """Page after page; one that does not come makes the whole unknown."""
        handle, asked = self._handle(account)
        if asked is not None:
            return MovementsAnswer(asked)
        fields = {
            "fintech_use_num": handle, "inquiry_type": "A", "inquiry_base": "D", "from_date": f"{first:%Y%m%d}",
            "to_date": f"{last:%Y%m%d}", "sort_order": "A", "tran_dtime": self._now(),
        }  # fmt: skip
        found: list[BankMovement] = []
        trace = ""
        for _ in range(_MOST_PAGES):
            said = self._ask(
                TRANSACTIONS, {**fields, **({"befor_inquiry_trace_info": trace} if trace else {})}
            )
            rows = None if said.reply is None else said.reply.said.get("res_list")
            read = [_movement(row) for row in rows] if said.is_done and isinstance(rows, list) else [None]
            if said.reply is None or None in read:
                return MovementsAnswer(said.asked)
            found += [one for one in read if one is not None]
            trace = said.reply.text("befor_inquiry_trace_info")
            if said.reply.text("next_page_yn") != "Y" or not trace:
                return MovementsAnswer(said.asked, tuple(found))
        return MovementsAnswer(said.asked)

    def transfers(
        self,
        orders: Sequence[TransferOrder],
        *,
        claim: Claim | None = None,
        when_stored: WhenStored | None = None,
    ) -> list[TransferAnswer]:
        wanted, problems = write_orders(self.ctx, orders, self._phrase_of, self._transfer_fields)
        claimed = Claimed(wanted, claim)
        said = (
            self.session.ask(TRANSFER, list(wanted.values()), claim=claimed, when_stored=when_stored)
            if wanted
            else []
        )
        exchanges = dict(zip(wanted, said, strict=True))
        answers = []
        for at, order in enumerate(orders):
            asked = exchanges.get(at, not_sent(self.ctx)).asked
            why = problems.get(at) or claimed.why_not_sent(asked, order, self.session.problem)
            answers.append(TransferAnswer(asked, None, why))
        return answers

    def inquire_results(self, questions: Sequence[Question]) -> list[ResultAnswer]:
        place, now = self.session.place, self._now()
        wanted = [
            Wanted(
                {
                    "check_type": "1", "tran_dtime": now, "org_bank_tran_id": tran_id(place, one.day, one.msg_no),
                    "org_bank_tran_date": f"{one.day:%Y%m%d}", "org_tran_amt": str(one.order.amount_minor),
                }
            )
            for one in questions
        ]  # fmt: skip
        said = self.session.ask(RESULT, wanted, expected=lambda fields: fields["org_bank_tran_id"])
        return [_result(one.order, answer) for one, answer in zip(questions, said, strict=True)]

    def totals(self, day: date, account: str) -> TotalsAnswer:
        said = self._ask(
            TOTALS, {"cntr_account_num": account, "tran_date": f"{day:%Y%m%d}", "tran_dtime": self._now()}
        )
        if said.reply is None or not said.is_done:
            return TotalsAnswer(said.asked)
        read = [
            said.reply.number(name)
            for name in (
                "ok_count", "ok_amount", "failed_count", "failed_amount", "returned_count", "returned_amount", "fee_amount",
            )
        ]  # fmt: skip
        if read[0] is None or read[1] is None:
            return TotalsAnswer(said.asked)
        return TotalsAnswer(said.asked, read[0], read[1], *(figure or 0 for figure in read[2:]))

    def listen(self) -> None:
        """Over HTTP a bank says nothing by itself: what failed afterwards is found by the statement's line."""

    def revoke(self) -> Asked:
        """After a theft: the bank is told that our token ends, and it is forgotten here whether the bank heard it or not."""
        said = self.session.end_token()
        with self.ctx.open():
            forget_token(self.ctx, self.connection, REVOKED)
        return said.asked

    # What is asked of each -----------------------------------------------------------------------------

    def _phrase_of(self, account: str) -> str:
        return password_of(self.ctx, self.connection, account)

    def _transfer_fields(self, order: TransferOrder, phrase: str) -> dict[str, str]:
        """Raises: message_unwritable."""
        wide = [
            name
            for name, text, most in (
                ("memo", order.memo, _PRINTED),
                ("reference", order.reference, _PRINTED),
                ("name", order.name, _NAMED),
            )
            if _width(text) > most
        ]
        if wide:
            raise MessageUnwritable(fields=", ".join(wide))
        # Our own line carries the reference, by which the statement closes the payment; the payee's the memo.
        return {
            "cntr_account_type": "N", "cntr_account_num": order.debit_account, "wd_pass_phrase": phrase,
            "wd_print_content": order.reference or order.memo, "name_check_option": "off", "tran_dtime": self._now(),
            "bank_code_std": order.credit_bank, "account_num": order.credit_account, "account_holder_name": order.name,
            "print_content": order.memo, "tran_amt": str(order.amount_minor), "transfer_purpose": "TR",
        }  # fmt: skip

    def _handle(self, account: str) -> tuple[str, Asked | None]:
        """The bank's own name for an account of ours, asked for once. Shape: or the question that was not answered.

        Raises: account_not_connected.
        """
        with self.ctx.open():
            row = find_account(self.connection, account)
        if row.handle:
            return row.handle, None
        said = self._ask(ACCOUNTS, ACCOUNTS_ASKED)
        rows = said.reply.said.get("res_list") if said.reply is not None and said.is_done else None
        if not isinstance(rows, list):
            return "", said.asked
        fitting = [
            str(one.get("fintech_use_num"))
            for one in rows
            if isinstance(one, dict) and _is_masked(str(one.get("account_num_masked", "")), account)
        ]
        if len(fitting) != 1:
            raise AccountNotConnected(bank=self.connection.bank_code)
        with self.ctx.open():
            ConnectedAccount.objects.filter(id=row.id).update(handle=fitting[0][:40])
            record(
                self.ctx, "channels.account.handle", "connection", self.connection.id,
                after={"account_end": account[-4:]},
            )  # fmt: skip
        return fitting[0], None

    def _ask(self, key: str, fields: Mapping[str, str]) -> Exchange:
        return self.session.ask(key, [Wanted(fields)])[0]

    def _now(self) -> str:
        """Day rule: the day is that of the work, whose number goes with it."""
        with self.ctx.open():
            zone = group_zone(self.ctx)
        return f"{self.ctx.today:%Y%m%d}{self.ctx.at.astimezone(zone):%H%M%S}"


def _result(order: TransferOrder, said: Exchange) -> ResultAnswer:
    if said.reply is None or not said.is_done:
        # That the question was not answered says nothing of the transfer.
        return ResultAnswer(said.asked, Answered.UNCLEAR, said.asked.code)
    code = ours(said.reply.said.get("bank_rsp_code"))
    found = understood(code)
    if found is Answered.DONE and said.reply.number("tran_amt") != order.amount_minor:
        found = Answered.UNCLEAR
    return ResultAnswer(said.asked, found, code)


def _holder(said: Exchange) -> HolderAnswer:
    if said.reply is None or not said.is_done:
        return HolderAnswer(said.asked, None, said.asked.code == _CLOSED)
    return HolderAnswer(said.asked, said.reply.text("account_holder_name").strip() or None)


def _width(text: str) -> int:
    """What EUC-KR lacks has no width that would fit."""
    try:
        return len(text.encode("euc_kr"))
    except UnicodeEncodeError:
        return _NAMED + 1


def _is_masked(masked: str, number: str) -> bool:
    """Whether the number with stars can be that number."""
    return len(masked) == len(number) and all(
        star in ("*", digit) for star, digit in zip(masked, number, strict=True)
    )


def _movement(row: object) -> BankMovement | None:
    """None for one that cannot be read."""
    if not isinstance(row, dict):
        return None
    amount, balance = str(row.get("tran_amt", "")), str(row.get("after_balance_amt", ""))
    day, moment = str(row.get("tran_date", "")), str(row.get("tran_time", ""))
    sign = {"입금": 1, "출금": -1}.get(str(row.get("inout_type", "")))
    try:
        return None if sign is None else BankMovement(
            date(int(day[:4]), int(day[4:6]), int(day[6:8])), moment, sign * int(amount), int(balance),
            str(row.get("tran_type", "")), str(row.get("print_content", "")),
        )  # fmt: skip
    except ValueError:
        return None
