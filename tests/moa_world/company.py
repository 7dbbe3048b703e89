"""A company at the world's counters: it writes messages, and reads what comes back, within the test's own process."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from moa.formats.firm_banking import (
    OPEN,
    RESULT_INQUIRY,
    TRANSFER,
    TRANSFER_TOTALS,
    FrameReader,
    Message,
    answer,
    check,
    decode,
    encode,
)
from moa_world.live.population import COMPANY
from moa_world.live.run import Run
from moa_world.live.values import Hang, Send

START = datetime(2026, 11, 20, 9, 0)
BANK, OTHER_BANK = "004", "088"


class Company:
    """One run of the world and a line to each bank that is asked. Shape: `got` are the sound messages of each line."""

    def __init__(self, seed: int = 7, start: datetime = START) -> None:
        self.log = BytesIO()
        self.run = Run(seed, start, self.log)
        self.world = self.run.world
        self.lines: dict[str, int] = {}
        self.readers: dict[int, FrameReader] = {}
        self.got: list[Message] = []
        self.came_on: list[int] = []
        self.unsound: list[bytes] = []
        self.hung: set[int] = set()
        self._numbers = 0
        self._sessions = 0

    # The line ----------------------------------------------------------------------------------------

    def connect(self, bank: str = BANK, *, receiver: bool = False) -> int:
        self._sessions += 1
        session = self._sessions
        self.readers[session] = FrameReader()
        if not receiver:
            self.lines[bank] = session
        self.heed(self.run.do({"do": "connect", "session": session, "bank": bank, "receiver": receiver}))
        return session

    def open(self, bank: str = BANK) -> Message:
        self.connect(bank)
        return self.ask(bank, OPEN, {})

    def heed(self, effects) -> None:
        for effect in effects:
            if isinstance(effect, Hang):
                self.hung.add(effect.session)
            elif isinstance(effect, Send):
                self.came_on.append(effect.session)
                for frame in self.readers[effect.session].feed(effect.data):
                    if frame.kind == "message" and not check(frame.payload):
                        self.got.append(decode(frame.payload))
                    else:
                        self.unsound.append(frame.payload)

    def step(self, seconds: int) -> None:
        moment = self.world.now.timestamp() + seconds
        self.heed(self.run.do({"do": "step", "at": datetime.fromtimestamp(moment).isoformat()}))

    def step_to(self, moment: datetime) -> None:
        self.heed(self.run.do({"do": "step", "at": moment.isoformat()}))

    def fault(self, kind: str, **order) -> None:
        self.heed(self.run.do({"do": "fault", "fault": {"kind": kind, **order}}))

    # Messages ------------------------------------------------------------------------------------------

    def number(self) -> str:
        self._numbers += 1
        return f"{self._numbers:06}"

    def write(self, bank: str, key: str, fields, number: str = "") -> bytes:
        header = {
            "company_no": COMPANY,
            "bank_code": bank,
            "msg_no": number or self.number(),
            "send_date": f"{self.world.now:%Y%m%d}",
            "send_time": f"{self.world.now:%H%M%S}",
        }
        return encode(key, {**header, **fields})

    def send(self, bank: str, data: bytes) -> None:
        self.heed(self.run.receive(self.lines[bank], "message", data))

    def ask(self, bank: str, key: str, fields, number: str = "") -> Message:
        """The answer that came at once. Fails when none did."""
        data = self.write(bank, key, fields, number)
        self.send(bank, data)
        return self.answers(decode(data))[-1]

    def answers(self, request: Message) -> list[Message]:
        return [
            each
            for each in self.got
            if each.key == request.kind.answer_key and each.identity == request.identity
        ]

    def confirm(self, notice: Message) -> None:
        self.send(notice["bank_code"], answer(notice, "0000"))

    # Business --------------------------------------------------------------------------------------------

    def ours(self, bank: str = BANK):
        return next(each for each in self.world.books.of_bank(bank) if each.is_ours)

    def payee(self, bank: str = OTHER_BANK):
        return next(
            each for each in self.world.books.of_bank(bank) if not each.is_ours and not each.is_internal
        )

    def payment(self, amount: int = 1_000_000, bank: str = BANK, to_bank: str = OTHER_BANK, **more):
        debit, credit = self.ours(bank), self.payee(to_bank)
        return {
            "debit_account": debit.number,
            "passbook_pw": debit.password,
            "sign_code": self.world.profiles[bank].sign_code,
            "amount": str(amount),
            "credit_bank": to_bank,
            "credit_account": credit.number,
            "memo": "원자재대금",
            "cms_code": "P2611200001",
            **more,
        }

    def transfer(self, number: str = "", bank: str = BANK, **more) -> list[Message]:
        """Send a transfer; all answers that came at once."""
        data = self.write(bank, TRANSFER, self.payment(bank=bank, **more), number)
        self.send(bank, data)
        return self.answers(decode(data))

    def inquire(self, number: str, bank: str = BANK, amount: int = 1_000_000, **more) -> Message:
        fields = {
            "orig_msg_no": number,
            "debit_account": self.ours(bank).number,
            "request_amount": str(amount),
        }
        return self.ask(bank, RESULT_INQUIRY, {**fields, **more})

    def totals(self, bank: str = BANK, day: str = "") -> Message:
        return self.ask(bank, TRANSFER_TOTALS, {"base_date": day or f"{self.world.now:%Y%m%d}"})

    def lines_of(self, number: str, bank: str = BANK):
        """Movements of our account that a message caused, fees left out."""
        return [each for each in self.ours(bank).movements if each.msg_no == number and each.kind != "fee"]
