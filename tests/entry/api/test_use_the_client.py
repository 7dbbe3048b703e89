"""The client of docs/api against a live server, as a program would use it."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.accounts.bank_files import Line, mt940, nov
from tests.entry.api.api_world import make_world, token_of
from tests.payments.scene import make_scene

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "api"


def _client() -> Any:
    spec = importlib.util.spec_from_file_location("moa_client", FOLDER / "moa_client.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.django_db(transaction=True)
def test_the_client_reads_walks_sends_and_is_refused(live_server: Any, tmp_path: Path, settings: Any) -> None:
    settings.STATE_DIR = tmp_path
    world, client = make_world(), _client()
    moa = client.Moa(live_server.url, world.full.token, seconds=1)
    assert len(list(moa.walk("/transactions", {"limit": 6}))) == 21
    assert moa.get("/position", {"by": "bank"})["base_currency"] == "KRW"
    file = tmp_path / "day.sta"
    file.write_bytes(mt940([Line(nov(19), 1, "sent")], opening=10_010_000, reference="C"))
    sent = moa.send_statement(file, key="day")
    assert (sent["name"], sent["state"]) == ("day.sta", "waiting"), "no worker runs here"
    assert moa.send_statement(file, key="day")["id"] == sent["id"]
    with pytest.raises(client.Refused) as refusal:
        moa.get("/accounts", {"limit": 0})
    assert (refusal.value.status, refusal.value.errors[0]["field"]) == (422, "limit")
    with pytest.raises(client.Refused) as refusal:
        client.Moa(live_server.url, "moa_" + "A" * 43).get("/me")
    assert refusal.value.code == "token_refused"


@pytest.mark.django_db(transaction=True)
def test_the_client_pays_once(live_server: Any) -> None:
    scene = make_scene()
    moa = _client().Moa(
        live_server.url, token_of(scene.maker, ("payments.enter", "payments.view")), seconds=1
    )
    payment = {"from": "a", "to_account": "b", "amount": "100", "purpose": "funding"}
    made = moa.pay(payment, key="HO-1")
    assert moa.pay(payment, key="HO-1")["id"] == made["id"]
    assert [one["state"] for one in moa.walk("/payments")] == ["pending"]


class _Faulty(BaseHTTPRequestHandler):
    """A proxy before a service that starts anew: a page, half an answer, then the answer."""

    keys: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.keys.append(self.headers["Idempotency-Key"])
        turn = len(self.keys)
        if turn in (1, 2) or self.path.endswith("/down"):
            self._say(502 if turn == 1 else 503, b"<html>Bad Gateway</html>", "text/html")
        elif turn == 3:
            self._say(201, b'{"id": 1, "st', "application/json", missing=20)
        else:
            self._say(201, b'{"id": 1, "state": "pending"}', "application/json")

    def _say(self, status: int, body: bytes, kind: str, missing: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) + missing))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        pass


@pytest.fixture
def faulty() -> Iterator[str]:
    _Faulty.keys.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Faulty) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_client_tries_again_with_the_same_key(faulty: str, monkeypatch: Any) -> None:
    client = _client()
    waits: list[float] = []
    monkeypatch.setattr(client.time, "sleep", waits.append)
    made = client.Moa(faulty, "moa_x").pay({"amount": "1"}, key="HO-7")
    assert (made["state"], _Faulty.keys, waits) == ("pending", ["HO-7"] * 4, [1, 1, 1])
    with pytest.raises(client.Refused) as refusal:
        client.Moa(faulty, "moa_x").post("/down", {}, key="HO-8")
    assert (refusal.value.status, refusal.value.code) == (503, "http_503")
    assert _Faulty.keys[4:] == ["HO-8"] * client.TRIES


def test_the_client_needs_the_standard_library_only() -> None:
    import ast
    import sys

    tree = ast.parse((FOLDER / "moa_client.py").read_text(encoding="utf-8"))
    names = {one.module for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    names |= {name.name for one in ast.walk(tree) if isinstance(one, ast.Import) for name in one.names}
    assert {str(name).split(".")[0] for name in names} <= sys.stdlib_module_names
