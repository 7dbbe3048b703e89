"""The client of docs/api against a live server, as a program would use it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

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


def test_the_client_needs_the_standard_library_only() -> None:
    import ast
    import sys

    tree = ast.parse((FOLDER / "moa_client.py").read_text(encoding="utf-8"))
    names = {one.module for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    names |= {name.name for one in ast.walk(tree) if isinstance(one, ast.Import) for name in one.names}
    assert {str(name).split(".")[0] for name in names} <= sys.stdlib_module_names
