"""One bank's counter for transfers: what it takes, refuses, gives back, and answers when asked about it.

Day rule: a number is taken once for its day and company. The bank's day is the message's send_date and must be the day
of its clock; after `closes` nothing of that day is taken any more, so what it does not know then never happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from moa.formats.firm_banking import Message
from moa_world.calendars import BankCalendar

from .books import CLEARING, FEES, Books, Leg
from .population import COMPANY
from .values import Account, BankProfile, Movement, Order, Transfer, TransferState

DONE, NO_RECORD, IN_PROCESS = "0000", "NREC", "0009"
BALANCE_TOO_SMALL, NO_DEBIT_ACCOUNT, WRONG_SECRET, NO_CREDIT_ACCOUNT, ACCOUNT_CLOSED = (
    "0011", "0012", "0013", "0014", "0015",
)  # fmt: skip
ABOVE_LIMIT, ABOVE_DAY_LIMIT, OUTSIDE_HOURS, NOT_OPENED, NO_BANKING_DAY, OTHER_DAY = (
    "0021", "0022", "0031", "0032", "0033", "0034",
)  # fmt: skip
UNKNOWN_COMPANY, NOT_OFFERED, NOT_CREDITED, OTHER_CONTENT = "0042", "0043", "0052", "0101"


class Desk:
    """Shape: `opened_on` is the day for which the company opened the line, "" before."""

    def __init__(self, profile: BankProfile, books: Books, calendar: BankCalendar) -> None:
        self.profile = profile
        self.books = books
        self.calendar = calendar
        self.opened_on = ""
        self.transfers: dict[tuple[str, str, str], Transfer] = {}
        self.taken: dict[str, int] = {}
        self.moved: list[tuple[Account, Movement]] = []

    # Whether the bank does business ------------------------------------------------------------------

    def line_code(self, message: Message, now: datetime) -> str:
        """Why a transfer is not taken on a line now, "" when it is."""
        if message["company_no"] != COMPANY:
            return UNKNOWN_COMPANY
        if closed := self.closed_code(message["send_date"], now):
            return closed
        return "" if self.opened_on == message["send_date"] else NOT_OPENED

    def closed_code(self, day: str, now: datetime) -> str:
        """Why the bank takes nothing of that day now, "" when it does."""
        if day != f"{now:%Y%m%d}":
            return OTHER_DAY
        if not self.profile.opens <= now.time() < self.profile.closes:
            return OUTSIDE_HOURS
        if not self.profile.works_on_holidays and not self.calendar.is_business(now.date()):
            return NO_BANKING_DAY
        return ""

    # Transfers -----------------------------------------------------------------------------------------

    def take(
        self, order: Order, closed: str, secret_holds: bool, now: datetime, forced: str = ""
    ) -> Transfer | str:
        """Book a transfer, refuse it, or find that its number was used: then nothing is booked.

        Shape: the transfer as the bank holds it, or the code when it was not even taken. `closed` says why nothing is
        taken now, `forced` refuses.
        """
        place = (order.day, order.company, order.number)
        known = self.transfers.get(place)
        if known is not None:
            return known if known.body == order.body else OTHER_CONTENT
        if closed:
            return closed
        transfer = Transfer(
            day=order.day,
            company=order.company,
            msg_no=order.number,
            body=order.body,
            debit_account=order.debit_account,
            credit_bank=order.credit_bank,
            credit_account=order.credit_account,
            amount=order.amount,
            at=now,
            state=TransferState.REFUSED,
            code=forced,
            memo=order.memo,
            reference=order.reference,
        )
        self.transfers[place] = transfer
        transfer.code = forced or self._refusal(transfer, secret_holds)
        if not transfer.code:
            self._book(transfer)
        return transfer

    def _refusal(self, transfer: Transfer, secret_holds: bool) -> str:
        debit = self.books.find(self.profile.code, transfer.debit_account)
        credit = self.books.find(transfer.credit_bank, transfer.credit_account)
        if debit is None or not debit.is_ours:
            return NO_DEBIT_ACCOUNT
        if not secret_holds:
            return WRONG_SECRET
        if credit is None or credit is debit:
            return NO_CREDIT_ACCOUNT
        if credit.is_closed:
            return ACCOUNT_CLOSED
        if transfer.amount > self.profile.limit_once:
            return ABOVE_LIMIT
        if self.taken.get(transfer.day, 0) + transfer.amount > self.profile.limit_day:
            return ABOVE_DAY_LIMIT
        return BALANCE_TOO_SMALL if debit.balance < transfer.amount + self._fee(transfer) else ""

    def _fee(self, transfer: Transfer) -> int:
        return 0 if transfer.credit_bank == self.profile.code else self.profile.fee_other_bank

    def _book(self, transfer: Transfer) -> None:
        """Debit and credit, over both banks' clearing accounts where there are two, and the fee."""
        own = self.profile.code
        debit, credit = self._parties(transfer)
        transfer.fee = self._fee(transfer)
        transfer.state, transfer.code = TransferState.DONE, DONE
        said = (transfer.memo, transfer.reference)
        legs = [
            Leg(debit, -transfer.amount, "transfer", "펌뱅킹이체", *said, credit.holder, credit.bank, credit.number,
                transfer.msg_no),
            Leg(credit, transfer.amount, "receipt", "타행입금" if credit.bank != own else "대체입금", *said,
                debit.holder, own, debit.number),
        ]  # fmt: skip
        if credit.bank != own:
            legs += self._cleared(transfer.amount, own, credit.bank)
        if transfer.fee:
            legs += [
                Leg(
                    debit, -transfer.fee, "fee", "이체수수료", "", transfer.reference, msg_no=transfer.msg_no
                ),
                Leg(self.books.internal(own, FEES), transfer.fee, "fee", "수수료"),
            ]
        self._post(transfer.at, legs)
        transfer.balance = debit.balance
        self.taken[transfer.day] = self.taken.get(transfer.day, 0) + transfer.amount

    def give_back(self, transfer: Transfer, now: datetime) -> bool:
        """The payee's bank could not credit after all: the amount comes back, the fee does not.

        False when there is nothing to give back, or the payee has spent it.
        """
        debit, credit = self._parties(transfer)
        if transfer.state != TransferState.DONE or credit.balance < transfer.amount:
            return False
        own = self.profile.code
        said = (transfer.memo, transfer.reference)
        legs = [
            Leg(credit, -transfer.amount, "return", "입금취소", *said, debit.holder, own, debit.number),
            Leg(debit, transfer.amount, "return", "타행이체불능", *said, credit.holder, credit.bank, credit.number,
                transfer.msg_no),
        ]  # fmt: skip
        if credit.bank != own:
            legs += self._cleared(transfer.amount, credit.bank, own)
        self._post(now, legs)
        transfer.state, transfer.code, transfer.returned_on = (
            TransferState.RETURNED,
            NOT_CREDITED,
            f"{now:%Y%m%d}",
        )
        return True

    def pay_in(self, payer: Account, account: Account, amount: int, memo: str, now: datetime) -> None:
        """Somebody pays into one of our accounts. Raises: ArithmeticError when the payer has too little."""
        said = (memo, "")
        legs = [
            Leg(payer, -amount, "transfer", "이체", *said, account.holder, account.bank, account.number),
            Leg(account, amount, "receipt", "입금", *said, payer.holder, payer.bank, payer.number),
        ]
        if payer.bank != account.bank:
            legs += self._cleared(amount, payer.bank, account.bank)
        self._post(now, legs)

    def _cleared(self, amount: int, giving: str, taking: str) -> list[Leg]:
        return [
            Leg(self.books.internal(giving, CLEARING), amount, "clearing", "타행정산"),
            Leg(self.books.internal(taking, CLEARING), -amount, "clearing", "타행정산"),
        ]

    def _parties(self, transfer: Transfer) -> tuple[Account, Account]:
        debit = self.books.find(self.profile.code, transfer.debit_account)
        credit = self.books.find(transfer.credit_bank, transfer.credit_account)
        assert debit is not None and credit is not None
        return debit, credit

    def _post(self, at: datetime, legs: list[Leg]) -> None:
        made = self.books.post(at, *legs)
        self.moved += [(leg.account, movement) for leg, movement in zip(legs, made, strict=True)]

    # Questions -----------------------------------------------------------------------------------------

    def transfer_of(self, message: Message) -> Transfer | None:
        """The transfer that an inquiry means: of the inquiry's day, or of the day that reserved1 names."""
        day = message["reserved1"] if len(message["reserved1"]) == 8 else message["send_date"]
        return self.transfers.get((day, message["company_no"], message["orig_msg_no"]))

    def totals(self, day: str, account: str, company: str = COMPANY) -> Mapping[str, int]:
        """All transfers of one day of a company, which firm banking and HTTP know by different numbers, of one account or all;
        numbers that were used twice count once."""
        lines = [each for each in self.transfers.values() if each.company == company]
        mine = [each for each in lines if account in ("", each.debit_account)]
        taken = [each for each in mine if each.day == day]
        done = [each for each in taken if each.state != TransferState.REFUSED]
        refused = [each for each in taken if each.state == TransferState.REFUSED]
        returned = [each for each in mine if each.returned_on == day]
        figures = {}
        for name, found in (("request", taken), ("ok", done), ("failed", refused), ("returned", returned)):
            figures[f"{name}_count"] = len(found)
            figures[f"{name}_amount"] = sum(each.amount for each in found)
        return {**figures, "fee_amount": sum(each.fee for each in done)}
