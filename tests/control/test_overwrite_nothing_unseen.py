"""Two windows on one thing: the second to save is told what the first saved, keeps its own, and then may replace it."""

from __future__ import annotations

import html
import re
import threading
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client

from moa.control.context import Context
from moa.control.models import Person, Role, Unit
from moa.control.operations.make_role import make_role
from moa.control.operations.rename_unit import names_shown, rename_unit
from moa.control.web.forms_units import RenameForm
from moa.kernel.seen import ChangedMeanwhile, check_seen, fingerprint
from tests.control.factories import TODAY, make_group, make_person, make_unit, signed_in


@pytest.fixture
def admins(db: None) -> tuple[Context, Client, Context, Client]:
    group = make_group()
    one = make_person(group, "one", roles=["admin"], name="백이안")
    two = make_person(group, "two", roles=["admin"], name="남가람")
    return one, signed_in(one), two, signed_in(two)


def seen_on(client: Client, path: str, form: str) -> str:
    """The hidden field of what was shown, in the form that is sent to `form`."""
    page = client.get(path).content.decode()
    body = page if not form else page[page.index(f'action="{form}"') :]
    found = re.search(r'name="seen" value="([^"]*)"', body)
    assert found is not None and found[1]
    return found[1]


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_what_was_shown_is_told_by_its_fingerprint_alone() -> None:
    check_seen("", {"name": "anything"})
    check_seen(fingerprint({"rights": ["b", "a"], "name": "x"}), {"name": "x", "rights": ["a", "b"]})
    with pytest.raises(ChangedMeanwhile) as refusal:
        check_seen(fingerprint({"name": "x"}), {"name": "y"})
    assert refusal.value.facts["now"] == {"name": "y"}


def test_a_name_saved_meanwhile_is_shown_beside_ones_own(admins: Any) -> None:
    one, here, _, there = admins
    unit = make_unit(one, "HAN-1", name="한빛")
    path, form = f"/units/{unit.id}", f"/units/{unit.id}/rename"
    mine, theirs = seen_on(here, path, form), seen_on(there, path, form)
    assert there.post(form, {"name": "한빛제당", "name_zh": "", "seen": theirs}).status_code == 302
    answer = here.post(form, {"name": "한빛상사", "name_zh": "", "seen": mine})
    assert answer.status_code == 422
    assert "남가람" in words(answer) and "“한빛제당”" in words(answer) and "“한빛상사”" in words(answer)
    assert 'value="한빛상사"' in words(answer)
    with one.open():
        assert Unit.objects.get(id=unit.id).name == "한빛제당"
    renewed = re.search(r'name="seen" value="([^"]*)"', words(answer)[words(answer).index(form) :])
    assert renewed is not None and renewed[1] != mine
    assert here.post(form, {"name": "한빛상사", "seen": renewed[1]}).status_code == 302


def test_a_place_is_not_moved_back_unseen(admins: Any) -> None:
    one, here, _, there = admins
    unit, top, other = (make_unit(one, code) for code in ("U-1", "TOP-1", "TOP-2"))
    path, form = f"/units/{unit.id}", f"/units/{unit.id}/move"
    seen = seen_on(here, path, form)
    day = {"valid_from": TODAY.isoformat(), "seen": seen}
    assert there.post(form, day | {"parent": str(top.id)}).status_code == 302
    answer = here.post(form, day | {"parent": str(other.id)})
    assert answer.status_code == 422 and f"“{top.name}”" in words(answer).replace("　", "")


def test_rights_of_a_role_are_not_lost(admins: Any) -> None:
    one, here, _, there = admins
    with one.open():
        role = make_role(one, name="Readers", permissions=["accounts.view"])
    path = f"/people/roles/{role.id}"
    seen = seen_on(here, path, "")
    given = {"name": "Readers", "seen": seen}
    assert there.post(path, given | {"rights": ["accounts.view", "payments.view"]}).status_code == 302
    answer = here.post(path, given | {"rights": ["accounts.view", "ledger.view"]})
    assert answer.status_code == 422 and "남가람" in words(answer)
    with one.open():
        assert Role.objects.get(id=role.id).permissions == ["accounts.view", "payments.view"]


