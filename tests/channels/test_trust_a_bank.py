"""Over TLS a bank must prove to be the bank before it is told anything: real certificates, over a real socket."""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from moa.channels.models import HttpAccess
from moa.channels.open_banking.line import HttpLine
from moa.channels.operations.ask_bank import test_line as ask_line
from moa.channels.operations.set_up_connection import (
    ConnectionInvalid,
    ConnectionUnencrypted,
    NewHttpConnection,
    set_up_http_connection,
)
from moa.channels.protocol import Answered
from moa.control.context import Context
from moa.control.models import AuditLine
from tests.channels.bank_world import BankWorld
from tests.channels.tls_door import Authority, TlsDoor, private_pem
from tests.control.factories import make_group, make_person, signed_in
from tests.payments.bank_scene import AMOUNT, BankScene, make_bank_scene, over_http

BANK, HOST = "020", "localhost"
UNPROVEN = "bank_certificate_refused"


@dataclass
class Way:
    """To the bank through a door with a certificate."""

    scene: BankScene
    admin: Context
    door: TlsDoor
    authority: Authority
    folder: Path

    def set_up(self, authority: str) -> None:
        new = over_http(self.scene.world, BANK)._replace(
            host=HOST, port=self.door.port, is_tls=True, authority=authority
        )
        with self.admin.open():
            set_up_http_connection(self.admin, new=new)


@pytest.fixture
def way(db: None, world: BankWorld, tmp_path: Path) -> Iterator[Way]:
    scene = make_bank_scene(world, BANK)
    scene.seconds = 8
    admin = make_person(scene.machine, roles=["admin"])
    authority = Authority("An authority of banks")
    with TlsDoor(over_http(world, BANK).port, authority.sign(HOST, tmp_path)) as door:
        made = Way(scene, admin, door, authority, tmp_path)
        made.set_up(authority.pem)
        yield made


def test_a_payment_leaves_only_to_who_proves_to_be_the_bank(way):
    scene, door = way.scene, way.door
    order_id = scene.approved()
    assert b"/banks/020/v2.0/inquiry/real_name" in door.heard, "its payee was asked about over TLS"
    good = door.served
    for case, served in {
        "another name": way.authority.sign("bank.example", way.folder),
        "another authority": Authority("An authority of banks").sign(HOST, way.folder),
        "over": way.authority.sign(HOST, way.folder, is_over=True),
    }.items():
        door.served, before = served, (door.heard, door.entered)
        assert (scene.release(order_id), scene.order(order_id).problem) == ("ready", UNPROVEN), case
        assert door.entered > before[1], case
        assert (door.heard, scene.messages(order_id), scene.attempts(order_id)) == (
            before[0], 0, ["prepared"],
        ), case  # fmt: skip
    door.served = good
    assert scene.release(order_id) == "paid"
    assert (scene.messages(order_id), scene.moved(), scene.attempts(order_id)) == (1, AMOUNT + 500, ["paid"])


def test_the_authorities_of_the_machine_do_not_know_a_banks_own(way):
    way.set_up("")
    asked = ask_line(way.scene.maker, BANK, seconds=8)
    assert (asked.answered, asked.problem, way.door.heard) == (Answered.NOT_SENT, UNPROVEN, b"")
    said = signed_in(way.scene.maker).post(f"/lines/{BANK}/test").content.decode()
    assert "은행임을 증명하는 인증서가 없어" in said
    way.set_up(way.authority.pem)
    assert ask_line(way.scene.maker, BANK, seconds=8).answered is Answered.DONE


def test_one_that_speaks_without_tls_is_told_nothing(way):
    way.set_up(way.authority.pem)
    with way.admin.open():
        port = over_http(way.scene.world, BANK).port
        new = over_http(way.scene.world, BANK)._replace(host=HOST, is_tls=True, authority=way.authority.pem)
        assert set_up_http_connection(way.admin, new=new).port == port
    asked = ask_line(way.scene.maker, BANK, seconds=8)
    assert (asked.answered, asked.problem) == (Answered.NOT_SENT, "bank_line_down")


def test_the_tickets_of_tls_cost_no_connection(way):
    with HttpLine(HOST, way.door.port, seconds=8, is_tls=True, authority=way.authority.pem) as line:
        (lane,) = line._lanes
        assert select.select([lane.socket], [], [], 8)[0], "the server sends its tickets by itself"
        assert (line.ready(1), line._lanes, way.door.entered) == (1, [lane], 1)


@pytest.mark.parametrize(
    ("host", "is_demo", "may"),
    [
        ("127.0.0.1", False, True), ("LocalHost", False, True), ("localhost.example", False, False),
        ("10.0.0.7", False, False), ("10.0.0.7", True, True),
    ],
)  # fmt: skip
def test_without_encryption_only_this_machine_is_spoken_with_but_in_demo_groups(db, host, is_demo, may):
    admin = make_person(make_group(is_demo=is_demo), roles=["admin"])
    new = NewHttpConnection(BANK, "M202600001", host, 80, "client", "a-secret-of-ours", is_tls=False)
    with admin.open(), nullcontext() if may else pytest.raises(ConnectionUnencrypted):
        set_up_http_connection(admin, new=new)


def test_only_certificates_are_kept_and_the_trail_names_them(db):
    admin = make_person(make_group(), roles=["admin"])
    authority = Authority("An authority of banks")
    new = NewHttpConnection(
        BANK, "M202600001", HOST, 443, "client", "a-secret-of-ours", authority=authority.pem
    )
    key = private_pem(ec.generate_private_key(ec.SECP256R1())).decode()
    with admin.open():
        for wrong in (
            "x",
            authority.pem[:200],
            authority.pem + key,
            key,
            "인증서",
            authority.pem + " " * 20_000,
        ):
            with pytest.raises(ConnectionInvalid) as refusal:
                set_up_http_connection(admin, new=new._replace(authority=wrong))
            assert refusal.value.facts["field"] == "authority", wrong[:40]
        for field, more in (("authority", {"is_tls": False}), ("host", {"host": "bank..example"})):
            with pytest.raises(ConnectionInvalid) as refusal:
                set_up_http_connection(admin, new=new._replace(**more))
            assert refusal.value.facts["field"] == field
        set_up_http_connection(admin, new=new)
        assert HttpAccess.objects.get().authority == authority.pem
        line = AuditLine.objects.get(code="channels.connection.set_up")
        assert line.after["tls"] is True and len(line.after["authority_sha256"]) == 64
