"""My settings: the password, the look, and sessions that end at the next request."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from moa.control.context import Context
from moa.control.models import OpenSession, Person
from moa.control.operations.end_sessions import end_sessions
from moa.control.web.devices import device_words
from moa.kernel.errors import NotFound
from tests.control.factories import PASSWORD, TwoGroups, make_group, make_person

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"
NEW = "spring rain over the han"


@pytest.fixture
def person() -> Context:
    return make_person(make_group(), "kim", ["teller"], name="김하은")


def _signed_in(device: str = CHROME, password: str = PASSWORD) -> Client:
    client = Client(headers={"User-Agent": device})
    went = client.post("/signin", {"username": "kim", "password": password, "next": "/approvals"})
    assert went["Location"] == "/approvals"
    return client


class TestSessions:
    def test_a_revoked_one_is_out_at_its_next_request(self, person: Context) -> None:
        here, there = _signed_in(), _signed_in("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Safari/604.1")
        page = here.get("/settings/sessions").content.decode()
        assert "Chrome · Windows" in page and "Safari · iPhone" in page and "127.0.0.1" in page
        with person.open():
            row = OpenSession.objects.get(session_key=there.session.session_key)
        assert here.post("/settings/sessions/end", {"which": str(row.id)}).status_code == 302
        assert there.get("/approvals").status_code == 302
        assert here.get("/approvals").status_code == 200

    def test_all_others_or_all(self, person: Context) -> None:
        here, one, two = _signed_in(), _signed_in(), _signed_in()
        assert here.post("/settings/sessions/end", {"which": "others"})["Location"].endswith("ended=2")
        assert [client.get("/approvals").status_code for client in (here, one, two)] == [200, 302, 302]
        again = _signed_in()
        assert (
            here.post("/settings/sessions/end", {"which": "everywhere"})["Location"] == "/signin?signed_out=1"
        )
        assert [client.get("/approvals").status_code for client in (here, again)] == [302, 302]
        assert not Session.objects.exists()

    def test_nobody_ends_anothers(self, person: Context, two_groups: TwoGroups) -> None:
        _signed_in()
        other = make_person(person, "lee", ["teller"])
        with person.open():
            row = OpenSession.objects.get()
        for stranger in (other, two_groups.stranger):
            with pytest.raises(NotFound), stranger.open():
                end_sessions(stranger, session_id=row.id)

    def test_signing_out_removes_its_line(self, person: Context) -> None:
        client = _signed_in()
        client.post("/signout")
        with person.open():
            assert not OpenSession.objects.exists()


class TestThePassword:
    def test_the_present_one_is_asked_and_all_other_sessions_end(self, person: Context) -> None:
        here, there = _signed_in(), _signed_in()
        wrong = {"former": "wrong", "password": NEW, "again": NEW}
        assert here.post("/settings/password", wrong).status_code == 422
        assert here.post("/settings/password", {**wrong, "former": PASSWORD, "again": "x"}).status_code == 422
        weak = {"former": PASSWORD, "password": "password1234", "again": "password1234"}
        assert "많은 사람이" in here.post("/settings/password", weak).content.decode()
        assert here.post("/settings/password", {**wrong, "former": PASSWORD}).status_code == 302
        assert (here.get("/approvals").status_code, there.get("/approvals").status_code) == (200, 302)
        _signed_in(password=NEW)


class TestTheLook:
    def test_it_is_kept_and_comes_along_to_another_device(self, person: Context) -> None:
        client = _signed_in()
        client.post("/settings", {"language": "zh-hans", "theme": "dark", "density": "wide"})
        with person.open():
            kept = Person.objects.get(id=person.actor.person_id)
        assert (kept.language, kept.theme, kept.density) == ("zh-hans", "dark", "wide")
        page = client.get("/settings")
        assert page["Content-Language"] == "zh-hans" and b'data-bs-theme="dark"' in page.content
        other = _signed_in("Firefox")
        assert other.cookies["theme"].value == "dark" and other.cookies["density"].value == "wide"
        assert other.get("/settings")["Content-Language"] == "zh-hans"

    @pytest.mark.parametrize("wrong", [{"language": "xx"}, {"theme": "pink"}, {"density": "none"}])
    def test_nonsense_is_refused(self, person: Context, wrong: dict[str, str]) -> None:
        given = {"language": "ko", "theme": "", "density": "", **wrong}
        assert _signed_in().post("/settings", given).status_code == 422


@pytest.mark.parametrize(
    ("told", "words"), [(CHROME, "Chrome · Windows"), ("", ""), ("curl/8", ""), ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "Firefox · Linux")]
)  # fmt: skip
def test_a_device_is_told_in_words(told: str, words: str) -> None:
    assert device_words(told) == words
