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
from urllib.parse import parse_qs, urlsplit

from .faults import MENU
from .page import account_page, front_page
from .state import account_ledger, account_state, transfers_of, world_state
from .values import WorldError

if TYPE_CHECKING:
    from .serving import Server

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_LARGEST_BODY = 1 << 20
_NUMBERS = ("chance", "times", "delay", "amount")
_LONGEST_STEP = 400 * 86_400


class Asked(NamedTuple):
    """Shape: `path` in parts; `form` says that a browser's form sent the body, so it wants a page back."""

    method: str
    path: tuple[str, ...]
    query: dict[str, str]
    body: dict[str, Any]
    form: bool


class Refused(Exception):
    def __init__(self, status: int, words: str) -> None:
        self.status, self.words = status, words
        super().__init__(words)


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
                **world_state(self.server.run), "ports": self.server.ports, "speed": self.server.clock.speed,
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

    def _pay(self, asked: Asked) -> Any:
        body = dict(asked.body)
        if asked.form and "amount" in body:
            body["amount"] = _whole("amount", body["amount"])
        names = ("from_bank", "from_account", "bank", "account", "amount", "memo")
        self.server.do({"do": "pay", **{name: body[name] for name in names if name in body}})
        return {"total": self.server.run.world.books.total()}


async def _read(reader: asyncio.StreamReader) -> Asked:
    """One request. Raises: Refused for what is no request of this machine."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3:
        raise Refused(400, "no request")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:]) if name
    }
    host = headers.get("host", "")
    if host.rsplit(":", 1)[0] not in _LOOPBACK and host not in _LOOPBACK:
        raise Refused(403, "asked by another name than this machine's")
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        raise Refused(403, "asked by a page of somebody else")
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > _LARGEST_BODY:
        raise Refused(413, "too long")
    raw = await reader.readexactly(int(length))
    # A JSON object counts as one whatever its label says: curl -d labels everything a form.
    form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded") and raw[:1] != b"{"
    address = urlsplit(parts[1])
    return Asked(
        method=parts[0],
        path=tuple(part for part in address.path.split("/") if part),
        query=_flat(parse_qs(address.query)),
        body=_flat(parse_qs(raw.decode())) if form else _object(raw),
        form=form,
    )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        said = json.loads(raw or b"{}")
    except ValueError:
        raise Refused(400, "the body is no JSON") from None
    if not isinstance(said, dict):
        raise Refused(400, "the body is no JSON object")
    return said


def _flat(pairs: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in pairs.items()}


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
