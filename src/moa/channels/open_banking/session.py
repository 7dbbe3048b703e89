"""A connection over HTTP in use: its token, the first test of the day, its state, and questions asked as many at once as it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from moa.channels.bank_profiles import HttpHabits, profile_of
from moa.channels.line_state import move_line
from moa.channels.message_store import Claim, NumbersUsedUp, Wanted, WhenStored
from moa.channels.models import Connection, HttpAccess
from moa.channels.open_banking.access import (
    REFUSED,
    access_of,
    forget_token,
    keep_token,
    may_ask_for_token,
    token_of,
)
from moa.channels.open_banking.encryption import may_be_unencrypted
from moa.channels.open_banking.exchange import Exchange, exchange_chunk, not_sent, place_of
from moa.channels.open_banking.line import HttpLine, LineDown, NotTheBank
from moa.channels.open_banking.requests import ACCOUNTS, END_TOKEN, TOKEN, TRANSFER, Place
from moa.channels.operations.set_up_connection import secret_of
from moa.channels.protocol import LINE_DOWN, NOT_THE_BANK, UNENCRYPTED, Answered
from moa.control.context import Context

SECONDS = 10
# Why something was not sent, though the bank was reached.
RESTS, NO_TOKEN = "bank_asks_for_patience", "bank_gives_no_token"
_TOKEN_REFUSED, _TOO_MANY = 401, 429
_LONGEST_REST = 86_400


class _Unencrypted(LineDown):
    """Others could read on the way to that bank: it is told nothing. What was set up by an earlier version may be so."""


_WHY: dict[type[LineDown], str] = {NotTheBank: NOT_THE_BANK, _Unencrypted: UNENCRYPTED}


class Session:
    """For one command or job. Called in a closed Context. Shape: `problem` the code of why something was not sent."""

    def __init__(self, ctx: Context, connection: Connection, *, seconds: int) -> None:
        self.ctx, self.connection, self.seconds = ctx, connection, seconds
        with ctx.open():
            self.access: HttpAccess = access_of(connection)
            self._token = token_of(ctx, connection)
            self._may_speak = self.access.is_tls or may_be_unencrypted(ctx, connection.host)
        self.habits: HttpHabits = profile_of(connection.bank_code).http
        self.problem = ""

    @property
    def place(self) -> Place:
        return place_of(
            self.connection, f"{self.connection.host}:{self.connection.port}", self.access.base_path
        )

    def ask(
        self,
        key: str,
        wanted: Sequence[Wanted],
        *,
        expected: Callable[[Mapping[str, str]], str] | None = None,
        claim: Claim | None = None,
        when_stored: WhenStored | None = None,
    ) -> list[Exchange]:
        """What waits its turn behind a silence, an error of the bank's system or a refused token is not sent at all.

        Shape: in the order of `wanted`; NOT_SENT with `problem` set for what did not leave. Raises: message_numbers_used_up
        where none of them has a number.
        """
        found: list[Exchange] = []
        self.problem, asked_again = "", False
        try:
            with self._line() as line:
                if not self._is_ready(line, key):
                    return [not_sent(self.ctx)] * len(wanted)
                while len(found) < len(wanted) and not self.problem:
                    left = len(wanted) - len(found)
                    ready = line.ready(min(self.habits.at_once, left), unused=key == TRANSFER)
                    some = wanted[len(found) : len(found) + ready]
                    try:
                        said = self._chunk(
                            line, key, some, expected=expected, claim=claim, when_stored=when_stored
                        )
                    except NumbersUsedUp:
                        if not found:
                            raise
                        self.problem = NumbersUsedUp.code
                        break
                    self._heed(said)
                    renewed = self.problem == NO_TOKEN and self._renew(line)
                    if renewed and key != TRANSFER and not asked_again:
                        # A question may be asked again; a transfer is not, though the bank has not taken it.
                        asked_again = True
                        continue
                    found += said
                return found + [not_sent(self.ctx)] * (len(wanted) - len(found))
        except LineDown as fault:
            self.problem = _WHY.get(type(fault), LINE_DOWN)
        self._move("lose")
        return found + [not_sent(self.ctx)] * (len(wanted) - len(found))

    def end_token(self) -> Exchange:
        """Tell the bank that the token holds no longer. Whether it heard it or not, it is for the caller to forget it."""
        with suppress(LineDown), self._line() as line:
            if self._token:
                return self._of_token(line, END_TOKEN, {"access_token": self._token})
        return not_sent(self.ctx)

    def _line(self) -> HttpLine:
        if not self._may_speak:
            raise _Unencrypted
        return HttpLine(
            self.connection.host, self.connection.port, seconds=self.seconds, is_tls=self.access.is_tls,
            authority=self.access.authority,
        )  # fmt: skip

    def _chunk(self, line: HttpLine, key: str, wanted: Sequence[Wanted], **more: object) -> list[Exchange]:
        return exchange_chunk(
            self.ctx, self.connection, line, key, wanted, place=self.place, token=self._token,
            refusing=self.habits.refusing_statuses, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    # Before anything else ------------------------------------------------------------------------------

    def _is_ready(self, line: HttpLine, key: str) -> bool:
        """A token that holds. On a new day, after a silence, and before transfers each time, a question goes first that moves
        nothing: what a refused token, a bank out of order or one with too much to do would strike is not sent at all (ADR 105).
        """
        if self.access.rest_until is not None and self.access.rest_until > self.ctx.at:
            self.problem = RESTS
            return False
        if not self._token and not self._renew(line):
            return False
        is_sure = self.connection.opened_on == self.ctx.today and self.connection.state == "open"
        if key == ACCOUNTS or (is_sure and key != TRANSFER):
            return True
        for _ in range(2):
            said = self._chunk(line, ACCOUNTS, [Wanted(ACCOUNTS_ASKED)])
            self._heed(said)
            if said[0].is_done:
                return True
            if self.problem != NO_TOKEN or not self._renew(line):
                break
            self.problem = ""
        self.problem = self.problem or LINE_DOWN
        return False

    def _renew(self, line: HttpLine) -> bool:
        self._token, self.problem = "", NO_TOKEN
        with self.ctx.open():
            if not may_ask_for_token(self.ctx, self.connection):
                return False
        said = self._of_token(line, TOKEN, {"scope": "oob", "grant_type": "client_credentials"})
        if said.reply is None or not said.is_done:
            self._heed([said])
            self.problem = self.problem or NO_TOKEN
            return False
        self._token = said.reply.text("access_token")
        seconds = said.reply.number("expires_in") or said.reply.said.get("expires_in")
        with self.ctx.open():
            keep_token(self.ctx, self.connection, self._token, seconds if isinstance(seconds, int) else 0)
        self.problem = ""
        return True

    def _of_token(self, line: HttpLine, key: str, fields: Mapping[str, str]) -> Exchange:
        with self.ctx.open():
            secret = secret_of(self.ctx, self.connection)
        known = {"client_id": self.access.client_id, "client_secret": secret}
        line.ready(1)
        return exchange_chunk(
            self.ctx, self.connection, line, key, [Wanted({**known, **fields})], place=self.place, token="",
            refusing=self.habits.refusing_statuses,
        )[0]  # fmt: skip

    # What an answer says of the connection ----------------------------------------------------------------

    def _heed(self, said: Sequence[Exchange]) -> None:
        left = [one for one in said if one.asked.answered is not Answered.NOT_SENT]
        if not left:
            return
        statuses = {one.reply.status for one in left if one.reply is not None}
        rests = [
            one.reply.retry_after for one in left if one.reply is not None and one.reply.status == _TOO_MANY
        ]
        if rests:
            self.problem = RESTS
            self._rest(min(max(rests), _LONGEST_REST))
        elif _TOKEN_REFUSED in statuses:
            self.problem = NO_TOKEN
            with self.ctx.open():
                forget_token(self.ctx, self.connection, REFUSED)
            self._token = ""
        elif any(one.reply is None or one.reply.status >= 500 for one in left):
            self.problem = LINE_DOWN
            self._move("lose")
            return
        if any(one.is_done for one in left) and self.connection.opened_on != self.ctx.today:
            with self.ctx.open():
                Connection.objects.filter(id=self.connection.id).update(opened_on=self.ctx.today)
            self.connection.opened_on = self.ctx.today
        self._move("open")

    def _rest(self, seconds: int) -> None:
        self.access.rest_until = self.ctx.at + timedelta(seconds=seconds)
        with self.ctx.open():
            HttpAccess.objects.filter(id=self.access.id).update(rest_until=self.access.rest_until)

    def _move(self, move: str) -> None:
        self.connection.state = move_line(self.ctx, self.connection, move)


ACCOUNTS_ASKED = {"user_seq_no": "1", "include_cancel_yn": "N", "sort_order": "D"}
