"""A run of the world with its log: one line an event with all that it caused, so that it can be played again.

Passwords are not in the log: an event of a message says whether they were right, and carries the blank copy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from moa.formats.firm_banking import blank

from .values import Effect, Hang, Note, Send, Store
from .world import World, packed, secret_holds

VERSION = 1
_SECRETS = frozenset({"client_secret", "wd_pass_phrase", "access_token"})
_TOKEN = re.compile(r'("access_token": ")[0-9a-f]+')


class Differs(Exception):
    """Played again, an event caused something else than the log says."""


class Run:
    """The world and its log. Shape: `log` takes UTF-8 lines; None keeps none. `balances` as population.accounts has them."""

    def __init__(
        self,
        seed: int,
        start: datetime,
        log: BinaryIO | None = None,
        balances: Mapping[str, int] | None = None,
    ) -> None:
        self.world = World(seed, start, balances)
        self.log = log
        self.events = 0
        self.statements: dict[str, bytes] = {}
        self._write({"world": VERSION, "seed": seed, "start": start.isoformat(), "balances": balances or {}})

    def do(self, event: dict[str, Any]) -> list[Effect]:
        """One event. Shape: `at` may be left out for now. Raises: WorldError, when nothing but time has passed."""
        event = {"do": event["do"], "at": event.get("at") or self.world.now.isoformat(), **event}
        passed = self._step({"do": "step", "at": event["at"]}) if self._is_due(event["at"]) else []
        if event["do"] == "step" and passed:
            return passed
        return [*passed, *self._step(event)]

    def receive(self, session: int, kind: str, payload: bytes, at: datetime | None = None) -> list[Effect]:
        """A frame of the company, as it came from the line."""
        event: dict[str, Any] = {"do": "frame", "session": session, "kind": kind}
        if kind == "message":
            line = self.world.sessions.get(session)
            event["secret_holds"] = line is not None and secret_holds(payload, self.world, line.bank)
            payload = blank(payload)
        return self.do({**event, **packed(payload), **({"at": at.isoformat()} if at else {})})

    def receive_http(
        self,
        session: int,
        method: str,
        path: str,
        asked: dict[str, Any],
        token: str,
        at: datetime | None = None,
    ) -> list[Effect]:
        """A request of the company over HTTP. Shape: `asked` is the query or the body; `token` without "Bearer"."""
        banking = self.world.open_banking
        verdict = banking.verdict(path, method, token, asked, max(at or self.world.now, self.world.now))
        kept = {name: "" if name in _SECRETS else value for name, value in asked.items()}
        event = {
            "do": "http",
            "session": session,
            "method": method,
            "path": path,
            "verdict": verdict,
            "asked": kept,
        }
        if "wd_pass_phrase" in asked:
            event["secret_holds"] = banking.pass_phrase_holds(asked)
        if "access_token" in asked:
            event["token"] = banking.numbered(str(asked["access_token"]))
        return self.do({**event, **({"at": at.isoformat()} if at else {})})

    def _is_due(self, at: str) -> bool:
        return self.world.next_due() <= datetime.fromisoformat(at)

    def _step(self, event: dict[str, Any]) -> list[Effect]:
        effects = self.world.apply(event)
        self.events += 1
        for effect in effects:
            if isinstance(effect, Store):
                self.statements[effect.path] = effect.data
        self._write({"n": self.events, **event, "effects": [_told(effect) for effect in effects]})
        return effects

    def _write(self, line: dict[str, Any]) -> None:
        if self.log is not None:
            self.log.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def _told(effect: Effect) -> dict[str, Any]:
    if isinstance(effect, Send):
        return {"send": effect.session, **_without_token(effect.data)}
    if isinstance(effect, Hang):
        return {"hang": effect.session}
    if isinstance(effect, Store):
        return {"store": effect.path, **packed_text(effect.data)}
    assert isinstance(effect, Note)
    return {"note": effect.what, **effect.facts}


def _without_token(data: bytes) -> dict[str, str]:
    """Answers over HTTP are UTF-8; one that gives a token is logged without it."""
    if not data.startswith(b"HTTP/"):
        return packed(data)
    return {"http": _TOKEN.sub(r"\1", data.decode("utf-8", "backslashreplace"))}


def packed_text(data: bytes) -> dict[str, str]:
    return {"text": data.decode("utf-8")}


def replayed(path: Path, log: BinaryIO | None = None) -> Run:
    """The world as the log left it. A last line that was cut by a crash is left out.

    Raises: Differs with the number of the first event that causes something else now.
    """
    with path.open("rb") as lines:
        head = json.loads(next(lines))
        run = Run(head["seed"], datetime.fromisoformat(head["start"]), log, head["balances"])
        for raw in lines:
            if not raw.endswith(b"\n"):
                break
            said = json.loads(raw)
            effects = run._step({name: said[name] for name in said if name not in ("n", "effects")})
            if [_told(effect) for effect in effects] != said["effects"]:
                raise Differs(f"event {said['n']}")
    return run
