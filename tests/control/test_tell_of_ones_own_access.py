"""Whoever has another way into the system than a moment ago is told, in the inbox and by mail, without any secret in it."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from moa.control.context import Context
from moa.control.models import Mail, Notice, NoticePreference, Person
from moa.control.notice_kinds import sentence_of
from moa.control.operations.change_password import FormerPasswordWrong, change_password
from moa.control.operations.choose_notices import NoticeAlwaysTold, choose_notices
from moa.control.operations.confirm_authenticator import CodeWrong, confirm_authenticator
from moa.control.operations.make_recovery_codes import make_recovery_codes
from moa.control.operations.make_token import NewToken, make_token
from moa.control.operations.pass_second_step import pass_second_step
from moa.control.operations.remove_second_factor import remove_second_factor
from moa.control.operations.set_up_authenticator import set_up_authenticator
from moa.control.own_access import ACCESS_CHANGED
from moa.control.queries import group_zone
from tests.control.factories import AT, PASSWORD, make_group, make_person, signed_in
from tests.control.inviting import boss_of
from tests.control.test_prove_second_factor import _identity

NEW = "pgq7-wolf-Lantern-91"


@pytest.fixture
def group(db: None, folder: object) -> Context:
    return make_group()


@pytest.fixture
def person(group: Context) -> Context:
    made = make_person(group, "kim", ["teller"], name="김하은")
    with made.open():
        Person.objects.filter(id=made.actor.person_id).update(email="kim@haeon.kr")
    return made


def told(person: Context) -> list[str]:
    """What the person reads, oldest first; the keys of the words alone."""
    with person.open():
        found = Notice.objects.filter(kind=ACCESS_CHANGED, person_id=person.actor.person_id).order_by("id")
        return [one.key.partition(":")[0] for one in found]


def test_every_change_of_ones_own_way_in_is_told(person: Context) -> None:
    with person.open():
        secret = set_up_authenticator(person).secret
        confirm_authenticator(person, code=pyotp.TOTP(secret).at(AT))
        codes = make_recovery_codes(person)
    pass_second_step(
        identity_id=_identity().id, code=codes[0], way="recovery_code", at=AT + timedelta(minutes=1)
    )
    with person.open():
        remove_second_factor(person)
        make_token(person, new=NewToken("집", ("accounts.view",), 9))
        change_password(person, person.actor.person_id or 0, password=NEW, former=PASSWORD)
    assert told(person) == [
        "authenticator",
        "codes",
        "code_used",
        "authenticator_removed",
        "token",
        "password",
    ]
    with person.open():
        mails = list(Mail.objects.filter(to_address="kim@haeon.kr"))
        assert len(mails) == 6
        said = "".join(mail.text + mail.subject for mail in mails)
        assert not [word for word in (secret, NEW, PASSWORD, *codes) if word in said]
        newest = Notice.objects.filter(kind=ACCESS_CHANGED).latest("id")
        words = sentence_of(ACCESS_CHANGED, newest.facts, language="ko", zone=group_zone(person))
    assert words.startswith("비밀번호가 바뀌었습니다")


def test_what_failed_and_what_acts_as_the_machine_is_not_told(group: Context, person: Context) -> None:
    with person.open():
        set_up_authenticator(person)
        with pytest.raises(CodeWrong):
            confirm_authenticator(person, code="000000")
    with pytest.raises(FormerPasswordWrong), person.open():
        change_password(person, person.actor.person_id or 0, password=NEW, former="wrong")
    treasurer = make_person(group, "jung", ["treasurer"])
    with treasurer.open():
        make_token(treasurer, new=NewToken("ERP", ("accounts.view",), 9, for_machine=True))
    assert told(person) == told(treasurer) == []


def test_a_password_set_by_another_is_told_to_whose_it_is(group: Context, person: Context) -> None:
    admin = boss_of(group)
    with admin.open():
        change_password(admin, person.actor.person_id or 0, password=NEW)
    assert told(person) == ["password"] and told(admin) == []


def test_nobody_turns_off_what_warns_of_a_theft(group: Context, person: Context) -> None:
    who = {"group_id": person.group_id, "person_id": person.actor.person_id}
    with person.open():
        with pytest.raises(NoticeAlwaysTold):
            choose_notices(person, kind=ACCESS_CHANGED, channel="none", pace="digest")
        # As an earlier version let it be chosen.
        NoticePreference.objects.create(**who, kind=ACCESS_CHANGED, channel="none", pace="digest")
    client = signed_in(person)
    assert f"channel-{ACCESS_CHANGED}" not in client.get("/settings/notices").content.decode()
    assert client.post("/settings/notices", {f"channel-{ACCESS_CHANGED}": "none"}).status_code == 302
    with person.open():
        change_password(person, person.actor.person_id or 0, password=NEW, former=PASSWORD)
        assert Mail.objects.get().to_address == "kim@haeon.kr"
    assert told(person) == ["password"]