def test_a_rate_of_the_same_day_is_not_corrected_unseen(db: None) -> None:
    group = make_group()
    one, two = (make_person(group, roles=["treasurer"], name=name) for name in ("정하은", "윤가람"))
    here, there = signed_in(one), signed_in(two)
    seen = seen_on(here, "/rates", "")
    given = {"currency": "USD", "rate_date": "2026-11-19", "source_name": "", "seen": seen}
    assert there.post("/rates", given | {"rate": "1391.50"}).status_code == 302
    answer = here.post("/rates", given | {"rate": "1319.50"})
    assert answer.status_code == 422
    assert "윤가람" in words(answer) and "“1391.5”" in words(answer) and "“1319.50”" in words(answer)
    renewed = re.search(r'name="seen" value="([^"]*)"', words(answer))
    assert renewed is not None
    assert here.post("/rates", given | {"rate": "1319.50", "seen": renewed[1]}).status_code == 302
    # The same figure typed twice overwrites nothing.
    assert there.post("/rates", given | {"rate": "1319.50"}).status_code == 302


def test_a_day_of_the_calendar_is_not_turned_unseen(db: None) -> None:
    group = make_group()
    one, two = (make_person(group, roles=["treasurer"], name=name) for name in ("정하은", "윤가람"))
    here, there = signed_in(one), signed_in(two)
    given = {"country": "KR", "date": "2026-12-30", "kind": "closed", "seen": seen_on(here, "/calendar", "")}
    assert there.post("/calendar", given | {"name": "창립기념일"}).status_code == 302
    answer = here.post("/calendar", given | {"name": "임시 휴무"})
    assert answer.status_code == 422 and "“창립기념일”" in words(answer) and "윤가람" in words(answer)


def test_ones_own_look_is_not_turned_back_by_another_window(admins: Any) -> None:
    one, client, _, _ = admins
    seen = seen_on(client, "/settings", "")
    look = {"language": "ko", "theme": "", "density": "usual"}
    assert client.post("/settings", look | {"theme": "dark", "seen": seen}).status_code == 302
    answer = client.post("/settings", look | {"density": "wide", "seen": seen})
    assert answer.status_code == 422
    told = words(answer).partition("mo-errsum")[2].partition("</form>")[0]
    assert "다른 창" in told and "백이안" not in told
    with one.open():
        kept = Person.objects.get(id=one.actor.person_id)
    assert (kept.theme, kept.density) == ("dark", "usual")
    renewed = re.search(r'name="seen" value="([^"]*)"', words(answer))
    assert renewed is not None
    assert client.post("/settings", look | {"density": "wide", "seen": renewed[1]}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_told(monkeypatch: Any) -> None:
    group = make_group()
    admin = make_person(group, roles=["admin"])
    unit = make_unit(group, "HAN-1", name="한빛")
    seen = fingerprint(names_shown(unit))
    told: list[str] = []

    def save(name: str) -> None:
        try:
            with admin.open():
                rename_unit(admin, unit.id, name=name, names={}, seen=seen)
            told.append("saved")
        except ChangedMeanwhile:
            told.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(name,)) for name in ("하나", "둘")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["saved", "told"]


def test_the_form_says_both_also_of_choices() -> None:
    form = RenameForm(QueryDict("name=가&name_zh=&seen=x"))
    assert form.is_valid()
    form.tell(ChangedMeanwhile(now={"name": "나", "name_zh": "", "name_en": ""}), by="남가람")
    assert "“나”" in str(form.errors["name"]) and "“가”" in str(form.errors["name"])
    assert "name_zh" not in form.errors
