"""The pages and commands of connections to banks."""

from __future__ import annotations

import json
import re
import socket

import pytest
from click.testing import CliRunner
from django.utils import timezone

from moa.channels.models import ChannelMessage, Connection
from moa.control.models import Identity
from moa.entry.commands import channels
from tests.control.factories import make_group, make_person, signed_in

FORM = {
    "bank_code": "004",
    "company_no": "HAEON0000001",
    "host": "127.0.0.1",
    "port": "",
    "sign_code": "S00401",
}


@pytest.fixture
def nobody_there() -> int:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_an_administrator_sets_it_up_and_the_sign_code_is_nowhere_on_the_page(db, nobody_there):
    admin = signed_in(make_person(make_group(), roles=["admin"]))
    assert admin.post("/lines/set-up", FORM | {"port": str(nobody_there)}).status_code == 302
    page = admin.get("/lines")
    assert "개시 전" in text_of(page) and "S00401" not in page.content.decode()
    refused = admin.post("/lines/set-up", FORM | {"port": "1", "bank_code": "4"})
    assert refused.status_code == 422 and "S00401" not in refused.content.decode()


def test_a_line_that_nobody_answers_says_that_nothing_was_sent(db, nobody_there):
    machine = make_group()
    signed_in(make_person(machine, roles=["admin"])).post("/lines/set-up", FORM | {"port": str(nobody_there)})
    teller = make_person(machine, roles=["teller"])
    said = text_of(signed_in(teller).post("/lines/004/test"))
    assert "아무것도 보내지 않았습니다" in said and "응답 없음" in said
    with teller.open():
        assert Connection.objects.get().state == "lost" and not ChannelMessage.objects.exists()
    assert "아직 전문이 없습니다" in text_of(signed_in(teller).get("/lines/messages"))


def test_the_messages_of_a_line_stand_in_their_list(db):
    teller = make_person(machine := make_group(), roles=["teller"])
    with machine.open():
        line = Connection.objects.create(
            group_id=machine.group_id, bank_code="004", company_no="X", host="h", port=1, sign_code=b"x", key_version=1,
            state_at=machine.at, made_by_id=machine.actor.person_id,
        )  # fmt: skip
        facts = {"group_id": machine.group_id, "connection_id": line.id, "body": b"", "sha256": "0" * 64}
        asked = ChannelMessage.objects.create(
            direction="out", day=machine.today, msg_no=1, key="1000/500", sent_at=machine.at, **facts
        )
        ChannelMessage.objects.create(
            direction="in", day=machine.today, msg_no=1, key="1100/500", answers_id=asked.id, resp_code="0000",
            understood_at=machine.at, **facts,
        )  # fmt: skip
        ChannelMessage.objects.create(direction="out", day=machine.today, msg_no=2, key="2000/100", **facts)
        ChannelMessage.objects.create(
            direction="in", key="?", problem="garbled", understood_at=machine.at, **facts
        )
    said = text_of(signed_in(teller).get("/lines/messages"))
    for words in ("회선시험", "응답 받음", "나갔는지 모름", "쓸 수 없음", "지급이체", "000002"):
        assert words in said, words


@pytest.mark.django_db(transaction=True)
def test_the_commands_set_up_and_test_and_end_with_one_in_silence(nobody_there, monkeypatch):
    machine = make_group()
    logins = {}
    for role in ("admin", "teller"):
        ctx = make_person(machine, roles=[role], at=timezone.now())
        logins[role] = Identity.objects.get(person_id=ctx.actor.person_id).login
    monkeypatch.setenv("MOA_SIGN_CODE", "S00401")
    run = CliRunner().invoke
    made = run(
        channels.set_up,
        ["004", "--company-no", "HAEON0000001", "--host", "127.0.0.1", "--port", str(nobody_there), "--as", logins["admin"], "--json"],
    )  # fmt: skip
    assert json.loads(made.output) == {
        "bank": "004", "company_no": "HAEON0000001", "host": "127.0.0.1", "port": nobody_there,
    }  # fmt: skip
    monkeypatch.setenv("MOA_ACCOUNT_PASSWORD", "4182")
    told = run(channels.account, ["004", "402771-54-182", "--as", logins["admin"], "--json"])
    assert json.loads(told.output) == {"bank": "004", "account": "40277154182"}
    said = run(channels.test, ["004", "--as", logins["teller"], "--json"], standalone_mode=False)
    assert (said.return_value, json.loads(said.output)["answered"]) == (1, "not_sent")
