"""The list of persons says of each what the person's own page says, and can be asked by state, role and words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from moa.control.context import Context
from moa.control.models import Assignment, Authenticator, Identity, Passkey, Person, Role
from moa.control.people import list_people
from tests.control.factories import make_group, make_person, signed_in
from tests.journeys.scene import now


@pytest.fixture
def admin(db: None) -> Context:
    return make_person(make_group(), "boss", roles=["admin"], name="관리자")


def names(ctx: Context, **query: str) -> list[str]:
    page = signed_in(ctx).get("/people", query).content.decode()
    return re.findall(r'href="/people/\d+" class="mo-rowa"[^>]*>(?:<[^>]+>)?([^<]+)<', page)


def states(admin: Context) -> dict[str, str]:
    """One person in each state that the rows can say, by name."""
    later = timezone.now() + timedelta(hours=1)
    made = {
        name: make_person(admin, name=name) for name in ("active", "locked", "leaving", "left", "expired")
    }
    with admin.open():
        ids = {name: one.actor.person_id for name, one in made.items()}
        Identity.objects.filter(person_id=ids["locked"]).update(second_locked_until=later)
        Identity.objects.filter(person_id=ids["expired"]).update(is_active=False)
        Person.objects.filter(id=ids["leaving"]).update(left_on=timezone.localdate() + timedelta(days=9))
        Person.objects.filter(id=ids["left"]).update(left_on=timezone.localdate() - timedelta(days=1))
    return {name: name for name in made}


def test_each_state_is_what_the_rule_says(admin: Context) -> None:
    wanted = states(admin)
    admin = now(admin)
    with admin.open():
        ruled = {line.name: line.state for line in list_people(admin)}
    assert {name: ruled[name] for name in wanted} == wanted
    for state, name in wanted.items():
        found = names(admin, state=state)
        assert name in found
        assert not (set(wanted) - {name}) & set(found)


def test_those_who_left_come_last(admin: Context) -> None:
    states(admin)
    found = names(admin)
    assert found[-1] == "left"
    assert found.index("active") < found.index("locked") < len(found) - 1


def test_roles_in_force_are_shown_with_their_limit_and_asked_for(admin: Context) -> None:
    person = make_person(admin, "kim", name="김서연", roles=["teller"])
    with admin.open():
        Assignment.objects.filter(person_id=person.actor.person_id).update(limit_minor=5_000_000)
        teller = Role.objects.get(code="teller").id
    page = signed_in(admin).get("/people", {"role": str(teller)}).content.decode()
    assert names(admin, role=str(teller)) == ["김서연"]
    assert "KRW 5,000,000" in page
    assert names(admin, text="kim") == ["김서연"]
    assert names(admin, text="%") == []
    with admin.open():
        Assignment.objects.filter(person_id=person.actor.person_id).update(valid_until=timezone.localdate())
    assert names(admin, role=str(teller)) == []


def test_second_factors_are_counted(admin: Context) -> None:
    person = make_person(admin, name="두 겹")
    with admin.open():
        facts = {"group_id": admin.group_id, "person_id": person.actor.person_id}
        Passkey.objects.create(**facts, credential_id=b"1", public_key=b"1", name="a", created_at=admin.at)
        Passkey.objects.create(**facts, credential_id=b"2", public_key=b"2", name="b", created_at=admin.at)
        assert not Authenticator.objects.exists()
    assert "2개" in signed_in(admin).get("/people", {"text": "두 겹"}).content.decode()


def test_a_file_holds_what_the_page_shows(admin: Context) -> None:
    make_person(admin, "kim", name="=김서연", roles=["teller"])
    file = b"".join(signed_in(admin).get("/people", {"as": "csv"})).decode()  # type: ignore[arg-type]
    assert "kim" in file
    assert "\n=김서연" not in file


def test_a_script_in_a_name_stays_text(admin: Context) -> None:
    make_person(admin, name="<script>alert(1)</script>")
    page = signed_in(admin).get("/people").content.decode()
    assert "<script>alert" not in page
