"""The control API and its page: HTTP/1.1 on loopback, JSON in and out, one request a connection.

Only this machine may ask: the Host must be a loopback name, and a browser's page of another origin is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from .faults import MENU
from .http_reading import Refused, read_request
from .page import account_page, front_page
from .state import account_ledger, account_state, transfers_of, world_state
from .values import WorldError

if TYPE_CHECKING:
    from .serving import Server

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_NUMBERS = ("chance", "times", "delay", "amount")
_LONGEST_STEP = 400 * 86_400


class Asked(NamedTuple):
    """Shape: `path` in parts; `form` says that a browser's form sent the body, so it wants a page back."""

    method: str
    path: tuple[str, ...]
    query: dict[str, str]
    body: dict[str, Any]
    form: bool


class Control:
    """One object a server."""

    def __init__(self, server: Server) -> None:
        self.server = server

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            status, kind, body, more = await self._answered(reader)
            head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
        writer.close()

    async def _answered(self, reader: asyncio.StreamReader) -> tuple[str, str, bytes, str]:
        try:
            asked = await _read(reader)
            if asked.method == "GET" and (page := self._page(asked)) is not None:
                return "200 OK", "text/html; charset=utf-8", page.encode(), "Cache-Control: no-store\r\n"
            said = self._do(asked)
            self.server.flush()
        except (Refused, WorldError) as refused:
            status = refused.status if isinstance(refused, Refused) else 422
            return f"{status} Refused", "application/json", _json({"error": str(refused)}), ""
        if asked.form:
            return "303 See Other", "text/plain", b"", "Location: /\r\n"
        return "200 OK", "application/json", _json(said), "Cache-Control: no-store\r\n"

    def _page(self, asked: Asked) -> str | None:
        if not asked.path:
            return front_page(world_state(self.server.run), self.server.clock.speed)
        if asked.path[0] == "ledger" and len(asked.path) == 3:
            account = self._account(*asked.path[1:])
            return account_page(account_state(account), account_ledger(account))
        return None

    def _do(self, asked: Asked) -> Any:
        places: dict[tuple[str, str], Callable[[Asked], Any]] = {
            ("GET", "state"): lambda asked: {
                **world_state(self.server.run), "ports": self.server.ports, "http_port": self.server.http_port, "speed": self.server.clock.speed,
            },
            ("GET", "accounts"): self._accounts,
            ("GET", "transfers"): self._transfers,
            ("GET", "faults"): lambda asked: {"menu": MENU, "faults": self.server.run.world.faults.as_json()},
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "clear"): self._clear_faults,
            ("GET", "clock"): lambda asked: self._time(),
            ("POST", "clock"): self._clock,
            ("POST", "fresh"): self._begin_anew,
            ("POST", "pay"): self._pay,
            ("POST", "revoke"): self._revoke,
        }  # fmt: skip
        place = places.get((asked.method, asked.path[0] if asked.path else ""))
        if place is None:
            raise Refused(404, f"nothing at {asked.method} /{'/'.join(asked.path)}")
        return place(asked)

    def _account(self, bank: str, number: str) -> Any:
        account = self.server.run.world.books.accounts.get((bank, number))
        if account is None:
            raise Refused(404, f"no account {bank} {number}")
        return account

    def _accounts(self, asked: Asked) -> Any:
        if len(asked.path) != 3:
            raise Refused(404, "accounts are asked for as /accounts/BANK/NUMBER")
        account = self._account(*asked.path[1:])
        day = _day(asked.query["day"]) if "day" in asked.query else None
        return {**account_state(account), "ledger": account_ledger(account, day)}

    def _transfers(self, asked: Asked) -> Any:
        bank = asked.path[1] if len(asked.path) > 1 else ""
        desk = self.server.run.world.desks.get(bank)
        if desk is None:
            raise Refused(404, f"no bank {bank!r}")
        return transfers_of(desk, asked.query.get("day", ""))

    def _add_fault(self, asked: Asked) -> Any:
        order = {name: value for name, value in asked.body.items() if value != ""}
        if asked.form:
            for name in _NUMBERS:
                if name in order:
                    order[name] = _whole(name, order[name])
        self.server.do({"do": "fault", "fault": order})
        return self.server.run.world.faults.as_json()[-1]

    def _clear_faults(self, asked: Asked) -> Any:
        number = asked.path[1] if len(asked.path) > 1 else asked.body.get("number") or 0
        self.server.do({"do": "clear", "number": _whole("number", number)})
        return {"faults": self.server.run.world.faults.as_json()}

    def _clock(self, asked: Asked) -> Any:
        """Step by `seconds`, to a moment, or past the banks' day end; set the speed."""
        run, body = self.server.run, asked.body
        now = self.server.clock.now()
        moment = now
        if body.get("seconds"):
            moment = now + timedelta(seconds=min(_whole("seconds", body["seconds"]), _LONGEST_STEP))
        elif body.get("to"):
            moment = _moment(body["to"])
        elif body.get("day_end"):
            moment = max(run.world.closing(bank) for bank in run.world.desks)
        elif body.get("next_day"):
            moment = datetime.combine(now.date() + timedelta(days=1), datetime.min.time()).replace(hour=8)
        if moment < now:
            raise Refused(422, "the clock does not go back")
        self.server.clock.set(moment, _whole("speed", body["speed"]) if "speed" in body else None)
        self.server.do({"do": "step", "at": moment.isoformat()})
        return self._time()

    def _time(self) -> dict[str, Any]:
        return {"now": self.server.clock.now().isoformat(), "speed": self.server.clock.speed}

    def _begin_anew(self, asked: Asked) -> Any:
        run, body = self.server.run, asked.body
        seed = _whole("seed", body.get("seed", run.world.seed))
        start = _moment(body["start"]) if "start" in body else self.server.clock.now()
        speed = _whole("speed", body["speed"]) if "speed" in body else self.server.clock.speed
        self.server.begin_anew(seed, start, speed)
        return {"seed": seed, **self._time()}

    def _revoke(self, asked: Asked) -> Any:
        """Tokens that may have been stolen hold no longer."""
        self.server.do({"do": "revoke"})
        return {"tokens": len(self.server.run.world.open_banking.tokens)}

    def _pay(self, asked: Asked) -> Any:
        body = dict(asked.body)
        if asked.form and "amount" in body:
            body["amount"] = _whole("amount", body["amount"])
        names = ("from_bank", "from_account", "bank", "account", "amount", "memo")
        self.server.do({"do": "pay", **{name: body[name] for name in names if name in body}})
        return {"total": self.server.run.world.books.total()}


async def _read(reader: asyncio.StreamReader) -> Asked:
    """One request of this machine. Raises: Refused."""
    request = await read_request(reader)
    host = request.headers.get("host", "")
    if host.rsplit(":", 1)[0] not in _LOOPBACK and host not in _LOOPBACK:
        raise Refused(403, "asked by another name than this machine's")
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        raise Refused(403, "asked by a page of somebody else")
    path = tuple(part for part in request.path.split("/") if part)
    return Asked(request.method, path, request.query, request.body, request.form)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not str(value).lstrip("-").isdigit() or int(value) < 0 and name != "amount":
        raise Refused(422, f"{name} is a whole number")
    return int(value)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(422, "day is YYYY-MM-DD") from None


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise Refused(422, "to is YYYY-MM-DDTHH:MM:SS in Korean time")
    return moment


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
